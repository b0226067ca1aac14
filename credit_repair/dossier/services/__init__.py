"""What is done in a subject's file and with requests about one's own data."""

from credit_repair.dossier.services.events import correct_event, enter_event
from credit_repair.dossier.services.issuing import issue_file
from credit_repair.dossier.services.requests import (
    Answer,
    Asked,
    answer_request,
    ask,
    confirm_answer,
    send_back,
    withdraw,
)

__all__ = [
    "Answer",
    "Asked",
    "answer_request",
    "ask",
    "confirm_answer",
    "correct_event",
    "enter_event",
    "issue_file",
    "send_back",
    "withdraw",
]
