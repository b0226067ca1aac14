"""A correction 补正 is answered item by item, and only what is asked."""

from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Case
from credit_repair.cases.services import transition
from credit_repair.core.clock import today
from credit_repair.core.downloads import file_response
from credit_repair.core.uploads import UploadRefused
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.repairs.forms.correction import AnswerForm
from credit_repair.repairs.presenters.correction import correction_page
from credit_repair.repairs.services import corrections
from credit_repair.repairs.states import RepairState
from credit_repair.repairs.views.sides import Side, on_both_sides


@require_http_methods(["GET", "HEAD", "POST"])
@on_both_sides
def correction(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Show each gap with the fields that answer it; a post saves one answer, or hands all of them in."""
    case = side.case(request, uuid)
    if request.method == "POST":
        if request.POST.get("do") == "resubmit":
            return _resubmit(request, case, side)
        position = request.POST.get("item", "")
        if not position.isdecimal() or len(position) > 4:
            return redirect(side.url("repair_correction", uuid))
        answer = _words if request.POST.get("do") == "words" else _files
        return answer(request, case, side, int(position))
    if case.state != RepairState.CORRECTION:
        return redirect(side.url("repair", uuid))
    return _page(request, case, side)


def _page(request: HttpRequest, case: Case, side: Side, *, status: int = 200, **more: object) -> HttpResponse:
    page = correction_page(case, side=side, user=request.user, today=today(), **more)  # type: ignore[arg-type]
    return render(request, "public/repair_correction.html", page, status=status)


def _words(request: HttpRequest, case: Case, side: Side, position: int) -> HttpResponse:
    form = AnswerForm(request.POST, prefix=f"item-{position}")
    if form.is_valid():
        try:
            item = corrections.answer_item(
                case=case,
                actor=request.user,  # type: ignore[arg-type]
                today=today(),
                position=position,
                text=form.cleaned_data["words"],
            )
        except ActionRefused as refused:
            return _refused(request, case, side, refused)
        if item.answer:
            messages.success(request, _("第%d项的说明已保存。") % position)
            return _back(case, side, position)
        if corrections.takes_files(item):
            messages.info(request, _("第%d项没有写说明。") % position)
            return _back(case, side, position)
        form.add_error("words", _("请写明补正的内容。"))
    return _page(request, case, side, status=422, bound={position: form})


def _files(request: HttpRequest, case: Case, side: Side, position: int) -> HttpResponse:
    uploads = request.FILES.getlist("file")
    errors = [] if uploads else [_("请选择要上传的文件。")]
    for upload in uploads:
        try:
            _keep(request, case, position, upload)
        except UploadRefused as refused:
            errors.append(_("%(name)s：%(why)s") % {"name": upload.name, "why": refused})
        except ActionRefused as refused:
            return _refused(request, case, side, refused)
    if errors:
        return _page(request, side.case(request, case.uuid), side, status=422, refused={position: errors})
    messages.success(request, _("第%d项的文件已保存。") % position)
    return _back(case, side, position)


def _keep(request: HttpRequest, case: Case, position: int, upload: UploadedFile) -> None:
    corrections.answer_with_file(
        case=case,
        actor=request.user,  # type: ignore[arg-type]
        today=today(),
        position=position,
        upload=upload,
    )


def _resubmit(request: HttpRequest, case: Case, side: Side) -> HttpResponse:
    try:
        transition(case=case, action="resubmit", actor=request.user, today=today())
    except ActionRefused as refused:
        return _refused(request, case, side, refused)
    messages.success(request, _("补正已提交，信用办继续办理，办理期限接着计算。"))
    return redirect(side.url("repair", case.uuid))


def _refused(request: HttpRequest, case: Case, side: Side, refused: ActionRefused) -> HttpResponse:
    """What cannot be done any more is said on the page where the case stands now."""
    messages.error(request, refused.words)
    return redirect(side.url("repair_correction", case.uuid))


def _back(case: Case, side: Side, position: int) -> HttpResponse:
    return redirect(f"{side.url('repair_correction', case.uuid)}#item-{position}")


@require_POST
@on_both_sides
def drop_file(request: HttpRequest, uuid: UUID, position: int, attachment: UUID, side: Side) -> HttpResponse:
    """Take a file back that was brought for one gap."""
    case = side.case(request, uuid)
    try:
        corrections.drop_file(
            case=case,
            actor=request.user,  # type: ignore[arg-type]
            today=today(),
            position=position,
            attachment=attachment,
        )
    except ActionRefused as refused:
        return _refused(request, case, side, refused)
    messages.success(request, _("文件已删除。"))
    return _back(case, side, position)


@require_safe
@on_both_sides
def letter(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponseBase:
    """Hand out the commitment letter to print and sign anew, while one is asked for."""
    case = side.case(request, uuid)
    try:
        link = corrections.letter_in_correction(case=case, actor=request.user, today=today())  # type: ignore[arg-type]
    except ActionRefused as refused:
        return _refused(request, case, side, refused)
    except MissingGlyphs as missing:
        messages.error(request, str(missing))
        return redirect(side.url("repair_correction", uuid))
    document = link.document
    found: FileResponse = file_response(
        document.file.open("rb"), name=document.file_name, mime="application/pdf"
    )
    return found
