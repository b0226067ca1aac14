"""Pages of the materials as pictures: who gets them, what cannot be drawn, and that they are drawn once."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from PIL import Image

from credit_repair.cases.inspecting import process
from credit_repair.cases.inspecting.process import ReaderDied, drawn_page
from credit_repair.cases.models import Attachment, Case, Recusal, StoredFile
from credit_repair.cases.services import drawings
from credit_repair.cases.services.attachments import forget_file
from credit_repair.cases.services.drawings import CannotDraw, page_picture, pages_of, sweep_drawings
from credit_repair.core import clock
from credit_repair.people.models import Role
from credit_repair.people.services import join_office
from tests.cases import scans
from tests.registry.factories import MOMENT, OfficeFactory
from tests.world import SINCE, TODAY, World, clerk_of, make_user, member, submitted_case

PDF, JPEG, OFD = "application/pdf", "image/jpeg", "application/ofd"


@pytest.fixture
def on_the_day() -> Iterator[None]:
    cache.clear()
    with clock.assume(TODAY):
        yield


def three_pages() -> bytes:
    white, grey = Image.new("RGB", (300, 400), "white"), Image.new("RGB", (400, 300), (200, 200, 200))
    return scans.pdf_of(white, grey, white)


def brought(case: Case, content: bytes, *, mime: str = PDF, **facts: Any) -> Attachment:
    """A file of the case that was looked into."""
    stored = StoredFile(
        filing=case.filing,
        name="凭证.pdf",
        mime=mime,
        size=len(content),
        sha256=secrets.token_hex(32),
        uploaded_at=MOMENT,
        inspected_at=MOMENT,
        facts=facts,
    )
    stored.file.save("evidence", ContentFile(content))
    return Attachment.objects.create(case=case, kind="proof", stored=stored, uploaded_at=MOMENT)


def asked(user: Any, attachment: Attachment, page: int = 1, **query: str) -> Any:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client.get(reverse("office_evidence", args=[attachment.uuid, page]), query)


def size_of(png: bytes) -> tuple[int, int]:
    return Image.open(BytesIO(png), formats=["PNG"]).size


# Drawing, in the reading process


def test_a_page_is_drawn_as_wide_as_asked_each_in_its_own_shape() -> None:
    data = three_pages()
    assert size_of(drawn_page(data, mime=PDF, page=1, width=900)) == (900, 1200)
    assert size_of(drawn_page(data, mime=PDF, page=2, width=900)) == (900, 675)


def test_a_photograph_is_shown_upright_and_never_larger_than_it_is() -> None:
    lying = scans.jpeg(Image.effect_noise((400, 300), 60).convert("RGB"), orientation=6)
    assert size_of(drawn_page(lying, mime=JPEG, page=1, width=900)) == (300, 400)


@pytest.mark.parametrize(
    ("data", "mime", "page"),
    [
        (three_pages(), PDF, 4),
        (three_pages(), PDF, 0),
        (b"%PDF-1.4 not one", PDF, 1),
        (scans.ofd("页"), OFD, 1),
        (scans.jpeg(Image.new("RGB", (90, 90))), JPEG, 2),
    ],
)
def test_what_is_not_there_or_no_page_is_not_drawn(data: bytes, mime: str, page: int) -> None:
    with pytest.raises(ReaderDied):
        drawn_page(data, mime=mime, page=page, width=900)


def test_a_page_of_any_shape_stays_within_the_points_that_are_drawn() -> None:
    tower = scans.pdf_of(Image.new("RGB", (10, 14000), "white"))
    wide, high = size_of(drawn_page(tower, mime=PDF, page=1, width=1800))
    assert wide * high <= 12_100_000


def test_an_answer_that_is_no_picture_is_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_run", lambda *_args, **_more: b"<script>alert(1)</script>")
    with pytest.raises(ReaderDied):
        drawn_page(b"", mime=PDF, page=1, width=900)


# How many pages, and drawn once


def test_as_many_pages_are_shown_as_can_be_drawn(world: World) -> None:
    case = submitted_case(world)
    assert pages_of(brought(case, b"", pages=3).stored) == 3
    assert pages_of(brought(case, b"", pages=500).stored) == drawings.MOST_PAGES
    assert pages_of(brought(case, b"").stored) == 1
    assert pages_of(brought(case, b"", mime=JPEG, pages=1).stored) == 1
    assert pages_of(brought(case, b"", mime=OFD, pages=2).stored) == 0
    assert pages_of(brought(case, b"", unreadable=True, locked=True).stored) == 0


def test_a_page_is_drawn_once_and_kept(
    world: World, on_the_day: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = brought(submitted_case(world), three_pages(), pages=3).stored
    first = page_picture(stored=stored, page=2, width=900)
    monkeypatch.setattr(drawings, "drawn_page", lambda *_args, **_more: pytest.fail("drawn again"))
    assert page_picture(stored=stored, page=2, width=900) == first


def test_a_page_that_brings_the_reader_down_is_not_tried_at_every_look(
    world: World, on_the_day: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = brought(submitted_case(world), b"%PDF-1.4 broken", pages=1).stored
    tried = []

    def dies(*_args: Any, **_more: Any) -> bytes:
        tried.append(1)
        raise ReaderDied("it did")

    monkeypatch.setattr(drawings, "drawn_page", dies)
    for _look in range(2):
        with pytest.raises(CannotDraw):
            page_picture(stored=stored, page=1, width=900)
    assert len(tried) == 1


def test_drawings_go_with_the_last_file_of_that_content(
    world: World, on_the_day: None, django_capture_on_commit_callbacks: Any
) -> None:
    attachment = brought(submitted_case(world), three_pages(), pages=3)
    stored = attachment.stored
    page_picture(stored=stored, page=1, width=900)
    kept = f"drawn/{stored.sha256}/1-900.png"
    assert default_storage.exists(kept)
    attachment.delete()
    with django_capture_on_commit_callbacks(execute=True):
        forget_file(stored)
    assert not default_storage.exists(kept)


def test_drawings_are_swept_away_after_a_month(world: World, on_the_day: None) -> None:
    stored = brought(submitted_case(world), three_pages(), pages=3).stored
    page_picture(stored=stored, page=1, width=900)
    kept = f"drawn/{stored.sha256}/1-900.png"
    made = default_storage.get_modified_time(kept)
    sweep_drawings(now=made + timedelta(days=29))
    assert default_storage.exists(kept)
    assert sweep_drawings(now=made + timedelta(days=31)) >= 1
    assert not default_storage.exists(kept)


# The address


def test_an_official_of_the_case_sees_the_page_and_no_browser_keeps_it(
    world: World, on_the_day: None
) -> None:
    attachment = brought(submitted_case(world), three_pages(), pages=3)
    for official in (world.intake, world.verifier, world.approver):
        answer = asked(official, attachment, 2, width="1800")
        assert answer.status_code == 200
        assert size_of(answer.content)[0] == 1800
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_for_everybody_else_there_is_no_such_page(world: World, on_the_day: None) -> None:
    case = submitted_case(world)
    attachment = brought(case, three_pages(), pages=3)
    elsewhere = OfficeFactory(credit=True)
    recused = member(world.credit, Role.INTAKE)
    Recusal.objects.create(case=case, user=recused, reason="亲属", declared_at=MOMENT)
    others = {
        "applicant": world.clerk,
        "foreign": member(elsewhere, Role.INTAKE, Role.VERIFIER, Role.APPROVER),
        "recused": recused,
        "auditor": member(world.credit, Role.AUDITOR),
        "window": member(world.credit, Role.WINDOW),
        "data": member(world.credit, Role.DATA),
        "stranger": make_user(),
    }
    assert {name: asked(user, attachment).status_code for name, user in others.items()} == dict.fromkeys(
        others, 404
    )
    assert asked(member(world.credit, Role.INTAKE), attachment).status_code == 200
    assert asked(None, attachment).status_code == 302


def test_an_official_who_is_the_applicant_too_does_not_get_in_by_that(world: World, on_the_day: None) -> None:
    attachment = brought(submitted_case(world), three_pages(), pages=3)
    both = clerk_of(world.subject)
    join_office(user=both, office=world.credit, role=Role.INTAKE, since=SINCE)
    assert asked(both, attachment).status_code == 404


@pytest.mark.parametrize(("page", "width"), [(4, "900"), (0, "900"), (1, "901"), (1, "99999"), (1, "x")])
def test_other_pages_and_other_widths_are_not_there(
    world: World, on_the_day: None, page: int, width: str
) -> None:
    attachment = brought(submitted_case(world), three_pages(), pages=3)
    assert asked(world.intake, attachment, page, width=width).status_code == 404


def test_who_must_wait_is_told_when_to_come_again(
    world: World, on_the_day: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    attachment = brought(submitted_case(world), three_pages(), pages=3)
    monkeypatch.setattr(drawings, "_PATIENCE", 0.01)
    with drawings._AT_ONCE, drawings._AT_ONCE:
        answer = asked(world.intake, attachment)
    assert answer.status_code == 503 and answer["Retry-After"]
    assert asked(world.intake, attachment).status_code == 200
