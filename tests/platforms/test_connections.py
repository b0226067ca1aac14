"""The connection to a platform: certificates, limits of time, where nothing is sent, signed questions."""

import contextlib
import hmac
import socket
import threading
import time
import uuid

import httpx
import pytest

from credit_repair.platforms.channels import channel_of, question_seconds
from credit_repair.platforms.models import Channel, Message
from credit_repair.platforms.relay import relay_once
from credit_repair.platforms.transports import CannotList, OpenTransports
from credit_repair.platforms.transports.answers import Accepted, Retry
from credit_repair.platforms.transports.clients import Clients, time_limits
from credit_repair.platforms.transports.http import HttpTransport
from credit_repair.platforms.transports.quiet import ByHand, DryRun, Files
from credit_repair.registry.models import Platform
from tests.platforms.authority import Authority, tls_platform
from tests.platforms.conftest import SECRET, Script, confirm, publication_on, queue, run
from tests.registry.factories import PlatformFactory

pytestmark = pytest.mark.django_db

OURS, THEIRS, STRANGER = Authority("ours"), Authority("theirs"), Authority("stranger")


@pytest.fixture
def tls(tmp_path):
    with tls_platform(tmp_path, own=THEIRS.issue("platform"), trusted=OURS.pem) as heard:
        yield heard


def platform_at(url, **channel):
    platform = PlatformFactory(endpoint=url, secret=SECRET)
    if channel:
        Channel.objects.create(platform=platform, **channel)
    return platform


# ---- TLS -----------------------------------------------------------------------------------------------


def test_a_certificate_is_shown_where_one_is_demanded_and_the_connection_is_kept(tls):
    platform = platform_at(
        tls.url, client_certificate=OURS.issue("credit-office"), server_authority=THEIRS.pem, parallel=1
    )
    for _ in range(3):
        queue(publication_on(platform).record, platform)
    assert relay_once().confirmed == 3
    assert tls.names == ["credit-office"] * 3
    assert len(tls.connections) == 1


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        ({"server_authority": THEIRS.pem}, ""),
        ({"client_certificate": STRANGER.issue("x"), "server_authority": THEIRS.pem}, ""),
        ({"client_certificate": OURS.issue("x"), "server_authority": STRANGER.pem}, "CERTIFICATE_VERIFY"),
        ({"client_certificate": OURS.issue("x")}, "CERTIFICATE_VERIFY"),
        ({"client_certificate": OURS.issue("x"), "server_authority": "no PEM"}, "根证书"),
        ({"client_certificate": "no PEM", "server_authority": THEIRS.pem}, "客户端证书"),
        ({"client_certificate": OURS.pem, "server_authority": THEIRS.pem}, "客户端证书"),
        (
            {"client_certificate": OURS.issue("x", password=b"locked"), "server_authority": THEIRS.pem},
            "客户端证书",
        ),
    ],
    ids=["none", "a stranger's", "unknown server", "no root", "bad root", "bad", "no key", "locked key"],
)
def test_without_the_right_certificates_nothing_is_sent_and_the_message_waits(tls, channel, words):
    platform = platform_at(tls.url, **channel)
    message = queue(publication_on(platform).record, platform)
    assert relay_once().retried == 1
    message.refresh_from_db()
    assert message.state == "waiting"
    assert words in message.last_error
    assert "BEGIN" not in message.last_error
    assert not tls.requests


def test_each_way_of_tls_has_its_own_client_and_platforms_alike_share_one(tls):
    certificate = OURS.issue("one")
    alike = [
        platform_at(tls.url, client_certificate=certificate, server_authority=THEIRS.pem) for _ in range(2)
    ]
    other = platform_at(tls.url, client_certificate=OURS.issue("two"), server_authority=THEIRS.pem)
    clients = Clients()
    assert clients.of(alike[0]) is clients.of(alike[1])
    assert clients.of(other) is not clients.of(alike[0])
    clients.close()
    for platform in [*alike, other]:
        queue(publication_on(platform).record, platform)
    assert relay_once().confirmed == 3
    assert sorted(tls.names) == ["one", "one", "two"]


# ---- where nothing is sent -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://platform.test",
        "HTTP://10.0.0.8/api",
        "http://127.0.0.1.platform.test",
        "ftp://platform.test",
        "platform.test",
        "https://",
        "https://user:word@platform.test",
        "https://platform.test/?key=1",
        "https://[::1",
    ],
)
def test_an_address_that_is_not_safe_is_refused_in_clear_words(endpoint):
    platform = platform_at(endpoint)
    message = queue(publication_on(platform).record, platform)
    script = Script(confirm)
    assert run(script).retried == 1
    assert not script.requests
    message.refresh_from_db()
    assert "接口地址" in message.last_error
    with script.transports() as transports, pytest.raises(CannotList, match="接口地址"):
        list(transports.of(platform).listing(platform, after=""))
    with script.transports() as transports:
        assert transports.of(platform).shown(uuid.uuid4(), platform) is None


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8100", "http://[::1]:8100", "http://localhost:1"])
def test_the_same_machine_may_be_asked_without_tls(endpoint):
    platform = platform_at(endpoint)
    queue(publication_on(platform).record, platform)
    assert run(Script(confirm)).confirmed == 1


def test_a_demo_may_do_without_tls(settings):
    settings.DEMO = True
    platform = platform_at("http://platform.test")
    queue(publication_on(platform).record, platform)
    assert run(Script(confirm)).confirmed == 1


# ---- limits --------------------------------------------------------------------------------------------


