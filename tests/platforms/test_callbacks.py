"""Receipts by call-back: what a platform gets for them, and what somebody else gets."""

import json
import time
import uuid

import pytest
from django.core.cache import cache
from django.test import Client

from credit_repair.platforms.keys import forget_former_key, prepare_key, switch_key
from credit_repair.platforms.models import Channel, Message, ReceivedReceipt
from credit_repair.platforms.signatures import signature_headers
from credit_repair.registry.models import Publication
from tests.platforms.conftest import SECRET, publication_on, queue
from tests.registry.factories import PlatformFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return PlatformFactory(code="city", secret=SECRET)


@pytest.fixture
def taken(city):
    """A removal that the platform took and has not confirmed."""
    record = publication_on(city, state=Publication.State.REMOVING).record
    message = queue(record, city)
    Message.objects.filter(pk=message.pk).update(state="accepted", attempts=1, accepted_at=message.created_at)
    return message


def receipt(message, **changed):
    return {"id": str(getattr(message, "uuid", message)), "receipt": "R-1", "effect": "applied"} | changed


def send(body, *, code="city", secret=SECRET, at=None, client=None, key_id="", signed_for=None, **extra):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    path = f"/platforms/{code}/receipts/"
    request = f"POST /platforms/{signed_for or code}/receipts/"
    headers = signature_headers(
        body, secret=secret, timestamp=int(at or time.time()), key_id=key_id, request=request
    )
    headers |= extra.pop("headers", {})
    options = {"content_type": "application/json"} | extra
    return (client or Client()).post(path, body, headers=headers, **options)


def outcomes(response):
    assert response.status_code == 200, response.content
    return [each["outcome"] for each in response.json()["results"]]


def is_open(message):
    message.refresh_from_db()
    return message.state == "accepted"


# ---- a platform ----------------------------------------------------------------------------------------


def test_a_receipt_confirms_the_message_and_the_removal(taken):
    assert outcomes(send(receipt(taken))) == ["taken"]
    taken.refresh_from_db()
    assert (taken.state, taken.receipt, taken.effect) == ("confirmed", "R-1", "applied")
    assert Publication.objects.get().state == "removed"


def test_many_at_once_have_an_outcome_each_in_their_order(city, taken):
    never = uuid.uuid4()
    answer = send(
        {
            "version": 1,
            "receipts": [
                receipt(never),
                receipt(taken),
                receipt(taken, receipt="R-2"),
                receipt(taken, effect="perhaps"),
                receipt(taken, receipt=""),
                ["R"],
                receipt("6d1f"),
            ],
        }
    )
    assert outcomes(answer) == ["unknown", "taken", "already", "invalid", "invalid", "invalid", "invalid"]
    assert answer.json()["results"][0]["id"] == str(never)
    assert ReceivedReceipt.objects.count() == 3


def test_the_same_again_changes_nothing_and_is_answered_the_same(taken):
    first, second = send(receipt(taken)), send(receipt(taken))
    assert first.json() == second.json()
    assert ReceivedReceipt.objects.count() == 1


def test_a_refusal_goes_to_a_person(taken):
    assert outcomes(send(receipt(taken, receipt="", effect="refused", detail="主体不存在"))) == ["refused"]
    taken.refresh_from_db()
    assert (taken.state, taken.last_error) == ("failed", "主体不存在")


def test_a_refusal_that_comes_again_counts_anew_once_the_message_was_sent_again(taken):
    refusal = receipt(taken, receipt="", effect="refused", detail="主体不存在")
    send(refusal)
    Message.objects.update(state="waiting")
    send(refusal)
    taken.refresh_from_db()
    assert taken.state == "waiting"  # the former refusal, late
    Message.objects.update(state="accepted")
    send(refusal)
    taken.refresh_from_db()
    assert taken.state == "failed"


def test_stale_alone_proves_nothing(taken):
    assert outcomes(send(receipt(taken, effect="stale"))) == ["odd"]
    assert is_open(taken)


def test_a_message_that_was_never_sent_is_not_confirmed(city):
    message = queue(publication_on(city).record, city)
    assert outcomes(send(receipt(message))) == ["odd"]
    message.refresh_from_db()
    assert message.state == "waiting"
    # Once it has gone out, the same receipt counts.
    Message.objects.update(attempts=1)
    assert outcomes(send(receipt(message))) == ["taken"]


def test_while_keys_change_the_current_the_coming_and_the_former_are_believed(city, taken):
    coming = prepare_key(platform=city, actor=None)
    assert send(receipt(uuid.uuid4()), secret=coming.secret, key_id=coming.id).status_code == 200
    assert send(receipt(uuid.uuid4())).status_code == 200
    switch_key(platform=city, actor=None)
    assert send(receipt(uuid.uuid4()), secret=coming.secret).status_code == 200
    assert send(receipt(uuid.uuid4())).status_code == 200
    forget_former_key(platform=city, actor=None)
    assert send(receipt(uuid.uuid4())).status_code == 401
    assert send(receipt(taken), secret=coming.secret, key_id=coming.id).status_code == 200


