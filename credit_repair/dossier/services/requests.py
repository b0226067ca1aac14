"""Ask about one's own data 个人信息申请, take it back, answer it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.services.attachments import look_into
from credit_repair.cases.services.papers import keep_paper
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.dossier import fields as known_fields
from credit_repair.dossier.access import is_second, own_events, requests_for
from credit_repair.dossier.errors import DossierRefused, NotInCharge
from credit_repair.dossier.models import DataRequest, RequestedField, SubjectEvent
from credit_repair.dossier.services.correcting import checked_number, correct_account, correct_register
from credit_repair.dossier.states import RequestFlow
from credit_repair.mail.services import queue_mail
from credit_repair.people import access
from credit_repair.people.mandate_selectors import host_office, reviewing_office
from credit_repair.people.models import Mandate
from credit_repair.registry.law import current_book, current_calendar
from credit_repair.registry.models import Office, Subject

About, State, Outcome = DataRequest.About, DataRequest.State, DataRequest.Outcome
Field = RequestedField


@dataclass(frozen=True)
class Asked:
    """One datum that somebody wants corrected: which, what it should be, why, and a file that proves it."""

    name: str
    claimed: str
    why: str
    paper: File | None = None


@dataclass(frozen=True)
class Answer:
    """What an official answers.

    words      the answer, for who asked
    accepted   names of the fields that are corrected; the others are not
    remedies   what who asked can do about it; wanted wherever something is declined
    outcome    for a request without fields: one of DataRequest.Outcome
    """

    words: str
    accepted: frozenset[str] = frozenset()
    remedies: str = ""
    outcome: str = ""


def answer_days(on: date) -> int:
    """Return within how many working days a request is answered, by the rules of that day."""
    return int(current_book().view("general", on=on)["personal_data.answer.days"].value)


def office_for(*, about: str, user: Any, subject: Subject | None, event: SubjectEvent | None) -> Office:
    """Return the office that answers a request.

    An event is its office's; the register the credit office's that answers for the subject; an account the
    office's that approved the person's latest mandate, else the credit office's whose site this is.
    Raises DossierRefused where there is none.
    """
    if event is not None:
        return event.office
    found: Office | None
    if about == About.REGISTER and subject is not None:
        found = reviewing_office(subject=subject, code=subject.code or "")
    else:
        latest = (
            Mandate.objects.filter(user=user, application__isnull=False)
            .select_related("application__office")
            .order_by("-since", "-pk")
            .first()
        )
        approved = latest.application if latest is not None else None
        found = approved.office if approved is not None else host_office()
    if found is None:
        raise DossierRefused("no_office", _("还没有可以受理的单位，请稍后再试，或者到窗口办理。"))
    return found


@transaction.atomic
def ask(
    *,
    user: Any,
    about: str,
    today: date,
    subject: Subject | None = None,
    event: SubjectEvent | None = None,
    asked: Sequence[Asked] = (),
    words: str = "",
) -> DataRequest:
    """Ask as `user` about their own data, or about those of a subject for which they act; return the request.

    Raises NotInCharge where the subject or the event is not theirs, DossierRefused with words,
    uploads.UploadRefused for a file.
    """
    if subject is not None and not access.may_act_for(user=user, subject=subject, on=today):
        raise NotInCharge(str(subject.uuid))
    if event is not None and not own_events(user=user, on=today).filter(pk=event.pk).exists():
        raise NotInCharge(str(event.uuid))
    rows = _checked(about, user, subject, event, asked)
    if not rows and about not in (About.COPY, About.ERASURE):
        raise DossierRefused("nothing", _("请至少填写一个要更正的项目。"))
    due = current_calendar().add_working_days(today, answer_days(today))
    request = DataRequest(
        about=about,
        user=user,
        subject=event.subject if event is not None else subject if about == About.REGISTER else None,
        event=event,
        office=office_for(about=about, user=user, subject=subject, event=event),
        words=words.strip(),
        submitted_at=now(),
        submitted_on=today,
        due_on=due.due,
        provisional=due.provisional,
    )
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError as error:
        words = _("同一事项已经有一件申请正在办理。请等待答复，或者先撤回那一件。")
        raise DossierRefused("open", words) from error
    proves = subject or (event.subject if event is not None else None)
    for position, (one, present) in enumerate(rows, start=1):
        Field.objects.create(
            request=request,
            name=one.name,
            present=present,
            claimed=one.claimed,
            why=one.why.strip()[:500],
            paper=keep_paper(subject=proves, upload=one.paper, actor=user) if one.paper and proves else None,
            position=position,
        )
    data = {"kind": about, "office": request.office.code, "fields": [one.name for one, _present in rows]}
    audit.record(actor=user, action="dossier.ask", target=request, data=data)
    return request


def _checked(
    about: str, user: Any, subject: Subject | None, event: SubjectEvent | None, asked: Sequence[Asked]
) -> list[tuple[Asked, str]]:
    """What is asked with what stands there now; a datum that does not belong to it is not taken."""
    present = known_fields.present_values(about=about, user=user, subject=subject, event=event)
    rows = []
    for one in asked:
        claimed = one.claimed.strip()
        if one.name not in present or not claimed:
            continue
        if not one.why.strip():
            raise DossierRefused("no_why", _("请写明为什么要更正。"), field=f"{one.name}_why")
        if claimed == present[one.name]:
            raise DossierRefused("same", _("和现在的内容一样，不需要更正。"), field=one.name)
        if one.name == Field.Name.SUBJECT_NUMBER and subject is not None:
            claimed = checked_number(subject, claimed)
        if one.paper is not None:
            look_into(one.paper)
        rows.append((Asked(one.name, claimed, one.why, one.paper), present[one.name]))
    return rows


@transaction.atomic
def withdraw(*, request: DataRequest, actor: Any, today: date) -> DataRequest:
    """Take one's own request back before it is answered. Raises NotInCharge, DossierRefused."""
    locked = _locked(request)
    if locked.user_id != actor.pk:
        raise NotInCharge(str(request.uuid))
    _move(locked, "withdraw")
    locked.ended_at, locked.ended_on = now(), today
    locked.save()
    audit.record(actor=actor, action="dossier.withdraw", target=locked)
    return locked


