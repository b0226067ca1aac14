"""Ask to act for a subject, decide on it, withdraw it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.crypto import keyed_hash
from credit_repair.core.languages import said_by_site
from credit_repair.core.uploads import CheckedUpload, check_evidence
from credit_repair.people import access, mandate_mails
from credit_repair.people.errors import MandateRefused, NotInCharge
from credit_repair.people.mandate_selectors import host_office, usual_office, without_partial
from credit_repair.people.models import Mandate, MandateApplication, User
from credit_repair.people.services.mandates import (
    end_at_once,
    end_others_for_administrator,
    grant_mandate,
    prolong_mandate,
    running_mandate,
)
from credit_repair.people.states import MandateFlow
from credit_repair.registry.importing.parsing import is_credit_code, is_resident_id, read_code
from credit_repair.registry.keys import same_name
from credit_repair.registry.models import Office, Subject
from credit_repair.registry.services.subjects import known_subject, subject_for

State, Purpose, Capacity = (
    MandateApplication.State,
    MandateApplication.Purpose,
    MandateApplication.Capacity,
)
#: Longer than this no letter runs: a year that was mistyped is found at once.
MOST_YEARS = 5
#: Kept as the reason where another person takes somebody's place.
REPLACED = gettext_lazy("已由%s接替")
#: Kept as the reason where an administrator 破产管理人 has taken the subject over.
TAKEN_OVER = gettext_lazy("法院已指定管理人接管")


@dataclass(frozen=True)
class Number:
    """The number of a subject: a credit code, or a resident identity number with its keyed hash."""

    id_type: str
    code: str = ""
    personal_number: str = ""
    number_hash: str = ""


def read_number(*, text: str, capacity: str) -> Number:
    """Return the number as it is kept; raise MandateRefused where its check character is wrong.

    A natural person who acts for themself has an identity card, everybody else's subject a credit code.
    """
    plain = read_code(text)
    if capacity == Capacity.SELF:
        if not is_resident_id(plain):
            words = _("身份证号码不正确，请对照身份证逐位核对。持其他证件的，请到窗口办理。")
            raise MandateRefused("bad_number", words, field="number")
        hashed = keyed_hash(plain)
        return Number(Subject.IdType.RESIDENT_ID, personal_number=plain, number_hash=hashed)
    if not is_credit_code(plain):
        words = _("统一社会信用代码不正确，请对照营业执照逐位核对，共18位。")
        raise MandateRefused("bad_number", words, field="number")
    return Number(Subject.IdType.USCC, code=plain)


@transaction.atomic
def apply_for_mandate(
    *,
    user: User,
    name: str,
    number: str,
    capacity: str,
    purpose: str,
    letter: UploadedFile,
    today: date,
    until: date | None = None,
    office: Office | None = None,
) -> MandateApplication:
    """Ask to act for the subject of this number, with the letter that proves it.

    The office that looks at it follows from the subject. `office` counts where no rule names one, and is the
    host's where that is not chosen either: nobody picks their own judge.

    Raises MandateRefused with words for the person, and uploads.UploadRefused for the file.
    """
    who = User.objects.select_for_update().get(pk=user.pk)  # two clicks at once are one application
    if access.is_administrator(user=who, on=today):
        raise MandateRefused("administrator", _("系统管理人员不能为任何主体办理信用事项。"))
    read = read_number(text=number, capacity=capacity)
    check_end(until, today=today, capacity=capacity)
    _refuse_second(user=who, read=read)
    subject = known_subject(code=read.code, number_hash=read.number_hash)
    charged = usual_office(subject=subject, code=read.code) or office or host_office()
    if charged is None or any(each and each.kind != Office.Kind.CREDIT for each in (office, charged)):
        raise MandateRefused("no_such_office", _("请选择审核授权的信用办。"), field="office")
    running = running_mandate(user=who, subject=subject, on=today)
    if running is not None and purpose != Purpose.RENEW:
        words = _("您已经可以为这个主体办理，不需要再申请。授权快要到期的，请在“我的主体”里申请延长。")
        raise MandateRefused("runs_already", words, field="number")
    if running is None and purpose == Purpose.RENEW:
        words = _("您目前没有这个主体的有效授权，不能延长。请改为新增经办人。")
        raise MandateRefused("nothing_to_renew", words, field="purpose")
    checked = check_evidence(letter)
    moment = now()
    application = MandateApplication(
        user=who,
        purpose=purpose,
        capacity=capacity,
        name=name.strip(),
        id_type=read.id_type,
        code=read.code,
        personal_number=read.personal_number,
        number_hash=read.number_hash,
        until=until,
        office=charged,
        submitted_at=moment,
        submitted_on=today,
    )
    _keep_letter(application, letter, checked)
    application.save()
    audit.record(
        actor=who,
        action="people.apply_for_mandate",
        target=application,
        data={"purpose": purpose, "capacity": capacity, "office": charged.code, "sha256": checked.sha256},
    )
    return application


@transaction.atomic
def withdraw(*, application: MandateApplication, actor: User, today: date) -> MandateApplication:
    """Take one's own application back before it is decided."""
    if application.user_id != actor.pk:
        raise NotInCharge
    locked = _locked_open(application)
    MandateFlow(locked).withdraw()
    locked.decided_at = now()
    locked.save(update_fields=["state", "decided_at"])
    audit.record(actor=actor, action="people.withdraw_mandate_application", target=locked)
    return locked


