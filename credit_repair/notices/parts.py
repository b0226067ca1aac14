"""The facts that documents are made of: who, which record, where to ask, which remedies, what effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self
from unicodedata import east_asian_width

from credit_repair.rules import said


@dataclass(frozen=True)
class Party:
    """Who applied: an enterprise, a sole trader or a natural person.

    Attributes:
        name: full name, 企业名称 or 姓名.
        code: unified social credit code 统一社会信用代码; empty for a natural person (never an ID number).
        legal_representative: 法定代表人 or 负责人; empty for a natural person.
        is_person: whether it is a natural person, who is addressed as 你 and not 你单位.
    """

    name: str
    code: str = ""
    legal_representative: str = ""
    is_person: bool = False

    @property
    def you(self) -> str:
        """How the document addresses the party."""
        return "你" if self.is_person else "你单位"

    @classmethod
    def sample(cls) -> Self:
        """A made-up enterprise."""
        return cls("濉溪县华源建材有限公司", "91340621MA2NXK8T4J", "李明华")


@dataclass(frozen=True)
class Matter:
    """What is applied for 修复事项, in the words of the documents; a penalty's, unless others are given.

    Attributes:
        name: the matter, such as 终止公示行政处罚信息.
        called: how a sentence calls what is recorded, such as 《行政处罚决定书》 or 列入经营异常名录决定.
        made: what the authority did with it: 作出 or 认定.
        corrected: what the applicant declares to have done, without the closing full stop.
        restored: what a false declaration leads to, beside the repair's being revoked.
        granted: what a decision grants, after 准予.
        refused: what a decision refuses, after 不予.
        removed_from: the list that the subject is taken off; empty for what is on no list.
    """

    name: str = "终止公示行政处罚信息"
    called: str = "《行政处罚决定书》"
    made: str = "作出"
    corrected: str = "已经纠正上述失信行为，并已履行上述文书确定的全部义务"
    restored: str = "恢复公示"
    granted: str = "修复上述行政处罚信息，终止公示"
    refused: str = "修复上述行政处罚信息"
    removed_from: str = ""


@dataclass(frozen=True)
class RecordFacts:
    """The credit record 失信信息 that the document is about.

    Attributes:
        document_number: number of the decision that is recorded, 决定书文号; empty for none.
        authority: the authority that made it, 认定单位.
        decision_date: its date.
        penalty_summary: what was imposed, in a few words, such as 罚款3万元; empty for what is no penalty.
        document_name: what the recorded document is called.
        kind: what sort of information it is, as the regulation names it.
        matter: what is applied for about it.
    """

    document_number: str
    authority: str
    decision_date: date
    penalty_summary: str
    document_name: str = "行政处罚决定书"
    kind: str = "行政处罚信息"
    matter: Matter = Matter()

    @property
    def in_full(self) -> str:
        """The record with authority, day, number and what was imposed: 某局2026年4月16日作出的《…》（…）."""
        made = f"{self.authority}{said(self.decision_date)}{self.matter.made}的{self.matter.called}"
        return made + _bracketed(self.document_number, self.penalty_summary)

    @property
    def in_short(self) -> str:
        """The record with authority and number; with its day where there is no number."""
        known_by = self.document_number or said(self.decision_date)
        return f"{self.authority}{self.matter.made}的{self.matter.called}{_bracketed(known_by)}"

    @property
    def known_by(self) -> str:
        """What is recorded and its number, or its day where there is none, for a line of a table."""
        return f"{self.matter.called}{_bracketed(self.document_number or said(self.decision_date))}"

    @classmethod
    def sample(cls) -> Self:
        """A made-up penalty."""
        return cls("濉市监罚〔2026〕118号", "濉溪县市场监督管理局", date(2026, 4, 16), "罚款3万元")


def _bracketed(*parts: str) -> str:
    inside = "，".join(part for part in parts if part)
    return f"（{inside}）" if inside else ""


@dataclass(frozen=True)
class Contact:
    """Where questions are answered: office, postal address and telephone; opening hours where known."""

    office: str
    address: str
    phone: str
    hours: str = ""

    @property
    def in_two_lines(self) -> bool:
        """Does the paragraph that says all of it surely fill more than a line of 26 characters?

        Where it ends a document, it may then stand over the signature on the next page by itself. Letters and
        digits are taken for narrower than they are.
        """
        around = len("联系单位：；地址：；电话：。")
        text = self.office + self.address + self.phone + (f"；办公时间：{self.hours}" if self.hours else "")
        return around + sum(1.0 if east_asian_width(char) in "WF" else 0.4 for char in text) > 27

    @classmethod
    def sample(cls) -> Self:
        """A made-up counter."""
        return cls("濉溪县信用办", "濉溪县濉河路1号政务服务中心二楼信用窗口", "0561-0000000")


@dataclass(frozen=True)
class Remedies:
    """Legal remedies 救济途径: review within 60 days, lawsuit within 6 months.

    Attributes:
        review_body: authority that reviews, 行政复议机关.
        court: court that hears the case.
    """

    review_body: str
    court: str

    @classmethod
    def sample(cls) -> Self:
        """The bodies of a made-up county."""
        return cls("濉溪县人民政府", "濉溪县人民法院")


@dataclass(frozen=True)
class Effects:
    """What an approval does; the three outcomes are tracked apart.

    Attributes:
        ends_publication: the publication of the record ends, 终止公示.
        ends_sharing: its sharing and use end, 终止共享使用.
        lifts_sanctions: sanctions based on it are lifted, 解除惩戒措施.
        platforms: names of the websites that take the record down.
        removed_from: the list that the subject is taken off; empty for what is on no list.
    """

    ends_publication: bool = True
    ends_sharing: bool = True
    lifts_sanctions: bool = True
    platforms: tuple[str, ...] = ()
    removed_from: str = ""

    @property
    def items(self) -> tuple[tuple[str, str, str], ...]:
        """The outcomes that apply, each as numeral, heading and text."""
        websites = "、".join(self.platforms)
        notify = f"并通知{websites}停止公示该信息" if websites else "停止公示该信息"
        heading, done = "终止公示。", "终止公示"
        if self.removed_from:
            heading, done = "移出名单。", f"移出{self.removed_from}"
        outcomes = (
            (self.ends_publication, heading, f"自本决定作出之日起{done}，{notify}。"),
            (self.ends_sharing, "终止共享使用。", "该信息不再共享，不再作为评价和惩戒的依据。"),
            (self.lifts_sanctions, "解除惩戒措施。", "依据该信息采取的失信惩戒措施依法予以解除。"),
        )
        chosen = [(heading, text) for applies, heading, text in outcomes if applies]
        return tuple((numeral, *item) for numeral, item in zip("一二三", chosen, strict=False))

    @classmethod
    def sample(cls) -> Self:
        """All three outcomes on three platforms."""
        return cls(platforms=("“信用中国”网站", "“信用中国（安徽淮北）”网站", "国家企业信用信息公示系统"))


@dataclass(frozen=True)
class Material:
    """One line of a receipt: name of the material, number of copies, and whether paper or file."""

    name: str
    copies: int = 1
    form: str = "电子文件"
