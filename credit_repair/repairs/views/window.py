"""The window 窗口: a clerk files for a subject that stands there, and sees only what that needs."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Attachment, Case, Filing
from credit_repair.cases.parts import window_filings
from credit_repair.cases.services import available_actions
from credit_repair.cases.views.doors import window_door
from credit_repair.core.clock import now, today
from credit_repair.core.downloads import file_response
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.registry.models import Record, Subject
from credit_repair.registry.selectors import records_of
from credit_repair.repairs import papers as printed
from credit_repair.repairs import window_selectors as selectors
from credit_repair.repairs.forms.window import ChooseAtWindowForm, FindForm, WithdrawalPaperForm
from credit_repair.repairs.presenters import window as presenters
from credit_repair.repairs.presenters.choose import Choice, choice_of
from credit_repair.repairs.services import window as services
from credit_repair.repairs.states import RepairState
from credit_repair.repairs.views.basket import say_form_dropped
from credit_repair.repairs.views.sides import WINDOW

PAGE_SIZE = 20
#: Whom a clerk has looked up is theirs to serve for so long.
REMEMBERED = timedelta(minutes=30)
_SESSION_KEY = "window_subjects"
_NOT_NEEDED = ("facts", "legal_basis", "content", "remarks", "conduct")


def _looked_up(request: HttpRequest) -> dict[str, str]:
    """Whom the clerk has looked up lately: the time of each, by the subject's identity."""
    kept: dict[str, str] = request.session.get(_SESSION_KEY, {})
    since = now() - REMEMBERED
    return {uuid: at for uuid, at in kept.items() if datetime.fromisoformat(at) >= since}


def _remember(request: HttpRequest, subject: Subject) -> None:
    request.session[_SESSION_KEY] = {**_looked_up(request), str(subject.uuid): now().isoformat()}


def _page(request: HttpRequest, found: QuerySet[Any], param: str = "page") -> Page:
    return Paginator(found, PAGE_SIZE).get_page(request.GET.get(param))


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@window_door
@limited("window")
def desk(request: HttpRequest) -> HttpResponse:
    """Find who stands there, by what they show; and what this window has in hand.

    What is typed comes by POST: no number of a person gets into an address.
    """
    day = today()
    form = FindForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = _found(request, form)
        if answer is not None:
            return answer
    drafts = _page(request, selectors.drafts_here(user=request.user, on=day), "drafts")
    filed = _page(request, selectors.filed_here(user=request.user, on=day))
    context = presenters.desk_page(drafts=drafts, filed=filed, today=day)
    return render(request, "window/desk.html", {**context, "form": form})


def _found(request: HttpRequest, form: FindForm) -> HttpResponse | None:
    """Lead on to the application, the filing or the subject of what was typed; else say why not."""
    text, day = form.cleaned_data["number"], today()
    case = selectors.case_here(number=text, user=request.user, on=day)
    if case is not None:
        return redirect(WINDOW.url("repair", case.uuid))
    filing = selectors.filing_here(query_code=text, user=request.user, on=day)
    if filing is not None:
        return redirect(WINDOW.url("filing", filing.uuid))
    try:
        subject = services.look_up(number=text, actor=request.user, today=day)  # type: ignore[arg-type]
    except ActionRefused as refused:
        form.add_error("number", refused.words)
        return None
    if subject is None:
        words = _(
            "没有查到这个号码的信用记录，也没有在本窗口提交的这个编号。请对照证件核对；网上提交的申请，请申请人自己登录查看。"
        )
        form.add_error("number", words)
        return None
    _remember(request, subject)
    return redirect("window_subject", uuid=subject.uuid)


