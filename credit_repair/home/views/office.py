"""The officials' page over records."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credit_repair.cases import record_access
from credit_repair.cases.record_reading import party, text_of, with_reader
from credit_repair.core.clock import today
from credit_repair.core.paging import CappedPaginator
from credit_repair.core.tables import wanted_format
from credit_repair.home import presenters, selectors
from credit_repair.home.context import frame_of
from credit_repair.home.exports import export_records
from credit_repair.home.record_forms import RecordFilterForm
from credit_repair.people.doors import door_of_any
from credit_repair.registry import search
from credit_repair.registry.models import Record

PAGE_SIZE = 30
#: Nobody reads on from here: other conditions find it sooner.
MOST_LISTED = 1000
NOT_LISTED = ("facts", "legal_basis", "content", "remarks", "assessment")


@require_safe
@door_of_any("see_cases", "import_records")
def records(request: HttpRequest) -> HttpResponseBase:
    """Find records; the number of a case leads to the case."""
    day = today()
    form = RecordFilterForm(
        request.GET or None,
        authorities=record_access.authorities_for_official(user=request.user, on=day),
        today=day,
    )
    is_clear = form.is_valid() or not form.is_bound
    text = form.cleaned_data.get("q", "") if form.is_bound else ""
    case = selectors.case_by_number(number=text, user=request.user, on=day) if text else None
    if case is not None:
        return redirect(presenters.case_url(case, office=True))
    found = Record.objects.none()
    if is_clear:
        found = record_access.records_for_official(user=request.user, on=day, **form.conditions)
        found = with_reader(found, user=request.user, on=day)
    if wanted_format(request):
        filters = form.cleaned_data if form.is_bound else {}
        return export_records(request, found.defer(*NOT_LISTED), name=_("信用记录"), filters=filters)
    pages = CappedPaginator(found.defer(*NOT_LISTED), PAGE_SIZE, cap=MOST_LISTED)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "page_title": _("信用记录"),
        "page_actions": _page_actions(request),
        "form": form,
        "filter_form": form,
        "clear_url": reverse("office_records") if form.has_changed() else "",
        "result_text": "" if form.errors else _count_line(pages),
        "page_obj": page,
        "may_export": not search.is_personal_number(text, records=page),
        "rows": [
            {
                "record": record,
                "party": party(record),
                "conduct": text_of(record, record.conduct),
                "tag": presenters.standing_tag(record),
                "url": _url(record),
            }
            for record in page
        ],
    }
    return render(request, "office/records.html", context)


def _page_actions(request: HttpRequest) -> list[dict[str, str]]:
    """The lists beside the records: held at their maximum, cancelled, shielded in a bankruptcy."""
    places = [(_("到期待核"), "office_held"), (_("变更撤销"), "office_cancellations")]
    if frame_of(request).may("intake", "approve", "supervise"):
        places.append((_("破产重整"), "office_shields"))
    return [{"label": label, "url": reverse(name)} for label, name in places]


def _count_line(pages: CappedPaginator) -> str:
    """How many records were found, as far as they were counted."""
    if pages.is_capped:
        text = _("符合条件的记录超过%(cap)s条，这里只列出前%(cap)s条。加上条件，可以缩小范围。")
        return text % {"cap": pages.count}
    return _("共%s条记录") % pages.count


def _url(record: Record) -> str:
    return reverse("office_record", args=[record.uuid])
