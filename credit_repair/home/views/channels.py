"""The system administrator's pages over channels 通道设置: settings and counts, nothing of any subject."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.core.wording import bracketed
from credit_repair.home import channel_presenters as shown
from credit_repair.home.channel_forms import ChannelForm, WindowFormSet, window_rows
from credit_repair.home.platform_presenters import alert_banners
from credit_repair.people.doors import administrator_door
from credit_repair.people.models import Administration
from credit_repair.platforms import queue_selectors as queues
from credit_repair.platforms.channel_settings import (
    FIELDS,
    ChannelNotChanged,
    certificate_of,
    change_channel,
    try_channel,
)
from credit_repair.platforms.channels import channel_of
from credit_repair.platforms.models import Channel
from credit_repair.registry.models import Platform

SYSTEM = Administration.Kind.SYSTEM
#: So many changes of the settings are listed.
CHANGES = 30


@require_safe
@administrator_door(SYSTEM)
def channels(request: HttpRequest) -> HttpResponse:
    """Show every platform's channel in a row: its state and counts alone."""
    now = timezone.now()
    rows = queues.standings(now=now)
    context = {
        "page_title": _("平台通道"),
        "page_subtitle": _("怎样和各平台收发消息。消息本身由信用办的数据专员处理。"),
        "breadcrumbs": [_home()],
        "alerts": alert_banners(
            (alert for row in rows for alert in row.alerts), with_link=False, for_machine=True
        ),
        "rows": shown.channel_rows(rows, now=now),
    }
    return render(request, "manage/channels.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_door(SYSTEM)
def channel(request: HttpRequest, code: str) -> HttpResponse:
    """Show and change how one platform is talked to, with the history of its settings."""
    now = timezone.now()
    standing = next(iter(queues.standings(now=now, only=code)), None)
    if standing is None:
        raise Http404
    platform, kept = standing.platform, channel_of(standing.platform)
    posted = request.method == "POST"
    form = ChannelForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial={name: getattr(kept, name) for name in FIELDS},
        has_certificate=bool(kept.client_certificate),
        platform=platform,
    )
    windows = WindowFormSet(
        request.POST if posted else None, initial=window_rows(kept.windows), prefix="windows"
    )
    if posted and form.is_valid() and windows.is_valid() and _changed(request, platform, form, windows):
        return redirect("manage_channel", code=code)
    certificate = certificate_of(kept)
    context = {
        "page_title": platform.name,
        "page_caption": _("平台通道"),
        "breadcrumbs": [_home(), {"label": _("平台通道"), "url": reverse("manage_channels")}],
        "page_actions": [
            {"label": _("名称、接口地址和启用"), "url": shown.reference_url(platform)},
        ],
        "platform": platform,
        "form": form,
        "windows": windows,
        "alerts": alert_banners(standing.alerts, with_link=False, for_machine=True),
        "facts": shown.settings_facts(standing, now=now),
        "certificate": certificate,
        "certificate_unreadable": bool(kept.client_certificate) and certificate is None,
        "certificate_ends_soon": certificate is not None and certificate.ends_soon(now),
        "changes": shown.change_rows(_history(platform)),
    }
    return render(request, "manage/channel.html", context, status=422 if posted else 200)


def _changed(request: HttpRequest, platform: Platform, form: ChannelForm, windows: Any) -> bool:
    """Take the form in; where a value cannot be, say so at its field and return False."""
    values = {name: form.cleaned_data[name] for name in FIELDS if name in form.cleaned_data}
    rows = [row.window for row in windows.forms if row.is_valid()]
    try:
        changed = change_channel(
            platform=platform,
            values={**values, "windows": [window for window in rows if window]},
            certificate=form.certificate_change,
            actor=request.user,
        )
    except ChannelNotChanged as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return False
    if changed:
        messages.success(request, _("通道设置已保存，下一批发送时生效。"))
    else:
        messages.info(request, _("没有改动。"))
    return True


def _history(platform: Platform) -> list[Any]:
    rows = Channel.history.filter(platform=platform).select_related("history_user")
    return list(rows.order_by("-history_date", "-history_id")[: CHANGES + 1])


@require_POST
@administrator_door(SYSTEM)
def try_out(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the platform for what it shows, without sending anything."""
    platform = Platform.objects.select_related("channel").filter(code=code).first()
    if platform is None or platform.transport == Platform.Transport.BY_HAND:
        raise Http404
    tried = try_channel(platform=platform, actor=request.user)
    took = bracketed(_("用时%s秒") % tried.seconds)
    if tried.works:
        messages.success(request, _("测试连接成功。%(words)s%(took)s") % {"words": tried.words, "took": took})
    else:
        messages.error(request, _("测试连接失败。%(words)s%(took)s") % {"words": tried.words, "took": took})
    return redirect("manage_channel", code=code)


def _home() -> dict[str, str]:
    return {"label": _("系统管理"), "url": reverse("manage_system")}
