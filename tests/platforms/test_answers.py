"""What a platform's answer means for the message, and when it is believed."""

import uuid

import httpx
import pytest
from django.utils import timezone

from credit_repair.platforms.models import Message, MessageAttempt
from credit_repair.platforms.relay import relay_once
from credit_repair.platforms.transports import OpenTransports
from tests.platforms.conftest import (
    SECRET,
    Script,
    answer,
    confirm,
    make_due,
    publication_on,
    queue,
    run,
    state_of,
)

pytestmark = pytest.mark.django_db


# ---- what an answer means ------------------------------------------------------------------------------


def receipt(**changes):
    def reply(request):
        good = confirm(request).json()
        return httpx.Response(200, json=good | changes)

    return reply


RETRIED = {
    "read time-out": lambda request: httpx.ReadTimeout("slow"),
    "connect time-out": lambda request: httpx.ConnectTimeout("slow"),
    "refused": lambda request: httpx.ConnectError("refused"),
    "closed early": lambda request: httpx.RemoteProtocolError("closed"),
    **{str(status): answer(status) for status in (401, 403, 408, 425, 429, 500, 502, 503, 504)},
    "redirect": answer(302, Location="https://elsewhere.test/"),
    "garbage": lambda request: httpx.Response(200, text="<html>ok</html>"),
    "a list": lambda request: httpx.Response(200, json=["R-1"]),
    "deep": lambda request: httpx.Response(200, text="[" * 20_000),
    "endless": lambda request: httpx.Response(200, content=b"x" * 200_000),
    "empty": lambda request: httpx.Response(200),
    "no receipt": receipt(receipt=None),
    "blank receipt": receipt(receipt=" "),
    "receipt too long": receipt(receipt="R" * 201),
    "receipt with NUL": receipt(receipt="R\0"),
    "another's receipt": receipt(id=str(uuid.uuid4())),
    "unknown effect": receipt(effect="perhaps"),
    "our own fault": lambda request: ZeroDivisionError("bug"),
}
FINAL = {str(status): answer(status) for status in (400, 404, 405, 409, 410, 411, 413, 415, 422, 451)}


@pytest.mark.parametrize("reply", RETRIED.values(), ids=RETRIED.keys())
def test_retried(scripted_platform, reply):
    message = queue(publication_on(scripted_platform).record, scripted_platform)
    report = run(Script(reply))
    message.refresh_from_db()
    assert (report.confirmed, report.retried, report.failed) == (0, 1, 0)
    assert (message.state, message.attempts, message.lease_token) == ("waiting", 1, None)
    assert message.next_attempt_at > timezone.now()
    assert message.last_error
    assert MessageAttempt.objects.get().outcome == "retry"


@pytest.mark.parametrize("reply", FINAL.values(), ids=FINAL.keys())
def test_final(scripted_platform, reply):
    message = queue(publication_on(scripted_platform).record, scripted_platform)
    report = run(Script(reply))
    message.refresh_from_db()
    assert (report.confirmed, report.retried, report.failed) == (0, 0, 1)
    assert (message.state, message.attempts) == ("failed", 1)
    assert "nein" in message.last_error
    assert MessageAttempt.objects.get().outcome == "final"


@pytest.mark.parametrize("effect", ["applied", "already"])
def test_a_duplicate_answer_is_success(scripted_platform, effect):
    message = queue(publication_on(scripted_platform).record, scripted_platform)
    assert run(Script(receipt(effect=effect))).confirmed == 1
    message.refresh_from_db()
    assert (message.state, message.effect) == ("confirmed", effect)


@pytest.mark.parametrize(
    ("shows", "state"), [(False, "confirmed"), (True, "failed"), (None, "waiting")], ids=str
)
def test_stale_is_success_where_the_platform_shows_what_was_wanted(scripted_platform, shows, state):
    message = queue(publication_on(scripted_platform).record, scripted_platform)

    def reply(request):
        if request.method == "POST":
            return confirm(request, effect="stale")
        if shows is None:
            return httpx.ReadTimeout("slow")
        return httpx.Response(200, json={"record": str(message.record.uuid), "shown": shows})

    run(Script(reply))
    assert state_of(message) == state


def test_the_stand_in_answers_stale_after_a_later_message(platform, standin):
    record = publication_on(platform).record
    first, second = queue(record, platform), queue(record, platform)
    Message.objects.filter(pk=first.pk).update(state="given_up")
    relay_once()
    Message.objects.filter(pk=first.pk).update(state="waiting")
    assert relay_once().confirmed == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.effect, second.effect) == ("stale", "applied")
    assert standin.effects(record) == {"terminate": 1}


def test_a_wrong_secret_is_retried_and_mends_itself_with_the_right_one(platform, standin):
    message = queue(publication_on(platform).record, platform)
    platform.secret = "wrong"
    platform.save()
    assert relay_once().retried == 1
    platform.secret = SECRET
    platform.save()
    make_due(message)
    assert relay_once().confirmed == 1
    assert list(message.log.values_list("number", "status_code", "outcome")) == [
        (1, 401, "retry"),
        (2, 200, "confirmed"),
    ]


def test_a_platform_without_address_waits(scripted_platform):
    scripted_platform.endpoint = ""
    scripted_platform.save()
    message = queue(publication_on(scripted_platform).record, scripted_platform)
    assert relay_once().retried == 1
    assert state_of(message) == "waiting"


def test_an_unknown_transport_waits(scripted_platform):
    message = queue(publication_on(scripted_platform).record, scripted_platform)
    assert relay_once(transports=OpenTransports({})).retried == 1
    assert state_of(message) == "waiting"


@pytest.mark.parametrize(
    ("reply", "shows"),
    [
        (httpx.Response(404, text="nginx"), None),
        (
            httpx.Response(404, json={"detail": "x"}, headers={"Content-Type": "application/problem+json"}),
            False,
        ),
        (httpx.Response(500, json={}), None),
        (httpx.Response(200, json={"record": "another", "shown": False}), None),
        (httpx.Response(200, text="?"), None),
    ],
)
def test_not_shown_is_believed_only_of_the_platform_itself(scripted_platform, reply, shows):
    transports = Script(lambda request: reply).transports()
    assert transports.of(scripted_platform).shown(uuid.uuid4(), scripted_platform) is shows
