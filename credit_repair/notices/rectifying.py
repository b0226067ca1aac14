"""Putting right 整改: the order, the interviews that follow where it is not obeyed, and the promise.

The office that determined the record orders and interviews: first a reminding interview 提示约谈, then a
warning one 警示约谈. The same papers serve towards an office whose faults a complaint has shown; such an
office has no record, and no remedies of a subject.
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
from .parts import Party, RecordFacts, Remedies
from .samples import LONG_NAME, PERSON, issued

REMINDER, WARNING = "reminder", "warning"

#: The two interviews 约谈.
INTERVIEWS = {REMINDER: "提示约谈", WARNING: "警示约谈"}

_BLANK_LINES = 12
_BUREAU = "濉溪县市场监督管理局"
_CASE = "ZG-2026-000007"
_ORDER = "濉市监信整〔2026〕2号"


def _issued(issuer: str, day: date) -> dict[str, Any]:
    """Return what the examples of putting right share."""
    return {**issued(issuer, day), "case_number": _CASE}


@dataclass(frozen=True, kw_only=True)
class RectificationOrder(NumberedDocument):
    """Order to put right by a day 责令整改通知书.

    Attributes:
        record: the record whose duties are open; None where the order goes to an office.
        faults: what is wrong, a paragraph each, complete sentences.
        demands: what is to be done, one sentence each, without the closing full stop.
        complete_by: last day for doing it.
        remedies: review and lawsuit; None only towards an office, which has no record.

    Raises ValueError where a subject is ordered something without being told the remedies.
    """

    template: ClassVar[str] = "rectification_order"
    title: ClassVar[str] = gettext_noop("责令整改通知书")

    record: RecordFacts | None = None
    faults: tuple[str, ...]
    demands: tuple[str, ...]
    complete_by: date
    remedies: Remedies | None = None

    def __post_init__(self) -> None:
        """An order to a subject names the remedies."""
        if self.record and not self.remedies:
            raise ValueError("an order to a subject needs remedies")

    @classmethod
    def sample(cls) -> Self:
        """A fine of which a part is open."""
        return cls(
            **_issued(_BUREAU, date(2026, 10, 12)),
            document_number=_ORDER,
            record=RecordFacts.sample(),
            faults=(
                "截至2026年10月10日，罚款尚有1.2万元没有缴纳。",
                "原材料进货台账仍不完整，违法行为没有全部改正。",
            ),
            demands=("缴清罚款余款1.2万元", "补齐2026年1月以来的原材料进货台账，并留存检验报告"),
            complete_by=date(2026, 11, 6),
            remedies=Remedies.sample(),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: as it is usual, to a person, to an office after a complaint, with much to say."""
        usual = cls.sample()
        return {
            "usual": usual,
            "a person": dataclasses.replace(usual, party=PERSON, demands=usual.demands[:1]),
            "an office": dataclasses.replace(
                usual,
                **{**_issued("濉溪县信用办", date(2026, 12, 4)), "party": Party(_BUREAU)},
                document_number="濉信督〔2026〕1号",
                legal_basis=(),
                record=None,
                faults=("XF-2026-000096号信用修复申请超过期限3个工作日仍未作出决定，也没有办理延期。",),
                demands=("对超过期限的案件逐件清理", "明确专人每日查看待办期限"),
                complete_by=date(2026, 12, 18),
                remedies=None,
            ),
            "long": dataclasses.replace(usual, party=LONG_NAME, demands=usual.demands * 6),
        }


