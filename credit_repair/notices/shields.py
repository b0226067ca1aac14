"""The temporary shield 临时屏蔽 of a bankruptcy, and its end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Self

from django.utils.translation import gettext_noop

from .bases import NumberedDocument
from .parts import RecordFacts, Remedies
from .publicity import Earlier
from .samples import LONG_NAME, issued

_OFFICE = "濉溪县信用办"
_WEBSITES = ("“信用中国”网站", "“信用中国（安徽淮北）”网站")


@dataclass(frozen=True)
class Shielded:
    """One record of a shield: the record, and until when it would be public; None where that is over.

    An entry that is shown until it is taken off its list has `until_removed` instead of a day.
    """

    record: RecordFacts
    public_until: date | None = None
    until_removed: bool = False

    @classmethod
    def samples(cls, count: int) -> tuple[Self, ...]:
        """As many made-up penalties."""
        facts = RecordFacts.sample()
        return tuple(
            cls(replace(facts, document_number=f"濉市监罚〔2026〕{117 + n}号"), date(2027, 4, 16))
            for n in range(1, count + 1)
        )


@dataclass(frozen=True, kw_only=True)
class _ShieldNotice(NumberedDocument):
    """What a shield and its end have in common.

    Attributes:
        rows: the records.
        ruling: the court's ruling that this follows from.
        platforms: websites that show the records, or showed them.
        administrator: the administrator 管理人, who gets a copy; empty for none.
    """

    rows: tuple[Shielded, ...]
    ruling: Earlier
    platforms: tuple[str, ...] = ()
    administrator: str = ""


@dataclass(frozen=True, kw_only=True)
class ShieldNotice(_ShieldNotice):
    """Notice of a temporary shield 临时屏蔽告知书: a court approved the plan of a bankruptcy.

    Attributes:
        shielded_from: first day without publicity.
        plan_until: last day of the plan, as the ruling gives it; None where it gives none.
    """

    template: ClassVar[str] = "shield_notice"
    title: ClassVar[str] = gettext_noop("失信信息临时屏蔽告知书")

    shielded_from: date
    plan_until: date | None = None

    @classmethod
    def sample(cls) -> Self:
        """Two penalties of an enterprise whose plan was approved."""
        return cls(
            **issued(_OFFICE, date(2026, 9, 8)),
            document_number="濉信修〔2026〕8号",
            rows=Shielded.samples(2),
            ruling=Earlier.sample_ruling(),
            platforms=_WEBSITES,
            administrator="安徽濉河律师事务所",
            shielded_from=date(2026, 9, 8),
            plan_until=date(2028, 8, 31),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """The usual one, and one with many records over pages."""
        usual = cls.sample()
        return {
            "usual": usual,
            "many": replace(
                usual, party=LONG_NAME, rows=Shielded.samples(26), plan_until=None, administrator=""
            ),
        }


@dataclass(frozen=True, kw_only=True)
class ShieldEndNotice(_ShieldNotice):
    """Notice that a shield ends 终止临时屏蔽告知书: for good, or because the plan failed, which is adverse.

    Attributes:
        shield: the notice of the shield.
        performed: whether the plan was performed: the records stay down for good.
        ended_on: day on which the shield ends.
        remedies: review and lawsuit; must be given where the plan failed.

    Raises:
        ValueError: the plan failed and no remedies are given.
    """

    template: ClassVar[str] = "shield_end_notice"
    title: ClassVar[str] = gettext_noop("终止临时屏蔽告知书")

    shield: Earlier
    performed: bool
    ended_on: date
    remedies: Remedies | None = None

    def __post_init__(self) -> None:
        if not self.performed and self.remedies is None:
            raise ValueError("a notice that brings publicity back names the remedies")

    @classmethod
    def sample(cls) -> Self:
        """A plan that was performed."""
        return cls(
            **issued(_OFFICE, date(2028, 7, 12)),
            document_number="濉信修〔2028〕21号",
            rows=Shielded.samples(2),
            ruling=Earlier("濉溪县人民法院", date(2028, 7, 3), "（2026）皖0621破3号之四", "《民事裁定书》"),
            platforms=_WEBSITES,
            administrator="安徽濉河律师事务所",
            shield=Earlier(_OFFICE, date(2026, 9, 8), "濉信修〔2026〕8号", "《失信信息临时屏蔽告知书》"),
            performed=True,
            ended_on=date(2028, 7, 12),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """The usual one, a plan that failed, and one that failed with many records."""
        usual = cls.sample()
        one, two = usual.rows
        failed = replace(
            usual,
            **issued(_OFFICE, date(2027, 2, 8)),
            document_number="濉信修〔2027〕2号",
            ruling=Earlier("濉溪县人民法院", date(2027, 2, 1), "（2026）皖0621破3号之二", "《民事裁定书》"),
            rows=(one, replace(two, public_until=None)),
            performed=False,
            ended_on=date(2027, 2, 8),
            remedies=Remedies.sample(),
        )
        return {
            "usual": usual,
            "failed": failed,
            "many": replace(failed, party=LONG_NAME, rows=Shielded.samples(26)),
        }


SHIELDS: tuple[type[NumberedDocument], ...] = (ShieldNotice, ShieldEndNotice)
"""The documents of this module; each has `template`, `title`, `sample()` and `samples()`."""
