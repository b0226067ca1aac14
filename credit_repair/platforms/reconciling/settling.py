"""What a person says to a difference that was raised 差异处理."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.platforms.models import Difference, Message
from credit_repair.platforms.reconciling.judging import cause_of, mending, wait_for_publishing
from credit_repair.platforms.reconciling.walking import our_view
from credit_repair.platforms.services import enqueue
from credit_repair.platforms.services.queueing import lock_record
from credit_repair.platforms.transports import Shown

Handling = Difference.Handling


class NotSettled(ValueError):
    """A difference cannot be settled so; the words say why."""


@transaction.atomic
def settle_difference(*, difference: Difference, actor: Any, note: str, send: bool = False) -> Difference:
    """Settle a difference that was raised, with a note of what was done; with `send`, by a message once more.

    The next run looks at the record anew, whatever the note says. Raises NotSettled without a note, for a
    difference that is not open, and where nothing can be sent: the record is ours no longer to tell of, or
    has messages on their way.
    """
    if not note.strip():
        raise NotSettled(_("请写明核实和处理的情况。"))
    if difference.record_id is not None:
        lock_record(difference.record_id)
    # of self: the record, whose row may be absent, is locked already.
    found = Difference.objects.select_for_update(of=("self",)).select_related("reconciliation__platform")
    difference = found.get(pk=difference.pk)
    if difference.handling != Handling.RAISED:
        raise NotSettled(_("这条差异已经处理过了。"))
    message = _send(difference) if send else None
    difference.handling, difference.message = Handling.SETTLED, message
    difference.settled_at, difference.settled_by = timezone.now(), actor
    difference.note = note.strip()
    difference.save(update_fields=["handling", "message", "settled_at", "settled_by", "note"])
    audit.record(
        actor=actor,
        action="platforms.settle_difference",
        target=difference,
        data={
            "kind": difference.kind,
            "platform": difference.reconciliation.platform.code,
            "record": str(difference.record_uuid),
            **({"message": str(message.uuid)} if message else {}),
        },
    )
    return difference


def may_send(difference: Difference) -> bool:
    """Whether a message could mend the difference; asked again when it is to be sent."""
    return _mending(difference) is not None


def _mending(difference: Difference) -> Message.Action | None:
    record, platform = difference.record, difference.reconciliation.platform
    if record is None:
        return None
    ours = our_view(platform, record)
    if ours.unfinished:
        return None
    told = record.messages.filter(platform=platform).order_by("sequence")
    kind = Difference.Kind(difference.kind)
    return mending(kind, ours, platform, said=_said(difference), told=told)


def _send(difference: Difference) -> Message:
    record, platform = difference.record, difference.reconciliation.platform
    action, message = _mending(difference), None
    if record is not None and action is not None:
        if action == Message.Action.PUBLISH:
            wait_for_publishing(record, platform)
        message = enqueue(
            record=record,
            platform=platform,
            action=action,
            cause=cause_of(difference.reconciliation, record, difference.kind, by_person=True),
            cause_text=_("对账发现公示状态不一致，再次通知"),
        )
    if message is None:
        raise NotSettled(_("现在不能补发：没有适用的消息，或者已经有消息在途。"))
    return message


def _said(difference: Difference) -> Shown:
    said = difference.said
    return Shown(
        record=difference.record_uuid,
        shown=bool(said.get("shown")),
        annotated=bool(said.get("annotated")),
        sequence=0,
    )
