"""Files, through the door: as attachments, typed by their content, never sniffed."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from credit_repair.cases import selectors
from credit_repair.cases.papers import readable_papers
from credit_repair.core import audit
from credit_repair.core.clock import today
from credit_repair.core.downloads import file_response
from credit_repair.notices.arrival import note_downloaded
from credit_repair.notices.models import Document


@require_safe
@login_required
def attachment(request: HttpRequest, uuid: UUID) -> FileResponse:
    """Hand out a material of a case to those who may see the case."""
    try:
        found = selectors.attachment_for(user=request.user, uuid=uuid, on=today())
        return file_response(found.file.open("rb"), name=found.name, mime=found.mime)
    except (ObjectDoesNotExist, FileNotFoundError) as error:
        raise Http404 from error


@require_safe
@login_required
def document(request: HttpRequest, uuid: UUID) -> FileResponse:
    """Hand out a document to those who may open it; its addressee having it is noted once."""
    try:
        found = selectors.document_for(user=request.user, uuid=uuid, on=today())
        if found.state != Document.State.READY:
            raise Http404
        file = found.file.open("rb")
        if request.method == "GET":
            note_downloaded(document=found, reader=request.user)
        return file_response(file, name=found.file_name, mime="application/pdf")
    except (ObjectDoesNotExist, FileNotFoundError) as error:
        raise Http404 from error


@require_safe
@login_required
def paper(request: HttpRequest, uuid: UUID) -> FileResponse:
    """Hand out a paper that lies beside a record or a subject to those who may read it; who does is noted."""
    try:
        found = readable_papers(user=request.user, on=today()).get(uuid=uuid)
        file = found.file.open("rb")
    except (ObjectDoesNotExist, FileNotFoundError) as error:
        raise Http404 from error
    audit.record(actor=request.user, action="open_paper", target=found, data={"sha256": found.sha256})
    return file_response(file, name=found.name, mime=found.mime)
