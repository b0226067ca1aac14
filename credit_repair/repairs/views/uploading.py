"""A file comes in by parts, so that a broken line costs one part."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Attachment, Filing, Upload
from credit_repair.cases.services.uploading import PART_BYTES, OtherContent, TooMuch, WrongOffset
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.core.uploads import NotNow, UploadRefused
from credit_repair.repairs.forms.materials import BeginForm
from credit_repair.repairs.services import uploads as services
from credit_repair.repairs.services.uploads import Target
from credit_repair.repairs.views.sides import Side, on_both_sides


def _answered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Say in JSON why something was refused: words for the person, or where to go on."""

    @wraps(view)
    def answering(*args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(*args, **kwargs)
        except WrongOffset as wrong:
            return JsonResponse({"received": wrong.received}, status=409)
        except TooMuch as refused:
            return _refused(str(refused), status=413)
        except NotNow as refused:
            return _refused(str(refused), status=503)
        except Upload.DoesNotExist:
            return _refused(_("这个文件已经传完，或者已经取消。请刷新页面查看。"), status=404)
        except OtherContent as refused:
            return _refused(str(refused), status=409)
        except (UploadRefused, ActionRefused) as refused:
            return _refused(str(refused), status=422)

    return answering


def _refused(words: str, *, status: int) -> JsonResponse:
    return JsonResponse({"words": words}, status=status)


@require_POST
@on_both_sides
@limited("upload")
@_answered
def begin(request: HttpRequest, *, uuid: UUID, side: Side) -> HttpResponse:
    """Begin a file, or go on with it: say where its parts go, how long they are, and how much is there."""
    filing = side.filing(request, uuid)
    form = BeginForm(request.POST, at_window=side.at_window)
    if not form.is_valid():
        return _refused(_("没有收到完整的文件信息，请刷新页面后再上传。"), status=422)
    said = form.cleaned_data
    upload, received = services.begin_upload(
        filing=filing,
        actor=request.user,  # type: ignore[arg-type]
        today=today(),
        kind=said["kind"],
        name=said["name"],
        size=said["size"],
        fingerprint=said["fingerprint"],
        target=form.target,
    )
    return JsonResponse(
        {
            "upload": side.url("upload_part", filing.uuid, upload.uuid),
            "end": side.url("upload_end", filing.uuid, upload.uuid),
            "received": received,
            "part": PART_BYTES,
        }
    )


@require_http_methods(["POST", "PUT"])
@on_both_sides
@limited("upload_part")
@_answered
def part(request: HttpRequest, *, uuid: UUID, upload: UUID, side: Side) -> HttpResponse:
    """Take the part that begins at the header Upload-Offset: the body as it is; say how much is there now."""
    filing = side.filing(request, uuid)
    if _number(request.META.get("CONTENT_LENGTH")) > PART_BYTES:
        raise TooMuch(_("一次收到的内容太多，请刷新页面后再上传。"))
    try:
        content = request.body
    except (UnreadablePostError, RawPostDataException):
        content = b""  # the line broke: nobody reads the answer
    received = services.take_part(
        filing=filing,
        actor=request.user,  # type: ignore[arg-type]
        today=today(),
        uuid=upload,
        offset=_number(request.headers.get("Upload-Offset")),
        content=content,
    )
    return JsonResponse({"received": received})


@require_POST
@on_both_sides
@limited("upload")
@_answered
def end(request: HttpRequest, *, uuid: UUID, upload: UUID, side: Side) -> HttpResponse:
    """Put a file together and keep it as what it was brought; with `drop`, forget it."""
    filing = side.filing(request, uuid)
    if request.POST.get("drop"):
        return _cancel(request, filing, upload, side)
    done = services.finish_upload(
        filing=filing,
        actor=request.user,  # type: ignore[arg-type]
        today=today(),
        uuid=upload,
    )
    return JsonResponse({"redirect": _page_of(done, filing, side)})


def _cancel(request: HttpRequest, filing: Filing, uuid: UUID, side: Side) -> HttpResponse:
    found = get_object_or_404(Upload, filing=filing, user=request.user.pk, uuid=uuid)
    address = _page_of(found, filing, side)
    services.cancel_upload(filing=filing, actor=request.user, uuid=uuid)  # type: ignore[arg-type]
    return redirect(address)


def _page_of(upload: Upload, filing: Filing, side: Side) -> str:
    """The page on which the file stands."""
    target = Target.of(upload)
    if target.item is not None:
        return side.url("repair_correction", target.only[0])
    if upload.kind == Attachment.Kind.COMMITMENT:
        return side.url("filing_letters", filing.uuid)
    return side.url("filing_materials", filing.uuid, upload.kind)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else 0
