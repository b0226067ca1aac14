"""Records and changes that a supplier leaves as files: through the import of the website, with its codes."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.core.clock import now, today
from credit_repair.core.jobs import dispatch
from credit_repair.platforms.channels import channel_of
from credit_repair.platforms.exchange.folders import Unfit
from credit_repair.platforms.exchange.lines import NotJson, json_lines
from credit_repair.platforms.exchange.reports import ROWS_HEADER, Report
from credit_repair.registry.importing.columns import ImportUnreadable
from credit_repair.registry.importing.reader import SourceTable
from credit_repair.registry.importing.report import Outcome, RowOutcome
from credit_repair.registry.importing.row import TableRow
from credit_repair.registry.importing.scope import ImportScope
from credit_repair.registry.keys import list_entry_no, natural_key, personal_key
from credit_repair.registry.law import one_law
from credit_repair.registry.models import Office, Platform, Record, RecordAlias, RecordEvent
from credit_repair.registry.services import import_file
from credit_repair.registry.services.records import RecordHasEnded, end_record

#: Rows of a report that are kept with the file; the report itself has them all.
KEPT_ROWS = 5000
MAX_REASON = 500
#: Columns of a table in JSON lines: each row is given all of them, so that few lines could fill the memory.
MOST_COLUMNS = 200
#: Keys in one statement.
_AT_ONCE = 500


def supplier_of(platform: Platform) -> Office:
    """Return whose records come through this folder. Raises Unfit where nobody's may."""
    supplier: Office | None = channel_of(platform).supplier
    if supplier is None or platform.kind == Platform.Kind.THIRD_PARTY:
        raise Unfit(_("这个交换目录没有开通信用记录报送。"))
    return supplier


def take_records(platform: Platform, file: IO[bytes], *, name: str) -> Report:
    """Import a table, as the website would for its supplier; return what became of the rows.

    The records are published on the active platforms that must answer 必须回执: those that the website's form
    proposes. Raises Unfit where the table cannot be read.
    """
    supplier = supplier_of(platform)
    table = _as_table(file) if name.endswith(".jsonl") else file
    report = Report(ROWS_HEADER)
    _import(table, name=name, supplier=supplier, told=lambda row: _tell(report, row))
    return report


def _tell(report: Report, row: RowOutcome) -> None:
    if row.needs_a_look and len(report.rows) < KEPT_ROWS:
        report.rows.append(row.as_tuple())
    report.count(good=row.outcome != Outcome.REFUSED)


def _import(table: IO[bytes], *, name: str, supplier: Office, told: Any) -> None:
    platforms = Platform.objects.filter(active=True, required=True, kind=Platform.Kind.PUBLISHER)
    try:
        import_file(
            path_or_file=table,
            file_name=name,
            as_of=today(),
            platforms=list(platforms),
            scope=scope_of_supplier(supplier),
            report=told,
        )
    except ImportUnreadable as error:
        raise Unfit(str(error)) from None


def scope_of_supplier(supplier: Office) -> ImportScope | None:
    """Return whose data `supplier` may bring, None for everybody's.

    Its own. A credit office's are also those of the authorities in its division 行政区划 (a city's: in its
    counties), and everybody's where it is the only one.
    """
    if supplier.kind != Office.Kind.CREDIT:
        return ImportScope(offices=frozenset({supplier.code}), answers_for=lambda code: False)
    if not Office.objects.filter(kind=Office.Kind.CREDIT).exclude(pk=supplier.pk).exists():
        return None
    # 340000 is a province, 340600 a city, 340621 a county.
    division = supplier.region.removesuffix("00").removesuffix("00")
    return ImportScope(
        offices=frozenset({supplier.code}), answers_for=lambda code: code[2:8].startswith(division)
    )


