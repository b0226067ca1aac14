"""Who has to put something right soon is reminded by mail, once for each day that was given."""

from datetime import date
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.urls import reverse

from credit_repair.cases.services.telling import tell_subject
from credit_repair.core.languages import in_site_language
from credit_repair.rectification.models import Order, Promise
from credit_repair.registry.law import current_book, current_calendar


@transaction.atomic
@in_site_language()
def remind_of_orders(*, today: date) -> int:
    """Write to whoever acts for a subject whose order or promise ends within the rules' working days; return
    how many mails were written.

    The key is the order and the day: nobody is told twice, a missed day is made up for, and a day that was
    put off arms its reminder anew.
    """
    days = int(current_book().view("general", on=today)["rectification.remind.days"].value)
    last = current_calendar().add_working_days(today, days).due
    orders = Order.objects.filter(state=Order.State.ORDERED, complete_by__range=(today, last))
    promises = Promise.objects.filter(
        state=Promise.State.RUNNING,
        complete_by__range=(today, last),
        interview__order__state=Order.State.PROMISED,
    ).select_related("interview__order__subject", "interview__order__office", "interview__order__document")
    written = 0
    for order in orders.select_related("subject", "office", "document").order_by("pk"):
        written += _remind(order, order.complete_by, promised=False, today=today)
    for promise in promises.order_by("pk"):
        written += _remind(promise.interview.order, promise.complete_by, promised=True, today=today)
    return written


def _remind(order: Order, due: date, *, promised: bool, today: date) -> int:
    return tell_subject(
        kind="subject_order_due",
        subject=order.subject,
        about=uuid5(NAMESPACE_URL, f"{order.uuid}:{due.isoformat()}"),
        on=today,
        order=order,
        office=order.office,
        due=due,
        promised=promised,
        path=reverse("my_order", args=[order.uuid]),
    )
