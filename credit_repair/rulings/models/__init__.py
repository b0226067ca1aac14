"""Rows of this package."""

from credit_repair.rulings.models.cancellations import PenaltyCancellation
from credit_repair.rulings.models.shields import CourtRuling, Shield, ShieldedRecord

__all__ = ["CourtRuling", "PenaltyCancellation", "Shield", "ShieldedRecord"]
