"""Which values a rule set may hold, what they are called, and what they must look like.

A value that no code reads would look like law and do nothing, so only these paths are taken. A part in braces
stands for a name: ``penalty_class.{penalty}`` is one value per penalty type.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from .types import CLASS_ORDER, LIST_NAMES

SetKind = Literal["repair-graded", "repair-flat", "objection", "general"]
"""repair-graded has the classes 轻微/一般/严重, repair-flat one period for all; then 异议, and the rest."""

SET_KINDS: tuple[SetKind, ...] = ("repair-graded", "repair-flat", "objection", "general")
REPAIR: tuple[SetKind, ...] = ("repair-graded", "repair-flat")

CONDITIONS = (
    "published",
    "record_in_force",
    "period_running",
    "minimum_period",
    "restriction_over",
    "duties_performed",
    "commitment_signed",
    "not_barred",
    "no_open_application",
    "no_other_bar",
    "training",
    "credit_report",
    "public_interest",
)
"""The conditions of a repair, in the order in which they are explained; see ``eligibility``."""

SILENCE = ("to_approver", "not_proved")
"""What a data provider's silence means: the approver decides, or the record counts as not proved."""

REST = ("original_end", "days_left")
"""After a revoked repair: shown until the former last day, or for the days that it was not shown."""

SECTOR = re.compile(r"[a-z][a-z0-9_]*")
_NAMES: dict[str, tuple[str, ...]] = {
    "class": CLASS_ORDER,
    "list": tuple(LIST_NAMES),
    "condition": CONDITIONS,
}


#: Beyond these a period is a slip of the pen, and its last day beyond every calendar.
MONTHS, DAYS, YEARS = 1200, 3660, 100


def _count(least: int, most: int | None = None) -> Callable[[Any], str | None]:
    def check(value: Any) -> str | None:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if whole and value >= least and (most is None or value <= most):
            return None
        upper = "" if most is None else f"、不大于 {most}"
        return f"应当是不小于 {least}{upper} 的整数"

    return check


def _maybe(check: Callable[[Any], str | None]) -> Callable[[Any], str | None]:
    return lambda value: None if value is None else check(value)


def _flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "应当是 true 或 false"


def _choice(*allowed: str) -> Callable[[Any], str | None]:
    return lambda value: None if value in allowed else f"应当是 {'、'.join(allowed)} 之一"


def _amount(value: Any) -> str | None:
    # Text or a whole number, never a binary fraction: amounts are exact.
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return None
    try:
        if isinstance(value, str) and Decimal(value).is_finite() and Decimal(value) > 0:
            return None
    except InvalidOperation:
        pass
    return '应当是带引号的金额，如 "20"（万元），或 null'


def _names(value: Any) -> str | None:
    fine = isinstance(value, (list, tuple)) and all(isinstance(item, str) and item for item in value)
    return None if fine else "应当是名称的列表"


@dataclass(frozen=True)
class Field:
    """One kind of value: its path, its Chinese title, its check, and the sets that must or may have it."""

    path: str
    title: str
    check: Callable[[Any], str | None]
    kinds: tuple[SetKind, ...]
    required: bool = True

    @property
    def placeholder(self) -> str | None:
        """The name in braces, if there is one."""
        found = re.search(r"\{(\w+)\}", self.path)
        return found.group(1) if found else None

    def pattern(self, penalty_types: Iterable[str]) -> re.Pattern[str]:
        """The paths of this field as a regular expression."""
        hole = self.placeholder
        if hole is None:
            return re.compile(re.escape(self.path))
        allowed = SECTOR.pattern if hole == "sector" else "|".join(map(re.escape, _fill(hole, penalty_types)))
        before, after = self.path.split("{" + hole + "}")
        return re.compile(f"{re.escape(before)}(?P<name>{allowed}){re.escape(after)}")

    def required_paths(self, penalty_types: Iterable[str]) -> list[str]:
        """The paths that a complete rule set must have for this field."""
        if not self.required:
            return []
        hole = self.placeholder
        if hole is None:
            return [self.path]
        return [self.path.replace("{" + hole + "}", name) for name in _fill(hole, penalty_types)]


def _fill(hole: str, penalty_types: Iterable[str]) -> tuple[str, ...]:
    return tuple(penalty_types) if hole == "penalty" else _NAMES[hole]


GRADED: tuple[SetKind, ...] = ("repair-graded",)
FLAT: tuple[SetKind, ...] = ("repair-flat",)
OBJECTION: tuple[SetKind, ...] = ("objection",)
GENERAL: tuple[SetKind, ...] = ("general",)

