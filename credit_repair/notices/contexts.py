"""What each document needs, as frozen dataclasses.

A case fills one in, and `to_context()` makes it the context of its template.
Each class knows its template, its title and whether it gets a document number. `sample()` is a complete
example, for previews and tests. Texts are checked against the fonts with `glyphs.check_context(document)`
before a number is taken. What applicants write and sign is in `papers`.

No text here names an article of a law: `legal_basis` gives regulations by name and number only.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from django.utils.translation import gettext_noop

from .bases import NDRC_36, Document, IssuedDocument, NumberedDocument
from .committing import BrokenCommitmentNotice, GeneralCommitment
from .complaining import ComplaintAnswer, ComplaintRegistration
from .enquiries import EnquiryLetter
from .guiding import ForwardingNotice, GuidanceNotice, ReminderLetter, RepairCertificate
from .objecting import AnnotationOff, AnnotationOn, ObjectionAcceptance, ObjectionForm
from .objection_results import ObjectionResult, RecheckResult
from .papers import LETTER_CODE, CommitmentLetter
from .parts import Contact, Effects, Material, Party, RecordFacts, Remedies
from .publicity import IntendedRevocation, RestorationNotice, RevocationDecision, StopLetter
from .rectifying import (
    InterviewRecord,
    InterviewReminder,
    InterviewWarning,
    RectificationOrder,
    RectificationPromise,
)
from .seal import seal_svg
from .serving import ServiceRecord
from .shields import ShieldEndNotice, ShieldNotice
from .subject_files import SubjectFile

__all__ = [
    "DOCUMENTS",
    "LETTER_CODE",
    "NDRC_36",
    "AcceptanceNotice",
    "CommitmentLetter",
    "CorrectionNotice",
    "Decision",
    "DecisionApprove",
    "DecisionRefuse",
    "Document",
    "EnquiryLetter",
    "ExtensionNotice",
    "ForwardingNotice",
    "IssuedDocument",
    "NonAcceptanceNotice",
    "NumberedDocument",
    "Party",
    "ReceiptOfMaterials",
]


@dataclass(frozen=True, kw_only=True)
class ReceiptOfMaterials(IssuedDocument):
    """Receipt 材料接收凭证: unnumbered, given the moment materials come in. It decides nothing.

    Attributes:
        received_on: day on which the materials came in.
        materials: what was received.
        acceptance_due: day by which acceptance is decided.
        query_code: code with which the applicant can ask how the case stands; empty for none.
    """

    template: ClassVar[str] = "receipt_of_materials"
    title: ClassVar[str] = gettext_noop("材料接收凭证")

    received_on: date
    materials: tuple[Material, ...]
    acceptance_due: date
    query_code: str = ""

    @classmethod
    def sample(cls) -> Self:
        """A receipt for three files."""
        return cls(
            **_issued("濉溪县信用办", date(2026, 11, 20)),
            received_on=date(2026, 11, 20),
            materials=(
                Material("信用修复承诺书（已签章）"),
                Material("罚款缴纳凭证"),
                Material("整改情况说明及现场照片", 2, "纸质复印件"),
            ),
            acceptance_due=date(2026, 11, 25),
            query_code="K7Q4-29XM",
        )


@dataclass(frozen=True, kw_only=True)
class AcceptanceNotice(NumberedDocument):
    """Acceptance notice 受理通知书.

    Attributes:
        record: the record to be repaired.
        filed_on: day of filing.
        accepted_on: day of acceptance.
        decision_due: last day for the decision.
        deciding_office: authority that decides, 认定单位.
    """

    template: ClassVar[str] = "acceptance_notice"
    title: ClassVar[str] = gettext_noop("信用修复申请受理通知书")

    record: RecordFacts
    filed_on: date
    accepted_on: date
    decision_due: date
    deciding_office: str

    @classmethod
    def sample(cls) -> Self:
        """An accepted application."""
        return cls(
            **_issued("濉溪县信用办", date(2026, 11, 21)),
            document_number="濉信修〔2026〕12号",
            record=RecordFacts.sample(),
            filed_on=date(2026, 11, 20),
            accepted_on=date(2026, 11, 21),
            decision_due=date(2026, 12, 1),
            deciding_office="濉溪县市场监督管理局",
        )


@dataclass(frozen=True, kw_only=True)
class NonAcceptanceNotice(NumberedDocument):
    """Notice of non-acceptance 不予受理通知书: adverse, so it names the remedies.

    Attributes:
        record: the record the application was about.
        filed_on: day of filing.
        reasons: why it is not accepted, one sentence each, without the closing full stop.
        next_steps: what the applicant can do, one sentence each; may be empty.
        remedies: review and lawsuit.
    """

    template: ClassVar[str] = "non_acceptance_notice"
    title: ClassVar[str] = gettext_noop("信用修复申请不予受理通知书")

    record: RecordFacts
    filed_on: date
    reasons: tuple[str, ...]
    remedies: Remedies
    next_steps: tuple[str, ...] = ()

    @classmethod
    def sample(cls) -> Self:
        """An application that came too early."""
        return cls(
            **_issued("濉溪县信用办", date(2026, 11, 21)),
            document_number="濉信修〔2026〕13号",
            record=dataclasses.replace(RecordFacts.sample(), decision_date=date(2026, 10, 12)),
            filed_on=date(2026, 11, 20),
            reasons=("该行政处罚信息的最短公示期至2027年1月12日届满，目前尚未届满",),
            next_steps=("最短公示期届满后，即自2027年1月13日起，可再次提出申请；已提交的材料可以继续使用",),
            remedies=Remedies.sample(),
        )


@dataclass(frozen=True, kw_only=True)
class CorrectionNotice(NumberedDocument):
    """Correction notice 补正通知书: one notice that lists every gap.

    Attributes:
        record: the record the application is about.
        filed_on: day of filing.
        items: what is missing and what to do about it, a sentence each, without the closing full stop.
        correct_by: last day for the answer.
    """

    template: ClassVar[str] = "correction_notice"
    title: ClassVar[str] = gettext_noop("信用修复申请补正通知书")

    record: RecordFacts
    filed_on: date
    items: tuple[str, ...]
    correct_by: date

    @classmethod
    def sample(cls) -> Self:
        """A letter without a seal and a receipt that cannot be read."""
        return cls(
            **_issued("濉溪县信用办", date(2026, 11, 21)),
            document_number="濉信修〔2026〕14号",
            record=RecordFacts.sample(),
            filed_on=date(2026, 11, 20),
            items=(
                "信用修复承诺书没有签字或者盖章，请签字、盖章后重新上传",
                "罚款缴纳凭证无法看清，请重新拍照或者扫描，四角完整、字迹清楚",
            ),
            correct_by=date(2026, 12, 5),
        )


@dataclass(frozen=True, kw_only=True)
class ExtensionNotice(NumberedDocument):
    """Notice of an extension 延长办理期限告知书.

    Attributes:
        record: the record the application is about.
        filed_on: day of filing.
        reasons: why more time is needed, one sentence each, without the closing full stop.
        days: how many working days more.
        due_before: last day for the decision until now.
        decide_by: last day for the decision from now on.
        provisional: the working days up to then are not all announced yet.
    """

    template: ClassVar[str] = "extension_notice"
    title: ClassVar[str] = gettext_noop("信用修复申请延长办理期限告知书")

    record: RecordFacts
    filed_on: date
    reasons: tuple[str, ...]
    days: int
    due_before: date
    decide_by: date
    provisional: bool = False

    @classmethod
    def sample(cls) -> Self:
        """A case in which another office is still asked."""
        return cls(
            **_issued("濉溪县市场监督管理局", date(2026, 11, 30)),
            document_number="濉市监信修〔2026〕9号",
            record=RecordFacts.sample(),
            filed_on=date(2026, 11, 20),
            reasons=("需要向作出处罚时的执法单位核实罚款缴纳情况，对方尚未回复",),
            days=10,
            due_before=date(2026, 12, 1),
            decide_by=date(2026, 12, 15),
        )


@dataclass(frozen=True, kw_only=True)
class Decision(NumberedDocument):
    """What approval and refusal have in common.

    Attributes:
        record: the record decided upon.
        filed_on: day of filing.
        accepted_on: day of acceptance.
        facts: what was found, one paragraph each, complete sentences.
        remedies: review and lawsuit.
    """

    record: RecordFacts
    filed_on: date
    accepted_on: date
    facts: tuple[str, ...]
    remedies: Remedies


@dataclass(frozen=True, kw_only=True)
class DecisionApprove(Decision):
    """Decision that grants the repair 准予信用修复决定书.

    Attributes:
        effects: what it does.
    """

    template: ClassVar[str] = "decision_approve"
    title: ClassVar[str] = gettext_noop("准予信用修复决定书")

    effects: Effects

    @classmethod
    def sample(cls) -> Self:
        """A repair that is granted."""
        return cls(
            **_issued("濉溪县市场监督管理局", date(2026, 11, 27)),
            document_number="濉市监信修〔2026〕7号",
            record=RecordFacts.sample(),
            filed_on=date(2026, 11, 20),
            accepted_on=date(2026, 11, 21),
            facts=(
                "该行政处罚信息的最短公示期已经届满。",
                "罚没款已于2026年4月28日全部缴清，违法行为已经改正，行政处罚决定确定的义务已经履行完毕。",
                "你单位已作出信用修复承诺。未发现法律、行政法规规定不予修复的其他情形。",
            ),
            effects=Effects.sample(),
            remedies=Remedies.sample(),
        )


@dataclass(frozen=True, kw_only=True)
class DecisionRefuse(Decision):
    """Decision that refuses the repair 不予信用修复决定书: adverse, so it names the remedies.

    Attributes:
        reasons: why, one sentence each, without the closing full stop.
        next_steps: what the applicant can do, one sentence each; may be empty.
    """

    template: ClassVar[str] = "decision_refuse"
    title: ClassVar[str] = gettext_noop("不予信用修复决定书")

    reasons: tuple[str, ...]
    next_steps: tuple[str, ...] = ()

    @classmethod
    def sample(cls) -> Self:
        """A repair that is refused because part of the fine is open."""
        return cls(
            **_issued("濉溪县市场监督管理局", date(2026, 11, 27)),
            document_number="濉市监信修〔2026〕8号",
            record=RecordFacts.sample(),
            filed_on=date(2026, 11, 20),
            accepted_on=date(2026, 11, 21),
            facts=(
                "该行政处罚信息的最短公示期已经届满，你单位已作出信用修复承诺。",
                "截至2026年11月26日，罚款尚有1.2万元没有缴纳。",
            ),
            reasons=("行政处罚决定确定的义务尚未履行完毕",),
            next_steps=("缴清余款后，可持缴款凭证再次提出申请；已提交的其他材料可以继续使用",),
            remedies=Remedies.sample(),
        )


DOCUMENTS: tuple[type[Document], ...] = (
    CommitmentLetter,
    ReceiptOfMaterials,
    AcceptanceNotice,
    CorrectionNotice,
    NonAcceptanceNotice,
    ExtensionNotice,
    DecisionApprove,
    DecisionRefuse,
    EnquiryLetter,
    ForwardingNotice,
    GuidanceNotice,
    ReminderLetter,
    RepairCertificate,
    IntendedRevocation,
    RevocationDecision,
    RestorationNotice,
    ShieldNotice,
    ShieldEndNotice,
    StopLetter,
    ObjectionForm,
    ObjectionAcceptance,
    AnnotationOn,
    AnnotationOff,
    ObjectionResult,
    RecheckResult,
    ComplaintRegistration,
    ComplaintAnswer,
    RectificationOrder,
    InterviewReminder,
    InterviewWarning,
    InterviewRecord,
    RectificationPromise,
    ServiceRecord,
    SubjectFile,
    GeneralCommitment,
    BrokenCommitmentNotice,
)
"""All documents; each has `template`, `title`, `numbered` and `sample()`."""


def _issued(issuer: str, day: date) -> dict[str, Any]:
    """Return the fields that all samples of issued documents share."""
    return {
        "party": Party.sample(),
        "case_number": "XF-2026-000118",
        "demo": True,
        "issuer": issuer,
        "issue_date": day,
        "contact": Contact.sample(),
        "seal": seal_svg(issuer, demo=True),
        "verify_url": "http://localhost/verify/K7Q429XM",
        "verify_code": "K7Q4-29XM",
    }
