"""What a pair means, and what is done about it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.languages import in_site_language
from credit_repair.platforms.models import Difference, Message, Reconciliation
from credit_repair.platforms.reconciling.walking import Ours, Pair, our_view
from credit_repair.platforms.services import enqueue, takes
from credit_repair.platforms.services.queueing import lock_record
from credit_repair.platforms.transports import Shown
from credit_repair.registry.models import Platform, Publication, Record, RecordFlag

Action = Message.Action
Kind = Difference.Kind
Handling = Difference.Handling
State = Publication.State


class Outcome(Enum):
    """What became of a pair that is no difference."""

    AGREED = "agreed"
    UNDER_WAY = "under_way"
    #: Neither side has anything to compare.
    NOTHING = "nothing"


class Why(Enum):
    """Why a difference was raised with a person and not mended."""

    GIVEN_UP = "given_up"
    CONFIRMED_IN_VAIN = "confirmed_in_vain"
    NOT_TAKEN = "not_taken"
    NEVER_MEANT = "never_meant"
    UNKNOWN = "unknown"
    UNPROVED = "unproved"
    TOO_MANY = "too_many"
    FAULT = "fault"


#: A run mends no more than so many differences: a platform that has lost or invented so much needs a person.
MENDED_MOST = 1000


#: Which messages say for the platform how a difference of a kind came about.
ABOUT: dict[str, tuple[Message.Action, ...]] = {
    Kind.STILL_SHOWN: (Action.PUBLISH, Action.RESTORE, Action.TERMINATE, Action.SHIELD, Action.UNSHIELD),
    Kind.NOT_SHOWN: (Action.PUBLISH, Action.RESTORE, Action.TERMINATE, Action.SHIELD, Action.UNSHIELD),
    Kind.ANNOTATION: (Action.ANNOTATE, Action.CLEAR_ANNOTATION),
}


def compare(ours: Ours | None, said: Shown | None, *, today: date) -> Difference.Kind | Outcome:
    """Return how what a platform says differs from what the register wants, or what else the pair means.

    Where it is open whether the record should be shown (not announced yet, just over, about to be taken
    down by a settler), either answer is right: it is under way.
    """
    shown = said is not None and said.shown
    if ours is None:
        return Kind.UNKNOWN_RECORD if shown else Outcome.NOTHING
    if ours.unfinished:
        return Outcome.UNDER_WAY
    if not ours.publication:
        return Kind.STILL_SHOWN if shown else Outcome.NOTHING
    if ours.publication in (State.REMOVING, State.REMOVED):
        return Kind.STILL_SHOWN if shown else Outcome.AGREED
    if ours.standing in Record.NOT_PUBLIC or _is_over(ours, today):
        return Outcome.UNDER_WAY
    if RecordFlag.Kind.SHIELD in ours.flags:
        return Kind.STILL_SHOWN if shown else Outcome.AGREED
    if not shown:
        return Kind.NOT_SHOWN
    marked = RecordFlag.Kind.OBJECTION in ours.flags
    return Kind.ANNOTATION if said is not None and said.annotated != marked else Outcome.AGREED


def _is_over(ours: Ours, today: date) -> bool:
    held = RecordFlag.Kind.HELD in ours.flags
    return ours.effective_until is not None and ours.effective_until < today and not held


@dataclass(frozen=True)
class Asked:
    """What the platform said of one record when it was asked, and since when that may be out of date.

    by_itself  it answered a question about this record alone; else it is what the list said
    """

    said: Shown | None
    at: datetime
    by_itself: bool = False


@transaction.atomic
@in_site_language()
def deal_with(pair: Pair, *, run: Reconciliation, asked: Asked, today: date) -> Difference | Outcome:
    """Do what follows from a difference, once: what the register says is read anew under the record's lock.

    The platform spoke at `asked.at`; what has happened since leaves it open.
    """
    platform = run.platform
    record = Record.objects.filter(uuid=pair.uuid).select_related("subject", "authority").first()
    if record is None:
        found = compare(None, asked.said, today=today)
        return (
            found if isinstance(found, Outcome) else _keep(run, pair, found, why=Why.UNKNOWN, said=asked.said)
        )
    lock_record(record.pk)
    Publication.objects.select_for_update().filter(record=record, platform=platform).first()
    ours = our_view(platform, record)
    messages = list(Message.objects.filter(record=record, platform=platform).order_by("sequence"))
    if any(_is_newer(message, asked.at) for message in messages):
        return Outcome.UNDER_WAY
    found = compare(ours, asked.said, today=today)
    if isinstance(found, Outcome):
        return found
    told = [message for message in messages if message.action in ABOUT[found]]
    newest = next((each for each in reversed(told) if each.state != Message.State.SUPERSEDED), None)
    if ours.publication == State.PUBLISHING and (newest is None or newest.action == Action.TERMINATE):
        return Outcome.UNDER_WAY  # it will be announced
    action = mending(found, ours, platform, said=asked.said, told=messages)
    why = _raised_because(newest, action, found, ours, platform) or _unsafe(found, run, asked)
    if found == Kind.STILL_SHOWN and ours.publication == State.REMOVED:
        _is_not_removed(record, platform)
    if why is not None or action is None:
        return _keep(run, pair, found, why=why or Why.NOT_TAKEN, said=asked.said, record=record, ours=ours)
    return _mend(run, pair, found, action=action, record=record, ours=ours, said=asked.said)


def _is_newer(message: Message, moment: datetime) -> bool:
    return message.created_at >= moment or bool(message.confirmed_at and message.confirmed_at >= moment)


def mending(
    kind: Difference.Kind, ours: Ours, platform: Platform, *, said: Shown | None, told: Iterable[Message]
) -> Message.Action | None:
    """Return the message that mends a difference; None where the platform takes none that would.

    `told`: what the platform was told of the record, in its order. One that was told to hide it for a time
    shows it again only when it is told so, however often it publishes it.
    """
    match kind:
        case Kind.STILL_SHOWN:
            shielded = ours.publication in (State.PUBLISHING, State.SHOWN)
            wanted = Action.SHIELD if shielded else Action.TERMINATE
        case Kind.NOT_SHOWN:
            wanted = Action.UNSHIELD if _is_hidden(told) else Action.PUBLISH
        case Kind.ANNOTATION:
            wanted = Action.CLEAR_ANNOTATION if said is not None and said.annotated else Action.ANNOTATE
        case _:
            return None
    return wanted if takes(platform, wanted) else None


def _is_hidden(told: Iterable[Message]) -> bool:
    last = ""
    for message in told:
        hides = message.action in (Action.SHIELD, Action.UNSHIELD)
        if hides and message.state != Message.State.SUPERSEDED:
            last = message.action
    return last == Action.SHIELD


def _raised_because(
    newest: Message | None, action: Message.Action | None, kind: str, ours: Ours, platform: Platform
) -> Why | None:
    if not ours.publication and ours.standing not in Record.NOT_PUBLIC:
        return Why.NEVER_MEANT
    if action is None:
        return Why.NOT_TAKEN
    if newest is None:
        return None
    if newest.state == Message.State.GIVEN_UP:
        return Why.GIVEN_UP
    # It was sent again because of the same difference, and the platform has confirmed it, in vain.
    mended = Difference.objects.filter(message=newest, kind=kind, reconciliation__platform=platform)
    return Why.CONFIRMED_IN_VAIN if mended.exists() else None


def _unsafe(kind: str, run: Reconciliation, asked: Asked) -> Why | None:
    """A list that came out empty by mistake must not have everything published once more."""
    if kind == Kind.NOT_SHOWN and not asked.by_itself:
        return Why.UNPROVED
    return Why.TOO_MANY if run.mended >= MENDED_MOST else None


def _is_not_removed(record: Record, platform: Platform) -> None:
    """The platform shows what it confirmed as removed: the publication waits for a receipt again."""
    Publication.objects.filter(record=record, platform=platform, state=State.REMOVED).update(
        state=State.REMOVING, removed_at=None, receipt=""
    )
    audit.record(actor=None, action="platforms.still_shown", target=record, data={"platform": platform.code})


def _mend(
    run: Reconciliation,
    pair: Pair,
    kind: Difference.Kind,
    *,
    action: Message.Action,
    record: Record,
    ours: Ours,
    said: Shown | None,
) -> Difference:
    if action == Action.PUBLISH:
        wait_for_publishing(record, run.platform)
    message = enqueue(
        record=record,
        platform=run.platform,
        action=action,
        cause=cause_of(run, record, kind),
        cause_text=_("对账发现公示状态不一致，再次通知"),
    )
    if message is None:
        return _keep(run, pair, kind, why=Why.NOT_TAKEN, said=said, record=record, ours=ours)
    audit.record(
        actor=None,
        action="platforms.mend_difference",
        target=message,
        data={"platform": run.platform.code, "kind": kind, "run": str(run.uuid)},
    )
    return _keep(run, pair, kind, said=said, record=record, ours=ours, message=message)


def wait_for_publishing(record: Record, platform: Platform) -> None:
    """Let a record that is shown by what was confirmed, and not by what is seen, be published once more."""
    Publication.objects.filter(record=record, platform=platform, state=State.SHOWN).update(
        state=State.PUBLISHING
    )


def cause_of(run: Reconciliation, record: Record, kind: str, *, by_person: bool = False) -> uuid.UUID:
    """Return the UUID of a difference, which never changes: the cause of the message that mends it."""
    return uuid.uuid5(run.uuid, f"{record.uuid}:{kind}:person" if by_person else f"{record.uuid}:{kind}")


def _keep(
    run: Reconciliation,
    pair: Pair,
    kind: str,
    *,
    said: Shown | None,
    why: Why | None = None,
    record: Record | None = None,
    ours: Ours | None = None,
    message: Message | None = None,
) -> Difference:
    facts: dict[str, Any] = {
        "listed": said is not None,
        "shown": bool(said and said.shown),
        "annotated": bool(said and said.annotated),
        "publication": ours.publication if ours else "",
        "receipt": ours.receipt if ours else "",
    }
    if why is not None:
        facts["why"] = why.value
    difference, _made = Difference.objects.get_or_create(
        reconciliation=run,
        record_uuid=pair.uuid,
        kind=kind,
        defaults={
            "record": record,
            "handling": Handling.SENT_AGAIN if message else Handling.RAISED,
            "message": message,
            "said": facts,
        },
    )
    return difference


@transaction.atomic
def raise_with_people(pair: Pair, *, run: Reconciliation, kind: str, asked: Asked) -> Difference:
    """Raise a difference that could not be dealt with, for a fault of our own that is in the log."""
    record = Record.objects.filter(uuid=pair.uuid).first()
    return _keep(run, pair, kind, why=Why.FAULT, said=asked.said, record=record, ours=pair.ours)


def lacks_its_receipt(ours: Ours) -> bool:
    """Whether nothing is on its way any longer by which the removal of the record could be confirmed."""
    return ours.publication == State.REMOVING and not ours.unfinished


@transaction.atomic
@in_site_language()
def seen_gone(pair: Pair, *, run: Reconciliation, asked: Asked) -> bool:
    """Confirm a removal without a receipt by what the platform itself says: it does not show the record.

    Only an answer about this very record counts, not what a list says or leaves out. Asked again under the
    lock; returns whether it was confirmed.
    """
    if not asked.by_itself or asked.said is None or asked.said.shown:
        return False
    record = Record.objects.filter(uuid=pair.uuid).first()
    if record is None:
        return False
    lock_record(record.pk)
    ours = our_view(run.platform, record)
    newer = [each for each in record.messages.filter(platform=run.platform) if _is_newer(each, asked.at)]
    if newer or not lacks_its_receipt(ours):
        return False
    Publication.objects.filter(record=record, platform=run.platform, state=State.REMOVING).update(
        state=State.REMOVED, removed_at=asked.at, receipt=evidence_of(run)
    )
    audit.record(
        actor=None,
        action="platforms.seen_gone",
        target=record,
        data={"platform": run.platform.code, "run": str(run.uuid)},
    )
    return True


def evidence_of(run: Reconciliation) -> str:
    """Return what stands in the place of a receipt where a run has proved the removal."""
    return _("对账%(day)s（%(run)s）") % {"day": run.day.isoformat(), "run": str(run.uuid)[:8]}


def as_answered(said: Shown | None, record: uuid.UUID, shown: bool | None) -> Shown | None:
    """Return what a platform says now of one record: the list, corrected by its answer to a question about
    this record alone (None: it gave none)."""
    if shown is None:
        return said
    if said is None:
        return Shown(record=record, shown=shown, annotated=False, sequence=0)
    return replace(said, shown=shown)
