"""Both sides as one sequence: what a platform says and what the register has, in the order of the UUIDs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from credit_repair.platforms.models import Message
from credit_repair.platforms.transports import CannotList, Shown
from credit_repair.registry.models import Platform, Publication, Record, RecordFlag

#: Records read at a time. Four short questions are asked about them.
PAGE = 1000
_SAID = ("pk", "uuid", "doc_no", "standing", "effective_until")


@dataclass(frozen=True)
class Ours:
    """What the register has of one record on one platform.

    publication  the publication's state; empty where the platform never was to have the record
    unfinished   whether a message about it is on its way to the platform
    flags        the flags that stand beside the record
    """

    pk: int
    uuid: UUID
    doc_no: str
    standing: str
    effective_until: date | None
    publication: str = ""
    receipt: str = ""
    removed_at: datetime | None = None
    unfinished: bool = False
    flags: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Pair:
    """One record as both sides see it; None where a side does not know it."""

    uuid: UUID
    ours: Ours | None
    said: Shown | None


def pairs(
    platform: Platform, *, said: Iterable[Shown], after: UUID | None, page: int = PAGE
) -> Iterator[Pair]:
    """Yield every record that either side knows, from behind `after`, in the order of the UUIDs.

    Raises CannotList where the platform's list is not in that order: what would be taken for missing might
    come later.
    """
    theirs, register = _in_order(said, after), our_side(platform, after=after, page=page)
    their, our = next(theirs, None), next(register, None)
    while their is not None or our is not None:
        if our is None or their is not None and their.record < our.uuid:
            assert their is not None  # noqa: S101 - one of the two is there
            yield Pair(their.record, None, their)
            their = next(theirs, None)
        elif their is None or our.uuid < their.record:
            yield Pair(our.uuid, our, None)
            our = next(register, None)
        else:
            yield Pair(our.uuid, our, their)
            their, our = next(theirs, None), next(register, None)


def _in_order(said: Iterable[Shown], after: UUID | None) -> Iterator[Shown]:
    last = after
    for each in said:
        if last is not None and each.record <= last:
            raise CannotList(_("清单没有按记录编号排序"))
        last = each.record
        yield each


def our_side(platform: Platform, *, after: UUID | None, page: int = PAGE) -> Iterator[Ours]:
    """Yield every record of the register as `platform` should know it, in the order of the UUIDs.

    Along the index of the UUIDs, whatever the platform has: a walk along the publications would sort them
    all anew for each page.
    """
    records = Record.objects.order_by("uuid").values(*_SAID)
    while found := list((records.filter(uuid__gt=after) if after else records)[:page]):
        yield from views_of(platform, found)
        after = found[-1]["uuid"]


def views_of(platform: Platform, records: list[dict[str, Any]]) -> Iterator[Ours]:
    """Yield `records`, as their values, with what `platform` was told of them: three queries."""
    keys = [record["pk"] for record in records]
    publications = {
        row["record"]: row
        for row in Publication.objects.filter(platform=platform, record__in=keys).values(
            "record", "state", "receipt", "removed_at"
        )
    }
    waiting = Message.objects.filter(
        platform=platform, record__in=keys, state__in=Message.UNFINISHED
    ).values_list("record", flat=True)
    unfinished = set(waiting)
    flags: dict[int, set[str]] = {}
    standing = RecordFlag.objects.filter(record__in=keys, off_at__isnull=True)
    for key, kind in standing.values_list("record", "kind"):
        flags.setdefault(key, set()).add(kind)
    for record in records:
        key = record["pk"]
        there: dict[str, Any] = publications.get(key, {})  # type: ignore[assignment]
        yield Ours(
            **record,
            publication=there.get("state", ""),
            receipt=there.get("receipt", ""),
            removed_at=there.get("removed_at"),
            unfinished=key in unfinished,
            flags=frozenset(flags.get(key, ())),
        )


def our_view(platform: Platform, record: Record) -> Ours:
    """Return one record as `platform` should know it now."""
    (found,) = views_of(platform, list(Record.objects.filter(pk=record.pk).values(*_SAID)))
    return found
