"""Documents as PDF: a Django template, the shared style sheet and the bundled fonts, set by WeasyPrint.

WeasyPrint is imported when the first document is rendered and not before: no other command pays for it or
needs its shared libraries. Fonts and style sheet are parsed once per process.
"""

from __future__ import annotations

import atexit
import threading
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.template.loader import render_to_string

from .attached import FILE_NAME, Attached
from .embedding import embed_closely, say_how_embedded
from .engine_check import require_pdf_engine
from .glyphs import FONTS_DIR, Font, check_text, families, font_chain, normalise_text
from .quicker import make_quicker, spelt_out, without_collecting, write_once
from .versions import STYLE_SHEET, source_of

_ROLES = ("body", "title", "heading", "subheading", "rare")
# Spacing of a line that had to be broken early is spread over its characters; beyond this part of a
# character per gap the line would fall apart, and is left ragged instead.
_WIDEST_GAP_EM = 0.3

# Pango's font map is shared by all documents of the process and is not safe to use from two threads at once.
_lock = threading.Lock()


class RenderingError(RuntimeError):
    """A document could not be rendered, for a reason that lies in its template or context."""


@dataclass(frozen=True)
class _Engine:
    """What is set up once per process: WeasyPrint's class, fonts, style sheet and the guarded fetcher."""

    html: Any
    attachment: Any
    fatal_error: type[BaseException]
    fonts: Any
    style: Any
    fetcher: Any


def render_pdf(
    *,
    template: str,
    context: dict[str, Any],
    watermark: str | None = None,
    attached: Attached | None = None,
    office_fonts: tuple[Font, ...] = (),
) -> bytes:
    """Render a document.

    Args:
        template: name of the template without folder and ending, for example "decision_approve".
        context: what the template needs; `to_context()` of the document's class in `contexts` makes it.
        watermark: a short text set large and pale across every page, such as 样张; None for none.
        attached: the document's data. With them it is a PDF/A-3a, tagged for readers aloud, to be kept for
            good; without, as for a preview or a paper that somebody fills in, a plain PDF.
        office_fonts: the issuing office's own fonts (`dressing.fonts_of`), looked in before the site's.

    Returns:
        The PDF file. The same input gives the same bytes.

    Raises:
        PdfEngineMissing: shared libraries of the engine are missing.
        MissingGlyphs: a character of the finished text is in no font.
        RenderingError: the template refers to a URL that is not ours.
        django.template.TemplateDoesNotExist: there is no such template.
    """
    require_pdf_engine()
    markup = normalise_text(render_to_string(f"notices/{template}.html", {**context, "watermark": watermark}))
    check_text(markup)
    with _lock, without_collecting():
        engine = _engine(office_fonts)
        document = engine.html(string=markup, base_url=FONTS_DIR.as_uri() + "/", url_fetcher=engine.fetcher)
        try:
            pdf: bytes = document.write_pdf(
                stylesheets=[engine.style],
                font_config=engine.fonts,
                finisher=_finish,
                **_kept_for_good(engine, attached, markup),
            )
        except engine.fatal_error as error:
            raise RenderingError(str(error)) from error
    return pdf


def _kept_for_good(engine: _Engine, attached: Attached | None, markup: str) -> dict[str, Any]:
    """Return the options that make a PDF/A-3a with its data. An attachment serves one rendering only."""
    if attached is None:
        return {}
    content = attached.file(markup)
    if content is None:
        return {"pdf_variant": "pdf/a-3a"}
    file = engine.attachment(
        file_obj=BytesIO(content),
        name=FILE_NAME,
        description="文书数据",
        created=attached.moment,
        modified=attached.moment,
        relationship="Data",
    )
    return {"pdf_variant": "pdf/a-3a", "attachments": [file]}


def _finish(_document: Any, pdf: Any) -> None:
    """Put right what WeasyPrint says of a document's fonts, and of attached files, before it is written."""
    say_how_embedded(pdf)
    if "AF" in pdf.catalog:  # each file is named twice: as a file and as an object
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
    write_once(pdf)


