"""Who may read the papers 佐证材料 of events and of requests."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from credit_repair.cases import papers
from credit_repair.cases.models import Paper
from credit_repair.dossier.access import (
    events_for_official,
    open_files,
    own_events,
    own_requests,
    requests_for,
)
from credit_repair.dossier.models import RequestedField


def _papers_for(user: Any, on: date) -> QuerySet[Any]:
    """The papers of events that the person may read, of their own requests, and of those they may answer."""
    officially = events_for_official(user=user, on=on).filter(
        subject__in=open_files(user=user, on=on).values("pk")
    )
    events = Q(subject_events__in=officially.order_by().values("pk")) | Q(
        subject_events__in=own_events(user=user, on=on).order_by().values("pk")
    )
    fields = RequestedField.objects.filter(
        Q(request__in=own_requests(user=user, on=on).order_by().values("pk"))
        | Q(request__in=requests_for(user=user, on=on).order_by().values("pk"))
    )
    return Paper.objects.filter(events | Q(requested_fields__in=fields.order_by().values("pk"))).values("pk")


def register_readers() -> None:
    """Make it known at start-up."""
    papers.register("dossier", _papers_for)
