"""A court's ruling is handed in, looked at and registered, refused, or taken back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from credit_repair.cases.services.papers import keep_paper
from credit_repair.cases.services.telling import tell_subject
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.people import access
from credit_repair.people.errors import NotInCharge
from credit_repair.registry.models import Record, Subject
from credit_repair.rulings import offices
from credit_repair.rulings.errors import RulingRefused
from credit_repair.rulings.models import CourtRuling, Shield
from credit_repair.rulings.remedies import remedy_words
from credit_repair.rulings.services.ruling_mails import tell_of_filing, tell_of_registered
from credit_repair.rulings.states import ENDS, move

Kind = CourtRuling.Kind


@dataclass(frozen=True)
class RulingWords:
    """What a ruling says: court, number of the proceedings 案号, number and date of the ruling.

    plan_until     last day of the plan, where the ruling gives one; of a plan alone
    administrator  the administrator 管理人; empty for none
    """

    kind: str
    court: str
    case_no: str
    number: str
    made_on: date
    plan_until: date | None = None
    administrator: str = ""


@transaction.atomic
def file_ruling(
    *, subject: Subject, words: RulingWords, upload: File, actor: Any, today: date, note: str = ""
) -> CourtRuling:
    """Hand in a ruling about `subject`, with the ruling itself, as somebody who acts for it; return it.

    Raises NotInCharge where `actor` does not act for the subject, RulingRefused where one waits already or
    does not fit, uploads.UploadRefused for the file.
    """
    if not access.may_act_for(user=actor, subject=subject, on=today):
        raise NotInCharge
    ruling = _file(
        subject=subject, words=words, upload=upload, actor=actor, today=today, note=note, filed_by=actor
    )
    tell_of_filing(ruling, today=today)
    return ruling


@transaction.atomic
def enter_ruling(
    *, subject: Subject, words: RulingWords, upload: File, actor: Any, today: date, note: str = ""
) -> CourtRuling:
    """Enter a ruling that came to the credit office by itself, e.g. from the court; return it.

    It waits to be registered like any other. Raises NotInCharge where `actor` does not take in at the office
    in charge or keeps away, else like file_ruling().
    """
    office = offices.office_in_charge(subject)
    if office is None or not offices.may_register(user=actor, office=office, on=today):
        raise NotInCharge
    if offices.keeps_away(user=actor, subject=subject):
        raise NotInCharge
    return _file(
        subject=subject, words=words, upload=upload, actor=actor, today=today, note=note, filed_by=None
    )


def _file(
    *,
    subject: Subject,
    words: RulingWords,
    upload: File,
    actor: Any,
    today: date,
    note: str,
    filed_by: Any,
) -> CourtRuling:
    subject = Subject.objects.select_for_update(no_key=True).get(pk=subject.pk)
    office = offices.office_in_charge(subject)
    if office is None:
        raise RulingRefused(_("还没有设置信用办，暂时不能办理。"))
    shield = running_shield(subject)
    _refuse_what_does_not_fit(subject, words, shield, today)
    ruling = CourtRuling(
        subject=subject,
        office=office,
        shield=shield if words.kind != Kind.PLAN else None,
        note=note.strip(),
        paper=keep_paper(subject=subject, upload=upload, actor=actor),
        filed_at=now(),
        filed_on=today,
        filed_by=filed_by,
    )
    _put(ruling, words)
    ruling.save()
    audit.record(
        actor=actor,
        action="rulings.file",
        target=ruling,
        data={"kind": str(words.kind), "by_office": filed_by is None},
    )
    return ruling


@transaction.atomic
def withdraw_ruling(*, ruling: CourtRuling, actor: Any, today: date) -> CourtRuling:
    """Take back a ruling that nobody has registered yet, as somebody who acts for the subject."""
    locked = lock_ruling(ruling)
    if locked.filed_by_id is None or not access.may_act_for(user=actor, subject=locked.subject, on=today):
        raise NotInCharge
    move(locked, "withdraw")
    close(locked, actor=actor, today=today)
    audit.record(actor=actor, action="rulings.withdraw", target=locked)
    return locked


@transaction.atomic
@in_site_language()
def register_ruling(
    *, ruling: CourtRuling, words: RulingWords, records: Iterable[Record], actor: Any, today: date
) -> CourtRuling:
    """Register a ruling as the official reads it, for somebody else to carry out; return it.

    `words` are what the paper says: they replace what was typed; its kind stays. Of a plan, `records` are
    what is to be shielded: public records of the subject, decided no later than the ruling.

    Raises NotInCharge, RulingRefused with words.
    """
    locked = lock_ruling(ruling)
    ask_for(offices.may_register, locked, actor, today)
    if words.kind != locked.kind:
        raise RulingRefused(_("裁定内容与提交的不同，请先不予办理，再重新登记。"), field="kind")
    _refuse_what_does_not_fit(locked.subject, words, locked.shield, today, but=locked)
    chosen = list(records) if locked.kind == Kind.PLAN else []
    if locked.kind == Kind.PLAN:
        _refuse_records(locked.subject, chosen, words.made_on)
    move(locked, "register")
    _put(locked, words)
    locked.registered_by, locked.registered_at, locked.returned_reason = actor, now(), ""
    locked.save()
    locked.records.set(chosen)
    audit.record(
        actor=actor,
        action="rulings.register",
        target=locked,
        data={"kind": locked.kind, "records": len(chosen)},
    )
    tell_of_registered(locked, actor=actor, today=today)
    return locked


@transaction.atomic
@in_site_language()
def refuse_ruling(*, ruling: CourtRuling, actor: Any, today: date, reason: str) -> CourtRuling:
    """Refuse a ruling that was handed in; who acts for the subject is told the reason and the remedies.

    Raises NotInCharge, RulingRefused without a reason or where it was registered meanwhile.
    """
    locked = lock_ruling(ruling)
    ask_for(offices.may_register, locked, actor, today)
    if not reason.strip():
        raise RulingRefused(_("请写明不予办理的理由，申请人会收到这段文字。"), field="reason")
    move(locked, "refuse")
    locked.reason = reason.strip()
    close(locked, actor=actor, today=today)
    audit.record(actor=actor, action="rulings.refuse", target=locked)
    if locked.filed_by_id is not None:
        tell_subject(
            kind="subject_ruling_refused",
            subject=locked.subject,
            about=locked.uuid,
            on=today,
            ruling=locked,
            office=locked.office,
            **remedy_words(locked.office, on=today),
        )
    return locked


@transaction.atomic
def give_back_ruling(*, ruling: CourtRuling, actor: Any, today: date, reason: str) -> CourtRuling:
    """Give a registered ruling back to whoever registers, with what is to be put right."""
    locked = lock_ruling(ruling)
    ask_for(offices.may_carry_out, locked, actor, today)
    if not reason.strip():
        raise RulingRefused(_("请写明退回的原因。"), field="reason")
    move(locked, "give_back")
    locked.returned_reason = reason.strip()
    locked.save()
    audit.record(actor=actor, action="rulings.give_back", target=locked)
    return locked


def running_shield(subject: Subject) -> Shield | None:
    """Return the shield of `subject` that runs; None for none."""
    return Shield.objects.filter(subject=subject, state=Shield.State.RUNNING).first()


def shieldable(subject: Subject, *, ruled_on: date | None = None) -> QuerySet[Record]:
    """Return the public records of `subject` that a ruling of that day can shield: decided no later than it,
    and not shielded already. What comes after the ruling is not shielded."""
    found = Record.objects.filter(subject=subject, standing=Record.Standing.ACTIVE)
    found = found.exclude(shielded__off_on__isnull=True, shielded__isnull=False)
    if ruled_on is not None:
        found = found.filter(decision_date__lte=ruled_on)
    return found.select_related("authority", "subject").order_by("-decision_date", "-pk")


def lock_ruling(ruling: CourtRuling) -> CourtRuling:
    """Lock a ruling and read it with what an act needs."""
    rows = CourtRuling.objects.select_for_update(of=("self",))
    return rows.select_related("subject", "office", "shield", "paper").get(pk=ruling.pk)


def ask_for(may: Any, ruling: CourtRuling, actor: Any, today: date) -> None:
    """Ask under the lock whether an official may act on `ruling`; NotInCharge where not."""
    if not may(user=actor, office=ruling.office, on=today):
        raise NotInCharge
    if offices.keeps_away(user=actor, subject=ruling.subject):
        raise NotInCharge


def close(ruling: CourtRuling, *, actor: Any, today: date) -> None:
    """Note that nobody has to do anything about a locked `ruling` any longer; save it."""
    ruling.closed_at, ruling.closed_on, ruling.closed_by = now(), today, actor
    ruling.save()


def _put(ruling: CourtRuling, words: RulingWords) -> None:
    ruling.kind = words.kind
    ruling.court, ruling.case_no = words.court.strip(), words.case_no.strip()
    ruling.number, ruling.made_on = words.number.strip(), words.made_on
    ruling.plan_until = words.plan_until if words.kind == Kind.PLAN else None
    ruling.administrator = words.administrator.strip()


def _refuse_what_does_not_fit(
    subject: Subject,
    words: RulingWords,
    shield: Shield | None,
    today: date,
    *,
    but: CourtRuling | None = None,
) -> None:
    if subject.kind == Subject.Kind.PERSON:
        raise RulingRefused(_("破产重整只适用于企业等组织，个人不适用。"))
    if words.kind not in Kind.values:
        raise RulingRefused(_("请选择裁定的内容。"), field="kind")
    for field in ("court", "case_no", "number"):
        if not getattr(words, field).strip():
            raise RulingRefused(_("请按裁定书填写完整。"), field=field)
    if words.made_on > today:
        raise RulingRefused(_("裁定日期还没有到，请核对。"), field="made_on")
    if words.kind == Kind.PLAN and words.plan_until is not None and words.plan_until < words.made_on:
        raise RulingRefused(_("重整计划的执行期限早于裁定日期，请核对。"), field="plan_until")
    waiting = CourtRuling.objects.filter(subject=subject).exclude(state__in=ENDS)
    if but is not None:
        waiting = waiting.exclude(pk=but.pk)
    if waiting.exists():
        raise RulingRefused(_("这个主体已有一件裁定正在办理，办完以后才能再提交。"))
    if words.kind == Kind.PLAN and running_shield(subject) is not None:
        raise RulingRefused(_("这个主体的信息已经在屏蔽中，不需要再申请。"), field="kind")
    if words.kind != Kind.PLAN and (shield is None or shield.state != Shield.State.RUNNING):
        raise RulingRefused(_("这个主体现在没有屏蔽中的信息，不能确认或者终止。"), field="kind")
    if (
        shield is not None
        and words.kind != Kind.PLAN
        and words.made_on < shield.rulings.get(kind=Kind.PLAN).made_on
    ):
        raise RulingRefused(_("裁定日期早于批准重整计划的裁定，请核对。"), field="made_on")


def _refuse_records(subject: Subject, chosen: list[Record], ruled_on: date) -> None:
    if not chosen:
        raise RulingRefused(_("请至少选择一条要屏蔽的信息。"), field="records")
    keys = {record.pk for record in chosen}
    if shieldable(subject, ruled_on=ruled_on).filter(pk__in=keys).count() != len(keys):
        words = _("所选信息中有的已经停止公示、已在屏蔽，或者是裁定以后作出的，请重新选择。")
        raise RulingRefused(words, field="records")
