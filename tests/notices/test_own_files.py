"""A document that was issued here comes back as an upload with its data attached; no other file does."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader, PdfWriter

from credit_repair.cases.models import CaseDocument
from credit_repair.core.uploads import CheckedUpload, UploadRefused, check_evidence
from credit_repair.notices.models import Document
from credit_repair.notices.services import render
from credit_repair.repairs import services as repairs
from tests.registry.factories import RecordFactory
from tests.world import TODAY, World, build_world, complete_draft, submitted_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def receipt(world: World) -> Document:
    """The receipt of an application, with its file."""
    return render(document_id=CaseDocument.objects.get(case=submitted_case(world)).document_id)


def content_of(document: Document) -> bytes:
    with document.file.open("rb") as file:
        return bytes(file.read())


def check(content: bytes) -> CheckedUpload:
    return check_evidence(SimpleUploadedFile("凭证.pdf", content))


def test_what_was_issued_here_is_taken_with_its_data(receipt: Document) -> None:
    content = content_of(receipt)
    assert "data.json" in PdfReader(receipt.file.open("rb")).attachments
    checked = check(content)
    assert (checked.mime, checked.sha256) == ("application/pdf", receipt.sha256)


def test_not_a_bit_of_it_may_be_changed(receipt: Document) -> None:
    with pytest.raises(UploadRefused, match="夹带"):
        check(content_of(receipt) + b"\n")
    again = PdfWriter(clone_from=PdfReader(receipt.file.open("rb")))
    written = BytesIO()
    again.write(written)
    with pytest.raises(UploadRefused, match="夹带"):
        check(written.getvalue())


def test_what_is_not_issued_by_an_office_vouches_for_nothing(receipt: Document) -> None:
    content = content_of(receipt)
    Document.objects.filter(pk=receipt.pk).update(check_code=None)
    with pytest.raises(UploadRefused, match="夹带"):
        check(content)


def test_it_is_kept_as_a_material_of_an_application(world: World, receipt: Document) -> None:
    case = complete_draft(world, record=RecordFactory(subject=world.subject, authority=world.authority))
    before = case.attachments.count()
    repairs.add_material(
        filing=case.filing,
        actor=world.clerk,
        today=TODAY,
        kind="proof",
        upload=SimpleUploadedFile("回执.pdf", content_of(receipt)),
        only=[case],
    )
    assert case.attachments.count() == before + 1
    assert case.attachments.filter(stored__sha256=receipt.sha256).exists()
