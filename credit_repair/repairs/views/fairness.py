"""Keeping away from a case 回避, and letting one person do two parts of it."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.fairness_selectors import barred_people, supervises
from credit_repair.cases.models import Case
from credit_repair.cases.parts import running_overrides
from credit_repair.cases.services import fairness
from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import today
from credit_repair.repairs.forms.fairness import OverrideForm, RecusalForm, RevocationForm
from credit_repair.repairs.presenters.fairness import fairness_of
from credit_repair.repairs.views.office_page import case_of


@require_http_methods(["GET", "HEAD", "POST"])
@official_door
def recusal(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Declare that one keeps away: from then on the case is not there for this person."""
    case = case_of(request, uuid)
    if request.method != "POST":
        return _page(request, case, _("声明回避"))
    form = RecusalForm(request.POST, prefix="recuse")
    if not form.is_valid():
        return _page(request, case, _("声明回避"), bound={"recuse": form}, status=422)
    try:
        fairness.declare_recusal(case=case, actor=request.user, today=today(), **form.cleaned_data)
    except ActionRefused as refused:
        form.add_error(None, refused.words)
        return _page(request, case, _("声明回避"), bound={"recuse": form}, status=409)
    messages.success(request, _("%(number)s：已声明回避，您不再办理这件案件。") % {"number": case.number})
    return redirect("office")


@require_http_methods(["GET", "HEAD", "POST"])
@official_door
def override(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let one person take both parts, or take that back."""
    case = case_of(request, uuid)
    if not supervises(case=case, actor=request.user, on=today()):
        raise NotYours(f"override on {case.uuid}")
    if request.method != "POST":
        return _page(request, case, _("同一人办理的特别批准"))
    return _revoke(request, case) if request.POST.get("do") == "revoke" else _grant(request, case)


def _grant(request: HttpRequest, case: Case) -> HttpResponse:
    people = barred_people(case=case, on=today())
    form = OverrideForm(request.POST, prefix="grant", people=people, today=today())
    return _done(request, case, "grant", form, _("已特别批准，记入办理过程。"))


def _revoke(request: HttpRequest, case: Case) -> HttpResponse:
    running = list(running_overrides(case=case, on=today()))
    form = RevocationForm(request.POST, prefix="revoke", running=running)
    return _done(request, case, "revoke", form, _("已撤销特别批准。"))


def _done(request: HttpRequest, case: Case, what: str, form: forms.Form, words: str) -> HttpResponse:
    title = _("同一人办理的特别批准")
    if not form.is_valid():
        return _page(request, case, title, bound={what: form}, status=422)
    services: dict[str, Callable[..., object]] = {
        "grant": fairness.grant_override,
        "revoke": fairness.revoke_override,
    }
    try:
        services[what](case=case, actor=request.user, today=today(), **form.cleaned_data)
    except ActionRefused as refused:
        form.add_error(None, refused.words)
        return _page(request, case, title, bound={what: form}, status=409)
    messages.success(request, words)
    return redirect("office_repair", uuid=case.uuid)


def _page(
    request: HttpRequest,
    case: Case,
    title: str,
    *,
    bound: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "fairness": fairness_of(case, user=request.user, today=today(), bound=bound),
        "forms": list((bound or {}).values()),
        "page_title": title,
        "page_caption": case.number,
        "breadcrumbs": [{"label": case.number, "url": reverse("office_repair", args=[case.uuid])}],
    }
    return render(request, "office/repair_fairness.html", context, status=status)
