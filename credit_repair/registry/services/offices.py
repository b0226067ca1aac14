"""What follows for records when an office changes."""

from typing import Any

from django.db import transaction

from credit_repair.core import audit
from credit_repair.core.jobs import dispatch
from credit_repair.registry.models import Office, Record

_OPEN = (Record.Standing.ACTIVE, Record.Standing.UNPUBLISHED)


@transaction.atomic
def reassess_records_of(*, office: Office, actor: Any) -> int:
    """Let the open records of `office` be computed anew in the background; return how many there are.

    Asked for when its kind or its sector has changed: by them the rules of its records are chosen. Records
    that have ended keep what was true then. `actor` is who changed the office.
    """
    # No book has the empty hash: the settler finds them as computed by other rules.
    marked = Record.objects.filter(authority=office, standing__in=_OPEN).update(rulebook_hash="")
    if marked:
        dispatch("apply_law", key="apply_law")
        audit.record(actor=actor, action="reassess_records", target=office, data={"records": marked})
    return marked
