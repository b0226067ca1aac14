"""Whether an effect is over by evidence 佐证 rather than by a receipt."""

from credit_repair.platforms.confirming import ENDS
from credit_repair.platforms.models import EffectEvidence, EffectKind, Message

#: The effect that a message ends.
EFFECT_OF = {
    Message.Action.TERMINATE: EffectKind.PUBLICITY,
    **{action: EffectKind(kind) for action, kind in ENDS.items()},
}


def is_proven(message: Message) -> bool:
    """Whether evidence confirmed since has ended what `message` was to end."""
    effect = EFFECT_OF.get(Message.Action(message.action))
    if effect is None:
        return False
    return EffectEvidence.objects.filter(
        record=message.record_id,
        platform=message.platform_id,
        effect=effect,
        state=EffectEvidence.State.CONFIRMED,
        decided_at__gte=message.created_at,
    ).exists()
