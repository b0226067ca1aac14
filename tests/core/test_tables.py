"""Lists as files: every value keeps its kind, and nothing can run."""

import csv
import io
import unicodedata
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import RequestFactory
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from credit_repair.core.clock import assume
from credit_repair.core.tables import Share, as_csv, as_xlsx, safe_text, table_response, write_table

TODAY = date(2026, 11, 20)
#: What XML can hold as it is; a carriage return comes back as a line feed.
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1)
CELL = TEXTS | st.builds(
    "".join, st.tuples(st.sampled_from(["=", " =", "＝", "+", "-1", "@", "\u200b="]), TEXTS)
)


def read_csv(header, rows):
    text = b"".join(as_csv(header, rows)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def sheet(header, rows):
    return load_workbook(as_xlsx(header, rows)).active


@given(CELL)
@example("_x000D_")
@example("#N/A")
@example("0012")
@settings(max_examples=150, deadline=None)
def test_any_text_comes_back_from_xlsx_as_the_same_text_and_no_formula(text):
    cell = sheet(["标题"], [[text]])["A2"]
    assert unescape(cell.value) == text
    assert cell.data_type == "s"
    assert cell.quotePrefix


@given(CELL | st.text(st.characters(exclude_categories=("Cs",))))
@example("\t=1")
@example("\r=1")
@example("\n=1")
@example("\u3000＝1")
@example("\ufeff=1")
def test_no_csv_cell_begins_with_what_a_spreadsheet_runs(text):
    cell = read_csv(["标题"], [[text, "x"]])[1][0]
    seen = "".join(sign for sign in cell if unicodedata.category(sign) not in ("Cf", "Cc"))
    assert not unicodedata.normalize("NFKC", seen).lstrip().startswith(("=", "+", "-", "@"))
    assert not cell.startswith(("\t", "\r"))
    assert cell.removeprefix("'") == text.removeprefix("'")


def test_a_harmless_text_stays_as_it_is():
    assert [safe_text(text) for text in ("文号=1", "0012", "", "a-b", "〔2026〕1号")] == [
        "文号=1",
        "0012",
        "",
        "a-b",
        "〔2026〕1号",
    ]


def test_no_formula_is_in_the_sheet_itself():
    file = as_xlsx(["=1+1"], [["=1+1"], ['=HYPERLINK("http://x","y")']])
    assert b"<f>" not in zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml")


def test_kinds_of_values_in_xlsx():
    moment = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    row = next(
        sheet(
            "abcdefg", [[date(2026, 5, 6), moment, Decimal("1.500000"), 7, Share(0.975), None, -2]]
        ).iter_rows(min_row=2)
    )
    assert [cell.value for cell in row] == [
        datetime(2026, 5, 6),  # noqa: DTZ001 - as a spreadsheet has it
        datetime(2026, 11, 20, 9, 30),  # noqa: DTZ001
        1.5,
        7,
        0.975,
        None,
        -2,
    ]
    assert row[0].is_date and row[0].number_format == "yyyy-mm-dd"
    assert row[2].number_format == "#,##0.######"
    assert row[4].number_format == "0.0%"


def test_kinds_of_values_in_csv():
    moment = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    row = [date(2026, 5, 6), moment, Decimal("-1.500000"), Decimal("100"), -7, Share(0.975), None]
    assert read_csv("abcdefg", [row])[1] == [
        "2026-05-06",
        "2026-11-20 09:30",
        "-1.5",
        "100",
        "-7",
        "97.5%",
        "",
    ]


def test_csv_has_a_mark_of_utf_8_and_lines_of_crlf():
    assert b"".join(as_csv(["甲"], [["乙"]])) == "\ufeff甲\r\n乙\r\n".encode()


def test_control_characters_do_not_break_a_workbook():
    assert sheet(["a"], [["甲\x00乙\r\n丙\ud800"]])["A2"].value == "甲\ufffd乙\n丙\ufffd"


def test_csv_is_written_as_the_rows_come():
    def endless():
        while True:
            yield ["x"]

    lines = as_csv(["a"], endless())
    assert [next(lines) for _number in range(3)][-1] == b"x\r\n"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(("rows", "cut"), [(2, False), (3, False), (4, True)])
def test_a_list_ends_at_the_limit_and_says_so(settings, kind, rows, cut):
    settings.EXPORT_MAX_ROWS = 3
    table = write_table(kind, name="名单", columns=[("数", lambda row: row)], rows=iter(range(rows)))
    assert (table.rows, table.cut) == (min(rows, 3), cut)
    if kind == "csv":
        last = table.file.read().decode().splitlines()[-1]
    else:
        last = str(list(load_workbook(table.file).active.values)[-1][0])
    assert ("前3行" in last) == cut


def test_the_file_is_named_after_list_and_day():
    request = RequestFactory().get("/", {"format": "csv"})
    with assume(TODAY):
        answer = table_response(request, name="名单", columns=[("a", str)], rows=[1])
    assert "filename*=utf-8''%E5%90%8D%E5%8D%95-2026-11-20.csv" in answer["Content-Disposition"]
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
