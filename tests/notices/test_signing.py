"""Signatures: they hold, they leave the document fit to be kept, and a signer that fails loses nothing."""

import base64
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from credit_repair.core.models import Job
from credit_repair.mail.models import Mail
from credit_repair.notices import services, signing
from credit_repair.notices.contexts import CommitmentLetter, DecisionApprove
from credit_repair.notices.demo_keys import key_file
from credit_repair.notices.engine_check import missing_libraries
from credit_repair.notices.models import Document
from credit_repair.notices.signing import CannotSign, DemoSigner, LocalSigner, ServiceSigner
from credit_repair.registry.models import Office
from tests.notices.archives import assert_kept_for_good
from tests.notices.test_archive import kept
from tests.registry.factories import OfficeFactory
from tests.world import administrator, in_threads

DAY = date(2026, 11, 20)
CODE = "11340621000000001A"


def pair(name: str, *, until: datetime | None = None) -> tuple[Any, x509.Certificate]:
    """Return a P-256 key and a certificate for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    until = until or datetime.now(UTC) + timedelta(days=30)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(until - timedelta(days=60)).not_valid_after(until)
    usage = x509.KeyUsage(True, True, *[False] * 7)
    return key, made.add_extension(usage, critical=True).sign(key, SHA256())


def key_in(folder: Path, *, until: datetime | None = None) -> LocalSigner:
    key, certificate = pair("濉溪县信用办", until=until)
    folder.mkdir(exist_ok=True)
    (folder / f"{CODE}.p12").write_bytes(
        pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, BestAvailableEncryption(b"open"))
    )
    return LocalSigner(folder, "open")


class Service:
    """A signing service on this machine; `fault` makes it answer as it should not."""

    def __init__(self) -> None:
        self.key, self.certificate = pair("濉溪县信用办签章")
        self.fault = ""
        self.asked: list[tuple[str, str]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802
                service.asked.append((self.path, self.headers["Authorization"]))
                self._answer(b"no" if service.fault == "certificate" else service.pem())

            def do_POST(self) -> None:  # noqa: N802
                service.asked.append((self.path, self.headers["Authorization"]))
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert asked["digest_algorithm"] == "sha256"
                self._answer(service.sign(base64.b64decode(asked["data"])))

            def _answer(self, body: bytes) -> None:
                self.send_response(503 if service.fault == "busy" else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_what: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def sign(self, data: bytes) -> bytes:
        key = pair("another")[0] if self.fault == "another key" else self.key
        said: Any = {"signature": base64.b64encode(key.sign(data, ec.ECDSA(SHA256()))).decode()}
        wrong = {"a list": [], "nothing": {}, "no base64": {"signature": "签"}}
        return json.dumps(wrong.get(self.fault, said)).encode()


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture(scope="module")
def pdf() -> bytes:
    if missing_libraries():
        pytest.skip("PDF ENGINE MISSING")
    return kept(DecisionApprove.sample())


def assert_signed(signed: bytes, original: bytes) -> None:
    """Every byte of the file is under one signature that holds, and the file is still fit to be kept."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature

    assert signed.startswith(original), "the document itself is untouched"
    (found,) = PdfFileReader(BytesIO(signed)).embedded_signatures
    with ThreadPoolExecutor(max_workers=1) as thread:  # a browser's event loop may run in this one
        status = thread.submit(validate_pdf_signature, found).result()
    assert status.intact and status.valid
    assert status.coverage.name == "ENTIRE_FILE"
    assert found.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert status.md_algorithm == "sha256"
    assert_kept_for_good(signed)


def test_a_key_file_signs_the_whole_document(pdf: bytes, tmp_path: Path) -> None:
    signed = key_in(tmp_path).sign(pdf, office=CODE, reason="准予信用修复决定书")
    assert signed.by == "濉溪县信用办"
    assert_signed(signed.pdf, pdf)


def test_another_program_finds_the_signature_valid_and_a_changed_letter_not(
    pdf: bytes, tmp_path: Path
) -> None:
    program = shutil.which("pdfsig")
    if program is None:
        pytest.skip("NOT TESTED: pdfsig is not installed (poppler-utils)")
    signed = key_in(tmp_path).sign(pdf, office=CODE, reason="准予信用修复决定书").pdf
    file = tmp_path / "signed.pdf"

    def says(content: bytes) -> str:
        file.write_bytes(content)
        return subprocess.run([program, file], capture_output=True, text=True, check=False).stdout

    said = says(signed)
    assert "Signature is Valid" in said and "Total document signed" in said
    assert "ETSI.CAdES.detached" in said and "SHA-256" in said
    middle = len(pdf) // 2
    changed = signed[:middle] + bytes([signed[middle] ^ 1]) + signed[middle + 1 :]
    assert "Signature is Valid" not in says(changed)


