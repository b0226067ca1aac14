"""A platform takes a message and refuses it when it is asked for the receipt; then it is sent again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from credit_repair.platforms.models import Channel
from credit_repair.platforms.services import replay
from tests.faults.chaos.programs import SECRET, StandIn
from tests.platforms.conftest import make_due, publication_on, queue, state_of
from tests.registry.factories import PlatformFactory

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def standin(tmp_path: Path) -> Iterator[StandIn]:
    standin = StandIn("refusing", tmp_path)
    refusal = {
        "do": "later",
        "by": "polling",
        "after": 0,
        "refused": True,
        "detail": "主体不存在",
        "times": 1,
    }
    standin.script = {"rules": [refusal]}
    standin.start()
    yield standin
    standin.kill()


def test_what_was_refused_later_is_sent_again_when_a_person_replays_it(standin: StandIn) -> None:
    platform = PlatformFactory(endpoint=standin.url, secret=SECRET)
    Channel.objects.create(platform=platform, receipts=Channel.Receipts.POLLING)
    message = queue(publication_on(platform).record, platform)
    call_command("relay_messages")
    assert state_of(message) == "accepted"
    make_due(message)
    call_command("relay_messages")
    assert state_of(message) == "failed", "the refusal is on the person's list"
    replay(message=message, actor=None)
    call_command("relay_messages")
    assert standin.ask("/api/v1/effects")["received"] == 2
    assert state_of(message) == "confirmed"
