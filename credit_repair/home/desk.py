"""The enterprise's desk 办事台: what waits for it, what is running, which dates come next, what was sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credit_repair.cases import kinds
from credit_repair.cases.models import Case, Clock
from credit_repair.cases.presenters import document_link
from credit_repair.core.wording import clauses, day_text, listed
from credit_repair.home import presenters
from credit_repair.home.correspondence import letters_of, mails_of
from credit_repair.home.repair_calendar import all_entries
from credit_repair.home.repair_calendar_rows import entry_row
from credit_repair.outreach.presenters import proposals
from credit_repair.rectification.presenters import desk_tasks as order_tasks
from credit_repair.registry.models import Record, Subject
from credit_repair.repairs.outlook import outlook
from credit_repair.repairs.selectors import revocations_to_answer

#: So many of each stand on the desk; each list has a page of its own.
CASES, DATES, LETTERS, MAILS = 5, 4, 3, 3
#: So many records of a basket are named.
BASKET_NAMED = 2
VIEWS = ("all", "now", "later", "running", "ended")


@dataclass(frozen=True)
class Shelf:
    """The records of a subject, sorted by what can be done with them now."""

    records: list[Record]
    open_cases: dict[int, Case]
    held: set[int]
    today: date
    barred_until: date | None = None

    def of(self, view: str) -> list[Record]:
        """Return the records of one view: all, now, later, running, ended."""
        if view == "all":
            return self.records
        if view == "running":
            return [record for record in self.records if record.pk in self.open_cases]
        free = [record for record in self.records if record.pk not in self.open_cases]
        return [record for record in free if self._state(record) == view]

    def _state(self, record: Record) -> str:
        view = outlook(record, today=self.today, held=record.pk in self.held, barred_until=self.barred_until)
        return view.state

    def tabs(self, *, chosen: str, query: dict[str, str]) -> list[dict[str, Any]]:
        """Return the views with their counts; those that show nothing are left out."""
        labels = {
            "all": _("全部"),
            "now": _("现在可以申请"),
            "later": _("以后可以申请"),
            "running": _("正在办理"),
            "ended": _("不再公示"),
        }
        counts = {view: len(self.of(view)) for view in VIEWS}
        return [
            {
                "label": labels[view],
                "count": counts[view],
                "active": view == chosen,
                "url": f"?{urlencode(query | ({} if view == 'all' else {'show': view}))}#records",
            }
            for view in VIEWS
            if counts[view] or view in ("all", chosen)
        ]


def desk_of(*, subject: Subject, user: Any, shelf: Shelf, query: dict[str, str]) -> dict[str, Any]:
    """Return what stands above the records on the desk of `subject`."""
    cases = _open_cases(subject)
    return {
        "waiting": [
            *_to_answer(subject, shelf.today),
            *order_tasks(subject=subject),
            *proposals.desk_tasks(subject, on=shelf.today),
            *_waiting(cases, shelf, query=query),
        ],
        "running": [_case_row(case, shelf.today) for case in cases if not waits_for_applicant(case)][:CASES],
        "dates": _dates(shelf),
        "letters": [document_link(letter) for letter in _letters(user, shelf.today, subject)],
        "mails": [
            {"mail": mail, "url": reverse("my_mail", args=[mail.uuid])}
            for mail in mails_of(user=user, on=shelf.today).defer("body")[:MAILS]
        ],
    }


def _open_cases(subject: Subject) -> list[Case]:
    running = Prefetch("clocks", Clock.objects.filter(stopped_on__isnull=True), to_attr="running_clocks")
    found = Case.objects.filter(subject=subject, closed_on__isnull=True)
    return list(
        found.select_related("record__authority", "repair")
        .prefetch_related(running)
        .order_by("-created_at", "-pk")
    )


def _letters(user: Any, day: date, subject: Subject) -> Any:
    return letters_of(user=user, on=day, subject=subject)[:LETTERS]


def waits_for_applicant(case: Case) -> bool:
    """Whether the next step is the applicant's: without an act of theirs the case does not go on."""
    return case.state in kinds.kind_of(case).flow.WAITS


def _waiting(cases: Iterable[Case], shelf: Shelf, *, query: dict[str, str]) -> list[dict[str, Any]]:
    """Return what only the applicant can do next, as the task list takes it."""
    waiting = [case for case in cases if waits_for_applicant(case)]
    baskets: dict[int, list[Case]] = {}
    for case in waiting:
        if case.number is None:
            baskets.setdefault(case.filing_id, []).append(case)
    tasks = [_task(case) for case in waiting if case.number is not None]
    tasks += [_basket_task(drafts) for drafts in baskets.values()]
    if ready := len(shelf.of("now")):
        words = ngettext("%d条记录现在可以申请修复", "%d条记录现在可以申请修复", ready)
        tasks.append(
            {
                "label": words % ready,
                "url": reverse("my_repair_choose") + (f"?{urlencode(query)}" if query else ""),
                "hint": _("最短公示期已满；义务已经履行的，就可以申请。"),
                "status": "todo",
                "status_label": _("可以申请"),
                "tone": "success",
            }
        )
    return tasks


def _to_answer(subject: Subject, day: date) -> list[dict[str, Any]]:
    """Return the revocations about which the subject may still say something 陈述申辩."""
    return [
        {
            "label": _("陈述申辩：拟撤销信用修复（%s）") % row.case.number,
            "url": presenters.case_url(row.case, office=False),
            "hint": clauses(
                [
                    _record_words(row.case),
                    _("最晚%s提交") % day_text(row.answer_by),
                ]
            ),
            "status": "fix",
        }
        for row in revocations_to_answer(subject, day)
    ]


def _task(case: Case) -> dict[str, Any]:
    words, due = _record_words(case), _next_due(case)
    return {
        "label": _("补正材料：%s") % case.number,
        "url": presenters.case_url(case, office=False),
        "hint": clauses([words, _("请在%s前（含当日）补齐") % day_text(due)]) if due else words,
        "status": "fix",
    }


def _basket_task(drafts: list[Case]) -> dict[str, Any]:
    """The drafts of one basket are one thing to do."""
    words = ngettext("继续填写申请（%d条信息）", "继续填写申请（%d条信息）", len(drafts))
    return {
        "label": words % len(drafts) if len(drafts) > 1 else _("继续填写申请"),
        "url": presenters.case_url(drafts[0], office=False),
        "hint": listed(_record_words(case) for case in drafts[:BASKET_NAMED]),
        "status": "started",
    }


def _next_due(case: Case) -> date | None:
    due: Iterable[date | None] = (clock.due_on for clock in case.running_clocks)  # type: ignore[attr-defined]
    return min((day for day in due if day), default=None)


def _case_row(case: Case, today: date) -> dict[str, Any]:
    due = _next_due(case)
    return {
        "label": presenters.case_label(case),
        "url": presenters.case_url(case, office=False),
        "hint": _record_words(case),
        "due": due,
        "overdue": due is not None and due < today,
        "files_on": presenters.files_on(case),
        "tag": presenters.case_tag(case),
    }


def _record_words(case: Case) -> str:
    record = case.record
    return f"{record.authority.name} {record.doc_no}".strip() if record else ""


def _dates(shelf: Shelf) -> list[dict[str, Any]]:
    """Return the next days of the repair calendar."""
    entries = all_entries(shelf.records, since=shelf.today, held=shelf.held, barred_until=shelf.barred_until)
    return [entry_row(entry, today=shelf.today) for entry in entries[:DATES]]
