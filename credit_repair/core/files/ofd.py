"""Whether a zip archive is an OFD 国家版式文件 (GB/T 33190) and no more than paper. Nothing of it is
unpacked to the disk."""

import io
import stat
import zipfile
import zlib
from pathlib import PurePosixPath

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _

from credit_repair.core.files.refusals import UploadRefused

ROOT = "OFD.xml"
MOST_ENTRIES = 3_000
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
#: Text packs to a fiftieth; what packs to less than this is made to burst.
MOST_RATIO = 200
_RATIO_FROM_BYTES = 1024 * 1024
_ROOT_MAX_BYTES = 1024 * 1024
_RUNNING_SUFFIXES = frozenset(
    {
        ".app",
        ".apk",
        ".bat",
        ".class",
        ".cmd",
        ".com",
        ".cpl",
        ".dll",
        ".docm",
        ".elf",
        ".exe",
        ".hta",
        ".htm",
    }
    | {
        ".html",
        ".jar",
        ".js",
        ".jse",
        ".lnk",
        ".mjs",
        ".msi",
        ".php",
        ".pif",
        ".ppam",
        ".pptm",
        ".ps1",
        ".py",
    }
    | {".reg", ".scr", ".sh", ".so", ".swf", ".vb", ".vbe", ".vbs", ".wsf", ".wsh", ".xlam", ".xlsm"}
)
_RUNNING_HEADS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")


def check_ofd(content: bytes) -> None:
    """Look at an archive by its directory, at its root document, and at the first bytes of each part.

    Raises UploadRefused with words where it is no OFD, is broken or locked, would unpack to too much,
    or carries something that could be run.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_directory(entries, len(content))
            _check_root(archive)
            for entry in entries:
                _check_head(archive, entry)
    except UploadRefused:
        raise
    except Exception as error:  # whatever a broken archive makes the reader fail in
        raise UploadRefused(_broken()) from error


def _check_directory(entries: list[zipfile.ZipInfo], size: int) -> None:
    names = [entry.filename for entry in entries]
    if ROOT not in names:
        raise UploadRefused(_("这是一个压缩包，不是OFD文件。请先解压，再上传里面的PDF、OFD或图片。"))
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise UploadRefused(_("这个OFD文件有密码，打不开。请去掉密码，或另存为PDF后再上传。"))
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    # More packed than there is: the parts lie over one another.
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED_BYTES or packed > size or _bursts(entries):
        raise UploadRefused(_("这个OFD文件解开后过大，不能接收。请另存为PDF，或分成几个文件后再上传。"))
    if len(set(names)) < len(names) or any(_is_trick(entry) for entry in entries):
        raise UploadRefused(_broken())
    if any(PurePosixPath(name).suffix.lower() in _RUNNING_SUFFIXES for name in names):
        raise UploadRefused(_carries_programs())


def _bursts(entries: list[zipfile.ZipInfo]) -> bool:
    return any(
        entry.file_size > _RATIO_FROM_BYTES and entry.file_size > MOST_RATIO * max(1, entry.compress_size)
        for entry in entries
    )


def _is_trick(entry: zipfile.ZipInfo) -> bool:
    """Whether the name leads elsewhere, or the entry is a link or a device."""
    name = entry.orig_filename
    parts = name.rstrip("/").split("/")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return (
        not name
        or "\\" in name
        or ":" in name
        or "\0" in name
        or any(part in {"", ".", ".."} for part in parts)
        or kind not in {0, stat.S_IFREG, stat.S_IFDIR}
    )


def _check_root(archive: zipfile.ZipFile) -> None:
    with archive.open(ROOT) as file:
        said = file.read(_ROOT_MAX_BYTES + 1)
    if len(said) > _ROOT_MAX_BYTES:
        raise UploadRefused(_broken())
    try:
        root = ElementTree.fromstring(said)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise UploadRefused(_broken()) from error
    if root.tag.rpartition("}")[2] != "OFD" or not any(
        child.tag.rpartition("}")[2] == "DocBody" for child in root
    ):
        raise UploadRefused(_broken())


def _check_head(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    if entry.is_dir() or not entry.file_size:
        return
    try:
        with archive.open(entry) as file:
            head = file.read(4)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise UploadRefused(_broken()) from error
    if head.startswith(_RUNNING_HEADS):
        raise UploadRefused(_carries_programs())


def _broken() -> str:
    return _("这个OFD文件不完整或者已经损坏。请重新导出，或另存为PDF后再上传。")


def _carries_programs() -> str:
    return _("这个OFD文件里夹带了程序或脚本，为了安全不能接收。请另存为PDF后再上传。")
