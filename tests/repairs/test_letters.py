"""Letters of commitment: signed on the screen once for all, or printed; and what a signature is worth."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader, PdfWriter

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Attachment, Case, TimelineEvent
from credit_repair.core import clock
from credit_repair.core.models import AuditEntry
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.models import Document
from credit_repair.notices.strokes import MOST_BYTES, SignatureRefused, strokes_of
from credit_repair.people.capacity import capacity_of
from credit_repair.people.models import MandateApplication, Role
from credit_repair.people.services import end_mandate
from credit_repair.registry.models import Subject
from credit_repair.repairs import services as repairs
from credit_repair.repairs.models import LetterSignature
from credit_repair.repairs.presenters.common import documents_of
from credit_repair.repairs.selectors import has_commitment
from tests.registry.factories import RecordFactory
from tests.repairs.signing import AS_SENT, WRITTEN, a_signature
from tests.world import (
    TODAY,
    World,
    answer,
    bring,
    build_world,
    clerk_of,
    do,
    draft,
    fresh,
    make_user,
    member,
    submitted_case,
    upload,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture(autouse=True)
def quick_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """How a letter looks, tests/notices sees; here it is one empty page."""
    writer, page = PdfWriter(), BytesIO()
    writer.add_blank_page(100, 100)
    writer.write(page)
    monkeypatch.setattr("credit_repair.notices.render.render_pdf", lambda **_: page.getvalue())


def basket_of(world: World, count: int) -> list[Case]:
    """A basket with so many drafts."""
    first = draft(world)
    more = [RecordFactory(subject=world.subject, authority=world.authority) for _ in range(count - 1)]
    repairs.add_records(filing=first.filing, records=more, actor=world.clerk, today=TODAY)
    return repairs.drafts_of(first.filing)


def sign(world: World, case: Case, **changed: Any) -> list[LetterSignature]:
    given = {
        "filing": case.filing,
        "actor": world.clerk,
        "today": TODAY,
        "name": "周小敏",
        "strokes": a_signature(),
    }
    return repairs.sign_letters(**{**given, **changed})


def as_clerk(world: World) -> Client:
    client = Client()
    client.force_login(world.clerk)
    return client


def page(world: World, case: Case, name: str = "letters", *args: Any) -> str:
    return reverse(f"my_filing_{name}", args=[case.filing.uuid, *args])


def post(world: World, case: Case, **changed: str) -> HttpResponse:
    given = {"name": "周小敏", "agreed": "on", "strokes": AS_SENT, **changed}
    return as_clerk(world).post(page(world, case, "sign"), given)  # type: ignore[return-value]


# -- one signature for all


def test_one_signature_signs_every_letter_of_the_basket_each_a_document_of_its_own(world: World) -> None:
    cases = basket_of(world, 3)
    signed = sign(world, cases[0])

    assert len(signed) == 3
    documents = [signature.document for signature in signed]
    assert len({document.uuid for document in documents}) == 3
    for case, document in zip(cases, documents, strict=True):
        assert document.context["record"]["document_number"] == case.record.doc_no
        assert document.context["signature"]["name"] == "周小敏"
        assert document.context["signature"]["capacity"] == "经办人"
        assert document.context["signature"]["signed_at"].startswith("2026年11月20日 ")
        assert document.context["signed_on"] == "2026-11-20"
        assert document.context["document_uuid"] == document.uuid.hex
        assert has_commitment(fresh(case))
        assert TimelineEvent.objects.filter(case=case, action="sign_letter", audience="public").exists()
    assert AuditEntry.objects.filter(action="repair.sign_letter").count() == 3


def test_what_has_a_letter_already_is_not_signed_again(world: World) -> None:
    one, two, three = basket_of(world, 3)
    bring(world, one, Attachment.Kind.COMMITMENT)
    sign(world, two, only=[two])

    assert [signature.case_id for signature in sign(world, three)] == [three.pk]
    with pytest.raises(ActionRefused) as caught, transaction.atomic():
        sign(world, three)
    assert caught.value.code == "nothing_to_sign"


def test_a_signed_application_is_complete_and_its_receipt_names_the_letter(world: World) -> None:
    case = draft(world)
    answer(world, case)
    bring(world, case, Attachment.Kind.PROOF)
    sign(world, case)
    case = fresh(case)
    do(case, "submit", world.clerk)

    receipt = Document.objects.get(kind="receipt_of_materials").context
    assert receipt["materials"][0]["name"] == "信用修复承诺书（已在线签署）"
    assert len(receipt["materials"]) == 2


def test_only_the_signed_letter_is_among_the_documents(world: World) -> None:
    case = draft(world)
    repairs.letter_to_sign(case=case, actor=world.clerk, today=TODAY)
    assert documents_of(fresh(case)) == []

    signature = sign(world, case)[0]
    as_clerk(world).get(page(world, case, "letter", case.uuid))  # makes its PDF
    (found,) = documents_of(fresh(case))
    assert found["name"] == "信用修复承诺书（已在线签署）"
    assert str(signature.document.uuid) in found["href"]


# -- what it is worth


@pytest.mark.parametrize("what", ["name", "record", "authority"])
def test_a_signature_under_another_letter_does_not_count(world: World, what: str) -> None:
    case = draft(world)
    sign(world, case)
    if what == "name":
        Subject.objects.filter(pk=world.subject.pk).update(name="改名后的公司")
    elif what == "record":
        world.record.fine = 88
        world.record.save()
    else:
        world.authority.name = "改名后的局"
        world.authority.save()

    assert not has_commitment(fresh(case))
    assert "需要重新签" in as_clerk(world).get(page(world, case)).content.decode()
    again = sign(world, case)
    assert len(again) == 1 and LetterSignature.objects.count() == 1
    assert has_commitment(fresh(case))


def test_what_happens_after_it_was_handed_in_takes_nothing_back(world: World) -> None:
    case = draft(world)
    answer(world, case)
    bring(world, case, Attachment.Kind.PROOF)
    sign(world, case)
    case = fresh(case)
    do(case, "submit", world.clerk)
    Subject.objects.filter(pk=world.subject.pk).update(name="改名后的公司")

    assert has_commitment(fresh(case))


def test_a_signature_can_be_taken_back_until_it_is_handed_in(world: World) -> None:
    case = draft(world)
    answer(world, case)
    bring(world, case, Attachment.Kind.PROOF)
    sign(world, case)
    repairs.unsign_letter(case=case, actor=world.clerk, today=TODAY)
    assert not has_commitment(fresh(case))
    assert documents_of(fresh(case)) == []
    repairs.unsign_letter(case=case, actor=world.clerk, today=TODAY)  # twice is once

    sign(world, case)
    do(fresh(case), "submit", world.clerk)
    with pytest.raises(ActionRefused), transaction.atomic():
        repairs.unsign_letter(case=case, actor=world.clerk, today=TODAY)
    assert LetterSignature.objects.count() == 1


def test_a_letter_of_what_was_handed_in_is_not_made_anew_beside_drafts(world: World) -> None:
    one, _two = basket_of(world, 2)
    answer(world, one)
    bring(world, one, Attachment.Kind.COMMITMENT, Attachment.Kind.PROOF)
    do(fresh(one), "submit", world.clerk)

    with pytest.raises(ActionRefused, match="已经提交"), transaction.atomic():
        repairs.letter_to_sign(case=one, actor=world.clerk, today=TODAY)


# -- who


def test_nobody_else_signs(world: World) -> None:
    case = draft(world)
    for stranger in (make_user(), world.intake, clerk_of(build_world().subject)):
        with pytest.raises(NotYours), transaction.atomic():
            sign(world, case, actor=stranger)
    end_mandate(mandate=world.clerk.mandates.get(), until=TODAY - timedelta(days=1))
    with pytest.raises(NotYours), transaction.atomic():
        sign(world, case)


def test_at_a_window_the_letter_is_paper(world: World) -> None:
    clerk = member(world.credit, Role.WINDOW)
    filing = repairs.open_basket(subject=world.subject, actor=clerk, today=TODAY, window_office=world.credit)
    (case,) = repairs.add_records(filing=filing, records=[world.record], actor=clerk, today=TODAY)
    with pytest.raises(ActionRefused) as caught, transaction.atomic():
        sign(world, case, actor=clerk)
    assert caught.value.code == "paper_only"

    client = Client()
    client.force_login(clerk)
    shown = client.get(reverse("window_filing_letters", args=[filing.uuid])).content.decode()
    assert "<canvas" not in shown and "由申请人签字或者盖章" in shown


@pytest.mark.parametrize(
    ("capacity", "words"),
    [("clerk", "经办人"), ("representative", "法定代表人（负责人）"), ("administrator", "破产管理人")],
)
def test_the_capacity_is_that_of_the_mandate(world: World, capacity: str, words: str) -> None:
    mandate = world.clerk.mandates.get()
    mandate.application = MandateApplication.objects.create(
        user=world.clerk,
        subject=world.subject,
        capacity=capacity,
        name=world.subject.name,
        id_type="uscc",
        code=world.subject.code,
        office=world.credit,
        state="approved",
        submitted_at=clock.now(),
        submitted_on=TODAY,
        decided_at=clock.now(),
    )
    mandate.save()
    assert capacity_of(world.clerk, subject=world.subject, on=TODAY) == words


def test_a_person_signs_for_themself(world: World) -> None:
    world.subject.kind = Subject.Kind.PERSON
    assert capacity_of(world.clerk, subject=world.subject, on=TODAY) == "本人"


def test_a_name_that_no_font_can_print_is_not_signed(world: World) -> None:
    case = draft(world)
    with pytest.raises(MissingGlyphs), transaction.atomic():
        sign(world, case, name="周\U0003134a")
    assert not LetterSignature.objects.exists()
    answered = post(world, case, name="周\U0003134a")
    assert answered.status_code == 200 and "U+3134A" in answered.content.decode()


# -- what a signature is


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "[]",
        "[[]]",
        "[[[10,10]]]",
        "[[[10,10],[12,12]]]",
        json.dumps([[[50, 50], [52, 50]] * 100]),  # long, on one spot
        "null",
        "7",
        "{}",
        '{"0": [[1,1],[200,200]]}',
        '"data:image/png;base64,AAAA"',
        "[[1,2],[3,4]]",
        '[[["1","2"],[300,300]]]',
        "[[[true,false],[300,300]]]",
        "[[[NaN,1],[300,300]]]",
        "[[[1e999,1],[300,300]]]",
        "[[[-1,1],[300,300]]]",
        "[[[1,1],[300,99999]]]",
        "[[[1,1,1],[300,300,1]]]",
        "[[[1" + "0" * 400 + ",1],[2,3]]]",
        "[" * 5000,
        "<svg/>",
        json.dumps([[[number % 300, number % 200] for number in range(7000)]]),
        json.dumps([[[1, 1], [200, 200]]] * 300),
        "[[[1,1],[200,200]]]" + " " * MOST_BYTES,
    ],
)
def test_what_is_no_signature_is_refused_in_words(text: str) -> None:
    with pytest.raises(SignatureRefused, match="签"):
        strokes_of(text)


def test_a_signature_is_kept_as_whole_numbers() -> None:
    strokes = a_signature()
    assert len(strokes) == len(WRITTEN)
    assert all(isinstance(value, int) for stroke in strokes for value in stroke)


# -- the page


def test_the_page_shows_the_whole_text_and_signs_at_once(world: World) -> None:
    cases = basket_of(world, 2)
    shown = as_clerk(world).get(page(world, cases[0])).content.decode()
    for words in (
        "就下列2条信息分别申请信用修复",
        "恢复公示等处理",
        "本承诺书将记入信用记录",
        f'value="{world.clerk}"',
        "一次签署2份承诺书",
        *(case.record.doc_no for case in cases),
    ):
        assert words in shown

    answered = post(world, cases[0])
    assert answered.status_code == 302
    assert LetterSignature.objects.count() == 2
    shown = as_clerk(world).get(page(world, cases[0])).content.decode()
    assert shown.count("已在屏幕签名") == 2 and "<canvas" not in shown
    assert post(world, cases[0]).status_code == 302, "a second press does no harm"
    assert LetterSignature.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": " "}, "请填写签署人的姓名"),
        ({"agreed": ""}, "请阅读承诺书，同意后勾选"),
        ({"strokes": ""}, "请在方框里签名"),
        ({"strokes": "[[[1,1],[3,3]]]"}, "签名太短了"),
    ],
)
def test_what_is_missing_is_said_and_the_rest_is_kept(
    world: World, changed: dict[str, str], words: str
) -> None:
    answered = post(world, draft(world), **changed)
    shown = answered.content.decode()
    assert answered.status_code == 200 and words in shown
    if "strokes" not in changed:
        assert "[[[20, 30]" in shown.replace("&quot;", '"'), "what was drawn is drawn again"
    assert not LetterSignature.objects.exists()


def test_the_way_back_to_the_check_page_is_kept(world: World) -> None:
    case = draft(world)
    shown = as_clerk(world).get(page(world, case) + "?from=check").content.decode()
    assert page(world, case, "sign") + "?from=check" in shown
    answered = as_clerk(world).post(
        page(world, case, "sign") + "?from=check",
        {"name": "周小敏", "agreed": "on", "strokes": AS_SENT},
    )
    assert answered["Location"] == page(world, case, "check")


def test_unsigning_on_the_page(world: World) -> None:
    case = draft(world)
    sign(world, case)
    answered = as_clerk(world).post(page(world, case, "unsign", case.uuid), follow=True)
    assert "已撤销这份承诺书的签名" in answered.content.decode()
    assert not LetterSignature.objects.exists()


def test_a_basket_without_drafts_leads_on(world: World) -> None:
    case = submitted_case(world)
    assert as_clerk(world).get(page(world, case)).status_code == 302


def test_another_baskets_case_is_not_found(world: World) -> None:
    case, other = draft(world), submitted_case(build_world())
    for name in ("letter", "unsign"):
        address = page(world, case, name, other.uuid)
        client = as_clerk(world)
        assert (client.post if name == "unsign" else client.get)(address).status_code == 404


# -- paper


def test_all_letters_come_in_one_file_in_their_order(world: World) -> None:
    cases = basket_of(world, 3)
    pdf = repairs.letters_in_one(filing=cases[0].filing, actor=world.clerk, today=TODAY)
    assert len(PdfReader(BytesIO(pdf)).pages) == 3
    made = Document.objects.filter(kind="commitment_letter").count()
    repairs.letters_in_one(filing=cases[0].filing, actor=world.clerk, today=TODAY)
    assert Document.objects.filter(kind="commitment_letter").count() == made == 3, "the same again"

    sign(world, cases[0], only=[cases[0]])
    pdf = repairs.letters_in_one(filing=cases[0].filing, actor=world.clerk, today=TODAY)
    assert len(PdfReader(BytesIO(pdf)).pages) == 2, "what is signed needs no paper"
    sign(world, cases[0])
    pdf = repairs.letters_in_one(filing=cases[0].filing, actor=world.clerk, today=TODAY)
    assert len(PdfReader(BytesIO(pdf)).pages) == 3, "all are signed: to be kept"


def test_a_letter_on_paper_is_for_those_that_were_not_signed_on_the_screen(world: World) -> None:
    one, two = basket_of(world, 2)
    sign(world, one, only=[one])
    kept = repairs.add_material(
        filing=one.filing,
        actor=world.clerk,
        today=TODAY,
        kind=Attachment.Kind.COMMITMENT,
        upload=upload(),
    )
    assert [attachment.case_id for attachment in kept] == [two.pk]


def test_the_letter_handed_out_is_the_signed_one(world: World) -> None:
    case = draft(world)
    client = as_clerk(world)
    client.get(page(world, case, "letter", case.uuid))
    signature = sign(world, case)[0]
    assert signature.document.state == "pending", "signing waits for no picture"
    answered = client.get(page(world, case, "letter", case.uuid))
    assert answered["Content-Type"] == "application/pdf"
    signature.document.refresh_from_db()
    assert signature.document.state == "ready"


def test_neither_page_nor_signing_asks_more_for_each_letter_than_it_must(world: World) -> None:
    def asked(count: int, act: str) -> int:
        world = build_world()
        case = basket_of(world, count)[0]
        client = as_clerk(world)
        client.get(page(world, case))
        with CaptureQueriesContext(connection) as caught:
            if act == "page":
                client.get(page(world, case))
            else:
                sign(world, case)
        return len(caught)

    assert asked(2, "page") == asked(6, "page")
    each = (asked(6, "sign") - asked(2, "sign")) / 4
    assert each <= 12, "a document, its link, the signature, an event, an audit entry, a job"


def test_the_page_of_signed_letters_asks_no_more_for_more(world: World) -> None:
    def asked(count: int) -> int:
        world = build_world()
        case = basket_of(world, count)[0]
        sign(world, case)
        client = as_clerk(world)
        client.get(page(world, case))
        with CaptureQueriesContext(connection) as caught:
            client.get(page(world, case))
        return len(caught)

    assert asked(2) == asked(6)