@dataclass(frozen=True, kw_only=True)
class _InterviewNotice(NumberedDocument):
    """Notice of an interview.

    Attributes:
        record: the record whose duties are open; None towards an office.
        order_number: number of the order that was not obeyed.
        order_due: last day that it gave.
        on: day of the interview.
        at: time of day, such as 上午9时30分.
        place: where it is held.
        attendants: who is asked to come, such as 法定代表人或者负责人.
        topics: what is spoken about, one each, without the closing full stop.
        bring: what to bring along; may be empty.
    """

    interview: ClassVar[str]

    record: RecordFacts | None = None
    order_number: str
    order_due: date
    on: date
    at: str
    place: str
    attendants: str
    topics: tuple[str, ...]
    bring: tuple[str, ...] = ()

    def to_context(self) -> dict[str, Any]:
        """Return the template's context, with what kind of interview it is."""
        return {
            **super().to_context(),
            "interview": INTERVIEWS[self.interview],
            "is_warning": self.interview == WARNING,
        }

    @classmethod
    def _usual(cls, **changed: Any) -> Self:
        """An example."""
        facts: dict[str, Any] = {
            **_issued(_BUREAU, date(2026, 11, 9)),
            "document_number": "濉市监信约〔2026〕3号",
            "record": RecordFacts.sample(),
            "order_number": _ORDER,
            "order_due": date(2026, 11, 6),
            "on": date(2026, 11, 16),
            "at": "上午9时30分",
            "place": "濉溪县濉河路1号政务服务中心三楼会议室",
            "attendants": "法定代表人（负责人）",
            "topics": ("没有按期缴清罚款的原因", "余款缴纳和台账补齐的时间安排"),
            "bring": ("法定代表人（负责人）身份证件原件", "缴款和整改的证明材料"),
        }
        return cls(**{**facts, **changed})


@dataclass(frozen=True, kw_only=True)
class InterviewReminder(_InterviewNotice):
    """Notice of a reminding interview 提示约谈通知书: the order's day is over."""

    template: ClassVar[str] = "interview_reminder"
    title: ClassVar[str] = gettext_noop("提示约谈通知书")
    interview: ClassVar[str] = REMINDER

    @classmethod
    def sample(cls) -> Self:
        """An interview about an open fine."""
        return cls._usual()

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: as it is usual, a person's, an office's, long names and many topics."""
        usual = cls.sample()
        return {
            "usual": usual,
            "an office": dataclasses.replace(
                usual,
                **{**_issued("濉溪县信用办", date(2026, 12, 21)), "party": Party(_BUREAU)},
                document_number="濉信督〔2026〕2号",
                legal_basis=(),
                record=None,
                order_number="濉信督〔2026〕1号",
                order_due=date(2026, 12, 18),
                on=date(2026, 12, 25),
                topics=("超过期限的案件没有按期清理的原因",),
                bring=("案件清理的证明材料",),
            ),
            "a person": dataclasses.replace(usual, party=PERSON, attendants="本人", bring=("身份证件原件",)),
            "long": dataclasses.replace(usual, party=LONG_NAME, topics=usual.topics * 4),
        }


@dataclass(frozen=True, kw_only=True)
class InterviewWarning(_InterviewNotice):
    """Notice of a warning interview 警示约谈通知书: the reminding one has not helped.

    Attributes:
        reminded_on: day of the reminding interview, or for which it was called.
        came: whether the party came to it.
    """

    template: ClassVar[str] = "interview_warning"
    title: ClassVar[str] = gettext_noop("警示约谈通知书")
    interview: ClassVar[str] = WARNING

    reminded_on: date
    came: bool = True

    @classmethod
    def sample(cls) -> Self:
        """An interview after a reminding one."""
        return cls._usual(
            **{
                **_issued(_BUREAU, date(2026, 12, 7)),
                "document_number": "濉市监信约〔2026〕5号",
                "on": date(2026, 12, 14),
                "reminded_on": date(2026, 11, 16),
            }
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: as it is usual, and where nobody came to the first."""
        usual = cls.sample()
        return {"usual": usual, "nobody came": dataclasses.replace(usual, party=LONG_NAME, came=False)}


@dataclass(frozen=True)
class Said:
    """What one side said in an interview.

    Attributes:
        by: who: a name or a side, such as 约谈人 or 被约谈人.
        text: what.
    """

    by: str
    text: str


