"""The list of names that differ, and a person's word on each."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.core.clock import today
from credit_repair.core.jobs import dispatch
from credit_repair.core.tables import table_response, wanted_format
from credit_repair.home import import_presenters
from credit_repair.home.exports import CONFLICT_COLUMNS
from credit_repair.home.forms import ConflictForm
from credit_repair.home.import_selectors import batches_in_charge, conflicts_for
from credit_repair.home.import_tabs import import_tabs
from credit_repair.home.selectors import import_scope
from credit_repair.home.views.imports import importers_door
from credit_repair.registry.models import NameConflict
from credit_repair.registry.services.conflicts import (
    ConflictRefused,
    accept_rename,
    keep_name,
    take_up_again,
)

CONFLICTS = 30


@require_safe
@importers_door
def conflicts(request: HttpRequest) -> HttpResponseBase:
    """Show the names on which nobody has said a word yet, or those that are decided."""
    decided = request.GET.get("show") == "decided"
    mine = conflicts_for(user=request.user, on=today())
    is_open = {"state": NameConflict.State.OPEN}
    found = mine.exclude(**is_open) if decided else mine.filter(**is_open)
    if wanted_format(request):
        return table_response(request, name=_("名称冲突"), columns=CONFLICT_COLUMNS, rows=found)
    page = Paginator(found, CONFLICTS).get_page(request.GET.get("page"))
    url = reverse("office_conflicts")
    context = {
        "page_title": _("名称冲突"),
        "page_actions": [{"label": _("导入新文件"), "url": reverse("office_import_new"), "primary": True}],
        "tabs": import_tabs("office_conflicts"),
        "views": [
            {"label": _("待处理"), "url": url, "active": not decided},
            {"label": _("已处理"), "url": f"{url}?show=decided", "active": decided},
        ],
        "decided": decided,
        "page_obj": page,
        "rows": import_presenters.conflict_rows(page),
    }
    return render(request, "office/conflicts.html", context)


@require_http_methods(["GET", "POST"])
@importers_door
def conflict(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one conflict and take the person's word on it."""
    found = get_object_or_404(conflicts_for(user=request.user, on=today()), uuid=uuid)
    posted = request.method == "POST"
    form = ConflictForm(request.POST if posted else None, name=found.name, known_name=found.subject.name)
    if posted and form.is_valid():
        try:
            _decide(request, found, form.cleaned_data)
        except ConflictRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("office_conflicts")
    is_open = found.state == NameConflict.State.OPEN
    context = {
        "page_title": _("名称冲突"),
        "page_subtitle": found.subject.name,
        "breadcrumbs": [
            {"label": _("数据导入"), "url": reverse("office_imports")},
            {"label": _("名称冲突"), "url": reverse("office_conflicts")},
        ],
        "conflict": found,
        "rows": import_presenters.decided_rows(found),
        "outcome": import_presenters.outcome_tag(found),
        "form": form if is_open else None,
        "others": _others(request, found) if is_open else 0,
        "may_take_up": found.state == NameConflict.State.ACCEPTED and not found.outcome,
    }
    return render(request, "office/conflict.html", context)


def _others(request: HttpRequest, found: NameConflict) -> int:
    """How many more rows name the same subject in the same way."""
    mine = conflicts_for(user=request.user, on=today()).filter(state=NameConflict.State.OPEN)
    return mine.filter(subject=found.subject, name=found.name).exclude(pk=found.pk).count()


def _decide(request: HttpRequest, found: NameConflict, said: dict[str, Any]) -> None:
    day = today()
    if said["decision"] == ConflictForm.KEEP:
        keep_name(conflict=found, reason=said["reason"], actor=request.user)
        messages.success(request, _("维持原名“%s”，这一行仍然拒收。") % found.subject.name)
        return
    settled = accept_rename(
        conflict=found,
        reason=said["reason"],
        actor=request.user,
        scope=import_scope(user=request.user, on=day),
        today=day,
        among=batches_in_charge(user=request.user, on=day),
    )
    dispatch("announce_publications", key="announce_publications")
    _tell(request, settled)


@require_POST
@importers_door
def take_up(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Import the row of an accepted change of name that a crash kept from its turn."""
    day = today()
    found = get_object_or_404(conflicts_for(user=request.user, on=day), uuid=uuid)
    scope = import_scope(user=request.user, on=day)
    try:
        settled = take_up_again(conflict=found, actor=request.user, scope=scope, today=day)
    except ConflictRefused as refusal:
        messages.error(request, str(refusal))
    else:
        dispatch("announce_publications", key="announce_publications")
        _tell(request, [settled])
    return redirect("office_conflict", uuid=found.uuid)


def _tell(request: HttpRequest, settled: list[NameConflict]) -> None:
    """Say what became of the rows."""
    refused = sum(each.outcome == "refused" for each in settled)
    name = settled[0].name if settled else ""
    taken = len(settled) - refused
    if taken:
        words = _("已更名为“%(name)s”，%(n)s行已重新收录。")
        messages.success(request, words % {"name": name, "n": taken})
    if refused:
        words = _("已更名为“%(name)s”，但有%(n)s行因为别的原因仍被拒收，请在导入批次中查看。")
        messages.warning(request, words % {"name": name, "n": refused})