def test_an_office_without_key_or_with_a_wrong_passphrase_cannot_sign(pdf: bytes, tmp_path: Path) -> None:
    signer = key_in(tmp_path)
    with pytest.raises(CannotSign, match="没有证书文件"):
        signer.sign(pdf, office="another", reason="")
    with pytest.raises(CannotSign, match="密码不对"):
        LocalSigner(tmp_path, "wrong").sign(pdf, office=CODE, reason="")


def test_a_certificate_that_has_run_out_signs_nothing(pdf: bytes, tmp_path: Path) -> None:
    signer = key_in(tmp_path, until=datetime(2025, 1, 1, tzinfo=UTC))
    with pytest.raises(CannotSign, match="至2025-01-01"):
        signer.sign(pdf, office=CODE, reason="")


def test_a_service_signs_and_is_told_who_asks(pdf: bytes, service: Service) -> None:
    signed = ServiceSigner(service.url, "let-me-in").sign(pdf, office=CODE, reason="准予信用修复决定书")
    assert signed.by == "濉溪县信用办签章"
    assert_signed(signed.pdf, pdf)
    assert service.asked == [
        (f"/certificates/{CODE}", "Bearer let-me-in"),
        (f"/sign/{CODE}", "Bearer let-me-in"),
    ]


@pytest.mark.parametrize("fault", ["busy", "certificate", "a list", "nothing", "no base64", "another key"])
def test_a_service_that_answers_wrongly_signs_nothing(pdf: bytes, service: Service, fault: str) -> None:
    service.fault = fault
    with pytest.raises(CannotSign):
        ServiceSigner(service.url, "").sign(pdf, office=CODE, reason="")


def test_a_service_that_is_not_there_signs_nothing(pdf: bytes) -> None:
    for url in ("http://127.0.0.1:9", "", "no address"):
        with pytest.raises(CannotSign):
            ServiceSigner(url, "", seconds=1).sign(pdf, office=CODE, reason="")


@pytest.mark.django_db
def test_a_demonstration_makes_a_key_for_each_office_that_says_what_it_is(pdf: bytes, tmp_path: Path) -> None:
    office = OfficeFactory(name="濉溪县信用办")
    signer = DemoSigner(tmp_path / "keys")
    signed = signer.sign(pdf, office=office.code, reason="")
    assert signed.by == "演示 濉溪县信用办"
    assert_signed(signed.pdf, pdf)
    file = key_file(tmp_path / "keys", office.code)
    before = file.read_bytes()
    assert key_file(tmp_path / "keys", office.code).read_bytes() == before, "made once"
    assert file.stat().st_mode & 0o077 == 0 and list(file.parent.iterdir()) == [file]


def test_only_a_demonstration_signs_with_keys_of_its_own_and_a_typo_is_refused(settings: Any) -> None:
    settings.DOCUMENT_SIGNER, settings.DEMO = "", False
    assert isinstance(signing.signer(), signing.NoSigner)
    settings.DEMO = True
    assert isinstance(signing.signer(), DemoSigner)
    settings.DOCUMENT_SIGNER, settings.DEMO = "demo", False
    for name in ("demo", "lokal"):
        settings.DOCUMENT_SIGNER = name
        with pytest.raises(ValueError, match="none, local or service"):
            signing.check_signer()


class Moody:
    """A signer that fails until it is told not to."""

    fails = True

    def sign(self, pdf: bytes, *, office: str, reason: str) -> signing.Signed:
        if self.fails:
            raise CannotSign("the card is not in its reader")
        return signing.Signed(pdf + b" signed", by="濉溪县信用办")


@pytest.fixture
def moody(monkeypatch: pytest.MonkeyPatch) -> Moody:
    signer = Moody()
    monkeypatch.setattr(signing, "signer", lambda: signer)
    monkeypatch.setattr("credit_repair.notices.render.render_pdf", lambda **_: b"%PDF")
    return signer


def issued(office: Office) -> Document:
    with transaction.atomic():
        return services.issue(document=DecisionApprove.sample(), office=office, issued_on=DAY)