@transaction.atomic
def approve(
    *,
    application: MandateApplication,
    actor: User,
    today: date,
    until: date | None = None,
    reason: str = "",
    ends: Mandate | None = None,
    name_confirmed: bool = False,
    end_others: bool = False,
) -> Mandate:
    """Let the applicant act for the subject from today to `until` (None: no end, which no clerk has).

    The application keeps the day that was asked for; the mandate has the one that was granted.

    `ends` is the mandate of the person whose place the applicant takes; `name_confirmed` says that the
    official has seen that the register knows the code under another name. `end_others` ends at once whatever
    others act for the subject by, now that an administrator 破产管理人 has taken it over.

    Raises NotInCharge for whom the application does not exist, MandateRefused with words.
    """
    locked = _locked_open(application, by=actor, today=today)
    check_end(until, today=today, capacity=locked.capacity)
    known = known_subject(code=locked.code, number_hash=locked.number_hash)
    if known is not None and not same_name(known.name, locked.name) and not name_confirmed:
        words = _("登记的名称是“%(known)s”，申请写的是“%(name)s”。核实是同一个主体后，请勾选确认再通过。")
        raise MandateRefused(
            "name_differs", words % {"known": known.name, "name": locked.name}, field="name_confirmed"
        )
    mandate = settle_approval(
        locked, subject=known, until=until, today=today, actor=actor, reason=reason.strip(), ends=ends
    )
    if end_others and locked.capacity == Capacity.ADMINISTRATOR:
        end_others_for_administrator(
            mandate=mandate, actor=actor, today=today, reason=said_by_site(TAKEN_OVER)
        )
    return mandate


def settle_approval(
    locked: MandateApplication,
    *,
    subject: Subject | None,
    until: date | None,
    today: date,
    actor: User | None,
    reason: str = "",
    ends: Mandate | None = None,
) -> Mandate:
    """Grant what a locked application asks for, note it, tell everybody. The caller has asked for leave."""
    if subject is None:
        subject, _made = subject_for(
            name=locked.name, code=locked.code, personal_number=locked.personal_number
        )
    replaced = _to_replace(locked, ends, subject, today)
    MandateFlow(locked).approve()
    locked.subject, locked.replaces = subject, replaced
    locked.reason, locked.decided_by, locked.decided_at = reason, actor, now()
    locked.save(update_fields=["state", "subject", "replaces", "reason", "decided_by", "decided_at"])
    running = running_mandate(user=locked.user, subject=subject, on=today)
    said: dict[str, Any] = {"until": until, "approved_by": actor, "application": locked}
    if running is not None:
        mandate = prolong_mandate(mandate=running, **said)
    else:
        mandate = grant_mandate(user=locked.user, subject=subject, since=today, **said)
        mandate_mails.tell_of_new_person(mandate, application=locked, today=today)
    if replaced is not None:
        _replace(replaced, by=mandate, today=today, actor=actor)
    audit.record(
        actor=actor,
        action="people.approve_mandate_application",
        target=locked,
        data={"mandate": str(mandate.uuid), "until": str(until or ""), "proved_by": locked.proved_by},
    )
    mandate_mails.tell_applicant(locked)
    return mandate


