"""Whether platforms show what they should 对账: the runs, what they found, and the proof of each day."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.cases.record_access import readable_by, record_offices
from credit_repair.core import audit
from credit_repair.core.clock import today
from credit_repair.core.downloads import file_response
from credit_repair.core.wording import listed
from credit_repair.home import reconciliation_presenters as shown
from credit_repair.home.platform_doors import looked_after_at, platforms_door
from credit_repair.home.platform_forms import SettleForm
from credit_repair.platforms.models import Difference, Reconciliation
from credit_repair.platforms.reconciling import proving, running
from credit_repair.platforms.reconciling.settling import NotSettled, may_send, settle_difference
from credit_repair.registry.models import Office, Platform, Record

RUNS, DIFFERENCES = 30, 50
Handling = Difference.Handling


@require_safe
@platforms_door
def runs(request: HttpRequest) -> HttpResponse:
    """Show for each platform how the last reconciliation went, then all of them, the latest first."""
    chosen = request.GET.get("platform", "")
    found = Reconciliation.objects.select_related("platform", "by").order_by("-started_at", "-pk")
    if chosen:
        found = found.filter(platform__code=chosen)
    page = Paginator(found, RUNS).get_page(request.GET.get("page"))
    platforms = list(_platforms())
    context = {
        "page_title": _("平台对账"),
        "page_subtitle": _("每天夜里逐条核对各平台公示的内容，不一致的自动补发消息，仍然不一致的由人处理。"),
        "tabs": shown.tabs("office_reconciliation"),
        "platforms": platforms,
        "several": len(platforms) > 1,
        "by_hand": listed(each.name for each in running.not_to_reconcile()),
        "chosen": next((run.platform.name for run in page), "") if chosen else "",
        "page_obj": page,
        "rows": shown.run_rows(page),
    }
    return render(request, "office/reconciliation.html", context)


def _platforms() -> Any:
    """Yield the platforms that are reconciled, with their last run and what waits for a person."""
    latest = Reconciliation.objects.filter(platform=OuterRef("pk")).order_by("-started_at", "-pk")
    waiting = Count(
        "reconciliations__differences", filter=Q(reconciliations__differences__handling=Handling.RAISED)
    )
    platforms = list(
        Platform.objects.filter(running.ASKABLE, active=True)
        .annotate(last_run=Subquery(latest.values("pk")[:1]), waiting=waiting)
        .order_by("code")
    )
    last = Reconciliation.objects.in_bulk([each.last_run for each in platforms if each.last_run])
    for platform in platforms:
        run = last.get(platform.last_run)
        yield {
            "platform": platform,
            "run": run,
            "tag": shown.run_tag(run) if run else None,
            "url": reverse("office_reconciliation_run", args=[run.uuid]) if run else "",
            "is_running": run is not None and run.state == Reconciliation.State.RUNNING,
        }


@require_POST
@platforms_door
def start(request: HttpRequest) -> HttpResponse:
    """Begin a reconciliation at once."""
    platform = get_object_or_404(Platform, code=request.POST.get("platform", ""), active=True)
    try:
        with transaction.atomic():
            run = running.begin(platform=platform, today=today(), actor=request.user)
            running.ask_to_go_on(platform)
    except running.CannotReconcile as refused:
        messages.error(request, str(refused))
        return redirect("office_reconciliation")
    messages.success(request, _("对账已经开始，完成后这里显示结果。"))
    return redirect("office_reconciliation_run", uuid=run.uuid)


@require_safe
@platforms_door
def run(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show what one run has found and what was done about it."""
    found = get_object_or_404(Reconciliation.objects.select_related("platform", "by"), uuid=uuid)
    counts = found.differences.aggregate(
        every=Count("pk"), open=Count("pk", filter=Q(handling=Handling.RAISED))
    )
    is_open = request.GET.get("show") == "open"
    differences = found.differences.select_related("record", "message", "settled_by").order_by("pk")
    if is_open:
        differences = differences.filter(handling=Handling.RAISED)
    page = Paginator(differences, DIFFERENCES).get_page(request.GET.get("page"))
    address = reverse("office_reconciliation_run", args=[found.uuid])
    context = {
        "page_title": found.platform.name,
        "page_caption": _("平台对账"),
        "breadcrumbs": [{"label": _("平台对账"), "url": reverse("office_reconciliation")}],
        "run": found,
        "address": address,
        "tag": shown.run_tag(found),
        "is_running": found.state == Reconciliation.State.RUNNING,
        "is_broken": found.state == Reconciliation.State.BROKEN,
        "figures": shown.figure_rows(found),
        "views": [
            {"label": _("全部差异"), "url": address, "active": not is_open, "count": counts["every"]},
            {
                "label": _("待人工处理"),
                "url": f"{address}?show=open",
                "active": is_open,
                "count": counts["open"],
            },
        ],
        "any": counts["every"],
        "page_obj": page,
        "rows": shown.difference_rows(
            page, readable=_readable(request, page), handled=_handled(request, page)
        ),
        "proof_url": reverse("office_reconciliation_proof", args=[found.uuid]) if found.sha256 else "",
    }
    return render(request, "office/reconciliation_run.html", context)


