"""Settings of a channel: who sets them, what is refused at which field, and what is never shown."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from credit_repair.core.models import AuditEntry
from credit_repair.platforms.channel_settings import (
    BadCertificate,
    ChannelNotChanged,
    certificate_facts,
    change_channel,
    try_channel,
)
from credit_repair.platforms.models import Channel, Message
from tests import world as county
from tests.platforms.certificates import certificate_of, key_of, pem_pair
from tests.platforms.conftest import Script, queue
from tests.registry.factories import PlatformFactory, RecordFactory

pytestmark = pytest.mark.django_db

UNTIL = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
def admin():
    return county.administrator("system")


@pytest.fixture
def platform():
    return PlatformFactory(name="信用中国（示例）网站")


def filled(**changed):
    """What the form sends as it stands, with what is changed."""
    return {
        "per_minute": "0",
        "parallel": "4",
        "connect_seconds": "5",
        "answer_seconds": "10",
        "breaker_failures": "5",
        "breaker_seconds": "60",
        "receipts": "answer",
        "receipt_hours": "24",
        "poll_minutes": "10",
        "age_limit_minutes": "1440",
        "server_authority": "",
        "windows-TOTAL_FORMS": "2",
        "windows-INITIAL_FORMS": "0",
        **changed,
    }


def address(platform, name="manage_channel"):
    return reverse(name, args=[platform.code])


# -- the page


def test_what_is_saved_is_history_and_audit_and_applies(admin, platform):
    client = county.signed_in(admin)
    window = {"windows-0-weekdays": ["6", "7"], "windows-0-begins": "22:00", "windows-0-ends": "04:00"}
    answer = client.post(address(platform), filled(per_minute="600", receipts="polling", **window))
    assert answer["Location"] == address(platform)
    channel = Channel.objects.get(platform=platform)
    assert (channel.per_minute, channel.receipts) == (600, "polling")
    assert channel.windows == [{"weekdays": [6, 7], "from": "22:00", "to": "04:00"}]
    entry = AuditEntry.objects.get(action="platforms.change_channel")
    assert set(entry.data["fields"]) == {"per_minute", "receipts", "windows"}

    client.post(address(platform), filled(per_minute="300", receipts="polling"))
    page = client.get(address(platform)).content.decode()
    assert "每分钟最多发送条数：600改为300" in page
    assert "周六、周日22:00至04:00改为无" in page
    assert str(admin) in page


def test_nothing_changed_writes_nothing(admin, platform):
    client = county.signed_in(admin)
    client.post(address(platform), filled())
    assert not AuditEntry.objects.filter(action="platforms.change_channel").exists()
    assert not Channel.objects.exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"parallel": "33"}, "最大是32。"),
        ({"parallel": "x"}, "请填写整数。"),
        ({"connect_seconds": "0"}, "最少0.1秒。"),
        ({"age_limit_minutes": "0"}, "最小是1。"),
        ({"receipts": ""}, "请选择一项。"),
        ({"server_authority": "no certificate"}, "没有可用的证书"),
        ({"windows-0-weekdays": ["6"]}, "请填写时间。"),
        ({"windows-0-begins": "01:00", "windows-0-ends": "05:00"}, "请勾选星期几。"),
        (
            {"windows-0-weekdays": ["6"], "windows-0-begins": "01:00", "windows-0-ends": "01:00"},
            "结束时间不能和开始时间相同。",
        ),
    ],
)
def test_a_wrong_value_is_said_at_its_field(admin, platform, changed, words):
    answer = county.signed_in(admin).post(address(platform), filled(**changed))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Channel.objects.exists()


def test_folders_are_plain_names_and_nobody_elses(admin):
    one, other = PlatformFactory.create_batch(2, transport="files")
    Channel.objects.create(platform=other, folder="gov-a")
    client = county.signed_in(admin)
    given = filled(batch_size="1000")
    for folder, words in (("gov-a", "这个目录已由"), ("../etc", "不能有斜线"), (".x", "不能有斜线")):
        answer = client.post(address(one), {**given, "folder": folder})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert client.post(address(one), {**given, "folder": "gov-b"}).status_code == 302


def test_nobody_else_sets_a_channel_whatever_page_they_found(platform):
    with pytest.raises(ChannelNotChanged):
        change_channel(platform=platform, values={"per_minute": 1}, actor=county.administrator("audit"))
    assert not Channel.objects.exists()


def test_administrators_see_counts_and_no_subject(admin, platform):
    record = RecordFactory()
    message = queue(record, platform)
    words = f"平台应答422：{record.subject.name}"
    Message.objects.filter(pk=message.pk).update(state="failed", last_error=words)
    client = county.signed_in(admin)
    for page in (reverse("manage_channels"), address(platform)):
        shown = client.get(page).content.decode()
        assert "平台应答422（内容不符合平台的要求）" in shown or page == reverse("manage_channels")
        assert record.subject.name not in shown
        assert record.doc_no not in shown
        assert platform.secret not in shown


# -- the certificate


def test_a_certificate_is_taken_and_only_its_name_and_end_are_shown(admin, platform):
    client, pem = county.signed_in(admin), pem_pair(until=UNTIL)
    upload = SimpleUploadedFile("client.pem", pem.encode())
    assert client.post(address(platform), filled(certificate=upload)).status_code == 302
    channel = Channel.objects.get(platform=platform)
    assert channel.client_certificate == pem
    page = client.get(address(platform)).content.decode()
    assert "现有客户端证书：xinyongban-client，有效期至2027年3月1日。" in page
    assert "更换了证书或者密钥" in page or "初次设置" in page
    everything = page + json.dumps(list(AuditEntry.objects.values_list("data", flat=True)))
    assert "BEGIN" not in everything.replace("BEGIN CERTIFICATE）", "")

    client.post(address(platform), filled(remove_certificate="on"))
    assert Channel.objects.get(platform=platform).client_certificate == ""


def test_saving_without_a_file_keeps_the_certificate(admin, platform):
    pem = pem_pair(until=UNTIL)
    Channel.objects.create(platform=platform, client_certificate=pem)
    county.signed_in(admin).post(address(platform), filled(per_minute="9"))
    assert Channel.objects.get(platform=platform).client_certificate == pem


@pytest.mark.parametrize(
    ("pem", "words"),
    [
        (lambda: key_of(pem_pair(until=UNTIL)), "没有可用的证书"),
        (lambda: certificate_of(pem_pair(until=UNTIL)), "没有可用的私钥"),
        (lambda: certificate_of(pem_pair(until=UNTIL)) + key_of(pem_pair(until=UNTIL)), "不是一对"),
        (lambda: "x", "没有可用的证书"),
    ],
)
def test_what_is_no_pair_is_refused_with_the_reason(pem, words):
    with pytest.raises(BadCertificate, match=words):
        certificate_facts(pem())


def test_a_locked_key_is_refused():
    pem = pem_pair(until=UNTIL, password="secret")
    with pytest.raises(BadCertificate):
        certificate_facts(pem)


def test_it_warns_thirty_days_before_the_end():
    facts = certificate_facts(pem_pair(until=UNTIL))
    assert not facts.ends_soon(UNTIL - timedelta(days=31))
    assert facts.ends_soon(UNTIL - timedelta(days=30))


# -- a try


def tried(platform, admin, handler):
    script = Script(handler)
    result = try_channel(platform=platform, actor=admin, transports=script.transports())
    return result, script


def test_a_try_asks_for_the_list_and_sends_nothing(admin, platform):
    result, script = tried(platform, admin, lambda request: httpx.Response(200, json={"records": []}))
    assert result.works
    assert {request.method for request in script.requests} == {"GET"}
    assert AuditEntry.objects.get(action="platforms.try_channel").data["works"] is True


def test_a_platform_without_a_list_is_asked_for_one_record(admin, platform):
    def answer(request):
        if request.url.path.endswith("/records"):
            return httpx.Response(501, json={"detail": "no"})
        problem = {"Content-Type": "application/problem+json"}
        return httpx.Response(404, content=b"{}", headers=problem)

    result, _script = tried(platform, admin, answer)
    assert result.works
    assert "不提供清单" in result.words


def test_a_platform_that_does_not_answer_is_said_so(admin, platform):
    result, _script = tried(platform, admin, lambda request: httpx.ConnectError("no"))
    assert not result.works
    assert "ConnectError" in result.words


def test_a_way_that_cannot_be_asked_is_said_so(admin):
    platform = PlatformFactory(transport="nothing")
    result, script = tried(platform, admin, lambda request: httpx.Response(200))
    assert (result.works, script.requests) == (False, [])
