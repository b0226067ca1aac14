"""Letters of authorisation as files: for saving, typed by their content, never sniffed."""

from django.http import FileResponse, Http404

from credit_repair.core.downloads import file_response
from credit_repair.people.models import MandateApplication


def letter_response(application: MandateApplication) -> FileResponse:
    """Answer with the letter of an application; whoever calls has asked who may read it."""
    if not application.letter:
        raise Http404
    try:
        file = application.letter.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return file_response(file, name=application.letter_name, mime=application.letter_mime)