def _readable(request: HttpRequest, differences: Any) -> set[int]:
    """Return the keys of the records among these that the official may open."""
    return _among(differences, record_offices(user=request.user, on=today()))


def _handled(request: HttpRequest, differences: Any) -> set[int]:
    """Return the keys of the records among these whose differences are the official's to settle: what one
    may read by way of another office is not."""
    return _among(differences, looked_after_at(user=request.user, on=today()))


def _among(differences: Any, offices: list[Office]) -> set[int]:
    keys = [each.record_id for each in differences if each.record_id]
    if not keys:
        return set()
    return set(Record.objects.filter(readable_by(offices), pk__in=keys).values_list("pk", flat=True))


@require_safe
@platforms_door
def proof(request: HttpRequest, uuid: UUID) -> FileResponse | HttpResponse:
    """Hand out the proof of a run, if it is still what its checksum says; who takes it is on record."""
    found = get_object_or_404(Reconciliation.objects.select_related("platform").exclude(sha256=""), uuid=uuid)
    try:
        file = proving.opened(found)
    except proving.ProofChanged:
        messages.error(request, _("对账凭证不见了，或者与登记的校验值不符，请联系技术人员从备份恢复。"))
        return redirect("office_reconciliation_run", uuid=found.uuid)
    audit.record(
        actor=request.user,
        action="platforms.download_proof",
        target=found,
        data={"platform": found.platform.code, "sha256": found.sha256},
    )
    name = _("对账凭证-%(platform)s-%(day)s.zip") % {"platform": found.platform.code, "day": found.day}
    return file_response(file, name=name, mime="application/zip")


@require_http_methods(["GET", "HEAD", "POST"])
@platforms_door
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what was done about a difference that was raised."""
    found = get_object_or_404(
        Difference.objects.select_related("reconciliation__platform", "record", "settled_by"), pk=pk
    )
    if found.record_id and not _handled(request, [found]):
        raise Http404
    back = reverse("office_reconciliation_run", args=[found.reconciliation.uuid])
    is_open = found.handling == Handling.RAISED
    sendable = is_open and may_send(found)
    form = SettleForm(request.POST if request.method == "POST" else None, may_send=sendable)
    if request.method == "POST" and not is_open:
        raise Http404
    if form.is_bound and form.is_valid():
        try:
            settle_difference(
                difference=found, actor=request.user, note=form.cleaned_data["note"], send=form.sends
            )
        except NotSettled as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已记录。下一次对账会再核对这条记录。"))
            return redirect(back)
    context = {
        "page_title": _("处理对账差异"),
        "breadcrumbs": [
            {"label": _("平台对账"), "url": reverse("office_reconciliation")},
            {"label": found.reconciliation.platform.name, "url": back},
        ],
        "facts": shown.difference_facts(found),
        "difference": found,
        "form": form if is_open else None,
        "back": back,
    }
    return render(request, "office/difference.html", context)
