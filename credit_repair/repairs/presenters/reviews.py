"""Reviews 复议 and lawsuits 诉讼 as pages show them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.kinds import office_path
from credit_repair.cases.models import Case
from credit_repair.core.wording import day_text, stated
from credit_repair.registry.models import Record
from credit_repair.registry.personal_numbers import without_personal_numbers
from credit_repair.repairs.models import Review

_TONES = {
    "": "info",
    Review.Outcome.UPHELD: "neutral",
    Review.Outcome.WITHDRAWN: "neutral",
}


def review_rows(
    reviews: Iterable[Review], *, may_enter: bool, opens: bool, says_why: bool = True
) -> list[dict[str, Any]]:
    """Return each review with its state; with `may_enter` the way to enter its outcome, with `opens` to its
    papers, which officials read, with `says_why` the reasons of the order."""
    return [
        {
            "kind": review.get_kind_display(),
            "about": review.get_about_display(),
            "body": review.body,
            "number": review.number,
            "filed_on": review.filed_on,
            "tag": {
                "label": review.get_outcome_display() if review.outcome else _("正在审理"),
                "tone": _TONES.get(review.outcome, "warning"),
            },
            "decided_on": review.decided_on,
            "order_number": review.order_number,
            "reasons": without_personal_numbers(review.reasons) if says_why else "",
            "papers": [
                {"name": paper.name, "href": reverse("paper", args=[paper.uuid])}
                for paper in (review.paper, review.order_paper)
                if paper is not None and opens
            ],
            "url": reverse("office_review", args=[review.uuid]) if may_enter and review.is_running else "",
        }
        for review in reviews
    ]


def back_of(review: Review) -> str:
    """Return the page from which a review is looked after: its case's, else its record's."""
    if review.case is not None:
        return f"{office_path(review.case)}#reviews"
    return f"{reverse('office_record', args=[review.record.uuid])}#reviews"


def new_page(record: Record, case: Case | None, form: forms.Form) -> dict[str, Any]:
    """Return the page on which a review is entered."""
    back = office_path(case) if case is not None else reverse("office_record", args=[record.uuid])
    return {
        "page_title": _("登记复议或者诉讼"),
        "page_subtitle": f"{record.subject} · {record}",
        "breadcrumbs": [{"label": str(case or record), "url": back}],
        "about": _("复议和诉讼期间不停止公示。登记以后，当事人会收到通知，结果要另行登记。"),
        "form": form,
        "back_url": back,
        "submit_text": _("登记"),
    }


def conclude_page(review: Review, form: forms.Form) -> dict[str, Any]:
    """Return the page on which the outcome of a review is entered, with what follows from each."""
    follows = (
        _("撤销准予修复决定的，转督办人员办理撤销；撤销不予修复决定的，由上级单位重新决定。")
        if review.about == Review.About.REPAIR
        else _("处罚被变更、撤销或者确认无效的，系统立即撤回这条信息，并通知各平台撤下。")
    )
    back = back_of(review)
    return {
        "page_title": _("登记复议或者诉讼的结果"),
        "page_subtitle": stated(review.get_kind_display(), f"{review.body} {review.number}".strip()),
        "breadcrumbs": [{"label": str(review.case or review.record), "url": back}],
        "facts": _("%(day)s提起，不服%(about)s。")
        % {"day": day_text(review.filed_on), "about": review.get_about_display()},
        "about": follows,
        "form": form,
        "back_url": back,
        "submit_text": _("登记结果"),
    }
