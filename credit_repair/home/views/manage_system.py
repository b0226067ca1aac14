"""The system administrator's landing: the way to reference data, and whether the machine does its work.

It stands here because only this package knows of all that waits; it shows counts, and no content.
"""

import shutil
import tomllib
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from credit_repair.core.files.scanning import Scanner, scanner_state
from credit_repair.core.models import Job, ScheduledRun
from credit_repair.core.wording import day_text
from credit_repair.mail.models import Mail
from credit_repair.notices.telling import cannot_be_signed
from credit_repair.people.doors import administrator_door
from credit_repair.people.models import Administration
from credit_repair.people.site import MAY
from credit_repair.platforms.models import Message

SYSTEM = Administration.Kind.SYSTEM
GIGABYTE = 1024**3
#: What each kind of reference data is for, in one sentence.
HINTS = {
    "registry.sector": gettext_lazy("行业和领域的名称，认定处罚的类别时使用。"),
    "registry.office": gettext_lazy("办理案件的单位：名称、文号字头、地址和电话。"),
    "registry.platform": gettext_lazy("公示信息的平台：接口地址，接收哪些消息。"),
    "registry.subject": gettext_lazy("信用主体，只能查看；由数据导入建立。"),
    "registry.calendarday": gettext_lazy("个别日期的上班和休息，影响期限的计算。"),
    "registry.calendaryear": gettext_lazy("已经录入全年放假安排的年份。"),
    "registry.ruleoverride": gettext_lazy("本地对规则的改动，只能查看；由督办人员设置。"),
    "registry.lawedition": gettext_lazy("历次生效的规则版本，只能查看。"),
    "platforms.measurerule": gettext_lazy("哪些部门因哪类记录采取措施；记录结束时通知它们解除。"),
    "cases.routestep": gettext_lazy("各类案件依次由哪个单位办理哪个环节。"),
    "cases.reasoncode": gettext_lazy("不予受理、不予修复等决定可以选用的理由。"),
}


@require_safe
@administrator_door(SYSTEM)
def system(request: HttpRequest) -> HttpResponse:
    """Show where reference data are kept, and what waits or has failed."""
    jobs = Job.objects.filter(state=Job.State.FAILED).values("name").annotate(n=Count("pk"))
    context = {
        "page_title": _("系统管理"),
        "places": list(_places()),
        "counts": [
            _count(_("后台任务"), Job, waiting=[Job.State.WAITING, Job.State.RUNNING]),
            _count(_("邮件"), Mail, waiting=[Mail.State.WAITING]),
            _count(
                _("平台消息"),
                Message,
                waiting=[Message.State.WAITING, Message.State.SENDING, Message.State.ACCEPTED],
            ),
        ],
        "failed_jobs": list(jobs.order_by("name")),
        "machine": _machine(),
        "scanning": _scanning(),
        "unsigned": _unsigned(),
    }
    return render(request, "manage/system.html", context)


def _unsigned() -> dict[str, str]:
    """Return that documents wait for their signature 电子签章, and why; empty where none does."""
    waiting = cannot_be_signed()
    oldest = waiting.first()
    if oldest is None:
        return {}
    said = {"n": waiting.count(), "why": oldest.signing_error}
    return {
        "title": _("有%(n)s份文书不能加盖电子签章，正在等待") % said,
        "text": _("请检查签章服务、证书和密码的设置；修好后自动补签，文号不会丢失。最早一份的原因：%(why)s")
        % said,
    }


def _scanning() -> dict[str, str]:
    """Return whether files that come in are scanned 病毒查杀, and what to do where they are not."""
    state = scanner_state()
    if state is Scanner.READY:
        return {"state": _("正常")}
    if state is Scanner.SILENT:
        return {
            "state": _("连接不上"),
            "title": _("病毒查杀程序没有应答，现在不能上传文件"),
            "text": _("请检查服务器上的ClamAV是否在运行，以及设置CLAMAV_SOCKET的地址和权限是否正确。"),
            "tone": "danger",
        }
    return {
        "state": _("没有配置"),
        "title": _("上传的文件没有经过病毒查杀"),
        "text": _("请在服务器上安装ClamAV，把它的地址写入设置CLAMAV_SOCKET，然后重新启动网站。"),
        "tone": "warning",
    }


def _machine() -> list[dict[str, str]]:
    """Return on what the site runs: in plain facts, none of them a secret."""
    version = ".".join(str(part) for part in connection.get_database_version())
    disk = shutil.disk_usage(settings.VAR_DIR)
    room = {"free": f"{disk.free / GIGABYTE:.1f}", "total": f"{disk.total / GIGABYTE:.1f}"}
    last = ScheduledRun.objects.aggregate(last=Max("last_at"))["last"]
    return [
        {"key": _("程序版本"), "value": _program_version()},
        {"key": _("数据库"), "value": f"{connection.display_name} {version}"},
        {"key": _("磁盘"), "value": _("还剩%(free)sGB，共%(total)sGB") % room},
        {"key": _("最近定时任务"), "value": day_text(last, "moment") or _("还没有运行过")},
    ]


@cache
def _program_version() -> str:
    about = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return str(about["project"]["version"])


def _places() -> Iterable[dict[str, str]]:
    for label, kinds in MAY.items():
        if SYSTEM in kinds:
            options = apps.get_model(label)._meta
            yield {
                "label": str(options.verbose_name_plural),
                "hint": str(HINTS.get(label, "")),
                "url": reverse(f"admin:{options.app_label}_{options.model_name}_changelist"),
            }


def _count(label: str, model: Any, *, waiting: list[str]) -> dict[str, Any]:
    found = model.objects.aggregate(
        waiting=Count("pk", filter=Q(state__in=waiting)),
        failed=Count("pk", filter=Q(state=model.State.FAILED)),
    )
    return {"label": label, **found}
