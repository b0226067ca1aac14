"""Serious lists and abnormal lists come in by the same way as penalties."""

import csv
import io
from datetime import date

import pytest
from django.conf import settings

from credit_repair.registry.importing.columns import LAYOUTS, ImportUnreadable
from credit_repair.registry.importing.reader import SourceTable
from credit_repair.registry.models import ImportBatch, Publication, Record
from tests.registry.factories import AS_OF, PlatformFactory, make_code
from tests.registry.tables import AUTHORITY_CODE, as_csv, as_lines, as_workbook, entry, row, take_in

pytestmark = pytest.mark.django_db

SERIOUS, ABNORMAL, OTHER = "serious_list", "abnormal_list", "other"
FIXTURES = settings.BASE_DIR / "fixtures"


def outcomes_of(*rows, kind=SERIOUS, **options):
    _batch, outcomes = take_in(as_csv(rows, kind=kind), **options)
    return [(str(found.outcome), found.code) for found in outcomes]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("kind", LAYOUTS)
def test_the_kind_is_known_by_the_header_in_every_encoding(kind, encoding):
    table = SourceTable(as_csv([], kind=kind, encoding=encoding))
    assert (table.kind, table.count) == (kind, 0)


def test_an_entry_becomes_a_record_of_its_kind():
    batch, [found] = take_in(as_csv([entry(1, own_until="2029/05/06")], kind=SERIOUS))
    assert (found.outcome, found.code, batch.kind) == ("taken", "", SERIOUS)
    record = Record.objects.get()
    assert record.kind == SERIOUS
    assert record.natural_key == f"食品安全严重违法生产经营者名单@2026-05-06|{AUTHORITY_CODE}|{make_code(1)}"
    assert (record.list_name, record.doc_no) == (entry()["list_name"], "")
    assert (record.decision_date, record.own_until) == (date(2026, 5, 6), date(2029, 5, 6))
    assert (record.rule_class, record.penalty_types) == ("serious", [])
    assert record.facts == entry()["facts"]
    assert (record.standing, record.removed_on) == ("active", None)


def test_an_entry_on_the_abnormal_list_has_no_end_of_its_own():
    take_in(as_workbook([entry(1, list_name="经营异常名录")], kind=ABNORMAL))
    record = Record.objects.get()
    assert (record.kind, record.effective_until, record.standing) == (ABNORMAL, None, "active")


def test_other_information_is_known_by_its_sort_its_day_and_its_authority():
    sort = "拒不履行合同约定"
    batch, [found] = take_in(as_csv([entry(1, list_name=sort, doc_no="濉建认〔2026〕3号")], kind=OTHER))
    assert (found.outcome, found.code, batch.kind) == ("taken", "", OTHER)
    record = Record.objects.get()
    assert record.kind == OTHER
    assert record.natural_key == f"{sort}@2026-05-06|{AUTHORITY_CODE}|{make_code(1)}"
    assert (record.list_name, record.rule_class, record.penalty_types) == (sort, "general", [])
    assert (record.repairable_from, record.effective_until) == (date(2026, 8, 7), date(2027, 5, 6))


def test_a_table_of_other_information_may_have_the_headers_of_a_list():
    lines = as_lines([entry(1)], kind=SERIOUS)
    lines[0] = [{"严重失信主体名单名称": "名单名称", "失信主体名称": "主体名称"}.get(t, t) for t in lines[0]]
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    batch, _outcomes = take_in(io.BytesIO(text.getvalue().encode()), kind=OTHER)
    assert (batch.kind, batch.taken) == (OTHER, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": ""}, "missing_name"),
        ({"list_name": ""}, "missing_list"),
        ({"decision_date": ""}, "bad_date"),
        ({"removed_on": "2026年11月1日"}, "bad_date"),
        ({"decision_date": "2026/11/21"}, "future_decision"),
        ({"own_until": "2026/05/05"}, "until_before_decision"),
        ({"removed_on": "2026/05/05"}, "bad_removal"),
        ({"removed_on": "2026/11/21"}, "bad_removal"),
        ({"code": "91350100M000100Y4Z"}, "bad_uscc"),
        ({"authority_code": ""}, "authority_code_bad"),
        ({"list_name": "名" * 201}, "over_long_facts"),
        ({"doc_no": ""}, ""),
        ({"removed_on": "2026/11/20"}, ""),
    ],
)
def test_each_fault_has_its_code(changes, code):
    assert outcomes_of(entry(1, **changes)) == [("refused" if code else "taken", code)]


