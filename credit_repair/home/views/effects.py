"""Effects of ended records that are not over, and the evidence that ends them where no receipt can come."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases.record_access import readable_by, record_offices
from credit_repair.cases.record_reading import party, with_reader
from credit_repair.core import audit
from credit_repair.core.clock import today
from credit_repair.core.downloads import file_response
from credit_repair.core.limits import limited
from credit_repair.core.paging import CappedPaginator
from credit_repair.core.uploads import NotNow, UploadRefused
from credit_repair.home import effect_acts as acts
from credit_repair.home import effect_presenters as shown
from credit_repair.home import reconciliation_presenters as reconciliation
from credit_repair.home.effect_forms import DecideForm, EvidenceForm, OpenEffectsForm
from credit_repair.home.platform_doors import platforms_door
from credit_repair.platforms.effects import stop_by
from credit_repair.platforms.kept_files import mime_of
from credit_repair.platforms.models import EffectEvidence, EffectKind
from credit_repair.platforms.open_effects import ended_by, open_effects
from credit_repair.platforms.services.evidence import (
    EvidenceRefused,
    confirm_evidence,
    decline_evidence,
    line_of,
    propose_evidence,
)
from credit_repair.registry.law import current_calendar
from credit_repair.registry.models import Platform, Record

PAGE_SIZE = 30
MOST_LISTED = 1000
TABS = "office_effects"


@require_safe
@platforms_door
def effects(request: HttpRequest) -> HttpResponseBase:
    """Show the effects of ended records that are not over, the oldest end first."""
    day = today()
    form = OpenEffectsForm(request.GET or None)
    filled: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    age = filled.get("age")
    offices = record_offices(user=request.user, on=day)
    found = open_effects(
        readable=lambda path: readable_by(offices, path=path),
        ended_until=ended_by(day, working_days=usual_age() if age is None else age) if age != 0 else day,
        effect=filled.get("effect", ""),
        platform=filled.get("platform"),
    )
    page = CappedPaginator(found, PAGE_SIZE, cap=MOST_LISTED)
    listed = page.get_page(request.GET.get("page"))
    rows = list(listed)
    records = with_reader(
        Record.objects.filter(pk__in={row[0] for row in rows}), user=request.user, on=day
    ).select_related("subject")
    context = {
        "page_title": _("尚未终结的效果"),
        "page_subtitle": _("信用记录已经结束，公示、共享使用或者惩戒措施还没有全部停止的，逐项列在这里。"),
        "tabs": reconciliation.tabs(TABS),
        "views": shown.tabs("office_effects"),
        "filter_form": form,
        "clear_url": reverse("office_effects") if request.GET else "",
        "page_obj": listed,
        "rows": shown.open_rows(rows, records={each.pk: each for each in records}, today=day),
        "is_capped": page.is_capped,
    }
    return render(request, "office/effects.html", context)


def usual_age() -> int:
    """Return after how many working days an effect that is not over stands on the list: the platforms' own
    period by the rules of today, 0 where they have none."""
    day = today()
    until = stop_by(day)
    return current_calendar().working_days_between(day, until) if until else 0


@require_safe
@platforms_door
def proofs(request: HttpRequest) -> HttpResponse:
    """Show the evidence that waits for a second person, the oldest first."""
    condition = acts.handled(user=request.user, on=today(), path="record__")
    found = EffectEvidence.objects.filter(condition, state=EffectEvidence.State.PROPOSED)
    found = found.select_related("record__subject", "platform", "proposed_by").order_by("proposed_at", "pk")
    found = with_reader(found, user=request.user, on=today(), path="record__")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("佐证复核"),
        "page_subtitle": _("消息已经放弃的，由一位工作人员登记佐证，另一位复核以后，才算已经终止。"),
        "tabs": reconciliation.tabs(TABS),
        "views": shown.tabs("office_proofs"),
        "page_obj": page,
        "rows": shown.proof_rows(page, user=request.user),
    }
    return render(request, "office/proofs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@platforms_door
@limited("upload")
def proof_new(request: HttpRequest, uuid: UUID, platform: int, effect: str) -> HttpResponse:
    """Enter that an effect is over at one platform, with the paper that proves it."""
    record, where = _record(request, uuid), get_object_or_404(Platform, pk=platform)
    if effect not in EffectKind.values:
        raise Http404
    try:
        line = line_of(record, where, effect)
    except EvidenceRefused as refused:
        raise Http404 from refused
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = EvidenceForm(*sent)
    if form.is_bound and form.is_valid():
        filled = form.cleaned_data
        try:
            with acts.acting_on(record, user=request.user, on=today()):
                proof = propose_evidence(
                    record=record,
                    platform=where,
                    effect=effect,
                    gone_on=filled["gone_on"],
                    words=filled["words"],
                    upload=filled["file"],
                    actor=request.user,
                    today=today(),
                )
        except EvidenceRefused as refused:
            form.add_error(refused.field or None, str(refused))
        except (UploadRefused, NotNow) as refused:
            form.add_error("file", str(refused))
        else:
            messages.success(request, _("已登记佐证，请另一位工作人员复核。"))
            return redirect("office_proof", uuid=proof.uuid)
    context = {
        "page_title": _("登记佐证"),
        "page_caption": where.name,
        "page_subtitle": shown.title_of(record),
        "breadcrumbs": _crumbs(record),
        "form": form if line.takes_evidence else None,
        "facts": [
            {"key": _("平台或者部门"), "value": where.name},
            {"key": _("效果"), "value": EffectKind(effect).label},
            {"key": _("措施名称"), "value": line.name},
            {"key": _("当事人"), "value": party(record)},
        ],
        "back": reverse("office_record", args=[record.uuid]) + "#effects",
    }
    return render(request, "office/proof_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@platforms_door
def proof(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show evidence; a post of somebody else than who entered it confirms it or sends it back."""
    found = _proof(request, uuid)
    first, waits = found.proposed_by_id, found.state == EffectEvidence.State.PROPOSED
    open_to_them = waits and acts.is_second(found.record, first, user=request.user, on=today())
    form = DecideForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        filled = form.cleaned_data
        agrees = filled["decision"] == DecideForm.YES
        try:
            with acts.acting_on(found.record, user=request.user, on=today(), but=first):
                (confirm_evidence if agrees else decline_evidence)(
                    evidence=found, actor=request.user, answer=filled["answer"]
                )
        except EvidenceRefused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            words = _("已复核通过，这一项按佐证登记为终止。") if agrees else _("已退回。")
            messages.success(request, words)
            return redirect("office_proof", uuid=found.uuid)
    context = {
        "page_title": _("效果终止佐证"),
        "page_caption": found.platform.name,
        "page_subtitle": shown.title_of(found.record),
        "breadcrumbs": _crumbs(found.record),
        "tag": shown.proof_tag(found),
        "facts": shown.proof_facts(found),
        "file_url": reverse("office_proof_file", args=[found.uuid]),
        "form": form if open_to_them or form.errors else None,
        "is_own": waits and first == request.user.pk,
        "back": reverse("office_record", args=[found.record.uuid]) + "#effects",
    }
    return render(request, "office/proof.html", context, status=422 if form.errors else 200)


