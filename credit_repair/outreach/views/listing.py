"""Who could apply and has not 可修复未申请: the list, its figures, and the batch that is chosen from it."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.record_access import own_records
from credit_repair.core import audit
from credit_repair.core.clock import today
from credit_repair.core.downloads import shown_pdf
from credit_repair.core.limits import limited
from credit_repair.core.paging import CappedPaginator
from credit_repair.core.tables import file_response, table_response, wanted_format, write_table
from credit_repair.core.uuids import known_uuids
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.services import CannotIssue
from credit_repair.notices.services import preview as draft_of
from credit_repair.outreach.figures import figures_of, total_of
from credit_repair.outreach.forms import OfficeForm, RepairableForm
from credit_repair.outreach.letters import reminder_letter
from credit_repair.outreach.presenters import listing as shown
from credit_repair.outreach.reach import acting_offices, reached, reading_offices
from credit_repair.outreach.repairable import acted_for_among, due_to_remind, repairable
from credit_repair.outreach.services.reminding import MOST, ask_for_reminders, choosable
from credit_repair.outreach.views.common import (
    acting_door,
    authorities_seen,
    listed_records,
    nearest_office,
    reading_door,
    tabs,
)
from credit_repair.registry.models import Office, Record

PAGE_SIZE = 30
#: Nobody reads on from here: other conditions find it sooner.
MOST_LISTED = 3000


def _form(request: HttpRequest) -> RepairableForm:
    day = today()
    return RepairableForm(request.GET or None, authorities=authorities_seen(request, day), today=day)


def _found(
    request: HttpRequest, form: RepairableForm, offices: list[Office] | None = None
) -> QuerySet[Record]:
    day = today()
    persons = partial(own_records, user=request.user, on=day)
    return form.found_among(listed_records(request, day, offices=offices), persons=persons)


@require_safe
@reading_door
def listing(request: HttpRequest) -> HttpResponseBase:
    """Show who could apply and has not, the longest first; with the ways to write to them."""
    day, form = today(), _form(request)
    found = _found(request, form)
    if wanted_format(request):
        return _export(request, form, found)
    pages = CappedPaginator(found, PAGE_SIZE, cap=MOST_LISTED)
    page = pages.get_page(request.GET.get("page"))
    acting = bool(acting_offices(user=request.user, on=day))
    context = {
        "page_title": _("主动服务"),
        "page_subtitle": _("最短公示期已满、现在就能申请修复，但还没有人申请的信息。"),
        "tabs": tabs("office_outreach"),
        "filter_form": form,
        "form": form,
        "clear_url": reverse("office_outreach") if form.has_changed() else "",
        "result_text": "" if form.errors else _count_words(pages),
        "page_obj": page,
        "rows": shown.listing_rows(page, today=day, acting=acting),
        "acting": acting,
        "remind_url": _remind_url(request),
        "most": MOST,
    }
    return render(request, "office/outreach.html", context)


def _export(request: HttpRequest, form: RepairableForm, found: QuerySet[Any]) -> HttpResponseBase:
    """Hand the list out, and write down who took it: personal data leaves the site. What was searched for is
    not kept: it may be somebody's identity number."""
    kind, name = wanted_format(request), _("可修复未申请")
    table = write_table(kind, name=name, columns=shown.listing_columns(today()), rows=found)
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    kept = {key: value for key, value in given.items() if value and key != "q"}
    data = {"format": kind, "rows": table.rows, "filters": kept, "searched": bool(given.get("q"))}
    audit.record(actor=request.user, action="export_repairable", target=request.user, data=data)
    return file_response(table, kind=kind, name=name)


def _count_words(pages: CappedPaginator) -> str:
    if pages.is_capped:
        return _("超过%(cap)s条，这里只列出前%(cap)s条。加上条件，可以缩小范围。") % {"cap": pages.count}
    return _("共%s条") % pages.count


