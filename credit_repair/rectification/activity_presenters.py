"""Voluntary activities 自愿活动 in the form that the page components take."""

from typing import Any

from django.utils.translation import gettext as _

from credit_repair.core.wording import clauses, day_text
from credit_repair.people.masking import Reader, subject_name
from credit_repair.rectification.models import Activity
from credit_repair.rectification.presenters import paper_link
from credit_repair.rectification.tags import ACTIVITY_TONES, tag


def activity_row(activity: Activity, *, reader: Reader = Reader.OWNER) -> dict[str, Any]:
    """Return an activity as a row: what it was, by whom, when, how long, its paper, how it stands."""
    return {
        "activity": activity,
        "subject": subject_name(activity.subject, reader),
        "kind": str(activity.get_kind_display()),
        "hours": _("%s小时") % f"{activity.hours.normalize():f}" if activity.hours else "",
        "paper": paper_link(activity.paper),
        "tag": tag(activity, ACTIVITY_TONES),
        "answer": _answer(activity),
    }


def _answer(activity: Activity) -> str:
    if activity.answered_on is None or activity.office is None:
        return ""
    who = _("%(office)s，%(day)s") % {"office": activity.office, "day": day_text(activity.answered_on)}
    return clauses([who, activity.answer]) if activity.answer else who
