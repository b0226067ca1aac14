"""Mails to officials about what has come to lie with them, and to applicants about a letter by itself."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from credit_repair.cases.kinds import office_path
from credit_repair.cases.models import CaseDocument, Enquiry, ReviewStep, TimelineEvent
from credit_repair.cases.parts import handlers_of, people_kept_from
from credit_repair.core.languages import in_site_language
from credit_repair.mail.services import queue_mail
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.registry.models import Subject


def _write(kind: str, reader: User, *, key: str, first_time: bool = True, **context: Any) -> None:
    """Write a mail of `kind` to a person; see queue_mail()."""
    queue_mail(
        key=key,
        kind=kind,
        to_address=reader.email,
        to_name=str(reader),
        context=context,
        first_time=first_time,
    )


def tell_of_step(*, step: ReviewStep, event: TimelineEvent) -> None:
    """Write to who has a step in hand now that it was handed over 移交 or assigned 改派 to them, and why."""
    reader = step.taken_by
    if reader is None or reader == event.actor:
        return
    _write(
        "step_given",
        reader,
        key=f"step_given:{event.uuid}",
        case=step.case,
        phase=step.get_phase_display(),
        due=step.clock.due_on if step.clock else None,
        giver=event.actor,
        text=event.text,
        path=office_path(step.case),
    )


@transaction.atomic
@in_site_language()
def tell_of_steps(*, events: Iterable[TimelineEvent], to: User, giver: Any) -> None:
    """Write to `to` once of all the steps that `giver` has just assigned to them, by their events."""
    found = list(events)
    if not found or to == giver:
        return
    _write(
        "steps_given",
        to,
        key=f"steps_given:{found[0].uuid}",
        cases=[event.case for event in found],
        count=len(found),
        giver=giver,
        path=f"{reverse('office')}?show=mine",
    )


def tell_supervisors(*, step: ReviewStep, event: TimelineEvent, on: date) -> None:
    """Write to those who supervise at a step's office that nobody is left there to handle it."""
    readers = access.members_with(office=step.office, permission="supervise", on=on)
    for reader in readers.exclude(people_kept_from(step.case)):
        _write(
            "case_without_handler",
            reader,
            key=f"case_without_handler:{event.uuid}:{step.pk}:{reader.pk}",
            case=step.case,
            phase=step.get_phase_display(),
            office=step.office,
            who=event.actor_label,
            path=office_path(step.case),
        )


def tell_asked_office(*, enquiry: Enquiry, kind: str, key: str, on: date) -> None:
    """Write to the verifiers of the office of this site that is asked 协查, if one is; whoever has asked it
    does not answer it."""
    office = enquiry.office
    if office is None:
        return
    but = people_kept_from(enquiry.case) | Q(pk=enquiry.asked_by_id)
    able = access.able_now(office=office, permission="verify", on=on, but=but)
    for reader in able:
        _write(
            kind,
            reader,
            key=f"{key}:{reader.pk}",
            first_time=False,
            asker=enquiry.step.office,
            question=enquiry.question,
            due=enquiry.due_on,
            path=reverse("office_enquiry", args=[enquiry.uuid]),
        )


def tell_asker(*, enquiry: Enquiry, on: date) -> None:
    """Write to who asked 协查 that the answer is there; to those who could verify now, where it is no longer
    theirs."""
    able = handlers_of(enquiry.step, on=on)
    readers = [enquiry.asked_by] if enquiry.asked_by in able else able
    for reader in readers:
        if reader == enquiry.entered_by:
            continue
        _write(
            "enquiry_answered",
            reader,
            key=f"enquiry_answered:{enquiry.uuid}:{reader.pk}",
            first_time=False,
            case=enquiry.case,
            who=enquiry.addressee,
            answer=enquiry.get_answer_display(),
            path=office_path(enquiry.case),
        )


def tell_of_letter(*, link: CaseDocument, on: date) -> None:
    """Write to who acts for its addressee that a document has been issued that goes out with no act of the
    case: once to each, with the link to it and never the document."""
    document = link.document
    for reader in access.people_acting_for(subject=document.addressee_id, on=on):
        _write(
            "letter_issued",
            reader,
            key=f"letter_issued:{document.uuid}:{reader.pk}",
            case=link.case,
            document=document,
            office=document.office,
            letters=[link],
        )


def tell_subject(*, kind: str, subject: Subject, about: UUID, on: date, **context: Any) -> int:
    """Write to whoever acts for `subject` on that day about something outside any case; return how many.

    `kind` names a template in mails/ and begins with `subject_`: by that the people of the subject find the
    mail again on the site. `about` is the UUID of the event: nobody is written to about it twice. What the
    template needs besides `subject` comes as `context`; documents to be read as `letters`: [{"document": …}].
    """
    written = 0
    for reader in access.people_acting_for(subject=subject, on=on):
        written += queue_mail(
            key=f"{kind}:{subject.uuid}:{about}:{reader.pk}",
            kind=kind,
            to_address=reader.email,
            to_name=str(reader),
            context={"subject": subject, **context},
        )
    return written
