"""The documents of a complaint 投诉 about an office or its staff: its registration and its answer.

A complaint may be anonymous: then nobody is named, and whoever holds the query code is told. Neither document
goes to the office complained of.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from django.utils.translation import gettext_noop

from .bases import IssuedDocument, NumberedDocument
from .parts import Party, Remedies
from .samples import LONG_NAME, PERSON, issued

#: Who complains without a name 匿名投诉人.
ANONYMOUS = Party("匿名投诉人", is_person=True)

SUBSTANTIATED, PARTLY, UNSUBSTANTIATED = "substantiated", "partly", "unsubstantiated"

#: What an investigation comes to 调查结论.
OUTCOMES = {SUBSTANTIATED: "属实", PARTLY: "部分属实", UNSUBSTANTIATED: "不属实"}

_OFFICE = "濉溪县信用办"
_COMPLAINED_OF = "濉溪县市场监督管理局"
_CASE = "TS-2026-000012"


def _issued(issuer: str, day: date) -> dict[str, Any]:
    """Return what the examples of a complaint share."""
    return {**issued(issuer, day), "case_number": _CASE}


@dataclass(frozen=True, kw_only=True)
class ComplaintRegistration(IssuedDocument):
    """Notice that a complaint is registered 投诉登记告知书: unnumbered, given the moment it comes in.

    Attributes:
        complained_of: the office complained of; its staff are not named here.
        kind: what it complains about, in a few words, such as 办理超过期限.
        about_case: number of the case complained of; empty for none.
        content: what is complained of, a paragraph each, as the complainant said it.
        way: how it came in, such as 网站 or 窗口.
        filed_on: day on which it came in.
        answer_due: last day for the answer.
        query_code: the code with which it is followed; an anonymous complaint has nothing else.
        provisional: the working days up to the due day are not all announced yet.
    """

    template: ClassVar[str] = "complaint_registration"
    title: ClassVar[str] = gettext_noop("投诉登记告知书")

    complained_of: str
    kind: str
    about_case: str = ""
    content: tuple[str, ...]
    way: str
    filed_on: date
    answer_due: date
    query_code: str
    provisional: bool = False

    def to_context(self) -> dict[str, Any]:
        """Return the template's context, with whether nobody is named."""
        return {**super().to_context(), "anonymous": self.party == ANONYMOUS}

    @classmethod
    def sample(cls) -> Self:
        """A complaint that a case is overdue."""
        return cls(
            **_issued(_OFFICE, date(2026, 11, 20)),
            complained_of=_COMPLAINED_OF,
            kind="办理超过期限",
            about_case="XF-2026-000096",
            content=("信用修复申请受理后已经过了十个工作日，没有收到决定，也没有收到延长期限的告知。",),
            way="信用修复服务网站",
            filed_on=date(2026, 11, 20),
            answer_due=date(2026, 12, 11),
            query_code="K7Q4-29XM-3TRB",
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: as it is usual, anonymous, with long names and much to say."""
        usual = cls.sample()
        return {
            "usual": usual,
            "anonymous": dataclasses.replace(
                usual, party=ANONYMOUS, about_case="", kind="服务态度", content=("窗口人员拒绝接收材料。",)
            ),
            "long": dataclasses.replace(usual, party=LONG_NAME, content=usual.content * 8, provisional=True),
        }


@dataclass(frozen=True, kw_only=True)
class ComplaintAnswer(NumberedDocument):
    """Answer to a complaint 投诉办理答复书, drafted by the handler and countersigned.

    Attributes:
        complained_of: the office complained of.
        filed_on: day on which the complaint came in.
        facts: what was investigated and found, a paragraph each, complete sentences.
        outcome: one of OUTCOMES.
        reasons: why, one sentence each, without the closing full stop.
        measures: what was or will be done about it, complete sentences; may be empty.
        review_office: who takes the second look 再次办理; empty where this is the second look.
        review_until: last day for asking for it.
        remedies: review and lawsuit; None only where the complaint is right in full.
        second_look: whether this answers the second look.

    Raises ValueError where the complaint is not found right in full and there are no reasons or no remedies,
    or where a body is named for a second look without a day.
    """

    template: ClassVar[str] = "complaint_answer"
    title: ClassVar[str] = gettext_noop("投诉办理答复书")

    legal_basis: tuple[str, ...] = ()
    complained_of: str
    filed_on: date
    facts: tuple[str, ...]
    outcome: str
    reasons: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    review_office: str = ""
    review_until: date | None = None
    remedies: Remedies | None = None
    second_look: bool = False

    def __post_init__(self) -> None:
        """An adverse answer says why, and names the remedies."""
        if self.outcome != SUBSTANTIATED and not (self.reasons and self.remedies):
            raise ValueError("a complaint that is not found right in full needs reasons and remedies")
        if bool(self.review_office) != bool(self.review_until):
            raise ValueError("a second look needs a body and a day")

    def to_context(self) -> dict[str, Any]:
        """Return the template's context, with the outcome in words."""
        return {**super().to_context(), "outcome_words": OUTCOMES[self.outcome]}

    @classmethod
    def sample(cls) -> Self:
        """A complaint that is right."""
        return cls(
            **_issued(_OFFICE, date(2026, 12, 4)),
            document_number="濉信投〔2026〕3号",
            complained_of=_COMPLAINED_OF,
            filed_on=date(2026, 11, 20),
            facts=(
                "我单位调阅了该案的办理记录，听取了被投诉单位的说明。",
                "该案应当在2026年11月17日前作出决定，至2026年11月20日仍未作出，也没有办理延期。",
            ),
            outcome=SUBSTANTIATED,
            measures=(
                "被投诉单位已于2026年11月25日作出决定，并向你单位致歉。",
                "我单位已责令被投诉单位在2026年12月18日前完成整改。",
            ),
            review_office="淮北市信用办",
            review_until=date(2026, 12, 18),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: right, not right and anonymous, partly right with much to say, the second look."""
        right = cls.sample()
        wrong = dataclasses.replace(
            right,
            party=ANONYMOUS,
            facts=("我单位查看了当日窗口的录像和叫号记录，询问了当班人员。",),
            outcome=UNSUBSTANTIATED,
            reasons=("投诉所说的时段内，窗口没有拒绝接收材料的情况",),
            measures=(),
            remedies=Remedies.sample(),
        )
        return {
            "right": right,
            "not right": wrong,
            "partly": dataclasses.replace(
                wrong,
                party=LONG_NAME,
                facts=right.facts * 4,
                outcome=PARTLY,
                reasons=("办理超过期限的情况属实", "没有发现收取费用的情况"),
                measures=right.measures,
            ),
            "the second look": dataclasses.replace(
                wrong,
                **{**_issued("淮北市信用办", date(2026, 12, 31)), "party": PERSON},
                document_number="淮信投〔2026〕1号",
                review_office="",
                review_until=None,
                second_look=True,
            ),
        }
