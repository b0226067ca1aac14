"""Publicity that comes back after a repair was revoked 恢复公示: until when it lasts; and the hearing before.

"The rest of the period" can be read in two ways, so a rule says which one holds.
"""

from datetime import date, timedelta
from typing import Literal

from .book import RuleBook
from .calendar import Due, WorkCalendar
from .types import Assessment, RecordFacts

Rest = Literal["original_end", "days_left"]

ONE_DAY = timedelta(days=1)


def restored_until(*, until: date | None, ended_on: date, restored_on: date, rest: Rest) -> date | None:
    """Return the last day of publicity that comes back.

    :param until: the last day that publicity had before it was ended; None where it had none.
    :param ended_on: the day on which the repair ended it, which still counts as served.
    :param restored_on: the first day on which it is public again; from there on every day is served.
    :param rest: ``original_end``: until the former last day, which may be over by then.
        ``days_left``: the days after ``ended_on`` that were not served are made up. Never before ``until``.
    """
    if until is None or rest == "original_end":
        return until
    return max(until, restored_on + (until - ended_on) - ONE_DAY)


def rest_of_period(
    assessment: Assessment, *, ended_on: date, restored_on: date, sector: str | None, book: RuleBook
) -> date | None:
    """Return until when a record is public again from ``restored_on`` on, by its own rules; None for no end.

    It is over by then where that day lies before ``restored_on``.

    :param assessment: what the rules make of the record now.
    :param ended_on: the day on which its repair ended its publicity.
    :raises NoRuleSet: when the assessment names a rule set that the book does not have.
    """
    rules = book.view(assessment.rule_set, on=restored_on, sector=sector)
    rest: Rest = rules["revoke.restore_until"].value
    return restored_until(
        until=assessment.effective_until, ended_on=ended_on, restored_on=restored_on, rest=rest
    )


def answer_by(told_on: date, *, facts: RecordFacts, book: RuleBook, calendar: WorkCalendar) -> Due:
    """Return the last day on which a subject may answer 陈述申辩 what is intended; the day itself counts.

    :param told_on: the day on which it was told; the working days are counted from the day after.
    :param facts: the record, for the kind of authority and the sector.
    :raises NoRuleSet: when no rule set covers the day.
    """
    rule_set = book.governing(facts.authority_kind, told_on).rule_set
    rules = book.view(rule_set.id, on=told_on, sector=facts.sector)
    return calendar.add_working_days(told_on, int(rules["revoke.answer.days"].value))