@require_safe
@platforms_door
def proof_file(request: HttpRequest, uuid: UUID) -> FileResponse:
    """Hand out the paper of evidence; who takes it is on record."""
    found = _proof(request, uuid)
    try:
        file = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    audit.record(
        actor=request.user, action="platforms.open_evidence", target=found, data={"sha256": found.sha256}
    )
    name = found.file.name or ""
    suffix = name.rpartition(".")[2]
    return file_response(file, name=f"{found.number or str(found.uuid)[:8]}.{suffix}", mime=mime_of(name))


def _proof(request: HttpRequest, uuid: UUID) -> EffectEvidence:
    condition = acts.handled(user=request.user, on=today(), path="record__")
    found = EffectEvidence.objects.select_related("record__subject", "platform", "proposed_by", "decided_by")
    return get_object_or_404(found.filter(condition), uuid=uuid)


def _record(request: HttpRequest, uuid: UUID) -> Record:
    found = acts.handled_records(user=request.user, on=today())
    return get_object_or_404(with_reader(found, user=request.user, on=today()), uuid=uuid)


def _crumbs(record: Record) -> list[dict[str, str]]:
    return [
        {"label": _("尚未终结的效果"), "url": reverse("office_effects")},
        {"label": shown.title_of(record), "url": reverse("office_record", args=[record.uuid])},
    ]
