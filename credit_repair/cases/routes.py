"""Routes 办理路径 as they stand and as they stood, and what makes a route whole.

A route belongs to a kind of case and a class. A class without lines of its own follows the route of all
other classes, whose class is the empty word.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from credit_repair.cases.kinds import get
from credit_repair.cases.models import ROUTE_PHASES, Case, Phase, ReviewStep, RouteStep
from credit_repair.cases.parts import PERMISSION_OF
from credit_repair.core.wording import listed
from credit_repair.people import access
from credit_repair.registry.models import Office, Record

OTHERS = ""
CLASSES = (OTHERS, *Record.RuleClass.values)
#: More than any route needs; what a page shows stays readable.
MOST_LINES = 12
_ORDER = [phase.value for phase in ROUTE_PHASES]
Seat = RouteStep.Seat


@dataclass(frozen=True)
class Line:
    """One line of a route: which seat takes which phase; `office` of the seat NAMED alone."""

    phase: str
    seat: str
    office: Office | None = None


@dataclass(frozen=True)
class Problem:
    """What is wrong with a route, in words that say what to do; `line` is its place from 0, or None;
    `field` what of the line is to be changed."""

    words: str
    line: int | None = None
    field: str = "seat"


@dataclass(frozen=True)
class Edition:
    """A route as it stood from one change to the next. Without lines it followed all other classes."""

    number: int
    at: datetime
    by: Any
    reason: str
    lines: tuple[Line, ...]


def class_label(rule_class: str) -> str:
    """Return what a class is called: 轻微失信; the empty one 其他各类."""
    return str(Record.RuleClass(rule_class).label) if rule_class else _("其他各类")


def name_of(*, kind: str, rule_class: str) -> str:
    """Return which route it is, in words: 信用修复申请 · 轻微失信."""
    return f"{get(kind).label} · {class_label(rule_class)}"


def lines_of(steps: Iterable[Any]) -> tuple[Line, ...]:
    """Return rows of the table, or of its history, as lines in their order."""
    ordered = sorted(steps, key=lambda step: step.position)
    return tuple(Line(step.phase, step.seat, step.office) for step in ordered)


def own_lines(*, kind: str, rule_class: str) -> tuple[Line, ...]:
    """Return the class's own lines; none where it follows all other classes."""
    return lines_of(RouteStep.objects.select_related("office").filter(kind=kind, rule_class=rule_class))


def routes(*, kind: str) -> dict[str, tuple[Line, ...]]:
    """Return the own lines of every class of `kind`, in one query."""
    found: dict[str, list[RouteStep]] = {rule_class: [] for rule_class in CLASSES}
    for step in RouteStep.objects.select_related("office").filter(kind=kind):
        found.setdefault(step.rule_class, []).append(step)
    return {rule_class: lines_of(steps) for rule_class, steps in found.items()}


def revision(lines: Iterable[Line]) -> str:
    """Return a short mark of what these lines say; a page that is filled in carries that it began with."""
    said = ";".join(f"{line.phase}:{line.seat}:{line.office.code if line.office else ''}" for line in lines)
    return sha256(said.encode()).hexdigest()[:16] if said else "none"


def running_cases(*, kind: str, rule_class: str) -> QuerySet[Case]:
    """Return the cases under way on the route of the class; they keep the copy they were submitted with.

    For all other classes: of every class that has no lines of its own today.
    """
    mine = Q(record__rule_class=rule_class)
    if rule_class == OTHERS:
        own = RouteStep.objects.filter(kind=kind).exclude(rule_class=OTHERS).values("rule_class")
        mine = Q(record__isnull=True) | Q(record__rule_class__isnull=True) | ~Q(record__rule_class__in=own)
    under_way = ReviewStep.objects.filter(state__in=[ReviewStep.State.OPEN, ReviewStep.State.PLANNED])
    return Case.objects.filter(mine, kind=kind, pk__in=under_way.values("case"))


