"""Files on their way 续传: they come in by parts, each kept as soon as it is there.

The parts lie in the storage and stand in the database, so that any machine takes the next one, and a
line that breaks or a server that dies costs no more than the part under way. Who may bring what is
asked by the kind of case, in the same transaction.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from credit_repair.cases.models import Filing, Upload, UploadPart
from credit_repair.core.clock import now
from credit_repair.core.uploads import UploadRefused, plain_name
from credit_repair.people.models import User

#: How long a part is, in bytes; the last one is what remains.
PART_BYTES = 512 * 1024
#: How many files one person may have on their way in one filing at once.
MOST_UNFINISHED = 10


class WrongOffset(Exception):
    """A part does not begin where the last one ended. `received`: where to go on, in bytes."""

    def __init__(self, received: int) -> None:
        super().__init__(received)
        self.received = received


class TooMuch(UploadRefused):
    """More comes than was said."""


class OtherContent(UploadRefused):
    """Another file comes than the one that was begun."""


@transaction.atomic
def begin_upload(
    *,
    filing: Filing,
    actor: User,
    kind: str,
    name: str,
    size: int,
    fingerprint: str,
    target: dict[str, Any],
) -> Upload:
    """Begin a file of `size` bytes, or go on with the one that the browser knows by the same `fingerprint`.

    Raises uploads.UploadRefused with words where it is empty or too large, or too many are on their way.
    """
    if size <= 0:
        raise UploadRefused(_("这个文件是空的，请重新选择。"))
    if size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise UploadRefused(_("文件超过%(limit)sMB，请压缩或分开后再上传。") % {"limit": limit})
    Filing.objects.select_for_update().values_list("pk").get(pk=filing.pk)
    known = _known_by(fingerprint, size, target)
    mine = Upload.objects.filter(filing=filing, user=actor, kind=kind, fingerprint=known)
    moment = now()
    if mine.update(touched_at=moment):
        return mine.get()
    if Upload.objects.filter(filing=filing, user=actor).count() >= MOST_UNFINISHED:
        raise UploadRefused(
            _("还有%(most)s个文件没有传完。请先传完，或者刷新页面，把不要的取消。")
            % {"most": MOST_UNFINISHED}
        )
    return Upload.objects.create(
        filing=filing,
        user=actor,
        kind=kind,
        target=target,
        name=plain_name(name),
        size=size,
        fingerprint=known,
        created_at=moment,
        touched_at=moment,
    )


def _known_by(fingerprint: str, size: int, target: dict[str, Any]) -> str:
    """The same file for another place is another upload."""
    said = json.dumps([fingerprint, size, target], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


@transaction.atomic
def take_part(*, upload: Upload, offset: int, content: bytes) -> int:
    """Keep the part that begins at `offset`; return how many bytes are there now. The same part twice
    is kept once.

    Raises WrongOffset where another one is due, OtherContent with words where another one came before at this
    place, TooMuch with words where it is longer than a part may
    be or the file was said to be.
    """
    locked = Upload.objects.select_for_update().get(pk=upload.pk)
    received = received_of(locked)
    if len(content) > PART_BYTES or offset + len(content) > locked.size:
        raise TooMuch(_("收到的内容比文件本身还多，文件可能在上传时改动过。请重新选择文件上传。"))
    known = locked.parts.filter(offset=offset, size=len(content)).first()
    if known is not None:
        _refuse_other(known, content)
        return received
    # A part that came in short, or empty, is the part of a line that broke.
    if offset != received or not content or len(content) < min(PART_BYTES, locked.size - offset):
        raise WrongOffset(received)
    part = UploadPart(upload=locked, offset=offset, size=len(content))
    part.file.save(f"{uuid.uuid4()}.part", ContentFile(content), save=False)
    part.save()
    locked.touched_at = now()
    locked.save(update_fields=["touched_at"])
    return received + len(content)


def _refuse_other(known: UploadPart, content: bytes) -> None:
    with known.file.open("rb") as file:
        if file.read() != content:
            raise OtherContent(_("这个文件在上传时改动过。请取消这次上传，重新选择文件。"))


def received_of(upload: Upload) -> int:
    """Return how many bytes of a file are there, without a gap from its beginning."""
    return int(upload.parts.aggregate(total=Sum("size"))["total"] or 0)


def put_together(upload: Upload) -> TemporaryUploadedFile:
    """Return the whole file, put together of its parts in their order, under its name; close it after use.

    Raises WrongOffset where something is missing still.
    """
    received = received_of(upload)
    if received != upload.size:
        raise WrongOffset(received)
    whole = TemporaryUploadedFile("upload", "application/octet-stream", upload.size, None)
    try:
        whole.name = upload.name
        for part in upload.parts.order_by("offset"):
            with part.file.open("rb") as file:
                for chunk in file.chunks():
                    whole.write(chunk)
        whole.seek(0)
    except BaseException:
        whole.close()
        raise
    return whole


@transaction.atomic
def drop_upload(*, upload: Upload) -> None:
    """Forget a file that is on its way; its parts go after commit."""
    files = list(upload.parts.values_list("file", flat=True))
    upload.delete()
    transaction.on_commit(lambda: _delete_bytes(files))


def _delete_bytes(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)
