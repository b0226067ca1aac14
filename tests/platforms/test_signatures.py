"""The signature: the contract's own example, and what it does not let pass."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from credit_repair.platforms.keys import Key
from credit_repair.platforms.signatures import is_signed, signature, signature_headers

KEYS = [Key("new", "secret-two"), Key("", "secret-one")]
NOW = 1_790_000_000
ADDRESS = "POST /platforms/city/receipts/"


def _example() -> str:
    contract = (Path(settings.BASE_DIR) / "docs" / "messages.md").read_text(encoding="utf-8")
    return contract.split("Worked example", 1)[1].split("```")[1]


def test_the_example_of_the_contract_is_computed_as_it_says():
    example = _example()
    said = {name: re.findall(rf"^{name} +(.+)$", example, re.MULTILINE) for name in ("body", "signature")}
    (secret,) = re.findall(r"^secret +(.+)$", example, re.MULTILINE)
    (stamp,) = re.findall(r"^timestamp +(.+)$", example, re.MULTILINE)
    get, post = re.findall(r"^target +(.+)$", example, re.MULTILINE)
    signed = [(said["body"][0], ""), ("", get), (said["body"][1], post)]
    assert said["signature"] == [
        signature(body.encode(), secret=secret, timestamp=int(stamp), request=request)
        for body, request in signed
    ]


def believed(body: bytes = b"{}", *, keys=KEYS, now=NOW, request=ADDRESS, key_id="", **changed) -> bool:
    secret = changed.pop("secret", "secret-two")
    signed = signature_headers(b"{}", secret=secret, timestamp=NOW, request=ADDRESS)
    stamp = changed.pop("timestamp", signed["X-Timestamp"])
    given_ = changed.pop("given", signed["X-Signature"])
    return is_signed(body, keys=keys, key_id=key_id, timestamp=stamp, given=given_, request=request, now=now)


@pytest.mark.parametrize("secret", ["secret-one", "secret-two"])
def test_every_key_that_is_valid_now_is_believed(secret):
    assert believed(secret=secret)


@pytest.mark.parametrize(
    "changed",
    [
        {"secret": "secret-three"},
        {"body": b"{} "},
        {"request": "POST /platforms/province/receipts/"},
        {"request": ""},
        {"now": NOW + 301},
        {"now": NOW - 301},
        {"timestamp": str(NOW + 1)},
        {"timestamp": ""},
        {"timestamp": "１７９００００００００"},
        {"timestamp": "9" * 5000},
        {"timestamp": f"-{NOW}"},
        {"given": ""},
        {"given": "é"},
        {"key_id": "old"},
        {"key_id": "new", "secret": "secret-one"},
        {"keys": []},
        {"keys": [], "secret": "nobody has this key"},
    ],
    ids=str,
)
def test_what_is_not_signed_for_this_now_is_not_believed(changed):
    assert not believed(**changed)


def test_the_time_may_be_off_by_five_minutes():
    assert believed(now=NOW + 300)
    assert believed(now=NOW - 300)


@given(place=st.integers(0, 255))
def test_one_bit_makes_another_signature(place):
    right = bytearray.fromhex(signature(b"{}", secret="secret-two", timestamp=NOW, request=ADDRESS))
    right[place // 8] ^= 1 << place % 8
    assert not believed(given=right.hex())


def test_a_key_does_not_show_itself():
    assert "secret" not in repr(KEYS)
