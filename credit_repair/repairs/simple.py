"""Which cases are simple enough to be decided together 批量审批, and why another one is not.

Pure: what is asked of a case lies in `Facts`, each condition is one function of them. The same conditions
are asked for the page, and once more under lock for each case while it is decided.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l


@dataclass(frozen=True)
class Facts:
    """What of a case says whether it is simple for one approver on one day.

    Attributes:
        deciding: whether it waits for a decision, and by an office at which the approver decides.
        taken_by: name of the colleague who has the step in hand; empty for none.
        rechecked: whether a level above re-checks 复核 afterwards, or has got it for a re-check.
        acted: whether the approver has verified or handed up this case, by whatever exception.
        opinions: each verifying office's opinion, "agree" or "disagree"; "" for none.
        noes: how many items of a checklist were answered with no.
        conditions: how each condition of the explanation stood on the day of filing, "met" or not.
        enquiries: how each enquiry 协查 stands: "open", or its answer, "confirmed" and others.
        words_only: whether a gap of a correction notice was answered with words, and no paper.
        penalty: whether the record is an administrative penalty 行政处罚信息, and no entry on a list.
        rule_class: the record's class: "minor", "general", "serious"; "" where the law has none.
        public: whether there is publicity that a decision could end.
        overdue: whether a deadline of the case has passed.
    """

    deciding: bool
    taken_by: str
    rechecked: bool
    acted: bool
    opinions: tuple[str, ...]
    noes: int
    conditions: tuple[str, ...]
    enquiries: tuple[str, ...]
    words_only: bool
    penalty: bool
    rule_class: str
    public: bool
    overdue: bool


def _waits_for_you(facts: Facts) -> str:
    return "" if facts.deciding else _("现在不在您的待决定案件中")


def _free(facts: Facts) -> str:
    return _("已由%s接手") % facts.taken_by if facts.taken_by else ""


def _decided_here(facts: Facts) -> str:
    return _("须经上级单位复核") if facts.rechecked else ""


def _four_eyes(facts: Facts) -> str:
    return _("您参与过本案的另一环节") if facts.acted else ""


def _all_agree(facts: Facts) -> str:
    if not facts.opinions or "" in facts.opinions:
        return _("核查意见不齐全")
    return _("有核查单位不同意修复") if set(facts.opinions) != {"agree"} else ""


def _nothing_checked_no(facts: Facts) -> str:
    return _("核对清单中有%s项为“否”") % facts.noes if facts.noes else ""


def _conditions_met(facts: Facts) -> str:
    unmet = sum(state != "met" for state in facts.conditions)
    if not facts.conditions:
        return _("没有提交当日的条件说明")
    return _("提交当日有%s项修复条件不符合或者需要核实") % unmet if unmet else ""


def _nothing_asked(facts: Facts) -> str:
    if "open" in facts.enquiries:
        return _("还有协查没有回复")
    return _("协查的回复不是“情况属实”") if set(facts.enquiries) - {"confirmed"} else ""


def _corrected_with_papers(facts: Facts) -> str:
    return _("补正时只作了文字说明，没有补交材料") if facts.words_only else ""


def _of_one_kind(facts: Facts) -> str:
    return "" if facts.penalty else _("不是行政处罚信息")


def _not_serious(facts: Facts) -> str:
    if facts.rule_class in ("minor", "general") or not facts.penalty:
        return ""
    return _("属于严重失信") if facts.rule_class == "serious" else _("没有划分失信等级")


def _still_public(facts: Facts) -> str:
    return "" if facts.public else _("该信息已经停止公示")


def _in_time(facts: Facts) -> str:
    return _("办理期限已过，请先处理") if facts.overdue else ""


@dataclass(frozen=True)
class Condition:
    """One condition: what holds of every case that meets it, and why a case does not (empty: it does)."""

    holds: Any
    against: Callable[[Facts], str]


CONDITIONS = (
    Condition(_l("等待本单位作出决定，由您办理"), _waits_for_you),
    Condition(_l("没有同事正在办理"), _free),
    Condition(_l("不需要上级单位复核"), _decided_here),
    Condition(_l("您没有参与过核查"), _four_eyes),
    Condition(_l("全部核查意见都同意修复"), _all_agree),
    Condition(_l("核对清单中没有“否”"), _nothing_checked_no),
    Condition(_l("提交当日各项修复条件都符合"), _conditions_met),
    Condition(_l("没有待回复的协查，已回复的都属实"), _nothing_asked),
    Condition(_l("没有只以文字说明补正的事项"), _corrected_with_papers),
    Condition(_l("都是行政处罚信息"), _of_one_kind),
    Condition(_l("属于轻微失信或者一般失信"), _not_serious),
    Condition(_l("该信息仍在公示"), _still_public),
    Condition(_l("办理期限都没有过"), _in_time),
)


def reasons_against(facts: Facts) -> tuple[str, ...]:
    """Return why a case must be decided by itself, in words of the reader's language; none: it is simple."""
    return tuple(filter(None, (condition.against(facts) for condition in CONDITIONS)))
