"""The tables that can be imported, as data: the columns of each, by their headers."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.translation import gettext as _

from credit_repair.core.wording import listed
from credit_repair.registry.models import Record


class ImportUnreadable(ValueError):
    """The file is no table that can be read; the words say what to do. Nothing was changed."""


@dataclass(frozen=True)
class Column:
    """A column: its header, what we call it, whether the table is useless without it, other headers."""

    header: str
    field: str
    required: bool = True
    aliases: tuple[str, ...] = ()


#: The 30 columns of the penalty table 双公示行政处罚信息, template of 2021.
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


def _list_columns(*, name: str, list_name: str, label: str) -> tuple[Column, ...]:
    """The columns of a list. No template is agreed, so every source's usual headers are known as well."""
    return (
        Column(name, "name", aliases=("主体名称", "企业名称", "行政相对人名称")),
        Column("主体类别", "category", required=False, aliases=("行政相对人类别",)),
        Column(
            "统一社会信用代码",
            "code",
            aliases=("行政相对人代码_1(统一社会信用代码)", "主体统一社会信用代码"),
        ),
        Column("法定代表人", "representative", required=False, aliases=("法定代表人（负责人）", "负责人")),
        Column("法定代表人证件类型", "representative_id_type", required=False),
        Column("法定代表人证件号码", "representative_number", required=False),
        Column("证件类型", "person_id_type", required=False),
        Column("证件号码", "person_number", required=False),
        Column(list_name, "list_name", aliases=("名单名称", "列入名单名称")),
        Column("列入决定书文号", "doc_no", required=False, aliases=("列入文号", "列入决定文号")),
        Column("列入原因", "facts", aliases=("列入事由", f"列入{label}原因", "列入原因类型")),
        Column("列入依据", "legal_basis", required=False, aliases=(f"列入{label}依据",)),
        Column("列入日期", "decision_date", aliases=(f"列入{label}日期",)),
        Column("移出日期", "removed_on", required=False, aliases=(f"移出{label}日期",)),
        Column("公示截止期", "own_until", required=False, aliases=("公示截止日期",)),
        Column("列入机关", "authority", aliases=("作出决定机关（列入）", "作出列入决定机关", "认定单位")),
        Column(
            "列入机关统一社会信用代码",
            "authority_code",
            aliases=("作出列入决定机关统一社会信用代码", "认定单位统一社会信用代码"),
        ),
        Column("数据来源单位", "source", required=False),
        Column("数据来源单位统一社会信用代码", "source_code", required=False),
        Column("备注", "remarks", required=False),
    )


@dataclass(frozen=True)
class Layout:
    """One kind of table: what it is called, and its columns."""

    kind: Record.Kind
    name: str
    columns: tuple[Column, ...]
    #: What a record is known by, apart from authority and subject, must not be changed by a re-import.
    is_list: bool = False

    @cached_property
    def headers(self) -> dict[str, str]:
        """The header of each field."""
        return {column.field: column.header for column in self.columns}

    @cached_property
    def empty(self) -> dict[str, str]:
        """A row in which nothing stands. Fields of other tables are empty, too: all rows are read alike."""
        return dict.fromkeys(_ALL_FIELDS, "")

    @cached_property
    def fields(self) -> dict[str, str]:
        """The field of each header that is known, as headers are compared."""
        return {
            _plain(header): column.field
            for column in self.columns
            for header in (column.header, *column.aliases)
        }

    def missing_in(self, fields: Sequence[str | None]) -> list[str]:
        """The headers of the required columns that are not among `fields`."""
        return [column.header for column in self.columns if column.required and column.field not in fields]


_SERIOUS_COLUMNS = _list_columns(
    name="失信主体名称", list_name="严重失信主体名单名称", label="严重失信主体名单"
)
_ABNORMAL_COLUMNS = _list_columns(name="市场主体名称", list_name="异常名录名称", label="经营异常名录")


def _other_columns() -> tuple[Column, ...]:
    """The columns of what is neither penalty nor list: those of a list, by the names of a finding 认定."""
    words = {
        "name": "信息主体名称",
        "list_name": "信息类别",
        "doc_no": "认定文书文号",
        "facts": "失信事实",
        "legal_basis": "认定依据",
        "decision_date": "认定日期",
        "removed_on": "撤销日期",
        "authority": "认定机关",
        "authority_code": "认定机关统一社会信用代码",
    }
    return tuple(
        replace(column, header=words[column.field], aliases=(column.header, *column.aliases))
        if column.field in words
        else column
        for column in _list_columns(name="主体名称", list_name="名单名称", label="失信信息")
    )


