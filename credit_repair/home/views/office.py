"""The officials' pages over records and messages to platforms."""

from functools import wraps
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import today
from credit_repair.home import presenters, selectors
from credit_repair.home.forms import RecordFilterForm
from credit_repair.people import access
from credit_repair.people.doors import View
from credit_repair.platforms.selectors import messages_of, removal_status
from credit_repair.registry.models import Record

PAGE_SIZE = 30
NOT_LISTED = ("facts", "legal_basis", "content", "remarks", "assessment")


def door_of_any(*permissions: str) -> Any:
    """Let in people who hold one of the permissions at some office today."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not any(
                access.offices_where(user=request.user, permission=permission, on=today()).exists()
                for permission in permissions
            ):
                raise Http404
            return view(request, *args, **kwargs)

        return official_door(guarded)

    return decorate


@require_safe
@door_of_any("see_cases", "import_records")
def records(request: HttpRequest) -> HttpResponse:
    """Find records; the number of a case leads to the case."""
    form = RecordFilterForm(request.GET or None)
    wanted: dict[str, str] = form.cleaned_data if form.is_valid() else {}
    text = wanted.get("q", "").strip()
    case = selectors.case_by_number(number=text, user=request.user, on=today()) if text else None
    if case is not None:
        return redirect(presenters.case_url(case, office=True))
    found = selectors.records_for_official(
        user=request.user, on=today(), text=text, standing=wanted.get("standing")
    )
    page = Paginator(found.defer(*NOT_LISTED), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("信用记录"),
        "filter_form": form,
        "clear_url": reverse("office_records") if wanted.get("q") or wanted.get("standing") else "",
        "result_text": _("共%s条记录") % page.paginator.count,
        "page_obj": page,
        "rows": [
            {"record": record, "tag": presenters.standing_tag(record), "url": _url(record)} for record in page
        ],
    }
    return render(request, "office/records.html", context)


def _url(record: Record) -> str:
    return reverse("office_record", args=[record.uuid])


@require_safe
@door_of_any("see_cases", "import_records")
def record(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one record: what it says, how its dates came about, where it is published, what happened to it."""
    day = today()
    found = get_object_or_404(selectors.records_for_official(user=request.user, on=day), uuid=uuid)
    cases = selectors.cases_on_record(record=found, user=request.user, on=day)
    context = {
        "page_title": found.doc_no or _("信用记录"),
        "page_caption": found.get_kind_display(),
        "page_subtitle": found.subject.name,
        "breadcrumbs": [{"label": _("信用记录"), "url": reverse("office_records")}],
        "record": found,
        "tag": presenters.standing_tag(found),
        "rows": presenters.record_rows(found, for_office=True),
        "date_rows": presenters.date_rows(found),
        "basis": presenters.basis_lines(found),
        "publications": presenters.publication_rows(removal_status(found)),
        "messages_sent": presenters.message_rows(messages_of(found).select_related("record")),
        "events": presenters.event_items(found.events.all(), for_office=True),
        "cases": presenters.case_rows(cases, office=True),
    }
    return render(request, "office/record.html", context)


@require_safe
@door_of_any("import_records", "supervise")
def messages(request: HttpRequest) -> HttpResponse:
    """Show the messages that a person should look at, then the latest ones."""
    troubled, latest = selectors.messages_for(user=request.user, on=today())
    context = {
        "page_title": _("平台消息"),
        "page_subtitle": _("系统通知各公示平台上架或者撤下信息，平台的回执是撤下的凭据。"),
        "troubled": presenters.message_rows(troubled),
        "latest": presenters.message_rows(latest),
        "latest_limit": selectors.LATEST_MESSAGES,
    }
    return render(request, "office/messages.html", context)
