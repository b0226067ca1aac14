"""The documents on the way of an objection 异议: form, acceptance, and what the platforms are told.

What is disputed is shown field by field, as it is recorded and as it should be, or as the record as a whole.
The platforms learn that a record is disputed and no more: neither grounds nor values nor what was imposed.
No regulation is named unless the office gives one: which one governs is each province's own.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from django.utils.translation import gettext_noop

from .bases import Document, NumberedDocument
from .ink import Signature
from .papers import NOBODY
from .parts import Material, Party, RecordFacts
from .samples import LONG_NAME, PERSON, issued

#: Why a record is disputed 异议理由, in the order of the form.
GROUNDS = {
    "wrong": "记载有错误",
    "missing": "内容有遗漏",
    "out_of_period": "超过公示期限",
    "wrongly_listed": "错误列入或者没有按时移出名单",
    "duplicate": "重复记载",
    "rights": "侵犯商业秘密、隐私等合法权益",
    "repair_result": "对信用修复结果有异议",
}

#: How an objection ends 异议终结, as the platforms are told.
ENDS = {
    "decided": "办结",
    "withdrawn": "由申请人撤回",
    "lapsed": "因申请人逾期没有补正而终止",
    "not_accepted": "经审查不予受理",
    "moot": "因该信息由认定单位撤销而终止",
}

_BLANK_ROWS = 2
_SITES = ("“信用中国”网站", "“信用中国（安徽淮北）”网站", "国家企业信用信息公示系统")
_OFFICE = "濉溪县信用办"
_CASE = "YY-2026-000031"


def _issued(issuer: str, day: date) -> dict[str, Any]:
    """Return what the examples of an objection share."""
    return {**issued(issuer, day), "case_number": _CASE}


@dataclass(frozen=True)
class Disputed:
    """One field that is disputed.

    Attributes:
        name: what the field is called, such as 罚款金额.
        recorded: what is recorded; empty where something is missing.
        claimed: what it should be as the applicant says; empty where it should not be there at all.
    """

    name: str
    recorded: str
    claimed: str


@dataclass(frozen=True, kw_only=True)
class ObjectionForm(Document):
    """Objection form 异议申请表, signed by the applicant; without a party it is a blank one.

    Attributes:
        record: the disputed record; None leaves it to be written by hand.
        grounds: keys of GROUNDS.
        fields: what is disputed field by field; empty where it is the record as a whole.
        statement: facts and reasons, a paragraph each.
        materials: what is handed in with it.
        addressee: the office it is given to; empty leaves it open.
        contact_name: whom to ask.
        contact_phone: and where.
        repair_number: number of the decision on a repair, where that decision is disputed.
        signature: the signature on the screen; None leaves its place to be signed by hand.
    """

    template: ClassVar[str] = "objection_form"
    title: ClassVar[str] = gettext_noop("异议申请表")

    record: RecordFacts | None = None
    grounds: tuple[str, ...] = ()
    fields: tuple[Disputed, ...] = ()
    statement: tuple[str, ...] = ()
    materials: tuple[Material, ...] = ()
    addressee: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    repair_number: str = ""
    signature: Signature | None = None

    def to_context(self) -> dict[str, Any]:
        """Return the template's context, with every ground and whether it is ticked."""
        return {
            **super().to_context(),
            "ticks": [(text, key in self.grounds) for key, text in GROUNDS.items()],
            "blank_rows": () if self.record else range(1, _BLANK_ROWS + 1),
        }

    @classmethod
    def sample(cls) -> Self:
        """An objection to an amount, to be signed by hand."""
        return cls(
            party=Party.sample(),
            case_number="K7Q4-29XM-3TRB",
            record=RecordFacts.sample(),
            grounds=("wrong",),
            fields=(Disputed("罚款金额", "3万元", "0.3万元"),),
            statement=("行政处罚决定书写明罚款叁仟元，公示的罚款金额多了一个零。",),
            materials=(Material("行政处罚决定书", form="复印件"), Material("罚款缴纳凭证")),
            addressee=_OFFICE,
            contact_name="周小敏",
            contact_phone="0561-0000000",
            demo=True,
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: as it is usual, signed on the screen, by a natural person, of many fields, blank."""
        usual = cls.sample()
        return {
            "usual": usual,
            "on the screen": dataclasses.replace(usual, signature=Signature.sample()),
            "a person, the whole record": dataclasses.replace(
                usual, party=PERSON, grounds=("rights", "out_of_period"), fields=()
            ),
            "many fields": dataclasses.replace(
                usual,
                party=LONG_NAME,
                fields=tuple(
                    Disputed(f"违法事实第{n}项", "使用不合格的原材料" * 6, "原材料检验合格" * 5)
                    for n in range(1, 13)
                ),
                repair_number="濉市监信修〔2026〕8号",
                grounds=("wrong", "repair_result"),
            ),
            "blank": cls(party=NOBODY, case_number=""),
        }


@dataclass(frozen=True, kw_only=True)
class ObjectionAcceptance(NumberedDocument):
    """Notice that an objection is accepted 异议受理通知书.

    Attributes:
        record: the disputed record.
        filed_on: day of filing.
        accepted_on: day of acceptance.
        decision_due: last day for the result.
        annotated_on: day from which the record is annotated; None where it is not yet.
        provider: who supplied the data and is asked; empty where the office's own check suffices.
        repair_held: whether an application for repair of the same record waits meanwhile.
        provisional: the working days up to the due day are not all announced yet.
    """

    template: ClassVar[str] = "objection_acceptance"
    title: ClassVar[str] = gettext_noop("异议受理通知书")

    legal_basis: tuple[str, ...] = ()
    record: RecordFacts
    filed_on: date
    accepted_on: date
    decision_due: date
    annotated_on: date | None = None
    provider: str = ""
    repair_held: bool = False
    provisional: bool = False

    @classmethod
    def sample(cls) -> Self:
        """An objection about which the data provider is asked."""
        return cls(
            **_issued(_OFFICE, date(2026, 11, 20)),
            document_number="濉信异〔2026〕5号",
            record=RecordFacts.sample(),
            filed_on=date(2026, 11, 20),
            accepted_on=date(2026, 11, 20),
            decision_due=date(2026, 12, 1),
            annotated_on=date(2026, 11, 20),
            provider="濉溪县市场监督管理局",
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: as it is usual, and a person's while a repair waits."""
        usual = cls.sample()
        return {
            "usual": usual,
            "a person, while a repair waits": dataclasses.replace(
                usual, party=PERSON, provider="", repair_held=True, provisional=True
            ),
            "long names": dataclasses.replace(usual, party=LONG_NAME, repair_held=True),
        }


@dataclass(frozen=True, kw_only=True)
class _ToPlatforms(NumberedDocument):
    """What the platforms are told: that a record is disputed, or no longer.

    Attributes:
        addressees: names of the websites.
        record: the record; it is named by authority and number alone.
        due: last day for doing it; None for at once.
    """

    legal_basis: tuple[str, ...] = ()
    addressees: tuple[str, ...]
    record: RecordFacts
    due: date | None = None


@dataclass(frozen=True, kw_only=True)
class AnnotationOn(_ToPlatforms):
    """Notice to annotate a disputed record 异议标注通知.

    Attributes:
        filed_on: day on which the objection was filed.
    """

    template: ClassVar[str] = "annotation_on"
    title: ClassVar[str] = gettext_noop("异议标注通知")

    filed_on: date

    @classmethod
    def sample(cls) -> Self:
        """A notice to three websites, at once."""
        return cls(
            **_issued(_OFFICE, date(2026, 11, 20)),
            document_number="濉信异〔2026〕4号",
            addressees=_SITES,
            record=RecordFacts.sample(),
            filed_on=date(2026, 11, 20),
        )


@dataclass(frozen=True, kw_only=True)
class AnnotationOff(_ToPlatforms):
    """Notice to remove the annotation 取消异议标注通知.

    Attributes:
        annotated_number: number of the notice to annotate.
        ended_on: day on which the objection ended.
        end: one of ENDS.
    """

    template: ClassVar[str] = "annotation_off"
    title: ClassVar[str] = gettext_noop("取消异议标注通知")

    annotated_number: str
    ended_on: date
    end: str = "decided"

    def to_context(self) -> dict[str, Any]:
        """Return the template's context, with the end in words."""
        return {**super().to_context(), "ended": ENDS[self.end]}

    @classmethod
    def sample(cls) -> Self:
        """A notice after the result has become final."""
        return cls(
            **_issued(_OFFICE, date(2026, 12, 10)),
            document_number="濉信异〔2026〕9号",
            addressees=_SITES,
            record=RecordFacts.sample(),
            annotated_number="濉信异〔2026〕4号",
            ended_on=date(2026, 12, 10),
            due=date(2026, 12, 15),
        )