@pytest.mark.django_db
def test_a_document_that_cannot_be_signed_waits_longer_each_time_and_keeps_its_number(moody: Moody) -> None:
    row = issued(OfficeFactory(document_prefix="濉信修"))
    waits = []
    for _each in range(6):
        before = timezone.now()
        row = services.render(document_id=row.pk)
        assert row.state == "pending" and row.number == "濉信修〔2026〕1号" and not row.file
        assert row.try_again_at is not None and row.signing_error == "the card is not in its reader"
        waits.append(round((row.try_again_at - before) / timedelta(minutes=1)))
    assert waits == [5, 15, 60, 180, 180, 180]
    assert row.signing_failures == 6

    Job.objects.all().delete()
    assert services.dispatch_pending() == 0, "its time has not come"
    Document.objects.update(try_again_at=timezone.now() - timedelta(seconds=1))
    assert services.dispatch_pending() == 1

    moody.fails = False
    row = services.render(document_id=row.pk)
    assert (row.state, row.signed_by, row.try_again_at) == ("ready", "濉溪县信用办", None)
    assert row.signed_at is not None and row.signed_at >= before, "when it was signed at last"
    assert row.file.read() == b"%PDF signed"


@pytest.mark.django_db
def test_when_an_offices_key_works_again_nothing_of_it_waits_on(moody: Moody) -> None:
    office, other = OfficeFactory(document_prefix="濉信修"), OfficeFactory(document_prefix="宿信修")
    first, second, foreign = issued(office), issued(office), issued(other)
    for row in (first, second, foreign):
        services.render(document_id=row.pk)
    moody.fails = False
    services.render(document_id=first.pk)
    second.refresh_from_db()
    foreign.refresh_from_db()
    assert second.try_again_at is None and foreign.try_again_at is not None


@pytest.mark.django_db
def test_what_an_applicant_signs_is_not_signed_by_an_office(moody: Moody) -> None:
    letter = services.issue(document=CommitmentLetter.sample(), office=OfficeFactory(), issued_on=DAY)
    row = services.render(document_id=letter.pk)
    assert (row.state, row.signed_by, row.signed_at, row.file.read()) == ("ready", "", None, b"%PDF")


@pytest.mark.django_db
def test_the_system_administrator_is_told_once_that_documents_cannot_be_signed(moody: Moody) -> None:
    keeper, _guard = administrator("system"), administrator("security")
    office = OfficeFactory(document_prefix="濉信修")
    first, second = issued(office), issued(office)
    for row in (first, second, first):
        services.render(document_id=row.pk)
    (told,) = Mail.objects.filter(kind="signing_failed")
    assert told.to_address == keeper.email != ""
    assert "濉信修〔2026〕1号" in told.subject and "the card is not in its reader" in told.body
    assert "/manage/system/" in told.body


@pytest.mark.django_db
def test_the_system_administrators_page_counts_what_waits_for_a_signature(
    moody: Moody, client: Client
) -> None:
    client.force_login(administrator("system"))

    def page() -> str:
        return client.get(reverse("manage_system")).content.decode()

    assert "不能加盖电子签章" not in page()
    office = OfficeFactory(document_prefix="濉信修")
    first, second = issued(office), issued(office)
    for row in (first, second):
        services.render(document_id=row.pk)
    assert "有2份文书不能加盖电子签章" in page() and "the card is not in its reader" in page()
    moody.fails = False
    for row in (first, second):
        services.render(document_id=row.pk)
    assert "不能加盖电子签章" not in page()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_waits_is_hurried_but_for_what_another_is_making(postgres: None, moody: Moody) -> None:
    office = OfficeFactory(document_prefix="濉信修")
    first, held, free = issued(office), issued(office), issued(office)
    for row in (first, held, free):
        services.render(document_id=row.pk)
    moody.fails = False
    with transaction.atomic():
        Document.objects.select_for_update().get(pk=held.pk)
        _done, errors = in_threads(1, lambda _number: services.render(document_id=first.pk))
    assert errors == []
    held.refresh_from_db()
    free.refresh_from_db()
    assert free.try_again_at is None and held.try_again_at is not None


@pytest.mark.django_db
def test_no_document_is_held_while_others_are_hurried(moody: Moody, monkeypatch: pytest.MonkeyPatch) -> None:
    row, depths = issued(OfficeFactory(document_prefix="濉信修")), []
    monkeypatch.setattr(services, "_hurry", lambda _office: depths.append(len(connection.savepoint_ids)))
    moody.fails = False
    before = len(connection.savepoint_ids)
    services.render(document_id=row.pk)
    assert depths == [before]
