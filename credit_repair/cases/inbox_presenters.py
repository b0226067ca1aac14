"""The inbox 待办 in the form that its page and its files take."""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.cases import inbox
from credit_repair.cases.inbox_forms import FilterForm
from credit_repair.cases.kinds import kind_of, office_path
from credit_repair.cases.models import Phase, ReviewStep, SavedFilter
from credit_repair.cases.selectors import clock_view
from credit_repair.core.tables import Columns

#: A choice with the longest search text: in an address a character may take twelve.
_LONGEST_QUERY = 2000

COLUMNS: Columns = (
    (_l("案件"), lambda row: row["case"].number),
    (_l("期限"), lambda row: row["clock"] and row["clock"].due),
    (_l("剩余工作日"), lambda row: row["clock"] and row["clock"].remaining),
    (_l("申请人"), lambda row: row["subject"]),
    (_l("涉及信息"), lambda row: row["doc_no"]),
    (_l("事项"), lambda row: row["kind"]),
    (_l("环节"), lambda row: row["step"].get_phase_display()),
    (_l("办理单位"), lambda row: row["step"].office.name),
    (_l("收到日期"), lambda row: row["step"].opened_on),
    (_l("办理人"), lambda row: row["step"].taken_by),
    (_l("代谁办理"), lambda row: row["step"].stands_for_name),
    (_l("转往单位"), lambda row: row["step"].forwarded_to),
    (_l("申请人补正截止"), lambda row: row["step"].waits_until),
)


def step_row(step: ReviewStep, desk: inbox.Desk) -> dict[str, Any]:
    """Return a step as the list shows it, with what this person can do with it right there."""
    case, kind = step.case, kind_of(step.case)
    phase = Phase(step.phase)
    is_open = step.state == ReviewStep.State.OPEN
    claimable = is_open and step.taken_by_id is None and step.office_id in desk.able[phase]
    in_hand = is_open and step.taken_by_id in _hands(step, desk)
    return {
        "step": step,
        "case": case,
        "kind": kind.label,
        "state": kind.states(case.state).label,
        "subject": case.subject.name if case.subject else "",
        "doc_no": case.record.doc_no if case.record else "",
        "url": office_path(case),
        "clock": clock_view(step.clock, today=desk.on) if step.clock else None,
        "waits": case.state in kind.flow.WAITS,
        "mine": step.taken_by_id == desk.user.pk,
        "claimable": claimable,
        "in_hand": in_hand,
        "tickable": claimable or in_hand or is_open and step.office_id in desk.supervises,
    }


def _hands(step: ReviewStep, desk: inbox.Desk) -> set[int]:
    """Whose steps the person gives back: their own, and those of the member in whose place they act."""
    member = getattr(step, "stands_for", None)
    return {desk.user.pk} | ({member} if member is not None else set())


def figures(desk: inbox.Desk, counted: dict[str, int], form: FilterForm) -> list[dict[str, Any]]:
    """Return the counts above the list: what is to be done, and how urgent it is."""
    labels = {
        inbox.ALL: _("全部待办"),
        inbox.OVERDUE: _("已超期"),
        inbox.TODAY: _("今天到期"),
        inbox.WEEK: _("本周内到期"),
    }
    tones = {inbox.OVERDUE: "danger", inbox.TODAY: "warning"}
    if not desk.handles:
        return []
    return [
        {**_way(name, label, counted, form), "tone": tones.get(name, "") if counted[name] else ""}
        for name, label in labels.items()
    ]


def tabs(desk: inbox.Desk, counted: dict[str, int], form: FilterForm) -> list[dict[str, Any]]:
    """Return the other parts, by who has the steps; what nobody can have anything in is left out."""
    always = {inbox.MINE: desk.handles, inbox.UNCLAIMED: desk.handles, inbox.OFFICE: desk.handles}
    always |= {inbox.TEAM: bool(desk.supervises), inbox.INSTEAD: desk.stands_in}
    labels = {
        inbox.MINE: _("我已接手"),
        inbox.UNCLAIMED: _("待接手"),
        inbox.INSTEAD: _("代同事办理"),
        inbox.OFFICE: _("本单位"),
        inbox.TEAM: _("本单位全部环节"),
        inbox.WAITING: _("等申请人补正"),
        inbox.SENT_ON: _("已转出"),
    }
    return [
        _way(name, label, counted, form)
        for name, label in labels.items()
        if always.get(name) or counted[name] or form.part == name
    ]


def _way(name: str, label: str, counted: dict[str, int], form: FilterForm) -> dict[str, Any]:
    return {
        "label": label,
        "count": inbox.count_text(counted[name]),
        "url": f"{reverse('office')}?show={name}",
        "active": form.part == name,
    }


def saved_filters(filters: Iterable[SavedFilter], form: FilterForm) -> list[dict[str, Any]]:
    """Return saved filters 常用筛选 as ways; what one may no longer choose of them the page leaves out."""
    current = form.as_query()
    return [
        {
            "pk": saved.pk,
            "name": saved.name,
            "url": f"{reverse('office')}?{saved.query}",
            "active": bool(current) and saved.query == current,
        }
        for saved in filters
    ]


def query_of(text: str) -> QueryDict:
    """Return a query that came in a form's field; what is too long to be one is none."""
    return QueryDict(text if len(text) <= _LONGEST_QUERY else "")
