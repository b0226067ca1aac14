"""The verbs on messages. Queueing happens in the transaction of the cause; sending is the relay's.

queueing     one message, in its place in the queue of its record and platform
superseding  which waiting message is not worth sending once another is queued behind it
removal      everything by which a record disappears, and the measures that rested on it
publishers   one message to every platform that has a record, or has had it
subjects     messages that concern no record
announcing   the first message of every new publication, and the measures that follow from it
persons      what a person does with a message: replay it, or give it up
evidence     that an effect is over where no receipt can come, by two officials
"""

from credit_repair.platforms.services.announcing import announce_new_publications
from credit_repair.platforms.services.persons import (
    AT_REST,
    MessageActionRefused,
    give_up,
    replay,
    replay_failed,
)
from credit_repair.platforms.services.publishers import show_again, tell_publishers
from credit_repair.platforms.services.queueing import ALWAYS_TAKEN, HEADING_FOR, enqueue, takes
from credit_repair.platforms.services.removal import REMOVAL, enqueue_removal, reinstate_measures
from credit_repair.platforms.services.subjects import enqueue_subject, tell_of_subject
from credit_repair.platforms.services.superseding import SUPERSEDES

__all__ = [
    "ALWAYS_TAKEN",
    "AT_REST",
    "HEADING_FOR",
    "REMOVAL",
    "SUPERSEDES",
    "MessageActionRefused",
    "announce_new_publications",
    "enqueue",
    "enqueue_removal",
    "enqueue_subject",
    "give_up",
    "reinstate_measures",
    "replay",
    "replay_failed",
    "show_again",
    "takes",
    "tell_of_subject",
    "tell_publishers",
]
