"""How an application stands, for its applicant; and the pages of what they may do about it."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.models import Case, CaseRating, Clock
from credit_repair.cases.presenters import clock_items, timeline_items
from credit_repair.cases.services import available_actions
from credit_repair.core.wording import stated
from credit_repair.repairs.after.reviewing import DECIDED, reviews_of_case
from credit_repair.repairs.matters import matter_name
from credit_repair.repairs.models import KIND, record_of
from credit_repair.repairs.presenters.again import reasons_for
from credit_repair.repairs.presenters.common import (
    bar_of,
    documents_of,
    record_rows,
    record_title,
    state_tag,
)
from credit_repair.repairs.presenters.effects import effects_part
from credit_repair.repairs.presenters.gaps import correction_items, materials_beside
from credit_repair.repairs.presenters.reviews import review_rows
from credit_repair.repairs.presenters.revoking import revocation_part, revocation_words
from credit_repair.repairs.presenters.standing import (
    holder_words,
    holders_of,
    now_words,
    pauses_of,
    running_until,
    stage_of,
)
from credit_repair.repairs.selectors import urge_again_on
from credit_repair.repairs.services.following import rating_is_open
from credit_repair.repairs.states import RepairFlow, RepairState

if TYPE_CHECKING:
    from credit_repair.repairs.views.sides import Side

S = RepairState


def _home(side: "Side") -> list[dict[str, str]]:
    """Where the applications of a side are listed; at a window every way begins there."""
    return [] if side.at_window else [{"label": _("我的申请"), "url": reverse("my_cases")}]


def inner_page(case: Case, side: "Side", *, title: str) -> dict[str, Any]:
    """Return what every page inside an application has: its title, the way back, for whom one acts."""
    back = side.url("repair", case.uuid)
    return {
        "case": case,
        "side": side,
        "back_url": back,
        "page_title": title,
        "page_caption": _caption(case, side),
        "breadcrumbs": [*_home(side), {"label": case.number or _("已预约的申请"), "url": back}],
        **frame_of(case, side),
    }


def frame_of(case: Case, side: "Side") -> dict[str, Any]:
    """Return the bar that says for whom one acts; at a window that is the page's own matter."""
    return {} if side.at_window else bar_of(case)


def following_page(case: Case, *, side: "Side", user: Any, today: date) -> dict[str, Any]:
    """Return how the application stands, with whom it lies, until when, and what its applicant may do."""
    open_acts = {act.name: act.enabled for act in available_actions(case=case, actor=user, today=today)}
    state = RepairState(case.state)
    running = state not in RepairFlow.ENDS
    after = revocation_part(case, today=today, for_office=side.at_window)
    return {
        "case": case,
        "side": side,
        "page_title": _heading(case),
        "page_caption": _caption(case, side),
        "page_subtitle": revocation_words(after["revocation"]["row"], today=today)
        if _is_to_be_revoked(after)
        else now_words(case, today=today, at_window=side.at_window),
        "state_tag": state_tag(case),
        "steps": stage_of(case),
        "holders": [
            {**holder, "words": holder_words(holder)}
            for holder in holders_of(case, applicant=_("申请人") if side.at_window else _("您"))
        ],
        "clocks": clock_items(case, today=today, running_only=True),
        "pauses": pauses_of(case) if running else [],
        "timeline": _timeline(case),
        "effects": effects_part(record_of(case), today=today) if state in (S.APPROVED, S.COMPLETED) else None,
        "tracker_url": "" if side.at_window else reverse("my_removal", args=[record_of(case).uuid]),
        "record_rows": record_rows(record_of(case), for_office=side.at_window),
        "record_url": "" if side.at_window else reverse("my_record", args=[record_of(case).uuid]),
        "documents": documents_of(case),
        "materials": materials_beside(case),
        "correction": correction_items(case) if state != S.CORRECTION else [],
        "siblings": _siblings(case, side),
        "contact_rows": _contact_rows(case, side, may_change=running and state != S.DRAFT),
        "urge": _urge(case, side, open_acts, today),
        "correct_by": running_until(case, Clock.Kind.CORRECTION) if state == S.CORRECTION else None,
        "correction_url": side.url("repair_correction", case.uuid) if "resubmit" in open_acts else "",
        "scheduled_for": case.repair.scheduled_for if "unschedule" in open_acts else None,
        "unschedule_url": side.url("repair_unschedule", case.uuid),
        "withdraw_url": _withdraw_url(case, side) if "withdraw" in open_acts else "",
        **after,
        "answer_url": side.url("repair_answer", case.uuid) if open_acts.get("answer_revocation") else "",
        "reviews": review_rows(reviews_of_case(case), may_enter=False, opens=False)
        if case.state in DECIDED
        else [],
        "certificate_url": side.url("repair_certificate", case.uuid) if state == S.COMPLETED else "",
        "todo": reasons_for(case, today=today, side=side),
        **_rating(case, side, user, today),
        "breadcrumbs": _home(side),
        **frame_of(case, side),
    }