_OTHER_COLUMNS = _other_columns()

LAYOUTS = {
    layout.kind: layout
    for layout in (
        Layout(Record.Kind.PENALTY, "行政处罚信息表", COLUMNS),
        Layout(Record.Kind.SERIOUS_LIST, "严重失信主体名单表", _SERIOUS_COLUMNS, is_list=True),
        Layout(Record.Kind.ABNORMAL_LIST, "经营异常名录表", _ABNORMAL_COLUMNS, is_list=True),
        Layout(Record.Kind.OTHER, "其他失信信息表", _OTHER_COLUMNS, is_list=True),
    )
}
_ALL_FIELDS = tuple(dict.fromkeys(column.field for layout in LAYOUTS.values() for column in layout.columns))
#: The headers of the penalty table by field.
HEADERS = LAYOUTS[Record.Kind.PENALTY].headers


def layout_of(kind: str) -> Layout:
    """Return the layout of a Record.Kind. Raises KeyError for what is none."""
    return LAYOUTS[Record.Kind(kind)]


def layout_for(header: Sequence[str], *, kind: str | None = None) -> Layout:
    """Return the layout that a header shows; with `kind` that one, if the header fits it.

    Raises ImportUnreadable where it fits none, with words that say what to do.
    """
    fitting = [layout for layout in LAYOUTS.values() if not layout.missing_in(_fields(header, layout))]
    if kind is not None:
        return _chosen(layout_of(kind), fitting)
    nearest = max(fitting or LAYOUTS.values(), key=lambda layout: _closeness(header, layout))
    if not any(_fields(header, nearest)):
        raise ImportUnreadable(
            _(
                "第一行里没有找到行政处罚信息表的列名，也不是严重失信主体名单、经营异常名录或其他失信信息表的列名。"
                "请使用对应的模板，并把列名放在第一行。"
            )
        )
    equals = [each for each in fitting if _closeness(header, each) == _closeness(header, nearest)]
    if len(equals) > 1:
        names = listed(layout.name for layout in equals)
        raise ImportUnreadable(
            _("从列名看不出是哪一种表格（%(names)s），请选定表格种类。") % {"names": names}
        )
    return nearest


def fields_of(header: Sequence[str], *, layout: Layout) -> list[str | None]:
    """Return for each column of a table the field it fills, None for a column that we do not know.

    Blanks and the width of brackets do not matter, nor does the order of the columns.

    Raises ImportUnreadable where a required column is missing or one stands there twice.
    """
    fields = _fields(header, layout)
    missing = layout.missing_in(fields)
    if missing:
        raise ImportUnreadable(
            _("按“%(table)s”读取时，缺少这些列：%(columns)s。请按模板补上列名后重新导入。")
            % {"table": layout.name, "columns": listed(missing)}
        )
    known = [field for field in fields if field]
    twice = sorted({layout.headers[field] for field in known if known.count(field) > 1})
    if twice:
        raise ImportUnreadable(
            _("这些列名在表格里出现了两次：%(columns)s。请删去多余的列后重新导入。")
            % {"columns": listed(twice)}
        )
    return fields


def _chosen(layout: Layout, fitting: Sequence[Layout]) -> Layout:
    """The layout that somebody chose; where another fits instead, the words say which."""
    if fitting and layout not in fitting:
        raise ImportUnreadable(
            _("这个文件看起来是“%(found)s”，不是“%(chosen)s”。请改选表格种类，或换一个文件。")
            % {"found": fitting[0].name, "chosen": layout.name}
        )
    return layout


def _fields(header: Sequence[str], layout: Layout) -> list[str | None]:
    return [layout.fields.get(_plain(title)) for title in header]


def _closeness(header: Sequence[str], layout: Layout) -> tuple[int, int]:
    """How many columns a layout knows, and how many of them by their own names."""
    titles = {_plain(title) for title in header}
    own = sum(_plain(column.header) in titles for column in layout.columns)
    return sum(field is not None for field in _fields(header, layout)), own


def _plain(header: str) -> str:
    return "".join(unicodedata.normalize("NFKC", header).split())
