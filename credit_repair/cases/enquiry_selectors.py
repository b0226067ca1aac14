"""Questions about enquiries 协查: who may see which."""

from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from credit_repair.cases.models import Enquiry, Phase, StoredFile
from credit_repair.cases.parts import kept_from, open_steps, visible_cases
from credit_repair.people.reach import reach_of


def received(*, user: Any, on: date) -> QuerySet[Enquiry]:
    """Return the enquiries to offices where `user` verifies, open ones first, then by due day."""
    offices = reach_of(user=user, on=on).offices("verify")
    return (
        Enquiry.objects.filter(office__in=offices)
        .exclude(kept_from(user))
        .select_related("case__subject", "case__record", "step__office", "office", "document", "entered_by")
        .order_by(
            F("replied_at").desc(nulls_first=True), F("closed_at").desc(nulls_first=True), "due_on", "pk"
        )
    )


def seen_by_asker(*, user: Any, on: date) -> QuerySet[Enquiry]:
    """Return the enquiries of the cases that the official `user` may read."""
    return Enquiry.objects.filter(case__in=visible_cases(user=user, on=on).values("pk"))


def asked_enquiry(*, user: Any, uuid: Any, on: date) -> Enquiry:
    """Return an enquiry of a case that the official `user` may read.

    Raises Enquiry.DoesNotExist otherwise.
    """
    found = seen_by_asker(user=user, on=on)
    return found.select_related("case__subject", "case__record", "step__office", "document").get(uuid=uuid)


def of_case(*, case: Any) -> QuerySet[Enquiry]:
    """Return the enquiries of a case with all that a page shows of them, the latest first."""
    return (
        Enquiry.objects.filter(case=case)
        .select_related("step__office", "office", "document", "asked_by", "entered_by")
        .prefetch_related("files")
        .order_by("-asked_at", "-pk")
    )


def file_for(*, user: Any, uuid: Any, file: Any, on: date) -> StoredFile:
    """Return a file of an answer, for officials who may read the case and for the office that answered.

    Raises StoredFile.DoesNotExist for everybody else: applicants and windows above all.
    """
    either = Q(pk__in=seen_by_asker(user=user, on=on).values("pk")) | Q(
        pk__in=received(user=user, on=on).order_by().values("pk")
    )
    found = Enquiry.objects.filter(either, uuid=uuid)
    return StoredFile.objects.filter(enquiries__in=found).get(uuid=file)


def letter_for(*, user: Any, uuid: Any, on: date) -> Any:
    """Return the letter of an enquiry, for the verifiers who sent it and for the office that is asked.

    It has the code that answers: who else reads the case does not need it. Raises Enquiry.DoesNotExist.
    """
    return letters_for(user=user, on=on).select_related("document").get(uuid=uuid).document


def letters_for(*, user: Any, on: date) -> QuerySet[Enquiry]:
    """Return the enquiries whose letter `user` may open on that day, as letter_for() says."""
    offices = reach_of(user=user, on=on).offices("verify")
    held = open_steps(user=user, on=on, phases=[Phase.VERIFY])
    sent = seen_by_asker(user=user, on=on).filter(
        Q(step__office__in=offices) | Q(step__in=held.order_by().values("pk"))
    )
    return Enquiry.objects.filter(
        Q(pk__in=sent.values("pk")) | Q(pk__in=received(user=user, on=on).order_by().values("pk"))
    )
