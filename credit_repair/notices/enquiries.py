"""The letter of enquiry 协查函: a verifying office asks another body, with a slip to answer on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from django.utils.translation import gettext_noop

from credit_repair.core.crypto import box

from .bases import NumberedDocument, qr_svg
from .parts import Contact, Party
from .seal import seal_svg

_GROUP = 4


def seal_secret(secret: str) -> str:
    """Return the secret of a reply link encrypted, as a letter's frozen context keeps it: whoever reads the
    row, or a copy of the database, cannot answer in the addressee's name."""
    return box().encrypt(secret.encode()).decode()


def open_secret(sealed: str) -> str:
    """Return the secret that seal_secret() encrypted."""
    return box().decrypt(sealed.encode()).decode()


@dataclass(frozen=True, kw_only=True)
class EnquiryLetter(NumberedDocument):
    """Letter of enquiry 协查函 with a reply slip 回执. It names the subject and the record's number alone.

    Attributes:
        addressee: who is asked, 主送单位.
        record_number: number of the recorded decision, or what it is known by where it has none.
        question: what is asked, a paragraph each.
        reply_by: last day for the answer.
        reply_site: address of the page where the code is typed.
        sealed_secret: the link's secret, see seal_secret(); it is opened only while the letter is drawn.
    """

    template: ClassVar[str] = "enquiry_letter"
    title: ClassVar[str] = gettext_noop("协查函")

    addressee: str
    record_number: str
    question: tuple[str, ...]
    reply_by: date
    reply_site: str
    sealed_secret: str

    def to_context(self) -> dict[str, Any]:
        """Return the template's context, with the reply link as QR code and as code to type."""
        secret = open_secret(self.sealed_secret)
        groups = [secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP)]
        return {
            **super().to_context(),
            "reply_qr": qr_svg(f"{self.reply_site}{secret}/"),
            "reply_code": "-".join(groups),
        }

    @classmethod
    def sample(cls) -> Self:
        """An enquiry whether a fine was paid."""
        return cls(
            party=Party("濉溪县华源建材有限公司"),
            case_number="XF-2026-000118",
            demo=True,
            issuer="濉溪县市场监督管理局",
            issue_date=date(2026, 11, 23),
            contact=Contact.sample(),
            seal=seal_svg("濉溪县市场监督管理局", demo=True),
            document_number="濉市监信修〔2026〕9号",
            addressee="濉溪县财政局非税收入管理中心",
            record_number="濉市监罚〔2026〕118号",
            question=("请核实上述行政处罚决定的罚款3万元是否已经全部缴入国库，以及缴款日期。",),
            reply_by=date(2026, 11, 30),
            reply_site="http://localhost/enquiry/",
            sealed_secret=seal_secret("K7Q429XM8DPC3TRBK7Q429XM8D"),
        )
