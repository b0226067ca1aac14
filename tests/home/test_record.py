"""One record on its pages: why it is shown, until when, what a person found, what is held at its maximum."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.core.clock import assume
from credit_repair.platforms.models import Message
from credit_repair.registry.models import FormerName, Record, RecordFlag
from credit_repair.registry.services.flags import put_flag, take_flag_off
from tests.home.conftest import NOW, TODAY, open_case
from tests.registry.factories import PublicationFactory, RecordFactory

pytestmark = pytest.mark.django_db

FILLED = {"set_class": "serious", "basis": "某法第一条", "reason": "经核对决定书"}


def url(name, record):
    return reverse(name, args=[record.uuid])


def text(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def held(authority, **fields):
    fields = {"decision_date": date(2025, 4, 1), "effective_until": date(2026, 10, 1), **fields}
    record = RecordFactory(authority=authority, **fields)
    Record.objects.filter(pk=record.pk).update(effective_until=date(2026, 10, 1))
    put_flag(record=record, kind=RecordFlag.Kind.HELD, reason="待核", actor_label="系统", at=NOW)
    return record


@pytest.fixture
def record(authority, subject):
    return RecordFactory(authority=authority, subject=subject)


def test_it_says_why_it_is_shown_and_until_when(official, credit, record):
    page = text(official("intake", credit), url("office_record", record))
    assert "应当公示" in page
    assert "2027年5月6日，最长公示期届满" in page


def test_former_names_and_flags_with_their_times_stand_on_it(official, credit, clerk, record, subject):
    FormerName.objects.create(subject=subject, name="濉溪县旧名商店", until=date(2026, 3, 1))
    put_flag(record=record, kind="objection", reason="金额有异议", actor_label="李受", at=NOW)
    take_flag_off(
        record=record, kind="objection", reason="维持", actor_label="王核", at=NOW + timedelta(days=1)
    )
    inside = text(official("intake", credit), url("office_record", record))
    for words in ("濉溪县旧名商店（至2026年3月1日）", "异议处理中", "金额有异议", "2026年11月21日"):
        assert words in inside
    outside = text(clerk, url("my_record", record))
    assert "异议处理中" in outside
    assert "李受" not in outside


def test_an_entry_on_a_list_speaks_its_own_words(clerk, subject):
    entry = RecordFactory(
        subject=subject,
        kind="serious_list",
        list_name="拖欠农民工工资名单",
        penalty_types=[],
        penalty_text="",
    )
    page = text(clerk, url("my_record", entry))
    assert "列入原因" in page
    assert "列入日期" in page
    assert "处罚种类" not in page


@pytest.mark.parametrize(
    ("role", "seat", "answer"), [("data", "credit", 200), ("approver", "authority", 200)]
)
def test_who_may_adjust(request, official, record, role, seat, answer):
    client = official(role, request.getfixturevalue(seat))
    assert client.get(url("office_record_adjust", record)).status_code == answer
    assert url("office_record_adjust", record) in text(client, url("office_record", record))


def test_who_only_reads_is_offered_nothing(official, credit, record):
    client = official("intake", credit)
    assert url("office_record_adjust", record) not in text(client, url("office_record", record))
    assert client.post(url("office_record_adjust", record), FILLED | {"step": "confirm"}).status_code == 404


def test_an_adjustment_is_looked_at_then_confirmed(official, credit, clerk, record):
    client, address = official("data", credit), url("office_record_adjust", record)
    page = client.post(address, FILLED | {"step": "preview"}).content.decode()
    assert "2029年5月6日" in page
    record.refresh_from_db()
    assert record.set_class == ""

    assert client.post(address, FILLED | {"step": "confirm"}).status_code == 302
    record.refresh_from_db()
    assert record.rule_class == "serious"
    inside = text(client, url("office_record", record))
    assert "认定等级：（空） → 严重失信" in inside
    assert "经核对决定书" in inside
    outside = text(clerk, url("my_record", record))
    assert "某法第一条" in outside
    assert "经核对决定书" not in outside


@pytest.mark.parametrize("change", [{"basis": ""}, {"reason": ""}, {"set_class": "heavy"}])
def test_what_is_confirmed_is_judged_anew(official, credit, record, change):
    client = official("data", credit)
    answer = client.post(url("office_record_adjust", record), FILLED | change | {"step": "confirm"})
    assert answer.status_code == 200
    record.refresh_from_db()
    assert record.set_class == ""


def test_an_open_case_is_named_beforehand(official, credit, record):
    open_case(record, number="XF-1")
    assert "XF-1" in text(official("data", credit), url("office_record_adjust", record))


def test_a_record_that_has_ended_has_no_such_page(official, credit, authority):
    ended = RecordFactory(authority=authority, standing="repaired", ended_on=TODAY)
    assert official("data", credit).get(url("office_record_adjust", ended)).status_code == 404


def test_the_list_of_held_records_asks_no_more_for_more_rows(official, credit, authority):
    client = official("data", credit)

    def queries():
        with CaptureQueriesContext(connection) as caught:
            page = text(client, reverse("office_held"))
        return len(caught), page.count("核实<span")

    text(client, reverse("office_held"))
    for _ in range(2):
        held(authority)
    few, two = queries()
    for _ in range(6):
        held(authority)
    assert queries() == (few, 8)
    assert two == 2


def test_found_performed_it_ends_at_once_with_messages(official, credit, authority):
    record = held(authority)
    PublicationFactory(record=record)
    client = official("data", credit)
    filled = {"finding": "performed", "note": "已核对缴款凭证"}
    assert "请填写履行完毕的日期" in client.post(url("office_held_settle", record), filled).content.decode()

    answer = client.post(url("office_held_settle", record), filled | {"performed_on": "2026-09-01"})
    assert answer.status_code == 302
    record.refresh_from_db()
    assert (record.standing, record.duties_performed_on) == ("expired", date(2026, 9, 1))
    assert Message.objects.get().action == "terminate"
    page = text(client, url("office_record", record))
    assert "义务履行完毕日：2026年9月1日" in page


def test_found_open_it_stays_on_the_list(official, credit, authority):
    record = held(authority)
    client = official("data", credit)
    client.post(url("office_held_settle", record), {"finding": "open", "note": "罚款尚未缴清"})
    record.refresh_from_db()
    assert record.standing == "active"
    assert "罚款尚未缴清" in text(client, url("office_record", record))
    assert url("office_record", record) in text(client, reverse("office_held"))


def test_the_enterprise_sees_that_a_held_record_goes_on_and_can_be_repaired(clerk, authority, subject):
    record = held(authority, subject=subject)
    for page in (text(clerk, url("my_record", record)), text(clerk, reverse("me"))):
        assert "最长公示期已于2026年10月1日届满" in page
        assert "现在可以申请修复" in page


@pytest.mark.parametrize(("day", "said"), [(date(2027, 5, 3), True), (date(2027, 2, 1), False)])
def test_where_publicity_ends_in_a_few_days_waiting_is_said_to_be_quicker(clerk, record, day, said):
    with assume(day):
        assert ("等待更省事" in text(clerk, url("my_record", record))) is said
