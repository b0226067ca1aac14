"""What officials alone read on a case's timeline 办理过程, beside the acts of its machine."""

from typing import Any

from credit_repair.cases.models import Case, TimelineEvent
from credit_repair.core import audit
from credit_repair.core.clock import now

#: Characters of the name under which an event stands.
_LABEL_MAX = 120


def write_internally(
    *,
    case: Case,
    action: str,
    title: str,
    text: str,
    actor: Any,
    label: str = "",
    audited_as: str = "",
    facts: dict[str, Any] | None = None,
) -> TimelineEvent:
    """Write on the timeline, for officials alone, what leaves the case in its state; and into the audit, with
    `facts`, but not with the text. Return the event.

    actor       who did it; None: the system, or with `label` somebody who has no account
    audited_as  what it is called in the audit, where that is not "case." and the action
    """
    event = TimelineEvent.objects.create(
        case=case,
        at=now(),
        action=action,
        title=title,
        text=text,
        audience=TimelineEvent.Audience.INTERNAL,
        actor=actor,
        actor_label=(label or (audit.SYSTEM_LABEL if actor is None else str(actor)))[:_LABEL_MAX],
        state_from=case.state,
        state_to=case.state,
    )
    audit.record(
        actor=actor,
        action=audited_as or f"case.{action}",
        target=case,
        data={"event": str(event.uuid), **(facts or {})},
    )
    return event
