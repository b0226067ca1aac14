"""What an office says when publicity comes back, or goes on where it should not.

Revocation of a repair, restored publicity, and the letter to a website that goes on showing what was
repaired. The temporary shield of a bankruptcy is in `shields`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, Self

from django.utils.translation import gettext_noop

from credit_repair.rules import said

from .bases import NumberedDocument
from .parts import Matter, RecordFacts, Remedies
from .samples import LONG_NAME, PERSON, issued

_BUREAU = "濉溪县市场监督管理局"
_OFFICE = "濉溪县信用办"
_WEBSITES = ("“信用中国”网站", "“信用中国（安徽淮北）”网站")


@dataclass(frozen=True)
class Earlier:
    """A decision, notice or ruling that the document follows upon.

    Attributes:
        authority: the authority or the court that made it.
        made_on: its date.
        number: its number.
        name: what it is called, such as 《准予信用修复决定书》.
    """

    authority: str
    made_on: date
    number: str
    name: str

    @property
    def in_full(self) -> str:
        """Authority, day, number and name: 某局2026年7月20日作出的濉信修〔2026〕7号《…》."""
        return f"{self.authority}{said(self.made_on)}作出的{self.number}{self.name}"

    @property
    def in_short(self) -> str:
        """Number and name."""
        return f"{self.number}{self.name}"

    @classmethod
    def sample(cls) -> Self:
        """A made-up decision that granted a repair."""
        return cls(_BUREAU, date(2026, 7, 20), "濉市监信修〔2026〕3号", "《准予信用修复决定书》")

    @classmethod
    def sample_ruling(cls) -> Self:
        """A made-up ruling that approved a plan."""
        return cls("濉溪县人民法院", date(2026, 9, 1), "（2026）皖0621破3号", "《民事裁定书》")


@dataclass(frozen=True, kw_only=True)
class IntendedRevocation(NumberedDocument):
    """Notice that a repair is to be revoked 拟撤销信用修复告知书: facts, reasons, the right to answer it.

    Nothing is decided by it, so it names no remedies.

    Attributes:
        record: the record whose repair is to be revoked.
        repair: the decision that would be revoked.
        facts: what was found, one paragraph each, complete sentences.
        reasons: why, one sentence each, without the closing full stop.
        answer_by: last day for the answer.
        barred_years: for how many years no new application would be taken.
        provisional: the working days up to that day are not all announced yet.
    """

    template: ClassVar[str] = "intended_revocation"
    title: ClassVar[str] = gettext_noop("拟撤销信用修复告知书")

    record: RecordFacts
    repair: Earlier
    facts: tuple[str, ...]
    reasons: tuple[str, ...]
    answer_by: date
    barred_years: int = 0
    provisional: bool = False

    @classmethod
    def sample(cls) -> Self:
        """A receipt that seems to be forged."""
        return cls(
            **issued(_BUREAU, date(2026, 11, 18)),
            document_number="濉市监信修〔2026〕10号",
            record=RecordFacts.sample(),
            repair=Earlier.sample(),
            facts=(
                "经濉溪县财政局核实，你单位提交的缴款凭证系伪造。",
                "截至2026年11月16日，罚款3万元尚未缴纳。",
            ),
            reasons=("提供虚假材料取得信用修复",),
            answer_by=date(2026, 11, 25),
            barred_years=3,
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """The usual one, a natural person's before the working days are announced, and long names."""
        usual = cls.sample()
        return {
            "usual": usual,
            "person": replace(
                usual,
                party=PERSON,
                facts=("经濉溪县财政局核实，你提交的缴款凭证系伪造。",),
                barred_years=0,
                provisional=True,
            ),
            "long": replace(usual, party=LONG_NAME, facts=usual.facts * 6),
        }