def _is_to_be_revoked(after: dict[str, Any]) -> bool:
    return after["revocation"] is not None and after["revocation"]["row"].is_running


def _heading(case: Case) -> str:
    """What is applied for, and the number of the record's document."""
    record = record_of(case)
    matter = matter_name(record)
    return stated(matter, record.doc_no) if record.doc_no else matter


def _timeline(case: Case) -> list[dict[str, Any]]:
    """The latest first; the documents stand in a list of their own on the page."""
    return [{**item, "documents": []} for item in reversed(timeline_items(case, internal=False))]


def _caption(case: Case, side: "Side") -> str:
    """The number; at the window, where people come in a row, also whose it is."""
    parts = (case.number, str(case.subject or "") if side.at_window else "")
    return " · ".join(part for part in parts if part)


def _siblings(case: Case, side: "Side") -> list[dict[str, Any]]:
    """Return the other applications of the same filing, as the task list takes them."""
    found = Case.objects.filter(filing=case.filing_id, kind=KIND).exclude(pk=case.pk)
    return [
        {
            "label": record_title(record_of(sibling)),
            "hint": sibling.number or "",
            "url": side.url("repair", sibling.uuid),
            "status_label": state_tag(sibling)["label"],
            "tone": state_tag(sibling)["tone"],
        }
        for sibling in found.exclude(state=S.DISCARDED).select_related("record").order_by("pk")
    ]


def _contact_rows(case: Case, side: "Side", *, may_change: bool) -> list[dict[str, Any]]:
    change = {
        "change_url": side.url("repair_contact", case.uuid),
        "change_text": _("变更"),
        "change_what": _("联系人"),
    }
    repair = case.repair
    rows = [
        {"key": _("联系人"), "value": repair.contact_name, **(change if may_change else {})},
        {"key": _("联系电话"), "value": repair.contact_phone},
    ]
    return [row for row in rows if row["value"] or "change_url" in row]


def _urge(case: Case, side: "Side", open_acts: dict[str, bool], today: date) -> dict[str, Any] | None:
    """Return whether the applicant may urge now, or when they did and from when on they may again."""
    if open_acts.get("urge"):
        overdue = [clock.due_on for clock in case.clocks.all() if clock.due_on and clock.stopped_on is None]
        return {"url": side.url("repair_urge", case.uuid), "since": min(overdue)}
    again_on = urge_again_on(case) if "urge" in open_acts else None
    if again_on is None or again_on <= today:
        return None
    return {"url": "", "urged_on": case.repair.urged_on, "again_on": again_on}


def _rating(case: Case, side: "Side", user: Any, today: date) -> dict[str, Any]:
    """The rating as it was given, or the way to it; it is the applicant's own, and no window's."""
    if side.at_window:
        return {}
    return {
        "rating": CaseRating.objects.filter(case=case).first(),
        "rate_url": side.url("repair_rate", case.uuid)
        if rating_is_open(case=case, user=user, today=today)
        else "",
    }


def _withdraw_url(case: Case, side: "Side") -> str:
    """At a window it begins with the applicant's signed paper."""
    if side.at_window:
        return reverse("window_withdrawal", args=[case.uuid])
    return side.url("repair_withdraw", case.uuid)


def withdraw_page(case: Case, *, side: "Side") -> dict[str, Any]:
    """Return what withdrawing means."""
    return {
        **inner_page(case, side, title=_("撤回申请")),
        "record": case.record,
        "record_title": record_title(record_of(case)),
        "scheduled": case.state == S.SCHEDULED,
        "has_siblings": Case.objects.filter(filing=case.filing_id).exclude(pk=case.pk).exists(),
    }
