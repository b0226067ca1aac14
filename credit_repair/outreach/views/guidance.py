"""Guidance served with a penalty 两书同达: what was made and served, for whom it is made, one by hand."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.record_reading import with_reader
from credit_repair.core.clock import today
from credit_repair.outreach.forms import GuidanceSettingForm
from credit_repair.outreach.models import GuidanceSetting
from credit_repair.outreach.presenters import guidance as shown
from credit_repair.outreach.reach import (
    acting_offices,
    own_kept_out,
    reached,
    reading_offices,
    setting_offices,
    within,
)
from credit_repair.outreach.repairable import setting
from credit_repair.outreach.services.guiding import guidances_for, guide_by_hand, set_guidance
from credit_repair.outreach.views.common import (
    acting_door,
    nearest_office,
    reading_door,
    setting_door,
    tabs,
)
from credit_repair.registry.models import Office, Record

PAGE_SIZE = 30


@require_safe
@reading_door
def listing(request: HttpRequest) -> HttpResponse:
    """Show the guidance that was made, the newest first, how it was served, and what could not be made."""
    day = today()
    offices = reading_offices(user=request.user, on=day)
    found = guidances_for(offices=offices).filter(own_kept_out(request.user, path="record__subject"))
    page = Paginator(found.prefetch_related("document__deliveries"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    records = Record.objects.filter(pk__in=[row.record_id for row in page])
    seen = with_reader(records.select_related("subject", "authority"), user=request.user, on=day).in_bulk()
    setting_ones = setting_offices(user=request.user, on=day)
    context = {
        "page_title": _("主动服务"),
        "page_subtitle": _("新的处罚信息入库时，同时制作信用修复告知书，随处罚决定书一起送达。"),
        "page_actions": [{"label": _("设置"), "url": reverse("office_guidance_settings")}]
        if setting_ones
        else [],
        "tabs": tabs("office_guidance"),
        "page_obj": page,
        "rows": shown.guidance_rows(page, seen),
        "print_url": f"{reverse('office_documents')}?kind=guidance_notice",
        "days": setting("outreach.guidance.days", on=day),
        "is_on": GuidanceSetting.objects.filter(within(offices, path="authority"), is_on=True).exists(),
    }
    return render(request, "office/guidance.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@setting_door
def settings(request: HttpRequest) -> HttpResponse:
    """Switch it on and off for each authority, and say who issues it."""
    day = today()
    offices = setting_offices(user=request.user, on=day)
    authorities = Office.objects.filter(within(offices, path="pk")).select_related("guidance_setting")
    authorities = authorities.exclude(kind=Office.Kind.CREDIT).order_by("name", "pk")
    if request.method == "POST":
        authority = get_object_or_404(authorities, code=request.POST.get("authority", ""))
        _set(request, authority)
        return redirect("office_guidance_settings")
    page = Paginator(authorities, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("两书同达设置"),
        "page_subtitle": _("只为开启以后入库、决定日期在%s日以内的处罚信息制作，不会补发以前的。")
        % setting("outreach.guidance.days", on=day),
        "breadcrumbs": [
            {"label": _("主动服务"), "url": reverse("office_outreach")},
            {"label": _("两书同达"), "url": reverse("office_guidance")},
        ],
        "page_obj": page,
        "rows": shown.setting_rows(page),
    }
    return render(request, "office/guidance_settings.html", context)


def _set(request: HttpRequest, authority: Office) -> None:
    form = GuidanceSettingForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请选择由谁制发。"))
        return
    try:
        set_guidance(
            authority=authority,
            is_on=form.cleaned_data["is_on"],
            issuer=form.cleaned_data["issuer"],
            actor=request.user,  # type: ignore[arg-type]
            today=today(),
        )
    except ActionRefused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, _("%s的设置已保存。") % authority)


@require_POST
@acting_door
def make(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make the guidance of one penalty now, in the name of the person's office that is nearest to it."""
    day = today()
    user: Any = request.user
    offices = acting_offices(user=user, on=day)
    record = get_object_or_404(
        Record.objects.filter(reached(user=user, offices=offices)).select_related("subject"), uuid=uuid
    )
    try:
        row = guide_by_hand(
            record=record, office=nearest_office(record, offices, user), actor=user, today=day
        )
    except ActionRefused as refused:
        messages.error(request, refused.words)
        return redirect("office_record", uuid=record.uuid)
    if row.document is None:
        messages.error(request, row.problem)
        return redirect("office_record", uuid=record.uuid)
    messages.success(request, _("信用修复告知书已经制作，可以打印，随处罚决定书一起送达。"))
    return redirect("office_document", uuid=row.document.uuid)
