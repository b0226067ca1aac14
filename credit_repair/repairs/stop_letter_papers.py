"""Who may read what websites answered to letters 商请停止公示函."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from credit_repair.cases.record_access import readable_by, record_offices
from credit_repair.people import access
from credit_repair.repairs.models import ThirdPartyLetter


def readable_papers(user: Any, on: date) -> QuerySet[Any]:
    """Return the keys of the answers' papers that `user` may read on that day: officials who may read the
    record, unless they have ever acted for its subject."""
    offices = record_offices(user=user, on=on)
    if not offices:
        return ThirdPartyLetter.objects.none().values("paper")
    own = access.subjects_ever_acted_for(user=user).values("pk")
    found = ThirdPartyLetter.objects.filter(readable_by(offices, path="record__"), paper__isnull=False)
    return found.exclude(record__subject__in=own).values("paper")
