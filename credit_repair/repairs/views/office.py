"""The officials' pages of a repair application."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Case, Phase
from credit_repair.cases.parts import Part, took_part, visible_cases
from credit_repair.cases.services import available_actions, transition
from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import today
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.services import CannotIssue
from credit_repair.repairs.forms.correction import CorrectionNotice
from credit_repair.repairs.forms.office import office_form
from credit_repair.repairs.presenters.correction import notice_page
from credit_repair.repairs.presenters.office_evidence import fault_lines
from credit_repair.repairs.views.next_case import done_words
from credit_repair.repairs.views.office_page import case_of, case_page


@require_GET
@official_door
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show record, explanation, materials, opinions, clocks, timeline, and what this person may do."""
    return case_page(request, case_of(request, uuid))


@require_POST
@official_door
def act(request: HttpRequest, uuid: UUID, action: str) -> HttpResponse:
    """Do what the form says; where it cannot be done, say why and keep what was typed."""
    case = case_of(request, uuid)
    form = office_form(action, case=case, today=today(), data=request.POST, files=request.FILES)
    if not form.is_valid():
        return case_page(request, case, bound={action: form}, status=422)
    try:
        event = transition(
            case=case, action=action, actor=request.user, today=today(), data=form.cleaned_data
        )
    except (ActionRefused, MissingGlyphs, CannotIssue) as refused:
        form.add_error(None, str(refused))
        return case_page(request, case_of(request, uuid), bound={action: form}, status=409)
    messages.success(request, done_words(case=case, event=event, user=request.user))
    # Who did what a colleague has in hand sees the case no longer than that.
    if not visible_cases(user=request.user, on=today()).filter(pk=case.pk).exists():
        return redirect("office")
    return redirect("office_repair", uuid=case.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@official_door
def ask_correction(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write a correction notice: every gap at once, read once as the applicant will, then sent."""
    case = case_of(request, uuid)
    if not took_part(case=case, part=Part.INTAKE, actor=request.user, on=today()):
        raise Http404
    if request.method != "POST":
        acts = available_actions(case=case, actor=request.user, today=today())
        if not any(act.name == "ask_correction" and act.enabled for act in acts):
            return redirect("office_repair", uuid=case.uuid)
        begun = _faults(request, case) if "fill" in request.GET else ()
        return _notice_page(request, case, CorrectionNotice(begun=begun))
    wanted = request.POST.get("do")
    notice = CorrectionNotice(request.POST, more=wanted == "more")
    if wanted == "more":
        return _notice_page(request, case, notice)
    if not notice.is_valid():
        return _notice_page(request, case, notice, status=422)
    items = notice.items()
    if wanted != "send" and items:
        return _notice_page(request, case, notice, preview=items)
    try:
        transition(
            case=case, action="ask_correction", actor=request.user, today=today(), data={"items": items}
        )
    except (ActionRefused, MissingGlyphs, CannotIssue) as refused:
        notice.refuse(refused)
        return _notice_page(request, case, notice, status=409 if items else 422)
    messages.success(
        request, _("已通知申请人补正，补正通知书随邮件送达。申请人提交补正以前，办理期限停止计算。")
    )
    return redirect("office_repair", uuid=case.uuid)


def _faults(request: HttpRequest, case: Case) -> list[str]:
    return fault_lines(case, user=request.user, today=today(), phase=Phase.INTAKE)


def _notice_page(
    request: HttpRequest,
    case: Case,
    notice: CorrectionNotice,
    *,
    preview: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    page = notice_page(case, notice=notice, today=today(), preview=preview)
    return render(request, "office/repair_correction.html", page, status=status)
