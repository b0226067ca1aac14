"""The pages over platforms and messages: what they show, to whom, and what can be done there."""

import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from credit_repair.core.models import AuditEntry
from credit_repair.home import message_acts
from credit_repair.people.models import Role
from credit_repair.platforms.models import Alert, Message, MessageAttempt, ReceivedReceipt
from credit_repair.platforms.payloads import CommitmentSaid
from credit_repair.platforms.services import enqueue_subject
from tests import world as county
from tests.home.test_queries import grows
from tests.platforms.conftest import queue
from tests.registry.factories import OfficeFactory, PlatformFactory, RecordFactory, SubjectFactory

pytestmark = pytest.mark.django_db

REFUSED = "平台应答422：字段不对"


@pytest.fixture
def platform(db):
    return PlatformFactory(name="信用中国（示例）网站")


@pytest.fixture
def officer(official, credit) -> Client:
    return official("data", credit)


def failed(platform, *, record=None, **fields):
    message = queue(record or RecordFactory(), platform)
    change(message, **{"state": "failed", "attempts": 1, "last_error": REFUSED, **fields})
    return message


def change(message, **fields):
    Message.objects.filter(pk=message.pk).update(**fields)


def state(message):
    return Message.objects.values_list("state", flat=True).get(pk=message.pk)


