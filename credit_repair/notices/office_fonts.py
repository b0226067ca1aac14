"""Font files that an office is licensed to use: what is asked of one before it is kept."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.wording import listed
from credit_repair.notices.embedding import is_whole
from credit_repair.notices.engine_check import PdfEngineMissing
from credit_repair.notices.models import OfficeFont
from credit_repair.notices.previewing import draw_in_font
from credit_repair.registry.models import Office

logger = logging.getLogger(__name__)

LARGEST_BYTES = 30 * 1024 * 1024
#: A face for Chinese letters has at least these: first-level characters, digits, marks.
_MUST_HAVE = "的一是中国信用修复决定通知书申请单位年月日〔〕，。：；、（）《》“”0123456789"
_FEWEST = 3000
_KINDS = {b"OTTO": "otf", b"\x00\x01\x00\x00": "ttf", b"true": "ttf"}
# OS/2 fsType: 1 is restricted licence embedding; 8 and 9 forbid subsets, and anything but bitmaps.
_RESTRICTED, _NO_SUBSETS, _BITMAPS_ONLY = 0x0002, 0x0100, 0x0200


class BadFont(ValueError):
    """The file cannot be used as a font of letters; the words say why."""


def check_font(data: bytes) -> tuple[str, str, int]:
    """Check a font file; return its name, its ending and how many characters it has.

    Raises BadFont, in words for the person who uploaded it.
    """
    if len(data) > LARGEST_BYTES:
        raise BadFont(_("字体文件超过%(most)dMB。") % {"most": LARGEST_BYTES // 1024 // 1024})
    ending = _KINDS.get(data[:4])
    if ending is None:
        raise BadFont(_("不是OTF或TTF字体文件。字体集（TTC）和网页字体（WOFF）请先导出为单个OTF或TTF。"))
    try:
        with TTFont(BytesIO(data), lazy=True) as font:
            name = str(font["name"].getBestFullName() or font["name"].getBestFamilyName() or "")[:100]
            permission = _permission(font)
            covered = set(font.getBestCmap() or {})
            font.getGlyphSet()[font.getBestCmap()[ord("的")]] if ord("的") in covered else None
            whole = {"head", "hhea", "hmtx", "maxp"} <= set(font.keys())
    except Exception as error:  # fontTools raises whatever its tables raise
        raise BadFont(_("字体文件已经损坏，读不出字形。")) from error
    if not whole:
        raise BadFont(_("字体文件已经损坏，读不出字形。"))
    if permission is None or permission & _RESTRICTED and not permission & 0x000C:
        raise BadFont(
            _("这个字体不允许嵌入文件（fsType），文书不能使用。请向字体厂商取得可以嵌入的授权版本。")
        )
    if permission & (_NO_SUBSETS | _BITMAPS_ONLY):
        raise BadFont(
            _("这个字体不允许只嵌入用到的字（子集嵌入），文书不能使用。请向字体厂商取得可以嵌入的授权版本。")
        )
    lost = [char for char in _MUST_HAVE if ord(char) not in covered]
    if lost:
        raise BadFont(_("字体缺少公文的常用字符：%(lost)s。") % {"lost": listed(lost[:10])})
    if len(covered) < _FEWEST:
        raise BadFont(
            _("字体只有%(count)d个字，少于公文需要的%(fewest)d个。")
            % {"count": len(covered), "fewest": _FEWEST}
        )
    return name or _("未命名字体"), ending, len(covered)


def _permission(font: Any) -> int | None:
    """Return what OS/2 says of embedding; None where it says nothing."""
    return int(font["OS/2"].fsType) if "OS/2" in font else None


def keep_font(*, office: Office, data: bytes, actor: Any) -> OfficeFont:
    """Keep a font file for an office; one that it has already is given back. Who may, the caller asked.

    A letter is drawn in it first, before any lock. Raises BadFont as check_font() does, and where no letter
    can be drawn.
    """
    name, ending, characters = check_font(data)
    sha256 = hashlib.sha256(data).hexdigest()
    there = OfficeFont.objects.filter(office=office, sha256=sha256)
    found = there.first()
    if found is not None:
        return found
    _ask_drawable(data, ending)
    with transaction.atomic():
        Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
        found = there.first()  # a button is easily hit twice
        if found is not None:
            return found
        font = OfficeFont(
            office=office,
            name=name,
            sha256=sha256,
            size=len(data),
            characters=characters,
            added_by=actor,
            added_at=now(),
        )
        font.file.save(f"{font.uuid}.{ending}", ContentFile(data), save=False)
        font.save()
        audit.record(
            actor=actor, action="add_office_font", target=font, data={"name": name, "sha256": sha256}
        )
    return font


def _ask_drawable(data: bytes, ending: str) -> None:
    """Refuse a font in which no letter can be drawn, or whose outlines are spoilt for one character."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"trial.{ending}"
        path.write_bytes(data)
        try:
            draw_in_font(path)
            whole = is_whole(data)
        except PdfEngineMissing:
            raise
        except Exception as error:  # the engine raises whatever it meets
            logger.warning("no letter can be drawn in a font that was uploaded", exc_info=True)
            raise BadFont(_("字体文件已经损坏，用它画不出文书。请换一个完好的文件。")) from error
    if not whole:
        raise BadFont(_("字体文件已经损坏，用它画不出文书。请换一个完好的文件。"))
