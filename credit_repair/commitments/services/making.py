"""A commitment 信用承诺 is given: from an item list, in the subject's own words, by a repair's letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.on_paper import party_of, sentences
from credit_repair.cases.services.attachments import look_into
from credit_repair.cases.services.papers import keep_paper
from credit_repair.commitments.access import credit_office_of, insist, offices_that_check
from credit_repair.commitments.models import Commitment, CommitmentEvent, CommitmentList
from credit_repair.commitments.models.lists import Kind, Unit
from credit_repair.commitments.services.noting import note
from credit_repair.commitments.services.words import check_words
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.core.wording import day_text
from credit_repair.notices import services as notices
from credit_repair.notices.committing import GeneralCommitment
from credit_repair.notices.ink import Signature, Stroke
from credit_repair.notices.models import Document
from credit_repair.people import access
from credit_repair.people.capacity import capacity_of
from credit_repair.people.models import User
from credit_repair.registry.law import current_calendar
from credit_repair.registry.models import Office, Record, Subject
from credit_repair.rules.dates import add_months

State = Commitment.State
#: Declarations of one subject that may wait to be looked at.
MOST_WAITING = 5
What = CommitmentEvent.What

#: Of a declaration in the subject's own words: how many items, and how long each.
MOST_ITEMS, LONGEST_ITEM = 20, 200


@dataclass(frozen=True)
class Signed:
    """A signature on the screen: the signer's name, and the strokes in a signature's own units."""

    name: str
    strokes: Sequence[Stroke]


@transaction.atomic
@in_site_language()
def sign_from_list(
    *, subject: Subject, row: CommitmentList, version: int, signed: Signed, actor: User, today: date
) -> Commitment:
    """Give the commitment of an item list, signed on the screen by whoever acts for the subject.

    `version` is the list's that was read: what was changed since is read anew. Raises NotYours, ActionRefused
    with words, MissingGlyphs where the name cannot be printed.
    """
    insist(access.may_act_for(user=actor, subject=subject, on=today))
    row = CommitmentList.objects.select_for_update(no_key=True).select_related("office").get(pk=row.pk)
    if not row.active or row.version != version:
        raise ActionRefused("list_changed", _("这份承诺事项清单刚刚更新或者停用了，请重新阅读后再签署。"))
    _refuse_twice(subject, row)
    commitment = _from_list(subject, row, today)
    commitment.document = _letter(commitment, signed, actor, today)
    commitment.signer_name, commitment.signed_by = signed.name.strip(), actor
    return _made(commitment, actor, today)


@transaction.atomic
@in_site_language()
def declare(
    *,
    subject: Subject,
    title: str,
    items: str,
    valid_until: date | None,
    signed: Signed,
    actor: User,
    today: date,
) -> Commitment:
    """Declare in the subject's own words what it promises 主动公示; a credit office looks at it first.

    `items`: a line each. Raises NotYours, ActionRefused with words, MissingGlyphs.
    """
    insist(access.may_act_for(user=actor, subject=subject, on=today))
    lines = sentences(items)
    _check_own_words(title, lines, valid_until, today)
    office = credit_office_of(subject)
    if office is None:
        raise ActionRefused("no_credit_office", _("受理的信用办尚未设置，暂时不能提交。"))
    waiting = Commitment.objects.filter(subject=subject, kind=Kind.VOLUNTARY, state=State.SUBMITTED)
    if waiting.count() >= MOST_WAITING:
        raise ActionRefused("too_many", _("已有%s份承诺等待信用办审看，请等审看以后再提交。") % MOST_WAITING)
    commitment = Commitment(
        subject=subject,
        office=office,
        kind=Kind.VOLUNTARY,
        title=title.strip(),
        items=list(lines),
        is_public=True,
        public_basis=_("承诺人主动公开"),
        made_on=today,
        valid_until=valid_until,
        state=State.SUBMITTED,
        created_at=now(),
        signer_name=signed.name.strip(),
        signed_by=actor,
    )
    commitment.document = _letter(commitment, signed, actor, today)
    commitment.save()
    note(commitment, What.SUBMITTED, actor=actor, today=today, mail=False)
    return commitment


def _check_own_words(title: str, lines: tuple[str, ...], valid_until: date | None, today: date) -> None:
    if not lines:
        raise ActionRefused("no_items", _("请写明承诺事项，一行一项。"))
    if len(lines) > MOST_ITEMS or any(len(line) > LONGEST_ITEM for line in lines):
        raise ActionRefused(
            "too_long",
            _("承诺事项请不要超过%(items)d项，每项不超过%(length)d个字。")
            % {"items": MOST_ITEMS, "length": LONGEST_ITEM},
        )
    if valid_until is not None and valid_until <= today:
        raise ActionRefused("over", _("有效期要晚于今天；不设期限的，请留空。"))
    check_words(title, *lines, public=True)


def enter_on_paper(
    *,
    subject: Subject,
    row: CommitmentList,
    made_on: date,
    signer_name: str,
    scan: File,
    actor: User,
    today: date,
) -> Commitment:
    """Enter a commitment that was signed on paper, with its scan, at the office to which it was given.

    Raises NotYours, ActionRefused with words, UploadRefused where the scan cannot be taken.
    """
    look_into(scan)
    with transaction.atomic():
        row = CommitmentList.objects.select_for_update(no_key=True).select_related("office").get(pk=row.pk)
        insist(row.office_id in offices_that_check(user=actor, on=today))
        insist(not access.subjects_ever_acted_for(user=actor).filter(pk=subject.pk).exists())
        if not row.active:
            raise ActionRefused("list_changed", _("这份承诺事项清单已经停用。"))
        if made_on > today:
            raise ActionRefused("in_future", _("签署日期不能晚于今天。"))
        _refuse_twice(subject, row)
        commitment = _from_list(subject, row, made_on)
        commitment.paper = keep_paper(subject=subject, upload=scan, actor=actor)
        commitment.signer_name, commitment.entered_by = signer_name.strip(), actor
        return _made(commitment, actor, today)


@transaction.atomic(savepoint=False)
@in_site_language()
def register_repair_commitment(
    *,
    record: Record,
    office: Office,
    origin: UUID,
    document: Document | None,
    signed_by: User | None,
    made_on: date,
    today: date,
    title: str = "",
) -> Commitment:
    """Keep the commitment of a repair's letter 信用修复承诺书 beside its record, once for each `origin` (the
    application's UUID), in the transaction of the decision.

    `document`: the letter that was signed on the screen; None where it is a scan among the case's materials.
    No check is planned: what shows that it was broken comes from elsewhere, or an official opens one.
    """
    about = Q(origin=origin) if document is None else Q(origin=origin) | Q(document=document)
    known = list(Commitment.objects.filter(about))
    for each in known:
        if each.origin == origin:
            return each
    free = document is not None and not known
    commitment = Commitment(
        subject=record.subject,
        office=office,
        kind=Kind.REPAIR,
        title=(title or _("信用修复承诺"))[:200],
        items=list(repair_items(record.subject)),
        record=record,
        origin=origin,
        document=document if free else None,
        signer_name=str(signed_by or "")[:50],
        signed_by=signed_by,
        made_on=made_on,
        is_public=True,
        public_basis=_("申请信用修复须公开作出信用承诺"),
    )
    return _made(commitment, None, today, mail=False)


def repair_items(subject: Subject) -> tuple[str, ...]:
    """Return what every letter of a repair promises beside the truth of what was handed in."""
    we = _("本人") if subject.kind == Subject.Kind.PERSON else _("我单位")
    return (
        _("%s提交的材料和信息真实、准确、完整") % we,
        _("%s已经纠正失信行为，并已履行全部义务") % we,
        _("%s今后遵守法律法规，诚实守信，接受社会监督") % we,
    )


def _from_list(subject: Subject, row: CommitmentList, made_on: date) -> Commitment:
    return Commitment(
        subject=subject,
        office=row.office,
        kind=row.kind,
        title=row.title,
        items=list(row.items),
        legal_basis=row.legal_basis,
        list=row,
        list_version=row.version,
        made_on=made_on,
        valid_until=add_months(made_on, row.validity_months) if row.validity_months else None,
        check_from=check_day(row, made_on),
        is_public=row.published,
        public_basis=row.published_basis,
    )


def check_day(row: CommitmentList, made_on: date) -> date | None:
    """Return the day from which a commitment of `row` given on `made_on` is to be checked; None for never.

    Working days are counted from the day after; months end on a working day.
    """
    if row.check_after is None:
        return None
    calendar = current_calendar()
    if row.check_unit == Unit.WORKING_DAYS:
        return calendar.add_working_days(made_on, row.check_after).due
    return calendar.next_working_day(add_months(made_on, row.check_after))


def _refuse_twice(subject: Subject, row: CommitmentList) -> None:
    # The list's lock keeps two tabs from signing the same at once.
    same = Commitment.objects.filter(subject=subject, list=row, state__in=Commitment.RUNNING)
    if same.exists():
        raise ActionRefused("given", _("这项承诺已经作出，还在履行中，不用再签。"))


def _letter(commitment: Commitment, signed: Signed, actor: User, today: date) -> Document:
    """Issue what is signed: the subject's own paper, without head, number or seal."""
    subject = commitment.subject
    signature = Signature(
        name=signed.name.strip(),
        capacity=capacity_of(actor, subject=subject, on=today),
        signed_at=day_text(now(), "datetime"),
        strokes=tuple(signed.strokes),
    )
    letter = letter_of(commitment, signature)
    return notices.issue(document=letter, office=None, issued_on=today)


def letter_of(commitment: Commitment, signature: Signature | None = None) -> GeneralCommitment:
    """Return the letter that says a commitment; without a signature it is one to be signed by hand."""
    return GeneralCommitment(
        party=party_of(commitment.subject),
        case_number="",
        demo=settings.DEMO,
        addressee=commitment.office.name,
        heading=commitment.title,
        kind=str(Kind(commitment.kind).label),
        items=tuple(item.rstrip("。；;") for item in commitment.items),
        legal_basis=(commitment.legal_basis,) if commitment.legal_basis else (),
        valid_until=commitment.valid_until,
        published=commitment.is_public,
        signature=signature,
    )


def _made(commitment: Commitment, actor: Any, today: date, *, mail: bool = True) -> Commitment:
    commitment.state = State.MADE
    commitment.created_at = now()
    commitment.published_on = today if commitment.is_public else None
    commitment.save()
    note(commitment, What.MADE, actor=actor, today=today, mail=mail)
    return commitment
