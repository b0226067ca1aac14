import csv
import io
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from credit_repair.core.crypto import keyed_hash
from credit_repair.core.models import AuditEntry
from credit_repair.registry import services
from credit_repair.registry.importing import load, write
from credit_repair.registry.importing.columns import ImportUnreadable
from credit_repair.registry.importing.report import csv_report
from credit_repair.registry.models import (
    ImportBatch,
    Office,
    Publication,
    Record,
    RecordAlias,
    RecordEvent,
    Subject,
)
from credit_repair.registry.selectors import publications_to_announce
from tests.registry.factories import (
    AS_OF,
    MOMENT,
    OfficeFactory,
    PlatformFactory,
    SectorFactory,
    make_code,
    make_resident_id,
)
from tests.registry.tables import AUTHORITY_CODE, as_csv, as_workbook, row, take_in

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parent / "data"


def outcomes_of(*rows, **options):
    _batch, outcomes = take_in(as_csv(rows), **options)
    return [found.outcome for found in outcomes]


class TestTheFileWithFaults:
    @pytest.fixture
    def result(self):
        return take_in(DATA / "penalties_with_faults.csv")

    def test_it_comes_out_as_its_truth_says_row_by_row(self, result):
        truth = json.loads((DATA / "penalties_with_faults.truth.json").read_text())
        batch, outcomes = result
        expected = [
            (line["row"], "refused" if line["expect"] == "refuse" else "taken", line["fault"])
            for line in truth
        ]
        found = [
            (line.row, str(line.outcome), line.code if line.outcome == "refused" else "") for line in outcomes
        ]
        assert found == expected
        assert (batch.rows, batch.taken, batch.refused) == (400, 338, 62)
        assert Record.objects.count() == 338

    def test_again_nothing_changes(self, result):
        before = list(Record.objects.order_by("pk").values())
        events = RecordEvent.objects.count()
        batch, outcomes = take_in(DATA / "penalties_with_faults.csv")
        assert (batch.taken, batch.updated, batch.unchanged, batch.refused) == (0, 0, 338, 62)
        assert [line.code for line in outcomes if line.outcome == "refused"] == [
            line.code for line in result[1] if line.outcome == "refused"
        ]
        assert list(Record.objects.order_by("pk").values()) == before
        assert RecordEvent.objects.count() == events

    def test_it_is_the_same_as_a_workbook(self, result):
        text = (DATA / "penalties_with_faults.csv").read_text(encoding="gb18030")
        import openpyxl

        book = openpyxl.Workbook()
        for line in csv.reader(io.StringIO(text)):
            book.active.append(line)
        file = io.BytesIO()
        book.save(file)
        batch, outcomes = take_in(file)
        assert (batch.unchanged, batch.refused) == (338, 62)
        assert [line.code for line in outcomes if line.outcome == "refused"] == [
            line.code for line in result[1] if line.outcome == "refused"
        ]


def test_a_row_becomes_a_record_with_all_it_says():
    batch, _outcomes = take_in(as_csv([row(1, confiscated="0.02", licence="证", remarks="备注")]))
    record = Record.objects.get()
    assert record.natural_key == f"(濉)交罚[2026]1号|{AUTHORITY_CODE}|{make_code(1)}"
    assert (record.fine, record.confiscated) == (Decimal("1.5"), Decimal("0.02"))
    assert (record.decision_date, record.own_until) == (date(2026, 5, 6), date(2027, 5, 6))
    assert record.valid_until == date(2099, 12, 31)
    assert record.penalty_types == ["罚款"]
    assert (record.licence, record.remarks) == ("证", "备注")
    assert (record.subject.name, record.subject.legal_representative) == (row(1)["name"], "王敏")
    assert record.authority == record.source_office
    assert (record.rule_set, record.rule_class) == ("ndrc-36", "general")
    assert record.repairable_from == date(2026, 8, 7)
    assert record.standing == Record.Standing.ACTIVE
    [event] = record.events.all()
    assert (event.what, event.on, event.data) == ("imported", AS_OF, {"batch": str(batch.uuid)})
    assert batch.finished_at is not None
    assert AuditEntry.objects.get(action="import_records").data["taken"] == 1


