"""The row of tabs over everything about imports."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _


def import_tabs(active: str) -> list[dict[str, Any]]:
    """Return the pages over imports as tabs; `active` is the URL name of the one that is shown."""
    pages = [
        ("office_imports", _("导入批次")),
        ("office_conflicts", _("名称冲突")),
        ("office_supply", _("报送质量")),
        ("office_wrong_codes", _("重错码")),
    ]
    return [{"label": label, "url": reverse(name), "active": name == active} for name, label in pages]
