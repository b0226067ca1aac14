"""Several documents at once 打包、合并打印: what the index says, how they are bound, and who gets which."""

import hashlib
import io
from datetime import date
from typing import Any

import openpyxl
import pypdf
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from pypdf.annotations import FreeText

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Recusal
from credit_repair.cases.pack_names import Names, name_of
from credit_repair.cases.services import enquiries, packing
from credit_repair.notices import ending
from credit_repair.notices.models import Document, DocumentPack
from credit_repair.people.models import Role
from tests.cases.packs import (
    INDEX,
    archive,
    asked,
    get,
    index,
    made,
    moment,
    outcomes,
    pdf_of,
    post,
    run,
    text,
    without_file,
)
from tests.registry.factories import MOMENT, OfficeFactory
from tests.world import TODAY, World, member, submitted_case, verifying_case

# -- the archive and its index


def test_a_pack_has_each_pdf_under_its_name_and_an_index_that_says_what_it_is(world: World) -> None:
    case = submitted_case(world)
    one = made(world.authority, 1, case=case)
    two = made(world.authority, 2, addressee=world.subject, issued_on=date(2026, 11, 2), signed_by="")
    Document.objects.filter(pk=two.pk).update(signed_by="")
    pack = run(asked(world.verifier))
    assert (pack.state, pack.done, pack.total) == ("ready", 2, 2)
    rows = index(pack)
    name = f"{one.number} 准予信用修复决定书 {world.subject.name[:20]}.pdf"
    assert (
        rows[0]
        | {
            "序号": 1,
            "文号": one.number,
            "种类": "准予信用修复决定书",
            "主体": world.subject.name,
            "申请编号": case.number,
            "发文机关": world.authority.name,
            "效力": "有效",
            "电子签章": "濉溪县交通运输局",
            "文件名": name,
            "未收入的原因": None,
            "文件指纹（SHA-256）": one.sha256,
        }
        == rows[0]
    )
    assert rows[0]["成文日期"].date() == TODAY and rows[1]["电子签章"] == "没有电子签章"
    files = archive(pack)
    assert files.testzip() is None
    assert set(files.namelist()) == {name, rows[1]["文件名"], INDEX, "文书目录.html"}
    assert hashlib.sha256(files.read(name)).hexdigest() == one.sha256
    page = files.read("文书目录.html").decode()
    assert str(one.number) in page and one.sha256 in page and "选中2份，收入2份" in page
    with pack.file.open("rb") as opened:
        assert hashlib.file_digest(opened, "sha256").hexdigest() == pack.sha256


def test_what_cannot_go_in_is_listed_with_the_reason(world: World) -> None:
    good = made(world.authority, 1)
    pending = without_file(world.authority, 2)
    unsigned = without_file(world.authority, 3, signing_failures=2)
    lost, changed = made(world.authority, 4), made(world.authority, 5)
    default_storage.delete(lost.file.name)
    with default_storage.open(changed.file.name, "wb") as file:
        file.write(pdf_of(2))
    pack = run(asked(world.verifier, order="number"))
    assert outcomes(pack) == ["included", "no_file", "unsigned", "missing", "altered"]
    reasons = {row["文号"]: row["未收入的原因"] for row in index(pack)}
    assert reasons[good.number] is None
    assert reasons[pending.number] == "正在生成，还没有PDF"
    assert reasons[unsigned.number] == "没有签章成功，还没有PDF"
    assert reasons[lost.number] == "文件找不到，请联系系统管理员"
    assert "指纹不一致" in str(reasons[changed.number])
    page = text(get(world.verifier, "office_document_pack", pack.uuid))
    assert "没有签章成功，还没有PDF" in page and "查看还没有PDF的文书" in page and "重新办理" in page


def test_where_nothing_can_go_in_there_is_no_empty_file(world: World) -> None:
    without_file(world.authority, 1)
    pack = run(asked(world.verifier))
    assert (pack.state, pack.file.name) == ("failed", "")
    assert "没有一份能收入" in text(get(world.verifier, "office_document_pack", pack.uuid))
    assert get(world.verifier, "office_document_pack_file", pack.uuid).status_code == 404


def test_what_is_revoked_before_it_is_packed_is_marked(world: World) -> None:
    document = made(world.authority, 1)
    pack = asked(world.verifier)
    ending.revoke(document=document, why="决定已被撤销", actor=None, today=TODAY)
    (row,) = index(run(pack))
    assert (row["效力"], row["失效原因"]) == ("已撤销", "决定已被撤销")
    assert "已撤销：决定已被撤销" in archive(pack).read("文书目录.html").decode()
    assert "其中1份文书已经失效" in text(get(world.verifier, "office_document_pack", pack.uuid))


