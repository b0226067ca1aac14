"""Platforms in words: what a channel does now, how long something took, what an error means."""

import re
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.core.wording import bracketed, day_text
from credit_repair.platforms.channels import flow_of
from credit_repair.platforms.queue_selectors import channel_state, pause_of
from credit_repair.registry.models import Platform

TONES = {
    "off": "neutral",
    "dry_run": "neutral",
    "paused": "warning",
    "open": "danger",
    "maintenance": "info",
    "failing": "warning",
    "normal": "success",
}
#: How our own words about a failure begin, as they are stored. What the platform itself says stands behind
#: them, and may name somebody: it is shown at the message alone.
_ANSWERED = re.compile(r"平台应答(?P<status>\d{3})")
_OURS = {
    "平台没有按时应答": _l("平台没有按时应答"),
    "连接平台失败": _l("连接平台失败"),
    "平台的应答无法识别": _l("平台的应答无法识别"),
    "发送程序出错": _l("发送程序出错"),
    "平台没有设置接口地址或签名密钥": _l("平台没有设置接口地址或签名密钥"),
    "平台设置的接口方式没有安装": _l("平台设置的接口方式没有安装"),
}


def channel_tag(platform: Platform, *, now: datetime) -> dict[str, str]:
    """Return what the platform's channel does now, as a tag."""
    state = channel_state(platform, now=now)
    labels = {
        "off": _("已停用"),
        "dry_run": _("试运行"),
        "paused": _("平台要求暂停"),
        "open": _("连续失败，暂停发送"),
        "maintenance": _("维护时段"),
        "failing": _("不稳定"),
        "normal": _("正常"),
    }
    return {"label": labels[state], "tone": TONES[state]}


def channel_note(platform: Platform, *, now: datetime) -> str:
    """Return until when the channel rests, or what else belongs to its state; nothing where all is well."""
    state, pause, flow = channel_state(platform, now=now), pause_of(platform), flow_of(platform)
    if state == "paused" and pause is not None:
        return _("至%s") % _soon(pause.until, now)
    if state == "open":
        return _("%s再试") % _soon(flow.opened_until, now)
    if state == "failing":
        return _("已连续失败%s次") % flow.failures
    if state == "off":
        return _("消息留在队列里，启用以后再发")
    if state == "dry_run":
        return _("只记录，不发送")
    if state == "maintenance":
        return _("时段过后自动发送")
    return ""


def _soon(moment: datetime | None, now: datetime) -> str:
    """Return a moment that is near: the time alone, of another day also the day."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    same_day = local.date() == timezone.localtime(now).date()
    return f"{local:%H:%M:%S}" if same_day else day_text(local, "moment")


def span_words(span: timedelta | None) -> str:
    """Return how long something has lasted, in the unit that fits; nothing for none."""
    if span is None:
        return ""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return _("不到1分钟")
    if minutes < 120:
        return _("%s分钟") % minutes
    if minutes < 48 * 60:
        return _("%s小时") % (minutes // 60)
    return _("%s天") % (minutes // (24 * 60))


def seconds_words(seconds: float | None) -> str:
    """Return a time of seconds in words; nothing for none."""
    if seconds is None:
        return ""
    if seconds < 1:
        return _("不到1秒")
    if seconds < 120:
        return _("%s秒") % round(seconds)
    return span_words(timedelta(seconds=seconds))


def share_words(share: float | None) -> str:
    """Return a share as per cent: 3%, below 1 as 0.4%; nothing for none."""
    if share is None:
        return ""
    percent = share * 100
    return f"{percent:.1f}%" if 0 < percent < 1 else f"{percent:.0f}%"


def plain_error(words: str) -> str:
    """Return what a stored failure means, without the platform's own words."""
    if not words:
        return ""
    found = _ANSWERED.match(words)
    if found is None:
        ours = (said for begins, said in _OURS.items() if words.startswith(begins))
        return str(next(ours, _("平台拒收")))
    status = found.group("status")
    meaning = _status_meaning(int(status))
    answered = _("平台应答%(status)s") % {"status": status}
    return answered + bracketed(meaning) if meaning else answered


def _status_meaning(status: int) -> str:
    if status in (401, 403):
        return _("签名或者权限不对")
    if status == 404:
        return _("接口地址不对，或者平台没有这条信息")
    if status == 409:
        return _("与平台已有的内容冲突")
    if status == 413:
        return _("内容过长")
    if status in (400, 422):
        return _("内容不符合平台的要求")
    if status == 429:
        return _("发送太频繁")
    if 300 <= status < 400:
        return _("接口地址已经变更")
    return _("平台内部出错") if status >= 500 else ""
