"""Routes 办理路径 are set as a whole: checked, written with history, and told to the audit."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import ROUTE_PHASES, RouteStep
from credit_repair.cases.routes import (
    CLASSES,
    OTHERS,
    Line,
    lines_of,
    name_of,
    problems,
    revision,
)
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.core.wording import clauses, listed, stated
from credit_repair.people import access

#: Kept as the reason of rows that were there before anybody changed the route.
AS_SHIPPED = "更改以前"


def save_route(
    *, kind: str, rule_class: str, lines: Sequence[Line], actor: Any, today: date, reason: str, seen: str
) -> None:
    """Let `lines` be the route of the class from now on; running cases keep their copy.

    `seen` is the `revision` of the lines that the actor changed from. Raises NotYours where the actor sets no
    routes; ActionRefused where the lines are no whole route, say what the route says already, or where
    somebody else has changed it in the meantime.
    """
    wrong = problems(lines)
    if wrong:
        raise ActionRefused("route", clauses(problem.words for problem in wrong))
    with transaction.atomic():
        steps = _locked(kind=kind, rule_class=rule_class, actor=actor, today=today, seen=seen)
        if tuple(lines) == lines_of(steps):
            raise ActionRefused("unchanged", _("这条路径和现在的一样，没有需要保存的改动。"))
        _write(steps, kind=kind, rule_class=rule_class, lines=lines, actor=actor, reason=reason)


def drop_route(*, kind: str, rule_class: str, actor: Any, today: date, reason: str, seen: str) -> None:
    """Drop the class's own lines: from now on it follows all other classes.

    Raises NotYours and ActionRefused as `save_route` does; the route of all other classes is not dropped.
    """
    if rule_class == OTHERS:
        raise ActionRefused("route", _("“其他各类”的路径不能取消，只能修改。"))
    with transaction.atomic():
        steps = _locked(kind=kind, rule_class=rule_class, actor=actor, today=today, seen=seen)
        if not steps:
            raise ActionRefused("unchanged", _("这一类没有单独的路径，已经按“其他各类”办理。"))
        _write(steps, kind=kind, rule_class=rule_class, lines=[], actor=actor, reason=reason)


def _locked(*, kind: str, rule_class: str, actor: Any, today: date, seen: str) -> list[RouteStep]:
    """Lock the routes of the kind; return the class's own rows as they are then."""
    if rule_class not in CLASSES or not access.may_set_rules(user=actor, on=today):
        raise NotYours
    # The first line of all other classes is there for good: whoever holds it changes routes alone.
    first = RouteStep.objects.filter(kind=kind, rule_class=OTHERS).order_by("position")
    first.select_for_update().first()
    rows = RouteStep.objects.select_for_update(of=("self",)).select_related("office")
    steps = list(rows.filter(kind=kind, rule_class=rule_class).order_by("position"))
    if revision(lines_of(steps)) != seen:
        raise ActionRefused("changed", _("这条路径刚刚已被他人修改。请先查看现在的路径，再重新修改。"))
    return steps


def _write(
    steps: list[RouteStep], *, kind: str, rule_class: str, lines: Sequence[Line], actor: Any, reason: str
) -> None:
    moment = now()
    _begin_history(steps, moment=moment)
    before = lines_of(steps)
    told = (steps or [RouteStep(kind=kind, rule_class=rule_class)])[0]
    target = told.pk
    # Every place is free while they are dealt out anew; history does not see this.
    RouteStep.objects.filter(pk__in=[step.pk for step in steps]).update(position=F("position") + 1000)
    for step in steps[len(lines) :]:
        _noted(step, actor=actor, moment=moment, reason=reason).delete()
    for number, line in enumerate(lines):
        step = steps[number] if number < len(steps) else RouteStep(kind=kind, rule_class=rule_class)
        step.position, step.phase, step.seat, step.office = number + 1, line.phase, line.seat, line.office
        _noted(step, actor=actor, moment=moment, reason=reason).save()
        target = target or step.pk
    told.pk = target
    with in_site_language():
        data = {
            "route": name_of(kind=kind, rule_class=rule_class),
            "from": words_of(before),
            "to": words_of(lines),
            "reason": reason,
        }
    audit.record(actor=actor, action="save_route" if lines else "drop_route", target=told, data=data)


def _begin_history(steps: list[RouteStep], *, moment: datetime) -> None:
    """Let the history begin with what was there before: the lines that are shipped have none."""
    known = set(RouteStep.history.filter(id__in=[step.pk for step in steps]).values_list("id", flat=True))
    RouteStep.history.bulk_history_create(
        [step for step in steps if step.pk not in known],
        default_change_reason=AS_SHIPPED,
        default_date=moment - timedelta(seconds=1),
    )


def _noted(step: RouteStep, *, actor: Any, moment: datetime, reason: str) -> RouteStep:
    noted: Any = step
    noted._history_user, noted._history_date, noted._change_reason = actor, moment, reason
    return step


def words_of(lines: Sequence[Line]) -> str:
    """Return a route in words, for the audit: 受理：受理的信用办；核查：认定单位、某局；审批：认定单位."""
    return clauses(
        stated(phase.label, listed(line.office or RouteStep.Seat(line.seat).label for line in of_phase))
        for phase in ROUTE_PHASES
        if (of_phase := [line for line in lines if line.phase == phase])
    )
