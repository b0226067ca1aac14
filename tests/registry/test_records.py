from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from credit_repair.registry.models import Office, Publication, Record, RecordEvent, Subject
from credit_repair.registry.services import (
    ASSESSED_FIELDS,
    RecordHasEnded,
    assess_record,
    end_record,
    facts_of,
)
from credit_repair.rules import national_book
from tests.registry.factories import (
    AS_OF,
    MOMENT,
    OfficeFactory,
    PlatformFactory,
    PublicationFactory,
    RecordFactory,
    SectorFactory,
    SubjectFactory,
)

pytestmark = pytest.mark.django_db

FOOD_LAW = "《中华人民共和国食品安全法》第一百二十四条"


class TestFacts:
    def test_all_that_the_rules_ask_for(self):
        record = RecordFactory(
            fine=Decimal("3.2"), own_until=date(2027, 1, 1), restriction_until=date(2026, 12, 1)
        )
        facts = facts_of(record)
        assert (facts.kind, facts.decision_date) == ("penalty", date(2026, 5, 6))
        assert (facts.penalty_types, facts.fine) == (("罚款",), Decimal("3.2"))
        assert (facts.procedure, facts.sector, facts.authority_kind) == ("ordinary", None, "other")
        assert (facts.own_until, facts.restriction_until) == (date(2027, 1, 1), date(2026, 12, 1))

    def test_the_sector_of_the_record_then_of_the_office_then_of_the_words(self):
        fire, drug = SectorFactory(code="fire", name="消防"), SectorFactory(code="drug", name="药品")
        plain, of_drugs = OfficeFactory(), OfficeFactory(sector=drug)
        sectors = [
            facts_of(RecordFactory(legal_basis=FOOD_LAW, **given)).sector
            for given in (
                {"authority": plain},
                {"authority": of_drugs},
                {"authority": of_drugs, "sector": fire},
            )
        ]
        assert sectors == ["food", "drug", "fire"]

    def test_a_person_may_say_that_the_procedure_was_another(self):
        number = "（濉）交简罚〔2026〕1号"
        assert facts_of(RecordFactory(doc_no=number)).procedure == "simple"
        assert facts_of(RecordFactory(doc_no=number, procedure="ordinary")).procedure == "ordinary"
        assert facts_of(RecordFactory(procedure="simple")).procedure == "simple"

    def test_the_office_says_of_what_kind_it_is_whatever_its_name(self):
        assert facts_of(RecordFactory(authority__market=True)).authority_kind == "market"
        named = OfficeFactory(name="市场监督管理研究所", kind=Office.Kind.OTHER)
        assert facts_of(RecordFactory(authority=named)).authority_kind == "other"
        assert facts_of(RecordFactory(authority__credit=True)).authority_kind == "other"

    def test_a_penalty_without_a_type_has_no_facts(self):
        with pytest.raises(ValueError, match="处罚类别"):
            facts_of(RecordFactory.build(penalty_types=[], authority=OfficeFactory.build()))


class TestAssessment:
    def test_it_fills_in_everything_and_saves_nothing(self, django_assert_num_queries):
        record = RecordFactory(assessed=False)
        with django_assert_num_queries(0):
            result = assess_record(record, book=national_book(), as_of=AS_OF)
        assert result.rule_set == record.rule_set == "ndrc-36"
        assert record.assessment["repairable_from"] == "2026-08-07"
        assert record.assessment["procedure_rule_set"] == "ndrc-36"
        assert record.rulebook_hash == national_book().content_hash
        assert Record.objects.get().rule_set == ""
        record.save(update_fields=ASSESSED_FIELDS)
        assert Record.objects.get().max_until == date(2027, 5, 6)

    def test_the_words_that_decided_are_among_the_reasons(self):
        record = RecordFactory(legal_basis=FOOD_LAW, decision_date=date(2025, 12, 1))
        assert (record.rule_set, record.min_until) == ("ndrc-58", date(2026, 12, 1))
        assert "食品安全法" in record.assessment["basis"][0]["text"]

    def test_what_a_person_set_needs_no_hint(self):
        record = RecordFactory(legal_basis=FOOD_LAW, sector=SectorFactory(code="fire", name="消防"))
        assert not any("食品" in step["text"] for step in record.assessment["basis"])


