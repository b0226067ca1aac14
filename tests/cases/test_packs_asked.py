"""How packs 打包 are asked for and kept, what is signed again 补签, and what each page costs."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.services import pack_making, pack_signing, packing, sweeping
from credit_repair.core import clock, jobs
from credit_repair.core.models import AuditEntry, Job
from credit_repair.notices import signing
from credit_repair.notices.models import Document, DocumentPack
from credit_repair.people.audit_words import ACTIONS, OBJECTS
from credit_repair.people.models import User
from tests.cases.packs import (
    asked,
    get,
    made,
    moment,
    outcomes,
    post,
    run,
    text,
    without_file,
)
from tests.registry.factories import MOMENT
from tests.world import TODAY, World, signed_in, submitted_case

# -- asking for it on the register


def test_ticked_documents_are_asked_for_from_the_list(world: World) -> None:
    one, _two = made(world.authority, 1), made(world.authority, 2)
    answer = post(world.verifier, "office_documents", do="print", document=one.uuid, two_sided="on")
    pack = DocumentPack.objects.get()
    assert answer["Location"] == reverse("office_document_pack", args=[pack.uuid])
    assert (pack.kind, pack.order, pack.two_sided, pack.total) == ("print", "newest", True, 1)
    assert Job.objects.get(name="make_pack").payload == {"pack": str(pack.uuid)}
    entry = AuditEntry.objects.get(action="pack.print")
    assert (entry.actor_id, entry.object_id, entry.data) == (
        world.verifier.pk,
        str(pack.uuid),
        {"documents": 1},
    )


def test_all_that_the_filters_find_is_taken_whatever_is_ticked(world: World) -> None:
    wanted = [made(world.authority, serial) for serial in (1, 2)]
    other = made(world.authority, 3, kind="decision_refuse")
    chosen = {"do": "zip", "everything": "on", "document": other.uuid}
    assert (
        post(world.verifier, "office_documents", query="?kind=decision_approve", **chosen).status_code == 302
    )
    pack = DocumentPack.objects.get()
    assert set(pack.items.values_list("document", flat=True)) == {each.pk for each in wanted}


@pytest.mark.parametrize(
    ("given", "query", "words"),
    [
        ({"do": "zip"}, "", "请先勾选文书"),
        ({"do": "zip", "document": "no uuid"}, "", "请先勾选文书"),
        ({"do": "burn", "document": "one"}, "", "没有这样的操作"),
        ({"document": "one"}, "", "请选择打包下载、合并打印或者补签"),
        ({"do": "zip", "order": "size", "document": "one"}, "", "没有这样的次序"),
        ({"do": "zip", "everything": "on"}, "?since=yesterday", "筛选条件有误"),
        ({"do": "zip", "everything": "on"}, "?standing=void", "没有符合条件的文书"),
        ({"do": "sign", "document": "one"}, "", "没有需要补签的"),
        ({"do": "sign"}, "", "请先勾选文书"),
    ],
)
def test_what_cannot_be_done_is_said_on_the_list_which_keeps_the_ticks(
    world: World, given: dict[str, str], query: str, words: str
) -> None:
    document = made(world.authority, 1)
    if given.get("document") == "one":
        given = {**given, "document": str(document.uuid)}
    answer = post(world.verifier, "office_documents", query=query, **given)
    page = text(answer)
    assert answer.status_code == 422 and words in page
    if not query:
        assert (f'value="{document.uuid}" checked' in page) == (str(document.uuid) == given.get("document"))
    assert not DocumentPack.objects.exists() and not Job.objects.filter(name="make_pack").exists()


def test_more_than_the_limit_is_refused_with_the_number(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert packing.MOST == 500
    monkeypatch.setattr(packing, "MOST", 3)
    for serial in range(1, 6):
        made(world.authority, serial)
    answer = post(world.verifier, "office_documents", do="zip", everything="on")
    assert "选中的文书有5份，一次最多3份" in text(answer)
    monkeypatch.setattr(packing, "MOST", 5)
    assert asked(world.verifier).total == 5


def test_the_same_asked_twice_is_one_pack_and_three_may_be_under_way(world: World) -> None:
    documents = [made(world.authority, serial) for serial in range(1, 5)]
    one = asked(world.verifier)
    assert asked(world.verifier) == one
    others = [asked(world.verifier, ticked=[each.uuid]) for each in documents[:2]]
    with pytest.raises(ActionRefused, match="已有3个打包还没有做完"):
        asked(world.verifier, ticked=[documents[2].uuid])
    run(others[0])
    asked(world.verifier, ticked=[documents[2].uuid])
    asked(world.approver)


def test_the_list_finds_what_has_no_file_and_offers_to_sign_it(world: World) -> None:
    made(world.authority, 1)
    assert "补签" not in text(get(world.verifier, "office_documents"))
    without_file(world.authority, 2)
    without_file(world.authority, 3, signing_failures=1)
    page = text(get(world.verifier, "office_documents"))
    assert "正在生成" in page and "没有签章成功</span>" in page and "这里有2份还没有PDF" in page
    for paper, count in (("ready", 1), ("pending", 2), ("unsigned", 1)):
        assert f"共{count}份" in text(get(world.verifier, "office_documents", query=f"?paper={paper}"))


# -- made and signed again


class Broken:
    """A key that does not work, and counts how often it was tried."""

    tried = 0

    def sign(self, pdf: bytes, *, office: str, reason: str) -> signing.Signed:
        self.tried += 1
        raise signing.CannotSign("the key cannot be read")


def test_what_could_not_be_signed_is_signed_at_once(world: World) -> None:
    case = submitted_case(world)
    pending = Document.objects.get(case_link__case=case, state="pending")
    later = timezone.now() + timedelta(hours=3)
    Document.objects.filter(pk=pending.pk).update(signing_failures=4, try_again_at=later)
    made(world.credit, 7)
    pack = asked(world.intake, "sign")
    assert list(pack.items.values_list("document", flat=True)) == [pending.pk]
    run(pack)
    pending.refresh_from_db()
    assert (pack.state, outcomes(pack), pending.state) == ("ready", ["made"], "ready")
    assert "已补齐" in text(get(world.intake, "office_document_pack", pack.uuid))
    assert get(world.intake, "office_document_pack_file", pack.uuid).status_code == 404
    assert AuditEntry.objects.get(action="pack.made").data == {"documents": 1, "left_out": 0}


def test_a_key_that_does_not_work_is_not_tried_for_each(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Document.objects.get(case_link__case=submitted_case(world), state="pending")
    for _copy in range(5):
        source.pk, source.uuid, source.check_code = None, uuid4(), None
        source._state.adding = True
        source.save()
    broken = Broken()
    monkeypatch.setattr(signing, "signer", lambda: broken)
    pack = run(asked(world.intake, "sign"))
    assert broken.tried == pack_signing.TIRED_AFTER
    assert sorted(outcomes(pack)) == ["spared"] * 3 + ["unsigned"] * 3
    assert pack.state == "ready"
    page = text(get(world.intake, "office_document_pack", pack.uuid))
    assert "系统会按时自动再试" in page and "再补签一次" in page


def test_one_that_cannot_be_made_does_not_keep_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [without_file(world.authority, serial) for serial in (1, 2, 3)]

    def render(*, document_id: int) -> Document:
        if document_id == documents[1].pk:
            raise ValueError("a template is broken")
        document = Document.objects.get(pk=document_id)
        document.state = Document.State.READY
        return document

    monkeypatch.setattr(pack_signing, "render", render)
    assert outcomes(run(asked(world.verifier, "sign", order="number"))) == ["made", "failed", "made"]


def test_signing_leaves_room_for_other_work_and_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_signing, "AT_ONCE", 2)
    monkeypatch.setattr(pack_signing, "render", lambda document_id: Document(state="ready"))
    for serial in range(1, 6):
        without_file(world.authority, serial)
    with clock.assume(TODAY):
        pack = asked(world.verifier, "sign")
        done = []
        for _turn in range(3):
            assert jobs.run(Job.objects.get(name="make_pack", state="waiting").pk)
            pack.refresh_from_db()
            done.append((pack.done, pack.state))
    assert done == [(2, "making"), (4, "making"), (5, "ready")]
    assert not Job.objects.filter(name="make_pack", state="waiting").exists()


# -- what is kept, and how long


def test_who_fetches_it_gets_a_file_to_save_and_is_on_record(world: World) -> None:
    made(world.authority, 1)
    pack = run(asked(world.verifier, "print"))
    answer = get(world.verifier, "office_document_pack_file", pack.uuid)
    assert hashlib.sha256(b"".join(answer)).hexdigest() == pack.sha256
    assert "attachment" in answer["Content-Disposition"] and "2026-11-20.pdf" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "private, no-store" and "sandbox" in answer["Content-Security-Policy"]
    entry = AuditEntry.objects.get(action="pack.download")
    assert (entry.actor_id, entry.data) == (world.verifier.pk, {"sha256": pack.sha256})
    assert {entry.action for entry in AuditEntry.objects.filter(action__startswith="pack.")} <= set(ACTIONS)
    assert entry.object_type in OBJECTS


def test_a_pack_is_gone_after_a_week_and_so_is_its_file(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    made(world.authority, 1)
    old, young = run(asked(world.verifier)), asked(world.approver)
    DocumentPack.objects.filter(pk=young.pk).update(expires_at=moment() + timedelta(days=8))
    later = moment() + packing.KEPT
    with clock.assume(TODAY + packing.KEPT + timedelta(days=1)):
        answer = signed_in(world.verifier).get(reverse("office_document_pack", args=[old.uuid]))
    assert answer.status_code == 404, "its time is over, whether or not it was swept"
    assert packing.sweep_packs(now=later - timedelta(seconds=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert packing.sweep_packs(now=later) == 1
    assert not default_storage.exists(old.file.name)
    assert list(DocumentPack.objects.all()) == [young]
    assert packing.sweep_packs(now=later) == 0


def test_a_pack_that_expires_while_it_is_made_leaves_nothing(world: World) -> None:
    made(world.authority, 1)
    pack = asked(world.verifier)

    def expire() -> None:
        packing.sweep_packs(now=moment() + packing.KEPT)

    pack_making.make_pack(uuid=pack.uuid, on=TODAY, at=moment(), hold=expire)
    assert not DocumentPack.objects.exists() and not default_storage.exists(f"packs/{pack.uuid}.zip")
    assert not pack_making.make_pack(uuid=pack.uuid, on=TODAY, at=moment(), hold=expire)


def test_bytes_of_a_pack_that_no_row_names_are_swept(world: World) -> None:
    made(world.authority, 1)
    pack = run(asked(world.verifier))
    stray = default_storage.save("packs/stray.zip", ContentFile(b"PK"))
    sweeping.sweep_orphans(now=timezone.now() + timedelta(days=2))
    assert not default_storage.exists(stray) and default_storage.exists(pack.file.name)


@pytest.mark.parametrize(
    "broken",
    [
        {"done": 9},
        {"total": 0},
        {"state": "ready"},
        {"expires_at": MOMENT - timedelta(days=99)},
        {"state": "failed"},
    ],
)
def test_the_database_refuses_what_must_not_be(world: World, broken: dict[str, Any]) -> None:
    made(world.authority, 1)
    pack = asked(world.verifier)
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentPack.objects.filter(pk=pack.pk).update(**broken)


# -- what it costs


def queries_of(user: User, name: str, *arguments: Any) -> int:
    client = signed_in(user)
    with clock.assume(TODAY), CaptureQueriesContext(connection) as counted:
        assert client.get(reverse(name, args=arguments)).status_code == 200
    return len(counted)


def test_the_list_of_packs_costs_the_same_however_many_there_are(world: World) -> None:
    documents = [made(world.authority, serial) for serial in range(1, 12)]
    run(asked(world.verifier, ticked=[documents[0].uuid]))
    few = queries_of(world.verifier, "office_document_packs")
    for each in documents[1:]:
        run(asked(world.verifier, ticked=[each.uuid]))
    assert queries_of(world.verifier, "office_document_packs") == few <= 20


def test_a_pack_s_page_costs_the_same_for_forty_documents_as_for_two(world: World) -> None:
    case = submitted_case(world)
    for serial in range(1, 41):
        made(world.authority, serial, case=case if serial % 2 else None, addressee=world.subject)
    two = Document.objects.filter(serial__in=(1, 2), office=world.authority).values_list("uuid", flat=True)
    small, large = run(asked(world.verifier, ticked=list(two))), run(asked(world.verifier))
    few = queries_of(world.verifier, "office_document_pack", small.uuid)
    assert queries_of(world.verifier, "office_document_pack", large.uuid) == few <= 28


def test_making_a_pack_costs_by_the_portion_and_not_by_the_document(world: World) -> None:
    case = submitted_case(world)
    for serial in range(1, 21):
        made(world.authority, serial, case=case, addressee=world.subject)
    some = Document.objects.filter(serial__lte=2, office=world.authority).values_list("uuid", flat=True)
    costs = []
    for pack in (asked(world.verifier, ticked=list(some)), asked(world.verifier)):
        with CaptureQueriesContext(connection) as counted:
            run(pack)
        costs.append(len(counted))
    assert costs[0] == costs[1] <= 24


# -- how many there may be


def test_made_again_it_is_one_of_the_three_under_way(world: World) -> None:
    documents = [made(world.authority, serial) for serial in range(1, 5)]
    done = run(asked(world.verifier, ticked=[documents[3].uuid]))
    for each in documents[:3]:
        asked(world.verifier, ticked=[each.uuid])
    with pytest.raises(ActionRefused, match="已有3个打包还没有做完"):
        packing.make_again(pack=done, actor=world.verifier, now=moment())
    with clock.assume(TODAY):
        address = reverse("office_document_pack_again", args=[done.uuid])
        page = text(signed_in(world.verifier).post(address, follow=True))
    assert "已有3个打包还没有做完" in page and "已经重新排队" not in page
    done.refresh_from_db()
    assert done.state == "ready" and done.file


def test_twenty_are_kept_at_most_and_the_words_say_for_how_long(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert packing.MOST_KEPT == 20
    monkeypatch.setattr(packing, "MOST_KEPT", 2)
    documents = [made(world.authority, serial) for serial in range(1, 4)]
    for each in documents[:2]:
        run(asked(world.verifier, ticked=[each.uuid]))
    with pytest.raises(ActionRefused, match="已有2个打包，每个保留7天"):
        asked(world.verifier, ticked=[documents[2].uuid])
    asked(world.approver)
    DocumentPack.objects.filter(asked_by=world.verifier).update(expires_at=moment())
    asked(world.verifier, ticked=[documents[2].uuid])
