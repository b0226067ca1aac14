"""Issued documents that come back as uploads, known by their SHA-256: what they carry is what we attached."""

from credit_repair.core.files.own import knows_own
from credit_repair.notices.models import Document


@knows_own
def was_issued(sha256: str) -> bool:
    """Whether a file with this SHA-256 is, bit by bit, a document that an office issued here."""
    return Document.objects.filter(
        sha256=sha256, state=Document.State.READY, check_code__isnull=False
    ).exists()
