"""An office's style or words on a made-up example, to be looked at before anybody approves them."""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from credit_repair.core.languages import in_site_language
from credit_repair.notices.bases import IssuedDocument
from credit_repair.notices.dressing import current_style, current_texts, dressed_in, fonts_of, seal_of
from credit_repair.notices.engine_check import PdfEngineMissing
from credit_repair.notices.glyphs import Font, MissingGlyphs
from credit_repair.notices.models import NoticeText, OfficeStyle
from credit_repair.notices.parts import Contact, Remedies
from credit_repair.notices.wording import kinds
from credit_repair.registry.models import Office

#: Set across every page.
SAMPLE_MARK = "样张"
#: Shows head, seal, contact and headings at once.
SHOWN_IN_STYLE = "decision_approve"

logger = logging.getLogger(__name__)


class CannotDraw(ValueError):
    """No letter can be drawn in a style or with a passage; the words say why."""


def example(kind: str) -> Any:
    """Return the made-up letter of a kind, an adverse one where there are such, so that it names remedies."""
    document: Any = kinds()[kind].sample()  # type: ignore[attr-defined]
    if getattr(document, "remedies", True) is not None:
        return document
    adverse = {"performed": False} if hasattr(document, "performed") else {}
    return dataclasses.replace(document, remedies=Remedies.sample(), **adverse)


def sample_pdf(
    *, office: Office, kind: str, style: OfficeStyle | None = None, texts: dict[str, str] | None = None
) -> bytes:
    """Return a made-up letter of `kind` as `office` would issue it, marked 样张 on every page.

    Args:
        office: whose letter it would be.
        kind: the kind of document, by template name.
        style: the style to look at; None for the one that holds.
        texts: passages to look at, by slot, instead of those that hold; "" for the site's own words.

    Raises as render.render_pdf() does.
    """
    from credit_repair.notices.render import render_pdf

    document: IssuedDocument = dataclasses.replace(
        example(kind),
        issuer=office.name,
        contact=Contact(office.name, office.address, office.phone),
        demo=settings.DEMO,
        verify_url="",
        verify_code="",
    )
    if hasattr(document, "document_number"):
        number = f"{office.document_prefix or '某信修'}〔{document.issue_date.year}〕　号"
        document = dataclasses.replace(document, document_number=number)  # type: ignore[call-arg]
    style = style or current_style(office)
    words = {**current_texts(office, kind), **(texts or {})}
    document = dressed_in(
        document,
        style=style,
        texts={slot: text for slot, text in words.items() if text},
        office=office.name,
    )
    seal = seal_of(style, issuer=office.name, demo=document.demo)
    document = dataclasses.replace(document, seal=seal)
    with in_site_language():
        return render_pdf(
            template=kind,
            context=document.to_context(),
            watermark=SAMPLE_MARK,
            office_fonts=fonts_of(style),
        )


def version_pdf(version: OfficeStyle | NoticeText) -> bytes:
    """Return the made-up letter in a version of an office's style, or with a version of one passage.

    Raises CannotDraw with words, PdfEngineMissing as render.render_pdf() does.
    """
    try:
        if isinstance(version, OfficeStyle):
            return sample_pdf(office=version.office, kind=SHOWN_IN_STYLE, style=version)
        return sample_pdf(office=version.office, kind=version.kind, texts={version.slot: version.text})
    except PdfEngineMissing:
        raise
    except MissingGlyphs as missing:
        raise CannotDraw(str(missing)) from missing
    except Exception as error:  # the engine raises whatever it meets in a font or a drawing
        logger.exception("no letter can be drawn in %s %s", type(version).__name__, version.pk)
        raise CannotDraw(
            _(
                "这一版画不出文书，多半是字体文件或者印章图损坏了。请换一个字体或者重新上传印章图，再提交一版。"
            )
        ) from error


def draw_in_font(path: Path) -> None:
    """Draw the made-up letter with its text in a font file, to see whether the engine can.

    Raises whatever the engine does with a broken font, PdfEngineMissing as render.render_pdf() does.
    """
    from credit_repair.notices.render import render_pdf

    with in_site_language():
        render_pdf(
            template=SHOWN_IN_STYLE,
            context=example(SHOWN_IN_STYLE).to_context(),
            watermark=SAMPLE_MARK,
            office_fonts=(Font("body", "Font On Trial", path),),
        )
