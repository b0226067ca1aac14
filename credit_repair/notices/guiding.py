"""What an office says to guide: where an application went, how a record is repaired, and how things stand.

The forwarding notice, the guidance served with a penalty, the reminder, and the certificate for others to
see. None of them decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.utils.translation import gettext_noop

from .bases import NDRC_36, IssuedDocument, NumberedDocument, qr_svg
from .parts import Contact, RecordFacts
from .samples import LONG_NAME, PERSON, issued

_BUREAU = "濉溪县市场监督管理局"
_OFFICE = "濉溪县信用办"
_SITE = "http://localhost/"


@dataclass(frozen=True, kw_only=True)
class ForwardingNotice(NumberedDocument):
    """Notice that an application was sent on to another office 转送告知书.

    Attributes:
        record: what the application is about.
        filed_on: day of filing; it stays.
        forwarded_on: day on which it was sent on.
        receiver: the office that takes it in now, with address and telephone.
        reasons: why, one sentence each, without the closing full stop.
        acceptance_due: last day on which that office decides on acceptance.
    """

    template: ClassVar[str] = "forwarding_notice"
    title: ClassVar[str] = gettext_noop("信用修复申请转送告知书")

    record: RecordFacts
    filed_on: date
    forwarded_on: date
    receiver: Contact
    reasons: tuple[str, ...]
    acceptance_due: date

    @classmethod
    def sample(cls) -> Self:
        """An application that belongs to the city's office."""
        return cls(
            **issued(_OFFICE, date(2026, 11, 23)),
            document_number="濉信修〔2026〕15号",
            record=replace(RecordFacts.sample(), authority="淮北市市场监督管理局"),
            filed_on=date(2026, 11, 20),
            forwarded_on=date(2026, 11, 23),
            receiver=Contact("淮北市信用办", "淮北市相山区人民路1号市政务服务中心", "0561-1111111"),
            reasons=("作出处罚决定的是市级单位，应当由市信用办受理",),
            acceptance_due=date(2026, 11, 26),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """The usual one, a natural person's, and one with long names."""
        usual = cls.sample()
        receiver = replace(usual.receiver, office="淮北市社会信用体系建设领导小组办公室信用管理中心")
        return {
            "usual": usual,
            "person": replace(usual, party=PERSON, reasons=usual.reasons * 3),
            "long": replace(usual, party=LONG_NAME, receiver=receiver),
        }


@dataclass(frozen=True, kw_only=True)
class GuidanceNotice(NumberedDocument):
    """Guidance served together with the penalty 信用修复告知书: 两书同达.

    Attributes:
        record: the penalty with which it is served.
        rule_class: its class in the words of the regulation, such as 一般失信信息; empty where there is none.
        published: whether the penalty is published at all.
        min_until: last day of the least period; None for none.
        repairable_from: first day on which a repair can be applied for; None where it cannot.
        ends_alone: whether publicity ends by itself so early that nobody applies.
        max_until: last day of publicity, which then ends by itself; None where none is fixed.
        duties: what is to be done first, a sentence each, without the closing full stop.
        site: address at which one applies online; printed as a QR code too.
        counter: where one applies in person.
        answer_days: working days within which the answer comes.
    """

    template: ClassVar[str] = "guidance_notice"
    title: ClassVar[str] = gettext_noop("信用修复告知书")

    record: RecordFacts
    published: bool
    duties: tuple[str, ...]
    site: str
    counter: Contact
    answer_days: int
    rule_class: str = ""
    min_until: date | None = None
    repairable_from: date | None = None
    max_until: date | None = None
    ends_alone: bool = False

    def to_context(self) -> dict[str, Any]:
        """Return the template's context, with the site's address as a QR code."""
        return {**super().to_context(), "site_qr": qr_svg(self.site)}

    @classmethod
    def sample(cls) -> Self:
        """With a fine of the general class."""
        return cls(
            **{**issued(_BUREAU, date(2026, 4, 16)), "case_number": ""},
            document_number="濉市监信告〔2026〕118号",
            record=RecordFacts.sample(),
            rule_class="一般失信信息",
            published=True,
            min_until=date(2026, 7, 16),
            repairable_from=date(2026, 7, 17),
            max_until=date(2027, 4, 16),
            duties=(
                "按《行政处罚决定书》写明的期限和账户缴纳罚款3万元",
                "改正违法行为，并保留能够证明的材料",
            ),
            site=_SITE,
            counter=Contact.sample(),
            answer_days=10,
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """The usual one, a warning that is not published, a fine whose publicity ends by itself, a serious
        penalty, and a natural person's."""
        usual = cls.sample()
        minor = replace(
            usual,
            record=replace(usual.record, penalty_summary="警告"),
            rule_class="轻微失信信息",
            published=False,
            min_until=None,
            repairable_from=None,
            max_until=None,
            duties=("改正违法行为，并保留能够证明的材料",),
        )
        serious = replace(
            usual,
            party=LONG_NAME,
            record=replace(usual.record, penalty_summary="罚款30万元，责令停产停业"),
            rule_class="严重失信信息",
            min_until=date(2027, 4, 16),
            repairable_from=date(2027, 4, 17),
            max_until=date(2029, 4, 16),
            site="https://xinyongxiufu.xy.some-long-name.gov.cn/guide/",
            duties=usual.duties * 3,
        )
        return {
            "usual": usual,
            "minor": minor,
            "alone": replace(
                usual,
                rule_class="轻微失信信息",
                min_until=None,
                repairable_from=None,
                max_until=date(2026, 7, 16),
                ends_alone=True,
            ),
            "serious": serious,
            "person": replace(usual, party=PERSON),
        }


@dataclass(frozen=True)
class Repairable:
    """One record of a reminder.

    Attributes:
        record: the record.
        since: day from which its repair can be applied for.
        ends_on: day on which its publicity ends by itself; None where none is fixed.
    """

    record: RecordFacts
    since: date
    ends_on: date | None = None

    @classmethod
    def samples(cls, count: int) -> tuple[Self, ...]:
        """As many made-up penalties, each a day after the other."""
        facts = RecordFacts.sample()
        return tuple(
            cls(
                replace(facts, document_number=f"濉市监罚〔2026〕{118 + n}号"),
                date(2026, 7, 17) + timedelta(days=n),
                date(2027, 4, 16) + timedelta(days=n),
            )
            for n in range(count)
        )


@dataclass(frozen=True, kw_only=True)
class ReminderLetter(IssuedDocument):
    """Reminder 提醒函: records could be repaired and nobody has applied. Unnumbered: it decides nothing.

    Attributes:
        rows: the records; their numbers and days alone, not what was imposed.
        site: address at which one applies online; printed as a QR code too.
        answer_days: working days within which the answer comes.
        as_of: day on which the records were looked at.
        legal_basis: regulations by name and number, without articles.
        confirm_by: last day on which the application 预制申请 that the office has prepared can be confirmed;
            None where it has prepared none.
    """

    template: ClassVar[str] = "reminder_letter"
    title: ClassVar[str] = gettext_noop("信用修复提醒函")

    rows: tuple[Repairable, ...]
    site: str
    answer_days: int
    as_of: date
    legal_basis: tuple[str, ...] = (NDRC_36,)
    confirm_by: date | None = None

    def to_context(self) -> dict[str, Any]:
        """Return the template's context, with the site's address as a QR code."""
        return {**super().to_context(), "site_qr": qr_svg(self.site)}

    @classmethod
    def sample(cls) -> Self:
        """Two penalties whose least period is over."""
        fields = {**issued(_OFFICE, date(2026, 11, 23)), "case_number": ""}
        return cls(**fields, rows=Repairable.samples(2), site=_SITE, answer_days=10, as_of=date(2026, 11, 20))

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """The usual one, one with an application prepared, a natural person's one record, and one with many
        records over pages."""
        usual = cls.sample()
        (one,) = Repairable.samples(1)
        return {
            "usual": usual,
            "prepared": replace(usual, rows=(one,), confirm_by=date(2026, 12, 21)),
            "person": replace(usual, party=PERSON, rows=(one,)),
            "many": replace(usual, party=LONG_NAME, rows=Repairable.samples(30)),
        }


@dataclass(frozen=True)
class StillPublic:
    """A record that is still public, as a certificate names it: who made the decision, and its number."""

    authority: str
    document_number: str


@dataclass(frozen=True, kw_only=True)
class RepairCertificate(IssuedDocument):
    """Certificate for those who invite tenders and for banks 信用修复证明: how things stand on one day.

    It shows nothing old: no kind of penalty, no sum, no facts, and nothing at all of what was repaired. Its
    case number is left empty, and it is known by its code alone.

    Attributes:
        as_of: the day that it speaks of.
        valid_until: last day on which it may be relied upon.
        platforms: websites whose publicity it speaks of.
        still_public: what is public on that day; empty for nothing.
        legal_basis: regulations by name and number, without articles.

    Raises:
        ValueError: it has a case number, or ends before the day that it speaks of.
    """

    template: ClassVar[str] = "repair_certificate"
    title: ClassVar[str] = gettext_noop("信用修复证明")

    as_of: date
    valid_until: date
    platforms: tuple[str, ...]
    still_public: tuple[StillPublic, ...] = ()
    legal_basis: tuple[str, ...] = (NDRC_36,)

    def __post_init__(self) -> None:
        if self.case_number:
            raise ValueError("a certificate names no case")
        if self.valid_until < self.as_of:
            raise ValueError("a certificate ends no earlier than the day that it speaks of")

    @classmethod
    def sample(cls) -> Self:
        """An enterprise of which nothing is public."""
        return cls(
            **{**issued(_OFFICE, date(2026, 11, 23)), "case_number": ""},
            as_of=date(2026, 11, 23),
            valid_until=date(2026, 12, 22),
            platforms=("“信用中国”网站", "“信用中国（安徽淮北）”网站"),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """The usual one, a natural person's, one record still public, and many with long names."""
        usual = cls.sample()
        left = tuple(StillPublic(_BUREAU, f"濉市监罚〔2026〕{118 + n}号") for n in range(30))
        return {
            "usual": usual,
            "person": replace(usual, party=PERSON),
            "left": replace(usual, still_public=left[:1]),
            "many": replace(usual, party=LONG_NAME, still_public=left),
        }


GUIDING: tuple[type[IssuedDocument], ...] = (
    ForwardingNotice,
    GuidanceNotice,
    ReminderLetter,
    RepairCertificate,
)
"""The documents of this module; each has `template`, `title`, `sample()` and `samples()`."""
