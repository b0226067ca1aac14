"""Files for tests: good ones, and such as are meant to do harm."""

import io
import zipfile
import zlib
from collections.abc import Callable
from struct import pack

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, PdfObject, TextStringObject

OFD_ROOT = (
    '<?xml version="1.0" encoding="UTF-8"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.0" '
    'DocType="OFD"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>'
)


def pdf(change: Callable[[PdfWriter], object] = lambda writer: None, *, pages: int = 1) -> bytes:
    """A PDF of empty pages, with what `change` does to it."""
    writer = PdfWriter()
    for _number in range(pages):
        writer.add_blank_page(72, 72)
    change(writer)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def dictionary(**entries: object) -> DictionaryObject:
    """A dictionary of a PDF: texts that begin with / are names."""
    return DictionaryObject({NameObject(f"/{key}"): _value(value) for key, value in entries.items()})


def _value(value: object) -> PdfObject:
    if isinstance(value, PdfObject):
        return value
    if isinstance(value, list):
        return ArrayObject([_value(each) for each in value])
    text = str(value)
    return NameObject(text) if text.startswith("/") else TextStringObject(text)


def in_root(**entries: object) -> bytes:
    """A PDF with more in its catalogue."""
    return pdf(lambda writer: writer.root_object.update(dictionary(**entries)))


def on_page(**entries: object) -> bytes:
    """A PDF with more on its page."""
    return pdf(lambda writer: writer.pages[0].update(dictionary(**entries)))


SCRIPT = dictionary(S="/JavaScript", JS="app.alert(1)")


def raw_pdf(*objects: bytes, root: bytes = b"<</Type/Catalog/Pages 2 0 R>>") -> bytes:
    """A PDF written by hand without a table of its objects: the catalogue is 1, what follows counts on."""
    body = b"".join(b"%d 0 obj%sendobj\n" % (number, said) for number, said in enumerate((root, *objects), 1))
    return b"%PDF-1.7\n" + body + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48)) -> bytes:
    """A picture in which no two columns are alike."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A PNG whose header tells of so many pixels, with next to nothing in it."""
    good = picture("PNG")
    header = b"IHDR" + pack(">II", width, height) + good[24:29]
    return good[:12] + header + pack(">I", zlib.crc32(header)) + good[33:]


def ofd(parts: dict[str, bytes | str] | None = None, *, root: str | None = OFD_ROOT) -> bytes:
    """An OFD with one document, and `parts` besides."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        if root is not None:
            archive.writestr("OFD.xml", root)
        archive.writestr("Doc_0/Document.xml", "<ofd:Document xmlns:ofd='http://www.ofdspec.org/2016'/>")
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return file.getvalue()
