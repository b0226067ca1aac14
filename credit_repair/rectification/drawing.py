"""The machine as a page of docs, drawn from its table."""

from credit_repair.core.languages import in_site_language
from credit_repair.rectification.models import Order
from credit_repair.rectification.states import MOVES


@in_site_language()
def drawn() -> str:
    """Return a Markdown page: a Mermaid diagram, and the table of MOVES."""
    label = {str(state.value): str(state.label) for state in Order.State}
    lines = [
        "# 责令整改与约谈",
        "",
        "Drawn from `credit_repair/rectification/states.py` by `make diagram`; do not edit.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    direction TB",
        *(f'    state "{text}" as {code}' for code, text in label.items()),
        "    [*] --> draft: 拟稿",
    ]
    for row in MOVES:
        who = "、".join(str(each.label) for each in row.who)
        if row.to:  # what leaves an order where it is would only blacken the drawing
            lines += [f"    {source} --> {row.to}: {row.title}（{who}）" for source in row.sources]
    lines += [f"    {end.value} --> [*]" for end in Order.ENDS]
    lines += [
        "```",
        "",
        "| from | action | to | who | must hold | what follows |",
        "|---|---|---|---|---|---|",
    ]
    for row in MOVES:
        cells = (
            "、".join(label[source] for source in row.sources) or "—",
            f"{row.title} `{row.action}`",
            label[row.to] if row.to else "—",
            "、".join(str(each.label) for each in row.who),
            ", ".join(guard.__name__ for guard in row.guards),
            "，".join(row.effects),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
