"""Findings about the mandate 授权 of whoever hands in."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from credit_repair.cases.models import Case
from credit_repair.core.wording import day_text
from credit_repair.registry.law import current_book, current_calendar, one_law
from credit_repair.repairs.models import record_of
from credit_repair.repairs.preflight.around import Around
from credit_repair.repairs.preflight.finding import Finding, Tone
from credit_repair.repairs.selectors import assessment_on

#: A mandate that ends within that many days is said to end soon.
_SOON = 30


def mandate_ends(around: Around) -> Iterator[Finding]:
    """The user's mandate ends before the answer is due, or soon."""
    until = around.mandate_until
    if until is None or not around.cases:
        return
    with one_law():
        days = [_days_of(case, around.today) for case in around.cases]
    filed_on, answer_by = (max(ends) for ends in zip(*days, strict=True))
    if until < filed_on:
        words = _(
            "其中有信息最早%(day)s才能提交。那一天您的授权已经到期，如果没有其他经办人，申请不能自动提交。"
        )
        yield _ends(until, words % {"day": day_text(filed_on)})
    elif until < answer_by:
        words = _("答复最迟在%(day)s前作出，您的授权会先到期。到期以后，您看不到办理结果，也不能补正材料。")
        yield _ends(until, words % {"day": day_text(answer_by)})
    elif until <= around.today + timedelta(days=_SOON):
        yield Finding(
            code="mandate_ends_soon",
            tone=Tone.INFO,
            title=_("您的授权到%(day)s为止") % {"day": day_text(until)},
            todo=_("如果办理期间还要由您经办，请及时申请延长授权。"),
        )


def _ends(until: date, text: str) -> Finding:
    return Finding(
        code="mandate_ends",
        title=_("您的授权到%(day)s为止") % {"day": day_text(until)},
        text=text,
        todo=_("请先申请延长授权，或者请单位的其他经办人接手。"),
    )


def _days_of(case: Case, today: date) -> tuple[date, date]:
    """The day on which an application can be filed, and the day by which it must have been decided."""
    assessment = assessment_on(record=record_of(case), filed_on=today)
    filed_on = max(today, assessment.repairable_from or today)
    rules = current_book().view(assessment.procedure_rule_set, on=filed_on)
    days = sum(int(rules[f"clock.{kind}.days"].value) for kind in ("acceptance", "decision"))
    return filed_on, current_calendar().add_working_days(filed_on, days).due
