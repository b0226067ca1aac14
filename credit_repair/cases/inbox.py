"""The official's inbox 待办 at a glance: how much lies there, how soon it is due. One query for all."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from credit_repair.cases.models import ReviewStep

ALL = "all"


def views_on(day: date, user: Any) -> dict[str, Q]:
    """Return the parts of an inbox by name: each step may lie in several.

    mine     the person has taken it; instead: they would act in a colleague's place 代办
    today, week  due today, or later until Sunday; overdue: its last day is over
    """
    sunday = day + timedelta(days=6 - day.weekday())
    return {
        ALL: Q(),
        "overdue": Q(clock__due_on__lt=day),
        "today": Q(clock__due_on=day),
        "week": Q(clock__due_on__gt=day, clock__due_on__lte=sunday),
        "mine": Q(taken_by=user.pk),
        "instead": Q(stands_for__isnull=False),
    }


def counts(steps: QuerySet[ReviewStep], *, user: Any, on: date) -> dict[str, int]:
    """Return how many steps lie in each part of the inbox."""
    parts = views_on(on, user)
    counted = {
        name: Count("pk", filter=part, distinct=True) if part else Count("pk", distinct=True)
        for name, part in parts.items()
    }
    found: dict[str, int] = steps.order_by().aggregate(**counted)
    return found


def part_of(steps: QuerySet[ReviewStep], name: str, *, user: Any, on: date) -> QuerySet[ReviewStep]:
    """Return the steps of one part, in their order; all of them for a name that is none."""
    return steps.filter(views_on(on, user).get(name, Q()))
