from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_repair.registry.models import Office, Publication, Record
from credit_repair.registry.selectors import (
    NoCreditOffice,
    credit_office_for,
    due_to_expire,
    publications_to_announce,
    records_of,
    search_records,
    upper_office,
)
from tests.registry.factories import (
    OfficeFactory,
    PublicationFactory,
    RecordFactory,
    SubjectFactory,
)

pytestmark = pytest.mark.django_db


def test_records_of_a_subject_newest_first():
    subject = SubjectFactory()
    old = RecordFactory(subject=subject, decision_date=date(2026, 4, 1))
    new = RecordFactory(subject=subject, decision_date=date(2026, 6, 1))
    RecordFactory()
    assert list(records_of(subject)) == [new, old]


def test_search_by_number_code_and_part_of_a_name():
    record = RecordFactory(subject__name="濉溪县华泰食品有限公司", doc_no="（濉）交罚〔2026〕777号")
    person = RecordFactory(subject=SubjectFactory(person=True, name="张小三"))
    found = {
        text: list(search_records(text=text))
        for text in (
            "777",
            "华泰食品",
            f" {record.subject.code.lower()} ",
            person.subject.personal_number,
            "没有",
        )
    }
    assert list(found.values()) == [[record], [record], [record], [person], []]
    assert search_records().count() == 2


def test_search_with_filters():
    record = RecordFactory()
    ended = RecordFactory(standing=Record.Standing.EXPIRED, ended_on=date(2026, 6, 1))
    assert list(search_records(standing="expired")) == [ended]
    assert list(search_records(authorities=[record.authority.pk])) == [record]
    assert search_records(rule_class="general").count() == 2
    assert search_records(decided_from=date(2026, 5, 6), decided_to=date(2026, 5, 6)).count() == 2
    assert not search_records(decided_from=date(2026, 5, 7)).exists()


def test_due_to_expire_is_what_is_past_its_last_day():
    record = RecordFactory()
    RecordFactory(standing=Record.Standing.EXPIRED, ended_on=date(2026, 6, 1))
    RecordFactory(standing=Record.Standing.UNPUBLISHED)
    last_day = record.effective_until
    assert not due_to_expire(last_day).exists()
    assert list(due_to_expire(last_day + timedelta(days=1))) == [record]


def test_publications_to_announce_are_those_not_yet_confirmed():
    waiting = PublicationFactory(state=Publication.State.PUBLISHING, shown_at=None)
    PublicationFactory()
    assert list(publications_to_announce()) == [waiting]


@pytest.mark.parametrize(
    "ask",
    [
        lambda: [(r.subject.name, r.authority.name, r.sector, r.source_office) for r in search_records()],
        lambda: [(r.subject.name, r.authority.name) for r in due_to_expire(date(2030, 1, 1))],
        lambda: [
            (p.record.subject.name, p.record.authority.name, p.platform.name)
            for p in publications_to_announce()
        ],
    ],
)
def test_queries_do_not_grow_by_row(ask):
    for _n in range(3):
        PublicationFactory(state=Publication.State.PUBLISHING, shown_at=None)
    with CaptureQueriesContext(connection) as captured:
        assert len(ask()) == 3
    assert len(captured) == 1


class TestTheCreditOffice:
    def test_the_nearest_one_up_the_tree(self):
        city = OfficeFactory(credit=True)
        county = OfficeFactory(credit=True, parent=city)
        bureau = OfficeFactory(parent=county)
        branch = OfficeFactory(parent=bureau)
        assert credit_office_for(authority=branch) == county
        assert credit_office_for(authority=county) == county
        assert upper_office(county) == city
        assert upper_office(city) is None

    def test_else_one_of_the_same_division(self):
        OfficeFactory(credit=True, division="340600")
        county = OfficeFactory(credit=True, division="340621")
        assert credit_office_for(authority=OfficeFactory(parent=OfficeFactory())) == county

    def test_else_the_first_by_code(self):
        OfficeFactory(credit=True, division="370300")
        first = OfficeFactory(credit=True, division="340600")
        assert credit_office_for(authority=OfficeFactory()) == first

    def test_a_ring_of_offices_does_no_harm(self):
        one = OfficeFactory()
        two = OfficeFactory(parent=one)
        Office.objects.filter(pk=one.pk).update(parent=two)
        county = OfficeFactory(credit=True)
        assert credit_office_for(authority=two) == county

    def test_none_at_all_is_said_in_words(self):
        with pytest.raises(NoCreditOffice, match="信用主管部门"):
            credit_office_for(authority=OfficeFactory())
