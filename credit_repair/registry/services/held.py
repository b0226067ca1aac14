"""Records that stay shown at the maximum because a duty is not performed 到期待核, and how they are let go.

By default publicity ends by itself at the maximum. Where the authority of a sector rules otherwise
(at_max_unperformed: hold), a person finds out whether every duty is performed.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.audit import SYSTEM_LABEL
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.registry.flags import has_flag
from credit_repair.registry.models import Record, RecordEvent, RecordFlag
from credit_repair.registry.services.flags import put_flag, take_flag_off
from credit_repair.registry.services.records import facts_of
from credit_repair.rules import RuleBook

HELD = RecordFlag.Kind.HELD


class NotHeld(ValueError):
    """The record is not held at its maximum, or what was filled in does not fit; the words say which."""

    def __init__(self, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.field = field


def is_over(record: Record, *, on: date) -> bool:
    """Whether the last day of publicity of `record` lies before `on`. After a correction it may lie ahead."""
    return record.effective_until is not None and record.effective_until < on


def is_to_be_held(record: Record, *, book: RuleBook) -> bool:
    """Whether the rules keep `record` shown past its maximum until somebody finds the duties performed.

    Only at the maximum: an earlier end of the source's own 公示截止期 is an end. Asked of the rule set that
    gave the record its period, as it holds for the record's sector on the day of the decision.
    """
    if record.duties_performed_on is not None:
        return False
    if record.max_until is None or record.effective_until is None:
        return False
    if record.effective_until < record.max_until:  # behind it: days made up after a revoked repair
        return False
    rules = book.view(record.rule_set, on=record.decision_date, sector=facts_of(record, book=book).sector)
    found = rules.find("at_max_unperformed")
    return found is not None and found.value == "hold"


@transaction.atomic
def hold_record(*, record: Record, today: date) -> None:
    """Keep `record` shown: put the flag on, write the event. A record that is held already stays as it is."""
    if has_flag(record, HELD):
        return
    at = now()
    with in_site_language():
        reason = _("最长公示期届满，尚未核实义务已经履行")
    put_flag(record=record, kind=HELD, reason=reason, actor_label=SYSTEM_LABEL, at=at)
    RecordEvent.objects.create(
        record=record,
        what=RecordEvent.What.HELD,
        at=at,
        on=today,
        actor_label=SYSTEM_LABEL,
        data={"reason": reason, "max_until": str(record.max_until)},
    )


@transaction.atomic
def release_held(*, record: Record, actor: object, today: date, performed_on: date, note: str) -> RecordEvent:
    """Find that every duty was performed on `performed_on`: the flag comes off, expiry ends the record next.

    `note` says how that was found. Whether `actor` may do this is asked by the caller.

    Raises NotHeld where the record is not held (any longer) or its period runs again, for a day before the
    decision or in the future, and without a note.
    """
    locked = _locked(record, today)
    if performed_on < locked.decision_date:
        raise NotHeld(_("履行日期早于决定日期，请核对。"), field="performed_on")
    if performed_on > today:
        raise NotHeld(_("履行日期还没有到，请核对。"), field="performed_on")
    event = _found(
        locked, RecordEvent.What.RELEASED, actor, today, note, performed_on=performed_on.isoformat()
    )
    locked.duties_performed_on, locked.changed_at = performed_on, event.at
    locked.save(update_fields=["duties_performed_on", "changed_at"])
    take_flag_off(record=locked, kind=HELD, reason=note.strip(), actor_label=str(actor), at=event.at)
    return event


@transaction.atomic
def keep_held(*, record: Record, actor: object, today: date, note: str) -> RecordEvent:
    """Note that a duty is still not performed: the record stays shown, the flag stays on.

    Raises NotHeld where the record is not held (any longer) or its period runs again, and without a note.
    """
    return _found(_locked(record, today), RecordEvent.What.HELD, actor, today, note)


def _locked(record: Record, today: date) -> Record:
    locked = Record.objects.select_for_update(no_key=True).get(pk=record.pk)
    if locked.standing != Record.Standing.ACTIVE or not has_flag(locked, HELD):
        raise NotHeld(_("这条记录已经不在待核名单中，可能刚由别人办理。"))
    if not is_over(locked, on=today):
        raise NotHeld(_("这条记录的公示期已经重新计算，尚未届满，现在不需要核实。"))
    return locked


def _found(
    record: Record, what: RecordEvent.What, actor: object, today: date, note: str, **data: str
) -> RecordEvent:
    if not note.strip():
        raise NotHeld(_("请写明核实的情况。"), field="note")
    event = RecordEvent.objects.create(
        record=record,
        what=what,
        at=now(),
        on=today,
        actor_label=str(actor),
        data={"reason": note.strip(), **data},
    )
    audit.record(actor=actor, action=f"held_{what}", target=record, data={"event": str(event.uuid)})
    return event
