"""The passages 段落 of documents that an office may word itself, and what may stand in them.

A passage is a paragraph with placeholders in braces, such as {案件编号}. Each kind of document has those for
which it has the facts. What a passage must say (whom one asks, where one appeals) it cannot leave out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.core.wording import listed
from credit_repair.rules import said

from .bases import IssuedDocument
from .contexts import DOCUMENTS
from .glyphs import MissingGlyphs, check_text

LONGEST = 600  # characters of a passage

#: What a passage says of the opening hours of an office that has not entered any.
UNSAID_HOURS = "工作日"

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class BadWording(ValueError):
    """A passage cannot stand in a document; the words say what to change."""


@dataclass(frozen=True)
class Slot:
    """A passage of a kind of document.

    Attributes:
        key: its name in templates and rows.
        label: its name for people.
        default: the site's own words; empty where the passage is only there if an office words it.
        required: placeholders that it must keep.
    """

    key: str
    label: Any
    default: str = ""
    required: tuple[str, ...] = ()


#: Placeholder → (fields of the document that it needs, what it prints).
_FACTS: dict[str, tuple[tuple[str, ...], Callable[[Any], str]]] = {
    "名称": (("party",), lambda d: d.party.name),
    "称谓": (("party",), lambda d: d.party.you),
    "统一社会信用代码": (("party",), lambda d: d.party.code),
    "称谓和代码": (("party",), lambda d: _you_and_code(d.party)),
    "案件编号": (("case_number",), lambda d: d.case_number),
    "发文机关": (("issuer",), lambda d: d.issuer),
    "成文日期": (("issue_date",), lambda d: said(d.issue_date)),
    "联系单位": (("contact",), lambda d: d.contact.office),
    "地址": (("contact",), lambda d: d.contact.address),
    "电话": (("contact",), lambda d: d.contact.phone),
    "办公时间": (("contact",), lambda d: d.contact.hours or UNSAID_HOURS),
    "依据": (("legal_basis",), lambda d: "、".join(d.legal_basis)),
    "信用信息": (("record",), lambda d: d.record.in_short),
    "信用信息全称": (("record",), lambda d: d.record.in_full),
    "信用信息简称": (("record",), lambda d: d.record.known_by),
    "申请日期": (("filed_on",), lambda d: said(d.filed_on)),
    "收到日期": (("received_on",), lambda d: said(d.received_on)),
    "受理日期": (("accepted_on",), lambda d: said(d.accepted_on)),
    "决定期限": (("decision_due",), lambda d: said(d.decision_due)),
    "认定单位": (("deciding_office",), lambda d: d.deciding_office),
    "复议机关": (("remedies",), lambda d: d.remedies.review_body),
    "法院": (("remedies",), lambda d: d.remedies.court),
}

_CONTACT = "联系单位：{联系单位}；地址：{地址}；电话：{电话}。"
_REMEDIES = (
    "{称谓}如对本%(what)s不服，可以自收到本%(what)s之日起六十日内向{复议机关}申请行政复议，"
    "也可以自收到本%(what)s之日起六个月内依法向{法院}提起行政诉讼。"
)
_DECIDED = (
    "{称谓和代码}于{申请日期}就{信用信息全称}提出信用修复申请（案件编号：{案件编号}），"
    "该申请已于{受理日期}受理。经审查，现决定如下。"
)
#: Kinds whose introduction may be worded: the words of the template, which a test compares.
_INTRODUCTIONS = {
    "receipt_of_materials": (
        "{收到日期}收到{称谓和代码}提交的信用修复申请材料（案件编号：{案件编号}），清单如下："
    ),
    "acceptance_notice": (
        "{称谓和代码}于{申请日期}就{信用信息简称}提出的信用修复申请（案件编号：{案件编号}），材料齐全，"
        "符合受理条件。依据{依据}，决定自{受理日期}起受理。"
    ),
    "correction_notice": (
        "{称谓和代码}于{申请日期}就{信用信息}提出的信用修复申请（案件编号：{案件编号}）收悉。"
        "依据{依据}，请补正以下材料："
    ),
    "decision_approve": _DECIDED,
    "decision_refuse": _DECIDED,
}
#: What the remedies' sentence calls the document 本决定, 本通知.
_CALLED = {
    "decision_approve": "决定",
    "decision_refuse": "决定",
    "non_acceptance_notice": "通知",
    "revocation_decision": "决定",
    "restoration_notice": "告知书",
    "objection_result": "告知书",
    "recheck_result": "告知书",
    "rectification_order": "通知",
    "complaint_answer": "答复",
    "shield_end_notice": "告知书",
    "broken_commitment_notice": "告知书",
}
#: Letters whose contact is printed otherwise.
_WITHOUT_CONTACT = frozenset({"interview_record", "interview_warning", "service_record"})


def _you_and_code(party: Any) -> str:
    return f"{party.you}（统一社会信用代码：{party.code}）" if party.code else str(party.you)


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, type[IssuedDocument]]:
    """Return the kinds of document that have passages, by template name."""
    return {
        kind.template: kind
        for kind in DOCUMENTS
        if issubclass(kind, IssuedDocument) and kind.template not in _WITHOUT_CONTACT
    }


def slots(kind: str) -> tuple[Slot, ...]:
    """Return the passages of a kind, in the order in which they stand in it; none for an unknown kind."""
    if kind not in kinds():
        return ()
    found = []
    if kind in _INTRODUCTIONS:
        default = _INTRODUCTIONS[kind]
        found.append(Slot("intro", _l("开头"), default, ("案件编号",)))
    if kind in _CALLED:
        default = _REMEDIES % {"what": _CALLED[kind]}
        found.append(Slot("remedies", _l("权利救济"), default, ("复议机关", "法院")))
    found.append(Slot("closing", _l("结束语")))
    found.append(Slot("contact", _l("联系方式"), _CONTACT, ("联系单位", "电话")))
    return tuple(found)


def slot_of(kind: str, key: str) -> Slot | None:
    """Return one passage of a kind; None where it has no such passage."""
    return next((slot for slot in slots(kind) if slot.key == key), None)


def placeholders(kind: str) -> tuple[str, ...]:
    """Return the placeholders that a kind has the facts for."""
    fields = kinds()[kind].__dataclass_fields__
    return tuple(name for name, (needs, _print) in _FACTS.items() if all(need in fields for need in needs))


def tidied(text: str) -> str:
    """Return what was typed as one paragraph: full-width braces as braces, no line ends, no outer blanks."""
    text = text.replace("｛", "{").replace("｝", "}")
    return "".join(line.strip() for line in text.splitlines())


def check_wording(text: str, *, kind: str, slot: Slot) -> None:
    """Check that a passage can stand in its document. Empty is allowed: the site's own words.

    Raises BadWording, in words for the person who typed it.
    """
    if not text:
        return
    if len(text) > LONGEST:
        raise BadWording(_("不能超过%(most)d字，现在有%(count)d字。") % {"most": LONGEST, "count": len(text)})
    known = placeholders(kind)
    used = _PLACEHOLDER.findall(text)
    unknown = [name for name in dict.fromkeys(used) if name not in known]
    if unknown:
        raise BadWording(
            _("这份文书没有占位词%(unknown)s。可以用的有：%(known)s。")
            % {"unknown": _braced(unknown), "known": _braced(known)}
        )
    if "{" in _PLACEHOLDER.sub("", text) or "}" in _PLACEHOLDER.sub("", text):
        raise BadWording(_("花括号没有成对。占位词要写成{案件编号}的样子。"))
    lost = [name for name in slot.required if name not in used]
    if lost:
        raise BadWording(_("这一段必须保留占位词%(lost)s。") % {"lost": _braced(lost)})
    if not _PLACEHOLDER.sub("", text).strip(" \u3000"):
        raise BadWording(_("只有占位词，请写成完整的句子。"))
    try:
        check_text(text)
    except MissingGlyphs as missing:
        raise BadWording(missing.at_field) from missing


def filled(text: str, document: IssuedDocument) -> str:
    """Return a checked passage with its placeholders replaced by the document's facts."""

    def fact(found: re.Match[str]) -> str:
        needs, value = _FACTS[found[1]]
        # A kind may leave out what only some of its letters have, such as remedies.
        return value(document) if all(getattr(document, need, None) is not None for need in needs) else ""

    return _PLACEHOLDER.sub(fact, text)


def _braced(names: Any) -> str:
    return listed("{" + name + "}" for name in names)