@transaction.atomic
@in_site_language()
def answer_request(*, request: DataRequest, actor: Any, answer: Answer, today: date) -> DataRequest:
    """Answer a request; where the register is to be changed, propose the answer to a second official 复核.

    Raises NotInCharge for whom the request does not exist, DossierRefused with words.
    """
    locked = _charged(request, actor=actor, today=today)
    outcome = _outcome(locked, answer)
    accepted = _marked(locked, answer)
    locked.outcome, locked.answer = outcome, answer.words.strip()
    locked.remedies = answer.remedies.strip()
    if locked.about in DataRequest.FOUR_EYES and accepted:
        _move(locked, "propose")
        locked.proposed_by, locked.proposed_at, locked.sent_back_why = actor, now(), ""
        locked.save()
        audit.record(actor=actor, action="dossier.propose_answer", target=locked, data={"kind": locked.about})
        return locked
    _move(locked, "answer")
    return _end(locked, accepted, actor=actor, today=today)


@transaction.atomic
@in_site_language()
def confirm_answer(*, request: DataRequest, actor: Any, today: date) -> DataRequest:
    """Agree to a proposed answer: the register is corrected, and who asked is told.

    Raises NotInCharge, DossierRefused: whoever proposed it does not confirm it 四眼原则, nor does who is
    in charge only in their place.
    """
    locked = _charged(request, actor=actor, today=today)
    _second(locked, actor, today)
    _move(locked, "confirm")
    accepted = list(locked.fields.filter(outcome=Field.Outcome.CORRECTED))
    return _end(locked, accepted, actor=actor, today=today)


@transaction.atomic
def send_back(*, request: DataRequest, actor: Any, reason: str, today: date) -> DataRequest:
    """Not agree to a proposed answer, with the reason; it lies with the handlers again."""
    locked = _charged(request, actor=actor, today=today)
    _second(locked, actor, today)
    if not reason.strip():
        raise DossierRefused("no_reason", _("请写明退回的理由。"), field="reason")
    _move(locked, "send_back")
    locked.fields.update(outcome="")
    locked.outcome = locked.answer = locked.remedies = ""
    locked.proposed_by = locked.proposed_at = None
    locked.sent_back_why = reason.strip()[:500]
    locked.save()
    audit.record(actor=actor, action="dossier.send_back", target=locked)
    return locked


def _locked(request: DataRequest) -> DataRequest:
    return DataRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)


