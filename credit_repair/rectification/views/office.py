"""The authority's side of orders 责令整改 and interviews 约谈; the credit office reads along."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.record_access import records_for_official
from credit_repair.cases.record_reading import reader_of, with_reader
from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import today
from credit_repair.core.downloads import file_response, shown_pdf
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.notices import services as notices
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.models import Document
from credit_repair.notices.services import CannotIssue
from credit_repair.people.doors import office_door
from credit_repair.rectification import presenters as shown
from credit_repair.rectification import selectors
from credit_repair.rectification.forms import OrderForm
from credit_repair.rectification.models import Order
from credit_repair.rectification.services import orders
from credit_repair.rectification.services.interviews import record_of_interview
from credit_repair.rectification.states import title_of
from credit_repair.rectification.views.office_acts import ACTS, Doing, OfficeAct, offered_acts
from credit_repair.rectification.views.tabs import office_tabs

PAGE_SIZE = 30
REFUSALS = (ActionRefused, UploadRefused, MissingGlyphs, CannotIssue)


@require_safe
@office_door("see_cases")
def order_list(request: HttpRequest) -> HttpResponseBase:
    """Show what waits for the official's own office, or all orders that they may read."""
    day, user = today(), request.user
    acts = bool(selectors.acting_offices(user=user, on=day))
    part = request.GET.get("show", "mine" if acts else "")
    if part not in {*selectors.PARTS, "mine"} or not acts:
        part = ""
    found = selectors.listed_orders(user=user, on=day, part=part)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("整改与约谈"),
        "page_subtitle": _("认定单位责令整改，逾期的先提示约谈、再警示约谈。信用办可以查看，不代为办理。"),
        "sections": office_tabs("orders"),
        "tabs": _parts(user, day, part) if acts else [],
        "page_obj": page,
        "rows": [shown.order_row(order, office=True, today=day, reader=reader_of(order)) for order in page],
        "waits": part != "",
    }
    return render(request, "rectification/orders.html", context)


def _parts(user: Any, day: Any, chosen: str) -> list[dict[str, Any]]:
    labels = {
        "mine": _("待本单位办理"),
        "drafts": _("待签发"),
        "proofs": _("待审核证明"),
        "overdue": _("逾期"),
        "interviews": _("已通知约谈"),
        "after": _("约谈后跟进"),
        "promises": _("承诺待核查"),
    }
    numbers = selectors.counts(user=user, on=day)
    url = reverse("office_orders")
    tabs = [
        {"label": label, "url": f"{url}?show={name}", "active": name == chosen, "count": numbers[name]}
        for name, label in labels.items()
    ]
    return [*tabs, {"label": _("全部"), "url": f"{url}?show=all", "active": chosen == "", "count": None}]


def _order(request: HttpRequest, uuid: UUID) -> Order:
    found = selectors.with_all(selectors.readable_orders(user=request.user, on=today()))
    return with_reader(found, user=request.user, on=today(), path="record__").get(uuid=uuid)


def _page(request: HttpRequest, order: Order) -> shown.Page:
    return shown.Page(order=order, today=today(), office=True, reader=reader_of(order))


def _crumbs(*orders: Order) -> list[dict[str, str]]:
    below = [
        {"label": order.number or _("草稿"), "url": reverse("office_order", args=[order.uuid])}
        for order in orders
    ]
    return [{"label": _("整改与约谈"), "url": reverse("office_orders")}, *below]


