"""What a person has at hand: photographs of receipts, and scans of letters that were signed by hand."""

import tempfile
from functools import cache
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page, expect

from tests.browser.desk import ROOT

PAPER, INK = (250, 249, 245), (28, 34, 44)
_FOLDER = Path(tempfile.mkdtemp(prefix="papers-"))


def receipt(name: str = "罚款缴款凭证.jpg", *, amount: str = "2000.00") -> Path:
    """A photograph of a receipt of payment."""
    page = Image.new("RGB", (1240, 900), PAPER)
    pen = ImageDraw.Draw(page)
    pen.rectangle((60, 60, 1180, 840), outline=INK, width=4)
    pen.text((400, 100), "罚没收入缴款凭证", font=_font(56), fill=INK)
    lines = (
        "缴款人：濉溪县同兴物业服务有限公司",
        f"金额：人民币{amount}元",
        "缴款日期：2026年8月6日",
        "收款银行：濉溪农商行",
    )
    for place, line in enumerate(lines):
        pen.text((120, 240 + 110 * place), line, font=_font(44), fill=INK)
    pen.ellipse((840, 540, 1090, 790), outline=(190, 40, 40), width=8)
    pen.text((880, 640), "转讫", font=_font(60), fill=(190, 40, 40))
    return _keep(page, name)


def scan(letters: Path, name: str = "承诺书（已签字盖章）.pdf") -> Path:
    """A scan of every page of `letters`, after somebody has signed and stamped each."""
    pages = []
    for sheet in pypdfium2.PdfDocument(letters):
        page = sheet.render(scale=2).to_pil().convert("RGB")
        pen = ImageDraw.Draw(page)
        left, top = page.width * 0.62, page.height * 0.72
        pen.line(
            [(left + 18 * step, top + (30 if step % 2 else -30)) for step in range(8)], fill=INK, width=6
        )
        pen.ellipse((left - 40, top - 70, left + 160, top + 130), outline=(190, 40, 40), width=7)
        pages.append(page)
    path = _FOLDER / name
    pages[0].save(path, save_all=True, append_images=pages[1:], resolution=144)
    return path


def uploaded(page: Page, *names: str) -> None:
    """Wait until files were sent and stand on the page as saved."""
    for name in names:
        expect(page.get_by_role("link", name=name).first).to_be_visible(timeout=60_000)


def _keep(page: Image.Image, name: str) -> Path:
    path = _FOLDER / name
    page.save(path, quality=85)
    return path


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(ROOT / "credit_repair/notices/fonts/cr-hei.otf", size)
