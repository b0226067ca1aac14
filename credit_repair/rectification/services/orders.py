"""Orders to put right 责令整改: drafted by who verifies, issued by another who approves, put off once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.matters import facts_on_paper
from credit_repair.cases.on_paper import contact_of, paragraphs, party_of, remedies_of
from credit_repair.cases.services.documents import issue_to_subject
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.core.sequences import next_value
from credit_repair.core.wording import day_text
from credit_repair.notices.rectifying import RectificationOrder
from credit_repair.rectification.guards import Facts
from credit_repair.rectification.models import Demand, Order
from credit_repair.rectification.services.acting import (
    WITHDRAWN_WORDS,
    Act,
    begin,
    finish,
    is_who,
    take_back,
    tell,
)
from credit_repair.rectification.states import Who, beginning
from credit_repair.registry.law import current_book, current_calendar
from credit_repair.registry.models import Record, RecordEvent

MOST_DEMANDS = 12


def usual_due(*, today: date) -> date:
    """Return the day that an order of today gives, by the rules' value in working days."""
    days = int(current_book().view("general", on=today)["rectification.days"].value)
    return current_calendar().add_working_days(today, days).due


@transaction.atomic
@in_site_language()
def draft_order(
    *,
    record: Record,
    actor: Any,
    today: date,
    faults: str,
    demands: Sequence[str],
    complete_by: date,
) -> Order:
    """Draft an order about `record`, by a verifier of the authority that determined it.

    :param faults: what is wrong, a paragraph a line.
    :param demands: what is to be done, one sentence each.
    :param complete_by: last day for doing it; the usual one is usual_due().

    Raises NotYours, ActionRefused with words where another order about the record is open, or something is
    missing.
    """
    row = (
        Record.objects.select_for_update(of=("self",), no_key=True)
        .select_related("authority", "subject")
        .get(pk=record.pk)
    )
    if not is_who(who=Who.VERIFIER, actor=actor, office=row.authority, subject=row.subject, on=today):
        raise NotYours(f"record {row.uuid}")
    if Order.objects.filter(record=row, closed_on__isnull=True).exists():
        raise ActionRefused("order_open", _("这条信用记录已有正在办理的责令整改，不能再下一份。"))
    order = Order(
        record=row, subject=row.subject, office=row.authority, drafted_by=actor, complete_by=complete_by
    )
    facts = Facts(order=order, actor=actor, today=today)
    act = Act(
        order=order,
        action="draft",
        row=beginning(facts),
        actor=actor,
        today=today,
        facts=facts,
    )
    _fill(act, faults=faults, demands=demands, complete_by=complete_by)
    finish(act)
    return order


@transaction.atomic
@in_site_language()
def revise_order(
    *,
    order: Order,
    actor: Any,
    today: date,
    faults: str,
    demands: Sequence[str],
    complete_by: date,
) -> Order:
    """Write a draft anew; who does is the drafter from now on, and does not issue it. Raises as
    draft_order()."""
    act = begin(order=order, action="revise", actor=actor, today=today, who=Who.VERIFIER)
    act.order.drafted_by = actor
    _fill(act, faults=faults, demands=demands, complete_by=complete_by)
    finish(act)
    return act.order


def _fill(act: Act, *, faults: str, demands: Sequence[str], complete_by: date) -> None:
    wanted = [text.strip().rstrip("。；;") for text in demands if text.strip()]
    if not faults.strip():
        raise ActionRefused("no_faults", _("请写明存在的问题。"))
    if not wanted:
        raise ActionRefused("no_demands", _("请至少写一项整改要求。"))
    if len(wanted) > MOST_DEMANDS:
        raise ActionRefused("many_demands", _("整改要求最多%s项，请合并后填写。") % MOST_DEMANDS)
    if complete_by <= act.today:
        raise ActionRefused("due_day_over", _("整改期限应当晚于今天。"))
    order = act.order
    order.faults, order.complete_by, order.drafted_at = faults.strip(), complete_by, now()
    order.save()
    order.demands.all().delete()
    Demand.objects.bulk_create(
        [Demand(order=order, position=position, text=text) for position, text in enumerate(wanted, start=1)]
    )


@transaction.atomic
@in_site_language()
def discard_order(*, order: Order, actor: Any, today: date) -> Order:
    """Give a draft up. Raises NotYours, ActionRefused."""
    act = begin(order=order, action="discard", actor=actor, today=today, who=Who.VERIFIER)
    finish(act)
    return act.order