def test_limits_of_time_are_the_channels_and_never_outlive_the_lease(settings):
    settings.MESSAGES_TO_PLATFORMS = settings.MESSAGES_TO_PLATFORMS | {
        "lease_seconds": 60,
        "timeout_seconds": 7.0,
    }
    limits, whole = time_limits(platform_at("https://a.test", connect_seconds=2, answer_seconds=8))
    assert (limits.connect, limits.read, whole) == (2, 8, 18)
    limits, whole = time_limits(platform_at("https://b.test", connect_seconds=500, answer_seconds=500))
    assert (limits.connect, limits.read, whole) == (500, 500, 36)
    limits, _whole = time_limits(platform_at("https://c.test"))
    assert limits.read == 7


@pytest.mark.parametrize("beginning", [b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\n\r\n", b"H"])
def test_a_platform_that_sends_byte_after_byte_is_cut_off(beginning):
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def trickle():
            connection, _address = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.sendall(beginning)
                while not over.wait(0.02):
                    connection.sendall(b"x")

        thread = threading.Thread(target=trickle, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        platform = platform_at(url, connect_seconds=0.1, answer_seconds=0.2)
        queue(publication_on(platform).record, platform)
        began = time.monotonic()
        assert relay_once().retried == 1
        assert time.monotonic() - began < 5
        over.set()
        thread.join(timeout=5)
    assert "没有按时应答" in Message.objects.get().last_error


def test_a_packed_answer_is_not_unpacked():
    platform = platform_at("https://platform.test")
    queue(publication_on(platform).record, platform)

    def packed(request):
        return httpx.Response(200, content=b"\x1f\x8b", headers={"Content-Encoding": "x-unknown"})

    assert run(Script(packed)).retried == 1
    assert "压缩" in Message.objects.get().last_error


# ---- signed questions ----------------------------------------------------------------------------------


def test_questions_are_signed_over_their_address():
    platform = platform_at("https://platform.test/credit", key_id="k-1")
    message = queue(publication_on(platform).record, platform)
    script = Script(lambda request: httpx.Response(200, json={"records": [], "next": None}))
    with script.transports() as transports:
        transport = transports.of(platform)
        list(transport.listing(platform, after=""))
        transport.shown(message.record.uuid, platform)
        transport.receipt_of(message, platform)
    targets = [request.url.raw_path.decode() for request in script.requests]
    assert targets == [
        "/credit/api/v1/records?limit=500&after=",
        f"/credit/api/v1/records/{message.record.uuid}",
        f"/credit/api/v1/messages/{message.uuid}",
    ]
    for request, target in zip(script.requests, targets, strict=True):
        signed = f"{request.headers['X-Timestamp']}.GET {target}."
        expected = hmac.new(SECRET.encode(), signed.encode(), "sha256").hexdigest()
        assert request.headers["X-Signature"] == expected
        assert request.headers["X-Key-Id"] == "k-1"


# ---- transports that send nothing ----------------------------------------------------------------------


def test_a_trial_run_is_taken_and_never_confirmed(caplog):
    platform = PlatformFactory(transport="dry_run", endpoint="", secret="")
    record = publication_on(platform).record
    message = queue(record, platform)
    with caplog.at_level("INFO", logger="credit_repair.platforms"):
        assert relay_once().accepted == 1
    message.refresh_from_db()
    assert (message.state, message.receipt) == ("accepted", "")
    assert "试运行" in message.reference
    assert len(message.reference) <= 200
    assert record.subject.name not in caplog.text
    assert record.publications.get().state == "removing"


def test_the_relay_leaves_alone_what_goes_as_files_or_not_at_all():
    files = PlatformFactory(transport="files")
    by_hand = PlatformFactory(kind="third_party", required=False, transport="by_hand")
    message = queue(publication_on(files).record, files)
    Message.objects.create(
        **{
            "platform": by_hand,
            "record": message.record,
            "sequence": 1,
            "action": "terminate",
            "cause": uuid.uuid4(),
            "payload": message.payload,
            "next_attempt_at": message.next_attempt_at,
            "created_at": message.created_at,
        },
    )
    assert relay_once().sent == 0
    assert set(Message.objects.values_list("state", flat=True)) == {"waiting"}
    assert not Message.objects.filter(attempts__gt=0).exists()


@pytest.mark.parametrize("quiet", [DryRun(), Files(), ByHand()], ids=lambda each: type(each).__name__)
def test_nobody_can_be_asked_where_nothing_is_sent(quiet):
    platform = PlatformFactory.build()
    message = Message(action="terminate", payload={})
    assert quiet.shown(uuid.uuid4(), platform) is None
    assert quiet.receipt_of(message, platform) is None
    with pytest.raises(CannotList):
        quiet.listing(platform, after="")
    assert isinstance(quiet.send(message, platform), Accepted if isinstance(quiet, DryRun) else Retry)
    quiet.close()


def test_every_transport_that_can_be_chosen_is_installed():
    with OpenTransports() as transports:
        for name in Platform.Transport.values:
            assert transports.of(Platform(transport=name))
        assert isinstance(transports.of(Platform(transport="http")), HttpTransport)


def test_relay_and_transport_mean_the_same_limit_where_nobody_has_set_the_channel(settings):
    settings.MESSAGES_TO_PLATFORMS = settings.MESSAGES_TO_PLATFORMS | {
        "lease_seconds": 60,
        "timeout_seconds": 15.0,
    }
    platform = platform_at("https://c.test")
    limits, whole = time_limits(platform)
    assert (limits.read, whole) == (15, 35)
    assert question_seconds(channel_of(platform)) == whole
