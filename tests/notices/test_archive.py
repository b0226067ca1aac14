"""Issued documents can be kept for good: PDF/A-3a, tagged, with their data."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from credit_repair.notices import engine_check, services
from credit_repair.notices.attached import Attached, attached_to
from credit_repair.notices.contexts import (
    DOCUMENTS,
    CommitmentLetter,
    DecisionApprove,
    Document,
    IssuedDocument,
)
from credit_repair.notices.engine_check import missing_libraries
from credit_repair.notices.models import Document as Row
from credit_repair.notices.render import render_pdf
from tests.notices.archives import assert_kept_for_good, data_of

pytestmark = pytest.mark.skipif(
    bool(missing_libraries()),
    reason=f"PDF ENGINE MISSING {missing_libraries()}: {engine_check.INSTALL_COMMAND}",
)


def attached(document: Document) -> Attached:
    row = Row(kind=document.template, title=document.title, issued_on=date(2026, 11, 27), rule_set="ndrc-36")
    return attached_to(row, document, drawn_with="")


def kept(document: Document) -> bytes:
    context = document.to_context()
    return render_pdf(template=document.template, context=context, attached=attached(document))


@pytest.mark.parametrize("kind", DOCUMENTS, ids=lambda kind: kind.template)
def test_every_document_can_be_kept_for_good(kind: type[Document]) -> None:
    pdf, issued = kept(kind.sample()), issubclass(kind, IssuedDocument)
    assert_kept_for_good(pdf, with_data=issued)
    if issued:
        assert data_of(pdf)["kind"] == kind.template


def test_a_letter_that_comes_back_signed_holds_no_other_file() -> None:
    """What is uploaded may not hold files, and the letter is uploaded."""
    reader = PdfReader(BytesIO(kept(CommitmentLetter.sample())))
    assert not reader.attachments and "/AF" not in reader.trailer["/Root"]


def test_the_same_document_has_the_same_bytes() -> None:
    first, second = (kept(DecisionApprove.sample()) for _ in range(2))
    assert first == second


def test_a_preview_is_no_document_to_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    monkeypatch.setattr(
        "credit_repair.notices.render.render_pdf", lambda **given: seen.update(given) or b"%PDF"
    )
    monkeypatch.setattr(services, "_prefix_of", lambda _office: "濉信修")
    services.preview(document=DecisionApprove.sample(), office=None)
    assert seen["watermark"] == services.DRAFT_MARK and seen.get("attached") is None
