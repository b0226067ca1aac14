"""Checks 承诺核查: opened when due, found kept, partly kept or broken; that takes two, and an answer 申辩."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.on_paper import contact_of, paragraphs, party_of, remedies_of, sentences
from credit_repair.cases.services.attachments import look_into
from credit_repair.cases.services.documents import issue_to_subject
from credit_repair.cases.services.papers import keep_paper
from credit_repair.cases.services.telling import tell_subject
from credit_repair.commitments.access import insist, may_check, may_confirm
from credit_repair.commitments.models import Commitment, CommitmentCheck, CommitmentEvent
from credit_repair.commitments.services.noting import locked, note
from credit_repair.commitments.services.words import check_words
from credit_repair.commitments.states import move
from credit_repair.core.languages import in_site_language
from credit_repair.notices.committing import BrokenCommitmentNotice
from credit_repair.people import access
from credit_repair.registry.law import current_book, current_calendar

Check = CommitmentCheck
Finding = Check.Finding
What = CommitmentEvent.What


@dataclass(frozen=True)
class Found:
    """What a check found.

    finding     kept, partly or broken
    text        what was looked at and seen, a line each
    reasons     why it is held to be broken, a line each; of a broken one alone
    check_again the day from which it is checked again; of a partly kept one alone
    """

    finding: str
    text: str
    reasons: str = ""
    check_again: date | None = None


def days_of(path: str, *, on: date) -> int:
    """Return a number of working days of the general rules in force on that day."""
    return int(current_book().view("general", on=on)[path].value)


@transaction.atomic
def open_check(*, commitment: Commitment, actor: Any, today: date) -> Check:
    """Open a check: of what is due by the system (`actor` None), else by an official at any time.

    Raises NotYours, ActionRefused with words.
    """
    commitment = locked(commitment)
    if actor is not None:
        insist(may_check(commitment, user=actor, on=today))
    move(commitment, "open_check")
    commitment.check_from = None
    commitment.save(update_fields=["state", "check_from"])
    days = days_of("commitment.check.days", on=today)
    check = Check.objects.create(
        commitment=commitment,
        opened_on=today,
        due_on=current_calendar().add_working_days(today, days).due,
    )
    note(commitment, What.CHECKING, actor=actor, today=today)
    return check


def find(*, commitment: Commitment, found: Found, uploads: Iterable[File], actor: Any, today: date) -> Check:
    """Enter what the open check of a commitment found, with its papers.

    Kept ends it. Partly kept sets the day of the next check. Broken is a proposal: the subject is told and
    may answer, then another official confirms. Raises NotYours, ActionRefused with words, UploadRefused.
    """
    files = list(uploads)
    for file in files:
        look_into(file)
    _check_found(found, today)
    with transaction.atomic():
        commitment, check = _open(commitment, Check.State.OPEN)
        insist(may_check(commitment, user=actor, on=today))
        check.finding, check.text, check.reasons = found.finding, found.text.strip(), found.reasons.strip()
        check.found_by, check.found_on = actor, today
        if found.finding == Finding.BROKEN:
            days = days_of("commitment.answer.days", on=today)
            check.state = Check.State.PROPOSED
            check.answer_until = current_calendar().add_working_days(today, days).due
        else:
            check.state = Check.State.DONE
        check.save()
        check.papers.add(*[keep_paper(subject=commitment.subject, upload=f, actor=actor) for f in files])
        _FOLLOWS[found.finding](commitment, check, found, actor, today)
    return check


def _check_found(found: Found, today: date) -> None:
    if found.finding not in _FOLLOWS or not found.text.strip():
        raise ActionRefused("no_finding", _("请选择核查结果，写明核查情况。"))
    if found.finding == Finding.PARTLY and (found.check_again is None or found.check_again <= today):
        raise ActionRefused("no_next_check", _("部分履行的，请写明下一次核查的日期，要晚于今天。"))
    if found.finding == Finding.BROKEN and not sentences(found.reasons):
        raise ActionRefused("no_reasons", _("拟认定违背承诺的，请写明理由。"))
    check_words(found.text, found.reasons, public=False)


def _kept(commitment: Commitment, check: Check, found: Found, actor: Any, today: date) -> None:
    move(commitment, "keep")
    commitment.ended_on = today
    commitment.save(update_fields=["state", "ended_on"])
    note(commitment, What.KEPT, actor=actor, today=today, text=check.text)


def _partly(commitment: Commitment, check: Check, found: Found, actor: Any, today: date) -> None:
    move(commitment, "follow_up")
    commitment.check_from = found.check_again
    commitment.save(update_fields=["state", "check_from"])
    note(commitment, What.FOLLOWED_UP, actor=actor, today=today, text=check.text)


@in_site_language()
def _proposed(commitment: Commitment, check: Check, found: Found, actor: Any, today: date) -> None:
    event = note(commitment, What.PROPOSED, actor=actor, today=today, text=check.reasons, mail=False)
    tell_subject(
        kind="subject_commitment_answer",
        subject=commitment.subject,
        about=event.uuid,
        on=today,
        commitment=commitment,
        office=commitment.office,
        reasons=sentences(check.reasons),
        until=check.answer_until,
        path=reverse("my_commitment", args=[commitment.uuid]),
    )


_FOLLOWS: dict[str, Callable[[Commitment, Check, Found, Any, date], None]] = {
    Finding.KEPT: _kept,
    Finding.PARTLY: _partly,
    Finding.BROKEN: _proposed,
}


def answer_check(*, commitment: Commitment, text: str, upload: File | None, actor: Any, today: date) -> Check:
    """Answer 申辩, for the subject, to the finding that a commitment was broken: once, until the last day.

    Raises NotYours, ActionRefused with words, UploadRefused.
    """
    if upload is not None:
        look_into(upload)
    if not text.strip():
        raise ActionRefused("no_answer", _("请写明陈述和申辩。"))
    with transaction.atomic():
        commitment, check = _open(commitment, Check.State.PROPOSED)
        insist(access.may_act_for(user=actor, subject=commitment.subject, on=today))
        if check.answer:
            raise ActionRefused("answered", _("已经提交过申辩。需要补充的，请与受理单位联系。"))
        if check.answer_until is None or today > check.answer_until:
            raise ActionRefused("too_late", _("申辩期限已过。仍有异议的，请与受理单位联系。"))
        check.answer, check.answered_by, check.answered_on = text.strip(), actor, today
        if upload is not None:
            check.answer_paper = keep_paper(subject=commitment.subject, upload=upload, actor=actor)
        check.save()
        note(commitment, What.ANSWERED, actor=actor, today=today, text=check.answer, mail=False)
    return check


@transaction.atomic
@in_site_language()
def confirm_broken(*, commitment: Commitment, reply: str, actor: Any, today: date) -> Check:
    """Confirm that a commitment was broken, as another official than who has found it.

    `reply`: what is held of the subject's answer, needed where there is one. The notice with reasons and
    remedies goes to the subject. Raises NotYours, ActionRefused, MissingGlyphs and CannotIssue with words.
    """
    commitment, check = _open(commitment, Check.State.PROPOSED)
    insist(may_confirm(check, user=actor, on=today))
    if not check.answer and check.answer_until is not None and today <= check.answer_until:
        raise ActionRefused("may_still_answer", _("承诺人的申辩期限未满，期满以后才能认定。"))
    if check.answer and not reply.strip():
        raise ActionRefused("no_reply", _("承诺人已经申辩，请写明对申辩的意见。"))
    check.reply = reply.strip()
    check.state = Check.State.DONE
    check.confirmed_by, check.confirmed_on = actor, today
    check.document = issue_to_subject(
        document=_notice(commitment, check, today),
        office=commitment.office,
        subject=commitment.subject,
        today=today,
    )
    check.save()
    _break(commitment, actor=actor, today=today, text=check.reasons)
    return check


def _notice(commitment: Commitment, check: Check, today: date) -> BrokenCommitmentNotice:
    heard = [*paragraphs(check.answer), *paragraphs(check.reply)] if check.answer else []
    return BrokenCommitmentNotice(
        party=party_of(commitment.subject),
        case_number="",
        demo=settings.DEMO,
        issuer=commitment.office.name,
        issue_date=today,
        contact=contact_of(commitment.office),
        legal_basis=(commitment.legal_basis,) if commitment.legal_basis else (),
        document_number="",
        heading=commitment.title,
        made_on=commitment.made_on,
        items=tuple(item.rstrip("。；;") for item in commitment.items),
        facts=paragraphs(check.text),
        told_on=check.found_on,
        heard=tuple(heard),
        reasons=sentences(check.reasons),
        published=commitment.published_on is not None,
        remedies=remedies_of(commitment.office),
    )


@transaction.atomic
def send_back(*, commitment: Commitment, reason: str, actor: Any, today: date) -> Check:
    """Send a finding of broken back to be checked again, as who could have confirmed it.

    Raises NotYours, ActionRefused with words.
    """
    commitment, check = _open(commitment, Check.State.PROPOSED)
    insist(may_confirm(check, user=actor, on=today))
    if not reason.strip():
        raise ActionRefused("no_reason", _("请写明退回的原因。"))
    check.state, check.finding, check.answer_until = Check.State.OPEN, "", None
    check.found_by = check.found_on = None
    # What is found anew may be answered anew; the first answer stands in the history, its paper beside ours.
    if check.answer_paper is not None:
        check.papers.add(check.answer_paper)
    check.answer, check.answer_paper, check.answered_by, check.answered_on = "", None, None, None
    check.save()
    note(commitment, What.SENT_BACK, actor=actor, today=today, text=reason.strip(), mail=False)
    return check


@transaction.atomic(savepoint=False)
def note_broken(*, commitment: Commitment, reason: str, actor: Any, today: date) -> Commitment:
    """Hold a commitment to be broken because another decision, with its own hearing and notice, says so: as
    when a repair is revoked. A check that is open is dropped. What is broken already stays so.

    Called by the verb of that decision in its transaction; raises ActionRefused where it does not bind.
    """
    commitment = locked(commitment)
    if commitment.state == Commitment.State.BROKEN:
        return commitment
    open_checks = commitment.checks.select_for_update().exclude(state=Check.State.DONE)
    open_checks.update(state=Check.State.DONE, finding=Finding.MOOT)
    _break(commitment, actor=actor, today=today, text=reason)
    return commitment


def _break(commitment: Commitment, *, actor: Any, today: date, text: str) -> None:
    move(commitment, "break")
    commitment.ended_on, commitment.check_from = today, None
    commitment.save(update_fields=["state", "ended_on", "check_from"])
    note(commitment, What.BROKEN, actor=actor, today=today, text=text, mail=False)


def _open(commitment: Commitment, state: str) -> tuple[Commitment, Check]:
    """Lock a commitment and its check in that state; raises ActionRefused where there is none."""
    commitment = locked(commitment)
    check = commitment.checks.select_for_update(of=("self",)).filter(state=state).first()
    if check is None:
        raise ActionRefused("not_now", _("这份承诺的核查已经有了新的进展，请刷新页面。"))
    check.commitment = commitment
    return commitment, check
