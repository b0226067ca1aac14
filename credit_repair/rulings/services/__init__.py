"""The verbs of this package."""

from credit_repair.rulings.services.cancelling import cancel_penalty
from credit_repair.rulings.services.rulings import (
    RulingWords,
    enter_ruling,
    file_ruling,
    give_back_ruling,
    refuse_ruling,
    register_ruling,
    withdraw_ruling,
)
from credit_repair.rulings.services.shielding import carry_out

__all__ = [
    "RulingWords",
    "cancel_penalty",
    "carry_out",
    "enter_ruling",
    "file_ruling",
    "give_back_ruling",
    "refuse_ruling",
    "register_ruling",
    "withdraw_ruling",
]
