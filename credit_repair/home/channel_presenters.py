"""Channels 通道 as the system administrator sees them: states, counts, settings, and who changed which."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.core.wording import listed
from credit_repair.home.channel_forms import WEEKDAYS
from credit_repair.home.platform_presenters import channel_facts, queue_facts, standing_rows
from credit_repair.platforms.channel_settings import FIELDS, certificate_of
from credit_repair.platforms.channels import channel_of
from credit_repair.platforms.models import Channel
from credit_repair.platforms.queue_selectors import PlatformStanding
from credit_repair.registry.models import Platform


def channel_rows(rows: Iterable[PlatformStanding], *, now: datetime) -> list[dict[str, Any]]:
    """Return every platform's channel, with a warning where its certificate ends soon."""
    return [
        {
            **shown,
            "url": reverse("manage_channel", args=[shown["platform"].code]),
            "certificate": _warning(channel_of(shown["platform"]), now),
        }
        for shown in standing_rows(rows, now=now)
    ]


def _warning(channel: Channel, now: datetime) -> str:
    certificate = certificate_of(channel)
    if certificate is None or not certificate.ends_soon(now):
        return ""
    return _("证书已经到期") if certificate.until <= now else _("证书即将到期")


def settings_facts(row: PlatformStanding, *, now: datetime) -> list[dict[str, Any]]:
    """Return how the channel stands: states and counts."""
    endpoint = {"key": _("接口地址"), "value": row.platform.endpoint or _("没有设置")}
    key = {"key": _("签名密钥"), "value": _("已设置") if row.platform.secret else _("没有设置")}
    return [endpoint, key, *channel_facts(row, now=now), *queue_facts(row, now=now)]


def reference_url(platform: Platform) -> str:
    """Return where the platform itself is kept: its name, address, kind, whether it is active."""
    return reverse("admin:registry_platform_change", args=[platform.pk])


def change_rows(history: Sequence[Any]) -> list[dict[str, Any]]:
    """Return what was changed when and by whom, the newest first; each is compared with the one before."""
    rows = [
        {"at": new.history_date, "by": new.history_user, "changes": _differences(new, old)}
        for new, old in pairwise(history)
    ]
    if history and history[-1].history_type == "+":
        first = history[-1]
        rows.append({"at": first.history_date, "by": first.history_user, "changes": [_("初次设置")]})
    return [row for row in rows if row["changes"]]


def _differences(new: Any, old: Any) -> list[str]:
    words = _("%(setting)s：%(old)s改为%(new)s")
    changed = [name for name in FIELDS if getattr(new, name) != getattr(old, name)]
    if not changed:
        # Neither certificate nor keys are copied into the history; that they changed is known all the same.
        return [_("更换了证书或者密钥")]
    return [
        words
        % {
            "setting": Channel._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
            "old": _value(old, name),
            "new": _value(new, name),
        }
        for name in changed
    ]


def _value(row: Any, name: str) -> str:
    value = getattr(row, name)
    if name == "server_authority":
        return _("有") if value else _("无")
    if name == "receipts":
        return str(Channel.Receipts(value).label)
    if name == "windows":
        return listed(window_words(window) for window in value) or _("无")
    return str(value) if value != "" else _("无")


def window_words(window: dict[str, Any]) -> str:
    """Return a maintenance window in words: 周六、周日01:00至05:00."""
    names = dict(WEEKDAYS)
    days = listed(names[day] for day in window.get("weekdays", []) if day in names)
    return _("%(days)s%(begins)s至%(ends)s") % {
        "days": days,
        "begins": window.get("from", ""),
        "ends": window.get("to", ""),
    }
