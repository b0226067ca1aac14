"""Whether a picture can be shown: its header first, so that nothing is unpacked that is too large to be."""

import io
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from PIL import Image, ImageFile

from credit_repair.core.files.refusals import UploadRefused

#: More than any scanner makes of a page, and than most phones make of anything.
MOST_PIXELS = 60_000_000
#: A PNG of no more than this is unpacked whole; of a larger one the checksums are compared.
_UNPACKED_PIXELS = 20_000_000
#: A JPEG that comes in several scans is built up whole in memory, once over for every scan.
_MOST_PIXELS_IN_SCANS = 30_000_000
#: Cameras and programs write one, or about ten.
_MOST_SCANS = 64
#: Long profiles and descriptions come in a few hundred.
_MOST_SEGMENTS = 2_000
_JPEG_BEGINS = b"\xff\xd8"
_SCAN, _END = 0xDA, 0xD9
#: The next marker: neither a stuffed byte of the picture nor one of those that stand alone in it.
_MARKER = re.compile(rb"\xff+([^\x00\x01\xff\xd0-\xd7])")


def check_image(content: bytes) -> None:
    """Look at a JPEG or a PNG.

    Raises UploadRefused with words where it has too many pixels, or is broken or not whole.
    """
    # WeasyPrint, once loaded, has Pillow pass over what is missing, in the whole process.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    scans = _scans(content) if content.startswith(_JPEG_BEGINS) else 0
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as image:
            width, height = image.size
            in_scans = scans > 1 or "progressive" in image.info
            if width * height > (_MOST_PIXELS_IN_SCANS if in_scans else MOST_PIXELS):
                raise UploadRefused(_too_large())
            if image.format != "PNG":
                # Decoded to an eighth of its size: all of the file is read, little memory taken.
                image.draft("RGB", (max(1, width // 8), max(1, height // 8)))
                image.load()
            elif width * height <= _UNPACKED_PIXELS:
                image.load()
            else:
                image.verify()
    except UploadRefused:
        raise
    except Image.DecompressionBombError as error:
        raise UploadRefused(_too_large()) from error
    except Exception as error:  # whatever a broken file makes the decoder fail in
        raise UploadRefused(_("这张图片不完整或者已经损坏，打不开。请重新拍照或扫描后再上传。")) from error


def _scans(content: bytes) -> int:
    """How many times a JPEG goes over its picture. Raises UploadRefused where no camera writes so many."""
    scans = 0
    for segments, marker in enumerate(_segments(content), start=1):
        scans += marker == _SCAN
        if scans > _MOST_SCANS or segments > _MOST_SEGMENTS:
            raise UploadRefused(
                _(
                    "这张图片的保存方式太复杂，不能接收。请重新拍照，或在看图软件里另存为普通的JPG图片后再上传。"
                )
            )
    return scans


def _segments(content: bytes) -> Iterator[int]:
    """The markers of a JPEG up to its end; what a segment carries is passed over."""
    at = len(_JPEG_BEGINS)
    while (found := _MARKER.search(content, at)) and (marker := found[1][0]) != _END:
        yield marker
        at = found.end() + int.from_bytes(content[found.end() : found.end() + 2])


def _too_large() -> str:
    return _("这张图片的尺寸太大。请把分辨率调低一些重新拍照或扫描，一般300dpi就够清楚。")
