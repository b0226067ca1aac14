"""Files come in by parts: nothing that has arrived is lost, nothing is taken twice, the rest is swept."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from credit_repair.cases.models import Attachment, StoredFile, Upload, UploadPart
from credit_repair.cases.services import sweeping, uploading
from credit_repair.cases.services.delivering import enter_service
from credit_repair.cases.services.uploading import PART_BYTES, OtherContent, TooMuch, WrongOffset
from credit_repair.cases.tasks import sweep_files
from credit_repair.core.clock import assume, now
from credit_repair.core.jobs import run_due
from credit_repair.core.models import AuditEntry, Job
from credit_repair.core.uploads import UploadRefused
from credit_repair.repairs import services as repairs
from tests.cases.served import BY_HAND, waiting
from tests.registry.factories import RecordFactory
from tests.world import PDF, TODAY, World, bring, clerk_of, do, draft, fresh, submitted_case
from tests.world import upload as file_of

pytestmark = pytest.mark.django_db
#: Two and a half parts of a PDF.
CONTENT = PDF.ljust(PART_BYTES * 5 // 2, b"\n")


def begin(world: World, case: Any, **changed: Any) -> Upload:
    said = {
        "kind": "proof",
        "name": "凭证.pdf",
        "size": len(CONTENT),
        "fingerprint": "f",
        "target": {},
        **changed,
    }
    return uploading.begin_upload(**{"filing": case.filing, "actor": world.clerk, **said})


def send(upload: Upload, *, until: int = len(CONTENT)) -> int:
    """Send the parts one after another; return how much is there."""
    at = uploading.received_of(upload)
    while at < until:
        at = uploading.take_part(upload=upload, offset=at, content=CONTENT[at : at + PART_BYTES])
    return at


def test_the_parts_make_the_file_that_was_sent(world: World) -> None:
    upload = begin(world, draft(world))
    send(upload)
    with uploading.put_together(upload) as whole:
        assert hashlib.sha256(whole.read()).digest() == hashlib.sha256(CONTENT).digest()
        assert (whole.name, whole.size) == ("凭证.pdf", len(CONTENT))


def test_the_same_file_goes_on_where_it_was(world: World) -> None:
    case = draft(world)
    upload = begin(world, case)
    send(upload, until=PART_BYTES)
    again = begin(world, case)
    assert again.pk == upload.pk and uploading.received_of(again) == PART_BYTES


def test_the_same_file_for_another_place_is_another_upload(world: World) -> None:
    case = draft(world)
    first, second = begin(world, case), begin(world, case, target={"item": 1})
    assert first.pk != second.pk
    assert begin(world, case, size=9).pk not in (first.pk, second.pk)


def test_a_part_that_comes_twice_is_kept_once(world: World) -> None:
    upload = begin(world, draft(world))
    for _time in range(2):
        assert uploading.take_part(upload=upload, offset=0, content=CONTENT[:PART_BYTES]) == PART_BYTES
    assert UploadPart.objects.count() == 1


@pytest.mark.parametrize(
    ("offset", "length"),
    [(PART_BYTES, PART_BYTES), (7, PART_BYTES), (0, 100), (0, 0)],
    ids=["ahead", "askew", "cut-short", "empty"],
)
def test_a_part_in_the_wrong_place_is_told_the_right_one(world: World, offset: int, length: int) -> None:
    upload = begin(world, draft(world))
    with pytest.raises(WrongOffset) as caught:
        uploading.take_part(upload=upload, offset=offset, content=b"x" * length)
    assert caught.value.received == 0 and not UploadPart.objects.exists()


def test_nothing_is_no_part_even_where_all_is_there(world: World) -> None:
    upload = begin(world, draft(world))
    send(upload)
    with pytest.raises(WrongOffset):
        uploading.take_part(upload=upload, offset=len(CONTENT), content=b"")
    assert UploadPart.objects.count() == 3


def test_another_content_in_the_place_of_a_part_is_refused(world: World) -> None:
    upload = begin(world, draft(world))
    send(upload, until=PART_BYTES)
    with pytest.raises(OtherContent, match="重新选择"):
        uploading.take_part(upload=upload, offset=0, content=b"x" * PART_BYTES)
    assert uploading.take_part(upload=upload, offset=0, content=CONTENT[:PART_BYTES]) == PART_BYTES


def test_more_than_was_said_is_refused(world: World) -> None:
    case = draft(world)
    with pytest.raises(TooMuch, match="请重新选择"):
        uploading.take_part(upload=begin(world, case), offset=0, content=b"x" * (PART_BYTES + 1))
    small = begin(world, case, size=10)
    with pytest.raises(TooMuch):
        uploading.take_part(upload=small, offset=0, content=b"x" * 11)


def test_what_is_not_whole_is_not_put_together(world: World) -> None:
    upload = begin(world, draft(world))
    send(upload, until=PART_BYTES)
    with pytest.raises(WrongOffset) as caught:
        uploading.put_together(upload)
    assert caught.value.received == PART_BYTES


def test_a_file_that_is_too_large_is_refused_before_anything_is_sent(world: World, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    with pytest.raises(UploadRefused, match="超过1MB"):
        begin(world, draft(world))
    with pytest.raises(UploadRefused, match="空的"):
        begin(world, draft(world, record=RecordFactory(subject=world.subject)), size=0)


def test_only_a_few_files_of_a_filing_are_on_their_way_at_once(world: World) -> None:
    case = draft(world)
    for number in range(uploading.MOST_UNFINISHED):
        begin(world, case, fingerprint=str(number))
    with pytest.raises(UploadRefused, match="没有传完"):
        begin(world, case, fingerprint="one more")
    begin(world, case, fingerprint="0")  # to go on is no other file
    colleague = clerk_of(world.subject, name="同事")
    begin(world, case, actor=colleague)  # and each counts their own


def test_what_was_given_up_leaves_no_bytes(world: World, django_capture_on_commit_callbacks: Any) -> None:
    upload = begin(world, draft(world))
    send(upload)
    names = list(upload.parts.values_list("file", flat=True))
    assert len(names) == 3 and all(default_storage.exists(name) for name in names)
    with django_capture_on_commit_callbacks(execute=True):
        uploading.drop_upload(upload=upload)
    assert not any(default_storage.exists(name) for name in names)


# -- the nightly sweep


def test_a_file_on_its_way_waits_a_week(world: World, django_capture_on_commit_callbacks: Any) -> None:
    case = draft(world)
    old, young = begin(world, case, fingerprint="old"), begin(world, case, fingerprint="young")
    send(old, until=PART_BYTES)
    name = old.parts.get().file.name
    Upload.objects.filter(pk=old.pk).update(touched_at=now() - timedelta(days=7, hours=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert sweeping.sweep_uploads(now=now()) == 1
    assert list(Upload.objects.all()) == [young] and not default_storage.exists(name)


def test_the_files_of_a_draft_that_was_given_up_go_after_a_week(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    case = draft(world)
    bring(world, case, Attachment.Kind.PROOF)
    name = case.attachments.get().file.name
    do(case, "discard", world.clerk)
    assert sweeping.sweep_given_up(today=TODAY + timedelta(days=7)) == 0, "a slip can be mended"
    with django_capture_on_commit_callbacks(execute=True):
        assert sweeping.sweep_given_up(today=TODAY + timedelta(days=8)) == 1
    assert not StoredFile.objects.exists() and not default_storage.exists(name)
    assert AuditEntry.objects.filter(action="case.remove_attachment", actor_label="系统").count() == 1


def test_what_was_handed_in_is_never_swept(world: World) -> None:
    case = submitted_case(world)
    do(case, "withdraw", world.clerk)
    assert sweeping.sweep_given_up(today=TODAY + timedelta(days=800)) == 0
    assert sweeping.sweep_unused(now=now() + timedelta(days=800)) == 0
    assert fresh(case).attachments.count() == 2


def test_bytes_stay_as_long_as_another_filing_has_them(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    case = draft(world)
    bring(world, case, Attachment.Kind.PROOF)
    stored = case.attachments.get().stored
    other = draft(world, record=RecordFactory(subject=world.subject, authority=world.authority))
    StoredFile.objects.create(
        filing=other.filing,
        file=stored.file.name,
        name=stored.name,
        mime=stored.mime,
        size=stored.size,
        sha256=stored.sha256,
        uploaded_at=stored.uploaded_at,
    )
    later = now() + timedelta(days=2)
    with django_capture_on_commit_callbacks(execute=True):
        assert sweeping.sweep_unused(now=later) == 1, "the other filing has it, and uses it nowhere"
    assert default_storage.exists(stored.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        repairs.drop_material(filing=case.filing, actor=world.clerk, today=TODAY, kind="proof", stored=stored)
    assert not default_storage.exists(stored.file.name)


def test_a_file_that_nothing_uses_is_kept_for_a_day(world: World) -> None:
    case = draft(world)
    bring(world, case, Attachment.Kind.PROOF)
    Attachment.objects.all().delete()
    assert sweeping.sweep_unused(now=now() + timedelta(hours=23)) == 0
    assert sweeping.sweep_unused(now=now() + timedelta(hours=25)) == 1


def test_bytes_that_a_dead_server_left_behind_go(world: World) -> None:
    case = draft(world)
    bring(world, case, Attachment.Kind.PROOF)
    upload = begin(world, case)
    send(upload, until=PART_BYTES)
    with pytest.raises(RuntimeError), transaction.atomic():
        left = default_storage.save("uploads/left.part", ContentFile(b"x"))
        raise RuntimeError("killed")
    late = now() + timedelta(days=2)
    assert sweeping.sweep_orphans(now=now()) == 0, "somebody may be about to name it"
    assert sweeping.sweep_orphans(now=late) >= 1
    assert not default_storage.exists(left)
    assert default_storage.exists(upload.parts.get().file.name)
    assert default_storage.exists(case.attachments.get().file.name)


def test_scans_that_prove_a_service_are_kept_and_those_that_prove_nothing_go(world: World) -> None:
    delivery = waiting(world)
    about: dict[str, Any] = {"delivery": delivery, "actor": world.intake, "today": TODAY}
    entered = enter_service(**about, handed=BY_HAND, scan=file_of("回证.pdf"))
    left = default_storage.save("deliveries/left.pdf", ContentFile(b"x"))
    assert sweeping.sweep_orphans(now=now()) == 0
    assert sweeping.sweep_orphans(now=now() + timedelta(days=2)) >= 1
    assert not default_storage.exists(left)
    assert default_storage.exists(entered.scan.name)


def test_a_file_that_nobody_looked_into_is_looked_into_by_the_hour(world: World) -> None:
    bring(world, draft(world), Attachment.Kind.PROOF)
    Job.objects.all().delete()  # it was lost, or failed for good
    assert sweeping.sweep_overlooked(now=now() + timedelta(minutes=9)) == 0
    assert sweeping.sweep_overlooked(now=now() + timedelta(minutes=11)) == 1
    sweeping.sweep_overlooked(now=now() + timedelta(minutes=11))
    assert Job.objects.filter(name="inspect_file").count() == 1
    run_due()
    assert StoredFile.objects.get().inspected_at is not None
    assert sweeping.sweep_overlooked(now=now() + timedelta(days=1)) == 0


def test_the_sweep_runs_by_night_and_twice_does_no_harm(world: World) -> None:
    with assume(TODAY):
        sweep_files()
        sweep_files()
