"""What a pair means: mended once, then raised; and what the enterprise sees of it."""

import uuid
from datetime import timedelta

import pytest

from credit_repair.core.models import AuditEntry
from credit_repair.platforms import services
from credit_repair.platforms.models import Difference, Message
from credit_repair.platforms.reconciling import judging, running
from credit_repair.platforms.relay import relay_once
from credit_repair.platforms.removals import Removal, removals_of
from credit_repair.platforms.transports import Shown
from credit_repair.registry.models import Publication, Record, RecordFlag
from tests.platforms.conftest import SECRET, publication_on, queue
from tests.platforms.listing import (
    DAY,
    Listed,
    figures,
    gone_from,
    reconcile,
    relay,
    shown_on,
    take_down,
)
from tests.registry.factories import MOMENT, PlatformFactory, RecordFactory

EVERY = [str(action) for action in Message.Action]
pytestmark = pytest.mark.django_db


@pytest.fixture
def platform(db):
    return PlatformFactory(code="source", endpoint="https://platform.test")


@pytest.fixture
def theirs():
    return Listed()


def removal(record: Record) -> Removal:
    """What the enterprise is told of the one platform that has or had the record."""
    [found] = removals_of(record).ours
    return found


def test_what_agrees_is_counted_and_nothing_is_done(platform, theirs):
    shown, gone = shown_on(platform), gone_from(platform)
    publication = take_down(gone, theirs)
    theirs.shows(shown)
    RecordFactory()  # was never meant for a platform
    run = reconcile(platform, theirs)
    assert (run.state, figures(run)) == ("done", (2, 2, 0, 0, 0))
    publication.refresh_from_db()
    assert (publication.state, Message.objects.count()) == ("removed", 1)


def test_what_comes_back_is_taken_down_once_more_and_is_visible_as_still_shown(platform, theirs):
    gone = gone_from(platform)
    take_down(gone, theirs)
    theirs.shows(gone)

    run = reconcile(platform, theirs)
    assert figures(run) == (1, 0, 0, 1, 0)
    publication = gone.publications.get()
    assert (publication.state, publication.removed_at, publication.receipt) == ("removing", None, "")
    assert removal(gone).stage == "again"
    difference = Difference.objects.get()
    assert (difference.kind, difference.handling, difference.message.action) == (
        "still_shown",
        "sent_again",
        "terminate",
    )
    assert difference.said["receipt"] == "R-1", "what the platform had confirmed"
    assert AuditEntry.objects.filter(action="platforms.still_shown", object_id=str(gone.uuid)).exists()

    relay(theirs)
    assert (removal(gone).stage, removal(gone).line.receipt) == ("gone", "R-2")
    assert figures(reconcile(platform, theirs, DAY + timedelta(1))) == (1, 1, 0, 0, 0)


def test_a_platform_that_confirms_in_vain_is_left_to_a_person(platform, theirs):
    theirs.heeds = False
    gone = gone_from(platform)
    take_down(gone, theirs)
    theirs.shows(gone)
    reconcile(platform, theirs)
    relay(theirs)
    assert gone.publications.get().state == "removed", "as the platform says again"

    for number in (1, 2):
        run = reconcile(platform, theirs, DAY + timedelta(number))
        assert figures(run) == (1, 0, 0, 0, 1)
        assert run.differences.get().said["why"] == "confirmed_in_vain"
        assert removal(gone).stage == "again"
    assert Message.objects.count() == 2
    # Only the newest finding waits for a person.
    assert Difference.objects.filter(handling="raised").count() == 1


def test_once_the_platform_itself_says_that_it_is_gone_that_is_the_evidence(platform, theirs):
    gone = gone_from(platform)
    message = services.enqueue_removal(record=gone, cause=uuid.uuid4(), cause_text="")[0]
    services.give_up(message=message, actor=None, reason="平台接口已停用")
    assert (removal(gone).line.state, removal(gone).stage) == ("removing", "given_up")

    theirs.shows(gone)
    assert reconcile(platform, theirs).differences.get().said["why"] == "given_up"
    assert Message.objects.count() == 1, "what a person gave up is not fought"
    assert removal(gone).is_shown
    assert removal(gone).seen_again_at is not None

    theirs.shows(gone, shown=False)
    run = reconcile(platform, theirs, DAY + timedelta(1))
    publication = gone.publications.get()
    assert (publication.state, publication.receipt) == ("removed", judging.evidence_of(run))
    assert (removal(gone).stage, removal(gone).line.receipt) == ("gone", judging.evidence_of(run))


def test_that_a_list_lacks_a_record_is_no_evidence_where_the_platform_cannot_be_asked(platform, theirs):
    gone = gone_from(platform)
    message = services.enqueue_removal(record=gone, cause=uuid.uuid4(), cause_text="")[0]
    services.give_up(message=message, actor=None, reason="平台接口已停用")
    theirs.shown = lambda record, platform: None
    reconcile(platform, theirs)
    assert gone.publications.get().state == "removing"


def test_what_should_be_shown_and_is_not_is_published_once_more_then_raised(platform, theirs):
    theirs.heeds = False
    record = shown_on(platform)
    assert figures(reconcile(platform, theirs)) == (1, 0, 0, 1, 0)
    assert [(each.action, each.cause_text) for each in Message.objects.all()] == [
        ("publish", "对账发现公示状态不一致，再次通知")
    ]
    assert record.publications.get().state == "publishing"
    relay(theirs)
    assert figures(reconcile(platform, theirs, DAY + timedelta(1))) == (1, 0, 0, 0, 1)
    assert record.publications.get().state == "shown"


