"""Papers that say who may act: the certificate of the legal representative, and a power for one matter.

The general authorisation, for everything on the site, is `papers.Authorisation`. No paper here asks for the
number of an identity card: the card itself is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, Self

from django.utils.translation import gettext_noop

from credit_repair.rules import said

from .bases import Document
from .parts import Party, RecordFacts
from .samples import LONG_NAME, PERSON

#: What a power for one matter may hold, with the words of the paper.
POWERS: dict[str, str] = {
    "file": "提交和补正材料，查询进度",
    "sign": "签署信用修复承诺书",
    "withdraw": "撤回申请",
    "receive": "签收通知和文书",
}


@dataclass(frozen=True, kw_only=True)
class RepresentativeCertificate(Document):
    """Certificate of the legal representative 法定代表人身份证明; an enterprise's only.

    Attributes:
        post: their post, such as 执行董事; empty leaves it to be written by hand.
        addressee: the office it is given to; empty for any.
    """

    template: ClassVar[str] = "representative_certificate"
    title: ClassVar[str] = gettext_noop("法定代表人（负责人）身份证明")

    post: str = ""
    addressee: str = ""

    @classmethod
    def sample(cls) -> Self:
        """An enterprise's managing director."""
        return cls(
            party=Party.sample(),
            case_number="",
            post="执行董事兼总经理",
            addressee="濉溪县信用办",
            demo=True,
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """The usual one, a blank one, and one with long names."""
        return {
            "usual": cls.sample(),
            "blank": cls(party=Party(""), case_number=""),
            "long": cls(party=LONG_NAME, case_number="", post="董事长兼总经理", demo=True),
        }


@dataclass(frozen=True, kw_only=True)
class PowerForMatter(Document):
    """Power of attorney 授权委托书 for named records, with powers named one by one.

    Attributes:
        records: what the agent acts about; none leaves it to be written by hand.
        agent: name of the agent; empty leaves it to be written by hand.
        agent_phone: their telephone.
        agent_employer: where they work, with their post, such as 安徽某律师事务所律师; empty leaves it blank.
        powers: keys of `POWERS` that are given; None leaves all of them to be ticked by hand.
        valid_from: first day; None leaves the term to be written by hand.
        valid_until: last day.
        addressee: the office it is given to; empty for any.

    Raises:
        ValueError: a power is given that there is not, or the term ends before it begins.
    """

    template: ClassVar[str] = "power_for_matter"
    title: ClassVar[str] = gettext_noop("授权委托书（单项事项）")

    records: tuple[RecordFacts, ...] = ()
    agent: str = ""
    agent_phone: str = ""
    agent_employer: str = ""
    powers: tuple[str, ...] | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    addressee: str = ""

    def __post_init__(self) -> None:
        if unknown := set(self.powers or ()) - set(POWERS):
            raise ValueError(f"there are no such powers: {sorted(unknown)}")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("the term ends before it begins")

    def to_context(self) -> dict[str, Any]:
        """Return the template's context: every power with its box, and the term in words."""
        given = self.powers or ()
        term = ""
        if self.valid_from and self.valid_until:
            term = f"{said(self.valid_from)}至{said(self.valid_until)}"
        return {
            **super().to_context(),
            "boxes": [("■" if key in given else "□", words) for key, words in POWERS.items()],
            "term": term,
        }

    @classmethod
    def sample(cls) -> Self:
        """A lawyer who files and receives, but may not withdraw."""
        return cls(
            party=Party.sample(),
            case_number="",
            demo=True,
            records=(RecordFacts.sample(),),
            agent="周小敏",
            agent_phone="13800000000",
            agent_employer="安徽濉河律师事务所律师",
            powers=("file", "sign", "receive"),
            valid_from=date(2026, 11, 20),
            valid_until=date(2027, 1, 31),
            addressee="濉溪县信用办",
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """The usual one, a blank one, a natural person's, and one about many records."""
        usual = cls.sample()
        many = tuple(
            RecordFacts(f"濉市监罚〔2026〕{n}号", "濉溪县市场监督管理局", date(2026, 4, n), "罚款3万元")
            for n in range(1, 19)
        )
        return {
            "usual": usual,
            "blank": cls(party=Party(""), case_number=""),
            "person": replace(usual, party=PERSON, powers=("file",), valid_from=None, agent_employer=""),
            "many": replace(usual, party=LONG_NAME, records=many, powers=tuple(POWERS)),
        }


STANDING: tuple[type[Document], ...] = (RepresentativeCertificate, PowerForMatter)
"""The papers of this module; each has `template`, `title`, `sample()` and `samples()`."""