@lru_cache(maxsize=8)
def _engine(office_fonts: tuple[Font, ...]) -> _Engine:
    """Import WeasyPrint and set up what all documents in the same fonts share. Call it under the lock."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class OurFilesOnly(URLFetcher):
        """Lets the fonts and the static files be read, and nothing else: no network, no other file."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if not is_ours(url, office_fonts):
                raise FatalURLFetchingError(f"the document refers to a URL that is not ours: {url}")
            return super().fetch(url, headers)

    _spread_lines()
    make_quicker()
    embed_closely()
    fetcher, fonts = OurFilesOnly(allow_redirects=False), FontConfiguration()
    sheet = spelt_out(style_sheet(office_fonts))
    style = weasyprint.CSS(string=sheet, font_config=fonts, url_fetcher=fetcher)
    return _Engine(weasyprint.HTML, weasyprint.Attachment, FatalURLFetchingError, fonts, style, fetcher)


def style_sheet(office_fonts: tuple[Font, ...] = ()) -> str:
    """Return the shared style sheet with the font faces in use before it."""
    faces = [
        f'@font-face {{ font-family: "{font.family}"; src: url("{font.path.as_uri()}"); }}'
        for font in font_chain(office_fonts)
    ]
    chains = []
    for role in _ROLES:
        names = ", ".join(f'"{family}"' for family in families(role, office_fonts))
        chains.append(f":root {{ --{role}: {names}; }}")
    return "\n".join((*faces, *chains, source_of(STYLE_SHEET)))


def is_ours(url: str, office_fonts: tuple[Font, ...] = ()) -> bool:
    """Is this the URL of a font of the chain or of a file below the static folders?"""
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc:
        return False
    path = Path(unquote(parts.path)).resolve()  # resolved: a link or .. must not lead out
    if path in {font.path.resolve() for font in font_chain(office_fonts)}:
        return True
    folders = [FONTS_DIR]
    for entry in getattr(settings, "STATICFILES_DIRS", None) or []:
        folders.append(entry[1] if isinstance(entry, tuple) else entry)  # (prefix, folder) is allowed too
    if getattr(settings, "STATIC_ROOT", None):
        folders.append(settings.STATIC_ROOT)
    return any(path.is_relative_to(Path(folder).resolve()) for folder in folders)


def _spread_lines() -> None:
    """Make WeasyPrint justify Chinese: spread what is left of a line over its characters.

    WeasyPrint justifies at spaces only, and Chinese has none: every line with a few digits, or broken early
    because punctuation may not begin the next one, would end short of the margin. There is no hook for it, so
    the one function is replaced; WeasyPrint is pinned exactly and a test measures the lines.
    """
    from weasyprint.formatting_structure import boxes
    from weasyprint.layout import inline

    def text_boxes(box: Any) -> list[Any]:
        if isinstance(box, boxes.TextBox):
            return [box]
        children = box.children if isinstance(box, boxes.LineBox | boxes.InlineBox) else ()
        return [text for child in children if child.is_in_normal_flow() for text in text_boxes(child)]

    def justify_line(context: Any, line: Any, extra_width: float) -> None:
        texts = text_boxes(line)
        count = sum(len(box.text) for box in texts)
        if count < 2:
            return
        gap = extra_width / (count - 1)
        if gap > _WIDEST_GAP_EM * line.style["font_size"]:
            return
        moved = 0.0
        for box in texts:
            style = box.style.copy()
            style["letter_spacing"] = gap
            box.style = style
            box.pango_layout = inline.create_layout(box.text, style, context, None, 0)
            box.pango_layout.deactivate()
            box.position_x += moved
            box.width += gap * len(box.text)
            moved += gap * len(box.text)
        line.width += extra_width

    inline.justify_line = justify_line


# Let go of Pango's font map while the interpreter still stands: later, its destructor fails on stderr.
atexit.register(_engine.cache_clear)
