"""The system administrator's landing: the way to reference data, and whether the machine does its work.

It stands here because only this package knows of all that waits; it shows counts, and no content.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credit_repair.core.models import Job
from credit_repair.mail.models import Mail
from credit_repair.people.doors import administrator_door
from credit_repair.people.models import Administration
from credit_repair.people.site import MAY
from credit_repair.platforms.models import Message

SYSTEM = Administration.Kind.SYSTEM


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
            _count(_("平台消息"), Message, waiting=[Message.State.WAITING, Message.State.SENDING]),
        ],
        "failed_jobs": list(jobs.order_by("name")),
    }
    return render(request, "manage/system.html", context)


def _places() -> Iterable[dict[str, str]]:
    for label, kinds in MAY.items():
        if SYSTEM in kinds:
            options = apps.get_model(label)._meta
            yield {
                "label": str(options.verbose_name_plural),
                "url": reverse(f"admin:{options.app_label}_{options.model_name}_changelist"),
            }


def _count(label: str, model: Any, *, waiting: list[str]) -> dict[str, Any]:
    found = model.objects.aggregate(
        waiting=Count("pk", filter=Q(state__in=waiting)),
        failed=Count("pk", filter=Q(state=model.State.FAILED)),
    )
    return {"label": label, **found}