def test_what_is_revoked_after_it_was_packed_the_page_tells(world: World) -> None:
    document = made(world.authority, 1)
    pack = run(asked(world.verifier))
    assert "效力在打包以后变了" not in text(get(world.verifier, "office_document_pack", pack.uuid))
    ending.revoke(document=document, why="决定已被撤销", actor=None, today=TODAY)
    assert "1份文书的效力在打包以后变了" in text(get(world.verifier, "office_document_pack", pack.uuid))


def test_a_text_of_the_index_is_never_a_formula(world: World) -> None:
    document = made(world.authority, 1)
    ending.void(document=document, why="=HYPERLINK(1)", actor=None, today=TODAY)
    pack = run(asked(world.verifier))
    sheet: Any = openpyxl.load_workbook(io.BytesIO(archive(pack).read(INDEX))).active
    cell = next(cell for cell in sheet[2] if cell.value == "=HYPERLINK(1)")
    assert cell.data_type == "s" and cell.quotePrefix


@pytest.mark.parametrize(
    ("number", "subject", "name"),
    [
        ("濉信修〔2026〕1号", "某某公司", "濉信修〔2026〕1号 决定书 某某公司"),
        ("", 'a/b\\c:d*e?"f<g>h|', "决定书 a b c d e f g h"),
        ("", "末尾. . ", "决定书 末尾"),
        ("", "甲\u202e乙\n丙", "决定书 甲乙丙"),
        ("", "长" * 60, "决定书 " + "长" * 20),
    ],
)
def test_names_are_safe_everywhere(number: str, subject: str, name: str) -> None:
    assert name_of(number=number, kind="决定书", subject=subject) == name


def test_no_name_is_that_of_a_device_or_given_twice() -> None:
    assert name_of(number="", kind="CON", subject="") == "_CON"
    assert name_of(number="", kind="nul.x", subject="") == "_nul.x"
    assert name_of(number="?", kind="*", subject="") == "document"
    names = Names(INDEX)
    assert [names.take(stem, ".pdf") for stem in ("A", "a", "A (2)")] == [
        "A.pdf",
        "a (2).pdf",
        "A (2) (2).pdf",
    ]
    assert names.take("文书目录", ".xlsx") == "文书目录 (2).xlsx"


# -- the file for the printer


def widths(pack: DocumentPack) -> list[int]:
    with pack.file.open("rb") as opened:
        return [round(page.mediabox.width) for page in pypdf.PdfReader(io.BytesIO(opened.read())).pages]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", [210, 202, 201, 201]),
        ("oldest", [201, 201, 202, 210]),
        ("number", [201, 201, 202, 210]),
        ("kind", [201, 201, 210, 202]),
    ],
)
def test_documents_are_bound_in_the_order_that_was_chosen(
    world: World, order: str, expected: list[int]
) -> None:
    made(world.authority, 10, pdf=pdf_of(width=210))
    made(world.authority, 2, pdf=pdf_of(width=202), issued_on=date(2026, 11, 3), kind="decision_refuse")
    made(world.authority, 1, pdf=pdf_of(2, width=201), issued_on=date(2026, 11, 2))
    pack = run(asked(world.verifier, "print", order=order))
    assert widths(pack) == expected and pack.pages == 4


def test_for_both_sides_each_document_begins_on_the_front_of_a_sheet(world: World) -> None:
    for serial, pages in ((1, 1), (2, 2), (3, 3)):
        made(world.authority, serial, pdf=pdf_of(pages, width=200 + serial))
    pack = run(asked(world.verifier, "print", order="number", two_sided=True))
    assert widths(pack) == [201, 201, 202, 202, 203, 203, 203]
    assert list(pack.items.order_by("position").values_list("page", flat=True)) == [1, 3, 5]
    page = text(get(world.verifier, "office_document_pack", pack.uuid))
    assert "起始页" in page and "不带电子签章" in page


def test_the_frame_of_a_signature_that_does_not_hold_any_longer_is_not_bound(world: World) -> None:
    writer, file = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=200, height=300)
    writer.add_annotation(0, FreeText(text="", rect=(0, 0, 9, 9)))
    writer.write(file)
    made(world.authority, 1, pdf=file.getvalue())
    pack = run(asked(world.verifier, "print"))
    with pack.file.open("rb") as opened:
        (page,) = pypdf.PdfReader(io.BytesIO(opened.read())).pages
    assert not page.get("/Annots")


def test_what_is_no_pdf_is_left_out_of_the_print(world: World) -> None:
    made(world.authority, 1)
    made(world.authority, 2, pdf=b"no paper at all")
    pack = run(asked(world.verifier, "print", order="number"))
    assert outcomes(pack) == ["included", "broken"] and len(widths(pack)) == 1


# -- who gets which


def test_nobody_packs_what_they_do_not_find_in_their_register(world: World) -> None:
    own, other = made(world.authority, 1), made(world.credit, 1)
    pack = asked(world.verifier, ticked=[own.uuid, other.uuid])
    assert list(pack.items.values_list("document", flat=True)) == [own.pk]
    with pytest.raises(ActionRefused, match="请先勾选"):
        asked(world.verifier, ticked=[other.uuid])
    with pytest.raises(ActionRefused):
        asked(world.clerk, ticked=[own.uuid])
    assert post(world.clerk, "office_documents", do="zip", document=own.uuid).status_code == 404


