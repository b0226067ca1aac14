"""Several documents of the register at once 打包、合并打印、补签: ask, follow, fetch, ask again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from credit_repair.cases import document_presenters
from credit_repair.cases import pack_presenters as shown
from credit_repair.cases import pack_selectors as selectors
from credit_repair.cases.document_forms import RegisterForm
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.pack_forms import PackForm
from credit_repair.cases.services import packing
from credit_repair.core import audit
from credit_repair.core.clock import now, today
from credit_repair.core.downloads import file_response
from credit_repair.core.limits import limited
from credit_repair.core.uuids import known_uuids
from credit_repair.notices.models import DocumentPack
from credit_repair.people.doors import office_door

PAGE_SIZE = 30
DOCUMENTS_A_PAGE = 50
MIMES = {DocumentPack.Kind.ZIP: "application/zip", DocumentPack.Kind.PRINT: "application/pdf"}


def asked_for(request: HttpRequest, form: PackForm, filters: RegisterForm) -> DocumentPack | None:
    """Ask for what the form on the register says, for the ticked documents or all that the filters find.

    None where it cannot be done: then the form says why.
    """
    if not form.is_valid():
        return None
    everything = form.cleaned_data["everything"]
    if everything and filters.is_bound and not filters.is_valid():
        form.add_error(None, _("筛选条件有误，请先改正，再选筛选出的全部文书。"))
        return None
    chosen: dict[str, Any] = {"ticked": ticked(request)}
    if everything:
        chosen = {"filters": filters.cleaned_data if filters.is_bound else {}}
    try:
        return packing.ask_for_pack(
            user=request.user,
            kind=form.cleaned_data["do"],
            order=form.cleaned_data["order"],
            two_sided=form.cleaned_data["two_sided"],
            today=today(),
            now=now(),
            **chosen,
        )
    except ActionRefused as refused:
        form.add_error(None, refused.words)
        return None


def ticked(request: HttpRequest) -> list[UUID]:
    """Return which documents the person has ticked, as far as a pack may have them."""
    return known_uuids(request.POST.getlist("document")[: packing.MOST + 1])


@require_safe
@office_door("see_cases")
def packs(request: HttpRequest) -> HttpResponse:
    """Show what the person has asked for several documents, as long as it is kept."""
    page = Paginator(_theirs(request), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("文书登记"),
        "page_subtitle": _("您提出的打包、合并打印和补签，保留%s天，只有您自己能看到。") % packing.KEPT.days,
        "tabs": document_presenters.tabs("office_document_packs"),
        "page_obj": page,
        "rows": shown.pack_rows(page),
    }
    return render(request, "office/document_packs.html", context)


@require_safe
@office_door("see_cases")
def one(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show how far a pack has come, its file, and what became of each document."""
    pack = _pack(request, uuid)
    items = selectors.shown_items(pack, user=request.user, on=today())
    if pack.is_under_way:
        items = items.none()  # what became of each is told when all is done
    page = Paginator(items, DOCUMENTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        **shown.page_of(pack, on=today()),
        "page_obj": page,
        "rows": shown.item_rows(page),
    }
    return render(request, "office/document_pack.html", context)


@require_safe
@office_door("see_cases")
def progress(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show how far a pack has come: a piece of its page, which the page asks for every second."""
    pack = _pack(request, uuid)
    if request.headers.get("HX-Request") != "true":
        return redirect("office_document_pack", uuid=pack.uuid)
    if not pack.is_under_way:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "office/document_pack_progress.html", shown.progress_of(pack))


@require_safe
@office_door("see_cases")
def file(request: HttpRequest, uuid: UUID) -> FileResponse:
    """Hand out the file of a pack to who asked for it, as long as all that is in it is theirs to open."""
    pack = _pack(request, uuid)
    if pack.state != DocumentPack.State.READY or not pack.file or not selectors.may_fetch(pack, on=today()):
        raise Http404
    try:
        opened = pack.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    audit.record(actor=request.user, action="pack.download", target=pack, data={"sha256": pack.sha256})
    return file_response(opened, name=shown.file_name(pack), mime=MIMES[DocumentPack.Kind(pack.kind)])


@require_POST
@office_door("see_cases")
@limited("pack")
def again(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Have a pack made anew, or one that stopped gone on with."""
    pack = _pack(request, uuid)
    try:
        packing.make_again(pack=pack, actor=request.user, now=now())
    except NotYours as error:
        raise Http404 from error
    except ActionRefused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, _("已经重新排队。"))
    return redirect("office_document_pack", uuid=pack.uuid)


def _theirs(request: HttpRequest) -> Any:
    return selectors.packs_of(user=request.user, at=now())


def _pack(request: HttpRequest, uuid: UUID) -> DocumentPack:
    return get_object_or_404(_theirs(request).select_related("asked_by"), uuid=uuid)
