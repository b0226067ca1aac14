"""An enterprise's own pages: its desk with the records, one record, its applications."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credit_repair.cases.kinds import kind_of
from credit_repair.cases.selectors import cases_of_subjects
from credit_repair.cases.views.doors import applicant_door
from credit_repair.commitments.presenters import record_block
from credit_repair.core.clock import today
from credit_repair.core.tables import table_response, wanted_format
from credit_repair.home import presenters, selectors
from credit_repair.home import record_presenters as shown
from credit_repair.home.choice import ALL, chosen_subject
from credit_repair.home.context import acting_for, frame_of
from credit_repair.home.desk import VIEWS, Shelf, desk_of
from credit_repair.home.exports import CASE_COLUMNS, MY_RECORD_COLUMNS
from credit_repair.rectification.presenters import own_record_block
from credit_repair.registry.flags import flags_of
from credit_repair.registry.models import Record, RecordFlag, Subject
from credit_repair.registry.selectors import records_of
from credit_repair.repairs.after.reviewing import reviews_of_record
from credit_repair.repairs.outlook import count_outlooks, settled_outlook
from credit_repair.repairs.presenters.effects import effects_part
from credit_repair.repairs.presenters.reviews import review_rows
from credit_repair.repairs.selectors import explain_record, held_among, running_bar
from credit_repair.rulings.presenters import record_lines, with_shield

PAGE_SIZE = 30
LONG_TEXTS = ("facts", "legal_basis", "content", "remarks")


@require_safe
@applicant_door
def records(request: HttpRequest) -> HttpResponseBase:
    """Show the desk of the subject acted for: what waits, what is running, what comes next; and its records,
    each with when it can be repaired and why."""
    subjects = frame_of(request).subjects
    subject = chosen_subject(request, subjects)
    context: dict[str, Any] = {"page_title": _("我的办事台"), "subject": subject}
    if subject is None:
        return render(request, "public/records.html", context | _choice(subjects))
    day = today()
    # All of them are read: the counts above the list stand on the same words as its rows.
    found = list(records_of(subject).defer(*LONG_TEXTS))
    if wanted_format(request):
        return table_response(request, name=_("我的信用记录"), columns=MY_RECORD_COLUMNS, rows=found)
    open_cases, held = selectors.open_cases_by_record(subject), held_among(found, today=day)
    bar = running_bar(subject, day)
    barred = bar.until if bar is not None else None
    shelf = Shelf(records=found, open_cases=open_cases, held=held, today=day, barred_until=barred)
    view = request.GET.get("show", "")
    view = view if view in VIEWS else "all"
    page = Paginator(shelf.of(view), PAGE_SIZE).get_page(request.GET.get("page"))
    query = {"subject": str(subject.uuid)} if len(subjects) > 1 else {}
    if page.number == 1:  # further pages are of the records alone
        context |= desk_of(subject=subject, user=request.user, shelf=shelf, query=query)
    context |= {
        "page_subtitle": count_outlooks(found, today=day, in_hand=open_cases, held=held, barred_until=barred)
        if found
        else "",
        "tabs": shelf.tabs(chosen=view, query=query),
        "query": f"?{urlencode(query)}" if query else "",
        "can_choose": bool(shelf.of("now") or shelf.of("later")),
        "page_obj": page,
        "rows": presenters.my_record_rows(
            page, open_cases=open_cases, today=day, held=held, barred_until=barred
        ),
        "bar": bar,
        "acting_for": acting_for(subject, several=len(subjects) > 1),
    }
    return render(request, "public/records.html", context)


def _choice(subjects: list[Subject]) -> dict[str, Any]:
    return {
        "page_subtitle": _("您可以为多个主体办理，请先选择一个。") if subjects else "",
        "choices": subjects,
    }


@require_safe
@applicant_door
def record(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one record: what it says, whether it can be repaired and why, where it is published."""
    subjects = frame_of(request).subjects
    found = get_object_or_404(
        Record.objects.select_related("subject", "authority__sector", "source_office", "sector"),
        uuid=uuid,
        subject__in=subjects,
    )
    day, case = today(), selectors.open_cases_by_record(found.subject).get(found.pk)
    explanation = explain_record(
        record=found, today=day, open_case=(case.number or _("草稿")) if case else None
    )
    flags, events = list(flags_of(found)), list(found.events.all())
    standing = {flag.kind for flag in flags if flag.off_at is None}
    effects = effects_part(found, today=day)
    held, shielded = RecordFlag.Kind.HELD in standing, RecordFlag.Kind.SHIELD in standing
    view = settled_outlook(found, explanation, today=day, held=held)
    several = len(subjects) > 1
    context = {
        "page_title": found.doc_no or found.list_name or _("信用记录"),
        "page_caption": found.get_kind_display(),
        "breadcrumbs": [
            {
                "label": _("我的办事台"),
                "url": reverse("me") + (f"?subject={found.subject.uuid}" if several else ""),
            }
        ],
        "record": found,
        "tag": presenters.standing_tag(found),
        "outlook": view,
        "case": case,
        "case_kind": kind_of(case).label if case else "",
        "case_tag": presenters.case_tag(case) if case else None,
        "case_url": presenters.case_url(case, office=False) if case else "",
        "certificate_url": presenters.certificate_url(found),
        "can_start": view.state in ("now", "soon") and case is None,
        "can_prepare": view.state == "later" and case is None,
        "show_conditions": view.state in ("now", "soon", "later") or case is not None,
        "unmet": presenters.condition_items(explanation, met=False, case=case),
        "met": presenters.condition_items(explanation, met=True, case=case),
        "applicants_part": presenters.applicants_part(explanation) if case is None else [],
        "wait": case is None and view.state == "soon",
        "rulings": record_lines(found, for_office=False),
        "flag_tags": shown.flag_tags(flags),
        "flags": shown.flag_rows(flags),
        "rows": shown.record_rows(found, for_office=False, former_names=found.subject.former_names.all()),
        "date_rows": shown.date_rows(found),
        "basis": shown.basis_lines(found),
        "findings": shown.finding_rows(found, events, for_office=False),
        "publicity": shown.publicity_rows(found, held=held),
        "effects": with_shield(effects, found) if shielded else effects,
        "tracker_url": reverse("my_removal", args=[found.uuid]) if found.has_ended else "",
        "reviews": review_rows(reviews_of_record(found), may_enter=False, opens=False),
        "events": shown.event_items(events, for_office=False, entry=shown.is_list(found)),
        "commitments": record_block(found, user=request.user, on=day, for_office=False),
        **own_record_block(record=found, user=request.user, today=day),
        "acting_for": acting_for(found.subject, several=several),
    }
    return render(request, "public/record.html", context)


@require_safe
@applicant_door
def cases(request: HttpRequest) -> HttpResponseBase:
    """Show the applications of the subject acted for; of all where there are several."""
    subjects = frame_of(request).subjects
    subject = chosen_subject(request, subjects)
    found = cases_of_subjects(user=request.user, on=today())
    if subject is not None:
        found = found.filter(subject=subject)
    if wanted_format(request):
        return table_response(request, name=_("我的申请"), columns=CASE_COLUMNS, rows=found)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page_title": _("我的申请"),
        "page_obj": page,
        "rows": presenters.case_rows(page, office=False),
        "show_subject": subject is None,
        "show_kind": len({case.kind for case in page}) > 1,
    }
    context["acting_for"] = acting_for(subject, several=len(subjects) > 1) if subject else None
    if subject is not None and len(subjects) > 1:
        every = f"{reverse('my_cases')}?subject={ALL}"
        context["page_actions"] = [{"label": _("查看全部主体的申请"), "url": every}]
    return render(request, "public/cases.html", context)
