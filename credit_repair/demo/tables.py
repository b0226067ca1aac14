"""The demo's own records, made into the tables in which offices hand them over; days go by the demo's day."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from credit_repair.platforms.services import announce_new_publications
from credit_repair.registry.importing.columns import layout_of
from credit_repair.registry.models import Office, Platform, Record
from credit_repair.registry.services import import_file
from credit_repair.rules import add_months

#: Long enough ago that the minimum period of publicity is over, not so long that publicity has ended.
_DECIDED_MONTHS_AGO = 6
#: The minimum period of a general record, after which its first lawful day comes.
_GENERAL_MONTHS = 3
#: For how long the source of a record says that it is shown (months); an abnormal list has no such day.
_SHOWN_MONTHS = {"penalty": 12, "serious_list": 36, "other": 12}
_ORDINARY = {
    "conduct": "虚假宣传",
    "facts": "在宣传页面使用与实际不符的用语",
    "legal_basis": "《中华人民共和国反不正当竞争法》第八条第一款",
    "penalty_text": "罚款",
    "content": "罚款人民币21000元",
    "fine": "2.1",
}


@dataclass(frozen=True)
class DemoRecord:
    """One record of the demo as fixtures/demo.json tells it, with its days worked out."""

    kind: str
    subject: str
    code: str
    authority: str
    doc_no: str
    decided: date
    words: Mapping[str, str]

    @property
    def stored(self) -> Record:
        """The record in the register, once its table was imported."""
        return Record.objects.get(doc_no=self.doc_no, kind=self.kind)

    def cells(self, authority: Office) -> dict[str, str]:
        """Return the row of its table, by field."""
        months = _SHOWN_MONTHS.get(self.kind)
        return {
            "name": self.subject,
            "category": "法人及非法人组织",
            "code": self.code,
            "doc_no": self.doc_no,
            **(_ORDINARY if self.kind == Record.Kind.PENALTY else {}),
            **self.words,
            "decision_date": _in_table(self.decided),
            "own_until": _in_table(add_months(self.decided, months)) if months else "",
            "authority": authority.name,
            "authority_code": authority.code,
            "source": authority.name,
            "source_code": authority.code,
        }


def told(each: Mapping[str, Any], *, today: date) -> DemoRecord:
    """Read a record of fixtures/demo.json: `months_ago` it was decided, or `opens_in_days` is its first
    lawful day; "YEAR" in its number is the year of the decision."""
    if (ahead := each.get("opens_in_days")) is not None:
        decided = add_months(today + timedelta(days=ahead - 1), -_GENERAL_MONTHS)
    else:
        decided = add_months(today, -each.get("months_ago", _DECIDED_MONTHS_AGO))
    return DemoRecord(
        kind=each.get("kind", "penalty"),
        subject=each["subject"],
        code=each["code"],
        authority=each["authority"],
        doc_no=each["doc_no"].replace("YEAR", str(decided.year)),
        decided=decided,
        words=each.get("words", {}),
    )


def bring_in(records: Sequence[DemoRecord], *, today: date) -> None:
    """Import the records, a table of each kind, and publish them."""
    offices = {office.code: office for office in Office.objects.all()}
    for kind in dict.fromkeys(record.kind for record in records):
        batch = import_file(
            path_or_file=io.BytesIO(_table(kind, [each for each in records if each.kind == kind], offices)),
            file_name=f"{kind}_under_repair_demo.csv",
            as_of=today,
            kind=kind,
            platforms=tuple(Platform.objects.filter(active=True, kind=Platform.Kind.PUBLISHER)),
        )
        if batch.refused:
            raise RuntimeError(f"the demo's own table was refused: {list(batch.lines.values())}")
    announce_new_publications(today=today)


def _table(kind: str, records: Sequence[DemoRecord], offices: Mapping[str, Office]) -> bytes:
    headers = layout_of(kind).headers
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(headers.values()), restval="")
    writer.writeheader()
    for record in records:
        cells = record.cells(offices[record.authority])
        writer.writerow({headers[field]: value for field, value in cells.items() if field in headers})
    return text.getvalue().encode("utf-8-sig")


def _in_table(day: date) -> str:
    return day.strftime("%Y/%m/%d")
