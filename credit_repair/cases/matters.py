"""The four kinds of repair 四类修复事项: how each is called, on pages and in mails, and in documents.

A penalty's publicity is ended, a subject is taken off the serious or the abnormal list, other information is
repaired. Pages and mails speak the reader's language; documents are Chinese.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit_repair.core.languages import in_site_language
from credit_repair.core.wording import bracketed, day_text
from credit_repair.notices.parts import Matter, RecordFacts
from credit_repair.registry.models import Record
from credit_repair.registry.wording import penalty_summary

K = Record.Kind

#: What is applied for, as the regulation names it.
MATTERS: dict[str, Any] = {
    K.PENALTY: gettext_lazy("终止公示行政处罚信息"),
    K.SERIOUS_LIST: gettext_lazy("移出严重失信主体名单"),
    K.ABNORMAL_LIST: gettext_lazy("移出经营异常名录"),
    K.OTHER: gettext_lazy("修复其他失信信息"),
}
#: What the list is called where the source does not name it.
_LISTS = {K.SERIOUS_LIST: "严重失信主体名单", K.ABNORMAL_LIST: "经营异常名录"}


def matter_name(record: Record) -> str:
    """Return what an application about the record asks for: 终止公示行政处罚信息, 移出经营异常名录."""
    return str(MATTERS[record.kind])


def record_words(record: Record) -> str:
    """Return how a sentence calls the record: 《行政处罚决定书》（文号）, 列入经营异常名录（2026年4月16日）.

    Where there is no number 文号, the day stands in its place.
    """
    return _called(record) + bracketed(record.doc_no or day_text(record.decision_date))


def record_line(record: Record) -> str:
    """Return the record in a line of a list: with its authority before record_words()."""
    return _("%(authority)s：%(record)s") % {
        "authority": record.authority.name,
        "record": record_words(record),
    }


def _called(record: Record) -> str:
    if record.kind == K.PENALTY:
        return _("《行政处罚决定书》")
    if record.kind == K.OTHER:
        return _("失信信息“%s”") % record.list_name if record.list_name else _("其他失信信息")
    return _("列入%s") % (record.list_name or _LISTS[K(record.kind)])


@in_site_language()
def facts_on_paper(record: Record) -> RecordFacts:
    """Return the record as documents speak of it; they are Chinese, whoever asks."""
    document_name, kind, matter = _ON_PAPER[record.kind](record)
    return RecordFacts(
        document_number=record.doc_no,
        authority=record.authority.name,
        decision_date=record.decision_date,
        penalty_summary=penalty_summary(record) if record.kind == K.PENALTY else "",
        document_name=document_name,
        kind=kind,
        matter=matter,
    )


OnPaper = tuple[str, str, Matter]


def _penalty(_record: Record) -> OnPaper:
    return "行政处罚决定书", "行政处罚信息", Matter()


def _serious_list(record: Record) -> OnPaper:
    name = record.list_name or _LISTS[K.SERIOUS_LIST]
    corrected = "已经纠正上述失信行为，消除不良影响，并已履行相关法律文书确定的全部义务"
    return _entry("移出严重失信主体名单", name, "严重失信主体名单信息", corrected)


def _abnormal_list(record: Record) -> OnPaper:
    name = record.list_name or _LISTS[K.ABNORMAL_LIST]
    corrected = "已经改正上述列入情形，并已履行相关义务"
    return _entry("移出经营异常名录", name, "经营异常名录信息", corrected)


def _entry(matter: str, name: str, kind: str, corrected: str) -> OnPaper:
    """An entry on a list, by the list's own name."""
    words = Matter(
        name=matter,
        called=f"列入{name}决定",
        corrected=corrected,
        restored="恢复列入和公示",
        granted=f"移出{name}",
        refused=f"移出{name}",
        removed_from=name,
    )
    return f"列入{name}决定", kind, words


def _other(record: Record) -> OnPaper:
    words = Matter(
        name="修复其他失信信息",
        called=f"失信信息“{record.list_name}”" if record.list_name else "失信信息",
        made="认定",
        corrected="已经纠正上述失信行为，并已履行相关义务",
        granted="修复上述失信信息，终止公示",
        refused="修复上述失信信息",
    )
    return "失信信息认定文书", "失信信息", words


_ON_PAPER: dict[str, Callable[[Record], OnPaper]] = {
    K.PENALTY: _penalty,
    K.SERIOUS_LIST: _serious_list,
    K.ABNORMAL_LIST: _abnormal_list,
    K.OTHER: _other,
}
