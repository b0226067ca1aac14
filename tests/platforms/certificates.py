"""Certificates of a platform's client, made for a test."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID


def pem_pair(*, until: datetime, name: str = "xinyongban-client", password: str = "") -> str:
    """Return a certificate that runs until then, and its private key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - timedelta(days=365))
        .not_valid_after(until)
        .sign(key, hashes.SHA256())
    )
    lock = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)
    return (certificate.public_bytes(Encoding.PEM) + private).decode()


def certificate_of(pem: str) -> str:
    """Return the certificate of a pair."""
    return pem[: pem.index("-----BEGIN PRIVATE")]


def key_of(pem: str) -> str:
    """Return the private key of a pair."""
    return pem[pem.index("-----BEGIN PRIVATE") :]
