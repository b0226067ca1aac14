"""The items of the rules in words: their names, what their values say, under which heading they stand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.core.wording import listed
from credit_repair.registry.law_words import CLASS_WORDS, class_name, list_name, sector_name, term
from credit_repair.registry.wording import penalty_name
from credit_repair.repairs.outlook import cn
from credit_repair.rules.eligibility import JUDGES
from credit_repair.rules.schema import Field, Schema
from credit_repair.rules.terms import DEFAULT_SECTOR

ValueKind = Literal["flag", "count", "amount", "names", "choice"]

KIND_NAMES = {
    "repair-graded": _l("信用修复（分等级）"),
    "repair-flat": _l("信用修复（不分等级）"),
    "objection": _l("异议处理"),
    "general": _l("通用规定"),
}
LEVEL_NAMES = {
    "national": _l("国家"),
    "province": _l("省级"),
    "city": _l("市级"),
    "sector": _l("行业"),
}
MARK_TAGS = {
    "C": {"label": _l("已核实"), "tone": "success"},
    "L": {"label": _l("较可靠"), "tone": "info"},
    "?": {"label": _l("待核实"), "tone": "warning"},
}
MARK_MEANINGS = {
    "C": _l("有公开发布的文件为据。"),
    "L": _l("依据来自间接来源，如解读、办事指南。"),
    "?": _l("没有找到公开依据，由本系统暂定，请尽快核实；核实后可以设置本地值。"),
}
CHOICE_WORDS = {
    **CLASS_WORDS,
    "decision_date": _l("处罚决定书日期"),
    "end": _l("公示结束"),
    "hold": _l("继续公示，直至履行"),
    "original_end": _l("原来的截止日"),
    "days_left": _l("补足没有公示的天数"),
    "to_approver": _l("标明后交审批人决定"),
    "not_proved": _l("按没有证实处理"),
    "province": _l("省级主管部门"),
    "another_handler": _l("另一名经办人"),
    "decision_day": _l("决定书日期当日的规则"),
    "filing_day": _l("提出申请当日的规则"),
}
#: Heading → the beginnings of the paths that stand under it; the order is that of the page.
HEADINGS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "classes": (_l("等级与公示期"), ("class.", "period.", "sector_min_months.")),
    "penalties": (_l("处罚种类的等级"), ("penalty_class.", "simple_procedure.", "repeat_offender.")),
    "fines": (_l("罚款数额"), ("fine.",)),
    "lists": (_l("名单与名录"), ("list.",)),
    "exceptions": (
        _l("公示的例外"),
        ("unpublished.", "restriction.", "own_until.", "at_max_unperformed"),
    ),
    "conditions": (_l("修复条件"), ("condition.",)),
    "clocks": (_l("办理期限"), ("clock.", "bar.", "revoke.")),
    "recheck": (_l("异议复核"), ("objection.recheck.",)),
    "objections": (_l("异议办理"), ("objection.",)),
    "general": (_l("规则的适用"), ("classes_from",)),
    "complaints": (_l("投诉"), ("complaint.",)),
    "remedies": (_l("救济途径"), ("remedy.",)),
    "service": (_l("送达"), ("service.",)),
    "personal_data": (_l("个人信息"), ("personal_data.",)),
    "rectification": (_l("整改与约谈"), ("rectification.", "interview.")),
    "outreach": (_l("主动服务"), ("outreach.",)),
    "commitments": (_l("信用承诺"), ("commitment.",)),
}
HINT_FIELDS = {
    "legal_basis": _l("处罚依据"),
    "doc_no": _l("决定书文号"),
    "authority_name": _l("处罚机关名称"),
    "facts": _l("违法事实"),
}
HINT_GIVES = {"sector": _l("行业领域"), "procedure": _l("程序"), "authority_kind": _l("机关类别")}
HINT_VALUES = {
    "simple": _l("简易程序"),
    "ordinary": _l("普通程序"),
    "market": _l("市场监督管理部门"),
    "other": _l("市场监督管理以外的部门"),
}
_UNITS = {"月": _l("个月"), "工作日": _l("个工作日"), "年": _l("年"), "日": _l("日"), "万元": _l("万元")}
_TITLE = re.compile(r"(?P<title>.+?)（(?P<unit>[^，）]+)(?:，0为(?P<zero>[^）]+))?）")


@dataclass(frozen=True)
class Item:
    """One item of the rules: `title` for people, `unit` of its value, `zero` what 0 is called."""

    path: str
    title: str
    heading: str
    field: Field | None
    unit: str = ""
    zero: str = ""


def item_of(path: str, *, schema: Schema, sectors: Mapping[str, str]) -> Item:
    """Return what a path is called; one that the schema no longer knows keeps its own name."""
    field = schema.field(path)
    if field is None:
        return Item(path, path, "general", None)
    parts = _TITLE.fullmatch(field.title)
    base, unit, zero = parts.group("title", "unit", "zero") if parts else (field.title, "", None)
    if base.endswith("次数"):
        unit, zero = _("次"), None
    found = field.pattern(schema.penalty_types).fullmatch(path)
    hole = found.groupdict().get("name") if found else None
    return Item(
        path=path,
        title=_titled(field, base, hole, sectors),
        heading=_heading(path),
        field=field,
        unit=str(_UNITS.get(unit, unit)),
        zero=term(zero or "") or (_("不设") if path.endswith("min_months") else ""),
    )


def value_text(item: Item, value: Any) -> str:
    """Return a value in words and with its unit: 3个月, 是, 20万元, 没有规定."""
    if value is None:
        return _nothing(item.path)
    if isinstance(value, bool):
        yes, no = (_("要求"), _("不要求")) if item.heading == "conditions" else (_("是"), _("否"))
        return yes if value else no
    if isinstance(value, list | tuple):
        return listed(map(penalty_name, value)) or _("没有")
    if value == 0 and item.zero:
        return item.zero
    if isinstance(value, str) and value in CHOICE_WORDS:
        return str(CHOICE_WORDS[value])
    return _("%(value)s%(unit)s") % {"value": value, "unit": item.unit}


def hint_value(value: str, sectors: Mapping[str, str]) -> str:
    """Return what a telling word stands for: a sector, a procedure or a kind of authority."""
    return str(HINT_VALUES.get(value) or sector_name(value, sectors))


@lru_cache(maxsize=256)
def value_kind(field: Field) -> ValueKind:
    """Return what kind of value an item takes.

    The schema gives a check and no type; of each kind of check one value passes that no other takes.
    """
    if field.check(True) is None:
        return "flag"
    if field.check([]) is None:
        return "names"
    if field.check("0.5") is None:
        return "amount"
    return "count" if field.check(10) is None else "choice"


def may_be_empty(field: Field) -> bool:
    """Whether the item may have no value."""
    return field.check(None) is None


def choices_of(field: Field) -> list[tuple[str, str]]:
    """Return what may be chosen, with its words."""
    return [(code, str(words)) for code, words in CHOICE_WORDS.items() if field.check(code) is None]


def days_text(first: date | None, last: date | None) -> str:
    """Return from when to when something is in force, in words."""
    if first and last:
        return _("%(first)s至%(last)s") % {"first": cn(first), "last": cn(last)}
    if first:
        return _("自%s起") % cn(first)
    if last:
        return _("至%s") % cn(last)
    return _("没有期限")


def _titled(field: Field, base: str, hole: str | None, sectors: Mapping[str, str]) -> str:
    kind = field.placeholder
    if kind is None or hole is None:
        return capfirst(term(base))
    if kind == "condition":
        return term(JUDGES[hole][0])
    if kind == "penalty":
        return capfirst(_("%s·所属等级") % penalty_name(hole))
    if kind == "class":
        return f"{class_name(hole)}·{term(base)}"
    if kind == "list":
        return f"{list_name(hole)}·{term(base.removeprefix('名单'))}"
    name = _("各行业") if hole == DEFAULT_SECTOR else sector_name(hole, sectors)
    return f"{name}·{term(base)}"


def _heading(path: str) -> str:
    return next(key for key, (_words, prefixes) in HEADINGS.items() if path.startswith(prefixes))


def _nothing(path: str) -> str:
    if path.startswith("fine."):
        return _("未设置")
    return _("没有上限") if path.endswith("max_months") else _("没有规定")
