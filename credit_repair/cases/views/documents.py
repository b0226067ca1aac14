"""The register of what an office has issued 发文登记簿: to look up, to take along, and to end a document."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases import document_presenters as shown
from credit_repair.cases import document_selectors as selectors
from credit_repair.cases.document_forms import CorrectForm, EndForm, RegisterForm, ReplaceForm
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.pack_forms import PackForm
from credit_repair.cases.services import packing
from credit_repair.cases.services.correcting import correct_notice, preview_of
from credit_repair.cases.services.ending import end_document
from credit_repair.cases.views import packs
from credit_repair.core.clock import today
from credit_repair.core.downloads import file_response, shown_pdf
from credit_repair.core.languages import fixed_text
from credit_repair.core.limits import limited
from credit_repair.core.tables import table_response, wanted_format
from credit_repair.notices.correcting import CORRECTABLE, CannotCorrect, is_correctable, written_in
from credit_repair.notices.ending import may_end
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.models import Document
from credit_repair.notices.services import CannotIssue
from credit_repair.people.doors import office_door

PAGE_SIZE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@office_door("see_cases")
@limited("pack")
def register(request: HttpRequest) -> HttpResponseBase:
    """Show what the offices whose cases this person sees have issued, the newest first; take several of them
    at once."""
    asked = bool(set(request.GET) & set(RegisterForm.base_fields))
    form = RegisterForm(request.GET if asked else None)
    pack_form = PackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (pack := packs.asked_for(request, pack_form, form)):
        return redirect("office_document_pack", uuid=pack.uuid)
    given = form.cleaned_data if asked and form.is_valid() else {}
    found = selectors.found_in_register(user=request.user, on=today(), **given)
    if asked and not form.is_valid():
        found = found.none()
    if wanted_format(request):
        return table_response(request, name=_("文书登记"), columns=shown.COLUMNS, rows=found)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("文书登记"),
        "page_subtitle": _("本单位签发的全部文书，成文日期新的在前。"),
        "tabs": shown.tabs("office_documents"),
        "form": pack_form if pack_form.errors else form,
        "filter_form": form,
        "clear_url": reverse("office_documents") if asked else "",
        "result_text": "" if form.errors else _("共%s份") % page.paginator.count,
        "page_obj": page,
        "rows": shown.rows(list(page), user=request.user, today=today()),
        "pack_form": pack_form,
        "ticked": set(packs.ticked(request)),
        "most": packing.MOST,
        "lacking": selectors.without_file(found).count(),
    }
    return render(request, "office/documents.html", context, status=422 if pack_form.errors else 200)


@require_safe
@office_door("see_cases")
def numbers(request: HttpRequest) -> HttpResponse:
    """Show that the numbers have no gap: how many were given, and which were voided, why and when."""
    void = selectors.void_numbers(user=request.user, on=today())
    page = Paginator(void, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("文书登记"),
        "page_subtitle": _("每个单位、每个发文代字、每年一组文号，从1号起连续编排。"),
        "tabs": shown.tabs("office_document_numbers"),
        "runs": selectors.number_runs(user=request.user, on=today()),
        "page_obj": page,
        "rows": [{"document": each, "url": reverse("office_document", args=[each.uuid])} for each in page],
    }
    return render(request, "office/document_numbers.html", context)


@require_safe
@office_door("see_cases")
def one(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show a document with its history."""
    document = _document(request, uuid)
    context = shown.page_of(document, user=request.user, today=today())
    return render(request, "office/document.html", context)


@require_safe
@office_door("see_cases")
def file(request: HttpRequest, uuid: UUID) -> FileResponse:
    """Hand out the PDF of a document to those who find it in their register."""
    document = _document(request, uuid)
    may_open = selectors.may_open(document, user=request.user, on=today())
    if document.state != Document.State.READY or not may_open:
        raise Http404
    try:
        return file_response(document.file.open("rb"), name=document.file_name, mime="application/pdf")
    except FileNotFoundError as error:
        raise Http404 from error


