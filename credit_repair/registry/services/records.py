"""What the rules make of a record, and how a record ends."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.core.bulk import SharedJSON
from credit_repair.registry.law import current_book
from credit_repair.registry.models import ImportBatch, Office, Publication, Record, RecordEvent
from credit_repair.rules import (
    Assessment,
    ClassOverride,
    Hints,
    PeriodOverride,
    RecordFacts,
    RuleBook,
    assess,
    derive_hints,
)
from credit_repair.rules.types import AuthorityKind, Procedure, RecordKind, RuleClass

#: What assess_record() fills in: name these when you save a record after it.
ASSESSED_FIELDS = (
    "rule_set",
    "rule_class",
    "published",
    "min_until",
    "repairable_from",
    "max_until",
    "effective_until",
    "assessment",
    "rulebook_hash",
)


class RecordHasEnded(ValueError):
    """The record has already ended in another way; the words say which."""


def facts_of(record: Record, *, book: RuleBook | None = None) -> RecordFacts:
    """Return what the rules need to know of `record`.

    Sector and procedure that a person has set on the record come first, then the sector of the authority,
    then the words of the source: 处罚依据 for the sector, 文号 (简罚) for the procedure. The kind of
    authority is the office's own. The fine is in 万元. A class or a period that a person has set, with its
    basis, goes before what the rules would say. Reads `authority`, its `sector` and the record's
    `sector`: select them along.

    Raises ValueError for a penalty without a penalty type.
    """
    return _facts(record, _hints_of(record, book or current_book()), fine=record.fine)


def sector_of(record: Record, *, book: RuleBook) -> str | None:
    """Return the sector of `record` alone, by its code in the rules: the same as `facts_of` gives."""
    sector = record.sector or record.authority.sector
    return sector.code if sector else _derived(record.legal_basis, "", book).sector


def assess_record(record: Record, *, book: RuleBook, as_of: date) -> Assessment:
    """Fill in class, publicity period and first repairable day of `record`, and why; return the assessment.

    The record is changed in memory only, so that many can be saved at once: save ASSESSED_FIELDS.
    Periods are calendar months counted by the rules from the day of the decision. `as_of` is the assumed day
    of filing: it chooses the rules of procedure, never the class. `standing` is left alone. The reasons
    drawn from the source's words stand first in `assessment["basis"]`.

    Raises UnknownPenaltyType for a type that the book does not know, NoRuleSet where no rules hold.
    """
    hints = _hints_of(record, book)
    result, record.assessment = _assessed(
        _facts(record, hints, fine=_fine_that_matters(record.fine, book)), hints, book, as_of
    )
    record.rule_set = result.rule_set
    record.rule_class = result.rule_class
    record.published = result.published
    record.min_until = result.min_until
    record.repairable_from = result.repairable_from
    record.max_until = result.max_until
    record.effective_until = result.effective_until
    record.rulebook_hash = result.book_hash
    return result


@lru_cache(maxsize=8192)  # of a hundred thousand records, many have the same day, class and period
def _assessed(
    facts: RecordFacts, hints: Hints, book: RuleBook, as_of: date
) -> tuple[Assessment, dict[str, Any]]:
    """The assessment, and what a record keeps of it: shared, never to be changed in place."""
    result = assess(facts, book=book, filed_on=as_of)
    answer = result.as_dict()
    basis = [step.as_dict() for step in hints.basis] + answer["basis"]
    return result, SharedJSON(answer | {"basis": basis})


def _fine_that_matters(fine: Decimal | None, book: RuleBook) -> Decimal | None:
    """The fine, unless it is below every threshold of the rules: so that more records have the same facts."""
    least = _least_threshold(book)
    return None if fine is None or least is None or fine < least else fine


@lru_cache(maxsize=8)
def _least_threshold(book: RuleBook) -> Decimal | None:
    values = [value for rule_set in book.rule_sets for value in rule_set.values]
    amounts = [value.value for value in values if value.path.startswith("fine.") and value.value is not None]
    return min(map(Decimal, amounts), default=None)


def settle_standing(record: Record, *, as_of: date) -> None:
    """Give a record that no platform shows its standing on `as_of`, in memory only.

    Its period is over: history. To be published: active. Else unpublished.
    """
    if record.effective_until is not None and record.effective_until < as_of:
        record.standing, record.ended_on = Record.Standing.HISTORY, record.effective_until
    elif record.published:
        record.standing = Record.Standing.ACTIVE
    else:
        record.standing = Record.Standing.UNPUBLISHED


def change_standing(record: Record, *, as_of: date) -> bool:
    """Say in memory what new words or dates of `record` mean for its standing; return whether it comes back.

    What was not published may be from now on, or is history by now. What is shown and no longer to be
    published is unpublished; what is shown and over ends by its own way, with messages. What has ended is
    not revived. Where one comes back, its publications are the caller's.
    """
    if record.standing == Record.Standing.UNPUBLISHED:
        settle_standing(record, as_of=as_of)
        return record.standing == Record.Standing.ACTIVE
    if record.standing == Record.Standing.ACTIVE and not record.published:
        record.standing = Record.Standing.UNPUBLISHED
    return False


def keep_until_down(record: Record) -> None:
    """Let a record that was not to be published, and is over by now, stay unpublished, in memory, while it is
    still up somewhere: what takes records down looks for these, and never at history."""
    if record.standing != Record.Standing.HISTORY:
        return
    up = (Publication.State.PUBLISHING, Publication.State.SHOWN)
    if record.publications.filter(state__in=up).exists():
        record.standing, record.ended_on = Record.Standing.UNPUBLISHED, None


def publish_again(records: Iterable[Record]) -> None:
    """Let active records that were not to be published go to their platforms.

    What was taken down goes back to where it was. What came in unpublished never was anywhere: it goes to
    the platforms for which its import was meant.
    """
    keys = [record.pk for record in records]
    if not keys:
        return
    Publication.objects.filter(
        record__in=keys, state__in=[Publication.State.REMOVING, Publication.State.REMOVED]
    ).update(state=Publication.State.PUBLISHING)
    _publish_first(
        set(keys) - set(Publication.objects.filter(record__in=keys).values_list("record", flat=True))
    )


def _publish_first(keys: set[int]) -> None:
    """Let records that no platform ever had wait to be published where their imports wanted them."""
    events = RecordEvent.objects.filter(record__in=keys, what=RecordEvent.What.IMPORTED)
    batches = dict(events.values_list("record", "data__batch")) if keys else {}
    meant = ImportBatch.objects.filter(uuid__in=set(batches.values()) - {None}, platforms__active=True)
    platforms: dict[str, list[int]] = {}
    for batch, platform in meant.values_list("uuid", "platforms") if batches else ():
        platforms.setdefault(str(batch), []).append(platform)
    Publication.objects.bulk_create(
        (
            Publication(record_id=record, platform_id=platform)
            for record, batch in sorted(batches.items())
            for platform in platforms.get(batch, ())
        ),
        ignore_conflicts=True,
    )


@transaction.atomic(savepoint=False)  # inside a decision it stands and falls with it
def end_record(
    *,
    record: Record,
    standing: str,
    what: str,
    on: date,
    at: datetime,
    actor_label: str,
    data: dict[str, Any] | None = None,
) -> RecordEvent:
    """End `record`: set `standing` and the day, write the event whose UUID causes the messages; return it.

    The row is locked first. A record that already ended this way is left as it is and its event returned, so
    that a job which runs twice does no harm. Publications are not touched: they end with their receipts.

    `standing` is one of Record.ENDED, `what` a RecordEvent.What. The record that was handed in is brought up
    to date.

    Raises ValueError for a standing that ends nothing, RecordHasEnded where it ended in another way.
    """
    if standing not in Record.ENDED:
        raise ValueError(f"{str(standing)!r} does not end a record")
    locked = Record.objects.select_for_update(no_key=True).get(pk=record.pk)
    if locked.has_ended:
        event = _event_of_the_end(locked, standing=standing, what=what)
    else:
        locked.standing, locked.ended_on, locked.changed_at = standing, on, at
        locked.save(update_fields=["standing", "ended_on", "changed_at"])
        event = RecordEvent.objects.create(
            record=locked, what=what, on=on, at=at, actor_label=actor_label, data=data or {}
        )
    record.standing, record.ended_on, record.changed_at = locked.standing, locked.ended_on, locked.changed_at
    return event


def _event_of_the_end(record: Record, *, standing: str, what: str) -> RecordEvent:
    event = record.events.filter(what=what).last() if record.standing == standing else None
    if event is None:
        raise RecordHasEnded(
            _("这条记录已于%(day)s结束（%(standing)s），不能再次办理。")
            % {"day": record.ended_on, "standing": record.get_standing_display()}
        )
    return event


def _hints_of(record: Record, book: RuleBook) -> Hints:
    """What the words say, without what a person or the office says better."""
    authority = record.authority
    sector_is_known = bool(record.sector_id or authority.sector_id)
    said_by_number = not record.procedure and any(word in record.doc_no for word in _number_words(book))
    return _derived(
        "" if sector_is_known else record.legal_basis, record.doc_no if said_by_number else "", book
    )


@lru_cache(maxsize=8)
def _number_words(book: RuleBook) -> tuple[str, ...]:
    return tuple(hint.word for hint in book.hints if hint.field == "doc_no")


@lru_cache(maxsize=4096)  # a year names few laws, and of the numbers only those that say something come here
def _derived(legal_basis: str, doc_no: str, book: RuleBook) -> Hints:
    return derive_hints(legal_basis=legal_basis, doc_no=doc_no, book=book)


def _facts(record: Record, hints: Hints, *, fine: Decimal | None) -> RecordFacts:
    sector = record.sector or record.authority.sector
    return RecordFacts(
        kind=cast(RecordKind, str(record.kind)),
        decision_date=record.decision_date,
        penalty_types=tuple(record.penalty_types),
        fine=fine,
        procedure=cast(Procedure, str(record.procedure)) if record.procedure else hints.procedure,
        sector=sector.code if sector else hints.sector,
        authority_kind=_authority_kind(record.authority),
        own_until=record.own_until,
        restriction_until=record.restriction_until,
        repeat_offender=record.repeat_offender,
        class_override=_class_override(record),
        period_override=_period_override(record),
        restored_until=record.restored_until,
    )


def _class_override(record: Record) -> ClassOverride | None:
    if not record.set_class:
        return None
    return ClassOverride(cast(RuleClass, str(record.set_class)), record.set_class_basis)


def _period_override(record: Record) -> PeriodOverride | None:
    if record.set_min_months is None and record.set_max_months is None:
        return None
    return PeriodOverride(
        basis=record.set_period_basis, min_months=record.set_min_months, max_months=record.set_max_months
    )


def _authority_kind(office: Office) -> AuthorityKind:
    return "market" if office.kind == Office.Kind.MARKET else "other"