def test_an_unknown_record_is_raised_and_what_nobody_shows_is_nothing(platform, theirs):
    strange, old = uuid.uuid4(), uuid.uuid4()
    theirs.said[strange] = Shown(strange, True, False, 1)
    theirs.said[old] = Shown(old, False, False, 1)
    run = reconcile(platform, theirs)
    assert figures(run) == (1, 0, 0, 0, 1)
    difference = run.differences.get()
    assert (difference.record_uuid, difference.kind, difference.record) == (strange, "unknown_record", None)


def test_a_record_never_meant_for_the_platform_is_raised_while_public_and_taken_down_once_over(
    platform, theirs
):
    public, over = RecordFactory(), gone_from(PlatformFactory())
    theirs.shows(public, over)
    run = reconcile(platform, theirs)
    assert figures(run) == (2, 0, 0, 1, 1)
    assert run.differences.get(record=public).said["why"] == "never_meant"
    assert Message.objects.get().record == over


@pytest.mark.parametrize(
    ("flagged", "annotated", "action"), [(True, False, "annotate"), (False, True, "clear_annotation")]
)
def test_a_mark_that_is_wrong_is_mended_where_the_platform_takes_marks(
    platform, theirs, flagged, annotated, action
):
    platform.actions = EVERY
    platform.save()
    record = shown_on(platform)
    theirs.shows(record, annotated=annotated)
    if flagged:
        RecordFlag.objects.create(record=record, kind="objection", on_at=MOMENT)
    assert figures(reconcile(platform, theirs)) == (1, 0, 0, 1, 0)
    assert Message.objects.get().action == action
    relay(theirs)
    assert figures(reconcile(platform, theirs, DAY + timedelta(1))) == (1, 1, 0, 0, 0)


def test_a_mark_that_is_wrong_is_raised_where_it_takes_none(platform, theirs):
    record = shown_on(platform)
    theirs.shows(record, annotated=True)
    run = reconcile(platform, theirs)
    assert run.differences.get().said["why"] == "not_taken"


def test_a_shielded_record_that_is_shown_is_shielded_again(platform, theirs):
    platform.actions = EVERY
    platform.save()
    record = shown_on(platform)
    RecordFlag.objects.create(record=record, kind="shield", on_at=MOMENT)
    theirs.shows(record)
    reconcile(platform, theirs)
    assert Message.objects.get().action == "shield"
    assert record.publications.get().state == "shown"


def test_what_a_shield_still_hides_is_unshielded_and_not_published_in_vain(platform, theirs):
    platform.actions = EVERY
    platform.save()
    record = shown_on(platform)
    queue(record, platform, "shield")
    relay(theirs)
    reconcile(platform, theirs)
    assert Message.objects.latest("sequence").action == "unshield"
    assert record.publications.get().state == "shown"


def test_a_real_platform_is_walked_over_http_and_mended(standin):
    platform = PlatformFactory(code="real", endpoint=standin.url, secret=SECRET)
    gone = gone_from(platform)
    Record.objects.filter(pk=gone.pk).update(standing="active", ended_on=None)
    queue(gone, platform, "publish")
    relay_once()
    assert standin.shows(gone)
    Record.objects.filter(pk=gone.pk).update(standing="repaired", ended_on=DAY)
    Publication.objects.filter(record=gone).update(state="removed", removed_at=MOMENT, receipt="R-0")
    for day in (DAY, DAY + timedelta(1)):
        running.begin(platform=platform, today=day)
        run = running.go_on(platform=platform, today=day)
        assert run.state == "done", run.note
        relay_once()
    assert Difference.objects.get(record=gone).handling == "sent_again"
    assert not standin.shows(gone)
    assert gone.publications.get().state == "removed"


@pytest.mark.parametrize("state", ["waiting", "accepted", "failed"])
def test_what_is_on_its_way_is_not_judged(platform, theirs, state):
    gone = gone_from(platform)
    message = queue(gone, platform)
    Message.objects.filter(pk=message.pk).update(state=state, accepted_at=MOMENT)
    theirs.shows(gone)
    assert figures(reconcile(platform, theirs)) == (1, 0, 1, 0, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"assessed": False, "effective_until": DAY - timedelta(1)},
        {"standing": "unpublished", "assessed": False},
        {"standing": "withdrawn", "assessed": False, "ended_on": DAY},
    ],
)
def test_what_is_just_about_to_end_is_neither_missing_nor_too_much(platform, theirs, fields):
    one, other = (shown_on(platform, **fields) for _each in range(2))
    theirs.shows(one)
    theirs.shows(other, shown=False)
    assert figures(reconcile(platform, theirs)) == (2, 0, 2, 0, 0)


def test_what_waits_to_be_announced_is_not_missing(platform, theirs):
    publication_on(platform, state="publishing", shown_at=None)
    assert figures(reconcile(platform, theirs)) == (1, 0, 1, 0, 0)


def test_what_changes_while_the_list_is_read_is_left_to_the_next_run(platform, theirs):
    gone = gone_from(platform)
    theirs.shows(gone)
    theirs.shown = lambda record, platform: None  # it only gives its list, which is older than the removal

    def meanwhile(shown):
        take_down(gone, theirs)

    theirs.on_row = meanwhile
    assert figures(reconcile(platform, theirs)) == (1, 0, 1, 0, 0)


def test_the_list_is_corrected_by_what_the_platform_says_now(platform, theirs):
    record = shown_on(platform)
    theirs.shown = lambda record, platform: True
    assert figures(reconcile(platform, theirs)) == (1, 1, 0, 0, 0), record
    assert not Message.objects.exists()