FIELDS: tuple[Field, ...] = (
    # classes and periods
    Field("class.{class}.min_months", "最短公示期（月）", _count(0, MONTHS), GRADED),
    Field("class.{class}.max_months", "最长公示期（月）", _count(1, MONTHS), GRADED),
    Field("class.{class}.published", "是否公示", _flag, GRADED),
    Field("class.{class}.application_needed", "是否须申请才能结束公示", _flag, GRADED),
    Field("penalty_class.{penalty}", "处罚类别所属等级", _choice(*CLASS_ORDER), GRADED),
    Field("simple_procedure.class", "简易程序处罚所属等级", _choice(*CLASS_ORDER), GRADED),
    Field("repeat_offender.class", "屡次违法所属等级", _choice(*CLASS_ORDER), GRADED),
    Field("fine.large.{sector}", "较大数额罚款起点（万元）", _amount, GRADED, required=False),
    Field("fine.very_large.{sector}", "特别巨大数额罚款起点（万元）", _amount, GRADED, required=False),
    Field("list.{list}.class", "名单所属等级", _choice(*CLASS_ORDER), GRADED),
    Field("period.min_months", "最短公示期（月）", _count(0, MONTHS), FLAT),
    Field("period.max_months", "最长公示期（月）", _count(1, MONTHS), FLAT),
    Field("sector_min_months.{sector}", "重点领域最短公示期（月）", _count(0, MONTHS), FLAT, required=False),
    Field("unpublished.simple_procedure", "简易程序处罚不公示", _flag, FLAT),
    Field("unpublished.penalties", "只有这些处罚的不公示", _names, REPAIR),
    Field("list.{list}.min_months", "名单最短公示期（月）", _count(0, MONTHS), FLAT),
    Field(
        "list.{list}.max_months", "名单最长公示期（月）", _maybe(_count(1, MONTHS)), REPAIR, required=False
    ),
    Field("list.{list}.published", "名单是否公示", _flag, REPAIR),
    Field("period.starts", "公示期起算日", _choice("decision_date"), REPAIR),
    Field("restriction.bars_early_end", "附带限制未届满不得提前结束公示", _flag, REPAIR),
    Field("own_until.earlier_ends", "来源公示截止期较早的，以其为准", _flag, REPAIR),
    Field("at_max_unperformed", "最长公示期满而义务未履行的", _choice("end", "hold"), REPAIR),
    # conditions, clocks and consequences
    Field("condition.{condition}", "修复条件", _flag, REPAIR),
    Field("clock.acceptance.days", "受理期限（工作日）", _count(0, DAYS), REPAIR),
    Field("clock.decision.days", "受理后决定期限（工作日）", _count(0, DAYS), REPAIR),
    Field("clock.answer.days", "收到申请后答复期限（工作日）", _count(0, DAYS), REPAIR),
    Field("clock.extension.days", "延长期限（工作日）", _count(0, DAYS), REPAIR),
    Field("clock.extension.times", "可以延长的次数", _count(0), REPAIR),
    Field("clock.correction.days", "申请人补正期限（工作日）", _count(0, DAYS), REPAIR),
    Field("clock.correction.times", "可以通知补正的次数", _count(0), REPAIR),
    Field("clock.correction.stops_office", "补正期间办理期限停止计算", _flag, REPAIR),
    Field("clock.stop_publicity.days", "同意修复后停止公示（工作日，0为当日）", _count(0, DAYS), REPAIR),
    Field("clock.stop_publicity_platform.days", "各平台停止公示（工作日）", _count(0, DAYS), REPAIR),
    Field("clock.withdraw_changed.days", "处罚变更、撤销后撤下（工作日）", _count(0, DAYS), REPAIR),
    Field("clock.publish_new.days", "决定后公示新信息（工作日）", _count(0, DAYS), REPAIR),
    Field("bar.false_material.years", "虚假材料后不得再申请（年）", _count(0, YEARS), REPAIR),
    Field("revoke.answer.days", "拟撤销修复的陈述申辩期限（工作日）", _count(0, DAYS), REPAIR),
    Field("revoke.restore_until", "撤销修复后恢复公示到", _choice(*REST), REPAIR),
    # objections
    Field("objection.annotate_days", "异议标注期限（工作日，0为立即）", _count(0, DAYS), OBJECTION),
    Field("objection.accept_days", "异议受理期限（工作日）", _maybe(_count(0, DAYS)), OBJECTION),
    Field("objection.own_error_days", "自身差错核查更正期限（工作日）", _count(0, DAYS), OBJECTION),
    Field("objection.forward_days", "转交信息提供单位期限（工作日）", _maybe(_count(0, DAYS)), OBJECTION),
    Field("objection.provider_days", "信息提供单位核查期限（工作日）", _maybe(_count(0, DAYS)), OBJECTION),
    Field(
        "objection.total_days", "须信息提供单位核查时的总期限（工作日）", _maybe(_count(0, DAYS)), OBJECTION
    ),
    Field("objection.expert_time_stops_clock", "鉴定、专家评审时间不计入", _flag, OBJECTION),
    Field("objection.provider_silent", "信息提供单位逾期不答复的", _choice(*SILENCE), OBJECTION),
    Field("objection.recheck.times", "可以申请复核的次数", _count(0), OBJECTION),
    Field("objection.recheck.days", "复核期限（工作日）", _maybe(_count(0, DAYS)), OBJECTION),
    Field(
        "objection.recheck.apply_within_days", "申请复核期限（工作日）", _maybe(_count(0, DAYS)), OBJECTION
    ),
    Field(
        "objection.recheck.by",
        "复核由谁办理",
        _maybe(_choice("province", "another_handler")),
        OBJECTION,
    ),
    # what holds whatever the set
    Field("classes_from", "等级和公示期适用哪一天的规则", _choice("decision_day", "filing_day"), GENERAL),
    Field("complaint.days", "投诉答复期限（工作日）", _count(0, DAYS), GENERAL),
    Field("complaint.second_look.apply_within_days", "申请再次核查期限（工作日）", _count(0, DAYS), GENERAL),
    Field("remedy.review.days", "申请行政复议期限（日）", _count(1, DAYS), GENERAL),
    Field("remedy.lawsuit.months", "提起行政诉讼期限（月）", _count(1, MONTHS), GENERAL),
    Field("commitment.check.days", "承诺核查期限（工作日）", _count(1, DAYS), GENERAL),
    Field("commitment.answer.days", "拟认定违背承诺的申辩期限（工作日）", _count(1, DAYS), GENERAL),
    Field("service.announced.days", "公告送达期限（日）", _count(1, DAYS), GENERAL),
    Field("personal_data.answer.days", "个人信息申请答复期限（工作日）", _count(1, DAYS), GENERAL),
    Field("rectification.days", "整改期限（工作日）", _count(1, DAYS), GENERAL),
    Field("rectification.remind.days", "整改到期前提醒（工作日）", _count(0, DAYS), GENERAL),
    Field("interview.notice.days", "约谈提前通知（工作日）", _count(0, DAYS), GENERAL),
    Field("outreach.reminder.again_months", "同一信息再次发函提醒的间隔（月）", _count(1, MONTHS), GENERAL),
    Field("outreach.proposal.days", "预制申请等待确认的期限（工作日）", _count(1, DAYS), GENERAL),
    Field("outreach.guidance.days", "制作修复告知书的决定日期范围（日）", _count(1, DAYS), GENERAL),
)


