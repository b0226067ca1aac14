"""Texts that are meant to be taken for code: by a browser, a database, a mail server, a log, a document."""

import logging
from collections.abc import Iterator

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from credit_repair.core.clock import assume
from credit_repair.mail.models import Mail
from credit_repair.mail.services import send_waiting, write_mail
from credit_repair.notices.render import RenderingError, is_ours, render_pdf
from credit_repair.people.models import Role
from credit_repair.registry.models import Record, Subject
from tests import world as county
from tests.registry.factories import OfficeFactory, RecordFactory, SubjectFactory
from tests.world import signed_in

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"
ATTRIBUTE = '" onmouseover="alert(1)" x="'
HOSTILE = f"{SCRIPT}{ATTRIBUTE}"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with assume(county.TODAY):
        yield


@pytest.fixture
def hostile() -> Record:
    """A record each of whose texts is an attack: they come in by tables from other offices."""
    office = OfficeFactory(credit=True, name=f"信用办{HOSTILE}"[:100])
    record: Record = RecordFactory(
        subject=SubjectFactory(name=f"华泰{HOSTILE}"),
        authority=office,
        conduct=HOSTILE,
        facts=HOSTILE,
        doc_no=f"濉〔2026〕1号{SCRIPT}",
    )
    return record


def test_pages_show_hostile_texts_as_texts(hostile: Record) -> None:
    official = signed_in(county.member(hostile.authority, Role.INTAKE, Role.DATA))
    clerk = signed_in(county.clerk_of(hostile.subject, name=HOSTILE[:50]))
    for client, address in (
        (official, reverse("office_records")),
        (official, reverse("office_records") + f"?q={HOSTILE}"),
        (official, reverse("office_record", args=[hostile.uuid])),
        (clerk, reverse("me")),
        (clerk, reverse("my_record", args=[hostile.uuid])),
        (clerk, reverse("my_calendar")),
    ):
        answer = client.get(address)
        page = answer.content.decode()
        assert answer.status_code == 200, address
        assert SCRIPT not in page and ' onmouseover="alert(1)"' not in page, address
        assert escape("<script>") in page, address


@pytest.mark.parametrize(
    "typed", ["' OR '1'='1", "'; DROP TABLE registry_subject; --", "%' AND 1=1 --", "\\", "‘"]
)
def test_a_search_is_a_text_for_the_database(typed: str) -> None:
    office = OfficeFactory(credit=True)
    RecordFactory(authority=office)
    before = Subject.objects.count()
    answer = signed_in(county.member(office, Role.INTAKE)).get(reverse("office_records"), {"q": typed})
    assert answer.status_code == 200
    assert Subject.objects.count() == before
    assert Record.objects.first().doc_no not in answer.content.decode()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "name", ["周小敏\r\nBcc: thief@evil.example", "周\nX-Evil: 1", '"周" <thief@evil.example>, x']
)
def test_a_name_adds_no_line_and_no_reader_to_a_mail(name: str) -> None:
    write_mail(
        key="k",
        kind="test",
        to_address="a@example.com",
        to_name=name,
        subject="结果\r\nBcc: b@evil.example",
        body="正文",
    )
    send_waiting()
    for message in outbox.outbox:
        assert message.recipients() == ["a@example.com"] or "evil" not in str(message.recipients())
        raw = message.message().as_string()
        assert "\nBcc:" not in raw and "\nX-Evil" not in raw
    assert Mail.objects.get().state in {Mail.State.SENT, Mail.State.WAITING}


def test_an_address_of_two_readers_is_no_address() -> None:
    write_mail(
        key="k", kind="t", to_address="a@example.com\nb@evil.example", to_name="", subject="x", body="y"
    )
    send_waiting()
    assert outbox.outbox == []


def test_a_line_of_the_log_stays_one_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        Client().get("/nothing/%0a2026-11-20%20ERROR%20forged/")
    lines = [record.getMessage() for record in caplog.records if "nothing" in record.getMessage()]
    assert lines, "the request was logged"
    assert not any("\n" in line or "\r" in line for line in lines)


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/",
        "https://evil.example/x.png",
        "//evil.example/x",
        "file:///etc/../etc/hostname",
        "data:text/html,x",
        "ftp://evil.example/",
    ],
)
def test_a_document_reads_no_file_and_no_network(address: str) -> None:
    assert not is_ours(address)


def test_markup_in_an_answer_is_text_in_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an applicant writes is escaped by the template, so that it refers to nothing."""
    from credit_repair.notices import render as engine

    seen = []
    monkeypatch.setattr(engine, "check_text", seen.append)
    monkeypatch.setattr(
        engine,
        "render_to_string",
        lambda _name, context: f"<html><body>{escape(context['text'])}</body></html>",
    )
    render_pdf(template="any", context={"text": '<img src="file:///etc/passwd">'})
    assert "&lt;img" in seen[0]
    monkeypatch.setattr(
        engine, "render_to_string", lambda *_args: '<html><img src="http://evil.example/"></html>'
    )
    with pytest.raises(RenderingError, match="not ours"):
        render_pdf(template="any", context={})
