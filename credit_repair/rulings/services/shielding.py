"""A registered ruling is carried out: records are shielded, repaired for good, or public again.

Four eyes 四眼原则: who registers a ruling never carries it out, nor does a substitute in their place.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.services.documents import issue_to_subject
from credit_repair.cases.services.telling import tell_subject
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.jobs import dispatch
from credit_repair.core.languages import in_site_language
from credit_repair.notices.contexts import IssuedDocument
from credit_repair.people.services.mandates import end_administrators
from credit_repair.platforms.models import Message
from credit_repair.platforms.services import enqueue_removal, tell_publishers
from credit_repair.registry.models import Record, RecordEvent, RecordFlag
from credit_repair.registry.services import end_record
from credit_repair.registry.services.flags import put_flag, take_flag_off
from credit_repair.rulings import offices
from credit_repair.rulings.errors import RulingRefused
from credit_repair.rulings.models import CourtRuling, Shield, ShieldedRecord
from credit_repair.rulings.services.rulings import ask_for, close, lock_ruling, shieldable
from credit_repair.rulings.shield_notices import shield_end_notice, shield_notice
from credit_repair.rulings.states import move

Kind = CourtRuling.Kind
Off = ShieldedRecord.Off
What = RecordEvent.What
SHIELD = RecordFlag.Kind.SHIELD


@transaction.atomic
@in_site_language()
def carry_out(*, ruling: CourtRuling, actor: Any, today: date) -> CourtRuling:
    """Carry out a registered ruling; return it, with the notice that was issued.

    A plan: its records get the flag, every platform that shows them is told to shield them. Performed: what
    is still shielded ends as repaired, with removal at every platform and department. Failed: the shield
    comes off, and publicity goes on for the rest of its period. The notice is the credit office's, with
    number and seal, and is served on the subject.

    Raises NotInCharge, RulingRefused where it stands elsewhere or was registered by the same person,
    CannotIssue and MissingGlyphs where the notice cannot go out.
    """
    # The records first, then the ruling: the same way round as everywhere.
    records = _lock_records(ruling)
    locked = lock_ruling(ruling)
    ask_for(partial(offices.may_carry_out, but=locked.registered_by_id), locked, actor, today)
    if locked.registered_by_id == actor.pk:
        raise RulingRefused(_("这件裁定是您登记的，须由另一位同事审批。"))
    move(locked, "execute")
    at = now()
    if locked.kind == Kind.PLAN:
        _shield(locked, records, actor=actor, today=today, at=at)
    elif locked.kind == Kind.PERFORMED:
        _confirm(locked, records, actor=actor, today=today, at=at)
    else:
        _end(locked, records, actor=actor, today=today, at=at)
    audit.record(
        actor=actor,
        action=f"rulings.{_DONE[locked.kind]}",
        target=locked,
        data={"records": len(records), "kind": locked.kind},
    )
    # Cases on what is repaired now are closed as moot at once.
    transaction.on_commit(partial(dispatch, "settle_cases", key="settle_cases"), robust=True)
    return locked


_DONE: dict[str, str] = {Kind.PLAN: "shield", Kind.PERFORMED: "confirm_shield", Kind.FAILED: "end_shield"}


def _lock_records(ruling: CourtRuling) -> list[Record]:
    """Lock what the ruling is about: what was chosen for a plan, everything of the shield for its end."""
    rows = Record.objects.select_for_update(of=("self",), no_key=True)
    if ruling.kind == Kind.PLAN:
        rows = rows.filter(pk__in=ruling.records.values("pk"))
    else:
        shielded = ShieldedRecord.objects.filter(shield=ruling.shield)
        rows = rows.filter(pk__in=shielded.values("record"))
    return list(rows.select_related("subject", "authority").order_by("pk"))


def _shield(ruling: CourtRuling, records: Sequence[Record], *, actor: Any, today: date, at: datetime) -> None:
    """Shield the chosen records. One that has ended since it was chosen is left out; without any, refused."""
    still = shieldable(ruling.subject, ruled_on=ruling.made_on)
    keys = set(still.filter(pk__in=[record.pk for record in records]).values_list("pk", flat=True))
    found = [record for record in records if record.pk in keys]
    if not found:
        raise RulingRefused(_("所选信息都已经停止公示或者已在屏蔽，请退回重新选择。"))
    if Shield.objects.filter(subject=ruling.subject, state=Shield.State.RUNNING).exists():
        raise RulingRefused(_("这个主体的信息已经在屏蔽中。"))
    shield = Shield.objects.create(
        subject=ruling.subject,
        office=ruling.office,
        court=ruling.court,
        case_no=ruling.case_no,
        administrator=ruling.administrator,
        plan_until=ruling.plan_until,
        started_on=today,
    )
    document = shield_notice(ruling, found, today=today)  # before the messages: it names who shows it now
    for record in found:
        event = _event(record, What.SHIELDED, ruling, actor=actor, today=today, at=at)
        put_flag(record=record, kind=SHIELD, reason=_why(ruling), actor_label=str(actor)[:100], at=at)
        ShieldedRecord.objects.create(shield=shield, record=record, event=event)
        hide(record, event)
    ruling.shield = shield
    _close(ruling, document, kind="subject_shielded", count=len(found), actor=actor, today=today)


def hide(record: Record, event: RecordEvent) -> None:
    """Tell every platform that shows `record`, and takes such messages, to shield it; each once."""
    tell_publishers(
        record=record,
        action=Message.Action.SHIELD,
        cause=event.uuid,
        cause_text=_("法院裁定批准重整计划，临时屏蔽"),
    )


def _confirm(
    ruling: CourtRuling, records: Sequence[Record], *, actor: Any, today: date, at: datetime
) -> None:
    """What is still shielded is repaired for good; what has ended in another way stays as it ended."""
    shield = _ending(ruling)
    found = [record for record in records if not record.has_ended]
    document = shield_end_notice(ruling, _plan_of(shield), found or records, today=today)
    for record in records:  # also of what ended a moment ago: no settler looks at it behind the shield's end
        take_flag_off(record=record, kind=SHIELD, reason=_why(ruling), actor_label=str(actor)[:100], at=at)
    for record in found:
        event = end_record(
            record=record,
            standing=Record.Standing.REPAIRED,
            what=What.REPAIRED,
            on=today,
            at=at,
            actor_label=str(actor)[:100],
            data={"reason": _why(ruling), "ruling": str(ruling.uuid)},
        )
        enqueue_removal(record=record, cause=event.uuid, cause_text=_("法院裁定重整计划执行完毕，终止公示"))
    _take_off(shield, Off.PERFORMED, found, today=today)
    _finish(shield, Shield.State.PERFORMED, today=today)
    _close(ruling, document, kind="subject_shield_confirmed", count=len(found), actor=actor, today=today)
    # Last: the administrator 管理人 reads the news of it as well.
    end_administrators(
        subject=shield.subject, today=today, actor=actor, reason=_("重整计划执行完毕，管理人职务终止")
    )


def _end(ruling: CourtRuling, records: Sequence[Record], *, actor: Any, today: date, at: datetime) -> None:
    """The plan failed: the shield comes off everywhere, and publicity goes on for the rest of its period."""
    shield = _ending(ruling)
    document = shield_end_notice(ruling, _plan_of(shield), records, today=today)
    for record in records:
        take_flag_off(record=record, kind=SHIELD, reason=_why(ruling), actor_label=str(actor)[:100], at=at)
        event = _event(record, What.UNSHIELDED, ruling, actor=actor, today=today, at=at)
        # Also where it was taken down: a platform keeps the shield, and would hide what comes back one day.
        tell_publishers(
            record=record,
            action=Message.Action.UNSHIELD,
            cause=event.uuid,
            cause_text=_("重整计划终止执行，恢复公示"),
            also_removed=True,
        )
    _take_off(shield, Off.FAILED, [record for record in records if not record.has_ended], today=today)
    _finish(shield, Shield.State.FAILED, today=today)
    _close(ruling, document, kind="subject_shield_failed", count=len(records), actor=actor, today=today)


def _ending(ruling: CourtRuling) -> Shield:
    """Lock the shield that a ruling ends."""
    rows = Shield.objects.select_for_update(of=("self",)).select_related("subject")
    shield = rows.filter(rulings=ruling).first()
    if shield is None or shield.state != Shield.State.RUNNING:
        raise RulingRefused(_("这个主体的屏蔽已经结束。"))
    return shield


def _plan_of(shield: Shield) -> CourtRuling:
    return CourtRuling.objects.select_related("office", "document").get(
        shield=shield, kind=Kind.PLAN, state=CourtRuling.State.EXECUTED
    )


def _take_off(shield: Shield, how: str, found: Sequence[Record], *, today: date) -> None:
    running = ShieldedRecord.objects.filter(shield=shield, off_on__isnull=True)
    running.filter(record__in=[record.pk for record in found]).update(off_on=today, off_how=how)
    running.update(off_on=today, off_how=Off.OVER)  # what is left had ended in another way


def _finish(shield: Shield, state: str, *, today: date) -> None:
    shield.state, shield.ended_on = state, today
    shield.save(update_fields=["state", "ended_on"])


def _event(
    record: Record, what: RecordEvent.What, ruling: CourtRuling, *, actor: Any, today: date, at: datetime
) -> RecordEvent:
    return RecordEvent.objects.create(
        record=record,
        what=what,
        on=today,
        at=at,
        actor_label=str(actor)[:100],
        data={"reason": _why(ruling), "ruling": str(ruling.uuid)},
    )


def _why(ruling: CourtRuling) -> str:
    """The ruling in a few words, for flags and events."""
    return _("%(court)s%(number)s裁定：%(what)s") % {
        "court": ruling.court,
        "number": ruling.number,
        "what": ruling.get_kind_display(),
    }


def _close(
    ruling: CourtRuling, document: IssuedDocument, *, kind: str, count: int, actor: Any, today: date
) -> None:
    """Issue the notice, note that the ruling is carried out, and tell who acts for the subject."""
    ruling.document = issue_to_subject(
        document=document, office=ruling.office, subject=ruling.subject, today=today, mail=False
    )
    close(ruling, actor=actor, today=today)
    tell_subject(
        kind=kind,
        subject=ruling.subject,
        about=ruling.uuid,
        on=today,
        ruling=ruling,
        office=ruling.office,
        count=count,
        letters=[{"document": ruling.document}],
    )
