"""One application after it was filed: how it stands, and what its applicant may do."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Case
from credit_repair.cases.services import available_actions, transition
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.models import Document
from credit_repair.notices.services import CannotIssue
from credit_repair.repairs import services
from credit_repair.repairs.forms.following import ContactForm, RateForm, UrgeForm
from credit_repair.repairs.models import KIND
from credit_repair.repairs.presenters.following import following_page, inner_page, withdraw_page
from credit_repair.repairs.services.certificates import certify
from credit_repair.repairs.states import RepairFlow, RepairState
from credit_repair.repairs.views.sides import Side, on_both_sides

GET_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
@on_both_sides
def detail(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Show how the application stands; a draft has no page of its own and leads to its task list."""
    case = side.case(request, uuid)
    if case.state == RepairState.DRAFT:
        return _to_draft(request, case, side)
    page = following_page(case, side=side, user=request.user, today=today())
    return render(request, "public/repair.html", page)


@require_http_methods(GET_OR_POST)
@on_both_sides
def withdraw(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Say what withdrawing means, and ask; a post does it."""
    case = side.case(request, uuid)
    back = redirect(side.url("repair", case.uuid))
    if request.method != "POST":
        if "withdraw" not in _acts(request, case):
            return back
        if side.at_window:  # there it begins with the applicant's signed paper
            return redirect("window_withdrawal", uuid=case.uuid)
        return render(request, "public/repair_withdraw.html", withdraw_page(case, side=side))
    try:
        transition(case=case, action="withdraw", actor=request.user, today=today())
    except ActionRefused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, _("申请已撤回。"))
    return back


@require_POST
@on_both_sides
def unschedule(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Take back an application that waits for its day, to change something."""
    case = side.case(request, uuid)
    try:
        transition(case=case, action="unschedule", actor=request.user, today=today())
    except ActionRefused as refused:
        messages.error(request, refused.words)
        return redirect(side.url("repair", case.uuid))
    messages.success(
        request, _("预约已取消，申请退回草稿，填写的内容和上传的文件都还在。改好后请再提交一次。")
    )
    return _to_draft(request, case, side)


def _to_draft(request: HttpRequest, case: Case, side: Side) -> HttpResponse:
    """Lead to where a draft is filled in; one of a window is filled in there."""
    if case.filing.window_office_id is None or side.at_window:
        return redirect(side.url("filing", case.filing.uuid))
    messages.info(
        request, _("这份申请由窗口代为填写，还没有提交。要修改、提交或者放弃，请到原来的窗口办理。")
    )
    return redirect("my_cases")


@require_http_methods(GET_OR_POST)
@on_both_sides
def urge(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Urge the offices, once a date has passed."""
    case = side.case(request, uuid)
    form = UrgeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            transition(
                case=case, action="urge", actor=request.user, today=today(), data=dict(form.cleaned_data)
            )
        except ActionRefused as refused:
            messages.error(request, refused.words)
        else:
            messages.success(request, _("已经催办，办理人员和督办人员会收到通知。"))
        return redirect(side.url("repair", case.uuid))
    if not _acts(request, case).get("urge"):
        return redirect(side.url("repair", case.uuid))
    page = inner_page(case, side, title=_("催办"))
    return render(request, "public/repair_urge.html", {**page, "form": form})


@require_http_methods(GET_OR_POST)
@on_both_sides
def contact(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Name somebody else who sees to the application."""
    case = side.case(request, uuid)
    if case.state == RepairState.DRAFT:
        if case.filing.window_office_id is not None and not side.at_window:
            return _to_draft(request, case, side)
        return redirect(side.url("filing_statement", case.filing.uuid))
    if case.state in RepairFlow.ENDS:
        return redirect(side.url("repair", case.uuid))
    form = ContactForm(
        request.POST if request.method == "POST" else None,
        siblings=_running_siblings(case),
        initial={
            "name": case.repair.contact_name,
            "phone": case.repair.contact_phone,
            "with_siblings": True,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_contact(case=case, actor=request.user, today=today(), **form.cleaned_data)  # type: ignore[arg-type]
        except ActionRefused as refused:
            messages.error(request, refused.words)
        else:
            messages.success(request, _("联系人已变更，办理人员会联系新的联系人。"))
        return redirect(side.url("repair", case.uuid))
    page = inner_page(case, side, title=_("变更联系人"))
    return render(request, "public/repair_contact.html", {**page, "form": form})


@require_http_methods(GET_OR_POST)
@on_both_sides
def rate(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Ask how content the applicant is, once, after the end; at a window there is no such page."""
    if side.at_window:
        raise Http404
    case = side.case(request, uuid)
    form = RateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        score, comment = form.cleaned_data["score"], form.cleaned_data["comment"]
        try:
            services.rate(case=case, actor=request.user, today=today(), score=score, comment=comment)  # type: ignore[arg-type]
        except ActionRefused as refused:
            messages.error(request, refused.words)
        else:
            messages.success(request, _("感谢您的评价。"))
        return redirect(side.url("repair", case.uuid))
    if not services.rating_is_open(case=case, user=request.user, today=today()):  # type: ignore[arg-type]
        return redirect(side.url("repair", case.uuid))
    page = inner_page(case, side, title=_("评价这次办理"))
    return render(request, "public/repair_rate.html", {**page, "form": form})


def _acts(request: HttpRequest, case: Case) -> dict[str, bool]:
    """What the applicant may do now, each with whether nothing stands against it."""
    return {act.name: act.enabled for act in available_actions(case=case, actor=request.user, today=today())}


@require_POST
@on_both_sides
@limited("certificate")
def certificate(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Issue a certificate of how things stand today, for those who invite tenders and for banks."""
    case = side.case(request, uuid)
    try:
        link = certify(case=case, actor=request.user, today=today())  # type: ignore[arg-type]
    except (ActionRefused, MissingGlyphs, CannotIssue) as refused:
        messages.error(request, str(refused))
        return redirect(side.url("repair", case.uuid))
    if link.document.state == Document.State.READY:
        words = _("今天的信用修复证明已经开具，内容没有变化，请直接下载。")
    else:
        words = _("信用修复证明已经开具，文件正在生成，请稍后刷新本页下载。")
    messages.success(request, words)
    # At a window another case of the subject may be another window's.
    return redirect(side.url("repair", case.uuid if side.at_window else link.case.uuid))


def _running_siblings(case: Case) -> int:
    """How many other applications of the filing could get the same contact."""
    others = Case.objects.filter(filing=case.filing_id, kind=KIND).exclude(pk=case.pk)
    return others.exclude(state__in=[*RepairFlow.ENDS, RepairState.DRAFT]).count()
