"""What may come in as a file: checked by its content, never by its name."""

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import filetype
from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext as _

from credit_repair.core.files.images import check_image
from credit_repair.core.files.ofd import check_ofd
from credit_repair.core.files.own import is_own
from credit_repair.core.files.pdf import check_pdf
from credit_repair.core.files.refusals import CarriesAFile, NotNow, UploadRefused
from credit_repair.core.files.scanning import scan

__all__ = [
    "EVIDENCE_TYPES",
    "OFD",
    "CheckedUpload",
    "NotNow",
    "UploadRefused",
    "check_evidence",
    "plain_name",
]

#: Evidence and letters: what a phone or a scanner makes.
EVIDENCE_TYPES = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
#: What public bodies hand out 国家版式文件: taken where files are read by officials alone.
OFD = "application/ofd"
_HEAD_BYTES = 4096
_ZIP_BEGINS = b"PK\x03\x04"
#: A part that every OOXML file of Word, Excel and PowerPoint has, and one that every OFD has.
_OFFICE_PART, _OFD_PART = b"[Content_Types].xml", b"OFD.xml"
_OFFICE_ENDINGS = frozenset({"doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "odt", "wps", "et"})
#: What some system reads as more than a letter of a name.
_UNSAFE = set('/\\:*?"<>|')
_LONGEST_STEM, _LONGEST_ENDING = 80, 10


@dataclass(frozen=True)
class CheckedUpload:
    """What is known of a file that may be kept."""

    name: str
    mime: str
    size: int
    sha256: str


def check_evidence(upload: File, *, ofd: bool = False) -> CheckedUpload:
    """Return what the file is, after checks of its size and of everything in it.

    Raises UploadRefused with words for the person where it is empty, too large, neither PDF, JPEG nor
    PNG (nor, with `ofd`, OFD) by its content, whatever its name says, or not a plain paper: broken,
    locked, too large when unpacked, or with something in it that runs or that the virus scanner finds.
    NotNow where only the scanner is missing. A document that this site issued itself is taken with the data
    that are attached to it.
    """
    size = upload.size or 0
    if size == 0:
        raise UploadRefused(_("这个文件是空的，请重新选择。"))
    if size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise UploadRefused(_("文件超过%(limit)sMB，请压缩或分开后再上传。") % {"limit": limit})
    upload.seek(0)
    content: bytes = upload.read()
    mime = _kind_of(content, name=upload.name or "", ofd=ofd)
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        _CHECKS[mime](content)
    except CarriesAFile:
        if not is_own(sha256):
            raise
    scan(content)
    upload.seek(0)
    suffix = ".ofd" if mime == OFD else EVIDENCE_TYPES[mime]
    return CheckedUpload(
        name=_safe_name(upload.name or "", suffix),
        mime=mime,
        size=size,
        sha256=sha256,
    )


_CHECKS: dict[str, Callable[[bytes], None]] = {
    "application/pdf": check_pdf,
    "image/jpeg": check_image,
    "image/png": check_image,
    OFD: check_ofd,
}


def _kind_of(content: bytes, *, name: str, ofd: bool) -> str:
    """Return what the content says. Raises UploadRefused where it is nothing that may come in; the name is
    a hint for its words alone."""
    ending = PurePosixPath(name).suffix.lower().removeprefix(".")
    head = content[:_HEAD_BYTES]
    zipped = head.startswith(_ZIP_BEGINS)
    office = zipped and _OFFICE_PART in content
    if ofd and zipped and (_OFD_PART in content or not (office or ending in _OFFICE_ENDINGS)):
        return OFD
    kind = filetype.guess(head)
    if kind is not None and kind.mime in EVIDENCE_TYPES:
        return str(kind.mime)
    raise UploadRefused(_what_to_do_instead("docx" if office else _extension(kind), ending=ending, ofd=ofd))


def _extension(kind: Any) -> str:
    return str(kind.extension) if kind is not None else ""


def _what_to_do_instead(extension: str, *, ending: str, ofd: bool) -> str:
    if extension in {"heic", "heif", "avif"}:
        return _(
            "这种手机照片的格式（HEIC）不能接收。请在手机的相机设置里选“兼容性最佳”后重拍，或截图后上传截图。"
        )
    if extension in _OFFICE_ENDINGS or ending in _OFFICE_ENDINGS:
        return _("文字和表格文件不能直接上传。请在Word或WPS里另存为PDF后再上传。")
    if ending == "pdf":
        return _("文件名是.pdf，内容却不是PDF。请重新导出PDF，或拍照后上传。")
    if ofd:
        return _("只能上传PDF、JPG、PNG或OFD文件。请把材料另存为PDF，或拍成照片后上传。")
    return _("只能上传PDF、JPG或PNG文件。请把材料另存为PDF，或拍成照片后上传。")


def plain_name(name: str) -> str:
    """Return a person's name for a file as any system takes it, whatever was sent as one."""
    ending = PurePosixPath(name.replace("\\", "/")).suffix
    return _safe_name(name, _readable(ending).rstrip()[:_LONGEST_ENDING])


def _safe_name(name: str, suffix: str) -> str:
    """Keep the person's own name for the file, with the ending that its content has."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    return f"{_readable(stem).strip('. ')[:_LONGEST_STEM] or 'file'}{suffix}"


def _readable(text: str) -> str:
    # Control characters, and those that turn the reading direction, could make a name look like another.
    return "".join(char for char in text if unicodedata.category(char)[0] != "C" and char not in _UNSAFE)
