"""What is left out of a queue changes nothing that anybody can see, whatever is queued in whatever order."""

import uuid
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit_repair.platforms.models import FileBatch, Message
from credit_repair.platforms.services.superseding import RULES, SUPERSEDES, pointless
from tests.platforms.conftest import publication_on, queue, state_of
from tests.registry.factories import MOMENT, PlatformFactory, RecordFactory

Action = Message.Action
EVERY = [str(action) for action in Action]
#: Read as: the later action, and which waiting earlier ones it takes out of the queue.
TABLE = {
    "terminate": {"publish", "restore", "correct"},
    "publish": {"correct"},
    "restore": {"correct"},
    "correct": {"correct"},
    "annotate": {"annotate", "clear_annotation"},
    "clear_annotation": {"annotate", "clear_annotation"},
    "shield": {"shield", "unshield"},
    "unshield": {"shield", "unshield"},
}


def waiting(action, number, attempts=0):
    return Message(pk=number, sequence=number, action=action, state="waiting", attempts=attempts)


@pytest.mark.parametrize(("later", "earlier"), list(product(EVERY, EVERY)))
def test_every_pair_of_actions_is_as_the_table_says(later, earlier):
    found = pointless([waiting(earlier, 1)], action=later)
    assert bool(found) == (earlier in TABLE.get(later, ()))


def test_every_row_has_its_reason_and_stands_once():
    assert all(rule.because for rule in RULES)
    assert len({(rule.later, rule.earlier) for rule in RULES}) == len(RULES)


def test_a_removal_is_superseded_by_nothing():
    assert not any("terminate" in earlier for earlier in SUPERSEDES.values())


@pytest.mark.parametrize("state", [state for state in Message.State if state != "waiting"])
def test_only_what_waits_is_superseded(state):
    message = waiting("publish", 1)
    message.state = state
    assert not pointless([message], action="terminate")


class ModelPlatform:
    """What the contract says a platform keeps of one record, and what of it anybody can see."""

    def __init__(self):
        self.published = self.shielded = False
        self.mark = self.words = None
        self.noted = []

    def apply(self, message):
        match message.action:
            case "publish" | "restore":
                self.published, self.words = True, message.sequence
            case "correct":
                self.words = message.sequence
            case "terminate":
                self.published = False
            case "shield" | "unshield":
                self.shielded = message.action == "shield"
            case "annotate":
                self.mark = message.sequence
            case "clear_annotation":
                self.mark = None
            case noted:
                self.noted.append(noted)

    def seen(self):
        """What can be seen now, and what could be once the shield is off."""
        shown = (self.words, self.mark, self.shielded) if self.published else None
        # Mark and shield outlast a removal: a restored record is shown with them.
        return shown, self.mark, self.shielded, self.noted


class Line:
    """One queue, with what was superseded in it; and two platforms, one of which is told all the same."""

    def __init__(self):
        self.before = []
        self.told, self.told_everything = ModelPlatform(), ModelPlatform()

    def queue(self, action):
        for earlier in pointless(self.before, action=action):
            earlier.state = "superseded"
        self.before.append(waiting(action, len(self.before) + 1))

    def attempt(self):
        """The relay tries the head in vain."""
        head = self._head()
        if head:
            head.attempts += 1

    def deliver(self):
        head = self._head()
        if head:
            for message in self.before[: head.sequence]:
                if not hasattr(message, "counted"):
                    self.told_everything.apply(message)
                    message.counted = True
            self.told.apply(head)
            head.state = "confirmed"

    def _head(self):
        return next((message for message in self.before if message.state == "waiting"), None)


STEPS = st.lists(st.sampled_from([*EVERY, *EVERY, "attempt", "deliver"]), max_size=25)


@given(STEPS)
def test_telling_what_is_left_shows_the_same_as_telling_everything(steps):
    line = Line()
    for step in steps:
        if step in ("attempt", "deliver"):
            getattr(line, step)()
        else:
            line.queue(step)
    while line._head():
        line.deliver()
    assert line.told.seen() == line.told_everything.seen()


@given(STEPS)
def test_every_removal_and_every_end_of_a_measure_is_told(steps):
    line = Line()
    for step in steps:
        if step in ("attempt", "deliver"):
            getattr(line, step)()
        else:
            line.queue(step)
    kept = {"terminate", "stop_sharing", "lift_sanction", "interview", "commitment"}
    assert not [each for each in line.before if each.state == "superseded" and each.action in kept]


@pytest.mark.django_db
def test_what_was_attempted_taken_or_put_into_a_file_goes_on_its_way():
    platform = PlatformFactory(actions=EVERY)
    batch = FileBatch.objects.create(platform=platform, number=1, lines=1, created_at=MOMENT)
    for fields in ({"attempts": 1}, {"batch": batch}, {"state": "failed", "attempts": 1}):
        record = publication_on(platform).record
        first = queue(record, platform, "publish")
        Message.objects.filter(pk=first.pk).update(**fields)
        queue(record, platform)
        assert state_of(first) != "superseded", fields


@pytest.mark.django_db
def test_nothing_is_superseded_across_records_or_platforms():
    here, there = (PlatformFactory(actions=EVERY) for _each in range(2))
    record, other = RecordFactory(), RecordFactory()
    elsewhere = queue(record, there, "annotate")
    of_another = queue(other, here, "annotate")
    queue(record, here, "clear_annotation")
    assert (state_of(elsewhere), state_of(of_another)) == ("waiting", "waiting")


@pytest.mark.django_db
@pytest.mark.parametrize(("first", "second"), [("annotate", "clear_annotation"), ("shield", "unshield")])
def test_the_second_of_a_pair_goes_alone(first, second):
    record, platform = RecordFactory(), PlatformFactory(actions=EVERY)
    queued = [queue(record, platform, action, cause=uuid.uuid4()) for action in (first, second)]
    assert [state_of(message) for message in queued] == ["superseded", "waiting"]
