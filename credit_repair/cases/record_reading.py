"""What an official is to the personal data of a record, for one record and for lists and files of them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, QuerySet

from credit_repair.cases.parts import visible_cases
from credit_repair.cases.record_access import own_records, readable_by
from credit_repair.people import access
from credit_repair.people.masking import Reader, subject_name, subject_text
from credit_repair.registry.models import Record, Subject


def with_reader(found: QuerySet[Any], *, user: Any, on: date, path: str = "") -> QuerySet[Any]:
    """Let each row know in `is_theirs` whether the record to which `path` leads is the official's own: of an
    office of theirs, among those whose data they import, or of a subject with a case that they may read."""
    theirs = own_records(user=user, on=on, path=path)
    return found.annotate(is_theirs=ExpressionWrapper(theirs, output_field=BooleanField()))


def reader_of(row: Any) -> Reader:
    """Return what the official is to a row of `with_reader`; to one that was not asked about, nobody."""
    return Reader.KEEPER if getattr(row, "is_theirs", False) else Reader.OFFICIAL


def party(record: Record) -> str:
    """Return the name of a record's subject as the official of `with_reader` sees it."""
    return subject_name(record.subject, reader_of(record))


def text_of(record: Record, text: Any) -> str:
    """Return a text of a record as the official of `with_reader` sees it."""
    return subject_text(text, record.subject, reader_of(record))


def subjects_in_clear(subjects: Sequence[Subject], *, user: Any, on: date) -> set[int]:
    """Return the keys of those of `subjects` whose name the official sees in clear: nothing is asked where
    none is a natural person."""
    if not any(subject.kind == Subject.Kind.PERSON for subject in subjects):
        return {subject.pk for subject in subjects}
    records = with_reader(Record.objects.filter(subject__in=subjects), user=user, on=on)
    cases = visible_cases(user=user, on=on).filter(subject__in=subjects)
    return {
        *records.filter(is_theirs=True).order_by().values_list("subject", flat=True),
        *cases.values_list("subject", flat=True),
    }


def may_unmask(*, user: Any, subject: Subject, on: date) -> bool:
    """Whether `user` may see the subject's numbers in clear for a reason: a case of the subject is theirs to
    read, or they import data and a record of the subject is among it. Nobody on whose own subject it is."""
    if access.subjects_ever_acted_for(user=user).filter(pk=subject.pk).exists():
        return False
    if visible_cases(user=user, on=on).filter(subject=subject).exists():
        return True
    importing = list(access.offices_where(user=user, permission="import_records", on=on))
    return bool(importing) and Record.objects.filter(readable_by(importing), subject=subject).exists()
