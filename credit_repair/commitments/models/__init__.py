"""Rows of this package."""

from credit_repair.commitments.models.checks import CommitmentCheck
from credit_repair.commitments.models.commitments import Commitment, CommitmentEvent
from credit_repair.commitments.models.lists import CommitmentList

__all__ = ["Commitment", "CommitmentCheck", "CommitmentEvent", "CommitmentList"]
