"""Records in a few words, for pages, mails and documents."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit_repair.core.languages import reads_chinese
from credit_repair.core.wording import listed
from credit_repair.registry.models import Record

#: The kinds of penalty of the rules, by their names there: to be found in the catalogue of another language.
PENALTIES = {
    "警告": gettext_lazy("警告"),
    "通报批评": gettext_lazy("通报批评"),
    "罚款": gettext_lazy("罚款"),
    "没收违法所得": gettext_lazy("没收违法所得"),
    "没收非法财物": gettext_lazy("没收非法财物"),
    "暂扣许可证件": gettext_lazy("暂扣许可证件"),
    "降低资质等级": gettext_lazy("降低资质等级"),
    "吊销许可证件": gettext_lazy("吊销许可证件"),
    "限制开展生产经营活动": gettext_lazy("限制开展生产经营活动"),
    "责令停产停业": gettext_lazy("责令停产停业"),
    "责令关闭": gettext_lazy("责令关闭"),
    "限制从业": gettext_lazy("限制从业"),
    "行政拘留": gettext_lazy("行政拘留"),
}


def amount(value: Decimal | None) -> str:
    """Return an amount of 万元 without trailing zeros: 13.14万元, ¥131,400; empty where there is none.

    Below one 万元 it is said in 元: 2000元.
    """
    if value is None:
        return ""
    if not reads_chinese():
        return f"¥{format((value * 10_000).normalize(), ',f')}"
    if abs(value) < 1:
        return _("%s元") % format((value * 10_000).normalize(), "f")
    return _("%s万元") % format(value.normalize(), "f")


def penalty_summary(record: Record) -> str:
    """Return what was imposed, e.g. 罚款13.14万元、没收违法所得1.2万元; of no penalty, its list or sort."""
    if record.kind != Record.Kind.PENALTY:
        return record.list_name
    words = []
    for name in record.penalty_types or [record.penalty_text]:
        value = None
        if name == "罚款":
            value = record.fine
        elif name.startswith("没收"):
            value = record.confiscated
        words.append(_imposed(name, amount(value)))
    return listed(word for word in words if word)


def _imposed(name: str, imposed: str) -> str:
    """A penalty by its name in the reader's language, where it has one there, and its amount."""
    if reads_chinese():
        return f"{name}{imposed}"
    return f"{penalty_name(name)} {imposed}".strip()


def penalty_name(name: str) -> str:
    """Return the name of a kind of penalty of the rules in the reader's language; else as it is."""
    return str(PENALTIES.get(name, name))
