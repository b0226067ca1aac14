"""Questions about orders 责令整改, interviews 约谈 and voluntary activities 自愿活动: who may see which."""

from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value, When

from credit_repair.cases.models import Paper
from credit_repair.cases.record_access import answer_for_everything, responsible_for
from credit_repair.cases.record_reading import with_reader
from credit_repair.notices.models import Document
from credit_repair.people import access
from credit_repair.people.reach import reach_of
from credit_repair.rectification.models import (
    Activity,
    Demand,
    Interview,
    InterviewSignature,
    Order,
    OrderEvent,
    Proof,
    ProofItem,
)
from credit_repair.registry.law import current_book
from credit_repair.registry.models import Office, Record, Subject
from credit_repair.rules import Assessment
from credit_repair.rules.eligibility import Done

S = Order.State
#: What waits for the authority, by the name in the address.
PARTS: dict[str, Q] = {
    "drafts": Q(state=S.DRAFT),
    "proofs": Q(Exists(Proof.objects.filter(order=OuterRef("pk"), state=Proof.State.WAITING)))
    & Q(closed_on__isnull=True),
    "overdue": Q(state=S.OVERDUE),
    "interviews": Q(state__in=(S.REMINDING, S.WARNING)),
    "after": Q(state__in=(S.REMINDED, S.WARNED)),
    "promises": Q(state=S.CHECKING),
}


def readable_orders(*, user: Any, on: date) -> QuerySet[Order]:
    """Return the orders that an official may read: those of an office where they see cases, and for people of
    a credit office 信用办 those of the authorities that it answers for. None to a subject for which they act
    or ever acted."""
    offices = list(Office.objects.filter(pk__in=reach_of(user=user, on=on).offices("see_cases")))
    credit = [office for office in offices if office.kind == Office.Kind.CREDIT]
    found = Order.objects.exclude(subject__in=access.subjects_ever_acted_for(user=user))
    if credit and answer_for_everything(credit):
        return found
    theirs = {office.pk for office in offices} | (responsible_for(credit) if credit else set())
    return found.filter(office__in=theirs)


def acting_offices(*, user: Any, on: date) -> frozenset[int]:
    """Return the keys of the offices at which `user` verifies or approves, and so acts on its orders."""
    reach = reach_of(user=user, on=on)
    return reach.offices("verify") | reach.offices("approve")


def listed_orders(*, user: Any, on: date, part: str = "") -> QuerySet[Order]:
    """Return the orders of the list, with what its rows show. `part`: one of PARTS, "mine" for all of them
    together at the official's own offices, else all that they may read."""
    found = readable_orders(user=user, on=on)
    if part:
        found = found.filter(_mine(user, on))
    if part in PARTS:
        found = found.filter(PARTS[part])
    elif part == "mine":
        found = found.filter(_any_part())
    return with_reader(
        found.select_related("record", "subject", "office"), user=user, on=on, path="record__"
    ).order_by("complete_by", "pk")


def counts(*, user: Any, on: date) -> dict[str, int]:
    """Return how many orders wait in each part at the official's own offices, in one statement."""
    found = readable_orders(user=user, on=on).filter(_mine(user, on), _any_part())
    asked = {name: Count("pk", filter=condition) for name, condition in PARTS.items()}
    return {name: int(number) for name, number in found.aggregate(mine=Count("pk"), **asked).items()}


def _mine(user: Any, on: date) -> Q:
    return Q(office__in=acting_offices(user=user, on=on))


def _any_part() -> Q:
    every = Q()
    for condition in PARTS.values():
        every |= condition
    return every


def own_orders(*, user: Any, on: date) -> QuerySet[Order]:
    """Return the orders to the subjects for which `user` may act, drafts left out, open ones first."""
    found = Order.objects.filter(subject__in=access.subjects_of(user=user, on=on))
    found = found.exclude(state__in=Order.INTERNAL).select_related(
        "record__authority", "subject", "office", "document"
    )
    return found.order_by(_closed_last(), "complete_by", "-pk")


def waiting_for(subject: Subject) -> QuerySet[Order]:
    """Return the open orders to a subject that wait for something of it, the earliest day first: all but
    those whose proof or promise the authority is to look at."""
    with_the_office = (*Order.INTERNAL, S.PROVED, S.CHECKING)
    found = Order.objects.filter(subject=subject, closed_on__isnull=True).exclude(state__in=with_the_office)
    return found.select_related("record__authority", "office").order_by("complete_by", "pk")


def _closed_last() -> Any:
    return F("closed_on").desc(nulls_first=True)


def with_all(found: QuerySet[Order]) -> QuerySet[Order]:
    """Return the orders with everything that their page shows."""
    interviews = Interview.objects.select_related(
        "document", "record_document", "signed_document", "signed_paper", "moved_from"
    ).select_related("promise__document", "promise__paper")
    items = ProofItem.objects.select_related("demand").prefetch_related("papers")
    return found.select_related(
        "record__authority", "record__subject", "subject", "office", "document", "drafted_by", "issued_by"
    ).prefetch_related(
        Prefetch("demands", Demand.objects.order_by("position")),
        Prefetch("proofs", Proof.objects.select_related("answered_by", "handed_in_by")),
        Prefetch("proofs__items", items),
        Prefetch("interviews", interviews),
        Prefetch("interviews__signatures", InterviewSignature.objects.order_by("at")),
        Prefetch("events", OrderEvent.objects.order_by("at", "pk")),
    )


