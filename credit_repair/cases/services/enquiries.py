"""Enquiries 协查: asked by a verifier, answered once. The case's clocks run on meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, Enquiry, Filing, ReviewStep, StoredFile
from credit_repair.cases.parts import is_partial
from credit_repair.cases.services.attachments import keep_file
from credit_repair.cases.services.enquiry_rows import (
    Answered,
    NotAwaited,
    by_secret,
    hash_of,
    held_to_verify,
    is_awaited,
    locked,
    locked_case,
    mail_link,
    may_handle,
    new_secret,
    note,
    read_secret,
    record_number,
    require_asker,
    require_awaited,
    require_open,
    shut,
)
from credit_repair.cases.services.telling import tell_asked_office, tell_asker
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.core.wording import day_text
from credit_repair.notices import contexts
from credit_repair.notices import services as notices
from credit_repair.notices.enquiries import seal_secret
from credit_repair.notices.parts import Contact, Party
from credit_repair.people import access
from credit_repair.registry.law import current_book, current_calendar
from credit_repair.registry.models import Office, Subject

__all__ = [
    "Answered",
    "NotAwaited",
    "Reply",
    "ask",
    "by_secret",
    "close",
    "is_awaited",
    "keep_files",
    "may_handle",
    "read_secret",
    "record_number",
    "remind",
    "remind_of_overdue",
    "reply_by_link",
    "reply_by_office",
    "reply_on_paper",
]

#: How long an addressee is given, in working days.
FEWEST_DAYS, USUAL_DAYS, MOST_DAYS = 1, 5, 15
#: How many files an answer brings.
MOST_FILES = 3
#: How many files may wait with a filing that were brought by link and not sent: a link must fill no disk.
MOST_WAITING = 12


@dataclass(frozen=True)
class Reply:
    """What an addressee answers: one of three, words, who answers, and where to ring them up."""

    answer: str
    words: str
    name: str
    phone: str


@transaction.atomic
@in_site_language()
def ask(
    *,
    step: ReviewStep,
    actor: Any,
    today: date,
    question: str,
    office: Office | None = None,
    addressee: str = "",
    email: str = "",
    days: int = USUAL_DAYS,
) -> Enquiry:
    """Ask an office of this site, or any other body by its name; issue the letter, and mail the link where an
    address is given.

    :param days: how long the addressee has, in working days, 1 to 15; today does not count.

    Raises NotYours where the actor does not hold this open verifying step, ActionRefused with words where a
    colleague has it in hand or something is missing, CannotIssue and MissingGlyphs as every document.
    """
    case = locked_case(step.case_id)
    held = held_to_verify(case, actor, today)
    if held is None or held.pk != step.pk:
        raise NotYours(f"enquiry in {case}")
    name = office.name if office is not None else addressee.strip()
    _refuse_incomplete(held, name=name, question=question, office=office, days=days)
    secret = new_secret()
    due = current_calendar().add_working_days(today, days).due
    letter = _letter(held, case, name=name, question=question, due=due, secret=secret, today=today)
    enquiry = Enquiry.objects.create(
        case=case,
        step=held,
        office=office,
        addressee=name,
        email=email.strip(),
        question=question.strip(),
        asked_by=actor,
        asked_at=now(),
        asked_on=today,
        due_on=due,
        secret_hash=hash_of(secret),
        document=notices.issue(
            document=letter, office=held.office, issued_on=today, rule_set=case.procedure_rule_set
        ),
    )
    text = _("主送%(name)s，请于%(day)s前回复。协查事项：%(question)s") % {
        "name": name,
        "day": day_text(due),
        "question": enquiry.question,
    }
    note(enquiry, "ask_enquiry", _("发出协查函"), text, actor=actor)
    mail_link(enquiry, "enquiry", key=f"enquiry:{enquiry.uuid}")
    tell_asked_office(
        enquiry=enquiry, kind="enquiry_received", key=f"enquiry_received:{enquiry.uuid}", on=today
    )
    return enquiry


def _refuse_incomplete(
    step: ReviewStep, *, name: str, question: str, office: Office | None, days: int
) -> None:
    if not name:
        raise ActionRefused("no_addressee", _("请选择主送单位，或者填写单位名称。"))
    if office is not None and office.pk == step.office_id:
        raise ActionRefused("own_office", _("不能向本单位发协查函，请选择其他单位。"))
    if not question.strip():
        raise ActionRefused("no_question", _("请写明需要对方核实什么。"))
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise ActionRefused(
            "days",
            _("回复期限请填写%(least)s至%(most)s个工作日。") % {"least": FEWEST_DAYS, "most": MOST_DAYS},
        )


def _letter(
    step: ReviewStep, case: Case, *, name: str, question: str, due: date, secret: str, today: date
) -> contexts.EnquiryLetter:
    office, subject = step.office, case.subject
    return contexts.EnquiryLetter(
        party=Party(
            name=subject.name if subject else "",
            is_person=bool(subject and subject.kind == Subject.Kind.PERSON),
        ),
        case_number=str(case),
        demo=settings.DEMO,
        issuer=office.name,
        issue_date=today,
        contact=Contact(office=office.name, address=office.address, phone=office.phone),
        document_number="",
        legal_basis=(current_book().rule_set(case.procedure_rule_set).title,),
        addressee=name,
        record_number=record_number(case),
        question=tuple(line.strip() for line in question.splitlines() if line.strip()),
        reply_by=due,
        reply_site=f"{settings.SITE_URL}{reverse('enquiry_code')}",
        sealed_secret=seal_secret(secret),
    )


@transaction.atomic
@in_site_language()
def remind(*, enquiry: Enquiry, actor: Any, today: date) -> Enquiry:
    """Mail the addressee the link once more, at most once a day.

    Raises NotYours, or ActionRefused with words where nothing is awaited, no address is known, or a reminder
    went out today.
    """
    row = locked(enquiry)
    require_asker(row, actor, today)
    require_awaited(row)
    if not row.email and row.office is None:
        raise ActionRefused("no_address", _("没有登记对方的邮箱，请打电话催办。"))
    if row.reminded_at is not None and timezone.localdate(row.reminded_at) >= today:
        raise ActionRefused("reminded", _("今天已经催过一次，请明天再催，或者打电话联系。"))
    _remind(row, actor=actor, key=f"{row.uuid}:{today}", today=today)
    return row


def remind_of_overdue(*, today: date) -> int:
    """Remind the addressee of each enquiry that was due before `today`, once; return how many were reminded.

    A day that was missed is made up for; who was reminded by a person after the due day, is not again.
    """
    overdue = Enquiry.objects.filter(
        replied_at__isnull=True, closed_at__isnull=True, due_on__lt=today, case__closed_on__isnull=True
    ).exclude(email="", office__isnull=True)
    return sum(
        _remind_of_overdue(key, today) for key in list(overdue.order_by("pk").values_list("pk", flat=True))
    )


@transaction.atomic
@in_site_language()
def _remind_of_overdue(key: int, today: date) -> int:
    row = locked(Enquiry.objects.get(pk=key))
    told = row.reminded_at is not None and timezone.localdate(row.reminded_at) > row.due_on
    if told or not is_awaited(row):
        return 0
    _remind(row, actor=None, key=f"{row.uuid}:overdue", today=today)
    return 1


def _remind(row: Enquiry, *, actor: Any, key: str, today: date) -> None:
    row.reminded_at = now()
    row.save(update_fields=["reminded_at"])
    note(row, "remind_enquiry", _("催促回复协查函"), _("主送%s") % row.addressee, actor=actor)
    mail_link(row, "enquiry_reminder", key=f"enquiry_reminder:{key}")
    tell_asked_office(enquiry=row, kind="enquiry_overdue", key=f"enquiry_overdue:{key}", on=today)


@transaction.atomic
@in_site_language()
def close(*, enquiry: Enquiry, actor: Any, today: date) -> Enquiry:
    """Take an enquiry back: the answer is not needed any longer, and the link opens nothing.

    Raises NotYours, or ActionRefused with words where it is answered or closed already.
    """
    row = locked(enquiry)
    require_asker(row, actor, today)
    require_open(row)
    shut(row, actor=actor)
    return row


@transaction.atomic
@in_site_language()
def reply_by_link(*, secret: str, reply: Reply, today: date, files: Iterable[StoredFile] = ()) -> Enquiry:
    """Take the answer of whoever has the link, once.

    Raises Enquiry.DoesNotExist for an unknown secret, Answered and NotAwaited with words.
    """
    found = by_secret(secret)
    if found is None:
        raise Enquiry.DoesNotExist
    row = locked(found)
    require_awaited(row)
    return _answer(row, reply, files, channel=Enquiry.Channel.LINK, actor=None, today=today)


@transaction.atomic
@in_site_language()
def reply_by_office(
    *, enquiry: Enquiry, actor: Any, today: date, reply: Reply, files: Iterable[File] = ()
) -> Enquiry:
    """Take the answer of an office of this site from one of its verifiers, signed in.

    Raises NotYours where the actor does not verify there or must keep away from the case 回避, ActionRefused
    with words where they asked it themself, Answered, NotAwaited, and uploads.UploadRefused with words.
    """
    row = locked(enquiry)
    verifies = row.office is not None and access.may_at_office(
        user=actor, permission="verify", office=row.office, on=today
    )
    if not verifies or is_partial(case=row.case, actor=actor):
        raise NotYours(f"enquiry {row.uuid}")
    require_awaited(row)
    if actor == row.asked_by:
        words = _("协查函是您自己发出的，不能由您代对方单位回复。请由该单位的其他人员回复。")
        raise ActionRefused("asked_themself", words)
    kept = keep_files(enquiry=row, files=files, actor=actor)
    return _answer(row, reply, kept, channel=Enquiry.Channel.LINK, actor=actor, today=today)


@transaction.atomic
@in_site_language()
def reply_on_paper(
    *, enquiry: Enquiry, actor: Any, today: date, reply: Reply, scan: Iterable[File]
) -> Enquiry:
    """Enter what came back on paper, with its scan, by a verifier of the asking office.

    Raises NotYours, Answered, NotAwaited, ActionRefused with words without a scan, and uploads.UploadRefused.
    """
    row = locked(enquiry)
    require_asker(row, actor, today)
    require_open(row)
    kept = keep_files(enquiry=row, files=scan, actor=actor)
    if not kept:
        raise ActionRefused("no_scan", _("请上传纸质回函的扫描件或者照片。"))
    return _answer(row, reply, kept, channel=Enquiry.Channel.PAPER, actor=actor, today=today)


@transaction.atomic
def keep_files(*, enquiry: Enquiry, files: Iterable[File], actor: Any = None) -> list[StoredFile]:
    """Keep the files of an answer with the case's filing, for officials alone; they are no materials of the
    applicant. What is not sent with an answer is swept away after a day.

    Raises ActionRefused with words where they are too many, uploads.UploadRefused where one cannot be taken.
    """
    brought = list(files)
    if len(brought) > MOST_FILES:
        raise ActionRefused("too_many", _("最多上传%s个文件，请把几页合成一个PDF。") % MOST_FILES)
    filing = enquiry.case.filing
    if brought and actor is None:
        _refuse_too_many_waiting(filing, len(brought))
    return [keep_file(filing=filing, upload=file, actor=actor) for file in brought]


def _refuse_too_many_waiting(filing: Filing, more: int) -> None:
    """Refuse before anything is written: bytes stay for a day, whatever becomes of the transaction."""
    Filing.objects.select_for_update().values_list("pk").get(pk=filing.pk)
    waiting = StoredFile.objects.filter(filing=filing, uploaded_by=None, attachments=None, enquiries=None)
    if waiting.count() + more > MOST_WAITING:
        words = _("上传的文件太多，暂时不能再上传。请明天再试，或者按纸质函件所附的回执回复。")
        raise ActionRefused("too_many_waiting", words)


def _answer(
    row: Enquiry, reply: Reply, files: Iterable[StoredFile], *, channel: str, actor: Any, today: date
) -> Enquiry:
    if reply.answer not in Enquiry.Answer.values:
        raise ActionRefused("no_answer", _("请选择核实结果。"))
    row.answer, row.reply = reply.answer, reply.words.strip()
    row.replied_by, row.replied_phone = reply.name.strip(), reply.phone.strip()
    row.replied_at, row.channel, row.entered_by = now(), channel, actor
    row.save(
        update_fields=[
            "answer",
            "reply",
            "replied_by",
            "replied_phone",
            "replied_at",
            "channel",
            "entered_by",
        ]
    )
    row.files.set(file for file in files if file.filing_id == row.case.filing_id)
    text = _("%(name)s（%(channel)s）：%(answer)s。%(words)s") % {
        "name": row.addressee,
        "channel": row.get_channel_display(),
        "answer": row.get_answer_display(),
        "words": row.reply,
    }
    label = "" if actor is not None else f"{row.addressee} {row.replied_by}".strip()
    note(row, "answer_enquiry", _("收到协查回复"), text, actor=actor, label=label)
    tell_asker(enquiry=row, on=today)
    return row
