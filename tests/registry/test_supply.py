"""Quality of supply and the check of codes, as the register has them."""

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from credit_repair.registry.models import (
    FormerName,
    ImportBatch,
    ImportLine,
    NameConflict,
    SupplyCount,
)
from credit_repair.registry.personal_numbers import without_personal_numbers
from credit_repair.registry.supply import (
    Supplied,
    allowed_days,
    supply_of_month,
    supply_of_source,
    total_of,
)
from credit_repair.registry.wrong_codes import (
    lines_of_month,
    names_with_several_codes,
    renamed_in_month,
    wrong_lines,
)
from tests.registry.factories import OfficeFactory, RecordFactory, SubjectFactory, make_code, make_resident_id

pytestmark = pytest.mark.django_db
NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
OWN, OTHER = make_code(801, prefix="11"), make_code(802, prefix="11")


def in_month(month, day=10):
    return datetime(month.year, month.month, day, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def batch(month=NOVEMBER, *, state="done"):
    return ImportBatch.objects.create(
        file_name="a.csv",
        sha256="0" * 64,
        as_of=month.replace(day=10),
        started_at=in_month(month),
        state=state,
    )


def count(of, code=OWN, name="甲局", month=NOVEMBER, **counts):
    return SupplyCount.objects.create(batch=of, month=month, source_code=code, source_name=name, **counts)


def line(of, code, row=1, **fields):
    fields = {"outcome": "refused", "reason": "请核对。", **fields}
    return ImportLine.objects.create(batch=of, row=row, code=code, **fields)


def only(code):
    return lambda asked: asked == code


def test_the_files_of_a_month_are_added_up_by_the_code_of_the_source():
    count(batch(), rows=10, refused=1, taken=4, late=1, wrong_codes=1)
    count(batch(), name="甲局（旧称）", rows=30, refused=0, taken=4, duplicate_codes=2)
    count(batch(OCTOBER), month=OCTOBER, rows=99)
    (source,) = supply_of_month(NOVEMBER, covers=None)
    assert source.code == OWN
    assert source.supplied == Supplied(rows=40, refused=1, taken=8, late=1, wrong_codes=1, duplicate_codes=2)
    assert (source.supplied.compliance, source.supplied.late_share) == (0.975, 0.125)


def test_an_undone_import_drops_out():
    count(batch(state="undone"), rows=10)
    assert supply_of_month(NOVEMBER, covers=None) == []


def test_a_registered_source_has_its_registered_name():
    OfficeFactory(code=OWN, name="濉溪县交通运输局")
    count(batch(), name="交通局")
    assert supply_of_month(NOVEMBER, covers=None)[0].name == "濉溪县交通运输局"


def test_sources_without_a_code_are_told_apart_by_name():
    given = batch()
    count(given, code="", name="甲局", rows=1)
    count(given, code="", name="乙局", rows=2)
    found = supply_of_month(NOVEMBER, covers=None)
    assert {(source.name, source.supplied.rows) for source in found} == {("甲局", 1), ("乙局", 2)}
    assert total_of(found).rows == 3


def test_what_is_not_covered_is_left_out():
    given = batch()
    count(given, rows=1)
    count(given, code=OTHER, rows=2)
    assert [source.code for source in supply_of_month(NOVEMBER, covers=only(OTHER))] == [OTHER]


def test_no_rows_have_no_share():
    assert (Supplied().compliance, Supplied().late_share) == (None, None)


def test_the_months_of_a_source_stand_one_after_the_other_the_empty_ones_too():
    count(batch(), rows=3)
    count(batch(date(2026, 9, 1)), month=date(2026, 9, 1), rows=5)
    _name, months = supply_of_source(code=OWN, until=NOVEMBER, months=12, covers=None)
    assert [supplied.rows for _month, supplied in months] == [3, 0, 5] + [0] * 9
    assert months[-1][0] == date(2025, 12, 1)


@pytest.mark.parametrize("code", [OTHER, ""])
def test_a_source_that_is_not_covered_or_unknown_does_not_exist(code):
    count(batch())
    with pytest.raises(SupplyCount.DoesNotExist):
        supply_of_source(code=code, until=NOVEMBER, months=12, covers=None)
    with pytest.raises(SupplyCount.DoesNotExist):
        supply_of_source(code=OWN, until=NOVEMBER, months=12, covers=only(OTHER))


def test_the_law_allows_seven_working_days():
    assert allowed_days(date(2026, 11, 20)) == 7


def test_wrong_and_duplicate_codes_of_the_month_are_listed_and_nothing_else():
    given, undone = batch(), batch(state="undone")
    wrong = [line(given, code) for code in ("bad_uscc", "duplicate", "bad_representative_number")]
    line(given, "bad_date")
    line(undone, "bad_uscc")
    line(batch(OCTOBER), "bad_uscc")
    assert list(lines_of_month(NOVEMBER, covers=None)) == wrong


def test_a_row_names_its_source_also_where_only_its_file_does():
    mixed, single = batch(), batch()
    count(mixed)
    count(mixed, code=OTHER, name="乙局")
    count(single, code=OTHER, name="乙局")
    named = line(
        mixed, "bad_uscc", cells=json.dumps({"source_code": "", "authority_code": OWN, "source": ""})
    )
    by_file = line(single, "bad_source_code", outcome="taken")
    nobody = line(mixed, "bad_source_code", outcome="taken")
    OfficeFactory(code=OWN, name="甲局")
    assert [found.source for found in wrong_lines([named, by_file, nobody])] == ["甲局", "乙局", "（不明）"]


def test_somebody_sees_the_rows_of_their_own_source_alone():
    mixed, theirs = batch(), batch()
    count(mixed)
    count(mixed, code=OTHER)
    count(theirs, code=OTHER)
    mine = line(mixed, "bad_uscc", cells=json.dumps({"source_code": OWN}))
    foreign = line(mixed, "bad_uscc", cells=json.dumps({"source_code": OTHER}))
    line(mixed, "bad_source_code", outcome="taken")
    whole = line(theirs, "bad_source_code", outcome="taken")
    assert list(lines_of_month(NOVEMBER, covers=only(OWN))) == [mine]
    assert set(lines_of_month(NOVEMBER, covers=only(OTHER))) == {foreign, whole}


def test_a_settled_conflict_of_names_stays_in_the_report():
    settled = line(batch(), "", outcome="taken", reason="")
    NameConflict.objects.create(
        line=settled, subject=SubjectFactory(), known_name="旧名公司", name="新名公司", state="accepted"
    )
    (found,) = wrong_lines(list(lines_of_month(NOVEMBER, covers=None)))
    assert (found.title, found.state) == ("一个代码多个名称", "按更名办理")
    assert "旧名公司" in found.text and "新名公司" in found.text


def test_a_personal_number_in_the_place_of_a_code_is_masked():
    number = make_resident_id(7)
    (found,) = wrong_lines([line(batch(), "bad_uscc", reason=f"统一社会信用代码“{number}”不对。")])
    assert number not in found.text
    assert without_personal_numbers(number) == f"{number[:4]}************{number[-2:]}"
    assert without_personal_numbers(make_code(5)) == make_code(5)


def test_a_personal_number_in_the_place_of_the_sources_code_does_not_name_the_source():
    cells = json.dumps({"source_code": make_resident_id(7)})
    (found,) = wrong_lines([line(batch(), "bad_uscc", cells=cells)])
    assert found.source == "（不明）"


def test_one_name_under_several_codes_is_found_for_what_came_in_this_month():
    first, second = SubjectFactory(name="同名公司"), SubjectFactory(name="同名公司")
    RecordFactory(subject=first, created_at=in_month(NOVEMBER))
    RecordFactory(subject=SubjectFactory(name="独名公司"), created_at=in_month(NOVEMBER))
    (found,) = names_with_several_codes(NOVEMBER, offices=None)
    assert (found.name, found.codes) == ("同名公司", tuple(sorted((first.code, second.code))))
    assert names_with_several_codes(OCTOBER, offices=None) == []


def test_persons_of_one_name_are_no_finding():
    for person in SubjectFactory.create_batch(2, person=True, name="张三"):
        RecordFactory(subject=person, created_at=in_month(NOVEMBER))
    assert names_with_several_codes(NOVEMBER, offices=None) == []


def test_namesakes_and_renamed_firms_are_told_to_those_who_sent_records_on_them():
    subject, own, other = SubjectFactory(name="同名公司"), OfficeFactory(), OfficeFactory()
    SubjectFactory(name="同名公司")
    RecordFactory(subject=subject, authority=other, source_office=own, created_at=in_month(NOVEMBER))
    FormerName.objects.create(subject=subject, name="旧名公司", until=date(2026, 11, 9))
    for question in (names_with_several_codes, renamed_in_month):
        assert len(question(NOVEMBER, offices=[own.pk])) == 1
        assert question(NOVEMBER, offices=[other.pk]) == []
        assert question(NOVEMBER, offices=[]) == []


def test_a_change_of_name_belongs_to_its_month():
    FormerName.objects.create(subject=SubjectFactory(), name="旧名公司", until=date(2026, 10, 31))
    assert renamed_in_month(NOVEMBER, offices=None) == []
    (found,) = renamed_in_month(OCTOBER, offices=None)
    assert "旧名公司" in found.text


def test_the_report_asks_no_more_often_for_more_rows(django_assert_num_queries):
    given = batch()
    count(given)
    for row in range(20):
        line(given, "bad_uscc", row, cells=json.dumps({"source_code": OWN}))
    with django_assert_num_queries(3):
        assert len(wrong_lines(list(lines_of_month(NOVEMBER, covers=None)))) == 20
