"""Taking an import back."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from credit_repair.core.clock import today
from credit_repair.home import import_selectors
from credit_repair.home.tasks import ask_for_undo
from credit_repair.home.views.imports import importers_door
from credit_repair.registry.models import ImportBatch
from credit_repair.registry.services.undo import UNDOABLE, UndoRefused, undo_batch, undo_plan

#: Beyond so many records it is a worker's task: a request must not take minutes.
AT_ONCE = 1000


def _batch(request: HttpRequest, uuid: UUID) -> ImportBatch:
    found = import_selectors.batches_in_charge(user=request.user, on=today())
    return get_object_or_404(found, uuid=uuid)


@require_http_methods(["GET", "POST"])
@importers_door
def undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show what taking the import back would do, and do it."""
    found = _batch(request, uuid)
    refused: list[str] = []
    if request.method == "POST":
        refused = _undo(request, found)
        if not refused:
            return redirect("office_import", uuid=found.uuid)
    if found.state not in UNDOABLE:
        return redirect("office_import", uuid=found.uuid)
    plan = undo_plan(batch=found)
    context = {
        "page_title": _("撤销这次导入"),
        "page_subtitle": found.file_name,
        "breadcrumbs": [
            {"label": _("数据导入"), "url": reverse("office_imports")},
            {"label": found.file_name, "url": reverse("office_import", args=[found.uuid])},
        ],
        "batch": found,
        "plan": plan,
        "reasons": refused or [str(each) for each in plan.hindrances],
    }
    return render(request, "office/import_undo.html", context)


def _undo(request: HttpRequest, found: ImportBatch) -> list[str]:
    """Take the import back, or let a worker do it; return what forbids it."""
    if found.state in UNDOABLE and found.taken + found.updated > AT_ONCE:
        reasons = [str(each) for each in undo_plan(batch=found).hindrances]
        if not reasons:
            ask_for_undo(found, actor=request.user)
            messages.success(request, _("记录较多，正在撤销。撤销完成以后，批次的状态变为“已撤销”。"))
        return reasons
    try:
        with transaction.atomic():
            # Asked again: the right may have ended since the door.
            undo_batch(batch=_batch(request, found.uuid), actor=request.user, today=today())
    except UndoRefused as refusal:
        return refusal.reasons
    messages.success(request, _("“%s”的导入已撤销。") % found.file_name)
    return []