def _as_table(file: IO[bytes]) -> IO[bytes]:
    """Return lines of JSON, each an object of the table's headers, as the table that the import reads."""
    rows = []
    columns: set[str] = set()
    for number, data in json_lines(file):
        if not isinstance(data, dict) or not all(isinstance(cell, str) for cell in data.values()):
            raise Unfit(_("第%(line)s行不是以列名为键的JSON对象，值要是文字。") % {"line": number})
        columns.update(data)
        if len(columns) > MOST_COLUMNS:
            raise Unfit(_("列名超过%(most)s个。") % {"most": MOST_COLUMNS})
        rows.append(data)
    return _table(rows)


def _table(rows: Iterable[dict[str, str]]) -> IO[bytes]:
    listed = list(rows)
    header = list(dict.fromkeys(name for row in listed for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(listed)
    return io.BytesIO(text.getvalue().encode())


# ---- changes -------------------------------------------------------------------------------------------


class Refused(ValueError):
    """A line is refused, with its code; the words say what to do."""

    def __init__(self, code: str, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.code, self.field = code, field


@dataclass(frozen=True)
class _Correction:
    line: int
    row: dict[str, str]


def take_changes(platform: Platform, file: IO[bytes], *, name: str) -> Report:
    """Take what a supplier says has changed: records withdrawn, revoked, corrected; return what became of
    the lines. The same file again changes nothing."""
    supplier = supplier_of(platform)
    scope = scope_of_supplier(supplier)
    outcomes: dict[int, RowOutcome] = {}
    corrections: list[_Correction] = []
    for number, data in json_lines(file):
        try:
            action = _action(data)
            if action == "correct":
                corrections.append(_Correction(number, _row(data)))
            else:
                ended = _end(data, action=action, scope=scope, supplier=supplier)
                outcomes[number] = RowOutcome(number, Outcome.UPDATED if ended else Outcome.UNCHANGED)
        except Refused as refusal:
            outcomes[number] = RowOutcome(number, Outcome.REFUSED, refusal.field, refusal.code, str(refusal))
    outcomes |= _correct(corrections, name=name, supplier=supplier)
    dispatch("settle_cases", key="settle_cases")  # what ended here is taken down by a settler
    report = Report(ROWS_HEADER)
    for number in sorted(outcomes):
        outcome = outcomes[number]
        report.add(outcome.as_tuple(), good=outcome.outcome != Outcome.REFUSED)
    return report


def _action(data: Any) -> str:
    if data is NotJson or not isinstance(data, dict):
        raise Refused("bad_line", _("这一行不是JSON对象。"))
    action = data.get("action")
    if action not in ("withdraw", "revoke", "correct"):
        raise Refused("bad_action", _("action必须是withdraw、revoke或correct。"), field="action")
    return str(action)


def _row(data: dict[str, Any]) -> dict[str, str]:
    row = data.get("row")
    cells = list(row.values()) if isinstance(row, dict) else []
    if not all(isinstance(cell, str) for cell in cells) or not any(cell.strip() for cell in cells):
        raise Refused("bad_line", _("row必须是以列名为键、值为文字的JSON对象。"), field="row")
    return dict(data["row"])


def _end(data: dict[str, Any], *, action: str, scope: ImportScope | None, supplier: Office) -> bool:
    """End a record as withdrawn by its source; return whether it had not been so before."""
    record = _record(data.get("record"))
    source = record.source_office.code if record.source_office else ""
    if scope is not None and not scope.covers(authority=record.authority.code, source=source):
        raise Refused("not_your_office", _("这条记录不是贵单位的数据。"), field="record")
    reason = data.get("reason")
    if not isinstance(reason, str) or not reason.strip() or len(reason) > MAX_REASON or "\0" in reason:
        raise Refused("missing_reason", _("请写明理由，最多500字。"), field="reason")
    on = _day(data.get("on"))
    if on < record.decision_date or on > today():
        raise Refused("bad_date", _("日期不能早于决定日期，也不能晚于今天。"), field="on")
    before = record.standing
    try:
        with transaction.atomic():
            end_record(
                record=record,
                standing=Record.Standing.WITHDRAWN,
                what=RecordEvent.What.WITHDRAWN,
                on=on,
                at=now(),
                actor_label=supplier.name[:100],
                data={"by": action, "reason": reason.strip()},
            )
    except RecordHasEnded as error:
        raise Refused("already_ended", str(error), field="record") from None
    return before != Record.Standing.WITHDRAWN


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refused("bad_date", _("on必须是日期，例如2026-11-20。"), field="on") from None


def _record(said: Any) -> Record:
    """Return the record by its UUID, or by what it is known by. Raises Refused."""
    records = Record.objects.select_related("authority", "source_office")
    if isinstance(said, str):
        try:
            found = records.filter(uuid=UUID(said)).first()
        except ValueError:
            found = None
    else:
        key = _key(said)
        aliased = RecordAlias.objects.filter(natural_key=key).values("record")
        found = records.filter(natural_key=key).first() or records.filter(pk__in=aliased).first()
    if found is None:
        raise Refused("unknown_record", _("没有这条记录，请核对文号、机关代码和主体代码。"), field="record")
    return found


def _key(said: Any) -> str:
    names = ("doc_no", "list_name", "entered_on", "authority_code", "subject_code", "person_number")
    if not isinstance(said, dict) or any(not isinstance(said.get(name, ""), str) for name in names):
        raise Refused("bad_line", _("record必须是记录的UUID，或写明文号等关键信息的对象。"), field="record")
    given = {name: said.get(name, "").strip() for name in names}
    number = given["doc_no"]
    if given["list_name"]:
        number = list_entry_no(given["list_name"], _day(given["entered_on"]))
    subject = given["subject_code"].upper() or (
        personal_key(given["person_number"]) if given["person_number"] else ""
    )
    if not number or not subject or not given["authority_code"]:
        raise Refused(
            "bad_line",
            _("请写明文号（名单写名称和列入日期）、机关代码和主体代码。"),
            field="record",
        )
    return natural_key(doc_no=number, authority_code=given["authority_code"].upper(), subject_key=subject)


def _correct(corrections: list[_Correction], *, name: str, supplier: Office) -> dict[int, RowOutcome]:
    """Import the corrected rows of records that are known, each kind of table by itself."""
    outcomes: dict[int, RowOutcome] = {}
    alike: dict[tuple[str, ...], list[_Correction]] = {}
    for each in corrections:
        alike.setdefault(tuple(sorted(each.row)), []).append(each)
    for group in alike.values():
        try:
            known = _known(group)
            words = _("没有这条记录，更正只能针对已有的记录。")
            for line in {each.line for each in group} - known:
                outcomes[line] = RowOutcome(line, Outcome.REFUSED, "row", "unknown_record", words)
            rows = [each for each in group if each.line in known]
            if rows:
                told: list[RowOutcome] = []
                _import(_table(each.row for each in rows), name=name, supplier=supplier, told=told.append)
                for row in told:
                    line = rows[row.row - 1].line
                    outcomes[line] = replace(row, row=line)
        except (Unfit, ImportUnreadable) as error:
            for each in group:
                outcomes[each.line] = RowOutcome(each.line, Outcome.REFUSED, "row", "bad_line", str(error))
    return outcomes


def _known(group: list[_Correction]) -> set[int]:
    """Return the lines whose record is in the register, and those that the import will refuse anyway."""
    with SourceTable(_table(each.row for each in group)) as table, one_law() as law:
        rows = [TableRow.read(raw, book=law.book, layout=table.layout) for raw in table.rows()]
    keys: dict[int, str] = {}
    known: set[int] = set()
    for row in rows:
        line = group[row.number - 1].line
        try:
            keys[line] = row.key
        except ValueError:
            known.add(line)
    wanted = list(keys.values())
    found: set[str] = set()
    for at in range(0, len(wanted), _AT_ONCE):
        some = wanted[at : at + _AT_ONCE]
        for model in (Record, RecordAlias):
            found.update(model.objects.filter(natural_key__in=some).values_list("natural_key", flat=True))
    return known | {line for line, key in keys.items() if key in found}
