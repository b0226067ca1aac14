"""The officials' pages over imports: bring files, watch them come in, see what became of every row."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.core import audit
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.core.tables import table_response, wanted_format
from credit_repair.home import import_presenters, import_selectors, mending, presenters, selectors
from credit_repair.home.exports import BATCH_COLUMNS, LINE_COLUMNS
from credit_repair.home.forms import ImportForm
from credit_repair.home.import_tabs import import_tabs
from credit_repair.home.reports import report_csv
from credit_repair.home.tasks import ask_for_import, is_asked_for, is_being_undone
from credit_repair.people.doors import office_door
from credit_repair.registry.importing.columns import ImportUnreadable, layout_of
from credit_repair.registry.models import ImportBatch, Platform
from credit_repair.registry.services.imports import receive_file
from credit_repair.registry.services.undo import UNDOABLE

BATCHES, LINES = 30, 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
importers_door = office_door("import_records")


def batch_or_404(request: HttpRequest, uuid: UUID) -> ImportBatch:
    """Return the import that the person may read."""
    return get_object_or_404(selectors.batches_for(user=request.user, on=today()), uuid=uuid)


def batch_in_charge_or_404(request: HttpRequest, uuid: UUID) -> ImportBatch:
    """Return the import on which the person may decide."""
    found = import_selectors.batches_in_charge(user=request.user, on=today())
    return get_object_or_404(found, uuid=uuid)


@require_safe
@importers_door
def batches(request: HttpRequest) -> HttpResponseBase:
    """Show what was imported, newest first."""
    found = selectors.batches_for(user=request.user, on=today())
    if wanted_format(request):
        return table_response(request, name=_("导入批次"), columns=BATCH_COLUMNS, rows=found)
    page = Paginator(found, BATCHES).get_page(request.GET.get("page"))
    context = {
        "page_title": _("数据导入"),
        "page_actions": [{"label": _("导入新文件"), "url": reverse("office_import_new"), "primary": True}],
        "tabs": import_tabs("office_imports"),
        "page_obj": page,
        "rows": import_presenters.batch_rows(page),
    }
    return render(request, "office/imports.html", context)


@require_http_methods(["GET", "POST"])
@importers_door
@limited("upload")
def new(request: HttpRequest) -> HttpResponse:
    """Take one or several tables in; a worker imports them."""
    day = today()
    posted = request.method == "POST"
    form = ImportForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        platforms=Platform.objects.filter(active=True, kind=Platform.Kind.PUBLISHER).order_by(
            "-required", "code"
        ),
    )
    if posted and form.is_valid():
        received = _receive(request, form)
        if received:
            only = received[0] if len(form.cleaned_data["file"]) == 1 else None
            return redirect("office_import", uuid=only.uuid) if only else redirect("office_imports")
    context: dict[str, Any] = {
        "page_title": _("导入新文件"),
        "breadcrumbs": [{"label": _("数据导入"), "url": reverse("office_imports")}],
        "form": form,
        "day": day,
    }
    return render(request, "office/import_new.html", context)


def _receive(request: HttpRequest, form: ImportForm) -> list[ImportBatch]:
    """Take in every file that can be read; say by name which cannot. They belong together as one group."""
    group = uuid4()
    received, unreadable = [], []
    for upload in form.cleaned_data["file"]:
        try:
            received.append(_receive_one(request, form, upload, group))
        except ImportUnreadable as words:
            unreadable.append(_("“%(name)s”：%(why)s") % {"name": upload.name, "why": words})
    if not received:
        for sentence in unreadable:
            form.add_error("file", sentence)
        return []
    for sentence in unreadable:
        messages.error(request, _("没有导入%s") % sentence)
    if len(received) == 1:
        messages.success(request, _("“%s”已上传。") % received[0].file_name)
    else:
        messages.success(request, _("%s个文件已上传，正在逐个导入。") % len(received))
    return received


def _receive_one(request: HttpRequest, form: ImportForm, upload: UploadedFile, group: UUID) -> ImportBatch:
    # The batch and what asks for its import are one: a file that came in is not forgotten.
    with transaction.atomic():
        batch = receive_file(
            file=upload,
            file_name=upload.name or "",
            kind=form.cleaned_data["kind"] or None,
            as_of=today(),
            imported_by=request.user,
            platforms=form.chosen_platforms,
            group=group,
        )
        ask_for_import(batch)
    return batch


@require_safe
@importers_door
def batch(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Show what became of a file; to those in charge of it, which rows a person should read."""
    found = batch_or_404(request, uuid)
    in_charge = import_selectors.is_in_charge(user=request.user, batch=found, on=today())
    kind = request.GET.get("show", "")
    counts = found.lines.aggregate(
        refused=Count("pk", filter=Q(outcome="refused")), warnings=Count("pk", filter=~Q(outcome="refused"))
    )
    lines = selectors.report_lines(found, kind=kind).defer("cells")
    if not in_charge:
        # The words tell of everybody's subjects.
        lines = lines.none()
    if wanted_format(request):
        return table_response(request, name=_("导入报告"), columns=LINE_COLUMNS, rows=lines)
    page = Paginator(lines, LINES).get_page(request.GET.get("page"))
    args = [found.uuid]
    context = {
        "page_title": found.file_name,
        "page_caption": _("导入批次"),
        "breadcrumbs": [{"label": _("数据导入"), "url": reverse("office_imports")}],
        "batch": found,
        "tag": import_presenters.batch_tag(found),
        "counts": counts,
        "in_charge": in_charge,
        "report_url": reverse("office_import_report", args=args),
        "is_being_undone": found.state in UNDOABLE and is_being_undone(found),
        "undo_url": reverse("office_import_undo", args=args) if in_charge and found.state in UNDOABLE else "",
        "tabs": _line_tabs(found, kind, counts),
        "page_obj": page,
        "rows": presenters.line_rows(page),
        **(_refused_urls(found, counts["refused"]) if in_charge else {}),
        **_progress(found, in_charge=in_charge),
    }
    return render(request, "office/import.html", context)