def test_unknown_offices_come_into_being_and_known_ones_keep_what_they_are():
    known = OfficeFactory(code=make_code(5, prefix="11"), name="旧名", sector=SectorFactory())
    take_in(
        as_csv(
            [
                row(1, authority="濉溪县市场监督管理局", authority_code=make_code(6, prefix="11")),
                row(2, authority="新名", authority_code=known.code),
                row(3, source="濉溪县大数据局", source_code=make_code(7, prefix="11")),
            ]
        )
    )
    kinds = dict(Office.objects.values_list("name", "kind"))
    assert kinds == {
        "旧名": "other",
        "濉溪县市场监督管理局": "market",
        "濉溪县交通运输局": "other",
        "濉溪县大数据局": "other",
    }
    assert set(Office.objects.values_list("level", flat=True)) == {"county"}
    assert Record.objects.get(subject__code=make_code(2)).assessment["rule_set"] == "ndrc-36"


def test_kinds_of_subjects():
    person = {"category": "自然人", "code": "", "name": "张三"}
    take_in(
        as_csv(
            [
                row(1),
                row(2, category="个体工商户", code=make_code(2, prefix="92")),
                row(3, person_id_type="身份证", person_number=make_resident_id(3), **person),
                row(4, person_id_type="护照", person_number="e1234567", **person),
                row(5, category="", code=make_code(5, prefix="92")),
            ]
        )
    )
    kinds = Counter(Subject.objects.values_list("kind", "id_type"))
    assert kinds == {
        ("organisation", "uscc"): 1,
        ("sole_trader", "uscc"): 2,
        ("person", "resident_id"): 1,
        ("person", "other"): 1,
    }


def test_a_person_is_known_by_the_number_which_is_nowhere_in_the_clear():
    number = make_resident_id(3)
    person = {"category": "自然人", "code": "", "name": "张三", "person_number": number}
    take_in(as_csv([row(1, **person), row(2, **person)]))
    subject = Subject.objects.get()
    assert subject.number_hash == keyed_hash(number)
    assert subject.personal_number == number
    assert subject.records.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT personal_number, number_hash, representative_number FROM registry_subject")
        assert number not in str(cursor.fetchall())
    assert not Record.objects.filter(natural_key__contains=number).exists()


class TestAgain:
    def test_the_same_row_is_unchanged_whatever_its_form(self):
        take_in(as_csv([row(1)]))
        same = row(
            1, fine="1.500000", decision_date="20260506", own_until="2027-05-06", code=make_code(1).lower()
        )
        assert outcomes_of(same) == ["unchanged"]
        _batch, [found] = take_in(as_workbook([row(1, fine=1.5, decision_date=date(2026, 5, 6))]))
        assert found.outcome == "unchanged"
        assert RecordEvent.objects.count() == 1

    def test_a_changed_row_updates_keeps_the_old_and_is_assessed_anew(self):
        take_in(as_csv([row(1)]))
        batch, [found] = take_in(as_csv([row(1, penalty_text="吊销许可证", fine="", own_until="")]))
        assert (found.outcome, batch.updated) == ("updated", 1)
        record = Record.objects.get()
        assert (record.rule_class, record.penalty_types) == ("serious", ["吊销许可证件"])
        assert record.repairable_from == date(2027, 5, 7)
        assert record.standing == Record.Standing.ACTIVE
        event = record.events.get(what="changed")
        assert event.data["changes"] == {
            "penalty_text": {"old": "罚款", "new": "吊销许可证"},
            "fine": {"old": "1.500000", "new": None},
            "own_until": {"old": "2027-05-06", "new": None},
        }

    def test_another_supplier_is_a_change_and_a_missing_one_is_none(self):
        take_in(as_csv([row(1)]))
        assert outcomes_of(row(1, source="", source_code="")) == ["unchanged"]
        other = make_code(8, prefix="11")
        assert outcomes_of(row(1, source="濉溪县信用办", source_code=other)) == ["updated"]
        assert Record.objects.get().source_office.code == other
        change = RecordEvent.objects.get(what="changed").data["changes"]
        assert change == {"source_office": {"old": AUTHORITY_CODE, "new": other}}

    @pytest.mark.parametrize("standing", Record.ENDED)
    def test_what_has_ended_is_not_revived(self, standing):
        platform = PlatformFactory()
        take_in(as_csv([row(1)]))
        Record.objects.update(standing=standing, ended_on=date(2026, 9, 1))
        assert outcomes_of(row(1), platforms=[platform]) == ["unchanged"]
        assert outcomes_of(row(1, own_until="2027/04/01"), platforms=[platform]) == ["updated"]
        record = Record.objects.get()
        assert (record.standing, record.ended_on) == (standing, date(2026, 9, 1))
        assert record.own_until == date(2027, 4, 1)
        assert not Publication.objects.exists()

    def test_a_former_key_finds_the_record_and_does_not_come_back(self):
        take_in(as_csv([row(1)]))
        record = Record.objects.get()
        RecordAlias.objects.create(record=record, natural_key=record.natural_key)
        record.doc_no = "（濉）交罚〔2026〕99号"
        record.natural_key = record.natural_key.replace("1号", "99号", 1)
        record.save()
        former, current = row(1), row(1, doc_no=record.doc_no)
        assert outcomes_of(former) == ["unchanged"]
        assert outcomes_of(former | {"facts": "新的事实"}) == ["updated"]
        assert outcomes_of(current | {"facts": "新的事实"}, former) == ["unchanged", "refused"]
        record.refresh_from_db()
        assert (record.doc_no, record.facts) == ("（濉）交罚〔2026〕99号", "新的事实")
        assert Record.objects.count() == 1


