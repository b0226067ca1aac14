"""The numbers of the law that the public pages say: from the rule book in force, never typed into a page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credit_repair.registry.law import LawBroken, current_book, shipped_book
from credit_repair.rules import RuleBook
from credit_repair.rules.book import RuleView

#: Which name a page gives to which item of the set that governs an application filed today.
_OF_PROCEDURE = {
    "acceptance_days": "clock.acceptance.days",
    "answer_days": "clock.answer.days",
    "extension_days": "clock.extension.days",
    "correction_days": "clock.correction.days",
    "platform_days": "clock.stop_publicity_platform.days",
    "changed_days": "clock.withdraw_changed.days",
    "barred_years": "bar.false_material.years",
}
_OF_CLASSES = {
    "general_min": "class.general.min_months",
    "general_max": "class.general.max_months",
    "serious_min": "class.serious.min_months",
    "serious_max": "class.serious.max_months",
    "minor_max": "class.minor.max_months",
}
_GENERAL = {"review_days": "remedy.review.days", "lawsuit_months": "remedy.lawsuit.months"}


@dataclass(frozen=True)
class Periods:
    """How long one kind of authority publishes what: a table of the guide."""

    title: str
    who: str
    rows: list[dict[str, str]]


def law_facts(*, today: date) -> dict[str, Any]:
    """Return the numbers for applications of `today` on decisions of today, as most authorities have them.

    Days are working days, except review_days; classes are in months, as words. A local rule that does not
    fit stops every computing, but nobody shall be kept from reading: then the shipped rules speak.
    """
    book = book_for_readers()
    rules = _governing(book, "other", today)
    general = book.view("general", on=today)
    facts: dict[str, Any] = {name: rules[path].value for name, path in _OF_PROCEDURE.items()}
    facts |= {name: months_said(rules[path].value) for name, path in _OF_CLASSES.items()}
    facts |= {name: general[path].value for name, path in _GENERAL.items()}
    return facts


def periods(*, today: date) -> list[Periods]:
    """Return the periods of publicity for decisions of `today`, one table for each kind of authority."""
    book = book_for_readers()
    return [
        Periods(rules.rule_set.title, who, [_minor(rules), *_graded(rules)])
        for who, rules in (
            (_("市场监督管理部门作出的处罚"), _governing(book, "market", today)),
            (_("其他部门作出的处罚"), _governing(book, "other", today)),
        )
    ]


def book_for_readers() -> RuleBook:
    """Return the rules in force, or the shipped ones while a local rule does not fit."""
    try:
        return current_book()
    except LawBroken:
        return shipped_book()


def months_said(months: int | None) -> str:
    """Return calendar months as people say them: 3个月, 1年."""
    if months is None:
        return _("没有规定")
    if months and months % 12 == 0:
        return ngettext("%d年", "%d年", months // 12) % (months // 12)
    return ngettext("%d个月", "%d个月", months) % months


def _governing(book: RuleBook, kind: Any, today: date) -> RuleView:
    return book.view(book.governing(kind, today).rule_set.id, on=today)


def _minor(rules: RuleView) -> dict[str, str]:
    published = rules["class.minor.published"].value
    most = months_said(rules["class.minor.max_months"].value)
    if not published:
        shortest, longest = _("一般不公示"), _("一般不公示")
    elif rules["class.minor.application_needed"].value:
        shortest, longest = _("履行义务后就可以申请"), most
    else:
        shortest, longest = _("期满自动停止，不用申请"), most
    return {
        "name": _("轻微失信"),
        "what": _("仅受警告、通报批评，或者适用简易程序"),
        "shortest": shortest,
        "longest": longest,
    }


def _graded(rules: RuleView) -> list[dict[str, str]]:
    what = {
        "general": (_("一般失信"), _("多数罚款、没收")),
        "serious": (_("严重失信"), _("停产停业、吊销许可、限制从业等较重的处罚")),
    }
    return [
        {
            "name": name,
            "what": examples,
            "shortest": months_said(rules[f"class.{code}.min_months"].value),
            "longest": months_said(rules[f"class.{code}.max_months"].value),
        }
        for code, (name, examples) in what.items()
    ]
