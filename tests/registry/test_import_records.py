"""The command, as an operator meets it."""

import csv
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from credit_repair.core.clock import assume
from credit_repair.registry.models import ImportBatch, Publication, Record
from tests.registry.factories import PlatformFactory
from tests.registry.tables import as_csv, as_workbook, entry, row

pytestmark = pytest.mark.django_db

FAULTS = Path(__file__).parent / "data" / "penalties_with_faults.csv"


@pytest.fixture
def table(tmp_path):
    def write(*rows):
        path = tmp_path / "表.csv"
        path.write_bytes(as_csv(rows).getvalue())
        return path

    return write


@pytest.fixture
def run(capsys):
    """Run the command; return exit status, stdout and stderr."""

    def run(*args):
        status = 0
        try:
            call_command("import_records", *map(str, args))
        except SystemExit as stop:
            status = stop.code
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_all_taken_then_nothing_changes(run, table):
    path = table(row(1), row(2))
    assert run(path, "--as-of", "2026-11-20") == (0, "共2行：新增2行，更新0行，未变0行，拒收0行。\n", "")
    assert run(path, "--as-of", "2026-11-20") == (0, "共2行：新增0行，更新0行，未变2行，拒收0行。\n", "")


def test_refused_rows_make_it_one_and_the_report_is_written(run, tmp_path):
    report = tmp_path / "report.csv"
    status, out, err = run(FAULTS, "--report", report, "--as-of", "2026-11-20")
    assert (status, err) == (1, "")
    assert "拒收62行" in out
    assert str(report) in out
    with report.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["row", "outcome", "field", "code", "reason"]
    assert [line[0] for line in lines[1:]] == [str(n) for n in range(1, 401)]
    assert all(line[4] for line in lines[1:] if line[1] == "refused")


def test_without_a_report_the_first_lines_stand_on_the_screen(run, table):
    status, out, _err = run(
        table(row(1, fine="-1"), row(2, representative_number="1")), "--as-of", "2026-11-20"
    )
    assert status == 1
    assert "第1行（罚款金额（万元））拒收：金额-1小于零" in out
    assert "第2行（法定代表人证件号码）请核对：" in out
    assert "--report" not in out
    assert "--report" in run(FAULTS, "--as-of", "2026-11-20")[1]


@pytest.mark.parametrize("content", [None, b"", b"a,b\n1,2\n", b"PK\x03\x04broken"])
def test_what_cannot_be_read_makes_it_two(run, tmp_path, content):
    path = tmp_path / "表.csv"
    if content is not None:
        path.write_bytes(content)
    status, out, err = run(path)
    assert (status, out) == (2, "")
    assert "请" in err
    assert not ImportBatch.objects.exists()


def test_a_report_that_cannot_be_written_stops_it_before_the_import(run, table, tmp_path):
    path = table(row(1))
    for report in (tmp_path / "none" / "report.csv", tmp_path):
        status, out, err = run(path, "--report", report)
        assert (status, out) == (2, "")
        assert "报告" in err
    assert not Record.objects.exists()


def test_the_report_never_overwrites_the_table(run, table):
    path = table(row(1))
    before = path.read_bytes()
    status, _out, err = run(path, "--report", path)
    assert status == 2
    assert "报告" in err
    assert path.read_bytes() == before


def test_platforms_are_named_by_code(run, table):
    PlatformFactory(code="city")
    PlatformFactory(code="county")
    PlatformFactory(code="off", active=False)
    path = table(row(1))
    status, _out, err = run(path, "--platform", "city", "--platform", "off", "--platform", "none")
    assert status == 2
    assert "off、none" in err
    assert "city、county" in err
    assert not Record.objects.exists()
    assert run(path, "--as-of", "2026-11-20", "--platform", "city")[0] == 0
    assert [pub.platform.code for pub in Publication.objects.all()] == ["city"]


def test_without_as_of_it_is_today(run, table):
    with assume(date(2026, 5, 5)):
        status, out, _err = run(table(row(1)))
    assert status == 1  # decided on the day after
    assert "拒收1行" in out
    assert ImportBatch.objects.get().as_of == date(2026, 5, 5)


def test_a_day_that_is_none_is_refused(table):
    with pytest.raises(CommandError, match="日期"):
        call_command("import_records", str(table(row(1))), "--as-of", "2026-02-30")


def test_the_demo_table_has_no_faults(run):
    status, out, err = run(settings.BASE_DIR / "fixtures" / "penalties_demo.csv", "--as-of", "2026-11-20")
    assert (status, err) == (0, "")
    assert "新增150行" in out


class TestSeveralFiles:
    @pytest.fixture
    def folder(self, tmp_path):
        folder = tmp_path / "报送"
        folder.mkdir()
        (folder / "b.csv").write_bytes(as_csv([row(2), row(3, fine="-1")]).getvalue())
        (folder / "a.xlsx").write_bytes(as_workbook([row(1)]).getvalue())
        (folder / "名单.CSV").write_bytes(as_csv([entry(4)], kind="serious_list").getvalue())
        (folder / "~$a.xlsx").write_bytes(b"open elsewhere")
        (folder / "说明.txt").write_bytes("不是表格".encode())
        return folder

    def test_a_folder_gives_its_tables_in_order_one_batch_each(self, run, folder):
        status, out, err = run(folder, "--as-of", "2026-11-20")
        assert (status, err) == (1, "")
        batches = ImportBatch.objects.order_by("pk")
        assert [(batch.file_name, batch.kind) for batch in batches] == [
            ("a.xlsx", "penalty"),
            ("b.csv", "penalty"),
            ("名单.CSV", "serious_list"),
        ]
        assert len({batch.group for batch in batches}) == 1
        assert f"{folder / 'b.csv'}：共2行：新增1行，更新0行，未变0行，拒收1行。" in out

    def test_the_report_says_which_file(self, run, folder, table, tmp_path):
        report = tmp_path / "report.csv"
        run(folder, table(row(9)), "--report", report, "--as-of", "2026-11-20")
        with report.open(encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file))
        assert lines[0] == ["file", "row", "outcome", "field", "code", "reason"]
        assert [(Path(line[0]).name, line[1], line[2]) for line in lines[1:]] == [
            ("a.xlsx", "1", "taken"),
            ("b.csv", "1", "taken"),
            ("b.csv", "2", "refused"),
            ("名单.CSV", "1", "taken"),
            ("表.csv", "1", "taken"),
        ]

    def test_one_that_cannot_be_read_stops_no_other_and_makes_it_two(self, run, folder):
        (folder / "aa.csv").write_bytes(b"a,b\n1,2\n")
        status, out, err = run(folder, "--as-of", "2026-11-20")
        assert status == 2
        assert "aa.csv" in err and "请" in err
        assert ImportBatch.objects.count() == 3

    def test_an_empty_folder_says_so(self, run, tmp_path):
        status, _out, err = run(tmp_path)
        assert status == 2
        assert "没有CSV或.xlsx文件" in err

    def test_the_wrong_kind_changes_nothing(self, run, table):
        status, _out, err = run(table(row(1)), "--kind", "abnormal_list")
        assert status == 2
        assert "看起来是“行政处罚信息表”" in err
        assert not ImportBatch.objects.exists()


def test_a_bar_is_shown_where_asked_for_and_cleared_at_the_end(run, table):
    status, _out, err = run(table(row(1), row(2)), "--as-of", "2026-11-20", "--progress")
    assert status == 0
    assert "100%（2/2行）" in err
    assert err.endswith(" \r")
