"""One record as officials see it, and what they find about it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases import record_access
from credit_repair.cases.adjusting import adjusting, may_adjust
from credit_repair.cases.record_reading import may_unmask, party, reader_of, with_reader
from credit_repair.commitments.presenters import record_block as promises_about
from credit_repair.core.clock import today
from credit_repair.dossier.access import with_file
from credit_repair.home import effect_presenters, presenters
from credit_repair.home import record_presenters as shown
from credit_repair.home.adjust_forms import AdjustForm
from credit_repair.home.context import frame_of
from credit_repair.home.platform_doors import may_look_after
from credit_repair.outreach.presenters.guidance import record_part
from credit_repair.outreach.reach import ACTING, reaches
from credit_repair.people.doors import door_of_any
from credit_repair.people.masking import has_numbers
from credit_repair.people.unmask_forms import numbers_shown, unmask_part
from credit_repair.platforms.selectors import messages_of
from credit_repair.platforms.sightings import REPAIRED
from credit_repair.rectification.presenters import record_block
from credit_repair.registry.flags import flags_of
from credit_repair.registry.models import Record, RecordFlag
from credit_repair.registry.services.adjust import (
    Adjustment,
    RecordNotAdjusted,
    adjust_record,
    preview_adjustment,
)
from credit_repair.repairs.after.reviewing import may_enter_reviews, reviews_of_record
from credit_repair.repairs.presenters.effects import effects_part
from credit_repair.repairs.presenters.reviews import review_rows
from credit_repair.repairs.selectors import open_repair_on
from credit_repair.rulings.offices import keeps_away, may_register, office_in_charge, rulings_for_official
from credit_repair.rulings.presenters import record_lines, with_shield
from credit_repair.rulings.selectors import cancellation_of


@require_safe
@door_of_any("see_cases", "import_records")
def record(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one record: what it says, how its dates came about, where it is published, what happened to it."""
    day = today()
    readable = record_access.records_for_official(user=request.user, on=day)
    found = get_object_or_404(with_reader(readable, user=request.user, on=day), uuid=uuid)
    cases = record_access.cases_on_record(record=found, user=request.user, on=day)
    flags, events = list(flags_of(found)), list(found.events.all())
    numbers, until = numbers_shown(found.subject, user=request.user)
    standing = {flag.kind for flag in flags if flag.off_at is None}
    held, shielded = RecordFlag.Kind.HELD in standing, RecordFlag.Kind.SHIELD in standing
    adjustable = may_adjust(user=request.user, record=found, on=day)
    partial = keeps_away(user=request.user, subject=found.subject_id)
    context = {
        "page_title": title_of(found),
        "page_caption": found.get_kind_display(),
        "page_subtitle": party(found),
        "breadcrumbs": [{"label": _("信用记录"), "url": reverse("office_records")}],
        "elsewhere_url": _elsewhere_url(request, found),
        "file_url": _file_url(request, found),
        "record": found,
        "tag": presenters.standing_tag(found),
        "flag_tags": shown.flag_tags(flags),
        "flags": shown.flag_rows(flags),
        "rows": shown.record_rows(
            found,
            for_office=True,
            former_names=found.subject.former_names.all(),
            reader=reader_of(found),
            numbers=numbers,
        ),
        "date_rows": shown.date_rows(found),
        "basis": shown.basis_lines(found),
        "edition": shown.edition_link(found),
        "findings": shown.masked_texts(
            shown.finding_rows(found, events, for_office=True), found, reader_of(found)
        ),
        "guidance": record_part(
            found, acting=frame_of(request).may(*ACTING) and reaches(found, user=request.user, on=day)
        ),
        "adjust_url": _adjust_url(found) if adjustable and not found.has_ended else "",
        "rulings": shown.masked_texts(
            record_lines(
                found,
                for_office=True,
                linked=not partial,
                shield_linked=shielded and _reads_rulings(request, found),
            ),
            found,
            reader_of(found),
        ),
        "cancel_url": _cancel_url(found) if adjustable and not partial else "",
        "shield_url": "" if partial else _shield_url(request, found),
        "held_url": reverse("office_held_settle", args=[found.uuid]) if held and adjustable else "",
        "publicity": shown.publicity_rows(found, held=held),
        "commitments": promises_about(found, user=request.user, on=day, for_office=True),
        "effects": _effects(request, found, shielded=shielded),
        "messages_sent": presenters.message_rows(
            messages_of(found).select_related("record__subject", "subject"),
            linked=frame_of(request).may("import_records", "supervise"),
        ),
        "events": shown.masked_texts(
            shown.event_items(events, for_office=True, entry=shown.is_list(found)), found, reader_of(found)
        ),
        "cases": presenters.case_rows(cases, office=True),
        **record_block(record=found, user=request.user, today=day),
        **_reviews(request, found),
        "unmask": unmask_part(
            found.subject,
            allowed=has_numbers(found.subject)
            and may_unmask(user=request.user, subject=found.subject, on=day),
            until=until,
            back=request.path,
        ),
    }
    response = render(request, "office/record.html", context)
    if until is not None:
        response["Cache-Control"] = "no-store"
    return response


def _effects(request: HttpRequest, record: Record, *, shielded: bool) -> dict[str, Any]:
    ways = effect_presenters.ways_for(record, user=request.user, on=today())
    part = effects_part(record, today=today(), ways=ways, for_office=True)
    return with_shield(part, record) if shielded else part