@dataclass(frozen=True, kw_only=True)
class RevocationDecision(NumberedDocument):
    """Decision that revokes a repair 撤销信用修复决定书: adverse, so it names the remedies.

    Attributes:
        record: the record whose repair is revoked.
        repair: the decision that is revoked.
        facts: what was found, one paragraph each, complete sentences.
        told_on: day on which the subject was told what was intended and could answer 陈述申辩; None where an
            order of a higher body or a court binds and nothing was asked.
        heard: what it answered and what was made of that, complete sentences; empty where it did not answer.
        reasons: why, one sentence each, without the closing full stop.
        restored_from: day from which the record is public again; None where its period is over.
        restored_until: last day of its publicity; None for a list entry, which has none.
        platforms: websites that show it again.
        barred_until: last day of the bar on new applications; None for none.
        remedies: review and lawsuit.
    """

    template: ClassVar[str] = "revocation_decision"
    title: ClassVar[str] = gettext_noop("撤销信用修复决定书")

    record: RecordFacts
    repair: Earlier
    facts: tuple[str, ...]
    told_on: date | None
    reasons: tuple[str, ...]
    remedies: Remedies
    heard: tuple[str, ...] = ()
    restored_from: date | None = None
    restored_until: date | None = None
    platforms: tuple[str, ...] = ()
    barred_until: date | None = None

    def to_context(self) -> dict[str, Any]:
        """Return the template's context, with what the decision does in `effects`."""
        return {**super().to_context(), "effects": self._effects()}

    def _effects(self) -> list[tuple[str, str, str]]:
        """Return what the decision does, each as numeral, heading and text."""
        you, restored = self.party.you, self.record.matter.restored
        found = []
        if self.restored_from:
            until = (
                f"，公示至{said(self.restored_until)}（含当日），届满自动停止" if self.restored_until else ""
            )
            where = f"，在{'、'.join(self.platforms)}公示" if self.platforms else ""
            found.append((f"{restored}。", f"该信息自{said(self.restored_from)}起{restored}{where}{until}。"))
        else:
            found.append(("不再公示。", "该信息的公示期已经届满，不恢复公示。"))
        found.append(("记入信用记录。", f"上述情况记入{you}的信用记录。"))
        if self.barred_until:
            day = said(self.barred_until)
            found.append(("申请限制。", f"{you}在{day}前（含当日）提出的信用修复申请，不予受理。"))
        return [(numeral, *item) for numeral, item in zip("一二三", found, strict=False)]

    @classmethod
    def sample(cls) -> Self:
        """A receipt that turned out to be forged."""
        return cls(
            **issued(_BUREAU, date(2026, 11, 27)),
            document_number="濉市监信修〔2026〕11号",
            record=RecordFacts.sample(),
            repair=Earlier.sample(),
            facts=(
                "经濉溪县财政局核实，你单位提交的缴款凭证系伪造。",
                "截至2026年11月16日，罚款3万元尚未缴纳。",
            ),
            told_on=date(2026, 11, 18),
            heard=("你单位答复称凭证由他人代办。经复核，该理由不能成立。",),
            reasons=("提供虚假材料取得信用修复", "罚款尚未缴清"),
            restored_from=date(2026, 11, 27),
            restored_until=date(2027, 4, 16),
            platforms=_WEBSITES,
            barred_until=date(2029, 11, 27),
            remedies=Remedies.sample(),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """The usual one, a natural person's whose period is over, a list entry, and long names."""
        usual = cls.sample()
        entry = Matter(
            name="移出经营异常名录",
            called="列入经营异常名录决定",
            restored="恢复列入和公示",
            removed_from="经营异常名录",
        )
        return {
            "usual": usual,
            "over": replace(
                usual,
                party=PERSON,
                facts=("经濉溪县财政局核实，你提交的缴款凭证系伪造。",),
                heard=(),
                restored_from=None,
                restored_until=None,
            ),
            "list": replace(
                usual,
                record=RecordFacts("", _BUREAU, date(2026, 4, 16), "", "列入决定", "经营异常名录信息", entry),
                facts=("经核实，你单位提交的住所使用证明系伪造，登记的住所仍然无法联系。",),
                reasons=("提供虚假材料取得信用修复",),
                restored_until=None,
            ),
            "long": replace(usual, party=LONG_NAME, facts=usual.facts * 6),
        }


@dataclass(frozen=True, kw_only=True)
class RestorationNotice(NumberedDocument):
    """Notice that a record is public again 恢复公示告知书: adverse, so it names the remedies.

    Attributes:
        record: the record.
        because: the decision that this follows from, such as a revocation.
        ended_on: day on which its publicity had ended.
        restored_from: first day on which it is public again.
        restored_until: last day; None where none is fixed.
        counting: how the last day was found, one sentence without the closing full stop; empty for none.
        platforms: websites that show it again.
        remedies: review and lawsuit.
    """

    template: ClassVar[str] = "restoration_notice"
    title: ClassVar[str] = gettext_noop("恢复公示告知书")

    record: RecordFacts
    because: Earlier
    ended_on: date
    restored_from: date
    remedies: Remedies
    restored_until: date | None = None
    counting: str = ""
    platforms: tuple[str, ...] = ()

    @classmethod
    def sample(cls) -> Self:
        """A penalty whose repair was revoked."""
        return cls(
            **issued(_OFFICE, date(2026, 11, 27)),
            document_number="濉信修〔2026〕19号",
            record=RecordFacts.sample(),
            because=Earlier(_BUREAU, date(2026, 11, 27), "濉市监信修〔2026〕11号", "《撤销信用修复决定书》"),
            ended_on=date(2026, 7, 20),
            restored_from=date(2026, 11, 27),
            restored_until=date(2027, 4, 16),
            counting="最长公示期自行政处罚决定书日期2026年4月16日起算，为一年",
            platforms=_WEBSITES,
            remedies=Remedies.sample(),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """The usual one, a natural person's, and one with long names on many websites."""
        usual = cls.sample()
        return {
            "usual": usual,
            "person": replace(usual, party=PERSON, platforms=()),
            "long": replace(
                usual,
                party=LONG_NAME,
                platforms=(*_WEBSITES, "国家企业信用信息公示系统", "“信用中国（安徽）”网站"),
            ),
        }


@dataclass(frozen=True)
class Told:
    """One time that a website was told: the day, and how, such as 电子邮件."""

    day: date
    how: str


@dataclass(frozen=True, kw_only=True)
class StopLetter(NumberedDocument):
    """Letter to a website that goes on showing what was repaired 商请停止公示函, with a reply slip 回执.

    It says no more of the record than its number and who made it: not what was imposed, and not why.

    Attributes:
        addressee: who runs the website, 主送单位.
        website: its name.
        address: where the record stands on it.
        seen_on: day on which it was last seen there.
        authority: who made the recorded decision.
        record_number: its number, or what it is known by where it has none.
        repair: the decision that granted the repair.
        told: when the website was told before, and how.
        asks: what it is asked to do, a sentence each, without the closing full stop.
        reply_by: last day for that and for the answer.
    """

    template: ClassVar[str] = "stop_letter"
    title: ClassVar[str] = gettext_noop("商请停止公示函")

    addressee: str
    website: str
    address: str
    seen_on: date
    authority: str
    record_number: str
    repair: Earlier
    reply_by: date
    told: tuple[Told, ...] = ()
    asks: tuple[str, ...] = (
        "停止展示该信息，删除网页、快照和搜索结果中的相应内容",
        "停止向他人提供该信息，不再把它用于信用评价和信用报告",
        "已经把该信息提供给其他网站的，通知它们同样停止公示",
    )

    @classmethod
    def sample(cls) -> Self:
        """A website that was told three times."""
        return cls(
            **issued(_OFFICE, date(2026, 11, 23)),
            document_number="濉信修〔2026〕17号",
            addressee="合肥某某信息科技有限公司",
            website="某某查",
            address="https://www.example.com/company/91340621MA2NXK8T4J/penalty/20260416",
            seen_on=date(2026, 11, 20),
            authority=_BUREAU,
            record_number="濉市监罚〔2026〕118号",
            repair=Earlier.sample(),
            told=(
                Told(date(2026, 7, 21), "接口推送"),
                Told(date(2026, 9, 3), "电子邮件"),
                Told(date(2026, 10, 19), "电子邮件"),
            ),
            reply_by=date(2026, 12, 4),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """The usual one, a first letter about a natural person, and one with long names and address."""
        usual = cls.sample()
        return {
            "usual": usual,
            "first": replace(usual, party=PERSON, told=()),
            "long": replace(
                usual,
                party=LONG_NAME,
                addressee="安徽省淮北市相山区企业信用信息大数据征信服务（集团）股份有限公司合肥分公司",
                address="https://www.example.com/company/91340621MA2NXK8T4J/penalty/" + "a1b2c3d4" * 16,
                told=usual.told * 4,
            ),
        }


PUBLICITY: tuple[type[NumberedDocument], ...] = (
    IntendedRevocation,
    RevocationDecision,
    RestorationNotice,
    StopLetter,
)
"""The documents of this module; each has `template`, `title`, `sample()` and `samples()`."""
