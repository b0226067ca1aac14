"""Who may read the proofs of a prepared application: who acts for its subject, and the officials whose
proposals these are to see."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from credit_repair.outreach.models import ProposalPaper
from credit_repair.outreach.reach import own_kept_out, reading_offices, within
from credit_repair.people import access


def readable(user: Any, on: date) -> QuerySet[Any]:
    """Return the keys of the papers of prepared applications that `user` may read on that day."""
    mine = ProposalPaper.objects.filter(proposal__subject__in=access.subjects_of(user=user, on=on))
    offices = reading_offices(user=user, on=on)
    if offices:
        seen = within(offices, path="proposal__records__record__authority")
        mine |= ProposalPaper.objects.filter(seen, own_kept_out(user, path="proposal__subject"))
    return mine.values("paper")
