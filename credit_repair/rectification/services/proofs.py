"""Proof 整改证明: handed in online or on paper, per demand; the authority accepts it or says what lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.services.attachments import look_into
from credit_repair.cases.services.papers import keep_paper
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.core.uploads import UploadRefused
from credit_repair.core.wording import day_text
from credit_repair.rectification.models import Order, Proof, ProofItem
from credit_repair.rectification.services.acting import Act, begin, finish, tell
from credit_repair.rectification.services.orders import put_off
from credit_repair.rectification.states import Who
from credit_repair.registry.models import RecordEvent

#: How many files one demand is proved by.
MOST_FILES = 5


@dataclass(frozen=True)
class About:
    """What is handed in about one demand, by its position in the order: words, files or both."""

    demand: int
    words: str = ""
    files: Sequence[File] = ()


@in_site_language()
def hand_in_proof(
    *,
    order: Order,
    actor: Any,
    today: date,
    about: Sequence[About],
    words: str = "",
    handed_in_on: date | None = None,
    on_paper: bool = False,
) -> Proof:
    """Hand proof in: by who acts for the subject, or what came `on_paper` by an official of the authority.

    :param about: what is handed in about each demand; something must be.
    :param words: on the whole.
    :param handed_in_on: the day on which paper came in, today where it is left out; it counts for the term.

    Files are looked into before anything is locked. Raises NotYours, ActionRefused with words,
    uploads.UploadRefused where a file cannot be taken.
    """
    given = [each for each in about if each.words.strip() or each.files]
    for each in given:
        if len(each.files) > MOST_FILES:
            raise UploadRefused(_("每项要求最多上传%s个文件，请把几页合成一个PDF。") % MOST_FILES)
        for file in each.files:
            look_into(file)
    with transaction.atomic():
        return _hand_in(order, actor, today, given, words, handed_in_on if on_paper else None, on_paper)


def _hand_in(
    order: Order,
    actor: Any,
    today: date,
    given: Sequence[About],
    words: str,
    handed_in_on: date | None,
    on_paper: bool,
) -> Proof:
    who, day = Who.OFFICE if on_paper else Who.SUBJECT, handed_in_on or today
    action = "hand_in_in_time" if on_paper and _came_in_time(order, day) else "hand_in"
    act = begin(order=order, action=action, actor=actor, today=today, who=who)
    row = act.order
    if not given and not words.strip():
        raise ActionRefused("nothing_given", _("请至少填写一项要求的完成情况，或者上传一份证明。"))
    if day > today or (row.issued_on and day < row.issued_on):
        raise ActionRefused("odd_day", _("收到的日期应当在签发之后，不晚于今天。"))
    proof = Proof.objects.create(
        order=row,
        handed_in_on=day,
        handed_in_at=now(),
        handed_in_by=actor,
        on_paper=on_paper,
        words=words.strip(),
    )
    demands = {demand.position: demand for demand in row.demands.all()}
    for each in given:
        item = ProofItem.objects.create(proof=proof, demand=demands[each.demand], words=each.words.strip())
        item.papers.set([keep_paper(subject=row.subject, upload=file, actor=actor) for file in each.files])
    finish(act, text=_("纸质材料，由工作人员录入") if on_paper else "")
    return proof


def _came_in_time(order: Order, day: date) -> bool:
    """Whether paper that came in on `day` was in time although the order counts as overdue by now: that it
    was entered late is not the subject's fault."""
    state, complete_by = Order.objects.values_list("state", "complete_by").get(pk=order.pk)
    return bool(state == Order.State.OVERDUE and day <= complete_by)


@transaction.atomic
@in_site_language()
def accept_proof(*, order: Order, actor: Any, today: date, words: str = "") -> Order:
    """Accept what was handed in: the order is fulfilled, at whatever stage.

    Raises NotYours, ActionRefused with words.
    """
    act = begin(order=order, action="accept_proof", actor=actor, today=today, who=Who.OFFICE)
    _answer(act, Proof.State.ACCEPTED, words)
    event = finish(act, text=words.strip(), on_record=RecordEvent.What.RECTIFIED, data={"how": "fulfilled"})
    tell(act, event, "subject_order_closed", fulfilled=True, reason=words.strip())
    return act.order


@transaction.atomic
@in_site_language()
def return_proof(
    *,
    order: Order,
    actor: Any,
    today: date,
    missing: str,
    complete_by: date | None = None,
    reason: str = "",
) -> Order:
    """Say what is missing in what was handed in; where the day is still open, it may be put off with it.

    :param missing: what is missing, in words for the subject.
    :param complete_by: a later last day, which counts as the one extension; `reason` says why. Not once the
        order is overdue.

    Raises NotYours, ActionRefused with words.
    """
    if not missing.strip():
        raise ActionRefused("no_words", _("请写明还缺什么、怎样补充。"))
    act = begin(order=order, action="return_proof", actor=actor, today=today, who=Who.OFFICE)
    _answer(act, Proof.State.RETURNED, missing)
    if complete_by is not None:
        if act.order.state != Order.State.PROVED:
            raise ActionRefused("put_off_late", _("整改已经逾期，不能再延长期限。"))
        put_off(act, complete_by=complete_by, reason=reason)
    event = finish(act, text=_missing_words(act.order, missing.strip(), complete_by))
    tell(act, event, "subject_order_proof_returned", missing=missing.strip())
    return act.order


def _missing_words(order: Order, missing: str, complete_by: date | None) -> str:
    if complete_by is None:
        return missing
    return _("%(missing)s（期限延长至%(day)s：%(reason)s）") % {
        "missing": missing,
        "day": day_text(complete_by),
        "reason": order.extension_reason,
    }


def _answer(act: Act, state: str, words: str) -> None:
    proof = act.facts.waiting
    if proof is None:
        raise RuntimeError("the row asks for proof that waits")
    proof.state, proof.answer = state, words.strip()
    proof.answered_at, proof.answered_by = now(), act.actor
    proof.save(update_fields=["state", "answer", "answered_at", "answered_by"])
