"""The window's own pages: its desk, a subject that stands there, the slip to hand over."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.core.paginator import Page
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credit_repair.cases.models import Case, Clock, Filing
from credit_repair.cases.presenters import attachment_items
from credit_repair.cases.selectors import clock_view
from credit_repair.core.wording import day_text
from credit_repair.notices.bases import qr_svg
from credit_repair.registry.models import Record
from credit_repair.registry.wording import penalty_summary
from credit_repair.repairs.models import record_of
from credit_repair.repairs.presenters.choose import Choice
from credit_repair.repairs.presenters.common import record_title, state_tag
from credit_repair.repairs.states import RepairState

S = RepairState


def crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    """Return the way back from a page behind the window's desk."""
    return [{"label": _("窗口办理"), "url": reverse("window")}, *more]


def case_crumb(case: Case) -> dict[str, str]:
    """Return the way back to an application that was filed at the window."""
    return {"label": case.number or str(_("申请")), "url": reverse("window_repair", args=[case.uuid])}


def draft_rows(filings: Iterable[Filing]) -> list[dict[str, Any]]:
    """Return the unfinished baskets of the window, as the task list takes them."""
    return [
        {
            "filing": filing,
            "label": str(filing.subject or ""),
            "hint": _begun(filing),
            "url": reverse("window_filing", args=[filing.uuid]),
            "status": "started",
            "status_label": _("继续填写"),
        }
        for filing in filings
    ]


def _begun(filing: Filing) -> str:
    count: int = filing.drafts  # type: ignore[attr-defined]
    words = ngettext(
        "%(count)d条信息，%(who)s于%(day)s开始填写", "%(count)d条信息，%(who)s于%(day)s开始填写", count
    )
    day = day_text(timezone.localtime(filing.created_at).date())
    return words % {"count": count, "who": filing.created_by, "day": day}


def filed_rows(cases: Iterable[Case], *, today: date) -> list[dict[str, Any]]:
    """Return what was filed at the window: state, and what falls due next."""
    return [
        {
            "case": case,
            "url": reverse("window_repair", args=[case.uuid]),
            "record": record_title(record_of(case)),
            "tag": state_tag(case),
            "clock": _next_clock(case, today),
            "note": _note(case),
        }
        for case in cases
    ]


def _next_clock(case: Case, today: date) -> dict[str, Any] | None:
    """Of the clocks that are open the one that falls due next; the applicant's own comes first."""
    views = [clock_view(clock, today=today) for clock in case.open_clocks]  # type: ignore[attr-defined]
    running = [view for view in views if view.status == "running"]
    running.sort(key=lambda view: (view.kind != Clock.Kind.CORRECTION, view.due or date.max))
    if not running:
        return None
    first = running[0]
    mine = first.kind == Clock.Kind.CORRECTION
    return {"days": first.remaining, "due": first.due, "label": _("补正") if mine else ""}


def _note(case: Case) -> str:
    if case.state == S.SCHEDULED and case.repair.scheduled_for:
        return _("%s自动提交") % day_text(case.repair.scheduled_for)
    return ""


def desk_page(*, drafts: Page, filed: Page, today: date) -> dict[str, Any]:
    """Return the window's desk."""
    return {
        "page_title": _("窗口办理"),
        "page_subtitle": _("为到场的申请人填写、打印、扫描和提交。先核对证件，再查找。"),
        "drafts_page": drafts,
        "drafts": draft_rows(drafts),
        "page_obj": filed,
        "filed": filed_rows(filed, today=today),
    }


def record_groups(choice: Choice, *, ticked: set[str]) -> list[dict[str, Any]]:
    """Return the records that can be chosen: those for now, and those that wait for their day."""
    groups = [
        {
            "title": _("现在可以申请"),
            "hint": "",
            "rows": [_record_row(choice, record, ticked) for record in choice.open_for(("now", "soon"))],
        },
        {
            "title": _("现在准备，以后自动提交"),
            "hint": _("材料可以现在就备齐。到了可以申请的那一天，系统先核对一遍，再自动提交。"),
            "rows": [_record_row(choice, record, ticked) for record in choice.open_for(("later",))],
        },
    ]
    return [group for group in groups if group["rows"]]