def editions(*, kind: str, rule_class: str) -> list[Edition]:
    """Return how the route stood after each change, the newest first; nothing where nobody changed it."""
    standing: dict[int, Any] = {}
    found: list[Edition] = []
    rows = RouteStep.history.select_related("office", "history_user").order_by("history_date", "history_id")
    for row in rows:
        here = (row.kind, row.rule_class) == (kind, rule_class)
        if not here and row.id not in standing:
            continue
        if row.history_type == "-" or not here:
            standing.pop(row.id, None)
        else:
            standing[row.id] = row
        if found and found[-1].at == row.history_date:
            found.pop()
        found.append(
            Edition(
                number=row.history_id,
                at=row.history_date,
                by=row.history_user,
                reason=row.history_change_reason or "",
                lines=lines_of(standing.values()),
            )
        )
    return found[::-1]


def edition(*, kind: str, rule_class: str, number: int) -> Edition | None:
    """Return the edition of this number, None where the route has none such."""
    found = editions(kind=kind, rule_class=rule_class)
    return next((each for each in found if each.number == number), None)


def problems(lines: Sequence[Line]) -> list[Problem]:
    """Return what keeps these lines from being a route: every gap at once; nothing where they are one."""
    found = [
        problem for number, line in enumerate(lines) for problem in _problems_of_line(number, line, lines)
    ]
    there = {line.phase for line in lines}
    missing = [str(Phase(phase).label) for phase in _ORDER if phase not in there]
    if missing:
        words = _("还缺少“%s”：每条路径都要有受理、核查和审批，否则按它提交的申请无法办完。")
        found.append(Problem(words % listed(missing)))
    if sum(line.phase == Phase.INTAKE for line in lines) > 1:
        found.append(Problem(_("受理只能有一步，请去掉多余的。")))
    if len(lines) > MOST_LINES:
        found.append(Problem(_("一条路径最多%s步，请去掉一些。") % MOST_LINES))
    return found


def _problems_of_line(number: int, line: Line, lines: Sequence[Line]) -> Iterable[Problem]:
    before = lines[:number]
    if any(_ORDER.index(other.phase) > _ORDER.index(line.phase) for other in before):
        yield Problem(_("次序不对：先受理，再核查，最后审批。请把这一步移到前面。"), number, "phase")
    if line in before:
        yield Problem(_("这个环节里已经有同一个单位，请去掉一个。"), number)
    if line.phase == Phase.INTAKE and line.seat != Seat.INTAKE_OFFICE:
        yield Problem(_("受理由收到申请的信用办办理；需要换单位的，由信用办在办理时转送。"), number)
    if line.seat == Seat.NAMED and line.office is None:
        yield Problem(_("请选择指定的单位。"), number, "office")
    if line.seat != Seat.NAMED and line.office is not None:
        yield Problem(_("只有选择“指定的单位”时才填写单位。"), number, "office")


def cautions(lines: Sequence[Line], *, on: date) -> list[str]:
    """Return what would keep some applications from being submitted or done on this route, in words."""
    found = []
    if any(line.seat == Seat.UPPER for line in lines):
        names = _without_upper()
        if names:
            words = _("没有设置上级单位的%(count)s个认定单位，其信息的修复申请不能提交：%(names)s。")
            shown = listed(names[:5]) + (_("等") if len(names) > 5 else "")
            found.append(words % {"count": len(names), "names": shown})
    for line in lines:
        if line.office is not None:
            found += _cautions_of(line, line.office, lines=lines, on=on)
    return found


def _cautions_of(line: Line, office: Office, *, lines: Sequence[Line], on: date) -> Iterable[str]:
    permission = PERMISSION_OF[Phase(line.phase)]
    if not access.members_with(office=office, permission=permission, on=on).exists():
        words = _("%(office)s现在没有办理“%(phase)s”的人员。")
        yield words % {"office": office, "phase": Phase(line.phase).label}
    twice = line.phase == Phase.DECIDE and Line(line.phase, Seat.AUTHORITY) in lines
    if twice and office.kind != Office.Kind.CREDIT:
        yield _("%s自己认定的信息，会由它审批两次，其修复申请不能提交。") % office


def _without_upper() -> list[str]:
    authorities = Office.objects.exclude(kind=Office.Kind.CREDIT).filter(parent__isnull=True)
    return list(authorities.order_by("code").values_list("name", flat=True))