@transaction.atomic
def refuse(*, application: MandateApplication, actor: User, today: date, reason: str) -> MandateApplication:
    """Refuse an application, and say why and what to do; raises like approve()."""
    locked = _locked_open(application, by=actor, today=today)
    if not reason.strip():
        words = _("请写明不通过的理由，申请人会收到这段文字。")
        raise MandateRefused("no_reason", words, field="reason")
    MandateFlow(locked).refuse()
    locked.reason, locked.decided_by, locked.decided_at = reason.strip(), actor, now()
    locked.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    audit.record(actor=actor, action="people.refuse_mandate_application", target=locked)
    mandate_mails.tell_applicant(locked)
    return locked


def _locked_open(
    application: MandateApplication, *, by: User | None = None, today: date | None = None
) -> MandateApplication:
    """Lock an application that is still open; with `by`, ask whether that official may decide it."""
    locked = (
        MandateApplication.objects.select_for_update(of=("self",))
        .select_related("user", "office")
        .get(pk=application.pk)
    )
    if by is not None and today is not None:
        if not access.may_at_office(user=by, permission="intake", office=locked.office, on=today):
            raise NotInCharge
        if not without_partial(MandateApplication.objects.filter(pk=locked.pk), user=by).exists():
            words = _("这是您本人的申请，或者您是这个主体的经办人，依规定回避，请由同事办理。")
            raise MandateRefused("recusal", words)
    if locked.state != State.SUBMITTED:
        words = _("这件申请已经有了结果：%s。请刷新页面查看。")
        raise MandateRefused("not_open", words % locked.get_state_display())
    return locked


def _refuse_second(*, user: User, read: Number) -> None:
    same = MandateApplication.objects.filter(code=read.code, number_hash=read.number_hash)
    if same.filter(user=user, state=State.SUBMITTED).exists():
        words = _("您已经为这个主体提交过申请，正在审核。要改内容，请先撤回那一件。")
        raise MandateRefused("open_already", words, field="number")


def check_end(until: date | None, *, today: date, capacity: str) -> None:
    """Refuse a last day that is none for this capacity, over, or too far away."""
    if until is None:
        if capacity == Capacity.CLERK:
            raise MandateRefused("no_end", _("请填写授权书上写的截止日期。"), field="until")
        return
    if until < today:
        raise MandateRefused("over", _("授权截止日期已经过去，请核对授权书。"), field="until")
    if until > today + timedelta(days=366 * MOST_YEARS):
        words = _("授权最长%(years)s年，请核对年份。") % {"years": MOST_YEARS}
        raise MandateRefused("too_long", words, field="until")


def _keep_letter(application: MandateApplication, letter: UploadedFile, checked: CheckedUpload) -> None:
    application.letter_name, application.letter_mime = checked.name, checked.mime
    application.letter_size, application.letter_sha256 = checked.size, checked.sha256
    suffix = checked.name.rpartition(".")[2]
    application.letter.save(f"{application.uuid}.{suffix}", letter, save=False)


def _to_replace(
    locked: MandateApplication, ends: Mandate | None, subject: Subject, today: date
) -> Mandate | None:
    """The mandate that ends with the new one: another's, running, for the same subject."""
    if ends is None:
        return None
    found: Any = Mandate.objects.select_for_update(of=("self",)).filter(pk=ends.pk, subject=subject)
    mandate: Mandate | None = found.exclude(user=locked.user).on(today).select_related("user").first()
    if mandate is None:
        words = _("要更换的经办人已经不再为这个主体办理，请刷新页面后重新选择。")
        raise MandateRefused("nobody_to_replace", words, field="ends")
    return mandate


def _replace(replaced: Mandate, *, by: Mandate, today: date, actor: User | None) -> None:
    """End the mandate of whom somebody replaces, and tell them and the others."""
    reason = said_by_site(REPLACED) % by.user
    ended = end_at_once(mandate=replaced, today=today, actor=actor, reason=reason)
    mandate_mails.tell_of_end(ended, today=today, told_owner=True, but=[by.user])