def shown(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def replay(client, **data):
    return client.post(reverse("office_messages_replay"), data)


# -- how the platforms stand


def test_a_platform_is_shown_with_what_waits_and_what_is_wrong(officer, platform):
    failed(platform)
    queue(RecordFactory(), platform)
    Alert.objects.create(platform=platform, kind="failed", raised_at=timezone.now(), facts={"count": 1})
    page = shown(officer, "office_platforms")
    assert "平台应答422（内容不符合平台的要求）" in page
    assert "字段不对" not in page, "the platform's own words may name somebody"
    assert "信用中国（示例）网站：消息发送失败待处理" in page
    assert "共1条" in page


def test_an_alert_stands_on_the_desk_of_data_officers_alone(official, credit, authority, platform):
    Alert.objects.create(platform=platform, kind="silent", raised_at=timezone.now())
    words = "平台连续失败"
    assert words in shown(official("data", credit), "office")
    for role, office in (("intake", credit), ("supervisor", credit), ("data", authority)):
        assert words not in shown(official(role, office), "office")


@pytest.mark.parametrize("role", ["window", "intake", "verifier", "approver", "auditor"])
def test_the_pages_do_not_exist_for_other_roles(official, credit, platform, role):
    message, client = failed(platform), official(role, credit)
    for name, *args in (
        ("office_platforms",),
        ("office_platform", platform.code),
        ("office_messages",),
        ("office_message", message.uuid),
        ("office_message_give_up", message.uuid),
    ):
        assert client.get(reverse(name, args=args)).status_code == 404, name
    assert replay(client, do=str(message.uuid)).status_code == 404
    assert state(message) == "failed"


def test_an_authority_reads_its_messages_and_does_nothing_with_them(official, authority, platform):
    message = failed(platform, record=RecordFactory(authority=authority))
    foreign = failed(platform)
    client = official("data", authority)
    page = shown(client, "office_messages")
    assert message.record.doc_no in page and foreign.record.doc_no not in page
    assert 'name="do"' not in page + shown(client, "office_message", message.uuid)
    assert client.get(reverse("office_message", args=[foreign.uuid])).status_code == 404
    assert client.get(reverse("office_platforms")).status_code == 404
    assert replay(client, do=str(message.uuid)).status_code == 404


# -- the queue of a platform


def test_the_queue_is_filtered_and_searched(officer, platform):
    waiting, refused, done = queue(RecordFactory(), platform), failed(platform), failed(platform)
    change(done, state="given_up")

    def listed(**query):
        page = shown(officer, "office_platform", platform.code, **query)
        return {message for message in (waiting, refused, done) if str(message.uuid) in page}

    assert listed() == {waiting, refused}
    assert listed(state="failed") == {refused}
    assert listed(state="newest") == {waiting, refused, done}
    assert listed(state="given_up") == {done}
    assert listed(action="publish") == set()
    assert listed(q=done.record.doc_no) == {done}
    assert listed(q=waiting.record.subject.name) == {waiting}
    assert listed(q=str(refused.uuid)) == {refused}
    assert listed(state="nonsense") == set()


def test_the_next_page_begins_where_this_one_ends(officer, platform, monkeypatch):
    monkeypatch.setattr("credit_repair.home.views.platforms.PAGE_SIZE", 2)
    messages = [queue(RecordFactory(), platform) for _number in range(3)]
    page = shown(officer, "office_platform", platform.code)
    assert str(messages[2].uuid) not in page
    assert f"after={messages[1].uuid}" in page
    page = shown(officer, "office_platform", platform.code, after=str(messages[1].uuid))
    links = [reverse("office_message", args=[message.uuid]) for message in messages]
    assert [link in page for link in links] == [False, False, True]
    assert "回到开头" in page


def test_an_unknown_platform_does_not_exist(officer):
    assert officer.get(reverse("office_platform", args=["nowhere"])).status_code == 404


# -- the person's list


def test_it_lists_the_reason_and_what_waits_behind(officer, platform):
    record = RecordFactory()
    first = failed(platform, record=record)
    queue(record, platform)
    tried = queue(RecordFactory(), PlatformFactory())
    change(tried, attempts=3, last_error="平台没有按时应答：x")
    page = shown(officer, "office_messages")
    assert REFUSED in page and "平台没有按时应答" in page
    assert f'name="message" value="{first.uuid}"' in page
    assert f'name="message" value="{tried.uuid}"' not in shown(officer, "office_messages", what="failed")
    assert f'name="message" value="{tried.uuid}"' not in shown(
        officer, "office_messages", platform=platform.code
    )


def test_one_the_ticked_and_all_of_a_platform_are_replayed(officer, platform):
    one, two, three, four = (failed(platform) for _number in range(4))
    elsewhere = failed(PlatformFactory())
    answer = replay(officer, do=str(one.uuid), kept_platform=platform.code)
    assert answer["Location"] == f"{reverse('office_messages')}?platform={platform.code}"
    assert [state(each) for each in (one, two)] == ["waiting", "failed"]
    replay(officer, do="ticked", message=[str(two.uuid), str(three.uuid)])
    assert [state(each) for each in (two, three, four)] == ["waiting", "waiting", "failed"]
    answer = replay(officer, do="platform", platform=platform.code, back="platform")
    assert answer["Location"] == reverse("office_platform", args=[platform.code])
    assert [state(each) for each in (four, elsewhere)] == ["waiting", "failed"]
    assert AuditEntry.objects.filter(action="platforms.replay_message").count() == 4


def test_all_of_a_platform_are_replayed_in_portions(officer, platform, monkeypatch):
    monkeypatch.setattr(message_acts, "MOST_AT_ONCE", 2)
    messages = [failed(platform) for _number in range(3)]
    replay(officer, do="platform", platform=platform.code)
    assert [state(each) for each in messages] == ["waiting", "waiting", "failed"]
    assert "一次最多重发2条" in shown(officer, "office_messages")


def test_nothing_ticked_and_nothing_that_is_one(officer, platform):
    failed(platform)
    assert replay(officer, do="ticked").status_code == 302
    assert replay(officer, do="no-uuid").status_code == 404
    assert replay(officer, do=str(uuid.uuid4())).status_code == 404
    assert replay(officer, do="platform", platform="nowhere").status_code == 404


def test_what_was_settled_meanwhile_is_said_and_hinders_no_other(officer, platform):
    gone, other = failed(platform), failed(platform)
    change(gone, state="given_up")
    answer = officer.post(
        reverse("office_messages_replay"),
        {"do": "ticked", "message": [str(gone.uuid), str(other.uuid)]},
        follow=True,
    )
    page = answer.content.decode()
    assert "1条消息已排队重发。" in page
    assert "已放弃" in page
    assert (state(gone), state(other)) == ("given_up", "waiting")


def test_a_county_neither_sees_nor_replays_what_is_anothers(official, platform):
    here = OfficeFactory(credit=True, division="340621")
    OfficeFactory(credit=True, division="370321")
    own = failed(platform, record=RecordFactory(authority=OfficeFactory(division="340621")))
    foreign = failed(platform, record=RecordFactory(authority=OfficeFactory(division="370321")))
    client = official("data", here)
    for name, *args in (("office_platform", platform.code), ("office_messages",)):
        page = shown(client, name, *args)
        assert str(own.uuid) in page and str(foreign.uuid) not in page
    assert client.get(reverse("office_message", args=[foreign.uuid])).status_code == 404
    assert client.get(reverse("office_message_give_up", args=[foreign.uuid])).status_code == 404
    assert replay(client, do=str(foreign.uuid)).status_code == 404
    replay(client, do="platform", platform=platform.code)
    assert (state(own), state(foreign)) == ("waiting", "failed")


# -- giving up


def test_giving_up_says_what_it_means_and_asks_for_the_reason(officer, platform):
    record = RecordFactory()
    message = failed(platform, record=record)
    queue(record, platform)
    page = shown(officer, "office_message_give_up", message.uuid)
    assert "平台可能仍在公示这条信息" in page
    assert "由另一位工作人员复核，案件才能办结" in page
    assert "后面等待的1条消息会继续发送" in page
    address = reverse("office_message_give_up", args=[message.uuid])
    assert officer.post(address, {"reason": " "}).status_code == 422
    assert state(message) == "failed"
    assert officer.post(address, {"reason": "平台已电话确认撤下"}).status_code == 302
    assert state(message) == "given_up"
    entry = AuditEntry.objects.get(action="platforms.give_up_message")
    assert entry.data == {"was": "failed", "reason": "平台已电话确认撤下"}


def test_what_is_being_sent_cannot_be_given_up(officer, platform):
    message = failed(platform)
    change(message, state="sending", lease_until=timezone.now(), lease_token=uuid.uuid4())
    answer = officer.post(reverse("office_message_give_up", args=[message.uuid]), {"reason": "x"})
    assert answer.status_code == 422
    assert state(message) == "sending"


# -- one message


def test_a_message_is_shown_with_all_that_happened_to_it(officer, platform):
    record = RecordFactory()
    message = failed(platform, record=record)
    behind = queue(record, platform)
    moment = timezone.now()
    MessageAttempt.objects.create(
        message=message,
        number=1,
        started_at=moment - timedelta(seconds=2),
        finished_at=moment,
        status_code=422,
        outcome="final",
        detail=REFUSED,
    )
    ReceivedReceipt.objects.create(
        platform=platform,
        message=message,
        message_uuid=str(message.uuid),
        source="callback",
        outcome="refused",
        detail="名称不符",
        digest="d",
        received_at=moment,
    )
    page = shown(officer, "office_message", message.uuid)
    for words in ("2.0", "422", "不再重发", REFUSED, "平台回调", "名称不符", record.subject.name, "终止公示"):
        assert words in page, words
    assert reverse("office_message", args=[behind.uuid]) in page
    assert f'name="do" value="{message.uuid}"' in page
    assert "&quot;subject_name&quot;" in page


def test_a_persons_name_is_masked_for_who_has_no_case(official, credit, platform):
    person = SubjectFactory(person=True, name="张三丰")
    message = failed(platform, record=RecordFactory(subject=person), last_error="平台应答422：张三丰不符")
    assert "张三丰" in json.dumps(Message.objects.get(pk=message.pk).payload, ensure_ascii=False)
    client = official("supervisor", credit)
    for name, *args in (
        ("office_message", message.uuid),
        ("office_messages",),
        ("office_platform", platform.code),
        ("office_platforms",),
    ):
        page = shown(client, name, *args)
        assert "张三丰" not in page, name
    assert "张*丰" in shown(client, "office_message", message.uuid)


def test_the_record_leads_to_its_messages_where_they_may_be_read(official, credit, platform):
    message = failed(platform)
    link = reverse("office_message", args=[message.uuid])
    assert link in shown(official("data", credit), "office_record", message.record.uuid)
    assert link not in shown(official("intake", credit), "office_record", message.record.uuid)


def test_who_stands_in_reads_and_does_not_act(platform):
    made = county.build_world()
    message = failed(platform, record=made.record)
    person = county.substitute_of(made.intake, OfficeFactory(credit=True))
    with_case = county.signed_in(person)
    assert with_case.get(reverse("office_message", args=[message.uuid])).status_code == 200
    assert replay(with_case, do=str(message.uuid)).status_code == 404
    assert state(message) == "failed"


# -- no list asks more because it has more rows


def test_lists_ask_no_more_for_more_rows(official, credit, platform):
    client = official("data", credit)

    def add(n):
        for _number in range(n):
            message = failed(platform)
            failed(PlatformFactory())
            Alert.objects.create(
                platform=PlatformFactory(), kind="age", raised_at=timezone.now(), facts={"count": 1}
            )
            queue(message.record, platform)

    for name, *args in (
        ("office_platforms",),
        ("office_platform", platform.code),
        ("office_messages",),
        ("office",),
    ):
        assert grows(client, reverse(name, args=args), add) == 0, name


def test_a_message_asks_no_more_for_more_attempts(official, credit, platform):
    message, moment = failed(platform), timezone.now()
    numbers = iter(range(1, 100))

    def add(n):
        for number in (next(numbers) for _number in range(n)):
            MessageAttempt.objects.create(
                message=message, number=number, started_at=moment, finished_at=moment, outcome="retry"
            )
            queue(message.record, platform)
            ReceivedReceipt.objects.create(
                platform=platform,
                message=message,
                message_uuid=str(message.uuid),
                source="file",
                outcome="already",
                digest=str(number),
                received_at=moment,
            )

    assert grows(official("data", credit), reverse("office_message", args=[message.uuid]), add) == 0


def test_the_administrators_list_asks_no_more_for_more_platforms():
    client = county.signed_in(county.administrator("system"))
    assert grows(client, reverse("manage_channels"), PlatformFactory.create_batch) == 0


def test_data_officers_are_members_of_their_day(credit, platform):
    yesterday = county.TODAY - timedelta(days=1)
    former = county.member(credit, Role.DATA, until=yesterday)
    assert county.signed_in(former).get(reverse("office_platforms")).status_code == 404


# -- what concerns no record


def unrecorded(platform, subject, **fields):
    message = enqueue_subject(
        subject=subject,
        platform=platform,
        cause=uuid.uuid4(),
        cause_text="信用承诺：诚信经营承诺",
        said=CommitmentSaid(
            uuid.uuid4(), "voluntary", "诚信经营承诺", ("明码标价",), county.TODAY, None, "made"
        ),
    )
    change(message, **{"state": "failed", "attempts": 1, "last_error": REFUSED, **fields})
    return message


@pytest.fixture
def taker(platform):
    platform.actions = ["commitment"]
    platform.save()
    return platform


def test_a_message_without_a_record_is_listed_shown_and_replayed(officer, taker):
    subject = SubjectFactory(name="濉溪县诚信酒店有限公司")
    message = unrecorded(taker, subject)
    behind = unrecorded(taker, subject, state="waiting", attempts=0, last_error="")
    assert "信用承诺：诚信经营承诺" in shown(officer, "office_messages")
    assert "濉溪县诚信酒店有限公司" in shown(officer, "office_platform", taker.code)
    found = shown(officer, "office_platform", taker.code, q="濉溪县诚信酒店有限公司")
    assert str(message.uuid) in found
    page = shown(officer, "office_message", message.uuid)
    for words in ("明码标价", "濉溪县诚信酒店有限公司", "这个主体在这个平台的承诺消息", str(behind.uuid)):
        assert words in page
    assert "查看记录" not in page
    assert shown(officer, "office_message_give_up", message.uuid)
    replay(officer, do=str(message.uuid))
    assert state(message) == "waiting"
    table = officer.get(reverse("office_messages"), {"format": "csv"})
    assert "信用承诺：诚信经营承诺" in b"".join(table).decode()


def test_a_natural_persons_name_is_masked_without_a_record_too(officer, taker):
    person = SubjectFactory(person=True, name="周小敏")
    message = unrecorded(taker, person)
    for page in (
        shown(officer, "office_messages"),
        shown(officer, "office_platform", taker.code),
        shown(officer, "office_message", message.uuid),
    ):
        assert "周*敏" in page
        assert "周小敏" not in page


def test_the_list_asks_no_more_for_messages_without_a_record(officer, taker):
    def add(n):
        for _ in range(n):
            unrecorded(taker, SubjectFactory())

    assert grows(officer, reverse("office_messages"), add) == 0