@transaction.atomic
@in_site_language()
def issue_order(*, order: Order, actor: Any, today: date) -> Order:
    """Issue the order by an approver who did not draft it: number, seal, service on the subject.

    Raises NotYours, ActionRefused with words, CannotIssue and MissingGlyphs as every document.
    """
    act = begin(order=order, action="issue", actor=actor, today=today, who=Who.APPROVER)
    row = act.order
    row.number = f"ZG-{today.year}-{next_value(f'rectification:{today.year}'):06d}"
    row.document = issue_to_subject(
        document=order_document(row, today=today),
        office=row.office,
        subject=row.subject,
        today=today,
        rule_set=row.record.rule_set,
        mail=False,
    )
    row.issued_by, row.issued_on = actor, today
    event = finish(act, text=str(row.document.number), on_record=RecordEvent.What.ORDERED)
    tell(act, event, "subject_order", document=row.document)
    return row


def order_document(order: Order, *, today: date) -> RectificationOrder:
    """Return the notice 责令整改通知书 as it would be issued on that day."""
    office = order.office
    return RectificationOrder(
        party=party_of(order.subject),
        case_number=order.number or "",
        demo=settings.DEMO,
        issuer=office.name,
        issue_date=today,
        contact=contact_of(office),
        document_number="",
        legal_basis=legal_basis(order),
        record=facts_on_paper(order.record),
        faults=paragraphs(order.faults),
        demands=tuple(demand.text for demand in order.demands.all()),
        complete_by=order.complete_by,
        remedies=remedies_of(office),
    )


def legal_basis(order: Order) -> tuple[str, ...]:
    """Return the regulation that governs the record, by its title."""
    return (current_book().rule_set(order.record.rule_set).title,) if order.record.rule_set else ()


@transaction.atomic
@in_site_language()
def extend_order(*, order: Order, actor: Any, today: date, complete_by: date, reason: str) -> Order:
    """Put the last day off, once, with a reason.

    Raises NotYours, ActionRefused with words.
    """
    act = begin(order=order, action="extend", actor=actor, today=today, who=Who.OFFICE)
    put_off(act, complete_by=complete_by, reason=reason)
    event = finish(act, text=_put_off_words(act.order))
    tell(act, event, "subject_order_put_off")
    return act.order


def put_off(act: Act, *, complete_by: date, reason: str) -> None:
    """Give the order a later day, once; asked under lock. Raises ActionRefused with words."""
    order = act.order
    if order.first_due is not None:
        raise ActionRefused("put_off_once", _("整改期限只能延长一次。"))
    if complete_by <= max(order.complete_by, act.today):
        raise ActionRefused("not_later", _("新的期限应当晚于原来的期限，也晚于今天。"))
    if not reason.strip():
        raise ActionRefused("no_reason", _("请写明延期的原因。"))
    order.first_due, order.complete_by = order.complete_by, complete_by
    order.extension_reason = reason.strip()


def _put_off_words(order: Order) -> str:
    return _("延长至%(day)s。%(reason)s") % {
        "day": day_text(order.complete_by),
        "reason": order.extension_reason,
    }


@transaction.atomic
@in_site_language()
def withdraw_order(*, order: Order, actor: Any, today: date, reason: str) -> Order:
    """Take an order back, by an approver, with a reason: its notice does not hold any longer.

    Raises NotYours, ActionRefused with words.
    """
    if not reason.strip():
        raise ActionRefused("no_reason", _("请写明撤销的原因。"))
    act = begin(order=order, action="withdraw", actor=actor, today=today, who=Who.APPROVER)
    return _taken_back(act, reason.strip())


@transaction.atomic
@in_site_language()
def end_with_record(*, order: Order, today: date) -> Order:
    """End an order whose record its authority has withdrawn; the subject is told where it knew of it."""
    act = begin(order=order, action="end_with_record", actor=None, today=today, who=Who.SYSTEM)
    return _taken_back(act, _("认定单位已撤回这条信用记录。"))


def _taken_back(act: Act, reason: str) -> Order:
    order = act.order
    if order.document is None:  # a draft, of which the subject knows nothing
        finish(act, text=reason)
        return order
    take_back(order.document, WITHDRAWN_WORDS, act.today)
    event = finish(act, text=reason, on_record=RecordEvent.What.RECTIFIED, data={"how": "withdrawn"})
    tell(act, event, "subject_order_closed", fulfilled=False, reason=reason)
    return order
