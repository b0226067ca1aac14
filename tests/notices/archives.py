"""What makes a PDF one to be kept for good (PDF/A-3a), as far as its objects can be read: shared by tests.

No validator can be installed here. What these checks do not see is seen by hand, with veraPDF where there is
one: that the tags are in reading order, and the rules for colours and fonts inside the page's own stream.
"""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

_PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"


def objects(reader: PdfReader) -> Iterator[Any]:
    """Yield every object that the document refers to, once."""
    seen: set[int] = set()
    waiting: list[Any] = [reader.trailer]
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if found.idnum in seen:
                continue
            seen.add(found.idnum)
            found = found.get_object()
        yield found
        if isinstance(found, DictionaryObject):
            waiting.extend(found.raw_get(key) for key in found)
        elif isinstance(found, ArrayObject):
            waiting.extend(list.__iter__(found))


def data_of(pdf: bytes) -> dict[str, Any]:
    """Return the data that are attached to a document."""
    (files,) = PdfReader(BytesIO(pdf)).attachments.values()
    found: dict[str, Any] = json.loads(files[0])
    return found


def assert_kept_for_good(pdf: bytes, *, with_data: bool = True) -> None:
    """The file says that it is PDF/A-3a, and has what belongs to it."""
    reader = PdfReader(BytesIO(pdf), strict=True)
    root = reader.trailer["/Root"].get_object()
    _assert_metadata(reader, root)
    assert "/Encrypt" not in reader.trailer
    assert len(reader.trailer["/ID"]) == 2

    (intent,) = root["/OutputIntents"]
    assert intent.get_object()["/S"] == "/GTS_PDFA1"
    profile = intent.get_object()["/DestOutputProfile"].get_object()
    assert profile["/N"] == 3 and profile.get_data()[36:40] == b"acsp"

    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own boolean
    assert str(root["/Lang"]) == "zh-CN"
    assert root["/StructTreeRoot"].get_object()["/K"]
    for page in reader.pages:
        assert "/StructParents" in page

    if with_data:
        _assert_attachment(root)
    _assert_objects(reader)


def _assert_metadata(reader: PdfReader, root: Any) -> None:
    stream = root["/Metadata"].get_object()
    assert (stream["/Type"], stream["/Subtype"]) == ("/Metadata", "/XML")
    meta = ElementTree.fromstring(stream.get_data().decode())  # noqa: S314 - our own file
    said: dict[str, str] = {}
    for about in meta.iter(f"{_RDF}Description"):
        said |= about.attrib
        said |= {child.tag: (child.text or "") for child in about}
    assert (said[f"{_PDFA}part"], said[f"{_PDFA}conformance"]) == ("3", "A")
    title = next(meta.iter(f"{_DC}title"))
    assert reader.metadata is not None
    assert "".join(title.itertext()).strip() == reader.metadata.title


def _assert_attachment(root: Any) -> None:
    (file,) = [each.get_object() for each in root["/AF"]]
    assert file["/AFRelationship"] == "/Data"
    assert file["/F"] == file["/UF"] == "data.json"
    assert file["/EF"]["/F"].get_object()["/Subtype"] == "/application/json"
    named = root["/Names"]["/EmbeddedFiles"].get_object()["/Names"]
    assert named[1].get_object() == file


def _assert_objects(reader: PdfReader) -> None:
    fonts = 0
    for found in objects(reader):
        if not isinstance(found, DictionaryObject):
            continue
        # The names dictionary would hold document-level scripts under this key, an action has it as its kind.
        assert not {"/JavaScript", "/JS", "/AA", "/OpenAction", "/RichMedia"} & set(found), found
        assert found.get("/S") not in ("/JavaScript", "/Launch", "/Movie", "/Sound", "/ResetForm"), found
        if isinstance(found, StreamObject):
            assert "/LZWDecode" not in str(found.get("/Filter", ""))
            assert "/F" not in found or found.get("/Type") == "/EmbeddedFile", "content in another file"
        if found.get("/Type") == "/FontDescriptor":
            fonts += 1
            assert {"/FontFile2", "/FontFile3"} & set(found), found["/FontName"]
        if found.get("/Type") == "/Font" and found.get("/Subtype") == "/Type0":
            assert "/ToUnicode" in found
        if found.get("/Subtype") in ("/Type1", "/TrueType"):
            assert "/FontDescriptor" in found, "one of the fourteen that are nowhere"
    assert fonts
