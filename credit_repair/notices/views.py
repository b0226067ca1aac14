"""What anybody may ask without an account: whether a document is genuine 文书核验, and what is served by
public notice 公告送达."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.notices import announcing
from credit_repair.notices.check_presenters import facts, verdict
from credit_repair.notices.forms import CheckFileForm, CheckForm
from credit_repair.notices.models import Document
from credit_repair.notices.notice_presenters import notice_page, notice_row
from credit_repair.notices.verification import document_with, is_same_file, said_of

PAGE_SIZE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@limited("check_document", get=True)
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Say what stands behind a code, and whether a file is the one that was issued."""
    document = document_with(code)
    if document is None:
        form = CheckForm({"code": code})
        is_code = form.is_valid()
        if is_code:
            form.add_error("code", unknown_words())
        return asked_page(request, form, is_unknown=is_code, status=404)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form_of_file = CheckFileForm(*sent)
    same = None
    if request.method == "POST" and form_of_file.is_valid():
        same = is_same_file(document, form_of_file.cleaned_data["file"].chunks())
    return said_page(request, document, form_of_file, same=same)


def unknown_words() -> str:
    """Say that no document has this code."""
    return _("没有查到这份文书。请核对核验码；确认无误仍查不到的，这份文书不是本站签发的。")


def said_page(
    request: HttpRequest, document: Document, form: CheckFileForm, *, same: bool | None
) -> HttpResponse:
    """Answer with what is said of a document; `same`: whether a file is the one issued, None for no file."""
    said = said_of(document, on=today())
    context = {
        "page_title": _("文书核验"),
        "breadcrumbs": [{"label": _("文书核验"), "url": reverse("check_documents")}],
        "document": said,
        "verdict": verdict(said, is_other_file=same is False),
        "facts": facts(said),
        "code": document.check_code,
        "is_made": document.state == Document.State.READY,
        "form": form,
        "same": same,
    }
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, "public/check_document.html", context, status=status)


def asked_page(
    request: HttpRequest, form: CheckForm, *, is_unknown: bool = False, status: int = 200
) -> HttpResponse:
    """Answer with the page that asks for a code or a file; with faults in the form, 422.

    is_unknown  there was a code, and no document has it: the page says what else can be done
    """
    context = {
        "page_title": _("文书核验"),
        "page_subtitle": _("核对文书是不是本站签发的、现在是否有效，不用登录。"),
        "form": form,
        "document": None,
        "is_unknown": is_unknown,
    }
    if status == 200 and form.errors:
        status = 422
    return render(request, "public/check_document.html", context, status=status)


@require_safe
@never_cache
@limited("public_notices", get=True)
def public_notices(request: HttpRequest) -> HttpResponse:
    """List what is served by public notice now."""
    page = Paginator(announcing.public_notices(on=today()), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("公告送达"),
        "page_subtitle": _("其他方式无法送达的文书在这里公告。公告期满，视为送达。"),
        "page_obj": page,
        "rows": [notice_row(delivery, on=today()) for delivery in page],
    }
    return render(request, "public/notices.html", context)


@require_safe
@never_cache
@limited("public_notices", get=True)
def public_notice(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one public notice as it was published; some days after its time it is gone."""
    delivery = announcing.public_notices(on=today()).filter(uuid=uuid).first()
    if delivery is None:
        raise Http404
    context = {
        "page_title": _("送达公告"),
        "page_caption": delivery.document.number or "",
        "breadcrumbs": [{"label": _("公告送达"), "url": reverse("public_notices")}],
        **notice_page(delivery, on=today()),
    }
    return render(request, "public/notice.html", context)