def _progress(batch: ImportBatch, *, in_charge: bool) -> dict[str, Any]:
    return {
        "percent": import_presenters.percent(batch),
        "progress_url": reverse("office_import_progress", args=[batch.uuid]),
        "resume_url": reverse("office_import_resume", args=[batch.uuid]) if in_charge else "",
        "is_stuck": _is_stuck(batch),
    }


def _is_stuck(batch: ImportBatch) -> bool:
    """Whether rows are still to come, and nobody sees to them. It may have ended between the two questions:
    then the page, which asks again every second, finds it whole."""
    if not batch.is_under_way or is_asked_for(batch):
        return False
    return ImportBatch.objects.get(pk=batch.pk).is_under_way


def _refused_urls(batch: ImportBatch, refused: int) -> dict[str, str]:
    if not refused or not import_selectors.refused_lines(batch).exists():
        return {}
    return {
        f"refused_{form}": reverse("office_import_refused", args=[batch.uuid, form])
        for form in ("xlsx", "csv")
    }


def _line_tabs(batch: ImportBatch, kind: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    url = reverse("office_import", args=[batch.uuid])
    views = [
        ("", _("全部"), sum(counts.values())),
        ("refused", _("拒收"), counts["refused"]),
        ("warnings", _("已收，请核对"), counts["warnings"]),
    ]
    return [
        {
            "label": label,
            "url": f"{url}?show={name}" if name else url,
            "active": kind == name,
            "count": count,
        }
        for name, label, count in views
    ]


@require_safe
@importers_door
def progress(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show how far an import has come: a piece of its page, which the page asks for every second."""
    found = batch_or_404(request, uuid)
    if request.headers.get("HX-Request") != "true":
        return redirect("office_import", uuid=found.uuid)
    if not found.is_under_way:
        return HttpResponse(headers={"HX-Refresh": "true"})
    in_charge = import_selectors.is_in_charge(user=request.user, batch=found, on=today())
    context = {"batch": found, **_progress(found, in_charge=in_charge)}
    return render(request, "office/import_progress.html", context)


@require_POST
@importers_door
def resume(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask again for an import that was broken off: it goes on where it stopped."""
    found = batch_in_charge_or_404(request, uuid)
    if found.is_under_way:
        ask_for_import(found)
        messages.success(request, _("已经重新排队，从停下的地方继续导入。"))
    return redirect("office_import", uuid=found.uuid)


@require_safe
@importers_door
def report(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Hand out the report of an import as CSV."""
    found = batch_in_charge_or_404(request, uuid)
    lines = selectors.report_lines(found).defer("cells")
    return _file(report_csv(lines.iterator()), "text/csv; charset=utf-8", f"import-report-{found.uuid}.csv")


@require_safe
@importers_door
def refused(request: HttpRequest, uuid: UUID, form: str) -> HttpResponse:
    """Hand out the refused rows as the table that they came from; there are personal numbers in it."""
    found = batch_in_charge_or_404(request, uuid)
    rows, layout = import_selectors.refused_rows(found), layout_of(found.kind)
    name = f"refused-{found.uuid}.{form}"
    if form == "xlsx":
        answer = _file(mending.refused_workbook(rows, layout=layout), XLSX, name)
    elif form == "csv":
        answer = _file(mending.refused_csv(rows, layout=layout), "text/csv; charset=utf-8", name)
    else:
        raise Http404
    audit.record(actor=request.user, action="download_refused_rows", target=found, data={"form": form})
    return answer


def _file(content: bytes, mime: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=mime, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
