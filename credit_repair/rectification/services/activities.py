"""What a subject did of its own accord 自愿活动: declared online and confirmed, or entered by an office.

Always free of charge, and never a condition unless a rule of the record's sector says so.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.services.attachments import look_into
from credit_repair.cases.services.papers import keep_paper
from credit_repair.cases.services.telling import tell_subject
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.people import access
from credit_repair.rectification.models import Activity
from credit_repair.rectification.selectors import office_to_confirm
from credit_repair.registry.models import Subject


@dataclass(frozen=True)
class Entry:
    """What is entered: kind, what it was, who held or issued it, the day, and for how many hours."""

    kind: str
    title: str
    organiser: str
    done_on: date
    hours: Decimal | None = None


@in_site_language()
def declare(*, subject: Subject, actor: Any, today: date, entry: Entry, paper: File) -> Activity:
    """Enter what the subject did, by who acts for it: it is shown as declared until an office confirms it.

    Raises NotYours, ActionRefused with words, uploads.UploadRefused.
    """
    look_into(paper)
    with transaction.atomic():
        if not access.may_act_for(user=actor, subject=subject, on=today):
            raise NotYours(f"subject {subject.uuid}")
        return _entered(subject, actor, today, entry, paper, action="activity.declare")


@in_site_language()
def enter(*, subject: Subject, actor: Any, today: date, entry: Entry, paper: File) -> Activity:
    """Enter and confirm at once what the subject did, by an official who may confirm it.

    Raises NotYours, ActionRefused with words, uploads.UploadRefused.
    """
    look_into(paper)
    with transaction.atomic():
        office = office_to_confirm(user=actor, subject=subject, on=today)
        if office is None:
            raise NotYours(f"subject {subject.uuid}")
        answered = {
            "state": Activity.State.CONFIRMED,
            "office": office,
            "answered_by": actor,
            "answered_on": today,
        }
        return _entered(subject, actor, today, entry, paper, action="activity.enter", **answered)


def _entered(
    subject: Subject, actor: Any, today: date, entry: Entry, paper: File, *, action: str, **more: Any
) -> Activity:
    if entry.done_on > today:
        raise ActionRefused("not_done_yet", _("日期不能晚于今天。"))
    activity = Activity.objects.create(
        subject=subject,
        kind=entry.kind,
        title=entry.title.strip(),
        organiser=entry.organiser.strip(),
        done_on=entry.done_on,
        hours=entry.hours,
        paper=keep_paper(subject=subject, upload=paper, actor=actor),
        entered_by=actor,
        entered_at=now(),
        **more,
    )
    _audit(activity, actor, action)
    return activity


@transaction.atomic
@in_site_language()
def answer(*, activity: Activity, actor: Any, today: date, confirmed: bool, words: str = "") -> Activity:
    """Confirm what was declared, or say why not. Raises NotYours, ActionRefused with words."""
    row = _locked(activity)
    office = office_to_confirm(user=actor, subject=row.subject, on=today)
    if office is None:
        raise NotYours(f"activity {row.uuid}")
    _refuse_answered(row)
    if not confirmed and not words.strip():
        raise ActionRefused("no_words", _("请写明不予核实的原因。"))
    row.state = Activity.State.CONFIRMED if confirmed else Activity.State.DECLINED
    row.office, row.answered_by, row.answered_on, row.answer = office, actor, today, words.strip()
    row.save(update_fields=["state", "office", "answered_by", "answered_on", "answer"])
    _audit(row, actor, "activity.confirm" if confirmed else "activity.decline")
    tell_subject(
        kind="subject_activity",
        subject=row.subject,
        about=row.uuid,
        on=today,
        activity=row,
        office=office,
        confirmed=confirmed,
    )
    return row


@transaction.atomic
def take_back(*, activity: Activity, actor: Any, today: date) -> Activity:
    """Take back what was declared, by who acts for the subject, before an office has looked at it.

    Raises NotYours, ActionRefused with words.
    """
    row = _locked(activity)
    if not access.may_act_for(user=actor, subject=row.subject, on=today):
        raise NotYours(f"activity {row.uuid}")
    _refuse_answered(row)
    row.state = Activity.State.TAKEN_BACK
    row.save(update_fields=["state"])
    _audit(row, actor, "activity.take_back")
    return row


def _locked(activity: Activity) -> Activity:
    return Activity.objects.select_for_update(of=("self",)).select_related("subject").get(pk=activity.pk)


def _refuse_answered(row: Activity) -> None:
    if row.state != Activity.State.DECLARED:
        raise ActionRefused("answered", _("这项活动已经处理过：%s。") % row.get_state_display())


def _audit(row: Activity, actor: Any, action: str) -> None:
    audit.record(actor=actor, action=action, target=row, data={"kind": row.kind, "state": row.state})
