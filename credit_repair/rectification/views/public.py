"""The subject's side: its orders, proof handed in, the record of an interview and a promise signed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.views.doors import applicant_door
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.core.wording import day_text
from credit_repair.notices.arrival import note_downloaded
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.ink_forms import SignatureForm
from credit_repair.people import acting
from credit_repair.rectification import presenters as shown
from credit_repair.rectification import selectors
from credit_repair.rectification.forms import ProofForm
from credit_repair.rectification.guards import Facts
from credit_repair.rectification.models import Interview, InterviewSignature, Order
from credit_repair.rectification.services import promises, proofs, signing
from credit_repair.rectification.services.interviews import record_of_interview
from credit_repair.rectification.states import refusal
from credit_repair.rectification.views.office import document_response
from credit_repair.rectification.views.tabs import own_tabs

PAGE_SIZE = 20


@require_safe
@applicant_door
def order_list(request: HttpRequest) -> HttpResponseBase:
    """Show the orders to the subject acted for; to all where none is chosen."""
    day, subject = today(), acting.subject_now(request)
    found = selectors.own_orders(user=request.user, on=day)
    if subject is not None:
        found = found.filter(subject=subject)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("整改与活动"),
        "sections": own_tabs("orders"),
        "page_obj": page,
        "rows": [shown.order_row(order, office=False, today=day) for order in page],
        "show_subject": subject is None,
    }
    return render(request, "rectification/my_orders.html", context)


def _order(request: HttpRequest, uuid: UUID) -> Order:
    return selectors.with_all(selectors.own_orders(user=request.user, on=today())).get(uuid=uuid)


def _frame(order: Order, *, inside: bool = False) -> dict[str, Any]:
    crumbs = [{"label": _("整改与活动"), "url": reverse("my_orders")}]
    if inside:
        crumbs.append({"label": str(order.number), "url": reverse("my_order", args=[order.uuid])})
    return {
        "breadcrumbs": crumbs,
        "base_template": "public/base.html",
        "acting_for": acting.bar(order.subject),
        "back_url": reverse("my_order", args=[order.uuid]),
    }


@require_safe
@applicant_door
def order(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show an order to whoever acts for its subject: what to do until when, and what was done."""
    found = _order(request, uuid)
    acts = _acts(found, request.user)
    context = {
        **shown.order_page(shown.Page(order=found, today=today(), office=False)),
        **_frame(found),
        "page_title": str(found.number),
        "page_caption": _("责令整改"),
        "acts": [
            {"label": label, "url": url, "style": "primary" if place == 0 else "outline-primary"}
            for place, (label, url) in enumerate(acts)
        ],
    }
    return render(request, "rectification/order.html", context)


def _acts(order: Order, user: Any) -> list[tuple[str, str]]:
    """Return what the subject's people can do now."""
    facts = Facts(order=order, actor=user, today=today())
    found: list[tuple[str, str]] = []
    interview = facts.interview
    if interview is not None and _awaits_subject(interview):
        url = reverse("my_order_sign", args=[order.uuid, interview.uuid])
        found.append((_("签署约谈记录"), url))
    if refusal("promise", facts) is None:
        found.append((_("签署整改承诺书"), reverse("my_order_promise", args=[order.uuid])))
    if refusal("hand_in", facts) is None:
        found.append((_("提交整改证明"), reverse("my_order_proof", args=[order.uuid])))
    return found


