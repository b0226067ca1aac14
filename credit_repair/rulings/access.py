"""Which papers and cancellations a person may read."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from credit_repair.cases.record_access import readable_by, record_offices
from credit_repair.people import access
from credit_repair.rulings.models import CourtRuling, PenaltyCancellation
from credit_repair.rulings.offices import rulings_for_official, rulings_of_applicant


def cancellations_for_official(*, user: Any, on: date) -> QuerySet[PenaltyCancellation]:
    """Return the cancellations on records that an official may read, the newest first; none of a subject for
    which they act or acted."""
    theirs = access.subjects_ever_acted_for(user=user)
    readable = readable_by(record_offices(user=user, on=on), path="record__")
    found = PenaltyCancellation.objects.filter(readable).filter(~Q(record__subject__in=theirs))
    return found.order_by("-reported_at", "-pk")


def cancellations_of_applicant(*, user: Any, on: date) -> QuerySet[PenaltyCancellation]:
    """Return the cancellations on records of the subjects for which `user` acts on that day."""
    return PenaltyCancellation.objects.filter(record__subject__in=access.subjects_of(user=user, on=on))


def readable_papers(user: Any, on: date) -> QuerySet[Any]:
    """Return the keys of the papers of this package that a person may read: the documents by which a penalty
    was cancelled, and the rulings of courts."""
    cancellations = PenaltyCancellation.objects.filter(
        Q(pk__in=cancellations_for_official(user=user, on=on).values("pk"))
        | Q(pk__in=cancellations_of_applicant(user=user, on=on).values("pk"))
    )
    rulings = CourtRuling.objects.filter(
        Q(pk__in=rulings_for_official(user=user, on=on).values("pk"))
        | Q(pk__in=rulings_of_applicant(user=user, on=on).values("pk"))
    )
    proving = PenaltyCancellation.papers.through.objects.filter(penaltycancellation__in=cancellations)
    return proving.order_by().values("paper").union(rulings.order_by().values("paper"))
