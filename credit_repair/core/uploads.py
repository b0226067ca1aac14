"""What may come in as a file: checked by its content, never by its name."""

import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

#: Evidence and letters: what a phone or a scanner makes.
EVIDENCE_TYPES = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
_HEAD_BYTES = 4096
#: What some system reads as more than a letter of a name.
_UNSAFE = set('/\\:*?"<>|')


class UploadRefused(ValueError):
    """The file cannot be taken; the words say what to do."""


@dataclass(frozen=True)
class CheckedUpload:
    """What is known of a file that may be kept."""

    name: str
    mime: str
    size: int
    sha256: str


def check_evidence(upload: UploadedFile) -> CheckedUpload:
    """Return what the file is, after checks of size and content.

    Raises UploadRefused with words for the person where it is empty, too large, or neither PDF, JPEG
    nor PNG by its content, whatever its name says.
    """
    size = upload.size or 0
    if size == 0:
        raise UploadRefused(_("这个文件是空的，请重新选择。"))
    if size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise UploadRefused(_("文件超过%(limit)sMB，请压缩或分开后再上传。") % {"limit": limit})
    upload.seek(0)
    kind = filetype.guess(upload.read(_HEAD_BYTES))
    if kind is None or kind.mime not in EVIDENCE_TYPES:
        raise UploadRefused(_("只能上传PDF、JPG或PNG文件。请把材料另存为PDF，或拍成照片后上传。"))
    return CheckedUpload(
        name=_safe_name(upload.name or "", EVIDENCE_TYPES[kind.mime]),
        mime=kind.mime,
        size=size,
        sha256=_digest(upload),
    )


def _digest(upload: UploadedFile) -> str:
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _safe_name(name: str, suffix: str) -> str:
    """Keep the person's own name for the file, with the ending that its content has."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    # Control characters, and those that turn the reading direction, could make a name look like another.
    readable = "".join(char for char in stem if unicodedata.category(char)[0] != "C" and char not in _UNSAFE)
    return f"{readable.strip('. ')[:80] or 'file'}{suffix}"