def test_what_is_kept_from_them_before_it_is_made_is_left_out_and_not_told_of(world: World) -> None:
    case = submitted_case(world)
    kept, left = made(world.authority, 1), made(world.authority, 2, case=case)
    pack = asked(world.verifier)
    Recusal.objects.create(case=case, user=world.verifier, declared_at=MOMENT, reason="亲属")
    run(pack)
    assert dict(pack.items.values_list("document", "outcome")) == {kept.pk: "included", left.pk: "hidden"}
    assert [row["文号"] for row in index(pack)] == [kept.number]
    page = archive(pack).read("文书目录.html").decode()
    assert "另有1份打包人已不能查看" in page and str(left.number) not in page
    shown = text(get(world.verifier, "office_document_pack", pack.uuid))
    assert "有1份您现在已不能查看" in shown and str(left.number) not in shown


def test_who_has_left_meanwhile_gets_nothing(world: World) -> None:
    made(world.authority, 1)
    leaver = member(world.authority, Role.VERIFIER)
    pack = asked(leaver)
    leaver.memberships.update(until=date(2026, 11, 19))
    run(pack)
    assert (pack.state, outcomes(pack)) == ("failed", ["hidden"])
    assert get(leaver, "office_document_pack", pack.uuid).status_code == 404


def test_whether_all_is_still_theirs_is_asked_again_when_it_is_fetched(world: World) -> None:
    case = submitted_case(world)
    made(world.authority, 1)
    made(world.authority, 2, case=case)
    pack = run(asked(world.verifier))
    assert get(world.verifier, "office_document_pack_file", pack.uuid).status_code == 200
    Recusal.objects.create(case=case, user=world.verifier, declared_at=MOMENT, reason="亲属")
    assert get(world.verifier, "office_document_pack_file", pack.uuid).status_code == 404
    assert "文件不能再下载" in text(get(world.verifier, "office_document_pack", pack.uuid))
    old = pack.file.name
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction, "on_commit", lambda done: done())
        assert post(world.verifier, "office_document_pack_again", pack.uuid).status_code == 302
    assert not default_storage.exists(old)
    assert len(index(run(pack))) == 1
    assert get(world.verifier, "office_document_pack_file", pack.uuid).status_code == 200


def test_what_only_the_index_tells_of_must_still_be_theirs_too(world: World) -> None:
    case = submitted_case(world)
    made(world.authority, 1)
    without_file(world.authority, 2, case=case)
    pack = run(asked(world.verifier))
    assert sorted(outcomes(pack)) == ["included", "no_file"]
    assert get(world.verifier, "office_document_pack_file", pack.uuid).status_code == 200
    Recusal.objects.create(case=case, user=world.verifier, declared_at=MOMENT, reason="亲属")
    assert get(world.verifier, "office_document_pack_file", pack.uuid).status_code == 404


def test_another_s_pack_does_not_exist(world: World) -> None:
    made(world.authority, 1)
    pack = run(asked(world.verifier))
    colleague = member(world.authority, Role.VERIFIER, Role.SUPERVISOR)
    for name in ("office_document_pack", "office_document_pack_progress", "office_document_pack_file"):
        assert get(colleague, name, pack.uuid).status_code == 404
    assert post(colleague, "office_document_pack_again", pack.uuid).status_code == 404
    assert str(pack.uuid) not in text(get(colleague, "office_document_packs"))
    assert str(pack.uuid) in text(get(world.verifier, "office_document_packs"))
    with pytest.raises(NotYours):
        packing.make_again(pack=pack, actor=colleague, now=moment())


def test_a_letter_of_enquiry_is_packed_only_for_who_may_open_it(world: World) -> None:
    """It has the code that answers it."""
    case = verifying_case(world)
    enquiry = enquiries.ask(
        step=case.steps.get(phase="verify"),
        actor=world.verifier,
        today=TODAY,
        office=OfficeFactory(),
        email="asked@example.gov",
        question="罚款是否已经缴清？",
    )
    letter = enquiry.document
    assert letter is not None
    letter.file.save("one.pdf", ContentFile(pdf_of()), save=False)
    letter.sha256, letter.state = hashlib.sha256(pdf_of()).hexdigest(), "ready"
    letter.save()
    made(world.authority, 9)
    assert outcomes(run(asked(world.verifier))) == ["included", "included"]
    refused = run(asked(world.approver))
    assert sorted(outcomes(refused)) == ["closed", "included"]
    reasons = [row["未收入的原因"] for row in index(refused)]
    assert "协查函，只有发函和回复的单位能打开" in reasons
    assert len([name for name in archive(refused).namelist() if name.endswith(".pdf")]) == 1
