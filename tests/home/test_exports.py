"""Every list as a file, behind the door of its page."""

import csv
import io
import uuid

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from credit_repair.core.models import AuditEntry
from credit_repair.platforms.services import enqueue
from credit_repair.registry.services.flags import put_flag
from tests.home.conftest import open_case
from tests.registry.factories import MOMENT, PublicationFactory, RecordFactory, SubjectFactory

pytestmark = pytest.mark.django_db
RECORDS = reverse("office_records")


def table(client, url, **query):
    answer = client.get(url, {"format": "csv", **query})
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_file_of_records_has_what_the_filters_leave_and_every_page(official, credit, authority):
    RecordFactory.create_batch(31, authority=authority)
    wanted = RecordFactory(authority=authority, doc_no="（濉）水罚〔2026〕77号")
    client = official("intake", credit)
    assert len(table(client, RECORDS)) == 33
    (header, row) = table(client, RECORDS, q=wanted.doc_no)
    assert row[0] == wanted.doc_no
    assert dict(zip(header, row, strict=True))["可修复起始日"] == "2026-08-07"


def test_a_file_has_no_more_than_its_page(official, credit, authority):
    RecordFactory()
    mine = RecordFactory(authority=authority)
    assert [row[0] for row in table(official("data", authority), RECORDS)[1:]] == [mine.doc_no]


@pytest.mark.parametrize("name", ["office_records", "office_messages", "office_supply", "me"])
def test_a_stranger_gets_no_file(client, name):
    assert client.get(reverse(name), {"format": "xlsx"}).status_code == 302


def test_dates_and_amounts_are_dates_and_numbers_in_the_workbook(official, credit):
    record = RecordFactory()
    answer = official("intake", credit).get(RECORDS, {"format": "xlsx"})
    header, row = load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows()
    cells = {title.value: cell for title, cell in zip(header, row, strict=True)}
    assert cells["决定日期"].is_date
    assert cells["罚款金额（万元）"].value == 1
    assert cells["决定书文号"].value == record.doc_no


def test_a_personal_number_is_masked_as_on_the_page(official, credit):
    person = SubjectFactory(person=True)
    RecordFactory(subject=person)
    (_header, row) = table(official("intake", credit), RECORDS)
    assert person.shown_number in row
    assert person.personal_number not in row


def test_who_took_records_is_written_down_without_the_words_of_the_search(official, credit):
    person = SubjectFactory(person=True)
    RecordFactory(subject=person)
    table(official("intake", credit), RECORDS, q=person.personal_number, standing="active")
    (entry,) = AuditEntry.objects.filter(action="export_records")
    assert (entry.data["rows"], entry.data["format"], entry.data["searched"]) == (1, "csv", True)
    assert entry.data["filters"]["standing"] == "active"
    assert person.personal_number not in str(entry.data)


def test_an_unknown_kind_of_file_is_the_page(official, credit):
    answer = official("intake", credit).get(RECORDS, {"format": "exe"})
    assert answer["Content-Type"].startswith("text/html")


def test_an_enterprise_takes_its_own_records_and_cases(clerk, subject):
    record = RecordFactory(subject=subject)
    case = open_case(record, number="XF-1")
    RecordFactory()
    mine = table(clerk, reverse("me"))
    assert [row[0] for row in mine[1:]] == [record.doc_no]
    assert "数据来源单位" not in mine[0]
    assert [row[0] for row in table(clerk, reverse("my_cases"))[1:]] == [case.number]


def test_an_inbox_is_a_file_too(official, credit, subject):
    open_case(RecordFactory(subject=subject), number="XF-1", office=credit)
    rows = table(official("intake", credit), reverse("office"))
    assert [row[0] for row in rows[1:]] == ["XF-1"]


def test_records_that_are_held_are_a_file_too(official, credit, authority, django_assert_max_num_queries):
    client = official("intake", credit)
    held = [RecordFactory(authority=authority, source_office=authority) for _each in range(20)]
    RecordFactory(authority=authority)
    for record in held:
        put_flag(record=record, kind="held", reason="", actor_label="系统", at=MOMENT)
    with django_assert_max_num_queries(25):
        rows = table(client, reverse("office_held"))
    assert {row[0] for row in rows[1:]} == {record.doc_no for record in held}


def test_messages_are_a_file_too(official, credit):
    shown = PublicationFactory()
    enqueue(
        record=shown.record,
        platform=shown.platform,
        action="terminate",
        cause=uuid.uuid4(),
        cause_text="测试",
    )
    rows = table(official("data", credit), reverse("office_messages"))
    assert [row[0] for row in rows[1:]] == [shown.record.doc_no]


def test_links_to_the_file_keep_the_filters(official, credit):
    RecordFactory(doc_no="甲1号")
    page = official("intake", credit).get(RECORDS, {"q": "甲1", "page": "1"}).content.decode()
    assert "?q=%E7%94%B21&amp;format=xlsx" in page
    assert "?q=%E7%94%B21&amp;format=csv" in page


def test_a_longer_file_costs_no_more_queries(official, credit, django_assert_max_num_queries):
    RecordFactory.create_batch(12)
    client = official("intake", credit)
    table(client, RECORDS)
    with django_assert_max_num_queries(25):
        table(client, RECORDS)
