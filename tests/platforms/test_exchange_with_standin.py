"""The file exchange against the stand-in's front-end machine: written apart, from the contract alone."""

import pytest

from credit_repair.platforms.exchange.folders import prepare_folders
from credit_repair.platforms.exchange.passes import exchange_once
from credit_repair.platforms.models import Channel, FileBatch, Message
from credit_repair.registry.models import Publication
from tests.platforms.conftest import publication_on, queue
from tests.registry.factories import PlatformFactory

files = pytest.importorskip("standin.files", reason="NOT TESTED: this stand-in has no front-end machine")
pytestmark = pytest.mark.django_db


@pytest.fixture
def city(settings, tmp_path):
    settings.EXCHANGE_ROOT = tmp_path
    platform = PlatformFactory(code="city", transport="files", endpoint="", secret="")
    Channel.objects.create(platform=platform, folder="city", batch_size=2)
    prepare_folders(platform)
    return platform


@pytest.fixture
def machine(tmp_path):
    from standin.script import Script
    from standin.store import Store

    store = Store(tmp_path / "platform.sqlite3")

    def behind(script=None):
        return files.Exchange(tmp_path / "city", store=store, script=Script(script or {}))

    behind.store = store
    yield behind
    store.close()


def removal(platform):
    record = publication_on(platform, state=Publication.State.REMOVING).record
    return queue(record, platform)


def test_removals_go_and_their_receipts_come_back(city, machine):
    messages = [removal(city) for _ in range(3)]
    assert exchange_once().sent == 3
    assert machine().run_once() == 2
    exchange_once()
    assert set(Message.objects.values_list("state", "effect")) == {("confirmed", "applied")}
    assert set(Publication.objects.values_list("state", flat=True)) == {"removed"}
    assert set(FileBatch.objects.values_list("state", flat=True)) == {"answered"}
    assert [machine.store.effects(str(message.record.uuid)) for message in messages] == [{"terminate": 1}] * 3


def test_what_was_lost_goes_again_and_takes_effect_once(city, machine):
    message = removal(city)
    exchange_once()
    machine({"rules": [{"when": {"request": "file"}, "do": "close"}]}).run_once()
    exchange_once()
    message.refresh_from_db()
    assert message.state == "accepted"
    Message.objects.update(next_attempt_at=message.created_at)
    exchange_once()
    machine().run_once()
    exchange_once()
    message.refresh_from_db()
    assert (message.state, message.batch.number) == ("confirmed", 2)
    assert machine.store.effects(str(message.record.uuid)) == {"terminate": 1}
