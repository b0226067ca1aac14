"""Keys with which a demonstration 演示 signs: made on the machine, vouched for by nobody, and they say so."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from credit_repair.registry.models import Office

#: Protects nothing: who can read the folder of a demonstration may sign in its name.
PASSPHRASE = "demo"  # noqa: S105

_LONGEST_NAME = 64  # characters of a common name, by X.520
_YEARS = 10


def key_file(folder: Path, office: str) -> Path:
    """Return the key file of an office, by its code; where it has none, one is made with P-256."""
    file = folder / f"{office}.p12"
    if not file.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".{uuid.uuid4().hex}"
        draft.touch(mode=0o600)
        draft.write_bytes(_new_key(office))
        # Whole or not at all; of two processes that make one, the first one's is kept.
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file


def _new_key(office: str) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    found = Office.objects.filter(code=office).first()
    name = f"演示 {found.name if found else office}"[:_LONGEST_NAME]
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, name),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(usage, critical=True)
        .sign(key, SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        name.encode(), key, certificate, None, BestAvailableEncryption(PASSPHRASE.encode())
    )
