"""The letter of a commitment, as it was signed on the screen."""

from django.http import Http404, HttpResponseBase

from credit_repair.commitments.models import Commitment
from credit_repair.core.downloads import file_response
from credit_repair.notices import services as notices


def letter_response(commitment: Commitment) -> HttpResponseBase:
    """Hand out the letter, made now where it is not yet; Http404 where it was signed on paper."""
    if commitment.document_id is None:
        raise Http404
    document = notices.render(document_id=commitment.document_id)
    return file_response(document.file.open("rb"), name=document.file_name, mime="application/pdf")