class TestStanding:
    def test_what_ended_before_the_import_is_history(self):
        take_in(as_csv([row(1, own_until="2026/11/19"), row(2, own_until="2026/11/20")]))
        ended, last_day = Record.objects.order_by("pk")
        assert (ended.standing, ended.ended_on) == ("history", date(2026, 11, 19))
        assert (last_day.standing, last_day.ended_on) == ("active", None)

    def test_what_is_not_published(self):
        take_in(as_csv([row(1, penalty_text="警告", decision_date="2026/11/01", own_until="")]))
        assert Record.objects.get().standing == "unpublished"

    def test_simple_procedure_is_read_from_the_number(self):
        take_in(as_csv([row(1, doc_no="（濉）交简罚〔2026〕1号", decision_date="2026/11/01", own_until="")]))
        record = Record.objects.get()
        assert (record.rule_class, record.procedure) == ("minor", "")

    def test_what_was_not_published_may_become_so(self):
        platform = PlatformFactory()
        take_in(as_csv([row(1, penalty_text="警告", decision_date="2026/11/01")]), platforms=[platform])
        assert not Publication.objects.exists()
        take_in(as_csv([row(1, decision_date="2026/11/01")]), platforms=[platform])
        assert Record.objects.get().standing == "active"
        assert Publication.objects.get().state == "publishing"

    def test_what_is_shown_ends_by_its_own_way_not_by_an_import(self):
        take_in(as_csv([row(1)]))
        take_in(as_csv([row(1, own_until="2026/10/01")]))
        record = Record.objects.get()
        assert (record.standing, record.effective_until) == ("active", date(2026, 10, 1))


class TestPublications:
    def test_without_platforms_there_are_none(self):
        PlatformFactory()
        take_in(as_csv([row(1)]))
        assert not Publication.objects.exists()

    def test_active_records_alone_on_the_named_platforms_alone(self):
        PlatformFactory()
        first, second = PlatformFactory(), PlatformFactory()
        rows = [row(1), row(2, own_until="2026/10/01"), row(3, penalty_text="警告", own_until="")]
        batch, _outcomes = take_in(as_csv(rows), platforms=[first, second])
        found = publications_to_announce(batch)
        assert {(pub.record.subject.code, pub.platform) for pub in found} == {
            (make_code(1), first),
            (make_code(1), second),
        }
        assert {pub.state for pub in found} == {"publishing"}

    def test_a_platform_named_later_gets_what_is_known_already(self):
        first, second = PlatformFactory(), PlatformFactory()
        take_in(as_csv([row(1)]), platforms=[first])
        Publication.objects.update(state="removed", removed_at=MOMENT)
        assert outcomes_of(row(1), platforms=[first, second]) == ["unchanged"]
        assert set(Publication.objects.values_list("platform", "state")) == {
            (first.pk, "removed"),
            (second.pk, "publishing"),
        }

    def test_what_waits_to_be_ended_by_time_is_not_published_anew(self):
        take_in(as_csv([row(1)]))
        later = date(2027, 6, 1)
        assert outcomes_of(row(1), platforms=[PlatformFactory()], as_of=later) == ["unchanged"]
        assert not Publication.objects.exists()


