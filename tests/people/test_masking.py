"""Personal data on the officials' side: every kind of person × everything personal, and looks in clear."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.models import Case, ReviewStep
from credit_repair.cases.reading import reader_of_case
from credit_repair.cases.record_reading import may_unmask, reader_of, with_reader
from credit_repair.core import clock
from credit_repair.core.models import AuditEntry
from credit_repair.people import masking
from credit_repair.people.errors import NotInCharge
from credit_repair.people.masking import Datum, How, Reader
from credit_repair.people.models import Role, Unmasking, User
from credit_repair.people.services import grant_mandate
from credit_repair.people.services.unmasking import MINUTES, ReasonTooShort, unmask, unmasked_until
from credit_repair.registry.keys import personal_key
from credit_repair.registry.models import Record, Subject
from tests.registry.factories import OfficeFactory, RecordFactory, SubjectFactory
from tests.world import (
    SINCE,
    TODAY,
    World,
    build_world,
    clerk_of,
    member,
    signed_in,
    submitted_case,
    substitute_of,
    verifying_case,
)

pytestmark = pytest.mark.django_db

NUMBER, MASKED = "340621198001010011", "3406************11"
NAME, MASKED_NAME = "周小敏", "周*敏"
PHONE, MASKED_PHONE = "13800000000", "138****0000"

#: What each kind of reader sees: c in clear, m masked. One line a datum.
TABLE = """
                      owner handler overseer keeper official outsider
