"""Prepared applications 预制申请 on the officials' side: propose, look, withdraw."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.record_reading import party, subjects_in_clear, with_reader
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.core.uuids import known_uuids
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.services import CannotIssue
from credit_repair.outreach.forms import ProposalFilterForm, ProposalForm, ReasonForm
from credit_repair.outreach.models import PreparedApplication, PreparedRecord
from credit_repair.outreach.presenters import proposals as shown
from credit_repair.outreach.reach import acting_offices, own_kept_out, reached, reading_offices, within
from credit_repair.outreach.repairable import repairable
from credit_repair.outreach.services.proposing import propose, withdraw_proposal
from credit_repair.outreach.views.common import acting_door, nearest_office, reading_door, tabs
from credit_repair.registry.models import Office, Record
from credit_repair.repairs.services import MOST_RECORDS

PAGE_SIZE = 30


def _seen(request: HttpRequest, day: date) -> QuerySet[PreparedApplication]:
    """The prepared applications about records that the person reaches."""
    offices = reading_offices(user=request.user, on=day)
    reaches = PreparedRecord.objects.filter(
        within(offices, path="record__authority"), proposal=OuterRef("pk")
    )
    found = PreparedApplication.objects.filter(Exists(reaches), own_kept_out(request.user))
    return found.select_related("office", "subject", "proposed_by", "letter")


@require_safe
@reading_door
def listing(request: HttpRequest) -> HttpResponse:
    """Show the prepared applications, the newest first."""
    day = today()
    form = ProposalFilterForm(request.GET or None)
    found = _seen(request, day).annotate(count=Count("records")).order_by("-proposed_at", "-pk")
    if form.is_bound:
        state = form.cleaned_data["state"] if form.is_valid() else ""
        found = found.filter(state=state) if state else found
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    subjects = [proposal.subject for proposal in page]
    clear = subjects_in_clear(subjects, user=request.user, on=day)
    context = {
        "page_title": _("主动服务"),
        "page_subtitle": _("单位掌握义务已经履行的，可以替当事人备好申请，当事人核对、签署承诺书后提交。"),
        "tabs": tabs("office_proposals"),
        "filter_form": form,
        "clear_url": reverse("office_proposals") if form.has_changed() else "",
        "page_obj": page,
        "rows": shown.proposal_rows(page, clear=clear),
    }
    return render(request, "office/proposals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@acting_door
@limited("upload")
def new(request: HttpRequest) -> HttpResponse:
    """Prepare an application about one record, and others of the same subject."""
    day = today()
    offices = acting_offices(user=request.user, on=day)
    wanted = known_uuids([request.GET.get("record", "")])
    if not wanted:
        return redirect("office_outreach")
    first = get_object_or_404(_proposable(request, offices, day), uuid=wanted[0])
    office = nearest_office(first, offices, request.user)
    # The record that the person came from stands first; others of the subject that this office reaches go
    # along.
    can = _proposable(request, [office], day)
    others = can.filter(subject=first.subject_id).exclude(pk=first.pk).order_by("repairable_from", "pk")
    records = [first, *others[: MOST_RECORDS - 1]]
    data = request.POST if request.method == "POST" else None
    form = ProposalForm(
        data,
        request.FILES or None,
        offices=[office],
        records=records,
        today=day,
    )
    if form.is_bound and form.is_valid():
        try:
            proposal = propose(
                office=form.chosen,
                performed=form.performed,
                statement=form.cleaned_data["statement"],
                papers=form.cleaned_data["papers"],
                actor=request.user,  # type: ignore[arg-type]
                today=day,
            )
        except UploadRefused as refused:
            form.add_error("papers", str(refused))
        except (ActionRefused, MissingGlyphs, CannotIssue) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已备好申请，并告知了当事人。"))
            return redirect("office_proposal", uuid=proposal.uuid)
    status = 422 if form.is_bound else 200
    return render(request, "office/proposal_new.html", _new_page(first, form), status=status)


def _proposable(request: HttpRequest, offices: list[Office], day: date) -> QuerySet[Any]:
    open_ones = PreparedRecord.objects.filter(record=OuterRef("pk"), is_open=True)
    found = repairable(on=day).filter(~Exists(open_ones), reached(user=request.user, offices=offices))
    named = found.select_related("subject", "authority__sector", "sector")
    return with_reader(named, user=request.user, on=day)


def _new_page(first: Record, form: ProposalForm) -> dict[str, Any]:
    return {
        "page_title": _("备好信用修复申请"),
        "page_subtitle": party(first),
        "breadcrumbs": [
            {"label": _("主动服务"), "url": reverse("office_outreach")},
            {"label": _("预制申请"), "url": reverse("office_proposals")},
        ],
        "form": form,
        "days": [
            {"record": record, "field": field, "until": record.effective_until} for record, field in form.days
        ],
        "several": len(form.days) > 1,
    }


@require_safe
@reading_door
def one(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one prepared application, and what came of it."""
    return render(request, "office/proposal.html", _page(request, uuid, ReasonForm()))


def _page(request: HttpRequest, uuid: UUID, form: ReasonForm) -> dict[str, Any]:
    day = today()
    proposal = get_object_or_404(_seen(request, day), uuid=uuid)
    rows = proposal.records.select_related("record__authority", "case")
    clear = subjects_in_clear([proposal.subject], user=request.user, on=day)
    acting = proposal.office_id in {office.pk for office in acting_offices(user=request.user, on=day)}
    return {
        "page_title": _("预制申请"),
        "page_subtitle": shown.party_of(proposal, clear=clear),
        "breadcrumbs": [
            {"label": _("主动服务"), "url": reverse("office_outreach")},
            {"label": _("预制申请"), "url": reverse("office_proposals")},
        ],
        "proposal": proposal,
        "tag": shown.proposal_tag(proposal),
        "facts": shown.facts_of(proposal),
        "rows": shown.record_rows(rows, office=True),
        "papers": shown.papers_of(proposal),
        "letter_url": reverse("office_document", args=[proposal.letter.uuid]) if proposal.letter else "",
        "may_withdraw": acting and proposal.state == PreparedApplication.State.OPEN,
        "form": form,
    }


@require_POST
@acting_door
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a prepared application back, for a reason that the subject reads."""
    proposal = get_object_or_404(_seen(request, today()), uuid=uuid)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            withdraw_proposal(
                proposal=proposal,
                actor=request.user,  # type: ignore[arg-type]
                today=today(),
                reason=form.cleaned_data["reason"],
            )
        except ActionRefused as refused:
            messages.error(request, refused.words)
        else:
            messages.success(request, _("已撤回，并告知了当事人。"))
        return redirect("office_proposal", uuid=proposal.uuid)
    page = _page(request, uuid, form)
    if not page["may_withdraw"]:
        raise Http404
    return render(request, "office/proposal.html", page, status=422)
