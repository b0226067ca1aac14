"""The officials' page of a repair application, and what is written on it beside the acts."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from credit_repair.cases import selectors as cases
from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.forms import NoteForm
from credit_repair.cases.models import Case
from credit_repair.cases.services.notes import add_note
from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import now, today
from credit_repair.repairs.presenters.office import office_page, written_faults
from credit_repair.repairs.services.checks import save_checks


def case_of(request: HttpRequest, uuid: UUID) -> Case:
    """Return the case for who asks. Raises Case.DoesNotExist where it is not theirs to see."""
    return cases.office_case(user=request.user, uuid=uuid, on=today())


def case_page(
    request: HttpRequest,
    case: Case,
    *,
    bound: dict[str, forms.Form] | None = None,
    note: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the case: `bound` and `note` are forms that were sent and could not be done."""
    context = office_page(
        case,
        user=request.user,
        today=today(),
        bound=bound or {},
        note=note,
        timeline=request.GET.get("timeline", ""),
        filled="fill" in request.GET,
    )
    response = render(request, "office/repair.html", context, status=status)
    if context["unmasked_until"] is not None:
        response["Cache-Control"] = "no-store"
    return response


@require_POST
@official_door
def check(request: HttpRequest, uuid: UUID, step: UUID) -> HttpResponse:
    """Keep the checklist of a step as it is ticked; a script is told so in a word, a page comes again."""
    case = case_of(request, uuid)
    answers = {
        name.removeprefix("check-"): request.POST[name] for name in request.POST if name.startswith("check-")
    }
    by_script = request.headers.get("HX-Request") == "true"
    try:
        save_checks(case=case, step=step, actor=request.user, today=today(), answers=answers)
    except ActionRefused as refused:
        if by_script:
            return render(request, "office/checklist_saved.html", {"refusal": str(refused)})
        messages.error(request, str(refused))
        return redirect(f"{reverse('office_repair', args=[case.uuid])}#checklist")
    if by_script:
        faults = written_faults(case_of(request, uuid), step=step, user=request.user, today=today())
        return render(request, "office/checklist_saved.html", {"saved_at": now(), **faults})
    messages.success(request, _("核对结果已保存。"))
    return redirect(f"{reverse('office_repair', args=[case.uuid])}#checklist")


@require_POST
@official_door
def note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write an internal note 内部备注; where it cannot be kept, say why and keep what was typed."""
    case = case_of(request, uuid)
    form = NoteForm(request.POST, prefix="note")
    if not form.is_valid():
        return case_page(request, case, note=form, status=422)
    try:
        add_note(case=case, actor=request.user, today=today(), text=form.cleaned_data["text"])
    except ActionRefused as refused:
        form.add_error("text", str(refused))
        return case_page(request, case, note=form, status=422)
    messages.success(request, _("备注已记入办理过程，只有工作人员能看到。"))
    return redirect(f"{reverse('office_repair', args=[case.uuid])}#timeline")
