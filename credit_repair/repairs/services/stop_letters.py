"""The letter to a website that still shows what was repaired 商请停止公示函: filled in from what is known.

It goes to a company, not to the subject: it is numbered and sealed, served on nobody, and lies in the file of
the case, so that the subject can take it along too.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.cases.models import Case, CaseDocument
from credit_repair.cases.services.attachments import look_into
from credit_repair.cases.services.papers import keep_paper
from credit_repair.core import audit
from credit_repair.core.languages import in_site_language
from credit_repair.notices import contexts
from credit_repair.notices import services as notices
from credit_repair.notices.models import Document
from credit_repair.notices.publicity import Earlier, StopLetter, Told
from credit_repair.platforms.models import Sighting
from credit_repair.platforms.services.queueing import lock_record
from credit_repair.registry.law import current_calendar
from credit_repair.registry.models import Office, Platform, Record
from credit_repair.repairs.models import KIND, ThirdPartyLetter
from credit_repair.repairs.notices import contact_of, party_of
from credit_repair.repairs.states import RepairState

#: So many working days a website is given, where the office names no other day: a custom, no law.
REPLY_WORKING_DAYS = 10
REPAIRED = (RepairState.APPROVED, RepairState.COMPLETED)
Outcome = ThirdPartyLetter.Outcome


class LetterRefused(ValueError):  # noqa: N818 - it carries words for the person
    """A letter cannot go out, or be entered, so; `field` of the form it belongs to, if any."""

    def __init__(self, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True)
class Known:
    """What is known for a letter about one record on one website.

    sighting  where and when it was last seen there
    decision  the valid decision that granted the repair
    former    the letters that went to the website before, the oldest first
    """

    case: Case
    record: Record
    platform: Platform
    sighting: Sighting
    decision: Document
    former: tuple[ThirdPartyLetter, ...]

    @property
    def office(self) -> Office:
        """Whose letter it is: the office that took the application in."""
        if self.case.intake_office is None:
            raise RuntimeError("a repaired record's case has an intake office")
        return self.case.intake_office

    @property
    def waiting(self) -> ThirdPartyLetter | None:
        """The letter that waits for its answer."""
        return next((each for each in self.former if not each.outcome), None)


def usual_reply_by(today: date) -> date:
    """Return the day by which an answer is asked for, if the office names no other."""
    return current_calendar().add_working_days(today, REPLY_WORKING_DAYS).due


def known_for(*, record: Record, platform: Platform) -> Known:
    """Return what is known for a letter. Raises LetterRefused where the record was not repaired here, nobody
    has seen it on the website since, or it was seen to be gone."""
    if platform.kind != Platform.Kind.THIRD_PARTY:
        raise LetterRefused(_("这个平台由系统发送消息，不用出具函件。"))
    cases = Case.objects.filter(kind=KIND, record=record, state__in=REPAIRED, intake_office__isnull=False)
    case = cases.select_related("intake_office", "subject").order_by("-pk").first()
    decision = _decision_of(case) if case is not None else None
    if case is None or decision is None:
        raise LetterRefused(_("这条记录没有本系统作出的准予修复决定，不能出具这种函件。"))
    seen = Sighting.objects.filter(record=record, platform=platform, seen_at__date__gte=record.ended_on)
    newest = seen.order_by("-seen_at", "-pk").first()
    if newest is None or not newest.shown:
        raise LetterRefused(_("最近一次核查没有在这个网站上看到这条信息，请先核查并留下截图。"))
    former = ThirdPartyLetter.objects.filter(record=record, platform=platform).order_by("pk")
    return Known(case, record, platform, newest, decision, tuple(former))


@in_site_language()
def stop_letter(known: Known, *, addressee: str, address: str, reply_by: date, today: date) -> StopLetter:
    """Return the letter, as it goes out on `today`."""
    record, decision = known.record, known.decision
    return StopLetter(
        party=party_of(record.subject),
        case_number=known.case.number or "",
        demo=settings.DEMO,
        issuer=known.office.name,
        issue_date=today,
        contact=contact_of(known.office),
        document_number="",
        addressee=addressee,
        website=known.platform.name,
        address=address,
        seen_on=timezone.localdate(known.sighting.seen_at),
        authority=record.authority.name,
        record_number=record.doc_no or record.list_name or str(record.get_kind_display()),
        repair=Earlier(
            authority=decision.office.name if decision.office else "",
            made_on=decision.issued_on,
            number=decision.number or "",
            name=f"《{decision.title}》",
        ),
        told=tuple(
            Told(each.sent_on, str(each.get_sent_how_display())) for each in known.former if each.sent_on
        ),
        reply_by=reply_by,
    )


def preview_stop_letter(
    *, record: Record, platform: Platform, addressee: str, address: str, reply_by: date, today: date
) -> bytes:
    """Return the PDF of the letter, marked as a draft 草稿; nothing is stored, no number is taken.

    Raises as issue_stop_letter() does.
    """
    known = known_for(record=record, platform=platform)
    _check(addressee, address, reply_by, today)
    letter = stop_letter(known, addressee=addressee, address=address, reply_by=reply_by, today=today)
    return notices.preview(document=letter, office=known.office)


@transaction.atomic
def issue_stop_letter(
    *,
    record: Record,
    platform: Platform,
    addressee: str,
    address: str,
    reply_by: date,
    actor: Any,
    today: date,
) -> tuple[ThirdPartyLetter, bool]:
    """Issue the letter; return it and whether it was issued by this call. Where one waits whose day is not
    over, that one is returned: a second click makes no second number. One whose day is over ends without an
    answer.

    The actor's permission is the caller's to ask, in the same transaction. Raises LetterRefused with words,
    glyphs.MissingGlyphs, notices.CannotIssue.
    """
    lock_record(record.pk)
    known = known_for(record=record, platform=platform)
    _check(addressee, address, reply_by, today)
    waiting = known.waiting
    if waiting is not None and waiting.reply_by >= today:
        return waiting, False
    if waiting is not None:
        waiting.outcome = Outcome.NO_ANSWER
        waiting.save(update_fields=["outcome"])
    letter = stop_letter(known, addressee=addressee, address=address, reply_by=reply_by, today=today)
    document = notices.issue(
        document=letter, office=known.office, issued_on=today, rule_set=known.case.procedure_rule_set
    )
    CaseDocument.objects.create(case=known.case, document=document)
    row = ThirdPartyLetter.objects.create(
        case=known.case,
        record=record,
        platform=platform,
        document=document,
        addressee=addressee,
        issued_by=actor,
        issued_on=today,
        reply_by=reply_by,
    )
    _note(row, actor, "issue_stop_letter")
    return row, True


@transaction.atomic
def enter_sent(
    *, letter: ThirdPartyLetter, how: str, sent_on: date, actor: Any, today: date
) -> ThirdPartyLetter:
    """Enter how and when a letter went out. Raises LetterRefused for a day that cannot be, or where it was
    entered already."""
    row = _locked(letter)
    if row.sent_on is not None:
        raise LetterRefused(_("已经登记过发出情况。"))
    if not row.issued_on <= sent_on <= today:
        raise LetterRefused(_("发出日期应在出具日期和今天之间。"), field="sent_on")
    row.sent_how, row.sent_on = ThirdPartyLetter.Way(how), sent_on
    row.save(update_fields=["sent_how", "sent_on"])
    _note(row, actor, "send_stop_letter")
    return row


def enter_reply(
    *,
    letter: ThirdPartyLetter,
    outcome: str,
    replied_on: date,
    words: str,
    upload: File | None,
    actor: Any,
    today: date,
) -> ThirdPartyLetter:
    """Enter what the website answered, with its paper. That it says so does not make the copy gone: somebody
    looks again 第三方核查.

    Raises LetterRefused where it was answered, was not sent, or the day cannot be; uploads.UploadRefused,
    uploads.NotNow where the file cannot be taken.
    """
    if upload is not None:
        look_into(upload)
    with transaction.atomic():
        row = _locked(letter)
        if row.outcome:
            raise LetterRefused(_("已经登记过答复。"))
        if row.sent_on is None:
            raise LetterRefused(_("请先登记这份函是怎样发出的。"))
        if not row.sent_on <= replied_on <= today:
            raise LetterRefused(_("答复日期应在发出日期和今天之间。"), field="replied_on")
        if upload is None and not words.strip():
            raise LetterRefused(_("请上传对方的答复，或者写明答复的内容。"), field="words")
        row.outcome, row.replied_on, row.reply = Outcome(outcome), replied_on, words.strip()
        if upload is not None:
            row.paper = keep_paper(subject=row.record.subject, upload=upload, actor=actor)
        row.save(update_fields=["outcome", "replied_on", "reply", "paper"])
        _note(row, actor, "answer_stop_letter")
    return row


def _decision_of(case: Case) -> Document | None:
    """The valid decision that granted the repair of `case`."""
    found = Document.objects.filter(
        case_link__case=case,
        kind=contexts.DecisionApprove.template,
        standing=Document.Standing.VALID,
    )
    return found.select_related("office").order_by("-pk").first()


def _check(addressee: str, address: str, reply_by: date, today: date) -> None:
    if not addressee.strip():
        raise LetterRefused(_("请填写网站的运营单位。"), field="addressee")
    if not address.strip():
        raise LetterRefused(_("请填写公示这条信息的网页地址。"), field="address")
    if reply_by <= today:
        raise LetterRefused(_("答复期限要晚于今天。"), field="reply_by")


def _locked(letter: ThirdPartyLetter) -> ThirdPartyLetter:
    lock_record(letter.record_id)
    rows = ThirdPartyLetter.objects.select_related("record__subject", "platform", "document")
    return rows.select_for_update(of=("self",)).get(pk=letter.pk)


def _note(row: ThirdPartyLetter, actor: Any, what: str) -> None:
    audit.record(
        actor=actor,
        action=f"repairs.{what}",
        target=row,
        data={
            "platform": row.platform.code,
            "record": str(row.record.uuid),
            "document": row.document.number or "",
            "to": row.outcome,
        },
    )
