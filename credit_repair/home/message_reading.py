"""What an official is to the personal data of a message's subject, by its record or without one."""

from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, When

from credit_repair.cases.parts import visible_cases
from credit_repair.cases.record_access import own_records
from credit_repair.platforms.models import Message
from credit_repair.registry.models import Subject


def messages_with_reader(found: QuerySet[Message], *, user: Any, on: date) -> QuerySet[Message]:
    """Let each message know in `is_theirs`, as cases.record_reading.with_reader does, whether the name of its
    subject is shown to `user` in clear: without a record, an organisation's, and that of a subject with a
    case that they may read."""
    cases = visible_cases(user=user, on=on).filter(subject=OuterRef("subject"))
    unrecorded = ~Q(subject__kind=Subject.Kind.PERSON) | Q(Exists(cases))
    recorded = own_records(user=user, on=on, path="record__")
    theirs = Case(
        When(record__isnull=False, then=_flag(recorded)),
        default=_flag(unrecorded),
        output_field=BooleanField(),
    )
    return found.annotate(is_theirs=theirs)


def _flag(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())
