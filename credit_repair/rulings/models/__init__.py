"""Rows of this package."""

from credit_repair.rulings.models.cancellations import PenaltyCancellation

__all__ = ["PenaltyCancellation"]