def _record_row(choice: Choice, record: Record, ticked: set[str]) -> dict[str, Any]:
    """A record as far as one must know it to choose it: no facts, no contents."""
    view = choice.outlook(record)
    return {
        "uuid": str(record.uuid),
        "ticked": str(record.uuid) in ticked,
        "name": record_title(record),
        "authority": record.authority.name,
        "decided": day_text(record.decision_date),
        "penalty": penalty_summary(record),
        "state": view.state,
        "outlook": view.title,
        "reason": view.reason,
    }


def _others(choice: Choice) -> list[dict[str, Any]]:
    """Those for which nothing can be filed here, and why. Of an application that lies elsewhere the window
    learns no more than that."""
    rows = [_record_row(choice, record, set()) for record in choice.open_for(("none",))]
    taken = [record for record in choice.records if record.pk in choice.open_cases]
    words = {"outlook": _("已经有一件申请正在办理"), "reason": ""}
    return [*(_record_row(choice, record, set()) | words for record in taken), *rows]


def subject_page(
    *, choice: Choice, ticked: set[str], unfinished: Sequence[Filing], filed: Page, today: date
) -> dict[str, Any]:
    """Return what a clerk sees of the subject that stands there."""
    subject = choice.subject
    return {
        "page_title": subject.name,
        "page_caption": subject.get_kind_display(),
        "page_subtitle": subject.shown_number,
        "subject": subject,
        "groups": record_groups(choice, ticked=ticked),
        "others": _others(choice),
        "unfinished": draft_rows(unfinished),
        "page_obj": filed,
        "filed": filed_rows(filed, today=today),
        "breadcrumbs": crumbs(),
    }


def slip_page(filing: Filing, cases: Iterable[Case]) -> dict[str, Any]:
    """Return the slip that goes with the applicant: number, query code, by when, where and whom to ask."""
    status_url = f"{settings.SITE_URL}{reverse('case_status')}"
    return {
        "title": _("信用修复办理凭条"),
        "filing": filing,
        "name": filing.subject.name if filing.subject else "",
        "rows": [
            {
                "number": case.number or "",
                "record": record_title(record_of(case)),
                "day": case.submitted_on,
                "note": _note(case),
                "due": _told_by(case),
            }
            for case in cases
        ],
        "status_url": status_url,
        "status_qr": qr_svg(status_url),
        "breadcrumbs": crumbs(),
    }


def _told_by(case: Case) -> str:
    """By when the applicant hears of it, by the clocks that are open; nothing where one of them is not."""
    due = {clock.kind: clock.due_on for clock in case.open_clocks}  # type: ignore[attr-defined]
    acceptance, answer = due.get(Clock.Kind.ACCEPTANCE), due.get(Clock.Kind.ANSWER)
    if acceptance is None or answer is None:
        return ""
    return _("最晚%(acceptance)s告知是否受理，最晚%(answer)s答复") % {
        "acceptance": day_text(acceptance),
        "answer": day_text(answer),
    }


def withdrawal_page(case: Case) -> dict[str, Any]:
    """Return the page on which a clerk withdraws an application on the applicant's signed paper."""
    papers = attachment_items(case, "withdrawal")
    return {
        "case": case,
        "page_title": _("撤回申请"),
        "page_caption": case.number or "",
        "page_subtitle": case.subject.name if case.subject else "",
        "papers": papers,
        "print_url": reverse("window_withdrawal_form", args=[case.uuid]),
        "withdraw_url": reverse("window_repair_withdraw", args=[case.uuid]),
        "back_url": reverse("window_repair", args=[case.uuid]),
        "breadcrumbs": crumbs(case_crumb(case)),
    }
