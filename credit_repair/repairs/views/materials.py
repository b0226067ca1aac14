"""The files of a basket."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Attachment, Case, Filing, StoredFile
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.repairs import services
from credit_repair.repairs.forms.materials import FilesForm, UseForm, kinds_at
from credit_repair.repairs.presenters import materials as presenters
from credit_repair.repairs.presenters.basket import Basket
from credit_repair.repairs.views.sides import Side, on_both_sides

COMMITMENT = Attachment.Kind.COMMITMENT
FROM_CHECK = "?from=check"


@require_http_methods(["GET", "POST"])
@on_both_sides
@limited("upload")
def materials(request: HttpRequest, *, uuid: UUID, kind: str, side: Side) -> HttpResponse:
    """Show the files of one kind, and take more; signed letters have a page of their own."""
    filing = side.filing(request, uuid)
    _refuse_other(kind, side)
    drafts = services.drafts_of(filing)
    if not drafts:
        return redirect(side.url("filing", filing.uuid))
    errors = _bring(request, filing, kind, drafts) if request.method == "POST" else []
    if kind == COMMITMENT:
        for words in errors:
            messages.error(request, words)
    if kind == COMMITMENT or (request.method == "POST" and not errors):
        return _back(request, filing, kind, side)
    basket = Basket(side=side, filing=filing, drafts=services.drafts_of(filing), today=today())
    page = presenters.materials_page(
        basket,
        kind=kind,
        user=request.user,  # type: ignore[arg-type]
        errors=errors,
        from_check=_from_check(request),
    )
    return render(request, "public/filing_materials.html", page)


@require_POST
@on_both_sides
def use(request: HttpRequest, *, uuid: UUID, kind: str, file: UUID, side: Side) -> HttpResponse:
    """Say for which records a file is."""
    filing, stored = _file(request, uuid, kind, file, side)
    drafts = services.drafts_of(filing)
    form = UseForm(request.POST, choices=[(str(case.uuid), str(case.uuid)) for case in drafts])
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors["case"]))))
        return _back(request, filing, kind, side)
    chosen = set(form.cleaned_data["case"])
    try:
        services.use_material(
            filing=filing,
            actor=request.user,  # type: ignore[arg-type]
            today=today(),
            kind=kind,
            stored=stored,
            only=[case for case in drafts if str(case.uuid) in chosen],
        )
    except (ActionRefused, UploadRefused) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已保存：%s") % stored.name)
    return _back(request, filing, kind, side)


@require_POST
@on_both_sides
def drop(request: HttpRequest, *, uuid: UUID, kind: str, file: UUID, side: Side) -> HttpResponse:
    """Take a file out of the basket again."""
    filing, stored = _file(request, uuid, kind, file, side)
    try:
        services.drop_material(
            filing=filing,
            actor=request.user,  # type: ignore[arg-type]
            today=today(),
            kind=kind,
            stored=stored,
        )
    except ActionRefused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, _("已删除：%s") % stored.name)
    return _back(request, filing, kind, side)


def _bring(request: HttpRequest, filing: Filing, kind: str, drafts: list[Case]) -> list[str]:
    """Keep the files of the form; return words on those that cannot be taken. The others are kept."""
    form = FilesForm(request.POST, request.FILES)
    if not form.is_valid():
        return [str(words) for several in form.errors.values() for words in several]
    only = [case for case in drafts if case.uuid in form.target.only] if form.target.only else None
    refused: list[str] = []
    kept: list[str] = []
    for file in form.cleaned_data["file"]:
        try:
            added = services.add_material(
                filing=filing,
                actor=request.user,  # type: ignore[arg-type]
                today=today(),
                kind=kind,
                upload=file,
                only=only,
            )
        except UploadRefused as error:
            refused.append(_("%(name)s：%(words)s") % {"name": file.name, "words": error})
        except ActionRefused as error:
            return [error.words]
        else:
            kept.append(added[0].name)
    if kept:
        messages.success(request, _("已保存：%s") % "、".join(kept))
    return refused


def _file(request: HttpRequest, uuid: UUID, kind: str, file: UUID, side: Side) -> tuple[Filing, StoredFile]:
    filing = side.filing(request, uuid)
    _refuse_other(kind, side)
    return filing, StoredFile.objects.get(filing=filing, uuid=file)


def _refuse_other(kind: str, side: Side) -> None:
    if kind not in kinds_at(at_window=side.at_window):
        raise Http404


def _from_check(request: HttpRequest) -> bool:
    return request.GET.get("from") == "check"


def _back(request: HttpRequest, filing: Filing, kind: str, side: Side) -> HttpResponseRedirect:
    if kind == COMMITMENT:
        address = side.url("filing_letters", filing.uuid)
    else:
        address = side.url("filing_materials", filing.uuid, kind)
    return redirect(address + (FROM_CHECK if _from_check(request) else ""))
