"""What goes into the rules and what comes out: frozen, and ready for JSON."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args

Mark = Literal["C", "L", "?"]
"""How sure we are of a rule: C confirmed in a public source, L likely, ? unknown and therefore a setting."""

RecordKind = Literal["penalty", "serious_list", "abnormal_list", "other"]
Procedure = Literal["ordinary", "simple"]
AuthorityKind = Literal["other", "market"]
RuleClass = Literal["minor", "general", "serious"]

CLASS_ORDER: tuple[RuleClass, ...] = ("minor", "general", "serious")
CLASS_NAMES: dict[str, str] = {"minor": "轻微失信", "general": "一般失信", "serious": "严重失信"}
AUTHORITY_NAMES: dict[str, str] = {"market": "市场监督管理部门", "other": "市场监督管理以外的部门"}
LIST_NAMES: dict[str, str] = {
    "serious_list": "严重失信主体名单",
    "abnormal_list": "异常名录",
    "other": "其他失信信息",
}
"""What is no penalty: two lists, and whatever else an authority has determined."""
MARK_NOTES: dict[str, str] = {"C": "", "L": "（依据间接来源）", "?": "（依据尚待核实）"}

FROM_RECORD = "record"
"""The source of a basis that lies in the record itself, not in a rule set."""


@dataclass(frozen=True)
class Basis:
    """One step of an explanation (依据): what was applied, from which rule set, and how sure that is."""

    text: str
    source: str
    mark: Mark

    @property
    def line(self) -> str:
        """The text for people, with a note where the rule is not confirmed."""
        return self.text + MARK_NOTES[self.mark]

    def as_dict(self) -> dict[str, str]:
        """The basis as plain JSON values."""
        return {"text": self.text, "source": self.source, "mark": self.mark}


@dataclass(frozen=True)
class ClassOverride:
    """A class that an official set on the record by hand, with the reason."""

    rule_class: RuleClass
    basis: str

    def __post_init__(self) -> None:
        _one_of("rule_class", self.rule_class, get_args(RuleClass))
        _not_blank("basis", self.basis)


@dataclass(frozen=True)
class PeriodOverride:
    """A publicity period of another law or administrative regulation, which prevails (calendar months).

    None leaves the rule set's own value; ``min_months=0`` means that there is no minimum.
    """

    basis: str
    min_months: int | None = None
    max_months: int | None = None

    def __post_init__(self) -> None:
        _not_blank("basis", self.basis)
        for name, least in (("min_months", 0), ("max_months", 1)):
            months = getattr(self, name)
            if months is not None and months < least:
                raise ValueError(f"{name}={months} 不能小于 {least}")


@dataclass(frozen=True)
class RecordFacts:
    """What the rules need to know of a record (失信记录).

    :param kind: penalty, an entry on the serious or the abnormal list, or other information 其他失信信息.
    :param decision_date: date of the decision document (处罚决定日期), for a list the day of the entry.
    :param penalty_types: canonical names, see ``parse_penalty_types``; empty for lists.
    :param fine: 万元, None where there is none.
    :param procedure: ordinary, or simple (简易程序).
    :param sector: code such as ``food``; None where no sector's rule applies.
    :param authority_kind: market for market-supervision authorities, otherwise other.
    :param own_until: the record's own end of publicity (公示截止期), the last day.
    :param restriction_until: the last day of a restriction attached to the penalty (附带的限制期限).
    :param restored_until: after a revoked repair, the last day of publicity where the days that were not
        served are made up (补足公示); None where nothing is made up.
    :param repeat_offender: an official has found a repeat offence, which makes the record serious.
    :raises ValueError: for values that do not exist, a negative fine, or a penalty without a type.
    """

    kind: RecordKind
    decision_date: date
    penalty_types: tuple[str, ...] = ()
    fine: Decimal | None = None
    procedure: Procedure = "ordinary"
    sector: str | None = None
    authority_kind: AuthorityKind = "other"
    own_until: date | None = None
    restriction_until: date | None = None
    repeat_offender: bool = False
    class_override: ClassOverride | None = None
    period_override: PeriodOverride | None = None
    restored_until: date | None = None

    def __post_init__(self) -> None:
        _one_of("kind", self.kind, get_args(RecordKind))
        _one_of("procedure", self.procedure, get_args(Procedure))
        _one_of("authority_kind", self.authority_kind, get_args(AuthorityKind))
        if self.fine is not None and (not self.fine.is_finite() or self.fine < 0):
            raise ValueError(f"罚款金额 {self.fine} 不是有效的金额（万元）")
        if self.kind == "penalty" and not self.penalty_types:
            raise ValueError("行政处罚至少要有一个处罚类别")


@dataclass(frozen=True)
class Assessment:
    """What the rules make of a record.

    ``rule_set`` governs class, periods and days; ``procedure_rule_set`` materials, procedure and clocks.
    ``min_until`` and ``max_until`` are the last days of the minimum and the maximum period,
    ``repairable_from`` the first day on which an application may be filed, ``effective_until`` the day on
    which publicity ends at the latest. ``rule_class`` is None where the rule set has no classes.
    ``application_needed`` is False where publicity ends by itself and nobody need ask. ``book_hash`` names
    the rules as they stood.
    """

    rule_set: str
    procedure_rule_set: str
    rule_class: RuleClass | None
    published: bool
    min_until: date | None
    max_until: date | None
    repairable_from: date | None
    effective_until: date | None
    basis: tuple[Basis, ...]
    decision_date: date
    own_until: date | None
    restriction_until: date | None
    application_needed: bool
    book_hash: str

    @property
    def own_until_before_minimum(self) -> bool:
        """Does the record's own end lie before the end of the minimum period? Reported on import."""
        return self.own_until is not None and self.min_until is not None and self.own_until < self.min_until

    def has_ended(self, on: date) -> bool:
        """Is the publicity over by time on this day? The last day itself still belongs to it."""
        return self.effective_until is not None and on > self.effective_until

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain JSON values; dates as ISO text, the class under ``class``."""
        return {
            "rule_set": self.rule_set,
            "procedure_rule_set": self.procedure_rule_set,
            "class": self.rule_class,
            "published": self.published,
            "min_until": iso(self.min_until),
            "max_until": iso(self.max_until),
            "repairable_from": iso(self.repairable_from),
            "effective_until": iso(self.effective_until),
            "decision_date": iso(self.decision_date),
            "own_until": iso(self.own_until),
            "restriction_until": iso(self.restriction_until),
            "application_needed": self.application_needed,
            "book_hash": self.book_hash,
            "basis": [step.as_dict() for step in self.basis],
        }


@dataclass(frozen=True)
class Hints:
    """What the words of a record say about its sector, procedure and authority; each with its reason."""

    sector: str | None
    procedure: Procedure
    authority_kind: AuthorityKind
    basis: tuple[Basis, ...] = ()


def iso(day: date | None) -> str | None:
    """A date as ISO text, None as None."""
    return day.isoformat() if day else None


def _one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name}={value!r} 不可用，可选：{'、'.join(allowed)}")


def _not_blank(name: str, text: str) -> None:
    if not text.strip():
        raise ValueError(f"{name} 不能为空：请写明依据")
