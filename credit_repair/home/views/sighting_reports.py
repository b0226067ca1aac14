"""What enterprises report of websites that are not ours: the office looks, and answers."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases.record_reading import reader_of, with_reader
from credit_repair.core import audit
from credit_repair.core.clock import now, today
from credit_repair.core.downloads import file_response
from credit_repair.core.limits import limited
from credit_repair.core.uploads import NotNow, UploadRefused
from credit_repair.home import effect_acts as acts
from credit_repair.home import effect_presenters as shown
from credit_repair.home import reconciliation_presenters as reconciliation
from credit_repair.home.effect_forms import AnswerReportForm
from credit_repair.home.platform_doors import platforms_door
from credit_repair.people.masking import subject_name
from credit_repair.platforms.kept_files import mime_of
from credit_repair.platforms.models import SightingReport
from credit_repair.platforms.sighting_reports import confirm_report, decline_report, open_reports
from credit_repair.platforms.sightings import NotRecorded, third_parties

PAGE_SIZE = 30


@require_safe
@platforms_door
def reports(request: HttpRequest) -> HttpResponse:
    """Show the reports that wait for an answer, the oldest first."""
    found = open_reports().filter(acts.handled(user=request.user, on=today(), path="record__"))
    found = with_reader(found, user=request.user, on=today(), path="record__")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("经营主体的反映"),
        "page_subtitle": _(
            "经营主体看到网站仍在公示而反映的，请先打开网页核查，再答复。反映本身不作为证据。"
        ),
        "tabs": reconciliation.tabs("office_effects"),
        "views": shown.tabs("office_reports"),
        "page_obj": page,
        "rows": [
            {
                "report": each,
                "title": shown.title_of(each.record),
                "party": subject_name(each.record.subject, reader_of(each)),
                "url": reverse("office_report", args=[each.uuid]),
            }
            for each in page
        ],
    }
    return render(request, "office/reports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@platforms_door
@limited("upload")
def report(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one report; a post says what was seen there."""
    found = _report(request, uuid)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    initial = {"platform": found.platform.code} if found.platform else {}
    form = AnswerReportForm(*sent, websites=third_parties(), initial=initial)
    if form.is_bound and form.is_valid():
        filled = form.cleaned_data
        try:
            with acts.acting_on(found.record, user=request.user, on=today()):
                if filled["decision"] == AnswerReportForm.YES:
                    confirm_report(
                        report=found,
                        platform=form.website,
                        actor=request.user,
                        seen_at=now(),
                        evidence=filled["evidence"] or None,
                        note=filled["note"],
                    )
                else:
                    decline_report(report=found, actor=request.user, answer=filled["note"])
        except NotRecorded as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        except (UploadRefused, NotNow) as refused:
            form.add_error("evidence", str(refused))
        else:
            messages.success(request, _("已答复，经营主体可以看到。"))
            return redirect("office_report", uuid=found.uuid)
    context = {
        "page_title": found.place,
        "page_caption": _("经营主体的反映"),
        "page_subtitle": shown.title_of(found.record),
        "breadcrumbs": [{"label": _("经营主体的反映"), "url": reverse("office_reports")}],
        "tag": shown.report_tag(found),
        "facts": shown.report_facts(found),
        "file_url": reverse("office_report_file", args=[found.uuid]),
        "form": form if found.state == SightingReport.State.OPEN or form.errors else None,
        "record_url": reverse("office_record", args=[found.record.uuid]) + "#effects",
    }
    return render(request, "office/report.html", context, status=422 if form.errors else 200)


@require_safe
@platforms_door
def report_file(request: HttpRequest, uuid: UUID) -> FileResponse:
    """Hand out the picture of a report; who takes it is on record."""
    found = _report(request, uuid)
    try:
        file = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    audit.record(
        actor=request.user, action="platforms.open_report", target=found, data={"sha256": found.sha256}
    )
    name = found.file.name or ""
    suffix = name.rpartition(".")[2]
    return file_response(file, name=f"{str(found.uuid)[:8]}.{suffix}", mime=mime_of(name))


def _report(request: HttpRequest, uuid: UUID) -> SightingReport:
    condition = acts.handled(user=request.user, on=today(), path="record__")
    found = SightingReport.objects.select_related("record__subject", "platform", "sighting")
    return get_object_or_404(found.filter(condition), uuid=uuid)
