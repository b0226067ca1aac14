"""What must be true in the end: nothing lost, nothing twice, everything in order."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any
from uuid import UUID

from credit_repair.platforms.models import Message, MessageAttempt, ReceivedReceipt
from credit_repair.registry.models import Publication
from tests.faults.chaos.programs import StandIn

State = Message.State
ENDED = {State.CONFIRMED, State.SUPERSEDED, State.GIVEN_UP}


def faults_after_the_storm(queued: set[UUID]) -> list[str]:
    """Return what is wrong while the person's list has not been looked at."""
    rows = list(
        Message.objects.order_by("record_id", "platform_id", "sequence").values_list(
            "uuid", "record_id", "platform_id", "state"
        )
    )
    wrong = [f"{uuid} was queued and is no more" for uuid in queued - {row[0] for row in rows}]
    held: set[tuple[int, int]] = set()
    for uuid, record, platform, state in rows:
        if state == State.FAILED:
            held.add((record, platform))
        elif state not in ENDED and not (state == State.WAITING and (record, platform) in held):
            wrong.append(f"{uuid} is {state}, and waits behind nothing")
    return wrong


def faults_in_the_end(standins: dict[str, StandIn]) -> list[str]:
    """Return what is wrong after the list was worked off: by rows here, and by what each platform counted."""
    wrong = [
        f"{uuid} is {state}: {error}"
        for uuid, state, error in Message.objects.exclude(state__in=ENDED).values_list(
            "uuid", "state", "last_error"
        )
    ]
    for code, standin in standins.items():
        wrong += [f"{code}: {fault}" for fault in _faults_at(code, standin)]
    pending = Publication.objects.exclude(state__in=[Publication.State.SHOWN, Publication.State.REMOVED])
    wrong += [f"publication {each.pk} is still {each.state}" for each in pending]
    return wrong


def _faults_at(code: str, standin: StandIn) -> list[str]:
    wrong: list[str] = []
    counted = {row["message"]: row for row in standin.arrivals()}
    summary = standin.summary()
    for name in ("order_violations", "took_effect_more_than_once"):
        if summary[name]:
            wrong.append(f"{name}: {summary[name]}")
    shown: dict[str, bool] = {}
    order: dict[str, list[int]] = defaultdict(list)
    here = Message.objects.filter(platform__code=code).order_by("record_id", "sequence")
    for message in here.select_related("record"):
        row = counted.pop(str(message.uuid), None)
        took = row["took_effect"] if row else 0
        wanted = 1 if message.state == State.CONFIRMED and message.effect != "stale" else 0
        if took != wanted:
            wrong.append(f"{message.uuid} {message.action} is {message.state} and took effect {took} times")
        if took and message.action in ("publish", "restore", "terminate"):
            shown[str(message.record.uuid)] = message.action != "terminate"
        if row:
            order[str(message.record.uuid)].append(row["first"])
    wrong += [f"{uuid} was never queued here" for uuid in counted]
    wrong += [
        f"{record} was told in the wrong order" for record, came in order.items() if came != sorted(came)
    ]
    for row in standin.records():
        if (
            row["record"] in shown
            and row["shown"] != shown[row["record"]]
            and not _is_shielded(row["effects"])
        ):
            wrong.append(f"{row['record']} is shown: {row['shown']}, but should be: {shown[row['record']]}")
    return wrong


def _is_shielded(effects: dict[str, int]) -> bool:
    return effects.get("shield", 0) > effects.get("unshield", 0)


def figures(standins: dict[str, StandIn]) -> dict[str, Any]:
    """What was counted on both sides."""
    summaries = [standin.summary() for standin in standins.values()]
    applied = sum(summary["outcomes"].get("applied", 0) for summary in summaries)
    received = sum(summary["received"] for summary in summaries)
    later = Counter(ReceivedReceipt.objects.values_list("source", "outcome"))
    return {
        "messages": Message.objects.count(),
        "confirmed": Message.objects.filter(state=State.CONFIRMED).count(),
        "superseded": Message.objects.filter(state=State.SUPERSEDED).count(),
        "attempts logged": MessageAttempt.objects.count(),
        "received by the platforms": received,
        "took effect": applied,
        "received and had no effect again": sum(s["outcomes"].get("already", 0) for s in summaries),
        "left without effect by the script": received
        - applied
        - sum(s["outcomes"].get("already", 0) for s in summaries),
        **{f"receipts by {source}: {outcome}": count for (source, outcome), count in sorted(later.items())},
        "took effect twice": sum(summary["took_effect_more_than_once"] for summary in summaries),
        "out of order": sum(summary["order_violations"] for summary in summaries),
    }