def test_list_and_day_make_the_same_entry_not_the_number():
    rows = [entry(1), entry(1, doc_no="另一号"), entry(1, decision_date="2026/06/06"), entry(2)]
    assert outcomes_of(*rows) == [("taken", ""), ("refused", "duplicate"), ("taken", ""), ("taken", "")]
    assert outcomes_of(entry(1)) == [("unchanged", "")]
    assert outcomes_of(entry(1, doc_no="补录的文号")) == [("updated", "")]
    assert set(Record.objects.values_list("doc_no", flat=True)) == {"补录的文号", ""}


def test_what_its_source_takes_off_is_withdrawn_with_an_event():
    platform = PlatformFactory()
    outcomes_of(entry(1), platforms=[platform])
    assert outcomes_of(entry(1, removed_on="2026/11/02"), platforms=[platform]) == [("updated", "")]
    record = Record.objects.get()
    assert (record.standing, record.ended_on) == ("withdrawn", date(2026, 11, 2))
    event = record.events.get(what="withdrawn")
    assert (event.on, event.data["removed_on"]) == (AS_OF, "2026-11-02")
    assert event.data["batch"] == str(ImportBatch.objects.first().uuid)
    assert outcomes_of(entry(1, removed_on="2026/11/02")) == [("unchanged", "")]
    assert record.events.filter(what="withdrawn").count() == 1


def test_what_was_off_before_it_came_is_history_and_never_published():
    outcomes_of(entry(1, removed_on="2026/11/02"), platforms=[PlatformFactory()])
    record = Record.objects.get()
    assert (record.standing, record.ended_on) == ("history", date(2026, 11, 2))
    assert not Publication.objects.exists()


def test_a_repaired_entry_is_not_withdrawn_later():
    outcomes_of(entry(1))
    Record.objects.update(standing="repaired", ended_on=date(2026, 10, 1))
    assert outcomes_of(entry(1, removed_on="2026/11/02")) == [("updated", "")]
    record = Record.objects.get()
    assert (record.standing, record.removed_on) == ("repaired", date(2026, 11, 2))


class TestWhatKindItIs:
    def test_the_wrong_kind_says_which_it_looks_like(self):
        with pytest.raises(ImportUnreadable, match="看起来是“严重失信主体名单表”.*请"):
            SourceTable(as_csv([entry(1)], kind=SERIOUS), kind=ABNORMAL)
        with pytest.raises(ImportUnreadable, match="看起来是“行政处罚信息表”"):
            SourceTable(as_csv([row(1)]), kind=SERIOUS)

    def test_headers_that_fit_two_kinds_ask_and_are_read_as_told(self):
        lines = as_lines([entry(1)], kind=SERIOUS)
        header = [title.replace("严重失信主体名单名称", "名单名称") for title in lines[0]]
        header = [title.replace("失信主体名称", "主体名称") for title in header]
        text = io.StringIO()
        csv.writer(text).writerows([header, *lines[1:]])
        with pytest.raises(ImportUnreadable, match="请选定表格种类"):
            SourceTable(io.BytesIO(text.getvalue().encode()))
        batch, _outcomes = take_in(io.BytesIO(text.getvalue().encode()), kind=ABNORMAL)
        assert (batch.kind, batch.taken) == (ABNORMAL, 1)

    @pytest.mark.parametrize("kind", [SERIOUS, ABNORMAL, OTHER])
    def test_the_samples_are_taken(self, kind):
        batch, outcomes = take_in(FIXTURES / f"{kind}_demo.csv")
        assert (batch.kind, batch.refused) == (kind, 0)
        assert batch.taken == len(outcomes) >= 5
        assert not batch.lines.exists()
