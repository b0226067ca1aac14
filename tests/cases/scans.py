"""Scans and photographs as people make them: drawn with Pillow on pages of ours."""

import random
import zipfile
from dataclasses import replace
from io import BytesIO

import pypdfium2
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from credit_repair.notices.contexts import CommitmentLetter
from credit_repair.notices.render import render_pdf

DPI = 150
MM = DPI / 25.4
TABLE = (120, 100, 80)


def letter(identity: str) -> bytes:
    """A commitment letter as it is printed, with its code."""
    document = replace(CommitmentLetter.sample(), document_uuid=identity)
    return render_pdf(template=document.template, context=document.to_context())


def printed(pdf: bytes, *, dpi: int = DPI) -> Image.Image:
    """The first page of a PDF on paper."""
    return pypdfium2.PdfDocument(pdf)[0].render(scale=dpi / 72).to_pil().convert("RGB")


def signed(page: Image.Image, *, colour: tuple[int, int, int] = (30, 30, 40)) -> Image.Image:
    """The page with three characters written by hand beside the words for the signature."""
    page, mm = page.copy(), page.width / 210
    pen, hand = ImageDraw.Draw(page), random.Random(4)
    for character in range(3):
        strokes = [
            ((110 + character * 9 + hand.uniform(0, 8)) * mm, (205 + hand.uniform(-4, 5)) * mm)
            for _point in range(6)
        ]
        pen.line(strokes, fill=colour, width=max(1, round(0.5 * mm)))
    return page


def stamped(page: Image.Image) -> Image.Image:
    """The page with a round red stamp."""
    page, mm = page.copy(), page.width / 210
    ring = [110 * mm, 180 * mm, 150 * mm, 220 * mm]
    ImageDraw.Draw(page).ellipse(ring, outline=(200, 40, 50), width=round(1.2 * mm))
    return page


def jpeg(image: Image.Image, *, quality: int = 70, orientation: int | None = None) -> bytes:
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    return _saved(image, "JPEG", quality=quality, exif=exif)


def png(image: Image.Image) -> bytes:
    return _saved(image, "PNG")


def pdf_of(*images: Image.Image) -> bytes:
    """A scanner's PDF: each page a picture."""
    return _saved(images[0], "PDF", save_all=True, append_images=list(images[1:]), resolution=DPI)


def _saved(image: Image.Image, kind: str, **more: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **more)
    return buffer.getvalue()


def photograph(page: Image.Image, *, degrees: float = 2, scale: float = 1, blur: float = 0) -> bytes:
    """The page photographed on a brown table, turned a little."""
    page = page.resize((round(page.width * scale), round(page.height * scale)), Image.Resampling.BICUBIC)
    around = Image.new("RGB", (round(page.width * 1.12), round(page.height * 1.08)), TABLE)
    around.paste(page, ((around.width - page.width) // 2, (around.height - page.height) // 2))
    around = around.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=TABLE)
    return jpeg(around.filter(ImageFilter.GaussianBlur(blur)) if blur else around)


def blank(*, dpi: int = DPI) -> Image.Image:
    return Image.new("RGB", (round(8.27 * dpi), round(11.69 * dpi)), "white")


def written(lines: int = 30, *, dpi: int = DPI, ink: str = "black") -> Image.Image:
    """A page of printed lines."""
    page = blank(dpi=dpi)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(round(dpi / 6))
    for line in range(lines):
        pen.text(
            (dpi, dpi + line * dpi / 4), "Receipt of the penalty payment 2026 05 26", fill=ink, font=font
        )
    return page


def text_pdf(*lines: str) -> bytes:
    """A PDF with a text of its own."""
    import weasyprint

    from credit_repair.notices.glyphs import families

    face = families("body")[0]
    body = "".join(f"<p>{line}</p>" for line in lines)
    return bytes(weasyprint.HTML(string=f'<body style="font-family: {face}">{body}</body>').write_pdf())


def ofd(*pages: str, pictures: tuple[bytes, ...] = (), head: str = "") -> bytes:
    """An OFD file with a page of text each, and pictures."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("OFD.xml", '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"/>')
        for number, text in enumerate(pages):
            archive.writestr(
                f"Doc_0/Pages/Page_{number}/Content.xml",
                f'{head}<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content><ofd:Layer><ofd:TextObject>'
                f"<ofd:TextCode>{text}</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>",
            )
        for number, picture in enumerate(pictures):
            archive.writestr(f"Doc_0/Res/image_{number}.jpg", picture)
    return buffer.getvalue()
