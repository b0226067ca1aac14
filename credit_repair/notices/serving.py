"""Proof of service 送达回证: what was served, how, when, and who took it, or why it was left or came back.

Service counts from the day of signing. Electronic service needs the receiver's consent, and counts from the
arrival in the receiver's system. What is refused may be left before a witness.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from django.utils.translation import gettext_noop

from .bases import Document
from .papers import NOBODY
from .parts import Party
from .samples import LONG_NAME, PERSON

DIRECT, LEFT, POST, ELECTRONIC, ENTRUSTED, ANNOUNCED = (
    "direct",
    "left",
    "post",
    "electronic",
    "entrusted",
    "announced",
)

#: How something is served 送达方式.
WAYS = {
    DIRECT: "直接送达",
    LEFT: "留置送达",
    POST: "邮寄送达",
    ELECTRONIC: "电子送达",
    ENTRUSTED: "委托送达",
    ANNOUNCED: "公告送达",
}

_BLANK_ROWS = 3


@dataclass(frozen=True)
class Served:
    """One document that is served: its title, its number or empty, and how many copies."""

    title: str
    number: str = ""
    copies: int = 1


@dataclass(frozen=True)
class Witness:
    """Who saw that a document was left 见证人: name, and office or post."""

    name: str
    of: str


@dataclass(frozen=True, kw_only=True)
class ServiceRecord(Document):
    """Proof of service 送达回证; without documents it is a blank one.

    Attributes:
        issuer: the office that serves 送达机关; empty leaves it to be written.
        documents: what is served.
        way: one of WAYS; empty leaves it to be ticked.
        place: where it is served: an address, or for electronic service the receiver's system or mailbox.
        served_on: the day from which service counts; None leaves it to be written.
        served_at: time of day, such as 10时15分; empty for none.
        received_by: who took it; the party itself, or somebody for it. Empty leaves it to be signed.
        relation: who that is to the party, such as 本人 or 办公室主任.
        consented_on: day of the consent to electronic service.
        refusal: why nobody signed, a sentence without the closing full stop.
        witnesses: who saw that it was left.
        servers: who served it, usually two; empty leaves them to be signed.
        remark: whatever else, such as the number of a letter; may be empty.

    Raises ValueError where something is said to be served by leaving it without a refusal and a witness, or
    electronically without a consent.
    """

    template: ClassVar[str] = "service_record"
    title: ClassVar[str] = gettext_noop("送达回证")

    issuer: str = ""
    documents: tuple[Served, ...] = ()
    way: str = ""
    place: str = ""
    served_on: date | None = None
    served_at: str = ""
    received_by: str = ""
    relation: str = ""
    consented_on: date | None = None
    refusal: str = ""
    witnesses: tuple[Witness, ...] = ()
    servers: tuple[str, ...] = ()
    remark: str = ""

    def __post_init__(self) -> None:
        """What is served in a way that needs something more says it."""
        if self.served_on and self.way == LEFT and not (self.refusal and self.witnesses):
            raise ValueError("what is left needs a refusal and a witness")
        if self.served_on and self.way == ELECTRONIC and not self.consented_on:
            raise ValueError("electronic service needs a consent")

    def to_context(self) -> dict[str, Any]:
        """Return the template's context, with the ways to tick and rows to write on."""
        return {
            **super().to_context(),
            "ticks": [(text, key == self.way) for key, text in WAYS.items()],
            "electronic": self.way == ELECTRONIC,
            "blank_rows": () if self.documents else range(_BLANK_ROWS),
        }

    @classmethod
    def sample(cls) -> Self:
        """An order that is handed over, to be signed by hand."""
        return cls(
            party=Party.sample(),
            case_number="ZG-2026-000007",
            demo=True,
            issuer="濉溪县市场监督管理局",
            documents=(Served("责令整改通知书", "濉市监信整〔2026〕2号"),),
            way=DIRECT,
            place="濉溪县经济开发区工业路8号",
            servers=("何卫东", "谢明"),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: handed over, left before witnesses, electronically, by post with much, blank."""
        direct = cls.sample()
        left = dataclasses.replace(
            direct,
            way=LEFT,
            served_on=date(2026, 10, 13),
            served_at="10时15分",
            refusal="法定代表人李明华在场，看过文书后拒绝签收，没有说明理由；文书留在其办公场所，并拍照记录",
            witnesses=(Witness("赵强", "经济开发区社区居民委员会"),),
        )
        return {
            "handed over": direct,
            "left": left,
            "electronic": dataclasses.replace(
                direct,
                party=PERSON,
                way=ELECTRONIC,
                place="信用修复服务网站个人账户",
                served_on=date(2026, 10, 12),
                served_at="15时32分",
                consented_on=date(2026, 9, 28),
                servers=(),
            ),
            "by post, many": dataclasses.replace(
                direct,
                party=LONG_NAME,
                way=POST,
                documents=tuple(Served("责令整改通知书", f"濉市监信整〔2026〕{n}号") for n in range(1, 25)),
                remark="邮政特快专递，单号1234567890123",
            ),
            "blank": cls(party=NOBODY, case_number=""),
        }
