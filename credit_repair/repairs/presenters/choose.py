"""What of a subject's records can be repaired now, later or not, and why, as the choosing page shows it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.models import Case
from credit_repair.core.wording import day_text
from credit_repair.people import acting
from credit_repair.registry.models import Record, Subject
from credit_repair.registry.wording import penalty_summary
from credit_repair.repairs.outlook import Outlook, outlook
from credit_repair.repairs.presenters.common import record_title, state_tag
from credit_repair.repairs.selectors import barred_until, held_among, open_repairs_by_record
from credit_repair.repairs.states import RepairState


@dataclass(frozen=True)
class Choice:
    """The records of a subject, with what lies open on them, as of one day."""

    subject: Subject
    records: list[Record]
    open_cases: dict[int, Case]
    held: set[int]
    today: date
    barred_until: date | None = None

    @cached_property
    def outlooks(self) -> dict[int, Outlook]:
        """What is in store for each record, by its key."""
        return {
            record.pk: outlook(
                record, today=self.today, held=record.pk in self.held, barred_until=self.barred_until
            )
            for record in self.records
        }

    def outlook(self, record: Record) -> Outlook:
        """Return what is in store for one of the records."""
        return self.outlooks[record.pk]

    def open_for(self, states: Collection[str]) -> list[Record]:
        """Return the records on which nothing lies open and whose outlook is one of `states`."""
        free = [record for record in self.records if record.pk not in self.open_cases]
        return [record for record in free if self.outlook(record).state in states]

    @property
    def selectable(self) -> list[Record]:
        """The records for which an application can be prepared."""
        return self.open_for(("now", "soon", "later"))

    def first_choice(self) -> set[str]:
        """Return what is ticked before anybody has ticked: the only one that there is to choose."""
        only = self.open_for(("now",)) or self.selectable
        return {str(only[0].uuid)} if len(only) == 1 else set()


def choice_of(subject: Subject, records: Iterable[Record], *, today: date) -> Choice:
    """Return `records` of `subject` with what lies open on them, as of that day."""
    shown = list(records)
    return Choice(
        subject=subject,
        records=shown,
        open_cases=open_repairs_by_record(subject),
        held=held_among(shown, today=today),
        today=today,
        barred_until=barred_until(subject, today=today),
    )


def choose_page(choice: Choice, *, ticked: set[str], errors: list[str]) -> dict[str, Any]:
    """Return the page on which records are chosen; `ticked` holds their identities."""
    now, later, soon = (choice.open_for((state,)) for state in ("now", "later", "soon"))
    running = [record for record in choice.records if record.pk in choice.open_cases]
    never = choice.open_for(("none", "ended"))
    groups: list[dict[str, Any]] = [
        {
            "name": "now",
            "title": _("现在可以申请"),
            "rows": [_row(choice, record, ticked) for record in now],
            "all": len(now) > 1,
        },
        {
            "name": "later",
            "title": _("现在准备，以后自动提交"),
            "hint": _("材料可以现在就备齐。到了可以申请的那一天，系统先核对一遍，再自动提交。"),
            "rows": [_row(choice, record, ticked) for record in later],
            "all": len(later) > 1,
        },
        {
            "name": "soon",
            "title": _("快到期，不必申请"),
            "rows": [_row(choice, record, ticked) for record in soon],
            "fold": True,
            "open": any(str(record.uuid) in ticked for record in soon) or not now,
        },
    ]
    return {
        "page_title": _("申请信用修复"),
        "page_subtitle": _("勾选要修复的信息。勾选多条的，情况只填一遍，材料只传一次。")
        if len(choice.selectable) > 1
        else "",
        "errors": [{"text": text, "href": "#choose"} for text in errors],
        "breadcrumbs": [{"label": _("我的办事台"), "url": reverse("me")}],
        "subject": choice.subject,
        "groups": [group for group in groups if group["rows"]],
        "running": [_running_row(choice, record) for record in running],
        "never": [_row(choice, record, ticked) for record in never],
        "objection_url": f"{reverse('choose')}?trouble=wrong",
        "appeal_url": f"{reverse('choose')}?trouble=penalty",
        "acting_for": acting.bar(choice.subject),
    }


def _row(choice: Choice, record: Record, ticked: set[str]) -> dict[str, Any]:
    line = choice.outlook(record)
    return {
        **_named(record),
        "ticked": str(record.uuid) in ticked,
        "title_line": line.title,
        # Briefly here: somebody reads many of them to tick one.
        "reason": _("公示到%s。") % day_text(record.effective_until)
        if line.state == "now" and record.effective_until
        else line.reason,
        "state": line.state,
        # Publicity ends before an answer would be due: no reason to forbid it, but one to wait.
        "wait": line.state == "soon",
    }


def _running_row(choice: Choice, record: Record) -> dict[str, Any]:
    case = choice.open_cases[record.pk]
    drafted = case.state == RepairState.DRAFT and case.filing.window_office_id is None
    url = reverse("my_filing", args=[case.filing.uuid]) if drafted else reverse("my_repair", args=[case.uuid])
    return {
        **_named(record),
        "case_url": url,
        "case_text": _("继续填写") if drafted else _("查看进度"),
        "tag": state_tag(case),
    }


def _named(record: Record) -> dict[str, Any]:
    return {
        "uuid": record.uuid,
        "name": record_title(record),
        "url": reverse("my_record", args=[record.uuid]),
        "authority": record.authority.name,
        "decided": day_text(record.decision_date),
        "penalty": penalty_summary(record),
        "conduct": record.conduct,
    }
