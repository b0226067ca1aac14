"""Penalty tables for tests: rows by field, as CSV or workbook."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import openpyxl

from credit_repair.registry.importing.columns import layout_of
from tests.registry.factories import AS_OF, make_code, make_resident_id

AUTHORITY_CODE = make_code(900, prefix="11")


def row(n: int = 1, **changes: Any) -> dict[str, Any]:
    """A row that is taken: a fine of 1.5 万元 by 濉溪县交通运输局 on 2026-05-06, one subject per `n`."""
    return {
        "name": f"濉溪县华泰物流有限公司{n}",
        "category": "法人及非法人组织",
        "code": make_code(n),
        "representative": "王敏",
        "representative_id_type": "身份证",
        "representative_number": make_resident_id(n),
        "doc_no": f"（濉）交罚〔2026〕{n}号",
        "conduct": "超限运输",
        "facts": "车货总质量超过限定标准",
        "legal_basis": "《公路安全保护条例》第六十四条",
        "penalty_text": "罚款",
        "content": "罚款人民币15000元",
        "fine": "1.5",
        "decision_date": "2026/05/06",
        "valid_until": "2099/12/31",
        "own_until": "2027/05/06",
        "authority": "濉溪县交通运输局",
        "authority_code": AUTHORITY_CODE,
        "source": "濉溪县交通运输局",
        "source_code": AUTHORITY_CODE,
    } | changes


def entry(n: int = 1, **changes: Any) -> dict[str, Any]:
    """A row of a list that is taken: an enterprise that came on a serious list on 2026-05-06."""
    return {
        "name": f"濉溪县华泰食品有限公司{n}",
        "code": make_code(n),
        "list_name": "食品安全严重违法生产经营者名单",
        "facts": "生产经营不符合食品安全标准的食品，情节严重",
        "legal_basis": "《市场监督管理严重违法失信名单管理办法》第五条",
        "decision_date": "2026/05/06",
        "authority": "濉溪县市场监督管理局",
        "authority_code": AUTHORITY_CODE,
    } | changes


def as_lines(rows: Iterable[dict[str, Any]], *, kind: str = "penalty") -> list[list[Any]]:
    """Header and rows as lists of cells."""
    columns = layout_of(kind).columns
    header = [column.header for column in columns]
    return [header, *([values.get(column.field, "") for column in columns] for values in rows)]


def as_csv(
    rows: Iterable[dict[str, Any]], *, encoding: str = "utf-8-sig", kind: str = "penalty"
) -> io.BytesIO:
    """The table as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows(as_lines(rows, kind=kind))
    return io.BytesIO(text.getvalue().encode(encoding))


def as_workbook(rows: Iterable[dict[str, Any]], *, kind: str = "penalty") -> io.BytesIO:
    """The table as .xlsx."""
    book = openpyxl.Workbook()
    for line in as_lines(rows, kind=kind):
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def take_in(file: Any, *, as_of=AS_OF, **options: Any):
    """Import `file`; return the batch and what became of each row."""
    from credit_repair.registry.services import import_file

    outcomes = []
    batch = import_file(path_or_file=file, file_name="表.csv", as_of=as_of, report=outcomes.append, **options)
    return batch, outcomes
