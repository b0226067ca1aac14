"""What a person does with a message that does not get through: send it again, or give it up."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.platforms.models import Message
from credit_repair.platforms.services.queueing import call_relay
from credit_repair.registry.models import Platform

State = Message.State

#: A person may replay or give up what is not just under way.
AT_REST = (State.WAITING, State.ACCEPTED, State.FAILED)


class MessageActionRefused(ValueError):
    """A person's act on a message is not possible in its state; the words say why."""


@transaction.atomic
def replay(*, message: Message, actor: Any) -> Message:
    """Send a failed message again, or a waiting one at once, unchanged and under its UUID.

    Raises MessageActionRefused in every other state: what was given up may have been overtaken.
    """
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state not in AT_REST:
        raise MessageActionRefused(_refusal(message, _("不能重发")))
    was = message.state
    message.state = State.WAITING
    message.next_attempt_at = timezone.now()
    # What the platform had taken is sent anew; else it would be asked for the old answer again.
    message.accepted_at, message.reference = None, ""
    message.save(update_fields=["state", "next_attempt_at", "accepted_at", "reference"])
    audit.record(actor=actor, action="platforms.replay_message", target=message, data={"was": was})
    call_relay()
    return message


def replay_failed(*, platform: Platform, actor: Any) -> int:
    """Replay every failed message of `platform`, the oldest first; return how many."""
    replayed = 0
    for message in Message.objects.filter(platform=platform, state=State.FAILED).order_by("pk"):
        try:
            replay(message=message, actor=actor)
        except MessageActionRefused:
            # Somebody gave it up or replayed it, and it is on its way, since the list was read.
            continue
        replayed += 1
    return replayed


@transaction.atomic
def give_up(*, message: Message, actor: Any, reason: str) -> Message:
    """Take a failed or waiting message out of the queue for good; the next one of its record may go.

    The publication stays as it is: that a record is gone without a receipt needs evidence of its own
    (`services.evidence`).
    Raises MessageActionRefused without a `reason`, or while the message is being sent, or after its end.
    """
    if not reason.strip():
        raise MessageActionRefused(_("请写明放弃这条消息的理由。"))
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state not in AT_REST:
        raise MessageActionRefused(_refusal(message, _("不能放弃")))
    was = message.state
    message.state = State.GIVEN_UP
    message.save(update_fields=["state"])
    audit.record(
        actor=actor,
        action="platforms.give_up_message",
        target=message,
        data={"was": was, "reason": reason.strip()},
    )
    call_relay()
    return message


def _refusal(message: Message, what: str) -> str:
    return _("这条消息的状态是“%(state)s”，%(what)s。") % {"state": message.get_state_display(), "what": what}