subject_number        m     m       m        m      m        m
representative_number m     m       m        m      m        m
number_in_text        m     m       m        m      m        m
contact_phone         c     c       m        m      m        m
contact_mail          c     c       m        m      m        m
person_name           c     c       c        c      m        m
user_phone            c     m       m        m      m        m
"""
VALUES = {
    Datum.SUBJECT_NUMBER: (NUMBER, MASKED),
    Datum.REPRESENTATIVE_NUMBER: (NUMBER, MASKED),
    Datum.NUMBER_IN_TEXT: (f"当事人证件{NUMBER}。", f"当事人证件{MASKED}。"),
    Datum.CONTACT_PHONE: (PHONE, MASKED_PHONE),
    Datum.CONTACT_MAIL: ("zhou@example.com", "z***@example.com"),
    Datum.PERSON_NAME: (NAME, MASKED_NAME),
    Datum.USER_PHONE: (PHONE, MASKED_PHONE),
}


def rows() -> list[tuple[Datum, Reader, bool]]:
    lines = [line.split() for line in TABLE.strip().splitlines()]
    return [
        (Datum(line[0]), Reader(reader), cell == "c")
        for line in lines[1:]
        for reader, cell in zip(lines[0], line[1:], strict=True)
    ]


@pytest.mark.parametrize(("datum", "reader", "clear"), rows())
def test_every_reader_sees_every_datum_as_the_table_says(datum: Datum, reader: Reader, clear: bool) -> None:
    value, hidden = VALUES[datum]
    assert masking.shown(value, datum, reader) == (value if clear else hidden)


def test_the_table_knows_every_datum_and_every_reader() -> None:
    assert {(datum, reader) for datum, reader, _clear in rows()} == {
        (datum, reader) for datum in Datum for reader in Reader
    }
    assert all(set(readers) == set(Reader) for readers in masking.TABLE.values())
    assert {how for readers in masking.TABLE.values() for how in readers.values()} == set(How)


@pytest.mark.parametrize(
    ("phone", "hidden"),
    [
        ("13800000000", "138****0000"),
        ("138 0000 0000", "138****0000"),
        ("0561-1234567", "0561-*****67"),
        ("1234567", "*****67"),
        ("", ""),
    ],
)
def test_telephone_numbers(phone: str, hidden: str) -> None:
    assert masking.masked_phone(phone) == hidden


@pytest.mark.parametrize(
    ("name", "hidden"), [("周敏", "周*"), ("周小敏", "周*敏"), ("欧阳小敏", "欧**敏"), ("周", "周")]
)
def test_names(name: str, hidden: str) -> None:
    assert masking.masked_name(name) == hidden


# -- who is what, in a county with a natural person's record


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.assume(TODAY):
        yield


@pytest.fixture
def person() -> Subject:
    made: Subject = SubjectFactory(
        kind="person",
        name=NAME,
        id_type="resident_id",
        code=None,
        personal_number=NUMBER,
        number_hash=personal_key(NUMBER),
    )
    return made


@pytest.fixture
def world(person: Subject) -> World:
    made = build_world()
    made.subject = person
    made.record = RecordFactory(
        subject=person,
        authority=made.authority,
        facts=f"{NAME}（身份证{NUMBER}）无证运输",
        conduct="无证运输",
    )
    made.clerk = clerk_of(person)
    OfficeFactory(credit=True, name="桓台县信用办")
    return made


WHO: dict[str, Callable[[World], User]] = {
    "intake": lambda world: world.intake,
    "verifier": lambda world: world.verifier,
    "approver": lambda world: world.approver,
    "superv": lambda world: member(world.credit, Role.SUPERVISOR),
    "superv of the authority": lambda world: member(world.authority, Role.SUPERVISOR),
    "data": lambda world: member(world.credit, Role.DATA),
    "data of the authority": lambda world: member(world.authority, Role.DATA),
    "window": lambda world: member(world.credit, Role.WINDOW),
    "auditor": lambda world: member(world.credit, Role.AUDITOR),
    "substitute": lambda world: substitute_of(world.intake, OfficeFactory()),
}


def of_record(world: World, user: User) -> Reader:
    found = with_reader(Record.objects.filter(pk=world.record.pk), user=user, on=TODAY)
    return reader_of(found.get())


@pytest.mark.parametrize(
    ("who", "before", "with_a_case"),
    [
        ("intake", Reader.OFFICIAL, Reader.KEEPER),
        ("verifier", Reader.KEEPER, Reader.KEEPER),
        ("approver", Reader.KEEPER, Reader.KEEPER),
        ("superv", Reader.OFFICIAL, Reader.KEEPER),
        ("superv of the authority", Reader.KEEPER, Reader.KEEPER),
        ("data", Reader.KEEPER, Reader.KEEPER),
        ("data of the authority", Reader.KEEPER, Reader.KEEPER),
        ("window", Reader.OFFICIAL, Reader.OFFICIAL),
        ("auditor", Reader.OFFICIAL, Reader.OFFICIAL),
        ("substitute", Reader.OFFICIAL, Reader.KEEPER),
    ],
)
def test_a_persons_name_is_for_who_has_a_case_or_a_record_of_theirs(
    world: World, who: str, before: Reader, with_a_case: Reader
) -> None:
    user = WHO[who](world)
    assert of_record(world, user) == before
    submitted_case(world)
    assert of_record(world, user) == with_a_case


@pytest.mark.parametrize(
    ("who", "reader"),
    [
        ("intake", Reader.HANDLER),
        ("verifier", Reader.HANDLER),
        ("approver", Reader.HANDLER),
        ("substitute", Reader.HANDLER),
        ("superv", Reader.OVERSEER),
        ("superv of the authority", Reader.OVERSEER),
    ],
)
def test_who_handles_a_case_can_call(world: World, who: str, reader: Reader) -> None:
    assert reader_of_case(case=submitted_case(world), user=WHO[who](world), on=TODAY) == reader


def test_a_substitute_for_what_is_in_hand_can_call_too(world: World) -> None:
    case = verifying_case(world)
    substitute = substitute_of(world.verifier, OfficeFactory(), scope="own")
    ReviewStep.objects.filter(case=case, state="open").update(taken_by=world.verifier)
    assert reader_of_case(case=case, user=substitute, on=TODAY) == Reader.HANDLER


# -- pages and files


def text(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return content.decode("utf-8-sig")


def test_lists_pages_searches_and_files_mask_a_persons_name_for_who_has_no_case(world: World) -> None:
    client = signed_in(world.intake)
    record = [world.record.uuid]
    for page in (
        text(client, "office_records"),
        text(client, "office_records", q=NAME),
        text(client, "office_records", format="csv"),
        text(client, "office_record", *record),
        text(client, "office_search", q=NAME),
    ):
        # What was typed into the search stands in its field.
        shown = page.replace(f'value="{NAME}"', "").replace(f"“{NAME}”", "")
        assert MASKED_NAME in shown and NAME not in shown and NUMBER not in shown
    submitted_case(world)
    assert NAME in text(client, "office_records") and NAME in text(client, "office_record", *record)


@pytest.mark.parametrize("who", ["intake", "verifier", "data", "superv"])
def test_no_page_and_no_file_shows_an_identity_number(world: World, who: str) -> None:
    case = submitted_case(world)
    client = signed_in(WHO[who](world))
    pages = [
        text(client, "office_records"),
        text(client, "office_records", format="csv"),
        text(client, "office_record", world.record.uuid),
    ]
    if who != "data":
        pages.append(text(client, "office_repair", case.uuid))
    assert all(NUMBER not in page for page in pages)
    assert MASKED in pages[0]


@pytest.mark.parametrize(
    ("who", "clear"), [("intake", True), ("verifier", True), ("approver", True), ("superv", False)]
)
def test_the_contact_of_a_case_is_in_clear_for_who_must_call(world: World, who: str, clear: bool) -> None:
    case = submitted_case(world)
    page = text(signed_in(WHO[who](world)), "office_repair", case.uuid)
    assert (PHONE in page, MASKED_PHONE in page) == (clear, not clear)
    footer = page[page.index("<footer") :]
    assert PHONE not in footer and MASKED_PHONE not in footer, "the frame has the office's own"


def test_what_officials_wrote_about_a_case_is_masked_in_its_timeline(world: World) -> None:
    case = verifying_case(world)
    case.events.update(text=f"核对了{NUMBER}")
    case.repair.statement = f"本人{NUMBER}已缴清"
    case.repair.save()
    page = text(signed_in(world.verifier), "office_repair", case.uuid)
    assert NUMBER not in page and f"核对了{MASKED}" in page and f"本人{MASKED}已缴清" in page


def test_an_applicant_sees_themself_in_clear_but_the_number(world: World) -> None:
    page = text(signed_in(world.clerk), "my_record", world.record.uuid)
    assert NAME in page and NUMBER not in page and MASKED in page


# -- looks in clear


def ask(user: User, subject: Subject, **given: str) -> Any:
    data = {f"unmask-{name}": value for name, value in {"why": "identity", "words": "", **given}.items()}
    address = reverse("office_unmask", args=[subject.uuid])
    return signed_in(user).post(address, data)


def test_a_look_in_clear_has_a_reason_is_kept_and_ends_after_ten_minutes(
    world: World, person: Subject
) -> None:
    submitted_case(world)
    page = reverse("office_record", args=[world.record.uuid])
    client = signed_in(world.intake)
    answer = client.post(
        reverse("office_unmask", args=[person.uuid]),
        {"unmask-why": "identity", "unmask-words": "电话核对", "back": page},
    )
    assert answer.status_code == 302 and answer["Location"] == page

    row = Unmasking.objects.get()
    assert row.reason == "核对申请人或者经办人的身份：电话核对"
    assert row.until - row.at == timedelta(minutes=MINUTES)
    entry = AuditEntry.objects.get(action="people.unmask")
    assert entry.actor_id == world.intake.pk and entry.object_id == str(person.uuid)
    assert NUMBER not in str(entry.data)

    shown = client.get(page)
    assert NUMBER in shown.content.decode() and shown["Cache-Control"] == "no-store"
    assert NUMBER not in text(client, "office_records", format="csv"), "no file ever"
    assert NUMBER not in text(signed_in(world.verifier), "office_record", world.record.uuid), "nobody else"

    Unmasking.objects.update(at=row.at - timedelta(minutes=11), until=row.until - timedelta(minutes=11))
    assert NUMBER not in client.get(page).content.decode()


def test_it_ends_to_the_second(world: World, person: Subject) -> None:
    row = unmask(user=world.intake, subject=person, reason="核对身份信息", today=TODAY)
    last = row.until - timedelta(seconds=1)
    assert unmasked_until(user=world.intake, subject=person, moment=last) == row.until
    assert unmasked_until(user=world.intake, subject=person, moment=row.until) is None
    other = SubjectFactory()
    assert unmasked_until(user=world.intake, subject=other, moment=last) is None


def test_the_page_of_a_case_shows_it_too(world: World, person: Subject) -> None:
    case: Case = submitted_case(world)
    client, page = signed_in(world.intake), reverse("office_repair", args=[case.uuid])
    assert "查看完整证件号码" in client.get(page).content.decode()
    ask(world.intake, person)
    shown = client.get(page)
    assert NUMBER in shown.content.decode() and shown["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "given", [{"why": "other", "words": "看看"}, {"why": "other", "words": "  看 一 看  "}, {"why": ""}]
)
def test_without_a_reason_nothing_is_shown(world: World, person: Subject, given: dict[str, str]) -> None:
    submitted_case(world)
    answer = ask(world.intake, person, **given)
    assert answer.status_code == 200 and answer.context["form"].errors
    assert not Unmasking.objects.exists() and not AuditEntry.objects.filter(action="people.unmask").exists()


def test_the_service_refuses_a_short_reason_too(world: World, person: Subject) -> None:
    with pytest.raises(ReasonTooShort):
        unmask(user=world.intake, subject=person, reason="看 看", today=TODAY)


@pytest.mark.parametrize(
    ("who", "before", "with_a_case"),
    [
        ("intake", False, True),
        ("verifier", False, True),
        ("approver", False, True),
        ("superv", False, True),
        ("data", True, True),
        ("data of the authority", True, True),
        ("window", False, False),
        ("auditor", False, False),
        ("substitute", False, True),
    ],
)
def test_who_may_look(world: World, person: Subject, who: str, before: bool, with_a_case: bool) -> None:
    user = WHO[who](world)
    assert may_unmask(user=user, subject=person, on=TODAY) is before
    submitted_case(world)
    assert may_unmask(user=user, subject=person, on=TODAY) is with_a_case
    assert (ask(user, person).status_code == 302) is with_a_case
    assert Unmasking.objects.exists() is with_a_case


def test_another_office_an_applicant_and_a_partial_official_do_not(world: World, person: Subject) -> None:
    submitted_case(world)
    foreign = member(OfficeFactory(), Role.INTAKE, Role.VERIFIER, Role.APPROVER, Role.SUPERVISOR, Role.DATA)
    assert ask(foreign, person).status_code == 404
    assert ask(world.clerk, person).status_code == 404
    grant_mandate(user=world.intake, subject=person, since=SINCE)
    assert ask(world.intake, person).status_code == 404
    with pytest.raises(NotInCharge):
        unmask(user=world.intake, subject=person, reason="核对身份信息", today=TODAY)
    assert not Unmasking.objects.exists()


def test_where_there_is_no_number_there_is_nothing_to_look_at(world: World) -> None:
    subject = SubjectFactory(representative_number="")
    RecordFactory(subject=subject, authority=world.authority)
    assert ask(member(world.authority, Role.DATA), subject).status_code == 404


def test_it_leads_back_to_this_site_alone(world: World, person: Subject) -> None:
    submitted_case(world)
    address = reverse("office_unmask", args=[person.uuid])
    for wanted in ("https://evil.example/office/", "//evil.example/office/", "/me/"):
        given = {"unmask-why": "identity", "unmask-words": "", "back": wanted}
        assert signed_in(world.intake).post(address, given)["Location"] == reverse("office")


def test_looks_are_counted(world: World, person: Subject, settings: Any) -> None:
    from django.core.cache import cache

    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {"unmask": "2/h/user"}
    submitted_case(world)
    assert [ask(world.intake, person).status_code for _each in range(3)] == [302, 302, 429]
    cache.clear()


def test_more_persons_on_a_page_cost_no_more_queries(world: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(world.intake)

    def asked(more: int) -> int:
        for _each in range(more):
            RecordFactory(subject=world.subject, authority=world.authority)
        with CaptureQueriesContext(connection) as caught:
            text(client, "office_records")
        return len(caught)

    asked(1)
    assert asked(1) == asked(6)


# -- a search is no way round the masks


@pytest.mark.parametrize("part", ["周", "小", "敏", "周小", "小敏"])
def test_no_part_of_a_masked_name_finds_its_person(world: World, part: str) -> None:
    client = signed_in(world.intake)

    def hits() -> list[bool]:
        pages = (
            text(client, "office_records", q=part),
            text(client, "office_records", q=part, format="csv"),
            text(client, "office_search", q=part),
        )
        return [MASKED in page for page in pages]

    assert hits() == [False] * 3
    assert all(MASKED in text(client, name, q=NAME) for name in ("office_records", "office_search"))
    submitted_case(world)
    assert hits() == [True] * 3, "with a case the name is in clear"


def test_a_part_of_the_name_finds_the_person_for_whoever_keeps_the_record(world: World) -> None:
    foreign = RecordFactory(subject=world.subject)
    client = signed_in(member(world.authority, Role.DATA))
    page = text(client, "office_records", q="小敏")
    assert world.record.doc_no in page and foreign.doc_no not in page
    assert NAME in text(client, "office_search", q="小")
