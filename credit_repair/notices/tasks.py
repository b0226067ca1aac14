"""Thin: render what was issued, and find what a crash left without its PDF."""

from datetime import timedelta

from credit_repair.core.jobs import before_work, job
from credit_repair.core.schedule import recurring
from credit_repair.notices import services
from credit_repair.notices.engine_check import require_pdf_engine
from credit_repair.notices.signing import check_signer

before_work(require_pdf_engine)
before_work(check_signer)  # a typo in the settings stops the worker, and not each document


@job("render_document", lease_seconds=120)
def render_document(document_id: int) -> None:
    """Make one PDF."""
    services.render(document_id=document_id)


@recurring("render_pending_documents", every=timedelta(minutes=5))
@job("render_pending_documents")
def render_pending_documents() -> None:
    """Ask again for what is missing."""
    services.dispatch_pending()
