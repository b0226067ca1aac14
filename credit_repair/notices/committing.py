"""Commitments 信用承诺 outside a repair: what a subject signs, and what it is told where it broke it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from django.utils.translation import gettext_noop

from .bases import Document, NumberedDocument
from .ink import Signature
from .papers import NOBODY
from .parts import Party, Remedies
from .samples import LONG_NAME, PERSON, issued

_OFFICE = "濉溪县交通运输局"
_ITEMS = (
    "所填写的信息真实、准确，符合道路货运经营许可的各项条件",
    "在2026年12月31日前取得并提交驾驶员从业资格证明",
    "经营期间遵守道路运输安全管理规定，接受监督检查",
)


@dataclass(frozen=True, kw_only=True)
class GeneralCommitment(Document):
    """Commitment 信用承诺书 of every type but the repair's; without a party it is a blank one.

    Attributes:
        addressee: the office it is given to.
        heading: what it is about, such as 道路货运经营许可告知承诺.
        kind: its type in words, such as 审批替代型; empty for none.
        items: what is promised, one sentence each, without the closing full stop.
        legal_basis: what it rests on; empty for the subject's own declaration.
        valid_until: the last day it binds; None for as long as the matter lasts.
        published: whether it is published.
        signature: the signature on the screen; None leaves its place to be signed by hand.
    """

    template: ClassVar[str] = "general_commitment"
    title: ClassVar[str] = gettext_noop("信用承诺书")

    addressee: str
    heading: str
    kind: str = ""
    items: tuple[str, ...]
    legal_basis: tuple[str, ...] = ()
    valid_until: date | None = None
    published: bool = True
    signature: Signature | None = None

    @classmethod
    def sample(cls) -> Self:
        """A commitment in the place of a permit's paper."""
        return cls(
            party=Party.sample(),
            case_number="",
            demo=True,
            addressee=_OFFICE,
            heading="道路货运经营许可告知承诺",
            kind="审批替代型",
            items=_ITEMS,
            legal_basis=("《道路货物运输及站场管理规定》",),
            valid_until=date(2027, 11, 19),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: as it is usual, signed on the screen, the subject's own, a person's, long, blank."""
        usual = cls.sample()
        return {
            "usual": usual,
            "on the screen": dataclasses.replace(usual, signature=Signature.sample()),
            "its own": dataclasses.replace(
                usual,
                addressee="濉溪县信用办",
                heading="诚信经营承诺",
                kind="主动公示型",
                items=("明码标价，不虚假宣传", "收到投诉后3日内答复"),
                legal_basis=(),
                valid_until=None,
            ),
            "a person": dataclasses.replace(usual, party=PERSON, published=False),
            "long": dataclasses.replace(usual, party=LONG_NAME, items=_ITEMS * 5),
            "blank": dataclasses.replace(usual, party=NOBODY, demo=False),
        }


@dataclass(frozen=True, kw_only=True)
class BrokenCommitmentNotice(NumberedDocument):
    """Notice that a commitment was broken 违背信用承诺认定告知书: adverse, so it names the remedies.

    Attributes:
        heading: what the commitment was about.
        made_on: day on which it was given.
        items: what had been promised, one sentence each, without the closing full stop.
        facts: what was found, one paragraph each, complete sentences.
        told_on: day on which the subject was asked to answer 申辩; None where that was done elsewhere.
        heard: what it answered and what was found of it, complete sentences; empty for no answer.
        reasons: why it is held to be broken, one sentence each, without the closing full stop.
        published: whether this is published.
        remedies: review and lawsuit.
    """

    template: ClassVar[str] = "broken_commitment_notice"
    title: ClassVar[str] = gettext_noop("违背信用承诺认定告知书")

    heading: str
    made_on: date
    items: tuple[str, ...]
    facts: tuple[str, ...]
    told_on: date | None = None
    heard: tuple[str, ...] = ()
    reasons: tuple[str, ...]
    published: bool = True
    remedies: Remedies

    @classmethod
    def sample(cls) -> Self:
        """A proof that was promised and did not come."""
        return cls(
            **_issued(),
            document_number="濉交信诺〔2027〕1号",
            heading="道路货运经营许可告知承诺",
            made_on=date(2026, 11, 20),
            items=_ITEMS[1:2],
            facts=("2027年1月8日核查，你单位没有提交驾驶员从业资格证明，三名驾驶员中一人没有取得证明。",),
            told_on=date(2027, 1, 8),
            heard=("你单位申辩称该驾驶员已离职。经核对社会保险缴费记录，该驾驶员仍在职，申辩不成立。",),
            reasons=("没有在承诺的期限内取得并提交驾驶员从业资格证明",),
            remedies=Remedies.sample(),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: as it is usual, to a person who did not answer, long."""
        usual = cls.sample()
        return {
            "usual": usual,
            "a person": dataclasses.replace(usual, party=PERSON, heard=(), published=False),
            "long": dataclasses.replace(usual, party=LONG_NAME, facts=usual.facts * 6, items=_ITEMS * 3),
        }


def _issued() -> dict[str, Any]:
    """Return what the example of a notice has like every other."""
    return {**issued(_OFFICE, date(2027, 1, 18)), "case_number": "", "legal_basis": ()}
