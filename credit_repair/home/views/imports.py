"""The officials' pages over imports of penalty tables."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.core.clock import today
from credit_repair.core.jobs import dispatch
from credit_repair.home import presenters, selectors
from credit_repair.home.forms import ImportForm
from credit_repair.home.reports import report_csv
from credit_repair.people.doors import office_door
from credit_repair.registry.importing.columns import ImportUnreadable
from credit_repair.registry.models import ImportBatch, Platform
from credit_repair.registry.services import import_file

BATCHES, LINES = 30, 50
importers_door = office_door("import_records")


def _batch(request: HttpRequest, uuid: UUID) -> ImportBatch:
    return get_object_or_404(selectors.batches_for(user=request.user, on=today()), uuid=uuid)


@require_safe
@importers_door
def batches(request: HttpRequest) -> HttpResponse:
    """Show what was imported, newest first."""
    found = selectors.batches_for(user=request.user, on=today())
    page = Paginator(found, BATCHES).get_page(request.GET.get("page"))
    context = {
        "page_title": _("数据导入"),
        "page_actions": [{"label": _("导入新文件"), "url": reverse("office_import_new"), "primary": True}],
        "page_obj": page,
        "rows": presenters.batch_rows(page),
    }
    return render(request, "office/imports.html", context)


@require_http_methods(["GET", "POST"])
@importers_door
def new(request: HttpRequest) -> HttpResponse:
    """Take a penalty table: good rows are taken, bad ones refused with a report."""
    day = today()
    posted = request.method == "POST"
    form = ImportForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        platforms=Platform.objects.filter(active=True).order_by("-required", "code"),
    )
    if posted and form.is_valid():
        done = _import(request, form)
        if done is not None:
            return redirect("office_import", uuid=done.uuid)
    context: dict[str, Any] = {
        "page_title": _("导入行政处罚信息"),
        "breadcrumbs": [{"label": _("数据导入"), "url": reverse("office_imports")}],
        "form": form,
        "day": day,
    }
    return render(request, "office/import_new.html", context)


def _import(request: HttpRequest, form: ImportForm) -> ImportBatch | None:
    """Import the file inside the request: 600 rows take about a second. None where it cannot be read."""
    upload = form.cleaned_data["file"]
    try:
        done = import_file(
            path_or_file=upload,
            file_name=upload.name,
            as_of=today(),
            imported_by=request.user,
            platforms=form.chosen_platforms,
            scope=selectors.import_scope(user=request.user, on=today()),
        )
    except ImportUnreadable as unreadable:
        form.add_error("file", str(unreadable))
        return None
    dispatch("announce_publications", key="announce_publications")
    messages.success(request, _("“%s”已导入。") % done.file_name)
    return done


@require_safe
@importers_door
def batch(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show what became of a file, and which rows a person should read."""
    found = _batch(request, uuid)
    kind = request.GET.get("show", "")
    counts = found.lines.aggregate(
        refused=Count("pk", filter=Q(outcome="refused")), warnings=Count("pk", filter=~Q(outcome="refused"))
    )
    page = Paginator(selectors.report_lines(found, kind=kind), LINES).get_page(request.GET.get("page"))
    url = reverse("office_import", args=[found.uuid])
    context = {
        "page_title": found.file_name,
        "page_caption": _("导入批次"),
        "breadcrumbs": [{"label": _("数据导入"), "url": reverse("office_imports")}],
        "batch": found,
        "counts": counts,
        "report_url": reverse("office_import_report", args=[found.uuid]),
        "tabs": [
            {"label": _("全部"), "url": url, "active": not kind, "count": sum(counts.values())},
            {
                "label": _("拒收"),
                "url": f"{url}?show=refused",
                "active": kind == "refused",
                "count": counts["refused"],
            },
            {
                "label": _("已收，请核对"),
                "url": f"{url}?show=warnings",
                "active": kind == "warnings",
                "count": counts["warnings"],
            },
        ],
        "page_obj": page,
        "rows": presenters.line_rows(page),
    }
    return render(request, "office/import.html", context)


@require_safe
@importers_door
def report(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Hand out the report of an import as CSV."""
    found = _batch(request, uuid)
    return HttpResponse(
        report_csv(selectors.report_lines(found).iterator()),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="import-report-{found.uuid}.csv"'},
    )
