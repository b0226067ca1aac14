"""The audit writer: a plain insert in the transaction of the act, never a lock between writers."""

from typing import Any

from credit_repair.core.clock import now
from credit_repair.core.models import AuditEntry

SYSTEM_LABEL = "系统"


def record(*, actor: Any, action: str, target: Any, data: dict[str, Any] | None = None) -> AuditEntry:
    """Write that `actor` (a user, or None for the system) did `action` to `target` (a model instance).

    `data` must be JSON and free of personal numbers: it says what changed, and points at events by id.
    """
    return AuditEntry.objects.create(
        at=now(),
        actor_id=getattr(actor, "pk", None),
        actor_label=str(actor) if actor is not None else SYSTEM_LABEL,
        action=action,
        object_type=target._meta.label_lower,
        object_id=str(getattr(target, "uuid", None) or target.pk),
        data=data or {},
    )