def orders_about(*, record: Record, user: Any, on: date) -> QuerySet[Order]:
    """Return the orders about a record that an official may read, the newest first."""
    found = readable_orders(user=user, on=on).filter(record=record)
    return found.select_related("document").order_by("-pk")


def may_draft(*, user: Any, record: Record, on: date) -> bool:
    """Whether `user` may draft an order about the record now: a verifier of its authority, where none is
    open and the record was not withdrawn."""
    if record.standing == Record.Standing.WITHDRAWN:
        return False
    if not access.may_at_office(user=user, permission="verify", office=record.authority, on=on):
        return False
    if access.subjects_ever_acted_for(user=user).filter(pk=record.subject_id).exists():
        return False
    return not Order.objects.filter(record=record, closed_on__isnull=True).exists()


def documents_of(order: Order) -> QuerySet[Document]:
    """Return every document that an order, its interviews and its promises name."""
    interviews = order.interviews.all()
    named = (
        Q(pk=order.document_id)
        | Q(pk__in=interviews.values("document"))
        | Q(pk__in=interviews.values("record_document"))
        | Q(pk__in=interviews.values("signed_document"))
        | Q(pk__in=interviews.values("promise__document"))
    )
    return Document.objects.filter(named)


def readable_paper_keys(user: Any, on: date) -> QuerySet[Any]:
    """Return the keys of the papers of orders and activities that a person may read: as an official of what
    they may read, as somebody who acts for the subject of what was handed in or signed."""
    orders = Order.objects.filter(
        Q(pk__in=readable_orders(user=user, on=on).values("pk"))
        | Q(pk__in=own_orders(user=user, on=on).order_by().values("pk"))
    )
    activities = Activity.objects.filter(
        Q(pk__in=activities_to_read(user=user, on=on).order_by().values("pk"))
        | Q(subject__in=access.subjects_of(user=user, on=on))
    )
    proofs = ProofItem.papers.through.objects.filter(proofitem__proof__order__in=orders.values("pk"))
    interviews = Interview.objects.filter(order__in=orders.values("pk"))
    return Paper.objects.filter(
        Q(pk__in=proofs.values("paper"))
        | Q(pk__in=interviews.filter(signed_paper__isnull=False).values("signed_paper"))
        | Q(pk__in=interviews.filter(promise__paper__isnull=False).values("promise__paper"))
        | Q(pk__in=activities.values("paper"))
    ).values("pk")


# -- voluntary activities


def own_activities(*, subject: Subject) -> QuerySet[Activity]:
    """Return what a subject did, the latest first; what was taken back is left out."""
    found = Activity.objects.filter(subject=subject).exclude(state=Activity.State.TAKEN_BACK)
    return found.select_related("paper", "office").order_by("-done_on", "-pk")


def activities_to_read(*, user: Any, on: date) -> QuerySet[Activity]:
    """Return the activities that an official may read: of subjects with a record of an authority where they
    see cases or for which their credit office answers. What is to be confirmed comes first."""
    offices = list(Office.objects.filter(pk__in=reach_of(user=user, on=on).offices("see_cases")))
    credit = [office for office in offices if office.kind == Office.Kind.CREDIT]
    found = Activity.objects.exclude(state=Activity.State.TAKEN_BACK).exclude(
        subject__in=access.subjects_ever_acted_for(user=user)
    )
    if not (credit and answer_for_everything(credit)):
        theirs = {office.pk for office in offices} | (responsible_for(credit) if credit else set())
        found = found.filter(Exists(Record.objects.filter(subject=OuterRef("subject"), authority__in=theirs)))
    return found.select_related("subject", "paper", "office").order_by(
        Case(When(state=Activity.State.DECLARED, then=Value(0)), default=Value(1)), "-done_on", "-pk"
    )


def office_to_confirm(*, user: Any, subject: Subject, on: date) -> Office | None:
    """Return in the name of which office `user` confirms what a subject did: one that verifies and has a
    record of it, else a credit office that takes in. None for who may not, above all for who ever acted for
    the subject."""
    if access.subjects_ever_acted_for(user=user).filter(pk=subject.pk).exists():
        return None
    reach = reach_of(user=user, on=on)
    with_records = Office.objects.filter(
        Exists(Record.objects.filter(authority=OuterRef("pk"), subject=subject)),
        pk__in=reach.offices("verify"),
    )
    credit = Office.objects.filter(pk__in=reach.offices("intake"), kind=Office.Kind.CREDIT)
    return with_records.order_by("code").first() or credit.order_by("code").first()


def asked_activities(
    *, record: Record, assessment: Assessment, sector: str | None, on: date
) -> dict[str, Done]:
    """Return how the activities stand that a rule of the record's sector asks for: done since the decision,
    confirmed before declared. Nothing is asked where no rule does, which is the usual case."""
    rules = current_book().view(assessment.procedure_rule_set, on=on, sector=sector)
    asked = [kind for kind in Activity.Kind.values if rules[f"condition.{kind}"].value]
    if not asked:
        return {}
    done = Activity.objects.filter(
        subject=record.subject_id,
        kind__in=asked,
        done_on__gte=record.decision_date,
        state__in=(Activity.State.DECLARED, Activity.State.CONFIRMED),
    )
    # "confirmed" sorts before "declared": what is written last prevails.
    rows = done.order_by("-state").values_list("kind", "state")
    return {kind: "confirmed" if state == Activity.State.CONFIRMED else "declared" for kind, state in rows}
