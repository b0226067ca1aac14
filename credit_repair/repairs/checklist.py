"""The checklist 核对清单: what is looked at in each phase before an official acts.

A missing answer blocks nothing. A "no" is offered as a line for what has to be written then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Phase


class Answer(models.TextChoices):
    """What was found of an item."""

    YES = "yes", _("是")
    NO = "no", _("否")
    NOT_APPLICABLE = "na", _("不适用")


@dataclass(frozen=True)
class Item:
    """One thing to look at.

    Attributes:
        code: how it is kept in ReviewStep.checks.
        text: what is to be so.
        fault: what is wrong where it is not, as a line of a notice or an opinion.
    """

    code: str
    text: Any
    fault: Any


_ITEMS: dict[str, tuple[Item, ...]] = {
    Phase.INTAKE: (
        Item("subject", _("材料上的主体与申请主体一致"), _("材料上的主体名称与申请主体不一致。")),
        Item("number", _("材料上的文书号与申请的信息一致"), _("材料上的文书号与申请修复的信息不一致。")),
        Item("letter", _("承诺书已签字或者盖章"), _("信用修复承诺书没有签字或者盖章。")),
        Item("proof", _("履行证明清晰、完整"), _("履行义务的证明材料不清晰或者不完整。")),
        Item("office", _("属于本办受理范围"), _("申请修复的信息不属于本办受理范围。")),
    ),
    Phase.VERIFY: (
        Item("paid", _("罚款已经缴清"), _("罚款没有缴清。")),
        Item("mended", _("违法行为已经改正"), _("违法行为没有改正。")),
        Item("genuine", _("证明材料与本单位记录一致"), _("证明材料与本单位的记录不一致。")),
        Item("period", _("最短公示期限已满"), _("最短公示期限没有届满。")),
        Item("repeated", _("公示期内没有同类新处罚"), _("公示期内受到同类新的处罚。")),
    ),
    Phase.DECIDE: (
        Item("materials", _("材料齐全，内容前后一致"), _("材料不齐全，或者内容前后不一致。")),
        Item("opinions", _("各核查意见清楚、有依据"), _("核查意见不清楚，或者没有写明依据。")),
        Item("conditions", _("符合规定的修复条件"), _("不符合规定的修复条件。")),
    ),
}


def items_of(phase: str) -> tuple[Item, ...]:
    """Return the items of a phase, in the order in which they are looked at."""
    return _ITEMS.get(phase, ())


def known_answers(phase: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return, of what came in, the answers that the checklist of the phase knows."""
    codes = {item.code for item in items_of(phase)}
    return {
        code: str(answer) for code, answer in answers.items() if code in codes and answer in Answer.values
    }


def faults(phase: str, checks: Mapping[str, str]) -> list[str]:
    """Return the lines of the items that were answered with no."""
    return [str(item.fault) for item in items_of(phase) if checks.get(item.code) == Answer.NO]
