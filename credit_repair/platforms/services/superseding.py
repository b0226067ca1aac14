"""Which waiting message is not worth sending once another is queued behind it 取代.

Only within the queue of one record and platform, and only what has never been attempted: what was sent may
have arrived. Left out, such a message changes nothing that anybody can see once the later one is through,
whatever lies between them; a property test holds every row of the table to that.

Not in the table, with the reason:

- TERMINATE is superseded by nothing: each removal is proved by a receipt of its own, also where the record
  is to be published again behind it.
- ANNOTATE and SHIELD before TERMINATE: platforms keep mark and shield while a record is down, so that a
  RESTORE shows it with them. A removal must not make it come back bare.
- STOP_SHARING and LIFT_SANCTION: each ends a measure by its own receipt, and nothing undoes them.
- INTERVIEW and COMMITMENT: each says something of its own; none takes the place of another.
- PUBLISH by PUBLISH or RESTORE: the earlier one's receipt would be missed by whoever caused it, for no gain.
"""

from collections.abc import Iterable
from typing import NamedTuple

from credit_repair.platforms.models import Message

Action = Message.Action
State = Message.State


class Rule(NamedTuple):
    """That `later` makes a waiting `earlier` pointless, and why nothing is lost."""

    later: Message.Action
    earlier: Message.Action
    because: str


RULES = (
    Rule(Action.TERMINATE, Action.PUBLISH, "it would be shown for a moment only to be taken down"),
    Rule(Action.TERMINATE, Action.RESTORE, "it would be shown for a moment only to be taken down"),
    Rule(Action.TERMINATE, Action.CORRECT, "nothing shows the words; what shows them again brings its own"),
    Rule(Action.PUBLISH, Action.CORRECT, "publishing brings all the fields as they are by then"),
    Rule(Action.RESTORE, Action.CORRECT, "restoring brings all the fields as they are by then"),
    Rule(Action.CORRECT, Action.CORRECT, "a correction brings all the fields, not only those that changed"),
    Rule(Action.ANNOTATE, Action.ANNOTATE, "there is one mark, and the later text replaces the earlier"),
    Rule(Action.ANNOTATE, Action.CLEAR_ANNOTATION, "the mark goes on again at once"),
    Rule(Action.CLEAR_ANNOTATION, Action.ANNOTATE, "the mark comes off again at once"),
    Rule(Action.CLEAR_ANNOTATION, Action.CLEAR_ANNOTATION, "no mark is no mark"),
    Rule(Action.SHIELD, Action.UNSHIELD, "it is hidden again at once"),
    Rule(Action.UNSHIELD, Action.SHIELD, "it is visible again at once"),
    Rule(Action.SHIELD, Action.SHIELD, "hidden is hidden"),
    Rule(Action.UNSHIELD, Action.UNSHIELD, "visible is visible"),
)

SUPERSEDES: dict[Message.Action, frozenset[Message.Action]] = {
    action: frozenset(rule.earlier for rule in RULES if rule.later == action) for action in Action
}


def pointless(before: Iterable[Message], *, action: str) -> list[Message]:
    """Return those of the messages `before` in a queue that need not be sent once `action` comes behind."""
    superseded = SUPERSEDES[Action(action)]
    return [
        earlier
        for earlier in before
        if earlier.state == State.WAITING
        and earlier.attempts == 0
        and earlier.batch_id is None  # it stands in a numbered file already
        and earlier.action in superseded
    ]
