"""The index of a pack 文书目录: every document that was asked for, also what could not go in, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.cases.models import Case
from credit_repair.core.tables import Columns
from credit_repair.notices.models import Document, DocumentPack, PackItem

Outcome = PackItem.Outcome


@dataclass(frozen=True)
class Line:
    """A document of a pack, with its case where who asked may read it."""

    item: PackItem
    case: Case | None = None

    @property
    def document(self) -> Document:
        """The document itself."""
        return self.item.document

    @property
    def why_not(self) -> str:
        """Why it is not in the file; empty where it is."""
        return "" if self.item.outcome == Outcome.INCLUDED else str(self.item.get_outcome_display())


@dataclass(frozen=True)
class Index:
    """The index as a table, and what its page says above it."""

    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    context: dict[str, Any]


def subject_of(document: Document, case: Case | None) -> str:
    """Return whom the document is about, as far as is known: the addressee, or the subject of the case."""
    subject = document.addressee or (case.subject if case else None)
    return subject.name if subject else ""


def _replaced_by(line: Line) -> str:
    return str(line.document.replaced_by or "")


def _signed(line: Line) -> str:
    if line.document.state != Document.State.READY:
        return ""
    return line.document.signed_by or _("没有电子签章")


COLUMNS: Columns = (
    (_l("序号"), lambda line: line.item.position),
    (_l("文号"), lambda line: line.document.number or _("不编文号")),
    (_l("种类"), lambda line: line.document.title),
    (_l("成文日期"), lambda line: line.document.issued_on),
    (_l("主体"), lambda line: subject_of(line.document, line.case)),
    (_l("申请编号"), lambda line: (line.case.number or "") if line.case else ""),
    (_l("发文机关"), lambda line: line.document.office.name if line.document.office else ""),
    (_l("效力"), lambda line: line.document.get_standing_display()),
    (_l("失效原因"), lambda line: line.document.ended_why),
    (_l("替换为"), _replaced_by),
    (_l("电子签章"), _signed),
    (_l("文件名"), lambda line: line.item.file_name),
    (_l("未收入的原因"), lambda line: line.why_not),
    (_l("文件指纹（SHA-256）"), lambda line: line.document.sha256),
)


def index_of(pack: DocumentPack, lines: Sequence[Line], *, at: datetime) -> Index:
    """Return the index of a pack, made at that moment. Of what its reader may not see it tells the number."""
    included = sum(line.item.outcome == Outcome.INCLUDED for line in lines)
    return Index(
        header=[str(title) for title, _value in COLUMNS],
        rows=[[value(line) for _title, value in COLUMNS] for line in lines],
        context={
            "pack": pack,
            "lines": [{"line": line, "subject": subject_of(line.document, line.case)} for line in lines],
            "made_at": at,
            "included": included,
            "left_out": len(lines) - included,
            "hidden": pack.total - len(lines),
        },
    )