@require_http_methods(["GET", "HEAD", "POST"])
@office_door("supervise")
def end(request: HttpRequest, uuid: UUID, standing: str) -> HttpResponse:
    """Revoke, replace or void a document, with a reason, by a supervisor of the office that issued it."""
    document = _document(request, uuid)
    if not may_end(document=document, user=request.user, on=today()):
        raise Http404
    back = reverse("office_document", args=[document.uuid])
    if document.standing != Document.Standing.VALID:
        messages.error(request, _("这份文书已经失效，不能再改。"))
        return redirect(back)
    offered = selectors.replacements_for(document, user=request.user, on=today())
    if standing == Document.Standing.REPLACED and not offered.exists():
        messages.error(request, _("还没有可以用来替换的文书。请先为同一事项重新签发，再回来替换。"))
        return redirect(back)
    form = _end_form(request, document, standing)
    words = shown.END_WORDS[standing]
    if request.method == "POST" and form.is_valid():
        try:
            end_document(
                document=document,
                standing=standing,
                actor=request.user,
                today=today(),
                **form.cleaned_data,
            )
        except NotYours as error:
            raise Http404 from error
        except ActionRefused as refused:
            form.add_error(None, refused.words)
        else:
            messages.success(request, str(words["done"]))
            return redirect(back)
    context: dict[str, Any] = {
        "page_title": words["title"],
        "page_caption": document.number or fixed_text(document.title),
        "breadcrumbs": [
            {"label": _("文书登记"), "url": reverse("office_documents")},
            {"label": document.number or fixed_text(document.title), "url": back},
        ],
        "words": words,
        "caution": shown.end_caution(document, standing),
        "form": form,
        "back_url": back,
    }
    return render(request, "office/document_end.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@office_door("supervise")
def correct(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Issue a notice anew with its slips corrected; its draft can be read before."""
    document = _document(request, uuid)
    back = reverse("office_document", args=[document.uuid])
    if not may_end(document=document, user=request.user, on=today()) or document.kind not in CORRECTABLE:
        raise Http404
    if not is_correctable(document):
        messages.error(request, _("这份文书已经失效，不能再改。"))
        return redirect(back)
    written = written_in(document)
    form = CorrectForm(request.POST if request.method == "POST" else None, has_texts=bool(written))
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("do") == "preview":
                pdf = preview_of(document=document, slip=form.slip, today=today())
                return shown_pdf(pdf, name=document.file_name)
            new = correct_notice(
                document=document,
                slip=form.slip,
                why=form.cleaned_data["why"],
                actor=request.user,
                today=today(),
            )
        except NotYours as error:
            raise Http404 from error
        except CannotCorrect as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        except (ActionRefused, MissingGlyphs, CannotIssue) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已更正重发，新的文号是%s，申请人会收到邮件。") % new.number)
            return redirect("office_document", uuid=new.uuid)
    context = {
        "page_title": _("更正重发"),
        "page_caption": document.number,
        "breadcrumbs": [
            {"label": _("文书登记"), "url": reverse("office_documents")},
            {"label": document.number, "url": back},
        ],
        "written": written,
        "form": form,
        "back_url": back,
    }
    return render(request, "office/document_correct.html", context, status=422 if form.errors else 200)


def _end_form(request: HttpRequest, document: Document, standing: str) -> EndForm:
    given = request.POST if request.method == "POST" else None
    if standing == Document.Standing.REPLACED:
        return ReplaceForm(given, offered=selectors.replacements_for(document, user=request.user, on=today()))
    return EndForm(given)


def _document(request: HttpRequest, uuid: UUID) -> Document:
    try:
        return selectors.register(user=request.user, on=today()).get(uuid=uuid)
    except ObjectDoesNotExist as error:
        raise Http404 from error