class TestTheEnd:
    def end(self, record, **changes):
        return end_record(
            **{
                "record": record,
                "standing": Record.Standing.EXPIRED,
                "what": RecordEvent.What.EXPIRED,
                "on": date(2027, 5, 7),
                "at": MOMENT,
                "actor_label": "系统",
                "data": {"why": "time"},
            }
            | changes
        )

    def test_it_is_written_down(self):
        record = RecordFactory()
        event = self.end(record)
        assert (event.what, event.on, event.at, event.data) == (
            "expired",
            date(2027, 5, 7),
            MOMENT,
            {"why": "time"},
        )
        assert record.has_ended
        record.refresh_from_db()
        assert (record.standing, record.ended_on) == ("expired", date(2027, 5, 7))

    def test_twice_is_once(self):
        record = RecordFactory()
        stale = Record.objects.get(pk=record.pk)
        assert self.end(record) == self.end(stale, on=date(2027, 6, 1))
        assert stale.ended_on == date(2027, 5, 7)
        assert RecordEvent.objects.count() == 1

    def test_another_end_is_refused_in_words(self):
        record = RecordFactory()
        self.end(record, standing=Record.Standing.REPAIRED, what=RecordEvent.What.REPAIRED)
        with pytest.raises(RecordHasEnded, match="已修复"), transaction.atomic():
            self.end(record)
        record.refresh_from_db()
        assert record.standing == "repaired"

    def test_only_what_ends_can_end(self):
        with pytest.raises(ValueError, match="active"):
            self.end(RecordFactory(), standing=Record.Standing.ACTIVE)

    def test_publications_are_left_to_their_receipts(self):
        publication = PublicationFactory()
        self.end(publication.record)
        publication.refresh_from_db()
        assert publication.state == Publication.State.SHOWN


class TestConstraints:
    @pytest.mark.parametrize(
        "changes",
        [
            {"fine": Decimal("-1")},
            {"own_until": date(2026, 5, 5)},
            {"standing": "repaired"},
            {"ended_on": date(2026, 6, 1)},
        ],
    )
    def test_of_records(self, changes):
        with pytest.raises(IntegrityError), transaction.atomic():
            RecordFactory(assessed=False, **changes)

    def test_one_record_per_key(self):
        record = RecordFactory()
        with pytest.raises(IntegrityError), transaction.atomic():
            RecordFactory(natural_key=record.natural_key)

    @pytest.mark.parametrize(
        "changes",
        [
            {"code": None},
            {"kind": Subject.Kind.PERSON},
            {"id_type": Subject.IdType.OTHER},
            {"number_hash": "x"},
        ],
    )
    def test_of_subjects(self, changes):
        with pytest.raises(IntegrityError), transaction.atomic():
            SubjectFactory(**changes)

    def test_one_person_per_number(self):
        person = SubjectFactory(person=True)
        with pytest.raises(IntegrityError), transaction.atomic():
            SubjectFactory(person=True, personal_number=person.personal_number)

    def test_a_record_is_published_once_per_platform(self):
        publication = PublicationFactory()
        with pytest.raises(IntegrityError), transaction.atomic():
            PublicationFactory(record=publication.record, platform=publication.platform)
        with pytest.raises(IntegrityError), transaction.atomic():
            PublicationFactory(platform=PlatformFactory(), state=Publication.State.REMOVED)

    def test_an_office_is_not_above_itself(self):
        office = OfficeFactory()
        office.parent = office
        with pytest.raises(IntegrityError), transaction.atomic():
            office.save()