def _awaits_subject(interview: Interview) -> bool:
    if interview.state != Interview.State.HELD or interview.is_signed:
        return False
    return InterviewSignature.Side.SUBJECT not in {each.side for each in interview.signatures.all()}


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_door
@limited("upload")
def proof(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Hand proof in: words and files for each demand."""
    found = _order(request, uuid)
    if refused := refusal("hand_in", Facts(order=found, actor=request.user, today=today())):
        return _moved_on(request, found, refused)
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ProofForm(*data, demands=found.demands.all())
    if form.is_bound and form.is_valid():
        try:
            proofs.hand_in_proof(
                order=found,
                actor=request.user,
                today=today(),
                about=form.about(),
                words=form.cleaned_data["words"],
            )
        except (ActionRefused, UploadRefused) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已提交整改证明，认定单位审核后会通知您。"))
            return redirect("my_order", uuid=found.uuid)
    context = {
        **_frame(found, inside=True),
        "form": form,
        "page_title": _("提交整改证明"),
        "page_caption": found.number,
        "page_subtitle": _("按要求逐项填写，有凭证的上传。已经完成的先提交也可以。不收费。"),
        "button": _("提交"),
    }
    return render(request, "rectification/proof.html", context, status=422 if form.errors else 200)


def _moved_on(request: HttpRequest, order: Order, refused: ActionRefused) -> HttpResponse:
    messages.warning(request, refused.words)
    return redirect("my_order", uuid=order.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_door
@limited("upload")
def sign(request: HttpRequest, uuid: UUID, interview: UUID) -> HttpResponse:
    """Sign the record of an interview on the screen, after reading it."""
    found = _order(request, uuid)
    row = found.interviews.get(uuid=interview)
    if not _awaits_subject(row):
        messages.info(request, _("这份约谈记录不用再签。"))
        return redirect("my_order", uuid=found.uuid)
    form = _signature_form(request)
    if form.is_bound and form.is_valid():
        try:
            signing.sign_record(
                interview=row,
                side=InterviewSignature.Side.SUBJECT,
                actor=request.user,
                today=today(),
                name=form.cleaned_data["name"],
                strokes=form.cleaned_data["strokes"],
            )
        except (ActionRefused, MissingGlyphs) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已签署约谈记录。"))
            return redirect("my_order", uuid=found.uuid)
    page = shown.Page(order=found, today=today(), office=False)
    context = {
        **_frame(found, inside=True),
        "form": form,
        "record": record_of_interview(row, order=found),
        "record_rows": shown.interview_item(page, row),
        "page_title": _("签署约谈记录"),
        "page_caption": found.number,
        "page_subtitle": _("请先阅读全文。有出入的，不要签名，请与认定单位联系更正。"),
        "button": _("签名"),
        "otherwise": _("这个浏览器不能在屏幕上签名，请到认定单位在纸质记录上签名。"),
    }
    return render(request, "rectification/sign.html", context, status=422 if form.errors else 200)


def _signature_form(request: HttpRequest) -> SignatureForm:
    if request.method == "POST":
        return SignatureForm(request.POST)
    return SignatureForm(initial={"name": str(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_door
@limited("upload")
def promise(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Sign the promise 整改承诺书 on the screen: what the record of the interview says was agreed."""
    found = _order(request, uuid)
    facts = Facts(order=found, actor=request.user, today=today())
    refused = refusal("promise", facts)
    if refused or facts.interview is None:
        return _moved_on(request, found, refused or ActionRefused("no_interview", ""))
    form = _signature_form(request)
    if form.is_bound and form.is_valid():
        try:
            promises.promise_on_screen(
                order=found,
                actor=request.user,
                today=today(),
                name=form.cleaned_data["name"],
                strokes=form.cleaned_data["strokes"],
            )
        except (ActionRefused, MissingGlyphs) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已签署整改承诺书，请按期完成并提交证明。"))
            return redirect("my_order", uuid=found.uuid)
    letter = promises.promise_letter(found, facts.interview)
    context = {
        **_frame(found, inside=True),
        "form": form,
        "letter": letter,
        "due": day_text(letter.complete_by) if letter.complete_by else "",
        "page_title": _("签署整改承诺书"),
        "page_caption": found.number,
        "button": _("签署承诺书"),
        "otherwise": _("这个浏览器不能在屏幕上签名，请把签好的纸质承诺书交到认定单位。"),
    }
    return render(request, "rectification/sign.html", context, status=422 if form.errors else 200)


@require_safe
@applicant_door
def order_document(request: HttpRequest, uuid: UUID, document: UUID) -> FileResponse:
    """Hand out a document of an order to whoever acts for its subject; that they have it is noted once."""
    found = selectors.own_orders(user=request.user, on=today()).get(uuid=uuid)
    row = selectors.documents_of(found).get(uuid=document)
    response = document_response(row)
    if request.method == "GET":
        note_downloaded(document=row, reader=request.user)
    return response