def _file_url(request: HttpRequest, record: Record) -> str:
    """The subject's file 主体档案, for whom it is there: nobody opens that of whom they act for."""
    subject = record.subject
    found = with_file([subject], user=request.user, on=today())
    return reverse("office_subject_file", args=[subject.uuid]) if found else ""


def _elsewhere_url(request: HttpRequest, record: Record) -> str:
    """Return where a repaired record is looked for on websites that are not ours; empty for who does not."""
    if record.standing not in REPAIRED or not may_look_after(user=request.user, on=today()):
        return ""
    return reverse("office_third_party", args=[record.uuid])


def _cancel_url(record: Record) -> str:
    """Return where it is entered that the record's decision was changed or revoked; once."""
    return "" if cancellation_of(record) is not None else reverse("office_record_cancel", args=[record.uuid])


def _reads_rulings(request: HttpRequest, record: Record) -> bool:
    """Whether the official may open the page of the ruling that shields `record`."""
    return rulings_for_official(user=request.user, on=today()).filter(subject=record.subject_id).exists()


def _shield_url(request: HttpRequest, record: Record) -> str:
    """Return where a court's ruling about the subject of a public record is entered; empty for who does not
    take in at the credit office in charge."""
    if not record.is_public or not frame_of(request).may("intake"):
        return ""
    office = office_in_charge(record.subject)
    if office is None or not may_register(user=request.user, office=office, on=today()):
        return ""
    return reverse("office_shield_new", args=[record.subject.uuid])


def title_of(record: Record) -> str:
    """Return what a record is called: its number, else its list."""
    return record.doc_no or record.list_name or _("信用记录")


def _adjust_url(record: Record) -> str:
    return reverse("office_record_adjust", args=[record.uuid])


@require_http_methods(["GET", "HEAD", "POST"])
@door_of_any("adjust_records")
def adjust(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Set what a person finds about a record: filled in, looked at as it would be, and confirmed.

    What is confirmed is filled in and judged anew: nothing that the page carries along is trusted.
    """
    day = today()
    readable = record_access.records_for_official(user=request.user, on=day)
    found = get_object_or_404(with_reader(readable, user=request.user, on=day), uuid=uuid)
    if found.has_ended or not may_adjust(user=request.user, record=found, on=day):
        raise Http404
    form = AdjustForm(request.POST if request.method == "POST" else None, record=found)
    preview: Adjustment | None = None
    if form.is_bound and form.is_valid():
        given = {
            "values": form.values,
            "basis": form.cleaned_data["basis"],
            "reason": form.cleaned_data["reason"],
        }
        try:
            if request.POST.get("step") == "confirm":
                with adjusting(user=request.user, record=found, on=day):
                    adjust_record(record=found, actor=request.user, today=day, **given)
                messages.success(request, _("已保存，等级和期限已按新的认定重新计算。"))
                return redirect("office_record", uuid=found.uuid)
            if request.POST.get("step") != "edit":
                preview = preview_adjustment(record=found, today=day, **given)
        except RecordNotAdjusted as refusal:
            form.add_error(refusal.field or None, str(refusal))
    template = "office/record_adjust_preview.html" if preview else "office/record_adjust.html"
    return render(request, template, _adjust_page(found, form, preview))


def _adjust_page(record: Record, form: AdjustForm, preview: Adjustment | None) -> dict[str, Any]:
    case = open_repair_on(record=record)
    return {
        "page_title": _("确认人工认定") if preview else _("人工认定"),
        "page_caption": title_of(record),
        "page_subtitle": party(record),
        "breadcrumbs": [
            {"label": _("信用记录"), "url": reverse("office_records")},
            {"label": title_of(record), "url": reverse("office_record", args=[record.uuid])},
        ],
        "form": form,
        "record": record,
        "open_case": (case.number or _("草稿")) if case else "",
        "date_rows": shown.date_rows(record),
        "basis": shown.basis_lines(record),
        "findings": shown.finding_rows(record, list(record.events.all()), for_office=True),
        "back": reverse("office_record", args=[record.uuid]),
        **(_preview_page(preview, form) if preview else {}),
    }


def _preview_page(preview: Adjustment, form: AdjustForm) -> dict[str, Any]:
    return {
        "set_rows": _old_new(preview.set_values),
        "follow_rows": _old_new(preview.follows),
        "new_date_rows": shown.date_rows(preview.record),
        "new_basis": shown.basis_lines(preview.record),
        "said_rows": [
            {"key": _("依据"), "value": form.cleaned_data["basis"]},
            {"key": _("原因"), "value": form.cleaned_data["reason"]},
        ],
        "is_over": preview.record.effective_until is not None and preview.record.effective_until < today(),
    }


def _old_new(changes: dict[str, tuple[Any, Any]]) -> list[dict[str, str]]:
    return [
        {
            "label": shown.label_of(name),
            "old": shown.value_text(name, old) or _("没有设置"),
            "new": shown.value_text(name, new) or _("没有设置"),
        }
        for name, (old, new) in changes.items()
    ]


def _reviews(request: HttpRequest, record: Record) -> dict[str, Any]:
    """The reviews 复议 and lawsuits on the record; what they say in words, to those who look after them."""
    enters = may_enter_reviews(record=record, case=None, user=request.user, on=today())
    found = reviews_of_record(record)
    return {
        "reviews": review_rows(found, may_enter=enters, opens=enters, says_why=enters),
        "review_url": reverse("office_review_new", args=[record.uuid]) if enters else "",
    }
