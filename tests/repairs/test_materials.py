"""The materials of a basket on its pages: whole or in parts, at the applicant's and at the window's side."""

import hashlib
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases.models import Attachment, Case, StoredFile, Upload
from credit_repair.cases.services.uploading import PART_BYTES
from credit_repair.core.files.refusals import NotNow
from credit_repair.people.models import Role
from credit_repair.people.services.mandates import end_own_mandate
from credit_repair.repairs import services as repairs
from credit_repair.repairs.services import uploads
from tests.core.files import SCRIPT, in_root
from tests.registry.factories import RecordFactory
from tests.sides import TO_CORRECT, window_draft
from tests.world import (
    PDF,
    PNG,
    TODAY,
    World,
    bring,
    build_world,
    clerk_of,
    do,
    draft,
    fresh,
    member,
    submitted_case,
    upload,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
CONTENT = PDF.ljust(PART_BYTES * 3 // 2, b"\n")


@pytest.fixture
def client(world: World) -> Client:
    made = Client()
    made.force_login(world.clerk)
    return made


def two_drafts(world: World) -> tuple[Case, Case]:
    """A basket of two records."""
    first = draft(world)
    record = RecordFactory(subject=world.subject, authority=world.authority)
    (second,) = repairs.add_records(filing=first.filing, records=[record], actor=world.clerk, today=TODAY)
    return first, second


def page(case: Case, name: str = "filing_materials", *more: Any, side: str = "my") -> str:
    arguments = more or (["proof"] if name == "filing_materials" else [])
    return reverse(f"{side}_{name}", args=[case.filing.uuid, *arguments])


def begin(client: Client, case: Case, /, *, side: str = "my", **changed: Any) -> Any:
    said = {"kind": "proof", "name": "凭证.pdf", "size": len(CONTENT), "fingerprint": "f", **changed}
    return client.post(page(case, "upload_begin", side=side), said)


def send(client: Client, address: str, at: int, content: bytes = CONTENT) -> Any:
    return client.post(
        address,
        data=content[at : at + PART_BYTES],
        content_type="application/octet-stream",
        headers={"upload-offset": str(at)},
    )


def send_all(client: Client, begun: dict[str, Any], content: bytes = CONTENT) -> Any:
    at = begun["received"]
    while at < len(content):
        at = send(client, begun["upload"], at, content).json()["received"]
    return client.post(begun["end"])


# -- the plain form


def test_a_file_is_the_material_of_every_record_until_somebody_says_otherwise(
    world: World, client: Client
) -> None:
    first, second = two_drafts(world)
    answered = client.post(page(first), {"file": [upload("甲.pdf"), upload("乙.png", PNG)]}, follow=True)
    assert answered.redirect_chain == [(page(first), 302)]
    assert "已保存：甲.pdf、乙.png" in answered.content.decode()
    assert first.attachments.count() == second.attachments.count() == 2

    stored = StoredFile.objects.get(name="乙.png")
    client.post(page(first, "filing_use_material", "proof", stored.uuid), {"case": [str(second.uuid)]})
    assert [item.name for item in first.attachments.all()] == ["甲.pdf"]
    shown = client.get(page(first)).content.decode()
    assert "用于全部2条信息" in shown and "用于1条信息，共2条" in shown

    client.post(page(first, "filing_drop_material", "proof", stored.uuid))
    assert not StoredFile.objects.filter(pk=stored.pk).exists()


def test_what_is_good_is_kept_and_what_is_not_is_named(world: World, client: Client) -> None:
    case = draft(world)
    answered = client.post(page(case), {"file": [upload("坏.pdf", b"%PDF-1.4 no"), upload("好.pdf")]})
    said = answered.content.decode()
    assert answered.status_code == 200 and "坏.pdf：这个PDF不完整" in said and 'href="#file"' in said
    assert [item.name for item in case.attachments.all()] == ["好.pdf"]


def test_nothing_chosen_is_said_at_the_field(world: World, client: Client) -> None:
    answered = client.post(page(draft(world)), {})
    assert "请选择要上传的文件。" in answered.content.decode()


def test_a_file_stays_with_one_record_at_least(world: World, client: Client) -> None:
    first, second = two_drafts(world)
    bring(world, first, Attachment.Kind.PROOF)
    stored = StoredFile.objects.get()
    for chosen in ([], ["nonsense"], [str(submitted_case(world, record=_other(world)).uuid)]):
        answered = client.post(
            page(first, "filing_use_material", "proof", stored.uuid), {"case": chosen}, follow=True
        )
        assert "请" in answered.content.decode()
    assert first.attachments.count() == 1 and second.attachments.count() == 0


def _other(world: World) -> Any:
    return RecordFactory(subject=world.subject, authority=world.authority)


def test_a_record_without_a_proof_is_named_where_others_have_one(world: World, client: Client) -> None:
    first, second = two_drafts(world)
    bring(world, first, Attachment.Kind.PROOF)
    said = client.get(page(first)).content.decode()
    assert "下面的信息还没有材料" in said and second.record.doc_no in said


def test_each_kind_of_record_says_what_proves_performance(world: World, client: Client) -> None:
    case = draft(world, record=RecordFactory(subject=world.subject, authority=world.authority))
    said = client.get(page(case)).content.decode()
    assert "缴款凭证" in said and "补报年度报告" not in said


def test_whoever_came_from_the_check_page_goes_back_there(world: World, client: Client) -> None:
    case = draft(world)
    address = page(case) + "?from=check"
    client.post(address, {"file": upload()})
    said = client.get(address).content.decode()
    assert f'href="{page(case, "filing_check")}"' in said
    stored = StoredFile.objects.get()
    dropped = client.post(page(case, "filing_drop_material", "proof", stored.uuid) + "?from=check")
    assert dropped["Location"] == address


def test_signed_letters_have_a_page_of_their_own(world: World, client: Client) -> None:
    case = draft(world)
    address = page(case, "filing_materials", "commitment")
    assert client.get(address)["Location"] == page(case, "filing_letters")
    assert client.post(address, {"file": upload()})["Location"] == page(case, "filing_letters")
    assert case.attachments.get().kind == "commitment"


@pytest.mark.parametrize("kind", ["form", "other", "withdrawal", "nonsense"])
def test_other_kinds_are_not_brought_online(world: World, client: Client, kind: str) -> None:
    case = draft(world)
    assert client.post(page(case, "filing_materials", kind), {"file": upload()}).status_code == 404


def test_what_was_handed_in_is_changed_no_more(world: World, client: Client) -> None:
    case = submitted_case(world)
    stored = case.attachments.get(kind="proof").stored
    client.post(page(case), {"file": upload("late.pdf", PDF + b"late")})
    client.post(page(case, "filing_drop_material", "proof", stored.uuid))
    client.post(page(case, "filing_use_material", "proof", stored.uuid), {"case": [str(case.uuid)]})
    assert begin(client, case).status_code == 422
    assert fresh(case).attachments.count() == 2 and not Upload.objects.exists()


def test_the_page_asks_no_more_for_many_files_and_records(world: World, client: Client) -> None:
    first, _second = two_drafts(world)

    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(page(first)).status_code == 200
        return len(caught)

    for number in range(2):
        client.post(page(first), {"file": upload(content=PDF + b"%d" % number)})
    cost()
    few = cost()
    for number in range(2, 8):
        client.post(page(first), {"file": upload(content=PDF + b"%d" % number)})
        begin(client, first, fingerprint=str(number))
    records = [_other(world) for _number in range(4)]
    repairs.add_records(filing=first.filing, records=records, actor=world.clerk, today=TODAY)
    assert cost() <= few + 1, "one more for the parts of files on their way"


# -- in parts


def test_a_file_that_comes_in_parts_is_a_material_like_any_other(world: World, client: Client) -> None:
    first, second = two_drafts(world)
    begun = begin(client, first).json()
    assert (begun["received"], begun["part"]) == (0, PART_BYTES)
    ended = send_all(client, begun)
    assert ended.json() == {"redirect": page(first)}
    stored = StoredFile.objects.get()
    assert stored.sha256 == hashlib.sha256(CONTENT).hexdigest() and stored.name == "凭证.pdf"
    assert first.attachments.count() == second.attachments.count() == 1
    assert not Upload.objects.exists()


def test_a_file_in_parts_may_be_for_one_record_alone(world: World, client: Client) -> None:
    first, second = two_drafts(world)
    ended = send_all(client, begin(client, first, kind="commitment", case=str(second.uuid)).json())
    assert ended.json() == {"redirect": page(first, "filing_letters")}
    assert first.attachments.count() == 0 and second.attachments.get().kind == "commitment"


def test_after_a_broken_line_it_goes_on_where_it_was(world: World, client: Client) -> None:
    case = draft(world)
    send(client, begin(client, case).json()["upload"], 0)
    said = client.get(page(case)).content.decode()
    assert "还有没有传完的文件" in said and "凭证.pdf（已收到66%）" in said
    again = begin(client, case).json()
    assert again["received"] == PART_BYTES
    assert send_all(client, again).status_code == 200


def test_a_part_out_of_turn_is_told_where_to_go_on(world: World, client: Client) -> None:
    begun = begin(client, draft(world)).json()
    early = send(client, begun["upload"], PART_BYTES)
    assert (early.status_code, early.json()) == (409, {"received": 0})
    unfinished = client.post(begun["end"])
    assert (unfinished.status_code, unfinished.json()) == (409, {"received": 0})


def test_a_part_that_is_too_long_is_not_read(world: World, client: Client) -> None:
    begun = begin(client, draft(world)).json()
    answered = client.post(
        begun["upload"], data=b"x" * (PART_BYTES + 1), content_type="application/octet-stream"
    )
    assert answered.status_code == 413 and "请" in answered.json()["words"]


@pytest.mark.parametrize(
    "changed",
    [
        {"size": "many"},
        {"kind": "withdrawal"},
        {"kind": "other"},
        {"kind": "form"},
        {"fingerprint": ""},
        {"name": ""},
        {"name": "a\0b"},
        {"case": "nonsense"},
        {"item": 1},
        {"size": 11 * 1024 * 1024},
        {"size": 0},
    ],
)
def test_what_cannot_come_in_is_refused_before_a_byte_is_sent(
    world: World, client: Client, changed: dict[str, Any]
) -> None:
    answered = begin(client, draft(world), **changed)
    assert answered.status_code == 422 and "请" in answered.json()["words"]
    assert not Upload.objects.exists()


def test_a_file_that_cannot_be_taken_is_forgotten_with_words(world: World, client: Client) -> None:
    case = draft(world)
    bad = in_root(OpenAction=SCRIPT)
    ended = send_all(client, begin(client, case, size=len(bad)).json(), bad)
    assert ended.status_code == 422 and "自动运行" in ended.json()["words"]
    assert not Upload.objects.exists() and not StoredFile.objects.exists()


def test_a_file_that_cannot_be_looked_at_now_waits(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_content: bytes) -> None:
        raise NotNow("暂时不能检查文件，请稍后再试。")

    begun = begin(client, draft(world)).json()
    with monkeypatch.context() as patched:
        patched.setattr("credit_repair.core.uploads.scan", silent)
        ended = send_all(client, begun)
        assert ended.status_code == 503 and "稍后再试" in ended.json()["words"]
    assert client.post(begun["end"]).status_code == 200, "all of it is still there"


def test_ending_twice_makes_one_material(world: World, client: Client) -> None:
    case = draft(world)
    begun = begin(client, case).json()
    assert send_all(client, begun).status_code == 200
    second = client.post(begun["end"])
    assert second.status_code == 404 and "已经传完" in second.json()["words"]
    assert case.attachments.count() == 1


@pytest.mark.parametrize("name", ["..", ".", "x/", "/", "a." + "b" * 250, "a." + "中" * 100, "\u202e.pdf"])
def test_a_file_may_be_called_anything(world: World, client: Client, name: str) -> None:
    case = draft(world)
    assert send_all(client, begin(client, case, name=name).json()).status_code == 200
    assert case.attachments.get().name.endswith(".pdf") and not Upload.objects.exists()


def test_another_content_in_the_place_of_a_part_is_refused_with_words(world: World, client: Client) -> None:
    begun = begin(client, draft(world)).json()
    send(client, begun["upload"], 0)
    answered = send(client, begun["upload"], 0, b"x" * PART_BYTES)
    assert answered.status_code == 409 and "改动过" in answered.json()["words"]


def test_a_file_on_its_way_can_be_given_up(world: World, client: Client) -> None:
    case = draft(world)
    begun = begin(client, case).json()
    send(client, begun["upload"], 0)
    assert client.post(begun["end"], {"drop": "1"})["Location"] == page(case)
    assert not Upload.objects.exists()


def test_nobody_else_goes_on_with_it(world: World, client: Client) -> None:
    case = draft(world)
    begun = begin(client, case).json()
    colleague, stranger = Client(), Client()
    colleague.force_login(clerk_of(world.subject, name="同事"))
    stranger.force_login(clerk_of(_other(build_world()).subject, name="别人"))
    for other in (colleague, stranger):
        assert send(other, begun["upload"], 0).status_code == 404
        assert other.post(begun["end"]).status_code == 404
        assert other.post(begun["end"], {"drop": "1"}).status_code == 404
    assert begin(stranger, case).status_code == 404
    assert Upload.objects.get().parts.count() == 0


def test_whoever_no_longer_acts_for_the_subject_sends_no_more(world: World, client: Client) -> None:
    begun = begin(client, draft(world)).json()
    send(client, begun["upload"], 0)
    end_own_mandate(mandate=world.clerk.mandates.get(), actor=world.clerk, today=TODAY)
    assert send(client, begun["upload"], PART_BYTES).status_code == 404
    assert client.post(begun["end"]).status_code == 404


def test_what_is_handed_in_meanwhile_takes_no_more_parts(world: World, client: Client) -> None:
    case = draft(world)
    begun = begin(client, case).json()
    do(case, "discard", world.clerk)
    answered = send(client, begun["upload"], 0)
    assert answered.status_code == 422 and "已经提交" in answered.json()["words"]


def test_a_correction_is_answered_in_parts(world: World, client: Client) -> None:
    case = submitted_case(world)
    do(case, "ask_correction", world.intake, **TO_CORRECT)
    begun = begin(client, case, kind="other", case=str(case.uuid), item=1)
    ended = send_all(client, begun.json())
    assert ended.json()["redirect"].startswith(reverse("my_repair_correction", args=[case.uuid]))
    item = case.correction_items.get()
    assert item.answered_at and item.attachments.get().sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert begin(client, case).status_code == 422, "nothing but what is asked for"


def test_the_window_brings_the_signed_form_in_parts(world: World) -> None:
    clerk = member(world.credit, Role.WINDOW)
    case = window_draft(world, clerk, _other(world))
    window = Client()
    window.force_login(clerk)
    begun = begin(window, case, side="window", kind="form").json()
    ended = send_all(window, begun)
    assert ended.json() == {"redirect": page(case, "filing_materials", "form", side="window")}
    assert case.attachments.filter(kind="form").count() == 2
    assert "签字的申请表" in window.get(ended.json()["redirect"]).content.decode()


def test_files_that_did_not_arrive_are_shown_to_who_sent_them(world: World, client: Client) -> None:
    case = draft(world)
    begin(client, case)
    assert uploads.unfinished(filing=case.filing, user=clerk_of(world.subject), kind="proof") == []
    ((found, received),) = uploads.unfinished(filing=case.filing, user=world.clerk, kind="proof")
    assert (found.name, received) == ("凭证.pdf", 0)
