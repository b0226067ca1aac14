"""Repaired records on websites that are not ours 第三方核查: what was seen, with its proof; what is to do."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases.record_access import readable_by, record_offices
from credit_repair.cases.record_reading import party, with_reader
from credit_repair.core import audit
from credit_repair.core.clock import today
from credit_repair.core.downloads import file_response
from credit_repair.core.limits import limited
from credit_repair.core.uploads import NotNow, UploadRefused
from credit_repair.home import effect_presenters
from credit_repair.home import reconciliation_presenters as shown
from credit_repair.home.platform_doors import platforms_door
from credit_repair.home.platform_forms import SightingForm
from credit_repair.home.views.record import title_of
from credit_repair.platforms import sightings as looking
from credit_repair.platforms.models import Sighting
from credit_repair.registry.models import Platform, Record

RECORDS = 30


@require_safe
@platforms_door
def third_parties(request: HttpRequest) -> HttpResponse:
    """Show the repaired records whose copies elsewhere were not seen to be gone, or all of them."""
    websites = looking.third_parties()
    every = request.GET.get("show") == "all"
    found = _readable(request)
    if not every:
        found = looking.not_seen_gone(found, at=websites)
    page = Paginator(found, RECORDS).get_page(request.GET.get("page"))
    address = reverse("office_third_parties")
    context = {
        "page_title": _("第三方核查"),
        "page_subtitle": _("商业查询网站不接收我们的通知。记录修复以后，由人或者核查程序去看，留下截图。"),
        "tabs": shown.tabs("office_third_parties"),
        "websites": websites,
        "every": every,
        "views": [
            {"label": _("待核查"), "url": address, "active": not every},
            {"label": _("全部已修复记录"), "url": f"{address}?show=all", "active": every},
        ],
        "page_obj": page,
        "rows": shown.third_party_rows(
            list(page), websites=websites, newest=looking.newest_sightings(list(page))
        ),
    }
    return render(request, "office/third_parties.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@platforms_door
@limited("upload")
def look(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show what was seen of one repaired record elsewhere, and take what a person sees now."""
    record = get_object_or_404(_readable(request), uuid=uuid)
    websites = looking.third_parties()
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = SightingForm(*sent, platforms=websites, next_one=_next_one(record, websites))
    if form.is_bound and form.is_valid():
        try:
            looking.record_sighting(record=record, actor=request.user, **form.seen())
        except looking.NotRecorded as refused:
            form.add_error(refused.field or None, str(refused))
        except (UploadRefused, NotNow) as refused:
            form.add_error("evidence", str(refused))
        else:
            messages.success(request, _("已登记核查情况。"))
            return redirect("office_third_party", uuid=record.uuid)
    context = {
        "page_title": title_of(record),
        "page_caption": _("第三方核查"),
        "page_subtitle": party(record),
        "page_actions": [{"label": _("查看记录"), "url": reverse("office_record", args=[record.uuid])}],
        "breadcrumbs": [{"label": _("第三方核查"), "url": reverse("office_third_parties")}],
        "form": form if websites else None,
        "rows": shown.sighting_rows(looking.sightings_of(record)),
        "lagging": effect_presenters.lagging_rows(record, websites, user=request.user, on=today()),
    }
    return render(request, "office/third_party.html", context)


def _next_one(record: Record, websites: list[Platform]) -> Platform | None:
    """Return the website on which nobody has looked yet, else one where the record was still to be seen."""
    newest = looking.newest_sightings([record])
    unseen = [each for each in websites if (record.pk, each.pk) not in newest]
    return next(iter(unseen), None) or next(
        (each for each in websites if newest[record.pk, each.pk].shown), None
    )


@require_safe
@platforms_door
def evidence(request: HttpRequest, uuid: UUID) -> FileResponse:
    """Hand out what proves a sighting, to officials who may read the record; who takes it is on record."""
    found = get_object_or_404(
        Sighting.objects.select_related("platform").filter(record__in=_readable(request).values("pk")),
        uuid=uuid,
    )
    if not found.evidence:
        raise Http404
    name, mime = shown.evidence_file(found)
    try:
        file = found.evidence.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    audit.record(
        actor=request.user,
        action="platforms.open_sighting",
        target=found,
        data={"sha256": found.sha256, "platform": found.platform.code},
    )
    return file_response(file, name=name, mime=mime)


def _readable(request: HttpRequest) -> QuerySet[Record]:
    """Return the repaired records that the official may read."""
    offices = record_offices(user=request.user, on=today())
    found = looking.repaired_records().filter(readable_by(offices)).select_related("subject", "authority")
    return with_reader(found, user=request.user, on=today())
