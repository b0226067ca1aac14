import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from credit_repair.registry.importing import reader
from credit_repair.registry.importing.columns import COLUMNS, ImportUnreadable
from credit_repair.registry.importing.reader import SourceTable
from tests.registry.tables import as_csv, as_lines, as_workbook, row


def read(file):
    with SourceTable(file) as table:
        return list(table.rows())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_three_encodings(encoding):
    rows = read(as_csv([row(1, name="龘龘㐂公司")], encoding=encoding))
    assert [(number, cells["name"]) for number, cells in rows] == [(1, "龘龘㐂公司")]


def test_a_long_file_in_gb18030_whose_chunks_cut_characters():
    rows = read(as_csv([row(n, facts="违" * 3001) for n in range(400)], encoding="gb18030"))
    assert len(rows) == 400
    assert {cells["facts"] for _number, cells in rows} == {"违" * 3001}


def test_paths_uploads_and_open_files_are_the_same(tmp_path):
    content = as_csv([row(1), row(2)]).getvalue()
    path = tmp_path / "表.csv"
    path.write_bytes(content)
    small = SimpleUploadedFile("表.csv", content)
    large = TemporaryUploadedFile("表.csv", "text/csv", len(content), None)
    large.write(content)
    expected = read(path)
    assert len(expected) == 2
    for file in (str(path), io.BytesIO(content), small, large):
        assert read(file) == expected


def test_the_callers_file_stays_open():
    for content in (as_csv([row(1)]), io.BytesIO(b"a,b\n1,2\n")):
        try:
            with SourceTable(content) as table:
                next(table.rows())
        except ImportUnreadable:
            pass
        assert not content.closed


def test_empty_rows_are_left_out_but_counted():
    lines = as_csv([row(1), {}, row(3), {}, {}]).getvalue() + b"\r\n\r\n"
    assert [number for number, _cells in read(io.BytesIO(lines))] == [1, 3]


def test_blanks_and_signs_that_mean_nothing_go_away():
    [(_number, cells)] = read(as_csv([row(1, name=" \u3000华泰\x00公司\ufffe\uffff\t", facts="一\r\n二")]))
    assert (cells["name"], cells["facts"]) == ("华泰公司", "一\n二")


def test_short_lines_are_filled_and_long_ones_cut():
    header = as_csv([]).getvalue()
    rows = read(io.BytesIO(header + "只有名称\r\n".encode() + ("名," * 40 + "\r\n").encode()))
    assert [cells["remarks"] for _number, cells in rows] == ["", "名"]


def test_a_table_without_rows_is_readable():
    assert read(as_csv([])) == []


def test_headers_may_stand_in_another_order_and_width():
    header, line = as_lines([row(1)])
    header = [title.replace("（", " (").replace("）", ")") for title in header] + ["地方编码", ""]
    text = ",".join(reversed(header)) + "\n" + ",".join(reversed([*map(str, line), "x", "y"])) + "\n"
    [(_number, cells)] = read(io.BytesIO(text.encode()))
    assert cells["fine"] == "1.5"
    assert cells["name"] == row(1)["name"]


def test_all_thirty_columns_of_the_template_are_known():
    assert len(COLUMNS) == 30
    assert len({column.field for column in COLUMNS}) == 30


@pytest.mark.parametrize(
    "content", [b"", b"a,b,c\n1,2,3\n", "标题\n".encode(), b"\xff\xfea\x00", b"\x81\x20\xff"]
)
def test_other_files_are_unreadable_in_plain_words(content):
    with pytest.raises(ImportUnreadable, match="请"):
        read(io.BytesIO(content))


def test_a_missing_column_is_named():
    header, line = as_lines([row(1)])
    place = header.index("处罚决定日期")
    text = ",".join(header[:place] + header[place + 1 :])
    with pytest.raises(ImportUnreadable, match="处罚决定日期"):
        read(io.BytesIO(text.encode()))


def test_a_column_that_stands_there_twice_is_named():
    header, _line = as_lines([row(1)])
    with pytest.raises(ImportUnreadable, match="两次.*处罚类别"):
        read(io.BytesIO(",".join([*header, "处罚类别"]).encode()))


