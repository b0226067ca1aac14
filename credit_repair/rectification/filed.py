"""What this package adds to a subject's file 主体档案: orders with their interviews, voluntary activities."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.file_parts import OFFICE, FileLine, FileReader
from credit_repair.core.wording import clauses, day_text
from credit_repair.rectification import selectors
from credit_repair.rectification.models import Activity, Interview, Order, Promise
from credit_repair.rectification.tags import ACTIVITY_TONES, ORDER_TONES
from credit_repair.registry.models import Subject


def order_lines(subject: Subject, reader: FileReader, limit: int) -> list[FileLine]:
    """Return the orders to a subject with their interviews and promises, the newest first."""
    if reader.side == OFFICE:
        found = selectors.readable_orders(user=reader.user, on=reader.on)
    else:
        found = selectors.own_orders(user=reader.user, on=reader.on)
    found = found.filter(subject=subject).exclude(state__in=Order.INTERNAL)
    found = found.select_related("document", "office").prefetch_related("interviews__promise")
    lines = [line for order in found.order_by("-issued_on", "-pk")[:limit] for line in _lines(order, reader)]
    return sorted(lines, key=lambda line: line.day, reverse=True)[:limit]


def _lines(order: Order, reader: FileReader) -> list[FileLine]:
    url = reverse("office_order" if reader.side == OFFICE else "my_order", args=[order.uuid])
    state = str(order.get_state_display())
    lines = [
        FileLine(
            day=order.issued_on or date.min,
            title=_("责令整改"),
            text=clauses(
                [
                    order.office.name,
                    (order.document.number if order.document else "") or "",
                    _("%s前完成") % day_text(order.complete_by),
                ]
            ),
            state=state,
            tone=ORDER_TONES[Order.State(order.state)],
            url=url,
        )
    ]
    for interview in order.interviews.all():
        if interview.state in (Interview.State.HELD, Interview.State.MISSED):
            lines.append(_interview_line(interview, url))
        promise = getattr(interview, "promise", None)
        if promise is not None:
            lines.append(_promise_line(promise, url))
    return lines


def _interview_line(interview: Interview, url: str) -> FileLine:
    missed = interview.state == Interview.State.MISSED
    return FileLine(
        day=interview.on,
        title=str(interview.get_kind_display()),
        text=interview.absence if missed else clauses(interview.agreed.splitlines()),
        state=str(interview.get_state_display()),
        tone="danger" if missed else "neutral",
        url=url,
    )


def _promise_line(promise: Promise, url: str) -> FileLine:
    return FileLine(
        day=promise.made_on,
        title=_("整改承诺"),
        text=_("承诺在%s前（含当日）完成。") % day_text(promise.complete_by),
        state=str(promise.get_state_display()),
        tone={Promise.State.KEPT: "success", Promise.State.BROKEN: "danger"}.get(
            Promise.State(promise.state), "info"
        ),
        url=url,
    )


def activity_lines(subject: Subject, reader: FileReader, limit: int) -> list[FileLine]:
    """Return what a subject did of its own accord, the latest first."""
    if reader.side == OFFICE:
        found = selectors.activities_to_read(user=reader.user, on=reader.on).filter(subject=subject)
    else:
        found = selectors.own_activities(subject=subject)
    url = reverse("office_activities" if reader.side == OFFICE else "my_activities")
    return [_activity_line(activity, url) for activity in found.order_by("-done_on", "-pk")[:limit]]


def _activity_line(activity: Activity, url: str) -> FileLine:
    return FileLine(
        day=activity.done_on,
        title=str(activity.get_kind_display()),
        text=clauses([activity.title, activity.organiser]),
        state=str(activity.get_state_display()),
        tone=ACTIVITY_TONES[Activity.State(activity.state)],
        url=url,
    )
