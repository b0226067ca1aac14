"""Who could apply for a repair and has not 可修复未申请: one query over stored dates.

It says of every record what `explain_record` would say of all that is not the applicant's own part, but for
the thousands at once; a test holds the two together.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from credit_repair.cases.models import Case
from credit_repair.outreach.models import PreparedRecord, ReminderItem
from credit_repair.people.models import Mandate
from credit_repair.registry.flags import standing_flags
from credit_repair.registry.law import current_book, current_calendar
from credit_repair.registry.models import Record, RecordFlag
from credit_repair.repairs.models import KIND, ApplicationBar
from credit_repair.rules.dates import add_months
from credit_repair.rules.types import AuthorityKind

#: What a list of records never shows, and is long.
NOT_LISTED = ("facts", "legal_basis", "content", "remarks", "assessment")


def could_apply(*, on: date) -> QuerySet[Record]:
    """Return the records whose repair could be applied for on that day, whether or not somebody has.

    Public, the first day has come, the attached restriction is over, publicity runs on that day and does not
    end by itself without any application, nothing shields the record, and nothing bars its subject.
    """
    held = Exists(standing_flags(RecordFlag.Kind.HELD).filter(record=OuterRef("pk")))
    running = Q(effective_until__isnull=True) | Q(effective_until__gte=on) | Q(held)
    free = Q(restriction_until__isnull=True) | Q(restriction_until__lt=on)
    shielded = Exists(standing_flags(RecordFlag.Kind.SHIELD).filter(record=OuterRef("pk")))
    found = Record.objects.filter(
        running, free, standing=Record.Standing.ACTIVE, published=True, repairable_from__lte=on
    )
    barred = Exists(
        ApplicationBar.objects.filter(subject=OuterRef("subject"), starts_on__lte=on, until__gte=on)
    )
    return found.exclude(ends_alone()).filter(~shielded, ~barred)


def ends_alone() -> Q:
    """The condition that publicity ends by itself so early that nobody applies, as the rules found."""
    return Q(assessment__application_needed=False)


def nobody_applied() -> Q:
    """The condition on records that no open application, drafts included, lies on them."""
    return ~Q(Exists(Case.objects.filter(record=OuterRef("pk"), kind=KIND, closed_on__isnull=True)))


def repairable(*, on: date) -> QuerySet[Record]:
    """Return the records that could be repaired on that day and have no open application 可修复未申请."""
    return could_apply(on=on).filter(nobody_applied())


def listed(found: QuerySet[Record], *, on: date) -> QuerySet[Record]:
    """Let each record know what its line says; the one that could be repaired longest first.

    `is_represented`: somebody acts for its subject; `reminded_on`: the day of the last letter, None for none;
    `is_proposed`: an application is prepared and waits to be confirmed.
    """
    acting = Mandate.objects.filter(subject=OuterRef("subject"), user__is_active=True).on(on)
    sent = ReminderItem.objects.filter(record=OuterRef("pk"), outcome=ReminderItem.Outcome.SENT)
    proposed = PreparedRecord.objects.filter(record=OuterRef("pk"), is_open=True)
    return (
        found.annotate(
            is_represented=Exists(acting),
            reminded_on=Subquery(sent.order_by("-sent_on").values("sent_on")[:1]),
            is_proposed=Exists(proposed),
        )
        .select_related("subject", "authority__sector", "sector")
        .defer(*NOT_LISTED)
        .order_by("repairable_from", "pk")
    )


def represented(*, on: date) -> Q:
    """The condition on records that somebody acts for the subject on that day, from the side of the mandates,
    which are few: to find the represented ones, where listed() says it of each line."""
    acting = Mandate.objects.filter(user__is_active=True).on(on)
    return Q(subject__in=acting.order_by().values("subject"))


def acted_for_among(subjects: Collection[int], *, on: date) -> int:
    """Return for how many of the subjects of these keys somebody acts on that day."""
    acting = Mandate.objects.filter(subject__in=subjects, user__is_active=True).on(on)
    return int(acting.order_by().values("subject").distinct().count())


def ever_reminded() -> Q:
    """The condition on records that a letter has reminded of them, likewise from the side of the letters."""
    sent = ReminderItem.objects.filter(outcome=ReminderItem.Outcome.SENT)
    return Q(pk__in=sent.order_by().values("record"))


def reminded_since(day: date) -> Q:
    """The condition on records that a letter reminded of them on that day or later."""
    sent = ReminderItem.objects.filter(
        record=OuterRef("pk"), outcome=ReminderItem.Outcome.SENT, sent_on__gte=day
    )
    return Q(Exists(sent))


def again_from(*, on: date) -> date:
    """Return the day from which a reminder is recent on that day: a record that was reminded of on it or
    later is not reminded of again. Calendar months, by the rule outreach.reminder.again_months."""
    months = int(setting("outreach.reminder.again_months", on=on))
    return add_months(on, -months)


def due_to_remind(*, on: date) -> QuerySet[Record]:
    """Return the records of which their subjects can be reminded on that day: repairable, not reminded of
    lately, no prepared application waits to be confirmed, and publicity does not end by itself before an
    application of that day would be answered."""
    proposed = PreparedRecord.objects.filter(record=OuterRef("pk"), is_open=True)
    answered = answer_due(on=on)
    worth_it = (
        Q(effective_until__isnull=True) | Q(effective_until__gt=answered) | Q(effective_until__lt=on)  # held
    )
    return repairable(on=on).filter(worth_it, ~reminded_since(again_from(on=on)), ~Exists(proposed))


def answer_due(*, on: date) -> date:
    """Return until when an application of that day is answered, by the slowest of the rules in force."""
    book = current_book()
    kinds: tuple[AuthorityKind, ...] = ("market", "other")
    sets = {book.governing(kind, on).rule_set.id for kind in kinds}
    days = max(int(book.view(each, on=on)["clock.answer.days"].value) for each in sets)
    return current_calendar().add_working_days(on, days).due


def setting(path: str, *, on: date) -> Any:
    """Return a value of the general rules on that day."""
    return current_book().view("general", on=on)[path].value


def sector_of(record: Record) -> str:
    """Return the sector in which a record counts here: its own, else its authority's."""
    found = record.sector or record.authority.sector
    return str(found) if found else ""


def standing_for(record: Record, *, on: date) -> int:
    """Return for how many days, the first included, the repair could have been applied for."""
    return (on - record.repairable_from).days + 1 if record.repairable_from else 0
