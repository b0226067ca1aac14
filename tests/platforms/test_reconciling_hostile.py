"""Platforms whose lists lie or never end: nothing is proved by them, and nobody waits for them for ever."""

import uuid
from types import SimpleNamespace

import httpx
import pytest

from credit_repair.platforms import services
from credit_repair.platforms.models import Message
from credit_repair.platforms.reconciling import judging, running
from credit_repair.platforms.transports import CannotList
from credit_repair.platforms.transports.http import HttpTransport
from tests.platforms.listing import DAY, Listed, gone_from, reconcile, shown_on
from tests.registry.factories import PlatformFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform(db):
    return PlatformFactory(code="source", endpoint="https://platform.test")


class Listing(Listed):
    """Answers no question about a single record."""

    def shown(self, record, platform):
        return None


def test_a_line_of_the_list_alone_confirms_no_removal(platform):
    gone = gone_from(platform)
    message = services.enqueue_removal(record=gone, cause=uuid.uuid4(), cause_text="")[0]
    services.give_up(message=message, actor=None, reason="平台接口已停用")
    theirs = Listing()
    theirs.shows(gone, shown=False)
    reconcile(platform, theirs)
    assert (gone.publications.get().state, gone.publications.get().receipt) == ("removing", "")


def pages(*answers):
    """A transport to a platform that answers with these pages, the last of them for ever."""
    asked = []

    def answer(request):
        asked.append(request)
        assert len(asked) < 10, "it is asked for ever"
        return httpx.Response(200, json=answers[min(len(asked), len(answers)) - 1])

    return HttpTransport(httpx.MockTransport(answer))


def line(record):
    return {"record": str(record), "shown": True, "annotated": False, "sequence": 1}


@pytest.mark.parametrize(
    "page",
    [
        {"records": [], "next": "x"},
        {"records": [], "next": ""},
        {"records": [line(uuid.UUID(int=1))], "next": {"a": 1}},
        {"records": [line(uuid.UUID(int=1))], "next": 7},
        {"records": [line(uuid.UUID(int=1))], "next": ""},
    ],
)
def test_a_list_that_leads_nowhere_is_broken_off(platform, page):
    with pytest.raises(CannotList):
        list(pages(page).listing(platform, after=""))


def test_a_list_may_end_with_an_empty_page(platform):
    first = uuid.UUID(int=1)
    transport = pages({"records": [line(first)], "next": str(first)}, {"records": [], "next": None})
    assert [each.record for each in transport.listing(platform, after="")] == [first]


class Slow(Listed):
    """Takes forty seconds to answer a question about a single record."""

    now = 0.0

    def shown(self, record, platform):
        self.now += 40
        return super().shown(record, platform)


def test_a_platform_that_is_slow_about_single_records_holds_no_portion_beyond_its_time(platform, monkeypatch):
    for _ in range(3):
        shown_on(platform)  # and the platform lists none of them: each is asked about
    theirs = Slow()
    monkeypatch.setattr(running, "time", SimpleNamespace(monotonic=lambda: theirs.now))
    running.begin(platform=platform, today=DAY)
    compared = []
    for _ in range(2):
        run = running.go_on(platform=platform, today=DAY, transports=theirs.opened())
        compared.append((run.state, run.compared))
    assert compared == [("running", 2), ("done", 3)]


def test_a_list_that_came_out_empty_publishes_nothing_anew(platform):
    shown_on(platform)
    run = reconcile(platform, Listing())
    [difference] = run.differences.all()
    assert (difference.kind, difference.handling, difference.said["why"]) == (
        "not_shown",
        "raised",
        "unproved",
    )
    assert not Message.objects.filter(action="publish").exists()


def test_a_platform_that_lost_nearly_everything_is_left_to_a_person(platform, monkeypatch):
    monkeypatch.setattr(judging, "MENDED_MOST", 2)
    for _number in range(4):
        shown_on(platform)
    run = reconcile(platform, Listed(), piece=1)
    assert (run.mended, run.raised) == (2, 2)
    assert {each.said["why"] for each in run.differences.filter(handling="raised")} == {"too_many"}


def test_a_list_full_of_invented_records_is_broken_off(platform, monkeypatch):
    monkeypatch.setattr(running, "RAISED_MOST", 3)
    theirs = Listed()
    for _number in range(6):
        theirs.shows(SimpleNamespace(uuid=uuid.uuid4()))
    run = reconcile(platform, theirs, piece=1)
    assert (run.state, run.raised) == ("broken", 4)
    assert "清单不可信" in run.note
