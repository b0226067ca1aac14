"""Remind whoever must act before it is too late."""

from datetime import date

from django.db import transaction

from credit_repair.cases.kinds import office_path
from credit_repair.cases.models import ReviewStep
from credit_repair.cases.parts import handlers_of
from credit_repair.mail.services import queue_mail
from credit_repair.registry.law import current_calendar

#: Working days before the due date on which an official is reminded.
WARN_WORKING_DAYS = 1


def send_step_reminders(*, today: date) -> int:
    """Write a mail for every open step that is due on the next working day; return how many were written.

    The key is the step, the opening of it and the due date: a second run mails nobody twice, and a clock
    that is moved or a step that is opened again arms the reminder anew.
    """
    horizon = current_calendar().add_working_days(today, WARN_WORKING_DAYS).due
    steps = (
        ReviewStep.objects.filter(
            state=ReviewStep.State.OPEN,
            clock__stopped_on__isnull=True,
            clock__due_on__gte=today,
            clock__due_on__lte=horizon,
        )
        .select_related("case__subject", "case__record", "office", "clock", "taken_by")
        .order_by("pk")
    )
    return sum(_remind(step, today) for step in steps)


def _remind(step: ReviewStep, today: date) -> int:
    written = 0
    with transaction.atomic():
        event = f"step_due:{step.uuid}:{step.opened_on}:{step.clock.due_on if step.clock else ''}"
        for reader in handlers_of(step, on=today):
            written += queue_mail(
                key=f"{event}:{reader.pk}",
                kind="step_due",
                to_address=reader.email,
                to_name=str(reader),
                context={
                    "step": step,
                    "case": step.case,
                    "due": step.clock.due_on if step.clock else None,
                    "path": office_path(step.case),
                },
            )
    return written
