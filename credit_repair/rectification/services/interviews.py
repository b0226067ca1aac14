"""Interviews 约谈: called in writing some days ahead, moved once, held or missed; platforms are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.matters import facts_on_paper
from credit_repair.cases.on_paper import contact_of, party_of, sentences
from credit_repair.cases.services.documents import issue_to_subject
from credit_repair.core.languages import in_site_language
from credit_repair.core.wording import bracketed, day_text
from credit_repair.notices import services as notices
from credit_repair.notices.ink import Signature
from credit_repair.notices.rectifying import (
    InterviewRecord,
    InterviewReminder,
    InterviewWarning,
    Said,
)
from credit_repair.platforms.models import Message
from credit_repair.platforms.services import tell_publishers
from credit_repair.rectification.models import Interview, Order, OrderEvent, Promise
from credit_repair.rectification.services.acting import (
    CANCELLED_WORDS,
    Act,
    begin,
    finish,
    take_back,
    tell,
)
from credit_repair.rectification.services.orders import legal_basis
from credit_repair.rectification.states import Who
from credit_repair.registry.law import current_book, current_calendar
from credit_repair.registry.models import RecordEvent

CALL_OF = {Interview.Kind.REMINDER: "call_reminder", Interview.Kind.WARNING: "call_warning"}
#: How many turns of what was said a record has.
MOST_TURNS = 40


@dataclass(frozen=True)
class Appointment:
    """When and where an interview is held, who is to come, about what, and what to bring."""

    on: date
    at: str
    place: str
    attendants: str
    topics: str
    bring: str = ""


@dataclass(frozen=True)
class Held:
    """How an interview was held.

    :param came: who came, with posts, one a line.
    :param interviewers: names and posts, one a line.
    :param said: (by, text) in order.
    :param agreed: one sentence a line.
    :param promise_by: until when what was agreed is to be done; None where nothing is to be promised.
    """

    from_to: str
    came: str
    interviewers: str
    recorder: str
    said: Sequence[tuple[str, str]]
    agreed: str
    promise_by: date | None = None


def first_day(*, today: date) -> date:
    """Return the first day for which an interview can be called today: the notice is to arrive some working
    days ahead."""
    days = int(current_book().view("general", on=today)["interview.notice.days"].value)
    return current_calendar().add_working_days(today, days).due


@transaction.atomic
@in_site_language()
def call_interview(
    *, order: Order, kind: str, actor: Any, today: date, appointment: Appointment, found: str = ""
) -> Interview:
    """Call the subject to an interview, reminding or warning, by the authority.

    :param kind: an Interview.Kind; the warning one follows a reminding one that was held or missed.
    :param found: what became of a promise that was not kept, for the file.

    Raises NotYours, ActionRefused with words, CannotIssue and MissingGlyphs as every document.
    """
    act = begin(order=order, action=CALL_OF[Interview.Kind(kind)], actor=actor, today=today, who=Who.OFFICE)
    promise = act.facts.promise
    if promise is not None and promise.state == Promise.State.RUNNING:
        break_promise(promise, found=found, today=today)
    interview = _called(act, kind, appointment)
    event = finish(act, text=_when_and_where(interview))
    tell(act, event, "subject_interview", interview=interview, moved=False)
    return interview


def break_promise(promise: Promise, *, found: str, today: date) -> None:
    """Note that a promise was not kept, and what was found. Raises ActionRefused without words."""
    if not found.strip():
        raise ActionRefused("no_words", _("请写明承诺没有履行的情况。"))
    promise.state, promise.checked_on, promise.found = Promise.State.BROKEN, today, found.strip()
    promise.save(update_fields=["state", "checked_on", "found"])


@transaction.atomic
@in_site_language()
def move_interview(
    *, order: Order, actor: Any, today: date, appointment: Appointment, reason: str
) -> Interview:
    """Move the interview that was called to another day, once: before its day, or where nobody came for a
    reason. Raises as call_interview()."""
    if not reason.strip():
        raise ActionRefused("no_reason", _("请写明改期的原因。"))
    act = begin(order=order, action="move_interview", actor=actor, today=today, who=Who.OFFICE)
    before = _interview(act)
    before.state, before.absence = Interview.State.MOVED, reason.strip()
    before.entered_by, before.entered_on = actor, today
    before.save(update_fields=["state", "absence", "entered_by", "entered_on"])
    interview = _called(act, before.kind, appointment, moved_from=before)
    take_back(before.document, CANCELLED_WORDS, today)
    text = _("%(when)s。原因：%(reason)s") % {
        "when": _when_and_where(interview),
        "reason": reason.strip().rstrip("。"),
    }
    event = finish(act, text=text)
    tell(act, event, "subject_interview", interview=interview, moved=True)
    return interview


def _called(
    act: Act, kind: str, appointment: Appointment, *, moved_from: Interview | None = None
) -> Interview:
    if appointment.on < first_day(today=act.today):
        raise ActionRefused(
            "too_soon",
            _("约谈应当提前书面通知，最早可以定在%s。") % day_text(first_day(today=act.today)),
        )
    if not current_calendar().is_working_day(appointment.on):
        raise ActionRefused("no_working_day", _("约谈应当定在工作日。"))
    interview = Interview(
        order=act.order,
        kind=kind,
        moved_from=moved_from,
        on=appointment.on,
        at=appointment.at.strip(),
        place=appointment.place.strip(),
        attendants=appointment.attendants.strip(),
        topics=appointment.topics.strip(),
        bring=appointment.bring.strip(),
        called_by=act.actor,
    )
    interview.document = issue_to_subject(
        document=_notice(act, interview),
        office=act.order.office,
        subject=act.order.subject,
        today=act.today,
        rule_set=act.order.record.rule_set,
        mail=False,
    )
    interview.save()
    return interview


def _notice(act: Act, interview: Interview) -> InterviewReminder | InterviewWarning:
    order = act.order
    office = order.office
    facts: dict[str, Any] = {
        "party": party_of(order.subject),
        "case_number": order.number or "",
        "demo": settings.DEMO,
        "issuer": office.name,
        "issue_date": act.today,
        "contact": contact_of(office),
        "document_number": "",
        "legal_basis": legal_basis(order),
        "record": facts_on_paper(order.record),
        "order_number": (order.document.number if order.document else "") or "",
        "order_due": order.complete_by,
        "on": interview.on,
        "at": interview.at,
        "place": interview.place,
        "attendants": interview.attendants,
        "topics": sentences(interview.topics),
        "bring": sentences(interview.bring),
    }
    if interview.kind == Interview.Kind.REMINDER:
        return InterviewReminder(**facts)
    reminding = order.interviews.filter(
        kind=Interview.Kind.REMINDER, state__in=(Interview.State.HELD, Interview.State.MISSED)
    ).latest("pk")
    return InterviewWarning(**facts, reminded_on=reminding.on, came=reminding.state == Interview.State.HELD)


@transaction.atomic
@in_site_language()
def hold_interview(*, order: Order, actor: Any, today: date, held: Held) -> Interview:
    """Enter how the interview was held: its record is made to be signed, the platforms are told.

    Raises NotYours, ActionRefused with words, MissingGlyphs.
    """
    act = begin(order=order, action="hold", actor=actor, today=today, who=Who.OFFICE)
    interview = _interview(act)
    _refuse_incomplete(held, today)
    interview.state = Interview.State.HELD
    interview.from_to, interview.came = held.from_to.strip(), held.came.strip()
    interview.interviewers, interview.recorder = held.interviewers.strip(), held.recorder.strip()
    interview.said = [{"by": by.strip(), "text": text.strip()} for by, text in held.said if text.strip()]
    interview.agreed, interview.promise_by = held.agreed.strip(), held.promise_by
    interview.entered_by, interview.entered_on = actor, today
    interview.record_document = notices.issue(
        document=record_of_interview(interview, order=act.order), office=None, issued_on=today
    )
    interview.save()
    event = finish(
        act,
        text=_("%(kind)s，%(day)s") % {"kind": interview.get_kind_display(), "day": day_text(interview.on)},
        on_record=RecordEvent.What.INTERVIEWED,
        data={"kind": interview.kind, "came": True, "on": interview.on.isoformat()},
    )
    _tell_platforms(act, event, _("%s：已到场") % interview.get_kind_display())
    tell(act, event, "subject_interview_held", interview=interview)
    return interview


def _refuse_incomplete(held: Held, today: date) -> None:
    if not held.came.strip():
        raise ActionRefused("nobody_came", _("请写明到场人员；没有人到场的，请录入未到。"))
    if not held.interviewers.strip() or not held.recorder.strip():
        raise ActionRefused("no_interviewer", _("请写明约谈人和记录人。"))
    turns = [text for _by, text in held.said if text.strip()]
    if not turns or len(turns) > MOST_TURNS:
        raise ActionRefused("nothing_said", _("请记录约谈内容，最多%s段。") % MOST_TURNS)
    if held.promise_by is not None and not held.agreed.strip():
        raise ActionRefused("nothing_agreed", _("约定了完成日期的，请写明约定了哪些事项。"))
    if held.promise_by is not None and held.promise_by <= today:
        raise ActionRefused("promise_day_over", _("约定的完成日期应当晚于今天。"))


def record_of_interview(
    interview: Interview,
    *,
    order: Order,
    signature: Signature | None = None,
    office_signature: Signature | None = None,
) -> InterviewRecord:
    """Return the record 约谈记录 as its document says it, to be printed, or signed by both on the screen."""
    return InterviewRecord(
        party=party_of(order.subject),
        case_number=order.number or "",
        demo=settings.DEMO,
        interview=interview.kind,
        issuer=order.office.name,
        notice_number=interview.document.number or "",
        on=interview.on,
        from_to=interview.from_to,
        place=interview.place,
        interviewers=sentences(interview.interviewers),
        recorder=interview.recorder,
        attendants=sentences(interview.came),
        said=tuple(Said(turn["by"], turn["text"]) for turn in interview.said),
        agreed=sentences(interview.agreed),
        signature=signature,
        office_signature=office_signature,
    )


@transaction.atomic
@in_site_language()
def miss_interview(*, order: Order, actor: Any, today: date, absence: str = "") -> Interview:
    """Enter that nobody came; the platforms are told, and the file says so.

    :param absence: the reason that was given, if any; where it is a good one, move_interview() instead.

    Raises NotYours, ActionRefused with words.
    """
    act = begin(order=order, action="miss", actor=actor, today=today, who=Who.OFFICE)
    interview = _interview(act)
    interview.state, interview.absence = Interview.State.MISSED, absence.strip()
    interview.entered_by, interview.entered_on = actor, today
    interview.save(update_fields=["state", "absence", "entered_by", "entered_on"])
    event = finish(
        act,
        text=str(interview.get_kind_display()) + (bracketed(absence.strip()) if absence.strip() else ""),
        on_record=RecordEvent.What.INTERVIEWED,
        data={"kind": interview.kind, "came": False, "on": interview.on.isoformat()},
    )
    _tell_platforms(act, event, _("%s：未到场") % interview.get_kind_display())
    tell(act, event, "subject_interview_missed", interview=interview)
    return interview


def _tell_platforms(act: Act, event: OrderEvent, cause_text: str) -> None:
    """Queue what the interview was to every platform that publishes the record; the event is its cause."""
    tell_publishers(
        record=act.order.record,
        action=Message.Action.INTERVIEW,
        cause=event.uuid,
        cause_text=cause_text,
    )


def _interview(act: Act) -> Interview:
    interview = act.facts.interview
    if interview is None or interview.state != Interview.State.CALLED:
        raise ActionRefused("not_called", _("没有已通知、还没有进行的约谈。"))
    return interview


def _when_and_where(interview: Interview) -> str:
    return _("%(day)s%(at)s，%(place)s") % {
        "day": day_text(interview.on),
        "at": interview.at,
        "place": interview.place,
    }
