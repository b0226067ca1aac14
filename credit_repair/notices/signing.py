"""The office's electronic signature 电子签章 under a PDF, by whatever holds its key.

Which signer is used, settings say (DOCUMENT_SIGNER): none; local, keys in files, one for each office;
service, which is given what is to be signed and gives back the raw signature: the key never comes here; or
demo, keys that a demonstration makes for itself (`demo_keys`).
All of them make the same: a PAdES signature over the whole file (ETSI.CAdES.detached), invisible beside the
seal that is drawn on the page.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

FIELD = "OfficeSignature"
T = TypeVar("T")


class CannotSign(RuntimeError):
    """There is no key for the office, or the signing service did not answer: the document waits.

    The words are for the system administrator, who reads them on their page and in the mail.
    """


class Signer(Protocol):
    """Signs a PDF for an office, by its code 统一社会信用代码."""

    def sign(self, pdf: bytes, *, office: str, reason: str) -> Signed:
        """Return `pdf` with the office's signature. Raises CannotSign."""
        ...


@dataclass(frozen=True)
class Signed:
    """A signed PDF, and the name in the certificate with which it was signed; empty for no signature."""

    pdf: bytes
    by: str = ""


class NoSigner:
    """Leaves a PDF as it is: for offices that have no certificate."""

    def sign(self, pdf: bytes, *, office: str, reason: str) -> Signed:
        """Return the PDF unchanged."""
        return Signed(pdf)


@dataclass(frozen=True)
class LocalSigner:
    """Signs with keys in a folder: <code of the office>.p12, all under one passphrase."""

    folder: Path
    passphrase: str

    def sign(self, pdf: bytes, *, office: str, reason: str) -> Signed:
        """Sign with the office's own key file. Raises CannotSign where there is none or it cannot be read."""
        return _signed(pdf, _key_of(self.folder / f"{office}.p12", self.passphrase), reason)


@lru_cache(maxsize=64)
def _key_of(file: Path, passphrase: str) -> Any:
    from pyhanko.sign import signers

    if not file.is_file():
        raise CannotSign(_("没有证书文件%(file)s") % {"file": file.name})
    key = signers.SimpleSigner.load_pkcs12(str(file), passphrase=passphrase.encode())
    if key is None:
        raise CannotSign(_("证书文件%(file)s打不开，密码不对或者文件损坏") % {"file": file.name})
    return key


@dataclass(frozen=True)
class DemoSigner:
    """Signs with keys that are made when an office signs for the first time: for a demonstration alone."""

    folder: Path

    def sign(self, pdf: bytes, *, office: str, reason: str) -> Signed:
        """Sign with a certificate that says 演示 and that nobody but itself vouches for."""
        from credit_repair.notices.demo_keys import PASSPHRASE, key_file

        return _signed(pdf, _key_of(key_file(self.folder, office), PASSPHRASE), reason)


@dataclass(frozen=True)
class ServiceSigner:
    """Signs by a service: GET <url>/certificates/<office> answers with the certificate in PEM; POST
    <url>/sign/<office> takes {"digest_algorithm", "data"} (base64) and answers {"signature"} (base64).
    """

    url: str
    token: str
    seconds: float = 10.0

    def sign(self, pdf: bytes, *, office: str, reason: str) -> Signed:
        """Sign by asking the service. Raises CannotSign where it does not answer as it should."""
        from asn1crypto import pem, x509

        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        place = quote(office, safe="")
        try:
            with httpx.Client(base_url=self.url, headers=headers, timeout=self.seconds) as client:
                answer = client.get(f"/certificates/{place}").raise_for_status()
                _kind, _headers, der = pem.unarmor(answer.content)
                certificate = x509.Certificate.load(der)
                certificate.native  # noqa: B018 - read it whole now: a broken one must fail here
                return _signed(pdf, _by_service(client, f"/sign/{place}", certificate), reason)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
            raise CannotSign(_("签章服务没有正常应答。技术信息：%(error)s") % {"error": error}) from error


def _by_service(client: httpx.Client, path: str, certificate: Any) -> Any:
    """Return a pyHanko signer that has `path` sign, and believes no signature that the certificate denies."""
    from pyhanko.sign.signers import Signer as BaseSigner

    class ByService(BaseSigner):
        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            if dry_run:
                return b"\0" * 512
            sent = {"digest_algorithm": digest_algorithm, "data": base64.b64encode(data).decode()}
            answer = client.post(path, json=sent).raise_for_status()
            signature = base64.b64decode(answer.json()["signature"], validate=True)
            mechanism = self.get_signature_mechanism_for_digest(digest_algorithm)
            _check(certificate, signature, data, mechanism)
            return signature

    return ByService(signing_cert=certificate)


def _check(certificate: Any, signature: bytes, data: bytes, mechanism: Any) -> None:
    """Raise CannotSign where this SHA-256 signature was not made with the certificate's key."""
    from cryptography.exceptions import InvalidSignature
    from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

    try:
        DefaultSignatureValidator().validate_signature(signature, data, certificate.public_key, mechanism)
    except InvalidSignature:
        raise CannotSign(_("签章服务的签名和它的证书对不上")) from None


def _signed(pdf: bytes, signer: Any, reason: str) -> Signed:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign import fields, signers
    from pyhanko.sign.general import SigningError

    class AsItIs(IncrementalPdfFileWriter):
        """Leaves what the file says of itself: pyHanko would write its own name and moment in one of the two
        places where PDF/A wants the same."""

        def _update_meta(self) -> None:
            pass

    certificate = signer.signing_cert
    if not certificate.not_valid_before <= datetime.now(UTC) <= certificate.not_valid_after:
        raise CannotSign(
            _("证书的有效期是%(since)s至%(until)s，今天不在其中")
            % {
                "since": f"{certificate.not_valid_before:%Y-%m-%d}",
                "until": f"{certificate.not_valid_after:%Y-%m-%d}",
            }
        )
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=reason,
    )
    try:
        made = _apart(lambda: signers.PdfSigner(about, signer=signer).sign_pdf(AsItIs(io.BytesIO(pdf))))
    except (PdfError, SigningError) as error:
        raise CannotSign(_("文件不能签章。技术信息：%(error)s") % {"error": error}) from error
    return Signed(made.getvalue(), by=str(certificate.subject.native.get("common_name", "")))


def _apart(work: Callable[[], T]) -> T:
    """Do the work in a thread of its own: pyHanko begins an event loop, the caller may have one running."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(copy_context().run, work).result()


def signer() -> Signer:
    """Return the signer that the settings choose; where they choose none, a demonstration signs with its own.

    Raises ValueError for a name that is none: a typo must not send documents out unsigned.
    """
    chosen = settings.DOCUMENT_SIGNER or ("demo" if settings.DEMO else "none")
    if chosen == "none":
        return NoSigner()
    if chosen == "local":
        return LocalSigner(Path(settings.SIGNING_KEYS), settings.SIGNING_PASSPHRASE)
    if chosen == "service":
        return ServiceSigner(settings.SIGNING_URL, settings.SIGNING_TOKEN)
    if chosen == "demo" and settings.DEMO:
        return DemoSigner(Path(settings.VAR_DIR) / "demo-signing")
    raise ValueError(f"DOCUMENT_SIGNER is none, local or service, not {chosen!r}")


def check_signer() -> None:
    """Make sure that the settings choose a signer that there is; raises ValueError as signer() does."""
    signer()
