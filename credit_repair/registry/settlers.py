"""Computing records anew where the rules have changed since: by hand, by a new release, by a local rule."""

import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction

from credit_repair.core.audit import SYSTEM_LABEL
from credit_repair.core.clock import now
from credit_repair.core.settling import move_each, settler
from credit_repair.registry.law import Law, keep_edition, one_law
from credit_repair.registry.models import Record, RecordEvent
from credit_repair.registry.plain import as_json
from credit_repair.registry.services.records import (
    ASSESSED_FIELDS,
    assess_record,
    change_standing,
    publish_again,
)

logger = logging.getLogger(__name__)

#: Records per transaction.
BATCH = 500
#: What is worth an event when it changes. The reasons and the hash alone are not.
TOLD = ("rule_set", "rule_class", "published", "min_until", "repairable_from", "max_until", "effective_until")
_OPEN = (Record.Standing.ACTIVE, Record.Standing.UNPUBLISHED)


@settler
def reassess_outdated(*, today: date) -> int:
    """Compute every record anew that was last computed by other rules than those in force.

    Records that have ended keep what was true then. Where a date or the class changes, the record gets an
    event with the old and the new value; a record that is to be published from now on, or no longer, gets
    its standing, and the platforms are told by those who watch for that. Returns how many records changed.

    A record that the rules cannot compute stays as it is and keeps no other from its turn; the last such
    failure is raised when all are through.
    """
    failures: list[Exception] = []
    with one_law() as law:
        keep_edition(law.book)
        moved = move_each(
            _outdated(law.book.content_hash), lambda keys: _reassess(keys, law, today, failures), name=_named
        )
    if failures:
        raise failures[-1]
    return moved


def _outdated(current: str) -> Iterator[list[int]]:
    """The records that other rules computed, batch by batch. Each is met once in a run, also one that fails.

    By the index from hash to hash: where nothing is outdated, that costs two look-ups among a million.
    """
    old = None
    while (found := _next_hash(current, after=old)) is not None:
        old, last = found, 0
        while keys := list(
            Record.objects.filter(standing__in=_OPEN, rulebook_hash=old, pk__gt=last)
            .order_by("pk")
            .values_list("pk", flat=True)[:BATCH]
        ):
            yield keys
            last = keys[-1]


def _next_hash(current: str, *, after: str | None) -> str | None:
    """The next hash that is not the current one. The empty one, of records marked as stale, comes first."""
    hashes = Record.objects.filter(standing__in=_OPEN).order_by("rulebook_hash")
    if after is not None:
        hashes = hashes.filter(rulebook_hash__gt=after)
    found = hashes.filter(rulebook_hash__lt=current).values_list("rulebook_hash", flat=True).first()
    if found is not None:
        return found
    return hashes.filter(rulebook_hash__gt=current).values_list("rulebook_hash", flat=True).first()


@transaction.atomic
def _reassess(keys: list[int], law: Law, today: date, failures: list[Exception]) -> int:
    """Compute these records anew; return how many changed. What cannot be computed adds to `failures`."""
    found = list(
        Record.objects.select_for_update(of=("self",), no_key=True)
        .select_related("authority__sector", "sector")
        .filter(pk__in=keys, standing__in=_OPEN)
        .order_by("pk")
    )
    records, events, returned = [], [], []
    for record in found:
        before = {name: getattr(record, name) for name in (*TOLD, "standing")}
        try:
            assess_record(record, book=law.book, as_of=today)
        except (ValueError, LookupError, ArithmeticError) as error:
            logger.exception("record %s could not be computed anew", record.uuid)
            failures.append(error)
            continue
        records.append(record)
        if change_standing(record, as_of=today):
            returned.append(record)
        changes = _changes(before, record)
        if changes:
            record.changed_at = now()
            events.append(_event(record, changes, law, today))
    Record.objects.bulk_update(
        records, [*ASSESSED_FIELDS, "standing", "ended_on", "changed_at"], batch_size=100
    )
    RecordEvent.objects.bulk_create(events)
    publish_again(returned)
    return len(events)


def _changes(before: dict[str, Any], record: Record) -> dict[str, dict[str, Any]]:
    return {
        name: {"old": as_json(old), "new": as_json(getattr(record, name))}
        for name, old in before.items()
        if old != getattr(record, name)
    }


def _event(record: Record, changes: dict[str, dict[str, Any]], law: Law, today: date) -> RecordEvent:
    return RecordEvent(
        record=record,
        what=RecordEvent.What.REASSESSED,
        at=now(),
        on=today,
        actor_label=SYSTEM_LABEL,
        data={"changes": changes, "rulebook_hash": law.book.content_hash},
    )


def _named(keys: list[int]) -> str:
    return f"records {keys[0]} to {keys[-1]}"
