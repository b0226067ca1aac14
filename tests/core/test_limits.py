"""What comes too often is told when to try again."""

import pickle
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from credit_repair.core.clock import assume
from credit_repair.core.limits import USUAL_WAIT_SECONDS, longest_wait
from credit_repair.core.plain_cache import PlainSerializer
from credit_repair.people.models import Role
from credit_repair.reminders.feeds import make_feed
from tests import world as county


@pytest.fixture
def limits(settings: Any) -> Any:
    """Counting is on, and begins at nothing."""
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {
        "upload": "2/m/user",
        "look_up": "2/m/ip",
        "mandate": "5/m/user,20/h/user",
    }
    yield settings
    cache.clear()


def test_the_longest_of_several_waits_is_said(limits: Any) -> None:
    assert longest_wait("upload") == 60
    assert longest_wait("mandate") == 3600
    assert longest_wait("nothing of this name") == USUAL_WAIT_SECONDS


@pytest.mark.django_db
def test_the_address_of_a_calendar_is_not_tried_without_end(client: Client, limits: Any) -> None:
    address = reverse("repair_calendar_ics", args=["guess"])
    assert [client.get(address).status_code for _number in range(3)] == [404, 404, 429]


@pytest.mark.django_db
def test_the_answer_says_when_to_try_again(client: Client, limits: Any) -> None:
    address = reverse("repair_calendar_ics", args=["guess"])
    for _number in range(2):
        client.get(address)
    answer = client.get(address)
    assert (answer["Retry-After"], answer["Cache-Control"]) == ("60", "no-store")
    assert "最多等1分钟" in answer.content.decode()


@pytest.mark.django_db
def test_a_limit_that_was_reached_is_written_with_who_and_where(
    limits: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(REMOTE_ADDR="192.0.2.1")
    for _number in range(3):
        client.get(reverse("repair_calendar_ics", args=["guess"]))
    assert "held back (look_up): no account from 192.0.2.1" in caplog.messages


@pytest.mark.django_db
def test_another_address_of_the_network_is_counted_apart(limits: Any) -> None:
    address = reverse("repair_calendar_ics", args=["guess"])
    near, far = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    assert [near.get(address).status_code for _number in range(3)][-1] == 429
    assert far.get(address).status_code == 404


@pytest.mark.django_db
def test_a_forged_header_does_not_begin_anew(client: Client, limits: Any) -> None:
    address = reverse("repair_calendar_ics", args=["guess"])
    found = [
        client.get(address, headers={"x-forwarded-for": f"192.0.2.{number}"}).status_code
        for number in range(3)
    ]
    assert found == [404, 404, 429]


@pytest.mark.django_db
def test_uploads_are_counted_per_person_and_looking_at_the_form_is_not(limits: Any) -> None:
    with assume(county.TODAY):
        made = county.build_world()
        address = reverse("my_filing_materials", args=[county.draft(made).filing.uuid, "proof"])
        client = Client()
        client.force_login(made.clerk)
        assert [client.get(address).status_code for _number in range(4)] == [200] * 4
        assert [client.post(address, {}).status_code for _number in range(3)] == [200, 200, 429]

        other = Client()
        other.force_login(county.member(made.credit, Role.DATA))
        assert other.post(reverse("office_import_new"), {}).status_code == 200


@pytest.mark.django_db
def test_who_may_not_upload_is_not_counted_but_told_that_there_is_nothing(
    client: Client, limits: Any
) -> None:
    client.force_login(county.make_user("路人"))
    with assume(county.TODAY):
        found = [client.post(reverse("office_import_new"), {}).status_code for _number in range(4)]
    assert found == [404] * 4


@pytest.mark.django_db
def test_nothing_is_counted_where_the_limits_are_off(client: Client, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    with assume(county.TODAY):
        made = county.build_world()
        secret = make_feed(user=made.clerk, subject=made.subject, today=county.TODAY)[1]
        address = reverse("repair_calendar_ics", args=[secret])
        assert {client.get(address).status_code for _number in range(70)} == {200}


def test_the_shared_cache_keeps_plain_values_and_revives_nothing() -> None:
    plain = PlainSerializer()
    for value in ([1763604930.5, 2.0], True, "y", None, 7, {"a": [1]}):
        kept = plain.dumps(value)
        assert plain.loads(str(kept).encode() if isinstance(kept, int) else kept) == value
    with pytest.raises(TypeError):
        plain.dumps(object())
    with pytest.raises(ValueError, match="Expecting value"):
        plain.loads(pickle.dumps([1], protocol=0))
