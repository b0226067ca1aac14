"""The officials' pages of a repair application."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from credit_repair.cases import selectors as cases
from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Case
from credit_repair.cases.parts import visible_cases
from credit_repair.cases.services import transition
from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import today
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.services import CannotIssue
from credit_repair.repairs import presenters
from credit_repair.repairs.forms import OFFICE_FORMS


def _case(request: HttpRequest, uuid: UUID) -> Case:
    return cases.office_case(user=request.user, uuid=uuid, on=today())


def _page(
    request: HttpRequest, case: Case, *, bound: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    context = presenters.office_page(case, user=request.user, today=today(), bound=bound or {})
    response = render(request, "office/repair.html", context, status=status)
    if context["unmasked_until"] is not None:
        response["Cache-Control"] = "no-store"
    return response


@require_GET
@official_door
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show record, explanation, materials, opinions, clocks, timeline, and what this person may do."""
    return _page(request, _case(request, uuid))


@require_POST
@official_door
def act(request: HttpRequest, uuid: UUID, action: str) -> HttpResponse:
    """Do what the form says; where it cannot be done, say why and keep what was typed."""
    case = _case(request, uuid)
    form = OFFICE_FORMS[action](request.POST, prefix=action)
    if not form.is_valid():
        return _page(request, case, bound={action: form}, status=422)
    try:
        event = transition(
            case=case, action=action, actor=request.user, today=today(), data=form.cleaned_data
        )
    except (ActionRefused, MissingGlyphs, CannotIssue) as refused:
        form.add_error(None, str(refused))
        return _page(request, _case(request, uuid), bound={action: form}, status=409)
    messages.success(request, _("%(number)s：%(title)s。") % {"number": case.number, "title": event.title})
    # Who did what a colleague has in hand sees the case no longer than that.
    if not visible_cases(user=request.user, on=today()).filter(pk=case.pk).exists():
        return redirect("office")
    return redirect("office_repair", uuid=case.uuid)
