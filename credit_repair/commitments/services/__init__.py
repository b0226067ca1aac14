"""The verbs on commitments 信用承诺.

lists     the offices' item lists
making    a commitment is given: signed on the screen, on paper, or by the letter of a repair
looking   what a subject declares of itself is looked at before it is published; withdrawn
checking  it is checked when due: kept, partly kept, broken (by two, and after the subject could answer)
"""

from credit_repair.commitments.services.checking import (
    Found,
    answer_check,
    confirm_broken,
    find,
    note_broken,
    open_check,
    send_back,
)
from credit_repair.commitments.services.lists import ListSaid, add_list, change_list
from credit_repair.commitments.services.looking import accept, decline, withdraw
from credit_repair.commitments.services.making import (
    Signed,
    declare,
    enter_on_paper,
    register_repair_commitment,
    sign_from_list,
)

__all__ = [
    "Found",
    "ListSaid",
    "Signed",
    "accept",
    "add_list",
    "answer_check",
    "change_list",
    "confirm_broken",
    "declare",
    "decline",
    "enter_on_paper",
    "find",
    "note_broken",
    "open_check",
    "register_repair_commitment",
    "send_back",
    "sign_from_list",
    "withdraw",
]
