"""What each list of the site has in its file: the columns, by title.

A list's page hands out the file on its own address, with ?format=xlsx or csv: behind the same door, from
the same query, under the same filters. Personal numbers are masked as on the page.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext_lazy as _

from credit_repair.cases import kinds
from credit_repair.cases.record_reading import party, reader_of, text_of
from credit_repair.core import audit
from credit_repair.core.tables import Columns, file_response, wanted_format, write_table
from credit_repair.people.masking import subject_name
from credit_repair.registry.law_words import class_name
from credit_repair.registry.models import Record
from credit_repair.registry.personal_numbers import without_personal_numbers
from credit_repair.registry.wording import penalty_summary

#: Of a personal search only this is kept in the audit: it may hold somebody's identity number.
_NOT_KEPT = "q"


def _record_columns(name: Callable[[Record], str], words: Callable[[Record, str], str]) -> Columns:
    """What a list of records has, with the subject's name and free words as the reader sees them."""
    return (
        (_("决定书文号"), lambda record: record.doc_no),
        (_("类别"), lambda record: record.get_kind_display()),
        (_("当事人"), name),
        (_("代码或证件号码"), lambda record: record.subject.shown_number),
        (_("处罚机关"), lambda record: record.authority.name),
        (_("违法行为类型"), lambda record: words(record, record.conduct)),
        (_("处罚种类"), penalty_summary),
        (_("罚款金额（万元）"), lambda record: record.fine),
        (_("没收金额（万元）"), lambda record: record.confiscated),
        (_("决定日期"), lambda record: record.decision_date),
        (_("失信等级"), lambda record: class_name(record.rule_class)),
        (_("可修复起始日"), lambda record: record.repairable_from),
        (_("公示截止日"), lambda record: record.effective_until),
        (_("状态"), lambda record: record.get_standing_display()),
        (_("结束日期"), lambda record: record.ended_on),
    )


#: The enterprise's own list: its pages name no supplier.
MY_RECORD_COLUMNS: Columns = _record_columns(
    lambda record: record.subject.name, lambda record, text: without_personal_numbers(text)
)
RECORD_COLUMNS: Columns = (
    *_record_columns(party, text_of),
    (_("数据来源单位"), lambda record: record.source_office.name if record.source_office else ""),
)
CASE_COLUMNS: Columns = (
    (_("申请编号"), lambda case: case.number or _("草稿")),
    (_("事项"), lambda case: kinds.kind_of(case).label),
    (_("申请主体"), lambda case: case.subject.name),
    (_("代码或证件号码"), lambda case: case.subject.shown_number),
    (_("决定书文号"), lambda case: case.record.doc_no if case.record else ""),
    (_("处罚机关"), lambda case: case.record.authority.name if case.record else ""),
    (_("提交日期"), lambda case: case.submitted_on),
    (_("状态"), lambda case: kinds.kind_of(case).states(case.state).label),
    (_("办结日期"), lambda case: case.closed_on),
)
BATCH_COLUMNS: Columns = (
    (_("文件"), lambda batch: batch.file_name),
    (_("表格种类"), lambda batch: batch.get_kind_display()),
    (_("导入日"), lambda batch: batch.as_of),
    (_("导入时间"), lambda batch: batch.started_at),
    (_("导入人"), lambda batch: batch.imported_by or _("命令行")),
    (_("行数"), lambda batch: batch.rows),
    (_("新增"), lambda batch: batch.taken),
    (_("更新"), lambda batch: batch.updated),
    (_("未变"), lambda batch: batch.unchanged),
    (_("拒收"), lambda batch: batch.refused),
    (_("状态"), lambda batch: batch.get_state_display()),
)
_OUTCOMES = {"refused": _("拒收")}
LINE_COLUMNS: Columns = (
    (_("行号"), lambda line: line.row),
    (_("结果"), lambda line: _OUTCOMES.get(line.outcome, _("已收，请核对"))),
    (_("列"), lambda line: line.field),
    (_("原因"), lambda line: without_personal_numbers(line.reason)),
)
CONFLICT_COLUMNS: Columns = (
    (_("统一社会信用代码"), lambda conflict: conflict.subject.code),
    (_("已登记的名称"), lambda conflict: conflict.known_name),
    (_("来表中的名称"), lambda conflict: conflict.name),
    (_("文件"), lambda conflict: conflict.line.batch.file_name),
    (_("行号"), lambda conflict: conflict.line.row),
    (_("状态"), lambda conflict: conflict.get_state_display()),
    (_("处理说明"), lambda conflict: conflict.reason),
    (_("处理人"), lambda conflict: conflict.decided_by),
    (_("处理时间"), lambda conflict: conflict.decided_at),
)
MESSAGE_COLUMNS: Columns = (
    (_("决定书文号"), lambda message: message.record.doc_no if message.record else message.title),
    (_("当事人"), lambda message: subject_name(message.about, reader_of(message))),
    (_("消息"), lambda message: message.get_action_display()),
    (_("平台"), lambda message: message.platform.name),
    (_("产生时间"), lambda message: message.created_at),
    (_("状态"), lambda message: message.get_state_display()),
    (_("发送次数"), lambda message: message.attempts),
    (_("回执"), lambda message: message.receipt),
    (_("最近一次失败"), lambda message: message.last_error),
)
MEASURE_COLUMNS: Columns = (
    (_("决定书文号"), lambda measure: measure.record.doc_no),
    (_("当事人"), lambda measure: subject_name(measure.record.subject, reader_of(measure))),
    (_("部门"), lambda measure: measure.platform.name),
    (_("类型"), lambda measure: measure.get_kind_display()),
    (_("措施"), lambda measure: measure.name),
    (_("状态"), lambda measure: measure.get_state_display()),
    (_("开始时间"), lambda measure: measure.applied_at),
    (_("解除时间"), lambda measure: measure.ended_at),
    (_("回执"), lambda measure: measure.receipt),
)
SUPPLY_COLUMNS: Columns = (
    (_("来源单位"), lambda row: row.name or _("（没有填写来源单位）")),
    (_("统一社会信用代码"), lambda row: row.code),
    (_("行数"), lambda row: row.supplied.rows),
    (_("拒收"), lambda row: row.supplied.refused),
    (_("合规率"), lambda row: row.supplied.compliance),
    (_("需核对"), lambda row: row.supplied.warned),
    (_("新增"), lambda row: row.supplied.taken),
    (_("超期报送"), lambda row: row.supplied.late),
    (_("超期率"), lambda row: row.supplied.late_share),
    (_("错码"), lambda row: row.supplied.wrong_codes),
    (_("重码"), lambda row: row.supplied.duplicate_codes),
)


@transaction.atomic
def export_records(
    request: HttpRequest, records: Iterable[Record], *, name: str, filters: Mapping[str, Any]
) -> FileResponse:
    """Answer with records as a file and write down who took them, how many, and by which `filters`.

    The words of a search are not kept: they may be somebody's identity number.
    """
    kind = wanted_format(request)
    table = write_table(kind, name=name, columns=RECORD_COLUMNS, rows=records)
    kept = {key: str(value)[:100] for key, value in filters.items() if value and key != _NOT_KEPT}
    audit.record(
        actor=request.user,
        action="export_records",
        target=request.user,
        data={
            "format": kind,
            "rows": table.rows,
            "filters": kept,
            "searched": bool(filters.get(_NOT_KEPT)),
        },
    )
    return file_response(table, kind=kind, name=name)
