"""A county with files: cases at the credit office, records of two authorities, and who reads them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from credit_repair.cases.file_parts import FileReader
from credit_repair.core import clock
from credit_repair.dossier import file
from credit_repair.dossier.models import SubjectEvent
from credit_repair.dossier.services import enter_event
from credit_repair.dossier.services.events import Entry
from credit_repair.people.models import Role, User
from credit_repair.registry.models import Office, Record, Subject
from tests import world as county
from tests.registry.factories import OfficeFactory, RecordFactory, SubjectFactory

TODAY = county.TODAY


@pytest.fixture(autouse=True)
def _today(db):
    with clock.assume(TODAY):
        yield


@dataclass
class Files:
    """The county, with a second authority, a second credit office, and everybody who could ask."""

    county: county.World
    tax: Office
    elsewhere: Office
    tax_record: Record
    data: User
    supervisor: User
    tax_verifier: User
    foreign: User

    @property
    def subject(self) -> Subject:
        return self.county.subject

    @property
    def clerk(self) -> User:
        return self.county.clerk


def build_files() -> Files:
    """The subject has a record of the transport bureau with a submitted case, and one of the tax bureau."""
    made = county.build_world()
    tax = OfficeFactory(name="濉溪县税务局", document_prefix="濉税信修")
    # A second credit office: the first answers for its own division alone.
    elsewhere = OfficeFactory(credit=True, name="桓台县信用办", division="370321")
    return Files(
        county=made,
        tax=tax,
        elsewhere=elsewhere,
        tax_record=RecordFactory(subject=made.subject, authority=tax, doc_no="濉税罚〔2026〕7号"),
        data=county.member(made.credit, Role.DATA, name="钱数"),
        supervisor=county.member(made.credit, Role.SUPERVISOR, name="孙督"),
        tax_verifier=county.member(tax, Role.VERIFIER, name="税核"),
        foreign=county.member(elsewhere, Role.INTAKE, Role.DATA, Role.SUPERVISOR, name="外地"),
    )


@pytest.fixture
def files() -> Files:
    return build_files()


def event(
    files: Files,
    *,
    words: str = "判令支付货款。",
    actor: User | None = None,
    office: Office | None = None,
    day: date = date(2026, 10, 8),
    **more: Any,
) -> SubjectEvent:
    """An event in the subject's file, by the approver of the transport bureau unless said otherwise."""
    return enter_event(
        subject=files.subject,
        office=office or files.county.authority,
        entry=Entry(
            kind="judgement", day=day, body="濉溪县人民法院", words=words, number="（2026）皖0621民初8号"
        ),
        actor=actor or files.county.approver,
        today=TODAY,
        **more,
    )


def official(user: User) -> FileReader:
    return file.official(user, TODAY)


def own(user: User) -> FileReader:
    return file.own(user, TODAY)


def titles(subject: Subject, reader: FileReader) -> dict[str, list[str]]:
    """What each part of the file is made of for this reader: the titles of its lines."""
    return {part.code: [line.title for line in part.lines] for part in file.sections(subject, reader)}


def person_record(authority: Office) -> Record:
    """A record of a natural person."""
    person = SubjectFactory(person=True, name="欧阳小明")
    return RecordFactory(subject=person, authority=authority, doc_no="濉交罚〔2026〕99号")
