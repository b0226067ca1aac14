"""The applicant's pages: from the first click to the removal that every platform has confirmed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from credit_repair.cases import selectors as cases
from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Attachment, Case
from credit_repair.cases.services import transition
from credit_repair.cases.views.doors import applicant_door
from credit_repair.core.clock import today
from credit_repair.core.downloads import file_response
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.services import CannotIssue
from credit_repair.people import access
from credit_repair.registry.models import Record
from credit_repair.repairs import presenters, services
from credit_repair.repairs.forms import MaterialForm, StatementForm
from credit_repair.repairs.states import RepairState


def _case(request: HttpRequest, uuid: UUID) -> Case:
    return cases.applicant_case(user=request.user, uuid=uuid, on=today())


@require_POST
@applicant_door
def start(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Open a draft on a record; where one is open already, lead there."""
    subjects = access.subjects_of(user=request.user, on=today())
    record = Record.objects.select_related("subject").get(uuid=uuid, subject__in=subjects)
    try:
        case = services.start(record=record, actor=request.user, today=today())  # type: ignore[arg-type]
    except ActionRefused as refused:
        messages.error(request, refused.words)
        return redirect("my_record", uuid=record.uuid)
    return redirect("my_repair", uuid=case.uuid)


@require_GET
@applicant_door
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the draft's task list, or how the application stands."""
    case = _case(request, uuid)
    if case.state == RepairState.DRAFT:
        return render(request, "public/repair_draft.html", presenters.draft_page(case, today=today()))
    return render(
        request,
        "public/repair.html",
        presenters.applicant_page(case, user=request.user, today=today()),
    )


@require_http_methods(["GET", "POST"])
@applicant_door
def statement(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask what was corrected and performed, and whom to call."""
    case = _case(request, uuid)
    if case.state != RepairState.DRAFT:
        return redirect("my_repair", uuid=case.uuid)
    form = StatementForm(
        request.POST or None,
        today=today(),
        decided_on=case.record.decision_date if case.record else None,
        initial=presenters.statement_answers(case.repair),
    )
    if request.method == "POST" and form.is_valid():
        answers = dict(form.cleaned_data)
        try:
            services.save_statement(
                case=case,
                actor=request.user,  # type: ignore[arg-type]
                today=today(),
                revision=answers.pop("revision"),
                answers=answers,
            )
        except ActionRefused as refused:
            form = _with_current_revision(form, case)
            form.add_error(None, refused.words)
        else:
            return _next(request, case)
    return render(
        request,
        "public/repair_statement.html",
        {"case": case, "form": form, "page_title": _("改正和履行情况"), **presenters.crumbs(case)},
    )


def _with_current_revision(form: StatementForm, case: Case) -> StatementForm:
    """Keep what was typed, and let the next save stand on what is stored now."""
    case.repair.refresh_from_db()
    data = {**form.data.dict(), "revision": case.repair.revision}  # type: ignore[attr-defined]
    renewed = StatementForm(data, today=form.today, decided_on=form.decided_on)
    renewed.is_valid()
    return renewed


def _next(request: HttpRequest, case: Case) -> HttpResponseRedirect:
    """Lead straight back to the check page where a change was asked for from there."""
    if request.GET.get("from") == "check":
        return redirect("my_repair_check", uuid=case.uuid)
    return redirect("my_repair", uuid=case.uuid)


@require_GET
@applicant_door
def letter(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Hand out the commitment letter, filled from the case, to print and sign."""
    case = _case(request, uuid)
    try:
        link = services.letter_to_sign(case=case, actor=request.user, today=today())  # type: ignore[arg-type]
    except (ActionRefused, MissingGlyphs) as refused:
        messages.error(request, str(refused))
        return redirect("my_repair", uuid=case.uuid)
    name = f"{link.document.title}.pdf"
    return file_response(link.document.file.open("rb"), name=name, mime="application/pdf")


@require_http_methods(["GET", "POST"])
@applicant_door
@limited("upload")
def material(request: HttpRequest, uuid: UUID, kind: str) -> HttpResponse:
    """Take the signed letter, or a proof of performance."""
    case = _case(request, uuid)
    if case.state != RepairState.DRAFT:
        return redirect("my_repair", uuid=case.uuid)
    form = MaterialForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _taken(request, case, kind, form):
        return redirect(request.get_full_path())
    return render(
        request, "public/repair_material.html", presenters.material_page(case, kind=kind, form=form)
    )


def _taken(request: HttpRequest, case: Case, kind: str, form: MaterialForm) -> bool:
    upload: UploadedFile = form.cleaned_data["file"]
    try:
        services.add_material(
            case=case,
            actor=request.user,  # type: ignore[arg-type]
            today=today(),
            kind=kind,
            upload=upload,
        )
    except (UploadRefused, ActionRefused) as refused:
        form.add_error("file", str(refused))
        return False
    messages.success(request, _("已保存：%s") % upload.name)
    return True


@require_POST
@applicant_door
def drop_material(request: HttpRequest, uuid: UUID, attachment: UUID) -> HttpResponse:
    """Take a file out of the draft again."""
    case = _case(request, uuid)
    found = Attachment.objects.select_related("case").get(case=case, uuid=attachment)
    try:
        services.drop_material(case=case, actor=request.user, today=today(), attachment=found)  # type: ignore[arg-type]
    except ActionRefused as refused:
        messages.error(request, refused.words)
        return redirect("my_repair", uuid=case.uuid)
    messages.success(request, _("已删除：%s") % found.name)
    return redirect("my_repair_material", uuid=case.uuid, kind=found.kind)


@require_http_methods(["GET", "POST"])
@applicant_door
def check(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show every answer once more; a post submits."""
    case = _case(request, uuid)
    if case.state != RepairState.DRAFT:
        return redirect("my_repair", uuid=case.uuid)
    errors: list[dict[str, Any]] = []
    if request.method == "POST":
        try:
            transition(case=case, action="submit", actor=request.user, today=today())
        except (ActionRefused, MissingGlyphs, CannotIssue) as refused:
            errors = [{"text": str(refused), "href": ""}]
        else:
            return redirect("my_repair_filed", uuid=case.uuid)
    return render(
        request,
        "public/repair_check.html",
        presenters.check_page(case, user=request.user, today=today(), errors=errors),
    )


@require_GET
@applicant_door
def filed(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Confirm: number, query code, what happens next and by when."""
    case = _case(request, uuid)
    if case.submitted_on is None:
        return redirect("my_repair", uuid=case.uuid)
    return render(request, "public/repair_filed.html", presenters.filed_page(case, today=today()))


@require_http_methods(["GET", "POST"])
@applicant_door
def end(request: HttpRequest, uuid: UUID, action: str) -> HttpResponse:
    """Ask before a draft is discarded or an application withdrawn; a post does it."""
    case = _case(request, uuid)
    if request.method == "POST":
        try:
            transition(case=case, action=action, actor=request.user, today=today())
        except ActionRefused as refused:
            messages.error(request, refused.words)
        else:
            messages.success(request, presenters.ENDED_WORDS[action])
        if action == "discard":
            return redirect("me")
        return redirect("my_repair", uuid=case.uuid)
    return render(request, "public/repair_end.html", presenters.end_page(case, action=action))
