"""What an import makes unpublished goes away, and comes back when it is corrected back."""

import pytest

from credit_repair.core.settling import settle_all
from credit_repair.platforms import services, settlers
from credit_repair.platforms.models import Message
from credit_repair.registry.models import Publication, Record, RecordEvent
from credit_repair.registry.services.undo import undo_batch
from tests.platforms.conftest import Script, confirm, publication_on, run
from tests.registry.factories import AS_OF, PlatformFactory, RecordFactory
from tests.registry.tables import as_csv, entry, row, take_in
from tests.world import make_user

pytestmark = pytest.mark.django_db(transaction=True)

FINE = {"decision_date": "2026/11/01", "own_until": ""}
WARNING = FINE | {"penalty_text": "警告", "fine": ""}


@pytest.fixture
def platform(scripted_platform):
    return scripted_platform


def bring(platform, values):
    take_in(as_csv([row(1, **values)]), platforms=[platform])
    settle_all(today=AS_OF)
    services.announce_new_publications(today=AS_OF)


def said():
    return list(Message.objects.order_by("sequence").values_list("action", "state"))


def test_a_correction_to_unpublished_takes_the_record_down_and_back_it_comes_again(platform):
    script = Script(confirm)
    bring(platform, FINE)
    run(script)
    assert Publication.objects.get().state == "shown"

    bring(platform, WARNING)
    assert Record.objects.get().standing == "unpublished"
    removal = Message.objects.get(action="terminate")
    assert removal.cause == RecordEvent.objects.get(what="changed").uuid
    assert removal.cause_text == "信息已更正，不再公示"
    run(script)
    assert Publication.objects.get().state == "removed"
    assert settlers.take_down_unpublished(today=AS_OF) == 0, "once"

    bring(platform, FINE)
    assert Record.objects.get().standing == "active"
    run(script)
    publication = Publication.objects.get()
    assert (publication.state, publication.removed_at, publication.receipt) == ("shown", None, "")
    assert said() == [("publish", "confirmed"), ("terminate", "confirmed"), ("publish", "confirmed")]
    assert services.announce_new_publications(today=AS_OF) == 0, "once"

    bring(platform, WARNING)
    run(script)
    assert (Publication.objects.get().state, len(said())) == ("removed", 4)


def test_back_before_the_platform_heard_of_the_removal(platform):
    script = Script(confirm)
    bring(platform, FINE)
    run(script)
    bring(platform, WARNING)
    bring(platform, FINE)
    assert [action for action, _state in said()] == ["publish", "terminate", "publish"]
    run(script)
    assert Publication.objects.get().state == "shown"


def test_what_was_never_sent_is_superseded_and_what_never_was_up_left_alone(platform):
    bring(platform, FINE)
    bring(platform, WARNING)
    assert said() == [("publish", "superseded"), ("terminate", "waiting")]
    RecordFactory(standing="unpublished")
    assert settlers.take_down_unpublished(today=AS_OF) == 0


def test_what_was_taken_down_for_another_reason_stays_down(platform):
    bring(platform, FINE)
    Publication.objects.update(state="removed", removed_at=Record.objects.get().created_at)
    bring(platform, FINE | {"facts": "改过的事实"})
    assert Publication.objects.get().state == "removed"


def test_one_that_cannot_be_taken_down_keeps_no_other_up(monkeypatch):
    bad, good = (
        publication_on(PlatformFactory(), RecordFactory(standing="unpublished")) for _number in range(2)
    )
    real = settlers.enqueue_removal

    def failing(*, record, **fields):
        if record == bad.record:
            raise RuntimeError
        return real(record=record, **fields)

    monkeypatch.setattr(settlers, "enqueue_removal", failing)
    with pytest.raises(RuntimeError):
        settlers.take_down_unpublished(today=AS_OF)
    assert Message.objects.get().record == good.record


def test_what_an_undone_import_had_withdrawn_stays_up(platform, monkeypatch):
    take_in(as_csv([entry(1)], kind="serious_list"), platforms=[platform])
    services.announce_new_publications(today=AS_OF)
    run(Script(confirm))
    off = as_csv([entry(1, removed_on="2026/11/02")], kind="serious_list")
    batch, _outcomes = take_in(off, platforms=[platform])
    real = settlers.move_each

    def undone_meanwhile(found, *args, **options):
        keys = list(found)
        undo_batch(batch=batch, actor=make_user("吴数"), today=AS_OF)
        return real(keys, *args, **options)

    monkeypatch.setattr(settlers, "move_each", undone_meanwhile)
    assert settlers.take_down_ended_by_source(today=AS_OF) == 0
    assert (Record.objects.get().standing, Publication.objects.get().state) == ("active", "shown")
    assert [action for action, _state in said()] == ["publish"]


def test_what_its_source_took_off_a_list_is_taken_down_everywhere_once(platform):
    script = Script(confirm)
    take_in(as_csv([entry(1)], kind="serious_list"), platforms=[platform])
    services.announce_new_publications(today=AS_OF)
    run(script)
    take_in(as_csv([entry(1, removed_on="2026/11/02")], kind="serious_list"), platforms=[platform])
    settle_all(today=AS_OF)
    removal = Message.objects.get(action="terminate")
    assert removal.cause == RecordEvent.objects.get(what="withdrawn").uuid
    run(script)
    assert Publication.objects.get().state == "removed"
    assert settlers.take_down_ended_by_source(today=AS_OF) == 0
