"""The verbs on cases. transition() is the one way to act."""

from credit_repair.cases.services.attachments import attach, remove_attachment
from credit_repair.cases.services.documents import issue_for_case
from credit_repair.cases.services.filing import open_case
from credit_repair.cases.services.transitions import AvailableAction, available_actions, transition

__all__ = [
    "AvailableAction",
    "attach",
    "available_actions",
    "issue_for_case",
    "open_case",
    "remove_attachment",
    "transition",
]
