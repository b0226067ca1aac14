"""The 30 columns of the penalty table 双公示行政处罚信息, template of 2021."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _


class ImportUnreadable(ValueError):
    """The file is no penalty table that can be read; the words say what to do. Nothing was changed."""


@dataclass(frozen=True)
class Column:
    """A column: its header, what we call it, whether the table is useless without it."""

    header: str
    field: str
    required: bool = True


COLUMNS = (
    Column("行政相对人名称", "name"),
    Column("行政相对人类别", "category"),
    Column("行政相对人代码_1(统一社会信用代码)", "code"),
    Column("行政相对人代码_2(工商注册号)", "business_number", required=False),
    Column("行政相对人代码_3(组织机构代码)", "organisation_number", required=False),
    Column("行政相对人代码_4(税务登记号)", "tax_number", required=False),
    Column("行政相对人代码_5(事业单位证书号)", "institution_number", required=False),
    Column("行政相对人代码_6(社会组织登记证号)", "association_number", required=False),
    Column("法定代表人", "representative", required=False),
    Column("法定代表人证件类型", "representative_id_type", required=False),
    Column("法定代表人证件号码", "representative_number", required=False),
    Column("证件类型", "person_id_type", required=False),
    Column("证件号码", "person_number", required=False),
    Column("行政处罚决定书文号", "doc_no"),
    Column("违法行为类型", "conduct"),
    Column("违法事实", "facts"),
    Column("处罚依据", "legal_basis"),
    Column("处罚类别", "penalty_text"),
    Column("处罚内容", "content"),
    Column("罚款金额（万元）", "fine"),
    Column("没收违法所得、没收非法财物的金额（万元）", "confiscated"),
    Column("暂扣或吊销证照名称及编号", "licence", required=False),
    Column("处罚决定日期", "decision_date"),
    Column("处罚有效期", "valid_until", required=False),
    Column("公示截止期", "own_until"),
    Column("处罚机关", "authority"),
    Column("处罚机关统一社会信用代码", "authority_code"),
    Column("数据来源单位", "source", required=False),
    Column("数据来源单位统一社会信用代码", "source_code", required=False),
    Column("备注", "remarks", required=False),
)

HEADERS = {column.field: column.header for column in COLUMNS}
_FIELDS = {"".join(unicodedata.normalize("NFKC", column.header).split()): column.field for column in COLUMNS}


def fields_of(header: Sequence[str]) -> list[str | None]:
    """Return for each column of a table the field it fills, None for a column that we do not know.

    Blanks and the width of brackets do not matter, nor does the order of the columns.

    Raises ImportUnreadable where a required column is missing or one stands there twice.
    """
    fields = [_FIELDS.get("".join(unicodedata.normalize("NFKC", title).split())) for title in header]
    known = [field for field in fields if field]
    if not known:
        raise ImportUnreadable(
            _(
                "第一行里没有找到行政处罚信息表的列名。请使用2021年版“双公示”行政处罚信息模板，并把列名放在第一行。"
            )
        )
    missing = [column.header for column in COLUMNS if column.required and column.field not in known]
    if missing:
        raise ImportUnreadable(
            _("表格缺少这些列：%(columns)s。请按模板补上列名后重新导入。") % {"columns": "、".join(missing)}
        )
    twice = sorted({HEADERS[field] for field in known if known.count(field) > 1})
    if twice:
        raise ImportUnreadable(
            _("这些列名在表格里出现了两次：%(columns)s。请删去多余的列后重新导入。")
            % {"columns": "、".join(twice)}
        )
    return fields