@dataclass(frozen=True, kw_only=True)
class InterviewRecord(Document):
    """Record of an interview 约谈记录, signed by both sides; without what was said it is a blank one.

    Attributes:
        interview: one of INTERVIEWS; empty leaves it to be ticked.
        issuer: the office that interviews.
        notice_number: number of the notice; empty for none.
        on: the day; None leaves it to be written.
        from_to: its hours, such as 9时30分至10时20分; empty leaves them to be written.
        place: where.
        interviewers: names and posts.
        recorder: who writes.
        attendants: who came, with posts.
        said: what was said, in order.
        agreed: what was agreed, one sentence each, without the closing full stop.
        signature: the signature on the screen of the side that was interviewed; None leaves its place.
        office_signature: the interviewing side's, given together with the other one.
    """

    template: ClassVar[str] = "interview_record"
    title: ClassVar[str] = gettext_noop("约谈记录")

    interview: str = ""
    issuer: str = ""
    notice_number: str = ""
    on: date | None = None
    from_to: str = ""
    place: str = ""
    interviewers: tuple[str, ...] = ()
    recorder: str = ""
    attendants: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()
    agreed: tuple[str, ...] = ()
    signature: Signature | None = None
    office_signature: Signature | None = None

    def to_context(self) -> dict[str, Any]:
        """Return the template's context, with the kinds to tick, and lines to write on."""
        return {
            **super().to_context(),
            "ticks": [(text, key == self.interview) for key, text in INTERVIEWS.items()],
            "blank_lines": () if self.said else range(_BLANK_LINES),
            "office_party": Party(self.issuer),
        }

    @classmethod
    def sample(cls) -> Self:
        """A reminding interview."""
        return cls(
            party=Party.sample(),
            case_number=_CASE,
            demo=True,
            interview=REMINDER,
            issuer=_BUREAU,
            notice_number="濉市监信约〔2026〕3号",
            on=date(2026, 11, 16),
            from_to="9时30分至10时10分",
            place="濉溪县濉河路1号政务服务中心三楼会议室",
            interviewers=("何卫东（信用监管股股长）", "谢明（科员）"),
            recorder="谢明",
            attendants=("李明华（法定代表人）", "周小敏（办公室主任）"),
            said=(
                Said("约谈人", "责令整改的期限已于2026年11月6日届满，罚款还有1.2万元没有缴纳，请说明原因。"),
                Said("被约谈人", "十月份货款没有收回，资金周转困难，不是有意拖欠。台账已经补齐。"),
                Said("约谈人", "不履行义务，该信息不能修复，并会影响贷款、招标等事项。请说明缴款安排。"),
                Said("被约谈人", "保证在2026年11月30日前一次缴清。"),
            ),
            agreed=("2026年11月30日前缴清罚款余款1.2万元，并提交缴款凭证", "当场提交整改承诺书"),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: as it is usual, signed on the screen by both sides, over several pages, blank."""
        usual = cls.sample()
        ours = dataclasses.replace(Signature.sample(), name="何卫东", capacity="信用监管股股长")
        return {
            "usual": usual,
            "on the screen": dataclasses.replace(usual, signature=Signature.sample(), office_signature=ours),
            "over pages": dataclasses.replace(usual, party=LONG_NAME, interview=WARNING, said=usual.said * 9),
            "blank": cls(party=NOBODY, case_number=""),
        }


@dataclass(frozen=True, kw_only=True)
class RectificationPromise(Document):
    """Promise to put right 整改承诺书, signed by the party; without a party it is a blank one.

    Attributes:
        addressee: the office it is given to; empty leaves it to be written.
        record: the record it is about; None for none.
        order_number: number of the order that it answers; empty for none.
        items: what is promised, one sentence each, without the closing full stop.
        complete_by: last day; None leaves it to be written.
        signature: the signature on the screen; None leaves its place to be signed by hand.
    """

    template: ClassVar[str] = "rectification_promise"
    title: ClassVar[str] = gettext_noop("整改承诺书")

    addressee: str = ""
    record: RecordFacts | None = None
    order_number: str = ""
    items: tuple[str, ...] = ()
    complete_by: date | None = None
    signature: Signature | None = None

    @classmethod
    def sample(cls) -> Self:
        """A promise to pay the rest of a fine."""
        return cls(
            party=Party.sample(),
            case_number=_CASE,
            demo=True,
            addressee=_BUREAU,
            record=RecordFacts.sample(),
            order_number=_ORDER,
            items=("缴清罚款余款1.2万元", "补齐原材料进货台账，此后逐批登记并留存检验报告"),
            complete_by=date(2026, 11, 30),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: as it is usual, signed on the screen, a person's, of many items, blank."""
        usual = cls.sample()
        return {
            "usual": usual,
            "on the screen": dataclasses.replace(usual, signature=Signature.sample()),
            "a person": dataclasses.replace(usual, party=PERSON, items=usual.items[:1]),
            "many": dataclasses.replace(usual, party=LONG_NAME, items=usual.items * 8),
            "blank": cls(party=NOBODY, case_number=""),
        }