def test_no_cookie_and_no_store(taken):
    answer = send(receipt(taken), client=Client(enforce_csrf_checks=True))
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"


# ---- somebody else -------------------------------------------------------------------------------------


def test_another_platform_confirms_nothing_of_this_one(city, taken):
    PlatformFactory(code="province", secret="another")
    assert outcomes(send(receipt(taken), code="province", secret="another")) == ["unknown"]
    assert send(receipt(taken), secret="another").status_code == 401
    # What the other platform signed for itself is no proof at this one's address.
    assert send(receipt(taken), secret="another", signed_for="province").status_code == 401
    assert is_open(taken)


def test_a_wrong_key_an_old_stamp_and_a_code_that_nobody_has_are_answered_the_same(city, taken):
    now = time.time()
    PlatformFactory(code="by-hand", secret="", kind="third_party", required=False, transport="by_hand")
    answers = [
        send(receipt(taken), secret="wrong"),
        send(receipt(taken), code="nobody"),
        send(receipt(taken), at=now - 301),
        send(receipt(taken), at=now + 330),  # seconds pass until it is sent
        send(receipt(taken), key_id="nobody"),
        send(receipt(taken), code="by-hand", secret=""),
        send(receipt(taken), headers={"X-Signature": "", "X-Timestamp": ""}),
        send(b"not even JSON", secret="wrong"),
        send(b"not even JSON", code="nobody"),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert {answer["Content-Type"] for answer in answers} == {"application/problem+json"}
    assert is_open(taken)


def test_a_message_of_ours_sent_back_is_no_receipt(city, taken):
    body = json.dumps(taken.payload).encode()
    ours = signature_headers(body, secret=SECRET, timestamp=int(time.time()))
    answer = Client().post("/platforms/city/receipts/", body, headers=ours, content_type="application/json")
    assert answer.status_code == 401


def test_a_changed_body_is_refused(taken):
    body = json.dumps(receipt(taken)).encode()
    headers = signature_headers(
        body, secret=SECRET, timestamp=int(time.time()), request="POST /platforms/city/receipts/"
    )
    for place in range(0, len(body), 7):
        changed = bytearray(body)
        changed[place] ^= 1
        answer = Client().post(
            "/platforms/city/receipts/", bytes(changed), headers=headers, content_type="application/json"
        )
        assert answer.status_code == 401
    assert is_open(taken)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"[]", 422),
        (b'"R-1"', 422),
        (b"null", 422),
        ({"receipts": []}, 422),
        ({"receipts": {}}, 422),
        ({"receipts": [{}] * 501}, 422),
        (b" " * (1024 * 1024 + 1), 413),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_receipt_is_refused_as_a_whole(taken, body, status):
    answer = send(body)
    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert is_open(taken)


@pytest.mark.parametrize(
    "changed",
    [
        {"receipt": "R" * 201},
        {"receipt": "R\0"},
        {"receipt": "\ud800"},
        {"receipt": None},
        {"effect": {"applied": 1}},
        {"detail": "x" * 501},
        {"detail": 7},
        {"version": 2},
        {"version": True},
        {"id": "{6d1f3a9e-5a0e-4e0a-9c55-0f8a3c1f7b11"},
    ],
    ids=str,
)
def test_a_receipt_with_a_wrong_field_is_named_and_not_kept(taken, changed):
    answer = send(receipt(taken, **changed))
    assert outcomes(answer) == ["invalid"]
    assert answer.json()["results"][0]["detail"]
    assert not ReceivedReceipt.objects.exists()


def test_only_json_with_its_length_is_read(taken):
    assert send(receipt(taken), content_type="text/plain").status_code == 415
    assert send(receipt(taken), CONTENT_LENGTH="").status_code == 411
    assert Client().get("/platforms/city/receipts/").status_code == 405


def test_too_many_requests_are_held_back(settings, taken):
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {"platform_receipts": "2/m/key"}
    statuses = [send(receipt(taken), REMOTE_ADDR="10.9.8.7").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    cache.clear()


def test_a_stranger_behind_the_same_address_keeps_no_platform_out(settings, taken):
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {"platform_receipts": "2/m/key"}
    here = {"REMOTE_ADDR": "10.9.8.7"}
    statuses = [send(receipt(taken), secret="wrong", **here).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]
    assert outcomes(send(receipt(taken), **here)) == ["taken"]
    cache.clear()


def test_a_wrong_signature_is_logged_without_what_was_sent(taken, caplog):
    send(receipt(taken), code="no-such", secret="wrong")
    assert str(taken.uuid) not in caplog.text
    assert "nobody signed" in caplog.text


def test_the_channel_of_a_platform_without_settings_is_not_written(city, taken):
    send(receipt(taken))
    assert not Channel.objects.exists()


def test_a_refusal_of_what_was_confirmed_is_answered_as_odd_and_changes_nothing(taken):
    assert outcomes(send(receipt(taken))) == ["taken"]
    refusal = receipt(taken, receipt="", effect="refused", detail="撤不下来")
    assert outcomes(send(refusal)) == ["odd"]
    assert outcomes(send(refusal)) == ["odd"]
    taken.refresh_from_db()
    assert taken.state == "confirmed"