class TestTheWayItRuns:
    def test_queries_do_not_grow_by_row(self, monkeypatch):
        def queries(rows):
            with CaptureQueriesContext(
                connection,
            ) as captured:
                take_in(as_csv(rows), platforms=[platform])
            return len(captured)

        platform = PlatformFactory()
        few = queries([row(n) for n in range(1, 11)])
        many = queries([row(n, doc_no=f"{n}号") for n in range(1000, 1400)])
        # SQLite takes a statement's parameters in portions, so that its inserts grow by the hundred rows.
        assert many - few < 400 / 5
        unchanged = queries([row(n, doc_no=f"{n}号") for n in range(1000, 1400)])
        assert unchanged <= few

    def test_updates_go_in_portions_too(self):
        rows = [row(n) for n in range(1, 201)]
        take_in(as_csv(rows))
        with CaptureQueriesContext(connection) as captured:
            batch, _outcomes = take_in(as_csv([values | {"facts": "新"} for values in rows]))
        assert batch.updated == 200
        assert len(captured) < 100

    def test_a_file_of_several_batches_knows_what_came_before(self, monkeypatch):
        monkeypatch.setattr("credit_repair.registry.services.imports.BATCH_ROWS", 2)
        rows = [row(1), row(2), row(3), row(1), row(2, doc_no="另一号", name="另一家公司")]
        _batch, outcomes = take_in(as_csv(rows))
        assert [found.code for found in outcomes] == ["", "", "", "duplicate", "name_code_conflict"]

    def test_a_batch_that_met_another_import_is_tried_again(self, monkeypatch):
        calls = []
        real = load.load_rows

        def unlucky(run, rows):
            calls.append(len(rows))
            if len(calls) == 1:
                raise IntegrityError
            return real(run, rows)

        monkeypatch.setattr("credit_repair.registry.services.imports.load_rows", unlucky)
        batch, _outcomes = take_in(as_csv([row(1)]))
        assert (calls, batch.taken) == ([1, 1], 1)

    def test_a_failure_in_the_middle_undoes_its_batch_only_and_the_next_run_goes_on(self, monkeypatch):
        monkeypatch.setattr("credit_repair.registry.services.imports.BATCH_ROWS", 2)
        real = write._publish

        def failing(run, work):
            if work.taken and work.taken[0].doc_no.endswith("3号"):
                raise RuntimeError
            real(run, work)

        monkeypatch.setattr(write, "_publish", failing)
        rows = [row(n) for n in range(1, 5)]
        with pytest.raises(RuntimeError):
            take_in(as_csv(rows))
        broken = ImportBatch.objects.get()
        assert (broken.taken, broken.finished_at, Record.objects.count()) == (2, None, 2)
        monkeypatch.setattr(write, "_publish", real)
        assert outcomes_of(*rows) == ["unchanged", "unchanged", "taken", "taken"]

    def test_an_unreadable_file_changes_nothing(self):
        with pytest.raises(ImportUnreadable):
            take_in(io.BytesIO(as_csv([row(1)]).getvalue() + b"\xff\xff"))
        assert not ImportBatch.objects.exists()
        assert not Record.objects.exists()

    def test_the_report_has_one_line_per_row(self):
        file = io.StringIO()
        rows = as_csv([row(1), row(2, fine="-1"), row(3, representative_number="1")])
        services.import_file(path_or_file=rows, file_name="表.csv", as_of=AS_OF, report=csv_report(file))
        lines = list(csv.DictReader(io.StringIO(file.getvalue())))
        assert list(lines[0]) == ["row", "outcome", "field", "code", "reason"]
        assert [(line["row"], line["outcome"], line["code"]) for line in lines] == [
            ("1", "taken", ""),
            ("2", "refused", "negative_fine"),
            ("3", "taken", "bad_representative_number"),
        ]
