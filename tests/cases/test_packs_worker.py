"""The worker at a pack 打包: killed, doubled, stopped; and how its progress is followed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from credit_repair.cases import tasks
from credit_repair.cases.services import pack_making, pack_signing
from credit_repair.core import clock, jobs
from credit_repair.core.models import AuditEntry, Job
from credit_repair.notices import ending
from credit_repair.notices.models import Document
from tests.cases.packs import asked, get, made, outcomes, post, run, text, without_file
from tests.world import TODAY, World

# -- the worker


class Killed(BaseException):
    """What a worker that is killed does: nothing any more, and no error is noted."""


def killed_after(count: int) -> Callable[[], None]:
    left = iter(range(count))

    def hold() -> None:
        if next(left, None) is None:
            raise Killed

    return hold


@pytest.mark.parametrize("kind", ["zip", "print"])
def test_a_pack_whose_worker_was_killed_is_made_whole_by_the_next(
    world: World, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_making, "PORTION", 1)
    documents = [made(world.authority, serial) for serial in (1, 2, 3)]
    pack = asked(world.verifier, kind)
    with clock.assume(TODAY):
        with monkeypatch.context() as patch, pytest.raises(Killed):
            dies = killed_after(1)
            patch.setattr(tasks, "_hold", lambda _uuid: dies())
            jobs.run(Job.objects.get(name="make_pack").pk)
        pack.refresh_from_db()
        row = Job.objects.get(name="make_pack")
        assert (pack.state, pack.done, pack.file.name, row.state) == ("making", 2, "", "running")
        page = text(get(world.verifier, "office_document_pack", pack.uuid))
        assert "已处理2份，共3份" in page and 'hx-trigger="every 1s"' in page
        # The first document is revoked meanwhile, the lease runs out, and somebody else takes the job.
        ending.revoke(document=documents[0], why="有误", actor=None, today=TODAY)
        Job.objects.filter(pk=row.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        assert jobs.run(row.pk)
    pack.refresh_from_db()
    assert (pack.state, pack.done, outcomes(pack)) == ("ready", 3, ["included"] * 3)
    assert pack.items.get(document=documents[0]).standing == "revoked"
    assert AuditEntry.objects.filter(action="pack.made").count() == 1


def test_signing_whose_worker_was_killed_goes_on_with_the_next_document(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[int] = []

    def render(*, document_id: int) -> Document:
        rendered.append(document_id)
        return Document(state="ready")

    monkeypatch.setattr(pack_signing, "render", render)
    documents = [without_file(world.authority, serial) for serial in (1, 2, 3)]
    pack = asked(world.verifier, "sign", order="number")
    with pytest.raises(Killed):
        run(pack, hold=killed_after(1))
    run(pack)
    assert (pack.state, rendered) == ("ready", [document.pk for document in documents])


def test_of_two_workers_at_one_pack_one_file_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made(world.authority, 1)
    pack = asked(world.verifier)
    keep = pack_making._keep

    def slow(*given: Any, **named: Any) -> None:
        monkeypatch.setattr(pack_making, "_keep", keep)
        run(pack)  # another worker, whose lease came after this one's, is quicker
        keep(*given, **named)

    monkeypatch.setattr(pack_making, "_keep", slow)
    before = set(default_storage.listdir("packs")[1]) if default_storage.exists("packs") else set()
    run(pack)
    assert {f"packs/{name}" for name in set(default_storage.listdir("packs")[1]) - before} == {pack.file.name}
    assert AuditEntry.objects.filter(action="pack.made").count() == 1


def test_a_long_pack_is_held_by_its_worker(world: World) -> None:
    made(world.authority, 1)
    pack = asked(world.verifier)
    row = jobs.claim(Job.objects.get(name="make_pack").pk)
    assert row is not None
    Job.objects.filter(pk=row.pk).update(lease_until=timezone.now() + timedelta(seconds=1))
    tasks._hold(pack.uuid)
    row.refresh_from_db()
    assert row.lease_until > timezone.now() + timedelta(seconds=tasks.PACK_LEASE_SECONDS - 10)


def test_what_stopped_says_so_and_goes_on_when_asked(world: World) -> None:
    made(world.authority, 1)
    pack = asked(world.verifier)
    Job.objects.filter(name="make_pack").update(state="failed")
    page = text(get(world.verifier, "office_document_pack", pack.uuid))
    assert "停下了" in page and "再试一次" in page and "hx-get" not in page
    assert post(world.verifier, "office_document_pack_again", pack.uuid).status_code == 302
    assert Job.objects.filter(name="make_pack", state="waiting").count() == 1
    assert "停下了" not in text(get(world.verifier, "office_document_pack", pack.uuid))


def test_the_progress_follows_by_itself_and_ends_with_the_whole_page(world: World) -> None:
    made(world.authority, 1)
    pack = asked(world.verifier)
    htmx = {"HX-Request": "true"}
    piece = get(world.verifier, "office_document_pack_progress", pack.uuid, **htmx)
    assert "已处理0份，共1份" in text(piece) and "<html" not in text(piece)
    assert get(world.verifier, "office_document_pack_progress", pack.uuid).status_code == 302
    run(pack)
    ended = get(world.verifier, "office_document_pack_progress", pack.uuid, **htmx)
    assert ended["HX-Refresh"] == "true"