def test_columns_that_tell_nothing_new_may_be_missing():
    header, line = as_lines([row(1)])
    text = ",".join(title for title in header if "代码_" not in title or "代码_1" in title)
    assert read(io.BytesIO(text.encode())) == []


def test_a_file_that_breaks_off_is_refused_before_its_first_row_is_given():
    cut = as_csv([row(n) for n in range(50)], encoding="utf-8").getvalue()
    with pytest.raises(ImportUnreadable):
        SourceTable(io.BytesIO(cut + b"\xff\xff\xff\xff"))


def test_old_excel_and_missing_files_say_what_to_do(tmp_path):
    with pytest.raises(ImportUnreadable, match="另存为"):
        SourceTable(io.BytesIO(b"\xd0\xcf\x11\xe0rest"))
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(ImportUnreadable, match="打不开"):
            SourceTable(path)


class TestWorkbooks:
    def test_dates_numbers_and_text(self):
        file = as_workbook(
            [
                row(
                    1,
                    decision_date=date(2026, 5, 6),
                    own_until=datetime(2027, 5, 6, 12, 0),  # noqa: DTZ001 - as a workbook holds it
                    valid_until=20991231,
                    fine=0.109835,
                    confiscated=2.0,
                    doc_no=17,
                    remarks=date(2026, 1, 2),
                )
            ]
        )
        [(_number, cells)] = read(file)
        assert cells["decision_date"] == date(2026, 5, 6)
        assert cells["own_until"] == date(2027, 5, 6)
        assert cells["valid_until"] == "20991231"
        assert (cells["fine"], cells["confiscated"]) == ("0.109835", "2")
        assert (cells["doc_no"], cells["remarks"]) == ("17", "2026-01-02")

    def test_a_tiny_amount_has_no_exponent(self):
        [(_number, cells)] = read(as_workbook([row(1, fine=0.000001)]))
        assert cells["fine"] == "0.000001"

    def test_trailing_empty_rows(self):
        assert len(read(as_workbook([row(1), {}, {}, {}]))) == 1

    def test_it_is_known_by_its_content(self, tmp_path):
        path = tmp_path / "表.csv"
        path.write_bytes(as_workbook([row(1)]).getvalue())
        assert len(read(path)) == 1

    def test_a_broken_one_and_another_zip_are_unreadable(self):
        whole = as_workbook([row(n) for n in range(30)]).getvalue()
        other = io.BytesIO()
        with zipfile.ZipFile(other, "w") as parts:
            parts.writestr("a.txt", "a")
        for file in (io.BytesIO(whole[: len(whole) // 2]), other):
            with pytest.raises(ImportUnreadable, match="另存为"):
                SourceTable(file)

    def test_an_empty_one_is_unreadable(self):
        file = io.BytesIO()
        openpyxl.Workbook().save(file)
        with pytest.raises(ImportUnreadable):
            SourceTable(file)


@pytest.mark.parametrize(
    ("part", "limits"),
    [
        ("xl/sharedStrings.xml", {"_MAX_PART_BYTES": 1_000_000}),
        ("xl/strings.xml", {"_MAX_PART_BYTES": 1_000_000}),
        ("xl/worksheets/sheet9.xml", {"_MAX_UNPACKED_BYTES": 1_000_000}),
    ],
)
def test_a_small_workbook_that_unpacks_to_much_is_refused_unopened(monkeypatch, part, limits):
    for name, value in limits.items():
        monkeypatch.setattr(reader, name, value)
    monkeypatch.setattr(reader.openpyxl, "load_workbook", lambda *args, **options: pytest.fail("opened"))
    packed = as_workbook([row(1)])
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(part, b"<si><t/></si>" * 100_000)
    assert len(packed.getvalue()) < 100_000
    with pytest.raises(ImportUnreadable, match="解压后太大，请"):
        read(packed)


def test_the_limits_are_what_a_server_can_bear():
    assert (reader._MAX_UNPACKED_BYTES, reader._MAX_PART_BYTES) == (200 * 1024**2, 50 * 1024**2)
