"""The verbs of this package."""

from credit_repair.rulings.services.cancelling import cancel_penalty

__all__ = ["cancel_penalty"]
