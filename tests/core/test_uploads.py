"""What may come in as a file, and with which words anything else is sent back."""

import io
import stat
import time
import zipfile
import zlib
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given
from hypothesis import settings as search
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, NameObject

from credit_repair.core.files import images as images_check
from credit_repair.core.files import ofd as ofd_check
from credit_repair.core.files import own
from credit_repair.core.files import pdf as pdf_check
from credit_repair.core.uploads import CheckedUpload, UploadRefused, check_evidence
from tests.core.files import (
    SCRIPT,
    dictionary,
    huge_png,
    in_root,
    ofd,
    on_page,
    pdf,
    picture,
    raw_pdf,
)
from tests.world import PDF, PNG


@pytest.fixture(scope="module", autouse=True)
def nobody_vouches() -> Iterator[None]:
    """No file is one that the site made: whether it is, the database is asked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(own, "_KNOWERS", [])
        yield


def check(content: bytes, *, ofd: bool = True, name: str = "材料") -> CheckedUpload:
    return check_evidence(SimpleUploadedFile(name, content), ofd=ofd)


def refused(content: bytes, *, ofd: bool = True) -> str:
    """Return the words with which a file is refused."""
    with pytest.raises(UploadRefused) as caught:
        check(content, ofd=ofd)
    return str(caught.value)


# -- PDF


@pytest.mark.parametrize(
    "content",
    [
        PDF,
        pdf(),
        pdf(pages=pdf_check.MOST_PAGES),
        on_page(
            Annots=[dictionary(Subtype="/Link", A=dictionary(S="/URI", URI="https://www.creditchina.gov.cn"))]
        ),
        in_root(OpenAction=dictionary(S="/GoTo", D="first"), Lang="zh-CN"),
        in_root(AcroForm=dictionary(Fields=[dictionary(FT="/Sig", T="章")])),
    ],
    ids=["no-table", "plain", "most-pages", "link", "opens-at-a-page", "signed"],
)
def test_a_plain_paper_comes_in(content: bytes) -> None:
    assert check(content).mime == "application/pdf"


def test_an_electronic_invoice_comes_in_with_its_data() -> None:
    invoice = pdf(
        lambda writer: writer.add_attachment("invoice.xml", b"\xef\xbb\xbf<?xml version='1.0'?><a/>")
    )
    assert check(invoice).mime == "application/pdf"


CARRIED = dictionary(Type="/Filespec", F="a.exe", EF=dictionary(F=dictionary(Length="0")))
NESTED = dictionary(S="/GoTo", Next=dictionary(S="/GoTo", Next=[dictionary(S="/URI"), SCRIPT]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (in_root(OpenAction=SCRIPT), "自动运行"),
        (in_root(OpenAction=NESTED), "自动运行"),
        (in_root(AA=dictionary(WC=SCRIPT)), "自动运行"),
        (in_root(Names=dictionary(JavaScript=dictionary(Names=["x", SCRIPT]))), "自动运行"),
        (in_root(Outlines=dictionary(First=dictionary(Title="1", A=SCRIPT))), "自动运行"),
        (
            in_root(AcroForm=dictionary(Fields=[dictionary(Kids=[dictionary(AA=dictionary(K=SCRIPT))])])),
            "自动",
        ),
        (on_page(AA=dictionary(O=SCRIPT)), "自动运行"),
        (on_page(Annots=[dictionary(Subtype="/Link", A=SCRIPT)]), "自动运行"),
        (on_page(Annots=[dictionary(A=dictionary(S="/Launch", F="cmd.exe"))]), "自动运行"),
        (on_page(Annots=[dictionary(A=dictionary(S="/SubmitForm", F="http://evil.example"))]), "自动运行"),
        (on_page(Annots=[dictionary(A=dictionary(S="/ImportData", F="x.fdf"))]), "自动运行"),
        (on_page(Annots=[dictionary(A=dictionary(S="/GoToE", F="x.pdf"))]), "自动运行"),
        (raw_pdf(b"<</Kids[3 0 R]/Count 1>>", b"<</Type/Page/AA<</O<</S/J#61vaScript>>>>>>"), "自动运行"),
        (in_root(Names=dictionary(EmbeddedFiles=dictionary(Names=["a", CARRIED]))), "夹带"),
        (on_page(Annots=[dictionary(Subtype="/FileAttachment", FS=CARRIED)]), "夹带"),
        (on_page(AF=[CARRIED]), "夹带"),
        (pdf(lambda writer: writer.add_attachment("a.txt", b"x")), "夹带"),
        (pdf(lambda writer: writer.add_attachment("invoice.xml", b"MZ\x90")), "夹带"),
        (pdf(lambda writer: writer.add_attachment("invoice.exe", b"<?xml version='1.0'?>")), "夹带"),
        (in_root(AcroForm=dictionary(XFA="x", Fields=[])), "动态表单"),
        (on_page(Annots=[dictionary(Subtype="/RichMedia")]), "视频"),
        (pdf(lambda writer: writer.encrypt("secret")), "密码"),
        (pdf(lambda writer: writer.encrypt("", "owner")), "密码"),
        (pdf(pages=pdf_check.MOST_PAGES + 1), "超过200页"),
        (raw_pdf(b"<</Kids[]/Count 0>>"), "没有一页"),
        (b"%PDF-1.7\nnothing of a document", "损坏"),
        (pdf(pages=30)[: len(pdf(pages=30)) // 2], "损坏"),
    ],
)
def test_what_is_more_than_paper_is_refused_with_what_to_do(content: bytes, words: str) -> None:
    said = refused(content)
    assert words in said and ("请" in said), said


def test_a_tree_of_pages_that_goes_round_or_doubles_itself_is_refused_at_once() -> None:
    circle = raw_pdf(b"<</Kids[2 0 R 2 0 R]/Count 1>>")
    doubling = raw_pdf(
        *(b"<</Kids[%d 0 R %d 0 R]/Count 2>>" % (number, number) for number in range(3, 60)), b"<</Kids[]>>"
    )
    began = time.monotonic()
    assert "损坏" in refused(circle) or "复杂" in refused(circle)
    refused(doubling)
    assert time.monotonic() - began < 2 * pdf_check.LONGEST_SECONDS


def test_a_stream_that_bursts_is_not_unpacked() -> None:
    packed = zlib.compress(b"\0" * 300_000_000, 9)
    stream = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (
        len(packed),
        packed,
    )
    began = time.monotonic()
    refused(raw_pdf(stream, root=b"<</Type/Catalog/Pages 9 0 R>>"))
    assert time.monotonic() - began < pdf_check.LONGEST_SECONDS + 2


def test_what_takes_too_long_to_look_at_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_check, "LONGEST_SECONDS", -1.0)
    assert "过于复杂" in refused(pdf())


def test_more_objects_than_any_scan_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_check, "MOST_OBJECTS", 20)
    many = [dictionary(Subtype="/Link") for _number in range(30)]
    assert "过于复杂" in refused(on_page(Annots=many))


def test_what_is_drawn_is_not_searched_for_actions() -> None:
    def draw(writer: PdfWriter) -> None:
        stream = DecodedStreamObject()
        stream.set_data(b"BT (/JavaScript /Launch) Tj ET")
        writer.pages[0][NameObject("/Contents")] = ArrayObject([writer._add_object(stream)])

    assert check(pdf(draw)).mime == "application/pdf"


# -- pictures


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_comes_in_whole_or_not_at_all(kind: str) -> None:
    whole = picture(kind, (400, 300))
    assert check(whole).mime == f"image/{kind.lower()}"
    assert "不完整" in refused(whole[: len(whole) * 2 // 3])
    assert "不完整" in refused(whole[:40])


def test_a_picture_is_measured_before_it_is_unpacked() -> None:
    began = time.monotonic()
    assert "尺寸太大" in refused(huge_png(9000, 9000))
    assert "尺寸太大" in refused(huge_png(60_000, 60_000))
    assert time.monotonic() - began < 2


def test_a_wide_picture_is_taken_by_its_pixels_not_by_its_sides() -> None:
    assert check(picture("JPEG", (6000, 200))).mime == "image/jpeg"


def jpeg_in_scans(scans: int) -> bytes:
    """A small JPEG that goes over its picture so many times: its one scan, again and again."""
    whole = picture("JPEG", (64, 64))
    at = whole.index(b"\xff\xda")
    return whole[:at] + whole[at:-2] * scans + whole[-2:]


def test_a_picture_in_more_scans_than_any_camera_writes_is_refused_before_it_is_unpacked() -> None:
    began = time.monotonic()
    assert "另存" in refused(jpeg_in_scans(65))
    assert "另存" in refused(b"\xff\xd8\xff\xe0\0\2" + b"\xff\xfe\0\2" * 1_000_000)
    assert time.monotonic() - began < 1


def test_a_progressive_picture_is_taken_whole_unless_it_is_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = io.BytesIO()
    thumbnail = b"Exif\0\0" + b"\xff\xda" * 100
    Image.effect_noise((400, 300), 90).save(file, "JPEG", progressive=True, exif=thumbnail)
    assert check(file.getvalue()).mime == "image/jpeg"
    assert "不完整" in refused(file.getvalue()[: len(file.getvalue()) // 2])
    monkeypatch.setattr(images_check, "_MOST_PIXELS_IN_SCANS", 300 * 300)
    assert "尺寸太大" in refused(file.getvalue())
    assert check(picture("JPEG", (400, 300))).mime == "image/jpeg"


# -- OFD


def test_an_ofd_comes_in_under_its_own_kind_and_ending() -> None:
    found = check(
        ofd({"Doc_0/Res/image.png": PNG, "Doc_0/Attachs/original_invoice.xml": "<x/>"}), name="票.zip"
    )
    assert (found.mime, found.name) == ("application/ofd", "票.ofd")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (ofd(root=None), "压缩包"),
        (ofd(root="<x/>"), "损坏"),
        (ofd(root="not xml"), "损坏"),
        (
            ofd(
                root='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><OFD><DocBody>&a;</DocBody></OFD>'
            ),
            "损坏",
        ),
        (ofd()[:-30], "损坏"),
        (ofd({"../../etc/cron.d/x": "x"}), "损坏"),
        (ofd({"/etc/passwd": "x"}), "损坏"),
        (ofd({"C:\\x": "x"}), "损坏"),
        (ofd({"Doc_0/run.js": "x"}), "程序"),
        (ofd({"Doc_0/Attachs/a.exe": "x"}), "程序"),
        (ofd({"Doc_0/Attachs/a.dat": b"MZ\x90\0"}), "程序"),
        (ofd({"Doc_0/Attachs/b.dat": "#!/bin/sh"}), "程序"),
    ],
)
def test_an_archive_that_is_no_plain_ofd_is_refused(content: bytes, words: str) -> None:
    assert words in refused(content)


def test_an_archive_that_bursts_is_refused_by_its_directory() -> None:
    assert "过大" in refused(ofd({"Doc_0/a.xml": b"\0" * 30_000_000}))


def test_an_archive_of_too_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ofd_check, "MOST_ENTRIES", 5)
    assert "过大" in refused(ofd({f"Doc_0/{number}.xml": "x" for number in range(5)}))


def test_a_link_in_an_archive_leads_nowhere() -> None:
    file = io.BytesIO(ofd())
    with zipfile.ZipFile(file, "a") as archive:
        link = zipfile.ZipInfo("Doc_0/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert "损坏" in refused(file.getvalue())


def test_an_archive_with_a_password_is_refused_with_what_to_do() -> None:
    locked = bytearray(ofd())
    at = locked.index(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert "密码" in refused(bytes(locked))


def test_a_word_file_is_no_archive_to_unpack() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    assert "Word或WPS" in refused(file.getvalue())


def test_where_ofd_makes_no_sense_it_is_not_taken() -> None:
    assert "PDF、JPG或PNG文件" in refused(ofd(), ofd=False)


# -- anything else


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 60, "兼容性最佳"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "请"),
        (b"Rar!\x1a\x07\0" + b"\0" * 60, "只能上传"),
        ("文字".encode(), "只能上传"),
        (b"", "空的"),
    ],
)
def test_other_kinds_are_told_what_to_send_instead(content: bytes, words: str) -> None:
    assert words in refused(content)


HEADS = [b"", b"%PDF-1.7\n", b"\xff\xd8\xff\xe0\0\x10JFIF\0", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04"]
GOOD = [PDF, pdf(pages=3), in_root(OpenAction=SCRIPT), picture("JPEG"), picture("PNG"), ofd()]


def looked_at(content: bytes) -> None:
    """Every file is either taken or refused with words, whatever is in it."""
    try:
        check(content)
    except UploadRefused as refusal:
        assert str(refusal)


@given(head=st.sampled_from(HEADS), rest=st.binary(max_size=400))
def test_no_bytes_make_the_checks_fail_in_another_way(head: bytes, rest: bytes) -> None:
    looked_at(head + rest)


@search(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    good=st.sampled_from(GOOD),
    changes=st.lists(
        st.tuples(st.floats(0, 0.999), st.binary(min_size=1, max_size=6)), min_size=1, max_size=6
    ),
    cut=st.floats(0.2, 1),
)
def test_no_change_to_a_good_file_makes_the_checks_fail_in_another_way(
    good: bytes, changes: list[tuple[float, bytes]], cut: float
) -> None:
    changed = bytearray(good)
    for place, content in changes:
        at = int(place * len(changed))
        changed[at : at + len(content)] = content
    looked_at(bytes(changed[: int(len(changed) * cut) + 1]))
