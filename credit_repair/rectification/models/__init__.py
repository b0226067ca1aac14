"""Rows of this package."""

from credit_repair.rectification.models.activities import Activity
from credit_repair.rectification.models.interviews import Interview, InterviewSignature, Promise
from credit_repair.rectification.models.orders import Demand, Order, OrderEvent, Proof, ProofItem

__all__ = [
    "Activity",
    "Demand",
    "Interview",
    "InterviewSignature",
    "Order",
    "OrderEvent",
    "Promise",
    "Proof",
    "ProofItem",
]
