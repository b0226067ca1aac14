"""Deciding: the letter before it goes out, and several simple cases together."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Case
from credit_repair.cases.parts import took_part
from credit_repair.cases.views.doors import approver_door, official_door
from credit_repair.core.clock import today
from credit_repair.core.downloads import shown_pdf
from credit_repair.core.uuids import known_uuids
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.services import CannotIssue
from credit_repair.repairs.forms.office import office_form
from credit_repair.repairs.letter_preview import letter_preview
from credit_repair.repairs.presenters.batch import check_page, choice_page, done_page
from credit_repair.repairs.services.batch import MOST_TOGETHER, Outcome, approve_many
from credit_repair.repairs.simple_selectors import candidates, readable_among
from credit_repair.repairs.states import part_of_act
from credit_repair.repairs.views.office_page import case_of

#: Where the session keeps what came of the last batch, so that a reload asks again and does nothing again.
_SAID = "office_batch"


@require_POST
@official_door
def preview(request: HttpRequest, uuid: UUID, action: str) -> HttpResponseBase:
    """Show the letter that the form's act would send, as it would go out; where there is none, say why."""
    day = today()
    case = case_of(request, uuid)
    if not took_part(case=case, part=part_of_act(action), actor=request.user, on=day):
        raise Http404
    form = office_form(action, case=case, today=day, data=request.POST)
    if not form.is_valid():
        return _no_letter(request, case, _wrong(form), status=422)
    try:
        name, pdf = letter_preview(
            case=case, action=action, actor=request.user, today=day, data=form.cleaned_data
        )
    except (ActionRefused, MissingGlyphs, CannotIssue) as refused:
        return _no_letter(request, case, [str(refused)], status=409)
    return shown_pdf(pdf, name=name)


def _wrong(form: forms.Form) -> list[str]:
    return [str(words) for errors in form.errors.values() for words in errors]


def _no_letter(request: HttpRequest, case: Case, words: list[str], *, status: int) -> HttpResponse:
    context = {
        "page_title": _("现在还不能预览文书"),
        "page_caption": case.number,
        "case": case,
        "words": words,
    }
    return render(request, "office/preview_refused.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@approver_door
def batch(request: HttpRequest) -> HttpResponse:
    """Choose simple cases, read the list once more, and grant them."""
    if request.method != "POST":
        return _choice(request)
    ticked = known_uuids(request.POST.getlist("case"))
    if not ticked:
        return _choice(request, error=_("请至少选择一件。"))
    if len(ticked) > MOST_TOGETHER:
        words = _("一次最多办理%s件，请分几次办理。") % MOST_TOGETHER
        return _choice(request, ticked=ticked, error=words)
    wanted = request.POST.get("do")
    if wanted == "edit":
        return _choice(request, ticked=ticked)
    return _approve(request, ticked) if wanted == "approve" else _check(request, ticked)


def _choice(request: HttpRequest, *, ticked: list[UUID] | None = None, error: str = "") -> HttpResponse:
    found = candidates(user=request.user, on=today())
    page = choice_page(found, today=today(), ticked=ticked or (), error=error)
    return render(request, "office/batch.html", page, status=422 if error else 200)


def _check(request: HttpRequest, ticked: list[UUID]) -> HttpResponse:
    chosen = candidates(user=request.user, on=today(), among=ticked)
    if not any(each.is_simple for each in chosen):
        return _choice(request, error=_("选中的案件现在都不能一起办理，原因列在下面。"))
    return render(request, "office/batch_check.html", check_page(chosen, today=today()))


def _approve(request: HttpRequest, ticked: list[UUID]) -> HttpResponse:
    """Grant what was confirmed. The page that tells of it is another one: to load it anew does nothing."""
    chosen = list(readable_among(ticked, user=request.user, on=today()).order_by("pk"))
    if not chosen:
        return _choice(request, error=_("请至少选择一件。"))
    outcome = approve_many(cases=chosen, actor=request.user, today=today())
    request.session[_SAID] = _kept(outcome)
    return redirect("office_batch_done")


def _kept(outcome: Outcome) -> dict[str, Any]:
    return {
        "done": [str(case.uuid) for case in outcome.done],
        "failed": [[str(failure.case.uuid), failure.words] for failure in outcome.failed],
    }


@require_safe
@approver_door
def batch_done(request: HttpRequest) -> HttpResponse:
    """Tell what came of the last batch: what was granted, what was not, and why."""
    said = request.session.get(_SAID)
    if not said:
        return redirect("office_batch")
    named = [*said["done"], *(uuid for uuid, _words in said["failed"])]
    found = {str(case.uuid): case for case in readable_among(named, user=request.user, on=today())}
    return render(request, "office/batch_done.html", done_page(found, said))
