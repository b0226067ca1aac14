"""Records in a few words, for pages, mails and documents."""

from decimal import Decimal

from django.utils.translation import gettext as _

from credit_repair.registry.models import Record


def amount(value: Decimal | None) -> str:
    """Return an amount in 万元 without trailing zeros, e.g. 13.14万元; empty where there is none."""
    return _("%s万元") % format(value.normalize(), "f") if value is not None else ""


def penalty_summary(record: Record) -> str:
    """Return what was imposed, e.g. 罚款13.14万元、没收违法所得1.2万元."""
    words = []
    for name in record.penalty_types or [record.penalty_text]:
        value = None
        if name == "罚款":
            value = record.fine
        elif name.startswith("没收"):
            value = record.confiscated
        words.append(f"{name}{amount(value)}")
    return "、".join(word for word in words if word)
