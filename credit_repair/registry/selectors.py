"""What can be asked of the register."""

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from credit_repair.registry.models import ImportBatch, Office, Publication, Record, Subject
from credit_repair.registry.search import Persons, nobody, records_with


class NoCreditOffice(LookupError):
    """No credit office 信用主管部门 is set up; the words say what to do."""


def records_of(subject: Subject) -> QuerySet[Record]:
    """Return the records of `subject`, the newest decision first, with the offices they name."""
    return _with_names(Record.objects.filter(subject=subject))


def search_records(
    *,
    text: str = "",
    persons: Persons = nobody,
    standing: str | None = None,
    kind: str | None = None,
    authorities: Collection[int] | None = None,
    rule_class: str | None = None,
    decided_from: date | None = None,
    decided_to: date | None = None,
    ending_from: date | None = None,
    ending_to: date | None = None,
) -> QuerySet[Record]:
    """Return the records that fit every condition given, the newest decision first, or the soonest end.

    `text`: a document number or part of one, a code or how it begins, a whole personal number, or part of a
    name, present or former; it is looked up at once (see `registry.search`), the list itself when it is read.
    `persons`: on which records a part of a natural person's name is enough; otherwise it takes all of it.
    `authorities`: keys of offices. First and last days are included; with one of `ending_from` and
    `ending_to`, only what is still published and ends then, the soonest first.
    """
    found = Record.objects.all()
    if text.strip():
        found = found.filter(records_with(text, persons=persons))
    if authorities is not None:
        found = found.filter(authority__in=authorities)
    ending = bool(ending_from or ending_to)
    if ending:
        found = found.filter(standing=Record.Standing.ACTIVE)
    exact = {
        "standing": standing,
        "kind": kind,
        "rule_class": rule_class,
        "decision_date__gte": decided_from,
        "decision_date__lte": decided_to,
        "effective_until__gte": ending_from,
        "effective_until__lte": ending_to,
    }
    named = _with_names(found.filter(**{name: value for name, value in exact.items() if value}))
    return named.order_by("effective_until", "pk") if ending else named


def due_to_expire(today: date) -> QuerySet[Record]:
    """Return the published records whose last day of publicity lies before `today`, the oldest first.

    The last day itself still belongs to the period.
    """
    due = Record.objects.filter(standing=Record.Standing.ACTIVE, effective_until__lt=today)
    return due.select_related("subject", "authority").order_by("effective_until", "pk")


def publications_to_announce(batch: ImportBatch | None = None) -> QuerySet[Publication]:
    """Return the publications that a platform has not yet confirmed, for which a publish message is due.

    With `batch`, those of the records which that import took or changed.
    """
    waiting = Publication.objects.filter(state=Publication.State.PUBLISHING)
    if batch is not None:
        of_batch = Record.objects.filter(events__data__batch=str(batch.uuid))
        waiting = waiting.filter(record__in=of_batch)
    return waiting.select_related("record__subject", "record__authority", "platform").order_by("pk")


def credit_office_for(*, authority: Office) -> Office:
    """Return the credit office 信用办 that takes in cases on records of `authority`.

    The nearest one up the tree of offices, the authority itself included; else one of the same
    administrative division 行政区划; else the first by code.

    Raises NoCreditOffice where there is none at all.
    """
    for office in _line_upwards(authority):
        if office.kind == Office.Kind.CREDIT:
            return office
    credit_offices = Office.objects.filter(kind=Office.Kind.CREDIT).order_by("code")
    of_division = credit_offices.annotate(division=Substr("code", 3, 6)).filter(division=authority.region)
    found = of_division.first() or credit_offices.first()
    if found is None:
        raise NoCreditOffice(_("还没有设置信用主管部门，请系统管理员先在“单位”中添加一个。"))
    return found


def upper_office(office: Office) -> Office | None:
    """Return the office above `office` 上级单位, or None at the top."""
    return office.parent


def _line_upwards(office: Office) -> list[Office]:
    """The office and those above it. A ring, which no constraint can forbid, ends where it closes."""
    line: list[Office] = []
    seen: set[int] = set()
    step: Office | None = office
    while step is not None and step.pk not in seen:
        seen.add(step.pk)
        line.append(step)
        step = step.parent
    return line


def _with_names(records: QuerySet[Record]) -> QuerySet[Record]:
    named = records.select_related("subject", "authority", "source_office", "sector")
    return named.order_by("-decision_date", "-pk")
