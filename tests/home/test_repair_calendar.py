"""The repair calendar: what stands in it on which day, on the page and in the file."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from icalendar import Calendar

from credit_repair.core.clock import assume
from credit_repair.home.repair_calendar import all_entries, entries_of, overview
from credit_repair.people.models import User
from credit_repair.people.services import grant_mandate
from credit_repair.registry.models import Record, RecordFlag
from credit_repair.reminders.feeds import make_feed
from tests.home.conftest import NOW, SINCE, TODAY, open_case, person
from tests.home.test_queries import grows
from tests.registry.factories import RecordFactory, SubjectFactory
from tests.world import signed_in

pytestmark = pytest.mark.django_db

#: A decision of this day can be repaired from 2026-12-06 and ends by itself on 2027-09-05.
LATER = date(2026, 9, 5)


def days(record):
    return [(entry.kind, entry.day.isoformat()) for entry in entries_of(record)]


def end(record, standing="repaired", on=date(2026, 11, 10)):
    record.standing, record.ended_on = standing, on
    record.save()
    return record


@pytest.fixture
def clerk_user(clerk) -> User:
    return User.objects.get(username="clerk")


@pytest.fixture
def address(clerk_user, subject) -> str:
    _feed, secret = make_feed(user=clerk_user, subject=subject, today=TODAY)
    return reverse("repair_calendar_ics", args=[secret])


def events(content: bytes):
    return {str(event["uid"]): event for event in Calendar.from_ical(content).walk("VEVENT")}


# -- what stands in it


def test_a_record_has_its_first_day_and_its_last():
    record = RecordFactory(decision_date=LATER)
    assert days(record) == [
        ("first", record.repairable_from.isoformat()),
        ("end", record.effective_until.isoformat()),
    ]
    assert record.repairable_from > TODAY


def test_what_ends_by_itself_without_application_has_only_its_last_day():
    record = RecordFactory()
    record.assessment = record.assessment | {"application_needed": False}
    assert days(record) == [("end", "2027-05-06")]


def test_a_first_day_after_the_last_one_is_none():
    record = RecordFactory()
    record.repairable_from = record.effective_until + timedelta(days=1)
    assert days(record) == [("end", "2027-05-06")]


@pytest.mark.parametrize("fields", [{"standing": "unpublished"}, {"published": False}])
def test_what_is_not_published_has_no_days(fields):
    record = RecordFactory()
    for name, value in fields.items():
        setattr(record, name, value)
    assert days(record) == []


@pytest.mark.parametrize("standing", Record.ENDED)
def test_what_has_ended_keeps_the_day_on_which_it_did(standing):
    assert days(end(RecordFactory(), standing)) == [("end", "2026-11-10")]


def test_a_record_that_is_held_is_shown_on_and_has_no_last_day(clerk, client, address, subject):
    record = RecordFactory(subject=subject, decision_date=date(2025, 9, 5))
    assert f"{record.uuid}-end" in events(client.get(address).content)
    RecordFlag.objects.create(record=record, kind="held", on_at=NOW)
    assert f"{record.uuid}-end" not in events(client.get(address).content)
    page = clerk.get(reverse("my_calendar")).content.decode()
    assert record.doc_no in page and "现在可以申请" in page and "公示期满" not in page


def test_what_is_long_past_drops_out():
    record = end(RecordFactory(), on=date(2025, 11, 18))
    assert all_entries([record], since=date(2025, 11, 19)) == []
    assert len(all_entries([record], since=date(2025, 11, 18))) == 1


def test_the_overview_puts_each_record_where_it_is_looked_for():
    ready, later, mine = RecordFactory(), RecordFactory(decision_date=LATER), RecordFactory()
    hidden = RecordFactory()
    hidden.standing = "unpublished"
    endless = RecordFactory()
    endless.effective_until = endless.repairable_from = None
    gone = end(RecordFactory())

    view = overview(
        [ready, later, mine, hidden, endless, gone],
        today=TODAY,
        since=date(2025, 11, 20),
        in_hand={mine.pk},
    )

    assert (view.now, view.in_hand) == ([ready], [mine])
    assert [record for record, _why in view.undated] == [hidden, endless]
    assert [month.first.isoformat()[:7] for month in view.months] == sorted(
        {"2027-05", f"{later.repairable_from:%Y-%m}", f"{later.effective_until:%Y-%m}"}
    )
    assert gone in [entry.record for entry in view.past]


# -- the page


def test_the_page_says_from_when_and_until_when(clerk, subject):
    later = RecordFactory(subject=subject, decision_date=LATER)
    ready = RecordFactory(subject=subject)
    started = RecordFactory(subject=subject)
    open_case(started, number="XF-1")
    page = clerk.get(reverse("my_calendar")).content.decode()
    for text in (
        f"{later.repairable_from.month}月{later.repairable_from.day}日",
        "可以申请修复",
        "公示期满，自动停止公示",
        later.doc_no,
        "现在可以申请",
        ready.authority.name,
        "申请正在办理",
        "2026年11月20日（周五）",
    ):
        assert text in page


def test_who_acts_for_several_chooses_and_sees_only_what_is_theirs(clerk, clerk_user, subject):
    second = SubjectFactory(name="濉溪县第二公司")
    grant_mandate(user=clerk_user, subject=second, since=SINCE)
    foreign = SubjectFactory()
    url = reverse("my_calendar")
    assert "濉溪县第二公司" in clerk.get(url).content.decode()
    assert clerk.get(url, {"subject": second.uuid}).status_code == 200
    assert clerk.get(url, {"subject": foreign.uuid}).status_code == 404
    for name in ("my_calendar_address", "my_calendar_revoke"):
        assert clerk.post(reverse(name), {"subject": foreign.uuid}).status_code == 404
    assert clerk.get(reverse("my_calendar_file"), {"subject": foreign.uuid}).status_code == 404


def test_the_address_is_shown_once_and_can_be_made_anew_and_revoked(clerk):
    page = clerk.get(reverse("my_calendar")).content.decode()
    assert "生成订阅地址" in page and "停用地址" not in page
    made = clerk.post(reverse("my_calendar_address"))
    first = made.context["address"]
    assert first in made.content.decode() and "no-store" in made["Cache-Control"]
    assert "/calendar/" not in clerk.get(reverse("my_calendar")).content.decode().replace("/me/calendar/", "")

    second = clerk.post(reverse("my_calendar_address")).context["address"]
    path = second.removeprefix("http://127.0.0.1:8000")
    assert clerk.get(first.removeprefix("http://127.0.0.1:8000")).status_code == 404
    assert clerk.get(path).status_code == 200

    assert clerk.post(reverse("my_calendar_revoke")).status_code == 302
    assert clerk.get(path).status_code == 404


# -- the file


def test_the_file_has_the_days_of_every_record_under_lasting_ids(client, address, subject):
    record = RecordFactory(subject=subject, decision_date=LATER)
    RecordFactory()  # another enterprise's
    answer = client.get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    found = events(answer.content)
    assert set(found) == {f"{record.uuid}-first", f"{record.uuid}-end"}
    first = found[f"{record.uuid}-first"]
    assert first["dtstart"].dt == record.repairable_from
    assert first["dtend"].dt == record.repairable_from + timedelta(days=1)
    assert first["dtstart"].params["VALUE"] == "DATE"
    assert first["dtstamp"].dt == record.changed_at
    assert first["summary"] == f"可以申请修复：{record.doc_no}"
    assert reverse("my_record", args=[record.uuid]) in first["description"]
    assert calendar["x-wr-calname"] == f"修复日历：{subject.name}"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT12H" in answer.content


def test_the_day_before_the_first_one_is_reminded_of_and_the_end_is_not(client, address, subject):
    record = RecordFactory(subject=subject, decision_date=LATER)
    found = events(client.get(address).content)
    (alarm,) = found[f"{record.uuid}-first"].walk("VALARM")
    assert alarm["trigger"].dt == timedelta(hours=-15)
    assert found[f"{record.uuid}-end"].walk("VALARM") == []


def test_long_chinese_lines_are_folded_and_read_back_whole(client, address, subject):
    number = f"濉市监处罚〔2026〕{'超' * 150}号"
    record = RecordFactory(subject=subject, doc_no=number)
    content = client.get(address).content
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    content.decode()  # no character is cut in two where the file as a whole is concerned
    assert events(content)[f"{record.uuid}-first"]["summary"] == f"可以申请修复：{number}"


def test_a_record_that_was_repaired_moves_its_last_day_and_drops_the_first(client, address, subject):
    record = end(RecordFactory(subject=subject, decision_date=LATER))
    found = events(client.get(address).content)
    assert set(found) == {f"{record.uuid}-end"}
    assert found[f"{record.uuid}-end"]["dtstart"].dt == date(2026, 11, 10)


def test_an_end_that_sources_write_for_ever_is_one_day(client, address, subject):
    record = RecordFactory(subject=subject)
    Record.objects.filter(pk=record.pk).update(effective_until=date.max)
    answer = client.get(address)
    assert answer.status_code == 200
    assert b"DTSTART;VALUE=DATE:99991231" in answer.content


def test_no_personal_number_is_in_the_file():
    subject = SubjectFactory(person=True)
    RecordFactory(subject=subject)
    user = person("self")
    grant_mandate(user=user, subject=subject, since=SINCE)
    content = signed_in(user).get(reverse("my_calendar_file")).content.decode()
    assert subject.name in content and subject.personal_number not in content.replace("\r\n ", "")


def test_what_has_not_changed_is_not_sent_again(client, address, subject):
    record = RecordFactory(subject=subject)
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")

    record.effective_until = date(2027, 4, 1)
    record.changed_at = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    record.save()
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_same_records_make_the_same_file_tomorrow(client, address, subject):
    RecordFactory(subject=subject)
    first = client.get(address).content
    with assume(date(2026, 11, 21)):
        assert client.get(address).content == first


def test_the_address_sets_no_cookie_and_is_kept_by_nobody_else(client, address):
    answer = client.get(address)
    assert not answer.cookies
    assert answer["Cache-Control"].startswith("private")
    assert "noindex" in answer["X-Robots-Tag"]
    assert "Cookie" not in answer.get("Vary", "")


def test_the_address_opens_nothing_once_the_mandate_has_ended(client, address):
    assert client.get(address).status_code == 200
    User.objects.get(username="clerk").mandates.update(until=date(2026, 11, 19))
    assert client.get(address).status_code == 404
    assert client.get(reverse("repair_calendar_ics", args=["x" * 43])).status_code == 404


def test_the_address_opens_nothing_for_an_account_that_is_shut(client, address, clerk_user):
    clerk_user.is_active = False
    clerk_user.save()
    assert client.get(address).status_code == 404


# -- what it costs


def test_page_and_file_ask_no_more_often_for_more_records(clerk, client, address, subject):
    def add(n):
        for number in range(n):
            record = RecordFactory(subject=subject, decision_date=LATER)
            if number % 2:
                open_case(record)

    assert grows(clerk, reverse("my_calendar"), add) == 0
    assert grows(client, address, add) == 0
