"""The officials' side of enquiries 协查: to ask, to remind, to enter an answer, to answer as an office."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.cases import enquiry_presenters as shown
from credit_repair.cases import enquiry_selectors as selectors
from credit_repair.cases.enquiry_forms import AskForm, PaperReplyForm, ReplyForm
from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.kinds import office_path
from credit_repair.cases.models import Case, Enquiry, TextBlock
from credit_repair.cases.parts import Part, held_step
from credit_repair.cases.selectors import office_case
from credit_repair.cases.services import enquiries as services
from credit_repair.cases.text_blocks import offer_texts
from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import today
from credit_repair.core.downloads import file_response
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.core.wording import day_text
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.models import Document
from credit_repair.notices.services import CannotIssue
from credit_repair.people.doors import office_door

PAGE_SIZE = 30


@require_safe
@office_door("verify")
def received(request: HttpRequest) -> HttpResponseBase:
    """Show what offices at which this person verifies are asked: open ones first."""
    found = selectors.received(user=request.user, on=today())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("协查"),
        "page_subtitle": _("其他单位请本单位协助核实的事项，还没有回复的在最前面。"),
        "page_obj": page,
        "rows": [shown.received_row(enquiry, today=today()) for enquiry in page],
    }
    return render(request, "office/enquiries_received.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@official_door
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show an enquiry to the office that is asked; take its answer, once."""
    enquiry = selectors.received(user=request.user, on=today()).get(uuid=uuid)
    initial = {"name": str(request.user)}
    form = ReplyForm(request.POST, request.FILES) if request.method == "POST" else ReplyForm(initial=initial)
    if request.method != "POST" or not services.is_awaited(enquiry):
        return _answer_page(request, enquiry, form if request.method != "POST" else None)
    if not form.is_valid():
        return _answer_page(request, enquiry, form, status=422)
    try:
        services.reply_by_office(
            enquiry=enquiry,
            actor=request.user,
            today=today(),
            reply=form.reply(),
            files=form.cleaned_data["evidence"],
        )
    except (ActionRefused, UploadRefused) as refused:
        form.add_error("evidence" if isinstance(refused, UploadRefused) else None, str(refused))
        return _answer_page(request, enquiry, form, status=409)
    messages.success(request, _("已回复%s。") % enquiry.step.office)
    return redirect("office_enquiries")


def _answer_page(
    request: HttpRequest, enquiry: Enquiry, form: ReplyForm | None, *, status: int = 200
) -> HttpResponse:
    context = {
        **shown.asked_page(enquiry, today=today()),
        "form": form if services.is_awaited(enquiry) else None,
        "breadcrumbs": [{"label": _("协查"), "url": reverse("office_enquiries")}],
    }
    return render(request, "office/enquiry_answer.html", context, status=status)


@require_safe
@official_door
def letter(request: HttpRequest, uuid: UUID) -> FileResponse:
    """Hand out the letter of enquiry to those who sent it, and to the office that is asked."""
    found = selectors.letter_for(user=request.user, uuid=uuid, on=today())
    if found is None or found.state != Document.State.READY:
        raise Http404
    try:
        return file_response(found.file.open("rb"), name=found.file_name, mime="application/pdf")
    except FileNotFoundError as error:
        raise Http404 from error


@require_safe
@official_door
def file(request: HttpRequest, uuid: UUID, file: UUID) -> FileResponse:
    """Hand out what came with an answer, to officials who may read the case."""
    try:
        found = selectors.file_for(user=request.user, uuid=uuid, file=file, on=today())
        return file_response(found.file.open("rb"), name=found.name, mime=found.mime)
    except FileNotFoundError as error:
        raise Http404 from error


@require_http_methods(["GET", "HEAD", "POST"])
@official_door
def ask(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send a letter of enquiry, or say what is missing and keep what was typed."""
    case = office_case(user=request.user, uuid=uuid, on=today())
    step = held_step(case=case, part=Part.VERIFIER, actor=request.user, on=today())
    if step is None:
        raise Http404
    form = AskForm(request.POST if request.method == "POST" else None, own=step.office)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.ask(step=step, actor=request.user, today=today(), **form.cleaned_data)
        except (ActionRefused, CannotIssue, MissingGlyphs) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _sent_words(made))
            return _back_to(case)
    offer_texts([(form["question"], (TextBlock.Use.ENQUIRY,))], user=request.user, on=today())
    context = {"form": form, "case": case, **_below(case, _("发协查函"))}
    return render(request, "office/enquiry_ask.html", context, status=422 if form.errors else 200)


def _sent_words(made: Enquiry) -> str:
    said = {"name": made.addressee, "day": day_text(made.due_on)}
    if made.email:
        return _("协查函已发给%(name)s，回复链接已寄到对方邮箱，请其于%(day)s前回复。") % said
    return _("协查函已生成，请打印后寄送%(name)s，请其于%(day)s前回复。") % said


@require_POST
@official_door
def remind(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Mail the addressee the link once more."""
    return _do(request, uuid, services.remind, _("已寄出催促邮件。"))


@require_POST
@official_door
def close(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take the enquiry back: its answer is not needed any longer."""
    return _do(request, uuid, services.close, _("这份协查函不再需要回复，回复链接已经失效。"))


def _do(request: HttpRequest, uuid: UUID, service: Any, done: str) -> HttpResponse:
    enquiry = selectors.asked_enquiry(user=request.user, uuid=uuid, on=today())
    try:
        service(enquiry=enquiry, actor=request.user, today=today())
    except ActionRefused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, done)
    return _back_to(enquiry.case)


@require_http_methods(["GET", "HEAD", "POST"])
@official_door
@limited("upload")
def paper(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Enter what came back on paper, with its scan."""
    enquiry = selectors.asked_enquiry(user=request.user, uuid=uuid, on=today())
    if not services.may_handle(enquiry=enquiry, actor=request.user, today=today()):
        raise Http404
    if not enquiry.is_open:
        messages.error(request, _("这份协查函已经有回复，或者不再需要回复。"))
        return _back_to(enquiry.case)
    form = PaperReplyForm(request.POST, request.FILES) if request.method == "POST" else PaperReplyForm()
    if request.method == "POST" and form.is_valid():
        try:
            services.reply_on_paper(
                enquiry=enquiry,
                actor=request.user,
                today=today(),
                reply=form.reply(),
                scan=form.cleaned_data["evidence"],
            )
        except (ActionRefused, UploadRefused) as refused:
            form.add_error("evidence" if isinstance(refused, UploadRefused) else None, str(refused))
        else:
            messages.success(request, _("已录入%s的纸质回复。") % enquiry.addressee)
            return _back_to(enquiry.case)
    context = {
        "form": form,
        "enquiry": enquiry,
        "case": enquiry.case,
        **_below(enquiry.case, _("录入纸质回复")),
    }
    return render(request, "office/enquiry_paper.html", context, status=422 if form.errors else 200)


def _back_to(case: Case) -> HttpResponse:
    return redirect(f"{office_path(case)}#enquiries")


def _below(case: Case, title: str) -> dict[str, Any]:
    return {
        "page_title": title,
        "page_caption": case.number,
        "back_url": f"{office_path(case)}#enquiries",
        "breadcrumbs": [{"label": case.number, "url": office_path(case)}],
    }
