"""What an official finds by a text among cases and subjects: never more than they may read."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from credit_repair.cases.models import Case
from credit_repair.cases.parts import visible_cases
from credit_repair.cases.record_access import own_records, records_for_official
from credit_repair.registry.models import Record, Subject
from credit_repair.registry.search import everybody, records_with, search_subjects

#: A part of a case number is sought where it is at least so long: one digit is in all of them.
NUMBER_PART = 3


def find_cases(*, text: str, user: Any, on: date) -> QuerySet[Case]:
    """Return the cases that `user` may read whose number has the text, whose subject it names, or on whose
    record it stands; the newest first."""
    # Whoever may read a case reads the name of its subject in clear.
    subjects = search_subjects(text, persons=everybody).order_by().values("pk")
    found = Q(subject__in=subjects)
    on_record = Record.objects.filter(records_with(text), cases__isnull=False).values("pk")
    found |= Q(record__in=on_record)
    if len(text) >= NUMBER_PART:
        found |= Q(number__icontains=text)
    cases = visible_cases(user=user, on=on).filter(found)
    return cases.select_related("subject", "record").order_by("-submitted_on", "-pk")


def find_subjects(*, text: str, user: Any, on: date) -> QuerySet[Subject]:
    """Return the subjects that the text names, of which `user` may read a record or a case; by name.

    A part of a natural person's name finds only those whose name the official sees in clear."""
    records = records_for_official(user=user, on=on).order_by().filter(subject=OuterRef("pk"))
    cases = visible_cases(user=user, on=on).filter(subject=OuterRef("pk"))

    def in_clear() -> Q:
        own = Record.objects.filter(own_records(user=user, on=on), subject=OuterRef("pk"))
        return Q(Exists(own)) | Q(Exists(cases))

    return search_subjects(text, persons=in_clear).filter(Exists(records) | Exists(cases))
