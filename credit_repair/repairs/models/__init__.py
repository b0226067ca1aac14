"""What a repair application has besides a case, and what may come after its decision."""

from credit_repair.repairs.models.applications import (
    KIND,
    LetterSignature,
    RepairApplication,
    RepairBasket,
    record_of,
)
from credit_repair.repairs.models.reviews import Review
from credit_repair.repairs.models.revocations import ApplicationBar, Revocation, RevocationPaper
from credit_repair.repairs.models.third_party_letters import ThirdPartyLetter

__all__ = [
    "KIND",
    "ApplicationBar",
    "LetterSignature",
    "RepairApplication",
    "RepairBasket",
    "Review",
    "Revocation",
    "RevocationPaper",
    "ThirdPartyLetter",
    "record_of",
]
