"""The law as data, and the calendar: pure Python, no database, no Django, no clock of its own.

The way round, for a newcomer:

* ``data/*.yaml``: the law. One file per rule set; a new rule set is a new file and no line of code.
  ``schema`` says which values a file may hold, ``loader`` reads the files and names file and line of what is
  wrong.
* ``book``: all files together, frozen: :class:`RuleBook`. :func:`national_book` gives the one we ship;
  ``with_overrides`` lays the rules of a province, a city or a sector over it, value by value.
* ``penalties`` and ``hints``: from what a spreadsheet says to what the rules understand.
* ``engine`` (with ``terms``): :func:`assess` turns the facts of a record into class, periods and dates, and
  says in Chinese why.
* ``eligibility``: :func:`explain` goes through the conditions of a repair (信用修复), one function each.
* ``calendar`` and ``clocks``: working days (工作日) and the statutory clocks that run on them.
* ``cli``: what the commands ``explain_rules`` and ``workdays`` do.

A first look::

    from datetime import date
    from credit_repair.rules import RecordFacts, assess, national_book

    facts = RecordFacts(kind="penalty", decision_date=date(2026, 4, 10), penalty_types=("罚款",))
    result = assess(facts, book=national_book(), filed_on=date(2026, 11, 20))
    result.rule_set, result.rule_class, result.repairable_from   # ndrc-36, general, 2026-07-11
    for step in result.basis:
        print(step.text)

The day is always handed in: nothing in here asks what day it is.
"""

from .book import NoRuleSet, RuleBook, RuleSet, RuleValue, RuleView
from .calendar import DayOverride, Due, WorkCalendar, national_calendar
from .clocks import Clock, ClockState, Extension, Pause
from .dates import add_months, parse_date, said
from .eligibility import Condition, Explanation, Situation, barred_until_after_false_material, explain
from .engine import assess
from .hints import derive_hints
from .loader import load_book, load_rule_set, national_book, parse_rule_set
from .penalties import UnknownPenaltyType, parse_penalty_types
from .restoring import answer_by, rest_of_period, restored_until
from .source import RuleDataError
from .types import Assessment, Basis, ClassOverride, Hints, PeriodOverride, RecordFacts

__all__ = [
    "Assessment",
    "Basis",
    "ClassOverride",
    "Clock",
    "ClockState",
    "Condition",
    "DayOverride",
    "Due",
    "Explanation",
    "Extension",
    "Hints",
    "NoRuleSet",
    "Pause",
    "PeriodOverride",
    "RecordFacts",
    "RuleBook",
    "RuleDataError",
    "RuleSet",
    "RuleValue",
    "RuleView",
    "Situation",
    "UnknownPenaltyType",
    "WorkCalendar",
    "add_months",
    "answer_by",
    "assess",
    "barred_until_after_false_material",
    "derive_hints",
    "explain",
    "load_book",
    "load_rule_set",
    "national_book",
    "national_calendar",
    "parse_date",
    "parse_penalty_types",
    "parse_rule_set",
    "rest_of_period",
    "restored_until",
    "said",
]
