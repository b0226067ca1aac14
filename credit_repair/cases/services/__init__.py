"""The verbs on cases. transition() is the one way to act."""

from credit_repair.cases.services.attachments import (
    attach,
    keep_file,
    look_into,
    remove_attachment,
    use_again,
)
from credit_repair.cases.services.documents import issue_for_case
from credit_repair.cases.services.filing import open_case, open_filing
from credit_repair.cases.services.transitions import (
    AvailableAction,
    available_actions,
    rehearse,
    transition,
)

__all__ = [
    "AvailableAction",
    "attach",
    "available_actions",
    "issue_for_case",
    "keep_file",
    "look_into",
    "open_case",
    "open_filing",
    "rehearse",
    "remove_attachment",
    "transition",
    "use_again",
]
