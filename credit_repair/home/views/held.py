"""Records shown past their maximum 到期待核: the officials' list, and what was found about the duties."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases import record_access
from credit_repair.cases.adjusting import adjustable_authorities, adjusting, may_adjust
from credit_repair.cases.record_reading import party, reader_of, with_reader
from credit_repair.core.clock import today
from credit_repair.core.tables import wanted_format
from credit_repair.home import record_presenters as shown
from credit_repair.home.adjust_forms import HeldForm
from credit_repair.home.exports import export_records
from credit_repair.home.views.office import NOT_LISTED
from credit_repair.home.views.record import title_of
from credit_repair.people.doors import door_of_any
from credit_repair.platforms.expiry import expire_record
from credit_repair.registry.flags import held_records
from credit_repair.registry.models import Record
from credit_repair.registry.services.held import NotHeld, keep_held, release_held

PAGE_SIZE = 30


@require_safe
@door_of_any("see_cases", "import_records")
def held(request: HttpRequest) -> HttpResponseBase:
    """Show the records that are held at their maximum, the longest first."""
    day = today()
    readable = record_access.records_for_official(user=request.user, on=day).order_by()
    found = held_records().filter(pk__in=readable.values("pk")).defer(*NOT_LISTED)
    found = with_reader(found, user=request.user, on=day)
    if wanted_format(request):
        return export_records(request, found, name=_("到期待核"), filters={"standing": "held"})
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    theirs = adjustable_authorities(user=request.user, on=day)
    context = {
        "page_title": _("到期待核"),
        "page_subtitle": _("最长公示期已经届满，按行业规则要核实义务已经履行才停止公示的记录。"),
        "breadcrumbs": [{"label": _("信用记录"), "url": reverse("office_records")}],
        "page_obj": page,
        "rows": [
            {
                "record": record,
                "party": party(record),
                "title": title_of(record),
                "url": reverse("office_record", args=[record.uuid]),
                "days": (day - record.effective_until).days if record.effective_until else 0,
                "settle_url": reverse("office_held_settle", args=[record.uuid])
                if record.authority_id in theirs
                else "",
            }
            for record in page
        ],
    }
    return render(request, "office/held.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@door_of_any("adjust_records")
def settle(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say whether the duties of a held record are performed; then it ends at once, else it stays shown."""
    day = today()
    readable = record_access.records_for_official(user=request.user, on=day).order_by()
    held = with_reader(held_records(), user=request.user, on=day)
    found = get_object_or_404(held.filter(pk__in=readable.values("pk")), uuid=uuid)
    if not may_adjust(user=request.user, record=found, on=day):
        raise Http404
    form = HeldForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            with adjusting(user=request.user, record=found, on=day):
                words = _settle(request, found, form)
        except NotHeld as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, words)
            return redirect("office_record", uuid=found.uuid)
    context = {
        "page_title": _("核实义务履行情况"),
        "page_caption": title_of(found),
        "page_subtitle": party(found),
        "breadcrumbs": [
            {"label": _("信用记录"), "url": reverse("office_records")},
            {"label": _("到期待核"), "url": reverse("office_held")},
        ],
        "form": form,
        "publicity": shown.publicity_rows(found, held=True),
        "rows": shown.record_rows(found, for_office=True, reader=reader_of(found)),
        "back": reverse("office_record", args=[found.uuid]),
    }
    return render(request, "office/held_settle.html", context)


def _settle(request: HttpRequest, record: Record, form: HeldForm) -> str:
    filled, day = form.cleaned_data, today()
    if filled["finding"] == HeldForm.OPEN:
        keep_held(record=record, actor=request.user, today=day, note=filled["note"])
        return _("已记录：义务尚未履行，继续公示。")
    release_held(
        record=record,
        actor=request.user,
        today=day,
        performed_on=filled["performed_on"],
        note=filled["note"],
    )
    expire_record(record=record, today=day)
    return _("已记录：义务已经履行。公示就此结束，各平台会收到撤下通知。")
