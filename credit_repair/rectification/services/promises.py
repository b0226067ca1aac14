"""Promises 整改承诺 after an interview, and what became of them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.matters import facts_on_paper
from credit_repair.cases.on_paper import party_of, sentences
from credit_repair.cases.services.attachments import look_into
from credit_repair.cases.services.papers import keep_paper
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.core.wording import day_text
from credit_repair.notices import services as notices
from credit_repair.notices.ink import Signature, Stroke
from credit_repair.notices.rectifying import RectificationPromise
from credit_repair.people.capacity import capacity_of
from credit_repair.rectification.models import Interview, Order, Promise
from credit_repair.rectification.services.acting import Act, begin, finish, tell
from credit_repair.rectification.services.interviews import break_promise
from credit_repair.rectification.states import Who
from credit_repair.registry.models import RecordEvent


@transaction.atomic
@in_site_language()
def promise_on_screen(
    *, order: Order, actor: Any, today: date, name: str, strokes: Sequence[Stroke]
) -> Promise:
    """Promise what was agreed in the interview 整改承诺书, signed on the screen by who acts for the subject.

    Raises NotYours, ActionRefused with words, MissingGlyphs where the name cannot be printed.
    """
    act = begin(order=order, action="promise", actor=actor, today=today, who=Who.SUBJECT)
    signature = Signature(
        name=name.strip(),
        capacity=capacity_of(actor, subject=act.order.subject, on=today),
        signed_at=day_text(now(), "datetime"),
        strokes=tuple(strokes),
    )
    letter = promise_letter(act.order, _interview(act), signature=signature)
    document = notices.issue(document=letter, office=None, issued_on=today)
    return _promised(act, document=document)


def promise_letter(
    order: Order, interview: Interview, *, signature: Signature | None = None
) -> RectificationPromise:
    """Return the promise 整改承诺书 as it is signed: what the record of the interview says was agreed."""
    return RectificationPromise(
        party=party_of(order.subject),
        case_number=order.number or "",
        demo=settings.DEMO,
        addressee=order.office.name,
        record=facts_on_paper(order.record),
        order_number=(order.document.number if order.document else "") or "",
        items=sentences(interview.agreed),
        complete_by=interview.promise_by,
        signature=signature,
    )


@in_site_language()
def promise_on_paper(*, order: Order, actor: Any, today: date, scan: File) -> Promise:
    """Enter a promise that was signed on paper, with its scan, by an official of the authority.

    Raises NotYours, ActionRefused with words, uploads.UploadRefused.
    """
    look_into(scan)
    with transaction.atomic():
        act = begin(order=order, action="promise", actor=actor, today=today, who=Who.OFFICE)
        return _promised(act, paper=keep_paper(subject=act.order.subject, upload=scan, actor=actor))


def _interview(act: Act) -> Interview:
    if act.facts.interview is None:
        raise RuntimeError("the row asks for an interview that was held")
    return act.facts.interview


def _promised(act: Act, **signed: Any) -> Promise:
    interview = _interview(act)
    if interview.promise_by is None:
        raise RuntimeError("the row asks for a day that was agreed on")
    promise = Promise.objects.create(
        interview=interview,
        items=interview.agreed,
        complete_by=interview.promise_by,
        made_on=act.today,
        made_by=act.actor,
        **signed,
    )
    finish(act, text=_("承诺在%s前（含当日）完成。") % day_text(promise.complete_by))
    return promise


@transaction.atomic
@in_site_language()
def find_kept(*, order: Order, actor: Any, today: date, found: str) -> Order:
    """Find that what was promised is done: the order is fulfilled.

    :param found: how that was found, in words.

    Raises NotYours, ActionRefused with words.
    """
    if not found.strip():
        raise ActionRefused("no_words", _("请写明怎样核查、查到什么。"))
    act = begin(order=order, action="find_kept", actor=actor, today=today, who=Who.OFFICE)
    promise = act.facts.promise
    if promise is None:
        raise RuntimeError("an order that is promised has its promise")
    promise.state, promise.checked_on, promise.found = Promise.State.KEPT, today, found.strip()
    promise.save(update_fields=["state", "checked_on", "found"])
    event = finish(
        act, text=found.strip(), on_record=RecordEvent.What.RECTIFIED, data={"how": "promise_kept"}
    )
    tell(act, event, "subject_order_closed", fulfilled=True, reason=found.strip())
    return act.order


@transaction.atomic
@in_site_language()
def leave_unresolved(*, order: Order, actor: Any, today: date, found: str) -> Order:
    """Note in the file that even after the warning interview nothing was put right. Nothing follows by
    itself; proof may still be handed in.

    Raises NotYours, ActionRefused with words.
    """
    if not found.strip():
        raise ActionRefused("no_words", _("请写明目前的情况。"))
    act = begin(order=order, action="leave_unresolved", actor=actor, today=today, who=Who.OFFICE)
    promise = act.facts.promise
    if promise is not None and promise.state == Promise.State.RUNNING:
        break_promise(promise, found=found, today=today)
    finish(act, text=found.strip())
    return act.order
