"""The removal of one record, for the enterprise: followed to its end; what it saw elsewhere, reported."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from credit_repair.cases.views.doors import applicant_door
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.core.uploads import NotNow, UploadRefused
from credit_repair.home.context import acting_for, frame_of
from credit_repair.home.effect_forms import ReportForm
from credit_repair.home.effect_presenters import title_of
from credit_repair.home.removal_tracker import tracker_parts
from credit_repair.people import access
from credit_repair.platforms.effects import effects_of
from credit_repair.platforms.sighting_reports import report_sighting
from credit_repair.platforms.sightings import NotRecorded, third_parties
from credit_repair.registry.models import Record


@require_safe
@applicant_door
def tracker(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show how the removal of an ended record goes, platform by platform."""
    return _page(request, _record(request, uuid), ReportForm(websites=third_parties()))


@require_POST
@applicant_door
@limited("sighting_report")
def report(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take what the enterprise has seen on a website that is not ours."""
    record = _record(request, uuid)
    form = ReportForm(request.POST, request.FILES, websites=third_parties())
    if form.is_valid():
        try:
            with transaction.atomic():
                if not access.may_act_for(user=request.user, subject=record.subject, on=today()):
                    raise Http404
                report_sighting(record=record, actor=request.user, today=today(), **form.reported())
        except NotRecorded as refused:
            field = "place" if refused.field == "platform" else refused.field
            form.add_error(field or None, str(refused))
        except (UploadRefused, NotNow) as refused:
            form.add_error("file", str(refused))
        else:
            messages.success(request, _("已经收到您的反映。信用办会去核查，结果在本页答复。"))
            return redirect(reverse("my_removal", args=[record.uuid]) + "#reports")
    return _page(request, record, form)


def _record(request: HttpRequest, uuid: UUID) -> Record:
    found = Record.objects.select_related("subject", "authority")
    return get_object_or_404(found, uuid=uuid, subject__in=frame_of(request).subjects)


def _page(request: HttpRequest, record: Record, form: ReportForm) -> HttpResponse:
    several = len(frame_of(request).subjects) > 1
    context = {
        "page_title": _("撤下过程"),
        "page_caption": title_of(record),
        "breadcrumbs": [
            {
                "label": _("我的办事台"),
                "url": reverse("me") + (f"?subject={record.subject.uuid}" if several else ""),
            },
            {"label": title_of(record), "url": reverse("my_record", args=[record.uuid])},
        ],
        "record": record,
        "form": form if record.has_ended else None,
        "acting_for": acting_for(record.subject, several=several),
        **tracker_parts(record, effects_of(record), today=today()),
    }
    return render(request, "public/removal.html", context, status=422 if form.errors else 200)
