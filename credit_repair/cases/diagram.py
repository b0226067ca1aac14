"""The state machines as diagrams and tables, drawn from the code."""

from collections.abc import Callable
from typing import Any

from viewflow.fsm.base import Transition

from credit_repair.cases.flow import act_of, as_it_is
from credit_repair.cases.kinds import CaseKind, all_kinds

#: Machines that are no case's: each package says how its own is drawn.
_others: dict[str, Callable[[], str]] = {}


def register(code: str, draw: Callable[[], str]) -> None:
    """Let a package have a machine of its own drawn into docs/states-<code>.md; at start-up."""
    _others[code] = draw


def pages() -> dict[str, str]:
    """Return every page on a machine as it would be drawn now, by its code."""
    drawn = {kind.code: state_diagram(kind) for kind in all_kinds()}
    return drawn | {code: draw() for code, draw in _others.items()}


def _rows(kind: CaseKind) -> list[tuple[str, str, str, str, str, list[str], list[str]]]:
    rows = []
    for name, sources in kind.flow.actions().items():
        for source, row in sources.items():
            what = act_of(row)
            for target in _targets(row):
                rows.append(
                    (
                        source,
                        str(getattr(target, "value", target)),
                        name,
                        str(row.label),
                        str(what.by.label),
                        [guard.__name__ for guard in (*what.guards, *what.needs)],
                        [effect.__qualname__.split(".")[0] for effect in what.effects],
                    )
                )
    order = [str(state.value) for state in kind.states]  # type: ignore[attr-defined]
    return sorted(rows, key=lambda row: (order.index(row[0]), order.index(row[1]), row[2]))


def _targets(row: Transition) -> list[Any]:
    """Where a row leads: an act that changes nothing about where the case is leads to where it came from."""
    stays = getattr(row.target, "func", None) is as_it_is
    return [row.source] if stays else row.declared_targets()


def state_diagram(kind: CaseKind) -> str:
    """Return a Markdown page on the machine of `kind`: a Mermaid diagram and the table of its rows."""
    states = kind.states
    label = {str(state.value): str(state.label) for state in states}  # type: ignore[attr-defined]
    rows = _rows(kind)
    lines = [
        f"# {kind.label}",
        "",
        "Drawn from the code by `make diagram`; do not edit.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    direction TB",
    ]
    lines += [f'    state "{text}" as {code}' for code, text in label.items()]
    lines += [f"    {source} --> {target}: {text}（{by}）" for source, target, _n, text, by, _g, _e in rows]
    lines += [f"    {end} --> [*]" for end in label if end in {str(s) for s in kind.flow.ENDS}]
    lines += [
        "```",
        "",
        "| from | action | to | who | must hold | what follows |",
        "|---|---|---|---|---|---|",
    ]
    for source, target, name, text, by, holds, then in rows:
        cells = (label[source], f"{text} `{name}`", label[target], by, ", ".join(holds), ", ".join(then))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
