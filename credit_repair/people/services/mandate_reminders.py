"""Mandates that end soon: their people are told in time."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from credit_repair.people import mandate_mails
from credit_repair.people.models import Mandate

#: So many days before the last day a mail goes out.
DAYS_BEFORE = (30, 7)


@transaction.atomic
def remind_of_ending_mandates(*, today: date) -> int:
    """Write a mail for every mandate that ends within 30, then within 7 days; return how many were written.

    The key is the mandate, its last day and the number of days: nobody is told twice, a missed day is made
    up for, and a mandate that is prolonged arms its reminders anew. Nothing is written where the end was
    meant, or where the same person acts for the subject longer by another mandate.
    """
    longer = Mandate.objects.filter(
        Q(until__isnull=True) | Q(until__gt=OuterRef("until")),
        user=OuterRef("user"),
        subject=OuterRef("subject"),
    )
    ending = Mandate.objects.filter(
        ~Exists(longer),
        until__lte=today + timedelta(days=max(DAYS_BEFORE)),
        end_reason="",
        user__is_active=True,
    ).on(today)
    return sum(_remind(mandate, today) for mandate in ending.select_related("user", "subject").order_by("pk"))


def _remind(mandate: Mandate, today: date) -> int:
    if mandate.until is None:
        return 0
    left = (mandate.until - today).days
    days = min(each for each in DAYS_BEFORE if left <= each)
    return int(mandate_mails.remind_of_end(mandate, days=days))