@require_http_methods(["GET", "POST"])
@window_door
def subject(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show whom the number belongs to and what can be applied for; choose, and go on to the basket."""
    day = today()
    found = selectors.subject_at_window(user=request.user, uuid=uuid, on=day, looked_up=_looked_up(request))
    try:
        services.refuse_own(subject=found, actor=request.user)  # type: ignore[arg-type]
    except ActionRefused as refused:
        messages.error(request, refused.words)
        return redirect("window")
    offices = list(selectors.windows_of(user=request.user, on=day))
    choice = _choice(found)
    form = ChooseAtWindowForm(
        request.POST if request.method == "POST" else None,
        records=[(str(record.uuid), str(record)) for record in choice.selectable],
        offices=offices,
        initial={"records": list(choice.first_choice())},
    )
    if request.method == "POST" and form.is_valid():
        filing = _filed(request, found, choice, form)
        if filing is not None:
            return redirect(WINDOW.url("filing", filing.uuid))
    here = window_filings(user=request.user, on=day).filter(subject=found)
    ticked = set(form["records"].value() or ())
    context = presenters.subject_page(
        choice=choice,
        ticked=ticked,
        unfinished=list(selectors.drafts_here(user=request.user, on=day).filter(subject=found)[:PAGE_SIZE]),
        filed=_page(request, selectors.filed_here(user=request.user, on=day).filter(filing__in=here)),
        today=day,
    )
    return render(request, "window/subject.html", {**context, "form": form})


def _choice(found: Subject) -> Choice:
    """The subject's records that are shown to the public: of the others nothing can be repaired."""
    listed = records_of(found).defer(*_NOT_NEEDED)
    return choice_of(found, (record for record in listed if not record.has_ended), today=today())


def _filed(request: HttpRequest, found: Subject, choice: Choice, form: ChooseAtWindowForm) -> Filing | None:
    wanted = set(form.cleaned_data["records"])
    records: list[Record] = [record for record in choice.selectable if str(record.uuid) in wanted]
    before = list(
        Case.objects.filter(
            filing__subject=found, filing__window_office=form.chosen_office, state=RepairState.DRAFT
        ).prefetch_related("attachments")
    )
    try:
        filing = services.file_at_window(
            subject=found,
            records=records,
            actor=request.user,  # type: ignore[arg-type]
            office=form.chosen_office,
            today=today(),
        )
    except ActionRefused as refused:
        taken = _("选择的信息中有一条刚刚开始办理另一件申请，请重新选择。")
        form.add_error("records", taken if refused.code == "already_open" else refused.words)
        return None
    say_form_dropped(request, before)
    return filing


@require_safe
@window_door
def slip(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the slip to print and hand over: number, query code, where and whom to ask."""
    filing = WINDOW.filing(request, uuid)
    filed = selectors.filed_here(user=request.user, on=today()).filter(filing=filing)
    if not filed.exists():
        raise Http404
    context = presenters.slip_page(filing, filed.order_by("pk"))
    context["back_url"] = WINDOW.url("filing_filed", filing.uuid)
    return render(request, "window/slip.html", context)


@require_http_methods(["GET", "POST"])
@window_door
@limited("upload")
def withdrawal(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Withdraw on the applicant's signed paper: print it, keep its scan, then withdraw."""
    case = WINDOW.case(request, uuid)
    if not _may_withdraw(request, case):
        return redirect(WINDOW.url("repair", case.uuid))
    if "drop" in request.POST:
        return _drop_paper(request, case)
    form = WithdrawalPaperForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _keep_paper(request, case, form):
        return redirect("window_withdrawal", uuid=case.uuid)
    return render(request, "window/withdrawal.html", {**presenters.withdrawal_page(case), "form": form})


def _may_withdraw(request: HttpRequest, case: Case) -> bool:
    acts = available_actions(case=case, actor=request.user, today=today())
    return any(act.name == "withdraw" for act in acts)


def _keep_paper(request: HttpRequest, case: Case, form: WithdrawalPaperForm) -> bool:
    try:
        services.add_withdrawal_paper(
            case=case,
            actor=request.user,  # type: ignore[arg-type]
            today=today(),
            upload=form.cleaned_data["file"],
        )
    except UploadRefused as refused:
        form.add_error("file", str(refused))
    except ActionRefused as refused:
        form.add_error(None, refused.words)
    return form.is_valid()


def _drop_paper(request: HttpRequest, case: Case) -> HttpResponse:
    papers = Attachment.objects.filter(case=case, kind=Attachment.Kind.WITHDRAWAL)
    paper = next((each for each in papers if str(each.uuid) == request.POST["drop"]), None)
    if paper is None:
        raise Http404
    try:
        services.drop_withdrawal_paper(attachment=paper, actor=request.user, today=today())  # type: ignore[arg-type]
    except ActionRefused as refused:
        messages.error(request, refused.words)
    return redirect("window_withdrawal", uuid=case.uuid)


@require_safe
@window_door
def papers(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Hand out all that is to be signed, in one file to print."""
    filing = WINDOW.filing(request, uuid)
    try:
        pdf = services.papers_in_one(filing=filing, actor=request.user, today=today())  # type: ignore[arg-type]
    except (ActionRefused, MissingGlyphs) as refused:
        messages.error(request, str(refused))
        return redirect(WINDOW.url("filing", filing.uuid))
    name = _("申请表和承诺书")
    return file_response(BytesIO(pdf), name=f"{name}.pdf", mime="application/pdf")


@require_safe
@window_door
def withdrawal_form(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Hand out the withdrawal of an application, to be signed."""
    case = WINDOW.case(request, uuid)
    if not _may_withdraw(request, case):
        raise Http404
    try:
        name, pdf = printed.withdrawal(case)
    except MissingGlyphs as refused:
        messages.error(request, str(refused))
        return redirect("window_withdrawal", uuid=case.uuid)
    return file_response(BytesIO(pdf), name=name, mime="application/pdf")
