"""What an objection 异议 comes to: the result, and the result of the re-check 复核.

Whatever is not granted in full is adverse, and a document that is adverse cannot be made without remedies.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from django.utils.translation import gettext_noop

from .bases import NumberedDocument
from .parts import RecordFacts, Remedies
from .samples import LONG_NAME, PERSON, issued

UPHELD, PARTLY, DISMISSED = "upheld", "partly", "dismissed"

#: What an objection comes to as a whole 处理结果.
RESULTS = {UPHELD: "异议成立", PARTLY: "异议部分成立", DISMISSED: "异议不成立"}

#: What was found about a field 核查结论.
FINDINGS = {
    "delete": "予以删除",
    "correct": "予以更正",
    "supplement": "予以补充",
    "stop": "停止公示",
    "uphold": "维持原记载",
    "unverifiable": "无法核实",
}

_OFFICE = "濉溪县信用办"
_CASE = "YY-2026-000031"


def _issued(issuer: str, day: date) -> dict[str, Any]:
    """Return what the examples of an objection share."""
    return {**issued(issuer, day), "case_number": _CASE}


@dataclass(frozen=True)
class Finding:
    """What was found about one disputed field, or about the record as a whole.

    Attributes:
        name: what the field is called, such as 罚款金额; 该信息整体 for the record as a whole.
        recorded: what was recorded; empty where something was missing.
        claimed: what it should be as the applicant says; empty where it should not be there at all.
        found: one of FINDINGS.
        becomes: what is recorded from now on, where it is corrected or supplemented.
    """

    name: str
    recorded: str
    claimed: str
    found: str
    becomes: str = ""

    @property
    def in_words(self) -> str:
        """The finding as a line of the table says it."""
        return f"{FINDINGS[self.found]}为：{self.becomes}" if self.becomes else FINDINGS[self.found]


@dataclass(frozen=True)
class Recheck:
    """The re-check 复核 that can be asked for, once.

    Attributes:
        office: who re-checks.
        until: last day for asking.
    """

    office: str
    until: date


@dataclass(frozen=True, kw_only=True)
class _Result(NumberedDocument):
    """What the result and the re-checked result have in common.

    Attributes:
        record: the disputed record, as it was recorded on the day of filing.
        filed_on: day on which the objection, or the re-check, was asked for.
        facts: how it was checked and what was found, a paragraph each, complete sentences.
        findings: field by field.
        result: one of RESULTS.
        done: what has been done or will be done with the record, complete sentences; may be empty.
        reasons: why what is not granted is not, one sentence each, without the closing full stop.
        remedies: review and lawsuit; None only where the objection is upheld in full.

    Raises ValueError where something is not granted and there are no reasons or no remedies.
    """

    legal_basis: tuple[str, ...] = ()
    record: RecordFacts
    filed_on: date
    facts: tuple[str, ...]
    findings: tuple[Finding, ...]
    result: str
    done: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    remedies: Remedies | None = None

    def __post_init__(self) -> None:
        """An adverse result says why, and names the remedies."""
        if self.result != UPHELD and not (self.reasons and self.remedies):
            raise ValueError("an objection that is not upheld in full needs reasons and remedies")

    def to_context(self) -> dict[str, Any]:
        """Return the template's context, with the result in words."""
        return {**super().to_context(), "result_words": RESULTS[self.result]}


