"""What a finished document says, and whether it can be kept: shared by the tests of the catalogue."""

import dataclasses
import json
import re
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from credit_repair.notices.bases import Document, IssuedDocument
from credit_repair.notices.freezing import freeze, thaw
from credit_repair.notices.render import render_pdf
from credit_repair.rules import said

_FOOT_BEGINS = "演示文书，不具有法律效力"
#: What stands at the foot of each page: the demonstration's words, a certificate's last day, the number.
_FOOT = re.compile(_FOOT_BEGINS + r"　?(有效期至[年月日0-9]+)?|—[0-9]+—")

#: What only the old record says, and no document for others may: kind, sum, facts.
OLD_DETAIL = ("罚款", "警告", "没收", "责令", "万元", "行政处罚决定书", "违法")


def pages_of(document: Document) -> list[str]:
    """Return the text of each page of the finished PDF, without line ends and blanks."""
    data = render_pdf(template=document.template, context=document.to_context())
    pages = PdfReader(BytesIO(data)).pages
    return [page.extract_text().replace("\n", "").replace(" ", "") for page in pages]


def text_of(document: Document) -> str:
    """Return the text of the whole document."""
    return joined(pages_of(document))


def joined(pages: list[str]) -> str:
    """Return the pages as one text, so that a sentence that goes on over a page is whole.

    Head and foot of a page come after its text in the file, and are left out but for the last page's head.
    """
    *earlier, last = pages
    return "".join(page.partition(_FOOT_BEGINS)[0] for page in earlier) + _FOOT.sub("", last)


def assert_kept(document: Document) -> None:
    """The document comes back from JSON as it went in, but for the seal, which is drawn anew."""
    frozen = json.loads(json.dumps(freeze(document), ensure_ascii=False))
    expected = dataclasses.replace(document, seal="") if isinstance(document, IssuedDocument) else document
    assert thaw(type(document), frozen) == expected


def assert_signed_with_text(document: IssuedDocument, pages: list[str]) -> None:
    """The page with the signature has text above it: the contact, which closes every document."""
    (page,) = [page for page in pages if f"核验码：{document.verify_code}" in page]
    assert document.contact.phone in page
    assert said(document.issue_date) in page


def variants(*kinds: Any) -> list[tuple[str, Document]]:
    """Return every named example of the classes, as (name, document)."""
    return [
        (f"{kind.template}-{name}", document) for kind in kinds for name, document in kind.samples().items()
    ]
