"""Voluntary activities 自愿活动 on both sides: free of charge, no condition unless a rule says so."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.record_access import records_for_official
from credit_repair.cases.record_reading import subjects_in_clear
from credit_repair.cases.views.doors import applicant_door, official_door
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.people import access, acting
from credit_repair.people.doors import door_of_any, office_door
from credit_repair.people.masking import Reader
from credit_repair.rectification import selectors
from credit_repair.rectification.activity_forms import ActivityForm, DeclineForm
from credit_repair.rectification.activity_presenters import activity_row
from credit_repair.rectification.models import Activity
from credit_repair.rectification.services import activities as services
from credit_repair.rectification.views.tabs import office_tabs, own_tabs
from credit_repair.registry.models import Subject

PAGE_SIZE = 30


def _words() -> str:
    """What is said wherever activities are entered or shown."""
    return _("信用培训、信用报告和公益活动都是自愿的，一律免费；除非行业规定另有要求，不是信用修复的条件。")


# -- the subject's side


@require_safe
@applicant_door
def own_list(request: HttpRequest) -> HttpResponseBase:
    """Show what the subject acted for did of its own accord."""
    subject = acting.subject_now(request)
    if subject is None:
        return _choose(request)
    page = Paginator(selectors.own_activities(subject=subject), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("整改与活动"),
        "page_subtitle": _words(),
        "page_actions": [{"label": _("登记一项活动"), "url": reverse("my_activity_new"), "primary": True}],
        "sections": own_tabs("activities"),
        "page_obj": page,
        "rows": [activity_row(activity) for activity in page],
        "acting_for": acting.bar(subject),
    }
    return render(request, "rectification/my_activities.html", context)


def _choose(request: HttpRequest) -> HttpResponse:
    if acting.subjects_of(request):
        messages.info(request, _("请先选择要代表哪个主体。"))
    return redirect("my_subjects")


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_door
@limited("upload")
def own_new(request: HttpRequest) -> HttpResponse:
    """Enter what the subject did; it is shown as declared until an office confirms it."""
    subject = acting.subject_now(request)
    if subject is None:
        return _choose(request)
    form = _form(request)
    if form.is_bound and form.is_valid():
        try:
            services.declare(
                subject=subject,
                actor=request.user,
                today=today(),
                entry=form.entry(),
                paper=form.cleaned_data["paper"],
            )
        except (ActionRefused, UploadRefused) as refused:
            form.add_error("paper" if isinstance(refused, UploadRefused) else None, str(refused))
        else:
            messages.success(request, _("已登记，等有关单位核实。"))
            return redirect("my_activities")
    context = {
        "form": form,
        "page_title": _("登记自愿活动"),
        "page_subtitle": _words(),
        "breadcrumbs": [{"label": _("自愿活动"), "url": reverse("my_activities")}],
        "base_template": "public/base.html",
        "acting_for": acting.bar(subject),
        "button": _("登记"),
        "multipart": True,
        "back_url": reverse("my_activities"),
    }
    return render(request, "rectification/act.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest) -> ActivityForm:
    return ActivityForm(request.POST, request.FILES) if request.method == "POST" else ActivityForm()


@require_POST
@applicant_door
def own_take_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take back what was declared, before anybody has looked at it."""
    subjects = acting.subjects_of(request)
    found = get_object_or_404(Activity, uuid=uuid, subject__in=subjects)
    try:
        services.take_back(activity=found, actor=request.user, today=today())
    except ActionRefused as refused:
        messages.warning(request, refused.words)
    else:
        messages.success(request, _("已撤回这项登记。"))
    return redirect("my_activities")


# -- the officials' side


@require_safe
@office_door("see_cases")
def office_list(request: HttpRequest) -> HttpResponseBase:
    """Show what subjects did, what is to be confirmed first."""
    day, user = today(), request.user
    found = selectors.activities_to_read(user=user, on=day)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    clear = subjects_in_clear([activity.subject for activity in page], user=user, on=day)
    context = {
        "page_title": _("整改与约谈"),
        "page_subtitle": _words(),
        "sections": office_tabs("activities"),
        "page_obj": page,
        "rows": [_office_row(activity, clear) for activity in page],
        "may_answer": _may_answer(user, day),
    }
    return render(request, "rectification/activities.html", context)


def _office_row(activity: Activity, clear: set[int]) -> dict[str, Any]:
    reader = Reader.KEEPER if activity.subject_id in clear else Reader.OFFICIAL
    row = activity_row(activity, reader=reader)
    row["open"] = activity.state == Activity.State.DECLARED
    return row


def _may_answer(user: Any, day: Any) -> bool:
    return any(access.holds(user=user, permission=each, on=day) for each in ("verify", "intake"))


def _readable(request: HttpRequest, uuid: UUID) -> Activity:
    found = selectors.activities_to_read(user=request.user, on=today()).get(uuid=uuid)
    if selectors.office_to_confirm(user=request.user, subject=found.subject, on=today()) is None:
        raise Http404
    return found


@require_POST
@official_door
def confirm(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Confirm what was declared."""
    found = _readable(request, uuid)
    try:
        services.answer(activity=found, actor=request.user, today=today(), confirmed=True)
    except ActionRefused as refused:
        messages.warning(request, refused.words)
    else:
        messages.success(request, _("已核实。"))
    return redirect("office_activities")


@require_http_methods(["GET", "HEAD", "POST"])
@official_door
def decline(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say why what was declared is not confirmed."""
    found = _readable(request, uuid)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.answer(
                activity=found,
                actor=request.user,
                today=today(),
                confirmed=False,
                words=form.cleaned_data["words"],
            )
        except ActionRefused as refused:
            messages.warning(request, refused.words)
        else:
            messages.success(request, _("已告知主体。"))
        return redirect("office_activities")
    context = {
        "form": form,
        "page_title": _("不予核实"),
        "page_caption": found.title,
        "breadcrumbs": [{"label": _("自愿活动"), "url": reverse("office_activities")}],
        "base_template": "office/base.html",
        "button": _("不予核实"),
        "back_url": reverse("office_activities"),
    }
    return render(request, "rectification/act.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@door_of_any("verify", "intake")
@limited("upload")
def office_new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Enter what the subject of a record did, by an official who may confirm it."""
    day = today()
    readable = records_for_official(user=request.user, on=day)
    record = get_object_or_404(readable.select_related("subject"), uuid=uuid)
    subject: Subject = record.subject
    if selectors.office_to_confirm(user=request.user, subject=subject, on=day) is None:
        raise Http404
    form = _form(request)
    back = reverse("office_record", args=[record.uuid])
    if form.is_bound and form.is_valid():
        try:
            services.enter(
                subject=subject,
                actor=request.user,
                today=day,
                entry=form.entry(),
                paper=form.cleaned_data["paper"],
            )
        except (ActionRefused, UploadRefused) as refused:
            form.add_error("paper" if isinstance(refused, UploadRefused) else None, str(refused))
        else:
            messages.success(request, _("已登记。"))
            return redirect(back)
    context = {
        "form": form,
        "page_title": _("登记自愿活动"),
        "page_caption": record.doc_no or record.list_name,
        "page_subtitle": _words(),
        "breadcrumbs": [{"label": record.doc_no or _("信用记录"), "url": back}],
        "base_template": "office/base.html",
        "button": _("登记"),
        "multipart": True,
        "back_url": back,
    }
    return render(request, "rectification/act.html", context, status=422 if form.errors else 200)