@dataclass(frozen=True, kw_only=True)
class ObjectionResult(_Result):
    """Result of an objection 异议处理结果告知书.

    Attributes:
        accepted_on: day of acceptance.
        recheck: the re-check that can be asked for; None where the rules have none.
        still_shown: whether the record goes on being published, so that its annotation is of interest.
    """

    template: ClassVar[str] = "objection_result"
    title: ClassVar[str] = gettext_noop("异议处理结果告知书")

    accepted_on: date
    recheck: Recheck | None = None
    still_shown: bool = True

    @classmethod
    def sample(cls) -> Self:
        """An amount that is corrected."""
        return cls(
            **_issued(_OFFICE, date(2026, 11, 26)),
            document_number="濉信异〔2026〕7号",
            record=RecordFacts.sample(),
            filed_on=date(2026, 11, 20),
            accepted_on=date(2026, 11, 20),
            facts=(
                "我单位向信息提供单位濉溪县市场监督管理局核实，该局于2026年11月24日回复：行政处罚决定书确定的罚款"
                "为0.3万元，报送信息时录入有误。",
            ),
            findings=(Finding("罚款金额", "3万元", "0.3万元", "correct", "0.3万元"),),
            result=UPHELD,
            done=("该信息已于2026年11月26日更正，并已通知公示该信息的网站同步更正。",),
            recheck=Recheck(_OFFICE, date(2026, 12, 10)),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: corrected, withdrawn, kept, partly, of many fields."""
        corrected = cls.sample()
        kept = dataclasses.replace(
            corrected,
            facts=(
                "我单位查阅了行政处罚决定书原件。决定书写明罚款叁万元，与公示的罚款金额一致。",
                "你提交的缴款凭证金额为0.3万元，是分期缴纳的第一期。",
            ),
            party=PERSON,
            findings=(Finding("罚款金额", "3万元", "0.3万元", "uphold"),),
            result=DISMISSED,
            done=(),
            reasons=("公示的罚款金额与行政处罚决定书一致",),
            remedies=Remedies.sample(),
        )
        return {
            "corrected": corrected,
            "withdrawn": dataclasses.replace(
                corrected,
                facts=("经核查，该行政处罚决定已于2026年11月23日由作出决定的单位撤销。",),
                findings=(Finding("该信息整体", "公示中", "", "delete"),),
                done=("该信息已于2026年11月26日删除，并已通知公示该信息的网站同步删除，不再共享和使用。",),
                recheck=None,
                still_shown=False,
            ),
            "kept": kept,
            "partly, many fields, long names": dataclasses.replace(
                kept,
                party=LONG_NAME,
                facts=corrected.facts,
                findings=tuple(
                    Finding(f"违法事实第{n}项", "使用不合格的原材料" * 4, "原材料检验合格" * 3, *found)
                    for n, found in enumerate(
                        (("correct", "使用未经检验的原材料"), ("uphold",), ("unverifiable",)) * 4, start=1
                    )
                ),
                result=PARTLY,
                done=corrected.done,
                reasons=(
                    "其余各项与行政处罚决定书的记载一致",
                    "你单位没有提交可以核实第3、6、9、12项主张的材料，信息提供单位也没有留存相应材料",
                ),
            ),
        }


@dataclass(frozen=True, kw_only=True)
class RecheckResult(_Result):
    """Result of the re-check 异议复核结果告知书: the last word of the offices.

    Attributes:
        first_number: number of the result that was re-checked.
        first_office: who gave it.
        first_on: its date.
        changed: whether the re-check changes it.
        still_shown: whether the record goes on being published.
    """

    template: ClassVar[str] = "recheck_result"
    title: ClassVar[str] = gettext_noop("异议复核结果告知书")

    first_number: str
    first_office: str
    first_on: date
    changed: bool = False
    still_shown: bool = True

    @classmethod
    def sample(cls) -> Self:
        """A re-check that leaves the result as it was."""
        return cls(
            **_issued(_OFFICE, date(2026, 12, 15)),
            document_number="濉信异〔2026〕11号",
            record=RecordFacts.sample(),
            filed_on=date(2026, 12, 4),
            first_number="濉信异〔2026〕7号",
            first_office=_OFFICE,
            first_on=date(2026, 11, 26),
            facts=(
                "复核由没有办理过本案的人员进行。我单位重新查阅了行政处罚决定书原件和缴款记录。",
                "决定书写明罚款叁万元；你单位分两期缴纳，合计3万元。",
            ),
            findings=(Finding("罚款金额", "3万元", "0.3万元", "uphold"),),
            result=DISMISSED,
            reasons=("公示的罚款金额与行政处罚决定书一致，原处理结果并无不当",),
            remedies=Remedies.sample(),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: the result stays, or is changed by the level above."""
        stays = cls.sample()
        return {
            "stays": stays,
            "changed by the level above": dataclasses.replace(
                stays,
                **_issued("淮北市信用办", date(2026, 12, 15)),
                document_number="淮信异〔2026〕2号",
                facts=("决定书原件上的罚款金额为叁仟元，原核查依据的复印件不清晰。",),
                findings=(Finding("罚款金额", "3万元", "0.3万元", "correct", "0.3万元"),),
                result=UPHELD,
                changed=True,
                done=("该信息已于2026年12月15日更正，并已通知公示该信息的网站同步更正。",),
                reasons=(),
                remedies=None,
            ),
        }
