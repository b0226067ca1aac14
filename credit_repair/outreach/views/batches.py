"""Batches of reminders: how far each has come, its letters, and what came of them."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.record_reading import with_reader
from credit_repair.core.clock import today
from credit_repair.core.tables import table_response, wanted_format
from credit_repair.outreach.models import ReminderBatch, ReminderItem
from credit_repair.outreach.presenters import batches as shown
from credit_repair.outreach.reach import acting_offices, own_kept_out, reading_offices, within
from credit_repair.outreach.services.reminding import stop_reminders
from credit_repair.outreach.uptake import Uptake, uptake_by_month
from credit_repair.outreach.views.common import acting_door, reading_door, tabs
from credit_repair.registry.models import Record

PAGE_SIZE = 20
ITEMS_A_PAGE = 50


def _seen(request: HttpRequest, day: date) -> QuerySet[ReminderBatch]:
    """The batches of the offices that the person reaches."""
    offices = reading_offices(user=request.user, on=day)
    found = ReminderBatch.objects.filter(within(offices, path="office"))
    return found.select_related("office", "asked_by").order_by("-asked_at", "-pk")


def _one(request: HttpRequest, uuid: UUID) -> ReminderBatch:
    return get_object_or_404(_seen(request, today()), uuid=uuid)


@require_safe
@reading_door
def listing(request: HttpRequest) -> HttpResponse:
    """Show the batches, the newest first, each with what came of it."""
    day = today()
    page = Paginator(_seen(request, day), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("主动服务"),
        "page_subtitle": _("每一批提醒函：发了多少、送达了多少，之后有多少信息提交了申请。"),
        "tabs": tabs("office_reminder_batches"),
        "page_obj": page,
        "rows": shown.batch_rows(page, today=day),
    }
    return render(request, "office/reminder_batches.html", context)


@require_safe
@reading_door
def one(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one batch: how far it has come, what came of it, and what became of each record."""
    day, batch = today(), _one(request, uuid)
    items = batch.items.filter(own_kept_out(request.user)).select_related("reminder__document")
    page = Paginator(items.order_by("subject", "record"), ITEMS_A_PAGE).get_page(request.GET.get("page"))
    acting = batch.office_id in {office.pk for office in acting_offices(user=request.user, on=day)}
    context = {
        **shown.batch_page(batch, today=day, acting=acting),
        "page_obj": page,
        "rows": shown.item_rows(_with_records(page, request, day)),
    }
    return render(request, "office/reminder_batch.html", context)


def _with_records(items: Iterable[ReminderItem], request: HttpRequest, day: date) -> list[ReminderItem]:
    """The items of a page, with their records as the official sees them: what they are to each."""
    listed = list(items)
    records = Record.objects.filter(pk__in=[item.record_id for item in listed])
    named = records.select_related("subject", "authority")
    seen = with_reader(named, user=request.user, on=day).in_bulk()
    for item in listed:
        item.record = seen[item.record_id]
    return listed


@require_safe
@reading_door
def progress(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show how far a batch has come: a piece of its page, which the page asks for every second."""
    batch = _one(request, uuid)
    if request.headers.get("HX-Request") != "true":
        return redirect("office_reminder_batch", uuid=batch.uuid)
    if not batch.is_under_way:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "office/reminder_batch_progress.html", shown.progress_of(batch))


@require_POST
@acting_door
def stop(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Stop a batch: what is not written yet is not written."""
    batch = _one(request, uuid)
    try:
        left = stop_reminders(batch=batch, actor=request.user, today=today())  # type: ignore[arg-type]
    except ActionRefused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, _("已停止，%d条信息没有发函。已经发出的不受影响。") % left)
    return redirect("office_reminder_batch", uuid=batch.uuid)


@require_safe
@reading_door
def over_time(request: HttpRequest) -> HttpResponseBase:
    """Show what came of the letters of each month."""
    day = today()
    offices = reading_offices(user=request.user, on=day)
    months = uptake_by_month(ReminderItem.objects.filter(within(offices, path="batch__office")))
    rows: list[dict[str, Any]] = shown.month_rows(months, today=day)
    if wanted_format(request):
        return table_response(request, name=_("提醒成效"), columns=shown.MONTH_COLUMNS, rows=rows)
    whole = Uptake()
    for found in months.values():
        whole.records += found.records
        for name in ("begun", "filed", "repaired"):
            for span, count in getattr(found, name).items():
                getattr(whole, name)[span] += count
    context = {
        "page_title": _("主动服务"),
        "page_subtitle": _("按发函月份统计：提醒以后30日、60日、90日内提交了多少申请，完成了多少修复。"),
        "tabs": tabs("office_outreach_uptake"),
        "rows": rows,
        "total": shown.month_rows({day.replace(day=1): whole}, today=day)[0] if rows else None,
    }
    return render(request, "office/outreach_uptake.html", context)
