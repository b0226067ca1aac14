"""The public check of a document 核验: what it says, what it keeps to itself, and how the code gets there."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import segno
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from credit_repair.cases.inspecting.process import check_codes_in
from credit_repair.core import clock
from credit_repair.core.codes import in_groups
from credit_repair.notices import ending, services
from credit_repair.notices.contexts import DOCUMENTS, DecisionApprove
from credit_repair.notices.engine_check import missing_libraries
from credit_repair.notices.guiding import RepairCertificate, StillPublic
from credit_repair.notices.models import Document
from credit_repair.notices.verification import check_url, document_with
from credit_repair.registry.models import Office
from tests.registry.factories import MOMENT, OfficeFactory
from tests.world import PDF, TODAY

pytestmark = pytest.mark.django_db
needs_engine = pytest.mark.skipif(bool(missing_libraries()), reason="PDF ENGINE MISSING")
CODE = "K7Q429XMABCDEFGH"


@pytest.fixture
def office() -> Office:
    return OfficeFactory(name="濉溪县交通运输局", document_prefix="濉交信修")


def made(office: Office, data: bytes = b"%PDF-1.7 ours", **fields: Any) -> Document:
    """A decision with its file."""
    given = {
        "kind": "decision_approve",
        "title": "准予信用修复决定书",
        "office": office,
        "prefix": "濉交信修",
        "year": 2026,
        "serial": 12,
        "number": "濉交信修〔2026〕12号",
        "issued_on": TODAY,
        "created_at": MOMENT,
        "check_code": CODE,
        "context": {"party": {"name": "濉溪华泰物流有限公司"}},
        "state": Document.State.READY,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        **fields,
    }
    row = Document(**given)
    row.file.save("one.pdf", ContentFile(data), save=False)
    row.save()
    return row


def asked(code: str, on: date = TODAY, **posted: Any) -> HttpResponse:
    address = reverse("check_document", args=[code])
    with clock.assume(on):
        return Client().post(address, posted) if posted else Client().get(address)


def text(response: HttpResponse) -> str:
    return response.content.decode()


def test_by_which_certificate_and_when_it_was_signed_is_said(office: Office) -> None:
    signed = datetime(2026, 11, 20, 1, 5, tzinfo=UTC)
    made(office, signed_by="濉溪县交通运输局（演示）", signed_at=signed)
    page = text(asked(CODE))
    assert "电子签章" in page and "濉溪县交通运输局（演示）" in page and "2026年11月20日 09:05签署" in page


def test_of_a_file_that_nobody_signed_no_signature_is_said(office: Office) -> None:
    made(office)
    assert "电子签章" not in text(asked(CODE))


def test_a_code_says_number_office_date_hash_and_standing_but_not_whom_it_is_about(office: Office) -> None:
    row = made(office)
    page = text(asked(CODE))
    for said in (row.number, "濉溪县交通运输局", "2026年11月20日", row.sha256, "现在有效"):
        assert said in page
    assert "华泰" not in page and "noindex" in page


@pytest.mark.parametrize("typed", ["k7q4-29xm-abcd-efgh", "Ｋ7Q4 29XM ABCD EFGH", "K7Q4–29XM–ABCD–EFGH"])
def test_a_code_is_read_as_it_was_meant(office: Office, typed: str) -> None:
    made(office)
    answer = Client().post(reverse("check_documents"), {"code": typed})
    assert (answer.status_code, answer["Location"]) == (302, reverse("check_document", args=[CODE]))


def test_what_is_no_code_is_said_and_what_nobody_issued_is_not_found(office: Office) -> None:
    made(office)
    wrong = Client().post(reverse("check_documents"), {"code": "123"})
    assert wrong.status_code == 422 and "16位" in text(wrong)
    unknown = asked("ABCDEFGHJKLMNPQR")
    assert unknown.status_code == 404 and "不是本站签发的" in text(unknown)
    assert "查不到怎么办" in text(unknown) and "查不到怎么办" not in text(wrong)
    assert asked("x").status_code == 404
    long = Client().post(reverse("check_documents"), {"code": "A" * 99})
    assert long.status_code == 422 and "核验码只有16位" in text(long)
    empty = Client().post(reverse("check_documents"), {})
    assert empty.status_code == 422 and "请填写文书上的核验码，或者选择PDF文件、二维码照片" in text(empty)


def test_of_code_and_file_one_is_enough_and_neither_is_called_optional() -> None:
    page = text(Client().get(reverse("check_documents")))
    assert "核验码" in page and "文书文件或二维码照片" in page and "选填" not in page


def test_what_has_ended_says_since_when_why_and_what_took_its_place(office: Office) -> None:
    old, new = made(office), made(office, serial=13, number="濉交信修〔2026〕13号", check_code="B" * 16)
    ending.replace(document=old, by=new, why="文字有误，已重新签发", actor=None, today=TODAY)
    page = text(asked(CODE))
    assert "已被替换" in page and "文字有误，已重新签发" in page and new.number in page
    assert "现在有效" not in page and "现在有效" in text(asked("B" * 16))


@pytest.mark.parametrize(
    ("verb", "said"), [(ending.revoke, "已撤销"), (ending.void, "作废")], ids=["revoked", "void"]
)
def test_revoked_and_void_are_told_apart(office: Office, verb: Any, said: str) -> None:
    verb(document=made(office), why="决定已被撤销", actor=None, today=TODAY)
    page = text(asked(CODE))
    assert said in page and "请不要再使用" in page


def test_a_file_is_the_one_issued_to_the_last_byte_or_it_is_not(office: Office) -> None:
    made(office, data=b"%PDF-1.7 ours")
    same = asked(CODE, file=SimpleUploadedFile("a.pdf", b"%PDF-1.7 ours"))
    other = asked(CODE, file=SimpleUploadedFile("a.pdf", b"%PDF-1.7 ourz"))
    assert "文件一致" in text(same) and "文件不一致" in text(other)
    assert asked(CODE, file=SimpleUploadedFile("a.pdf", b"")).status_code == 422
    without = Client().post(reverse("check_document", args=[CODE]))
    assert without.status_code == 422 and "请选择要核对的PDF文件" in text(without)


def test_a_file_that_is_another_is_no_good_news_though_the_document_holds(office: Office) -> None:
    made(office)
    assert "dk-banner--success" in text(asked(CODE))
    page = text(asked(CODE, file=SimpleUploadedFile("a.pdf", b"%PDF-1.7 ourz")))
    assert "dk-banner--danger" in page and "dk-banner--success" not in page


def test_the_page_tells_whom_to_ask_and_can_be_posted_from(office: Office) -> None:
    office.phone = "0561-7770000"
    office.save()
    made(office)
    page = text(asked(CODE))
    assert 'href="tel:0561-7770000"' in page
    assert "no-referrer" not in page, "a browser would tell no origin, and the post would be refused"


# -- the repair certificate's last day


def certificate(office: Office) -> Document:
    row = services.issue(document=RepairCertificate.sample(), office=office, issued_on=TODAY)
    assert row.context["valid_until"] == "2026-12-22"
    return row


def test_the_last_day_of_a_certificate_is_said_and_is_part_of_it(office: Office) -> None:
    code = certificate(office).check_code or ""
    on_the_day, after = (text(asked(code, day)) for day in (date(2026, 12, 22), date(2026, 12, 23)))
    assert "2026年12月22日（含当日）" in on_the_day and "现在有效" in on_the_day
    assert "已过有效期" in after and "现在有效" not in after


def test_a_certificate_that_was_revoked_is_revoked_and_not_run_out(office: Office) -> None:
    row = certificate(office)
    ending.revoke(document=row, why="有误", actor=None, today=TODAY)
    page = text(asked(row.check_code or "", TODAY + timedelta(days=90)))
    assert "已撤销" in page and "已过有效期" not in page


def test_a_certificate_says_whose_it_is_and_how_much_is_still_shown(office: Office) -> None:
    """Its code could else be printed under another name, or with a line left out."""
    sample = RepairCertificate.sample()
    shown = replace(sample, still_public=(StillPublic("濉溪县税务局", "濉税罚〔2026〕9号"),))
    row = services.issue(document=shown, office=office, issued_on=TODAY)
    page = text(asked(row.check_code or ""))
    assert sample.party.name in page and sample.party.code in page and "1条" in page
    assert "濉税罚" not in page and "伪造" in page


def test_of_a_persons_certificate_the_name_is_masked(office: Office) -> None:
    party = replace(RepairCertificate.sample().party, name="周小敏", code="", is_person=True)
    document = replace(RepairCertificate.sample(), party=party, still_public=())
    row = services.issue(document=document, office=office, issued_on=TODAY)
    page = text(asked(row.check_code or ""))
    assert "周*敏" in page and "周小敏" not in page and "没有" in page


def test_other_documents_have_no_last_day(office: Office) -> None:
    made(office)
    assert "有效期" not in text(asked(CODE))


# -- the code in a file


def scan(address: str, *, kind: str = "PDF") -> bytes:
    """A page with a QR code that leads to an address, as a picture in a PDF or alone."""
    picture = BytesIO()
    segno.make(address, error="m").save(picture, kind="png", scale=8, border=4)
    page = Image.new("RGB", (1240, 1754), "white")
    page.paste(Image.open(picture).convert("RGB"), (100, 1200))
    file = BytesIO()
    page.save(file, format=kind, resolution=150)
    return file.getvalue()


def test_the_code_of_a_scan_is_found_in_its_qr_code(office: Office) -> None:
    made(office)
    answer = Client().post(
        reverse("check_documents"),
        {"code": "", "file": SimpleUploadedFile("扫描件.pdf", scan(check_url(CODE)))},
    )
    assert (
        answer.status_code == 200 and "濉交信修〔2026〕12号" in text(answer) and "文件不一致" in text(answer)
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_of_the_qr_code_leads_to_what_is_said_of_the_document(office: Office, kind: str) -> None:
    made(office)
    file = SimpleUploadedFile("二维码", scan(check_url(CODE), kind=kind))
    answer = Client().post(reverse("check_documents"), {"file": file})
    assert (answer.status_code, answer["Location"]) == (302, reverse("check_document", args=[CODE]))


def test_a_picture_cannot_be_compared_and_the_page_says_so(office: Office) -> None:
    made(office)
    answer = asked(CODE, file=SimpleUploadedFile("a.pdf", scan(check_url(CODE), kind="PNG")))
    assert answer.status_code == 422 and "只能比较PDF文件" in text(answer)
    assert "文件不一致" not in text(answer)


def test_a_file_is_not_called_another_while_ours_is_still_being_made(office: Office) -> None:
    made(office, state=Document.State.PENDING, sha256="", size=0)
    file = SimpleUploadedFile("a.pdf", scan(check_url(CODE)))
    page = text(Client().post(reverse("check_documents"), {"file": file}))
    assert "文件正在生成" in page and "文件不一致" not in page


def test_a_qr_code_of_somebody_else_is_nobody_s_business() -> None:
    assert check_codes_in(scan("https://example.com/other")) == []


@needs_engine
def test_a_letter_s_own_file_leads_to_itself_and_is_the_same(office: Office) -> None:
    row = services.issue(document=DecisionApprove.sample(), office=office, issued_on=TODAY)
    row = services.render(document_id=row.pk)
    data = row.file.read()
    assert check_codes_in(data) == [row.check_code]
    answer = Client().post(reverse("check_documents"), {"file": SimpleUploadedFile("a.pdf", data)})
    assert row.number in text(answer) and "文件一致" in text(answer)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PDF, "没有在文件里找到核验码"),
        (b"MZ not a pdf", "不是PDF，也不是JPG、PNG图片"),
        (b"%PDF-1.4 broken", "没有在文件里找到"),
        (b"\x89PNG\r\n\x1a\n broken", "没有在文件里找到"),
    ],
)
def test_a_file_without_a_code_is_said(content: bytes, said: str) -> None:
    answer = Client().post(reverse("check_documents"), {"file": SimpleUploadedFile("a.pdf", content)})
    assert answer.status_code == 422 and said in text(answer)


def test_a_file_with_a_code_that_nobody_gave_is_not_ours() -> None:
    file = SimpleUploadedFile("a.pdf", scan(check_url(CODE)))
    answer = Client().post(reverse("check_documents"), {"file": file})
    assert answer.status_code == 422 and "不是本站签发的" in text(answer)


# -- every document that offices issue


@pytest.mark.parametrize("kind", DOCUMENTS, ids=lambda kind: kind.template)
def test_what_an_office_issues_has_its_own_code_and_leads_to_its_page(office: Office, kind: Any) -> None:
    row = services.issue(document=kind.sample(), office=office, issued_on=TODAY)
    if "verify_url" not in row.context:
        assert row.check_code is None
        return
    assert row.check_code and len(row.check_code) == 16
    assert row.context["verify_url"] == check_url(row.check_code)
    assert row.context["verify_code"] == in_groups(row.check_code)
    assert document_with(row.context["verify_code"]) == row


def test_trying_is_held_back(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"check_document": "3/10m/ip"}
    answers = [asked("ABCDEFGHJKLMNPQR").status_code for _each in range(4)]
    assert answers == [404, 404, 404, 429]
    held = Client().post(reverse("check_documents"), {"code": CODE})
    assert held.status_code == 429, "one limit for both"
    assert "最多等10分钟" in text(held) and "忘记密码" not in text(held)


def _replaced(office: Office) -> tuple[Document, Document]:
    old, new = made(office), made(office, serial=13, number="濉交信修〔2026〕13号", check_code="B" * 16)
    ending.replace(document=old, by=new, why="文字有误", actor=None, today=TODAY)
    return old, new


def test_what_took_its_place_and_holds_no_longer_is_not_recommended(office: Office) -> None:
    _old, new = _replaced(office)
    ending.revoke(document=new, why="不应再有效", actor=None, today=TODAY)
    page = text(asked(CODE))
    assert "请以新的文书为准" not in page and "替换它的文书后来也失效了" in page
    assert "濉交信修〔2026〕13号（已撤销）" in page


def test_of_several_that_took_its_place_in_turn_the_last_is_named(office: Office) -> None:
    _old, new = _replaced(office)
    third = made(office, serial=14, number="濉交信修〔2026〕14号", check_code="C" * 16)
    ending.replace(document=new, by=third, why="又有误", actor=None, today=TODAY)
    page = text(asked(CODE))
    assert "请以新的文书为准" in page and str(third.number) in page and str(new.number) not in page
