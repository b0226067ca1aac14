"""What an enterprise reads about its records."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from credit_repair.people.services import grant_mandate
from credit_repair.registry.models import Office, Record, RecordEvent
from credit_repair.repairs.outlook import outlook, settled_outlook
from credit_repair.repairs.selectors import explain_record
from tests.home.conftest import NOW, SINCE, TODAY, open_case, person
from tests.registry.factories import OfficeFactory, PublicationFactory, RecordFactory, SubjectFactory
from tests.world import signed_in

pytestmark = pytest.mark.django_db
START = "申请信用修复</button>"


def page_of(client, record):
    return client.get(reverse("my_record", args=[record.uuid])).content.decode()


def test_list_says_from_when_and_why(clerk, subject):
    RecordFactory(subject=subject, doc_no="甲1号", decision_date=date(2026, 10, 10))
    RecordFactory(subject=subject, doc_no="乙2号", decision_date=date(2026, 5, 6))
    page = clerk.get(reverse("me")).content.decode()
    assert "自2027年1月11日起可申请修复" in page
    assert "最短公示期到2027年1月10日届满" in page
    assert "现在可以申请修复" in page
    assert "会公示到2027年5月6日" in page
    assert "共2条记录，1条现在可以申请修复，1条以后可以申请。" in page


def test_open_application_is_linked_from_list_and_page(clerk, subject):
    record = RecordFactory(subject=subject)
    case = open_case(record, number="XF-2026-000118")
    url = reverse("my_repair", args=[case.uuid])
    for page in (clerk.get(reverse("me")).content.decode(), page_of(clerk, record)):
        assert url in page
        assert "XF-2026-000118" in page
        assert START not in page
    assert "没有其他正在办理的申请" not in page_of(clerk, record)


def test_record_that_can_be_repaired_has_the_button(clerk, subject):
    record = RecordFactory(subject=subject)
    page = page_of(clerk, record)
    assert START in page
    assert reverse("my_repair_start", args=[record.uuid]) in page
    assert page.count("申请时办理") == 2


def test_record_that_cannot_yet_says_the_day_instead(clerk, subject):
    page = page_of(clerk, RecordFactory(subject=subject, decision_date=date(2026, 10, 10)))
    assert START not in page
    assert "自2027年1月11日起可申请修复" in page
    assert "尚未到期" in page


def test_page_shows_how_dates_came_about_and_where_it_is_published(clerk, subject):
    record = RecordFactory(subject=subject)
    PublicationFactory(record=record, platform__name="信用中国（安徽）")
    RecordEvent.objects.create(
        record=record, what="imported", at=NOW, on=TODAY, actor_label="赵数据", data={}
    )
    page = page_of(clerk, record)
    assert "公示期自决定日期2026年5月6日起算" in page
    assert "信用中国（安徽）" in page
    assert "收到处罚单位的信息" in page
    assert "赵数据" not in page


def test_person_with_several_subjects_chooses_first(subject):
    other, user = SubjectFactory(name="濉溪县第二商店"), person("agent")
    for one in (subject, other):
        grant_mandate(user=user, subject=one, since=SINCE)
    record = RecordFactory(subject=other)
    client = signed_in(user)
    page = client.get(reverse("me")).content.decode()
    assert subject.name in page
    assert record.doc_no not in page
    page = client.get(reverse("me"), {"subject": other.uuid}).content.decode()
    assert record.doc_no in page
    assert "更换主体" in page
    assert "更换主体" in page_of(client, record)


def test_person_without_a_subject_is_told_what_to_do(db):
    client = signed_in(person("new"))
    assert "还没有可办理的主体" in client.get(reverse("me")).content.decode()
    assert "还没有申请" in client.get(reverse("my_cases")).content.decode()


def test_personal_number_is_never_whole(db, official, credit):
    individual, user = SubjectFactory(person=True), person("zhang")
    grant_mandate(user=user, subject=individual, since=SINCE)
    record = RecordFactory(subject=individual)
    client, number = signed_in(user), individual.personal_number
    pages = [client.get(reverse("me")).content.decode(), page_of(client, record)]
    inside = official("intake", credit)
    pages += [
        inside.get(reverse("office_records"), {"q": number}).content.decode().replace(f'"{number}"', ""),
        inside.get(reverse("office_record", args=[record.uuid])).content.decode(),
    ]
    for page in pages:
        assert number not in page
        assert individual.shown_number in page


def test_cases_list_names_state_record_and_day(clerk, subject):
    record = RecordFactory(subject=subject)
    open_case(record, number="XF-2026-000118", state="verifying")
    page = clerk.get(reverse("my_cases")).content.decode()
    for words in ("XF-2026-000118", "核查中", record.doc_no, "2026年11月20日"):
        assert words in page


def variants():
    market = OfficeFactory(kind=Office.Kind.MARKET, number=900)
    for days in (1, 91, 92, 93, 200, 366, 367, 500, 1095, 1100):
        decided = TODAY - timedelta(days=days)
        yield RecordFactory(decision_date=decided)
        yield RecordFactory(decision_date=decided, authority=market)
        yield RecordFactory(decision_date=decided, penalty_types=["警告"], penalty_text="警告", fine=None)
        yield RecordFactory(decision_date=decided, authority=market, procedure=Record.Procedure.SIMPLE)
        yield RecordFactory(decision_date=decided, own_until=decided + timedelta(days=60))
        yield RecordFactory(decision_date=decided, restriction_until=TODAY + timedelta(days=30))
        yield RecordFactory(decision_date=decided, penalty_types=["罚款", "责令停产停业"])


def test_one_line_of_the_list_agrees_with_the_whole_explanation():
    seen = set()
    for record in variants():
        explanation = explain_record(record=record, today=TODAY)
        line = outlook(record, today=TODAY)
        seen.add(line.state)
        assert settled_outlook(record, explanation, today=TODAY) == line, record.decision_date
        if line.state in ("now", "soon"):
            assert explanation.waits_for_applicant
        if line.state == "later":
            assert explanation.first_day == line.day
        if line.state == "ended":
            assert explanation.first_day is None
    assert seen == {"now", "soon", "later", "none", "ended"}


def test_what_ends_by_itself_within_days_leads_with_that_and_counts_for_nothing_to_do(clerk, subject):
    record = RecordFactory(
        subject=subject, decision_date=date(2026, 5, 6), own_until=TODAY + timedelta(days=1)
    )
    page = page_of(clerk, record)
    assert "明天公示期满自动停止，不必申请" in page
    assert "btn btn-outline-primary" in page.split(START)[0].rsplit("<button", 1)[1]
    desk = clerk.get(reverse("me")).content.decode()
    assert "明天公示期满自动停止，不必申请" in desk
    assert "共1条记录。" in desk
    assert "现在可以申请" not in desk


@pytest.mark.parametrize("standing", Record.ENDED)
def test_ended_record_says_how_and_when(standing):
    line = outlook(Record(standing=standing, ended_on=date(2026, 11, 1)), today=TODAY)
    assert line.state == "ended"
    assert "2026年11月1日" in line.reason


def test_restriction_set_later_has_the_last_word_on_the_page(clerk, subject):
    record = RecordFactory(subject=subject)
    Record.objects.filter(pk=record.pk).update(restriction_until=date(2026, 12, 31))
    page = page_of(clerk, record)
    assert START not in page
    assert "自2027年1月1日起可申请修复" in page