def _charged(request: DataRequest, *, actor: Any, today: date) -> DataRequest:
    """Lock the request, and ask anew whether it is the official's to answer."""
    locked = _locked(request)
    if not requests_for(user=actor, on=today).filter(pk=locked.pk).exists():
        raise NotInCharge(str(request.uuid))
    return locked


def _second(request: DataRequest, actor: Any, today: date) -> None:
    if request.proposed_by_id == actor.pk:
        raise DossierRefused("same_person", _("答复是您提出的，请由另一位人员复核。"))
    if not is_second(request, user=actor, on=today):
        raise NotInCharge(str(request.uuid))


def _move(request: DataRequest, action: str) -> None:
    move = getattr(RequestFlow(request), action)
    if not move.can_proceed():
        raise DossierRefused("moved_on", _("这件申请的状态已经变了，请刷新页面。"))
    move()


def _outcome(request: DataRequest, answer: Answer) -> str:
    """What comes of the answer as a whole; raise DossierRefused where it is not whole."""
    names = set(request.fields.values_list("name", flat=True))
    if not names:
        outcome = answer.outcome
        if outcome not in Outcome.values:
            raise DossierRefused("no_outcome", _("请选择办理结果。"), field="outcome")
    else:
        accepted = names & answer.accepted
        outcome = Outcome.DECLINED if not accepted else Outcome.DONE if accepted == names else Outcome.PARTLY
    if not answer.words.strip():
        raise DossierRefused("no_words", _("请写明答复的内容和理由。"), field="words")
    if outcome != Outcome.DONE and not answer.remedies.strip():
        words = _("没有全部办理的，请告知可以怎样救济。")
        raise DossierRefused("no_remedies", words, field="remedies")
    _require_done(request, outcome, answer)
    return outcome


def _require_done(request: DataRequest, outcome: str, answer: Answer) -> None:
    """Nobody is told that something was done which is done elsewhere, before it is."""
    if outcome == Outcome.DECLINED:
        return
    if request.about == About.ERASURE and outcome == Outcome.DONE and request.user.is_active:
        words = _("账号还没有停用。请先由安全管理员停用账号，再答复已办理。")
        raise DossierRefused("not_closed", words, field="outcome")
    if request.event is None or not answer.accepted:
        return
    if not SubjectEvent.objects.filter(supersedes=request.event).exists():
        words = _("事件还没有更正。请先登记更正，再答复已更正。")
        raise DossierRefused("not_corrected", words)


def _require_mandate(request: DataRequest, accepted: list[Field], *, today: date) -> None:
    """Nothing of a subject is changed on the word of somebody who acts for it no longer."""
    if accepted and not access.may_act_for(user=request.user, subject=request.subject, on=today):
        words = _("申请人的授权已经结束，不能再按这件申请更正。请退回后答复不予办理。")
        raise DossierRefused("no_mandate", words)


def _marked(request: DataRequest, answer: Answer) -> list[Field]:
    """Note of each field whether it is corrected; return those that are."""
    accepted = []
    for each in request.fields.all():
        taken = each.name in answer.accepted
        each.outcome = Field.Outcome.CORRECTED if taken else Field.Outcome.DECLINED
        each.save(update_fields=["outcome"])
        if taken:
            accepted.append(each)
    return accepted


def _end(request: DataRequest, accepted: list[Field], *, actor: Any, today: date) -> DataRequest:
    """Carry out what was accepted, close the request and tell who asked."""
    if request.about == About.ACCOUNT:
        correct_account(request=request, fields=accepted, actor=actor)
    if request.about == About.REGISTER:
        _require_mandate(request, accepted, today=today)
        correct_register(request=request, fields=accepted, actor=actor, today=today)
    request.answered_by, request.ended_at, request.ended_on = actor, now(), today
    request.save()
    data = {"kind": request.about, "to": request.outcome, "fields": [each.name for each in accepted]}
    audit.record(actor=actor, action="dossier.answer", target=request, data=data)
    asker = request.user
    queue_mail(
        key=f"data_request_answered:{request.uuid}:{asker.pk}",
        kind="data_request_answered",
        to_address=asker.email,
        to_name=str(asker),
        context={
            "request": request,
            "what": request.get_about_display(),
            "outcome": request.get_outcome_display(),
            "office": request.office,
            "path": reverse("my_data_request", args=[request.uuid]),
        },
    )
    return request
