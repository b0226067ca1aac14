"""The two lists of this package, as tabs over each other."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _


def office_tabs(here: str) -> list[dict[str, Any]]:
    """Return the officials' tabs: orders and activities."""
    return _tabs(here, orders="office_orders", activities="office_activities")


def own_tabs(here: str) -> list[dict[str, Any]]:
    """Return the subject's tabs: orders and activities."""
    return _tabs(here, orders="my_orders", activities="my_activities")


def _tabs(here: str, **names: str) -> list[dict[str, Any]]:
    labels = {"orders": _("责令整改和约谈"), "activities": _("自愿活动")}
    return [
        {"label": labels[key], "url": reverse(name), "active": key == here} for key, name in names.items()
    ]