def _remind_url(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return reverse("office_outreach_remind") + (f"?{query.urlencode()}" if query else "")


@require_safe
@reading_door
def figures(request: HttpRequest) -> HttpResponseBase:
    """Show how many that are, by office and sector."""
    day = today()
    offices = reading_offices(user=request.user, on=day)
    found = repairable(on=day).filter(reached(user=request.user, offices=offices))
    rows = figures_of(found, on=day)
    if wanted_format(request):
        return table_response(request, name=_("可修复未申请统计"), columns=shown.FIGURE_COLUMNS, rows=rows)
    context = {
        "page_title": _("主动服务"),
        "page_subtitle": _("可修复未申请的信息，按作出决定的单位和行业领域统计。"),
        "tabs": tabs("office_outreach_figures"),
        "rows": shown.figure_rows(rows),
        "total": total_of(rows),
    }
    return render(request, "office/outreach_figures.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@acting_door
@limited("pack")
def remind(request: HttpRequest) -> HttpResponse:
    """Look once more at what would be written, then have it written.

    What is confirmed is found anew: where it is not what the page counted, the page is shown again.
    """
    if request.method != "POST":
        return redirect(reverse("office_outreach"))
    day, form = today(), _form(request)
    offices = acting_offices(user=request.user, on=day)
    office_form = OfficeForm(request.POST if "office" in request.POST else None, offices=offices)
    found = _chosen(request, form, offices)
    office = office_form.chosen if office_form.is_bound and office_form.is_valid() else offices[0]
    chosen = _chosen_keys(found, office, request)
    confirmed = request.POST.get("step") == "confirm" and office_form.is_bound and office_form.is_valid()
    if confirmed and request.POST.get("expected") == _expected(office, chosen):
        try:
            batch = ask_for_reminders(
                found=found,
                office=office,
                actor=request.user,  # type: ignore[arg-type]
                today=day,
                criteria=form.criteria() if "everything" in request.POST else [],
            )
        except ActionRefused as refused:
            office_form.add_error(None, refused.words)
        else:
            messages.success(request, _("已开始制作提醒函。"))
            return redirect("office_reminder_batch", uuid=batch.uuid)
    elif confirmed:
        messages.warning(request, _("这些信息刚才有变化，请按下面的数字再确认一次。"))
    return render(
        request,
        "office/outreach_remind.html",
        _remind_page(request, form, office_form, found, office, chosen),
    )


def _chosen(request: HttpRequest, form: RepairableForm, offices: list[Office]) -> QuerySet[Any]:
    """What was ticked, or all that the filters of the list find."""
    found = _found(request, form, offices)
    if "everything" in request.POST:
        return found
    return found.filter(uuid__in=known_uuids(request.POST.getlist("record")[: MOST + 1]))


def _chosen_keys(found: QuerySet[Any], office: Office, request: HttpRequest) -> list[tuple[int, int]]:
    """Keys of records and subjects of which can be reminded in the name of `office`; one more than a batch
    takes where there are more."""
    can = choosable(found=found, office=office, user=request.user, on=today())  # type: ignore[arg-type]
    return list(can.order_by("repairable_from", "pk").values_list("pk", "subject")[: MOST + 1])


def _expected(office: Office, chosen: list[tuple[int, int]]) -> str:
    """What the page counted: where it is not so any longer, it is shown again."""
    return f"{office.code}:{len(chosen)}"


def _remind_page(
    request: HttpRequest,
    form: RepairableForm,
    office_form: OfficeForm,
    found: QuerySet[Any],
    office: Office,
    chosen: list[tuple[int, int]],
) -> dict[str, Any]:
    too_many = len(chosen) > MOST
    subjects = {subject for _record, subject in chosen}
    by_mail = acted_for_among(subjects, on=today())
    first = Record.objects.filter(pk=chosen[0][0]).first() if chosen else None
    return {
        "page_title": _("发提醒函"),
        "breadcrumbs": [{"label": _("主动服务"), "url": reverse("office_outreach")}],
        "form": office_form,
        "several_offices": not office_form.fields["office"].widget.is_hidden,
        "chosen": len(chosen),
        "passed_over": 0 if too_many else found.order_by().count() - len(chosen),
        "subjects": len(subjects),
        "by_mail": by_mail,
        "on_paper": len(subjects) - by_mail,
        "too_many": too_many,
        "most": MOST,
        "criteria": form.criteria(),
        "everything": "everything" in request.POST,
        "ticked": known_uuids(request.POST.getlist("record")[: MOST + 1]),
        "expected": _expected(office, chosen),
        "sample_url": reverse("office_outreach_letter", args=[first.uuid]) if first else "",
        "back": f"{reverse('office_outreach')}?{request.GET.urlencode()}",
    }


@require_safe
@acting_door
def letter(request: HttpRequest, uuid: Any) -> HttpResponseBase:
    """Show the letter that the subject of a record would get now, as a draft."""
    day = today()
    offices = acting_offices(user=request.user, on=day)
    theirs = due_to_remind(on=day).filter(reached(user=request.user, offices=offices))
    theirs = theirs.select_related("subject", "authority__sector", "sector")
    record = get_object_or_404(theirs, uuid=uuid)
    records = list(theirs.filter(subject=record.subject).order_by("repairable_from", "pk"))
    office = nearest_office(record, offices, request.user)
    document = reminder_letter(subject=record.subject, records=records, office=office, today=day)
    try:
        return shown_pdf(draft_of(document=document, office=office), name=_("信用修复提醒函"))
    except (MissingGlyphs, CannotIssue) as refused:
        messages.error(request, str(refused))
        return redirect("office_outreach")