@require_safe
@official_door
def order(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show an order: how it stands, what can be done, proof, interviews, what happened."""
    found = _order(request, uuid)
    doing = Doing(order=found, actor=request.user, today=today())
    acts = offered_acts(doing)
    context = {
        **shown.order_page(_page(request, found)),
        "page_title": found.number or _("责令整改草稿"),
        "page_caption": _("责令整改"),
        "breadcrumbs": _crumbs(),
        "base_template": "office/base.html",
        "acts": [
            {
                "label": act.label,
                "url": reverse("office_order_act", args=[found.uuid, act.slug]),
                "style": "primary" if place == 0 and act.tone != "link" else act.tone,
            }
            for place, act in enumerate(acts)
        ],
        "preview_url": reverse("office_order_preview", args=[found.uuid])
        if found.state == Order.State.DRAFT
        else "",
    }
    return render(request, "rectification/order.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@office_door("verify")
def order_new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Draft an order about a record, by a verifier of its authority."""
    day = today()
    readable = records_for_official(user=request.user, on=day)
    record = get_object_or_404(readable.select_related("authority", "subject"), uuid=uuid)
    if not selectors.may_draft(user=request.user, record=record, on=day):
        raise Http404
    initial = {"complete_by": orders.usual_due(today=day)}
    form = OrderForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            made = orders.draft_order(record=record, actor=request.user, today=day, **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, refused.words)
        else:
            messages.success(request, _("草稿已保存，请另一位审批人员签发。"))
            return redirect("office_order", uuid=made.uuid)
    back = reverse("office_record", args=[record.uuid])
    context = {
        "form": form,
        "page_title": _("责令整改"),
        "page_caption": record.doc_no or record.list_name,
        "page_subtitle": _("拟稿后由另一位审批人员签发。"),
        "breadcrumbs": [
            {"label": _("信用记录"), "url": reverse("office_records")},
            {"label": record.doc_no or record.list_name or _("信用记录"), "url": back},
        ],
        "base_template": "office/base.html",
        "button": _("保存草稿"),
        "back_url": back,
    }
    return render(request, "rectification/act.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@official_door
@limited("upload")
def order_act(request: HttpRequest, uuid: UUID, slug: str) -> HttpResponse:
    """Do one of the acts of the table, where it is offered; what moved on meanwhile is said on the order."""
    act = next((act for act in ACTS if act.slug == slug), None)
    if act is None:
        raise Http404
    found = _order(request, uuid)
    doing = Doing(order=found, actor=request.user, today=today())
    if act not in offered_acts(doing):
        return _not_offered(request, found, act)
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = act.form(doing, *data)
    if form.is_bound and form.is_valid():
        try:
            act.run(doing, form)
        except REFUSALS as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, act.done)
            return redirect("office_order", uuid=found.uuid)
    return render(
        request, act.template, _act_page(request, found, act, form), status=422 if form.errors else 200
    )


def _not_offered(request: HttpRequest, order: Order, act: OfficeAct) -> HttpResponse:
    """Say that it has moved on to those who could have done it; for others the page does not exist."""
    if order.office_id not in selectors.acting_offices(user=request.user, on=today()):
        raise Http404
    messages.warning(request, _("现在不能办理“%s”，请看目前的状态。") % (act.label or title_of(act.move)))
    return redirect("office_order", uuid=order.uuid)


def _act_page(request: HttpRequest, order: Order, act: OfficeAct, form: Any) -> dict[str, Any]:
    page = _page(request, order)
    interview = Doing(order=order, actor=request.user, today=today()).facts.interview
    context: dict[str, Any] = {
        "form": form,
        "page_title": act.title,
        "page_caption": order.number or _("草稿"),
        "page_subtitle": act.lead,
        "breadcrumbs": _crumbs(order),
        "base_template": "office/base.html",
        "button": act.button,
        "danger": act.tone == "link",
        "multipart": True,
        "back_url": reverse("office_order", args=[order.uuid]),
    }
    if act.slug == "issue":
        context["preview_url"] = reverse("office_order_preview", args=[order.uuid])
    if act.slug == "sign-record" and interview is not None:
        context["record"] = record_of_interview(interview, order=order)
        context["record_rows"] = shown.interview_item(page, interview)
        context["otherwise"] = _("这个浏览器不能在屏幕上签名，请打印签名后上传扫描件。")
    return context


@require_safe
@official_door
@limited("letter_file", get=True)
def order_preview(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Show the notice of a draft as it would go out, marked as a draft."""
    found = _order(request, uuid)
    if found.state != Order.State.DRAFT:
        raise Http404
    try:
        pdf = notices.preview(document=orders.order_document(found, today=today()), office=found.office)
    except (MissingGlyphs, CannotIssue) as refused:
        messages.error(request, str(refused))
        return redirect("office_order", uuid=found.uuid)
    return shown_pdf(pdf, name=f"{_('责令整改通知书')}.pdf")


@require_safe
@official_door
def order_document(request: HttpRequest, uuid: UUID, document: UUID) -> FileResponse:
    """Hand out a document of an order to officials who may read it."""
    found = get_object_or_404(selectors.readable_orders(user=request.user, on=today()), uuid=uuid)
    return document_response(selectors.documents_of(found).get(uuid=document))


def document_response(document: Document) -> FileResponse:
    """Answer with the PDF of a document that is there."""
    if document.state != Document.State.READY:
        raise Http404
    try:
        return file_response(document.file.open("rb"), name=document.file_name, mime="application/pdf")
    except FileNotFoundError as error:
        raise Http404 from error
