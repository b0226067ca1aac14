"""The officials' pages about service 送达: how the documents of a case are served, and what is not yet."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.cases import delivery_presenters as shown
from credit_repair.cases import delivery_selectors as selectors
from credit_repair.cases.delivery_forms import AnnounceForm, EnterForm, FailForm
from credit_repair.cases.kinds import office_path
from credit_repair.cases.models import Case
from credit_repair.cases.selectors import office_case
from credit_repair.cases.services import delivering as services
from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import today
from credit_repair.core.downloads import file_response
from credit_repair.core.languages import fixed_text
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.notices.announcing import announcement_days, usual_text
from credit_repair.notices.delivering import ON_PAPER
from credit_repair.notices.errors import DeliveryRefused
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.models import Delivery, Document

PAGE_SIZE = 30
#: After how many days the list can begin.
DAYS = (0, 3, 7, 15, 30)


@require_safe
@official_door
def waiting(request: HttpRequest) -> HttpResponse:
    """List what this person's offices have issued some days ago and nobody has been served with yet."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and int(asked) in DAYS else selectors.USUAL_DAYS
    found = selectors.not_served(user=request.user, on=today(), days=days)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("待送达文书"),
        "page_subtitle": _("本单位签发后还没有送达的文书，签发最早的在最前面。"),
        "page_obj": page,
        "rows": [shown.waiting_row(delivery, today=today()) for delivery in page],
        "choices": [{"days": each, "here": each == days} for each in DAYS],
    }
    return render(request, "office/deliveries.html", context)


@require_safe
@official_door
def of_case(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show for each document of a case whether it was served, opened and downloaded, and when."""
    case = office_case(user=request.user, uuid=uuid, on=today())
    offices = selectors.offices_that_serve(user=request.user, on=today())
    context = {
        "page_title": _("文书送达"),
        "page_caption": case.number,
        "breadcrumbs": [{"label": case.number, "url": office_path(case)}],
        "items": shown.served_items(
            [link.document for link in selectors.deliveries_of(case=case)], offices=offices
        ),
    }
    return render(request, "office/case_deliveries.html", context)


@require_safe
@official_door
def of_document(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the same of a document that was issued outside any case."""
    document = get_object_or_404(selectors.documents_alone(user=request.user, on=today()), uuid=uuid)
    offices = selectors.offices_that_serve(user=request.user, on=today())
    context = {
        "page_title": _("文书送达"),
        "page_caption": document.number or fixed_text(document.title),
        "breadcrumbs": [_crumb(document, None)],
        "items": shown.served_items([document], offices=offices),
    }
    return render(request, "office/case_deliveries.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@official_door
@limited("upload")
def enter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Enter that a document was handed over, or left with who refused it, with its proof. The way stands in
    the address, so that the form asks only what belongs to it."""
    delivery, case = _to_serve(request, uuid)
    way = request.POST.get("way") or request.GET.get("way") or _likely_way(delivery)
    if way not in ON_PAPER:
        raise Http404
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    refused = delivery.failure == Delivery.Failure.REFUSED
    form = EnterForm(*sent, way=way, initial={"refusal": delivery.failed_why if refused else ""})

    def verb() -> None:
        scan = form.cleaned_data["scan"]
        services.enter_service(
            delivery=delivery, actor=request.user, today=today(), handed=form.handed(), scan=scan
        )

    title, done, ways = _("登记送达"), _("已登记送达。"), shown.way_tabs(delivery, way)
    return _form_page(request, delivery, case, form, verb, title=title, done=done, ways=ways, way=way)


def _likely_way(delivery: Delivery) -> str:
    """What was refused is left; the rest is handed over."""
    return Delivery.Way.LEFT if delivery.failure == Delivery.Failure.REFUSED else Delivery.Way.DIRECT


@require_http_methods(["GET", "HEAD", "POST"])
@official_door
def fail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Enter that a document was refused or could not be served."""
    delivery, case = _to_serve(request, uuid)
    form = FailForm(request.POST if request.method == "POST" else None)

    def verb() -> None:
        services.enter_failure(delivery=delivery, actor=request.user, today=today(), **form.cleaned_data)

    title, done = _("登记未送达"), _("已登记未送达。其他方式都无法送达的，可以公告送达。")
    return _form_page(request, delivery, case, form, verb, title=title, done=done)


@require_http_methods(["GET", "HEAD", "POST"])
@official_door
def announce(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Serve a document by public notice."""
    delivery, case = _to_serve(request, uuid)
    usual = {"text": usual_text(delivery, on=today())}
    form = AnnounceForm(request.POST if request.method == "POST" else None, initial=usual)

    def verb() -> None:
        services.announce(delivery=delivery, actor=request.user, today=today(), **form.cleaned_data)

    about = _("公告从今天起在本网站公布，满%(days)s日视为送达。") % {"days": announcement_days(on=today())}
    title, done = _("公告送达"), _("已登记公告送达。公告期满，自动记为已送达。")
    return _form_page(request, delivery, case, form, verb, title=title, done=done, about=about)


@require_POST
@official_door
def prove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Have the proof of service made."""
    delivery, case = _to_serve(request, uuid)
    try:
        services.prove(delivery=delivery, case=case, actor=request.user, today=today())
    except (DeliveryRefused, MissingGlyphs) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("送达回证正在生成，稍后可以下载。"))
    return redirect(shown.services_url(delivery.document, case))


@require_safe
@official_door
def scan(request: HttpRequest, uuid: UUID) -> FileResponse:
    """Hand out the scan that proves the service, to officials who may read the case."""
    delivery, _case = selectors.visible_delivery(user=request.user, uuid=uuid, on=today())
    if not delivery.scan:
        raise Http404
    try:
        return file_response(delivery.scan.open("rb"), name=delivery.scan_name, mime=delivery.scan_mime)
    except FileNotFoundError as error:
        raise Http404 from error


def _to_serve(request: HttpRequest, uuid: UUID) -> tuple[Delivery, Case | None]:
    delivery, case = selectors.visible_delivery(user=request.user, uuid=uuid, on=today())
    if not selectors.may_serve(delivery=delivery, user=request.user, on=today()):
        raise Http404
    return delivery, case


def _form_page(
    request: HttpRequest,
    delivery: Delivery,
    case: Case | None,
    form: forms.Form,
    verb: Any,
    *,
    title: str,
    done: str,
    **more: Any,
) -> HttpResponse:
    """Show the form; on a post do it, or say what is wrong and keep what was typed."""
    back = shown.services_url(delivery.document, case)
    if request.method == "POST" and form.is_valid():
        try:
            verb()
        except DeliveryRefused as refused:
            form.add_error(refused.field or None, refused.words)
        except UploadRefused as refused:
            form.add_error("scan", str(refused))
        else:
            messages.success(request, done)
            return redirect(back)
    context = {
        "form": form,
        "delivery": delivery,
        "document_title": fixed_text(delivery.document.title),
        "page_title": title,
        "page_caption": case.number if case else delivery.document.number,
        "back_url": back,
        "breadcrumbs": [_crumb(delivery.document, case), {"label": _("文书送达"), "url": back}],
        **more,
    }
    return render(request, "office/delivery_form.html", context, status=422 if form.errors else 200)


def _crumb(document: Document, case: Case | None) -> dict[str, str | None]:
    """Where the document belongs: its case, else its page in the register."""
    if case is not None:
        return {"label": case.number, "url": office_path(case)}
    label = document.number or fixed_text(document.title)
    return {"label": label, "url": reverse("office_document", args=[document.uuid])}
