"""Routes 办理路径 as they are drawn: phase after phase, joint steps side by side."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.kinds import CaseKind
from credit_repair.cases.models import ROUTE_PHASES, Phase, RouteStep
from credit_repair.cases.routes import CLASSES, OTHERS, Edition, Line, class_label, routes
from credit_repair.cases.services.routes import AS_SHIPPED
from credit_repair.registry.models import Office

#: How the empty class is written in an address.
OTHERS_IN_ADDRESS = "others"


def class_in_address(rule_class: str) -> str:
    """Return how a class is written in an address."""
    return rule_class or OTHERS_IN_ADDRESS


def drawing(lines: Iterable[Line], *, credit: Office | None) -> list[dict[str, Any]]:
    """Return the phases in their order, each with who takes it and how several go together.

    `credit` is the credit office that the reader knows as theirs: its name stands for the seat's.
    """
    lines = list(lines)
    return [
        {
            "phase": str(phase.label),
            "how": _how(phase, len(of_phase)),
            "joint": phase == Phase.VERIFY and len(of_phase) > 1,
            "seats": [_seat(line, credit) for line in of_phase],
        }
        for phase in ROUTE_PHASES
        if (of_phase := [line for line in lines if line.phase == phase])
    ]


def _how(phase: Phase, count: int) -> str:
    if count < 2:
        return ""
    if phase == Phase.VERIFY:
        return _("会同核查：%s个单位同时办理，意见齐了才进入审批。") % count
    if phase == Phase.DECIDE:
        return _("依次审批：前一步办完才到后一步，最后一步是上级复核。")
    return ""


def _seat(line: Line, credit: Office | None) -> dict[str, str]:
    seat = RouteStep.Seat(line.seat)
    if line.office is not None:
        return {"name": line.office.name, "what": str(seat.label)}
    if seat == RouteStep.Seat.INTAKE_OFFICE and credit is not None:
        return {"name": credit.name, "what": str(seat.label)}
    what = {
        RouteStep.Seat.AUTHORITY: _("作出处罚或者认定的单位"),
        RouteStep.Seat.UPPER: _("在单位资料里设置"),
    }.get(seat, "")
    return {"name": str(seat.label), "what": what}


def kind_part(kind: CaseKind, *, credit: Office | None, may_set: bool) -> dict[str, Any]:
    """Return the routes of one kind of case: all other classes first, then each class."""
    own = routes(kind=kind.code)
    return {
        "label": kind.label,
        "classes": [
            _class_part(kind, rule_class, own[rule_class], credit=credit, may_set=may_set)
            for rule_class in CLASSES
        ],
    }


def _class_part(
    kind: CaseKind,
    rule_class: str,
    lines: Sequence[Line],
    *,
    credit: Office | None,
    may_set: bool,
) -> dict[str, Any]:
    at = [kind.code, class_in_address(rule_class)]
    is_others = rule_class == OTHERS
    return {
        "label": _("其他各类（没有单独设置的）") if is_others else class_label(rule_class),
        "is_others": is_others,
        "follows": not lines and not is_others,
        "stages": drawing(lines, credit=credit),
        "edit_url": reverse("office_route_edit", args=at) if may_set else "",
        "drop_url": reverse("office_route_drop", args=at) if may_set and lines and not is_others else "",
        "editions_url": reverse("office_route_editions", args=at),
    }


def edition_rows(
    found: Sequence[Edition], *, credit: Office | None, edit_url: str, standing: Sequence[Line]
) -> list[dict[str, Any]]:
    """Return the editions of a route, the newest first; `edit_url` where the reader may take one up again."""
    return [
        {
            "number": each.number,
            "shipped": each.reason == AS_SHIPPED,
            "at": each.at,
            "by": each.by or _("系统"),
            "reason": each.reason,
            "current": place == 0,
            "stages": drawing(each.lines, credit=credit),
            "again_url": f"{edit_url}?edition={each.number}"
            if edit_url and each.lines and each.lines != tuple(standing)
            else "",
        }
        for place, each in enumerate(found)
    ]
