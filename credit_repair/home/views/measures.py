"""What departments do because of records 共享和惩戒措施, and whether the end of a record has reached them."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credit_repair.cases.record_access import readable_by, record_offices
from credit_repair.cases.record_reading import reader_of, with_reader
from credit_repair.core.clock import today
from credit_repair.core.paging import CappedPaginator
from credit_repair.core.tables import table_response, wanted_format
from credit_repair.home import reconciliation_presenters as shown
from credit_repair.home.exports import MEASURE_COLUMNS
from credit_repair.home.platform_doors import platforms_door
from credit_repair.home.record_presenters import measure_tag
from credit_repair.people.masking import subject_name
from credit_repair.platforms.models import Measure, MeasureRule

PAGE_SIZE = 30
MOST_LISTED = 1000


@require_safe
@platforms_door
def measures(request: HttpRequest) -> HttpResponseBase:
    """Show the measures that wait for their department's receipt, or those of another state."""
    states = [Measure.State.ENDING, Measure.State.IN_FORCE, Measure.State.ENDED]
    wanted = request.GET.get("show", "")
    state = Measure.State(wanted) if wanted in Measure.State.values else Measure.State.ENDING
    readable = readable_by(record_offices(user=request.user, on=today()), path="record__")
    found = Measure.objects.filter(readable, state=state).select_related("platform", "record__subject")
    found = with_reader(found, user=request.user, on=today(), path="record__").order_by("-pk")
    if wanted_format(request):
        return table_response(request, name=_("共享和惩戒措施"), columns=MEASURE_COLUMNS, rows=found)
    page: Paginator = CappedPaginator(found, PAGE_SIZE, cap=MOST_LISTED)
    shown_page = page.get_page(request.GET.get("page"))
    address = reverse("office_measures")
    context = {
        "page_title": _("共享和惩戒措施"),
        "page_subtitle": _("记录公示时按措施清单产生；记录结束时逐一通知各部门解除，收到回执才算解除。"),
        "tabs": shown.tabs("office_measures"),
        "views": [
            {"label": each.label, "url": f"{address}?show={each.value}", "active": each == state}
            for each in states
        ],
        "has_rules": MeasureRule.objects.filter(active=True).exists(),
        "page_obj": shown_page,
        "rows": [
            {
                "measure": each,
                "title": each.record.doc_no or each.record.list_name or _("信用记录"),
                "party": subject_name(each.record.subject, reader_of(each)),
                "url": reverse("office_record", args=[each.record.uuid]),
                "tag": measure_tag(each),
            }
            for each in shown_page
        ],
    }
    return render(request, "office/measures.html", context)
