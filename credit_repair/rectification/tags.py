"""The tones in which states are shown."""

from typing import Any

from credit_repair.rectification.models import Activity, Interview, Order, Promise, Proof

ORDER_TONES = {
    Order.State.DRAFT: "neutral",
    Order.State.ORDERED: "info",
    Order.State.PROVED: "info",
    Order.State.OVERDUE: "danger",
    Order.State.REMINDING: "warning",
    Order.State.REMINDED: "warning",
    Order.State.WARNING: "warning",
    Order.State.WARNED: "warning",
    Order.State.PROMISED: "info",
    Order.State.CHECKING: "warning",
    Order.State.UNRESOLVED: "danger",
    Order.State.FULFILLED: "success",
    Order.State.WITHDRAWN: "neutral",
    Order.State.DISCARDED: "neutral",
}
INTERVIEW_TONES = {
    Interview.State.CALLED: "info",
    Interview.State.HELD: "success",
    Interview.State.MISSED: "danger",
    Interview.State.MOVED: "neutral",
    Interview.State.CANCELLED: "neutral",
}
PROOF_TONES = {
    Proof.State.WAITING: "info",
    Proof.State.ACCEPTED: "success",
    Proof.State.RETURNED: "warning",
    Proof.State.MOOT: "neutral",
}
PROMISE_TONES = {
    Promise.State.RUNNING: "info",
    Promise.State.KEPT: "success",
    Promise.State.BROKEN: "danger",
    Promise.State.ENDED: "neutral",
}
ACTIVITY_TONES = {
    Activity.State.DECLARED: "info",
    Activity.State.CONFIRMED: "success",
    Activity.State.DECLINED: "warning",
    Activity.State.TAKEN_BACK: "neutral",
}


def tag(row: Any, tones: dict[Any, str]) -> dict[str, str]:
    """Return the state of a row as a tag."""
    return {"label": str(row.get_state_display()), "tone": tones[row.state]}