class Schema:
    """The fields, made ready for one list of penalty types."""

    def __init__(self, penalty_types: Iterable[str]) -> None:
        self.penalty_types = tuple(penalty_types)
        self._patterns = [(field.pattern(self.penalty_types), field) for field in FIELDS]

    def field(self, path: str) -> Field | None:
        """The field that a path belongs to, None when there is none."""
        return next((field for pattern, field in self._patterns if pattern.fullmatch(path)), None)

    def fault(self, kind: SetKind, path: str, value: Any) -> str | None:
        """What is wrong with a value, in words; None when it is right.

        :param kind: the kind of the rule set that holds it.
        :param path: the dotted path.
        :param value: plain Python, as the file gives it.
        """
        field = self.field(path)
        if field is None or kind not in field.kinds:
            return f"规则集（{kind}）没有“{path}”这一项"
        problem = field.check(value)
        if problem:
            return f"{path}（{field.title}）{problem}，现为 {value!r}"
        if path == "unpublished.penalties":
            unknown = [name for name in value if name not in self.penalty_types]
            return f"{path} 里有不认识的处罚类别：{'、'.join(unknown)}" if unknown else None
        return None

    def missing(self, kind: SetKind, paths: Iterable[str]) -> list[str]:
        """The paths that a complete rule set of this kind must have and that are not there."""
        have = set(paths)
        fields = [field for field in FIELDS if kind in field.kinds]
        needed = [path for field in fields for path in field.required_paths(self.penalty_types)]
        return [path for path in needed if path not in have]
