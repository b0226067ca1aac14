"""A small county for tests: offices, people, a record, a platform, and an application at every stage.

Everything goes through the real services on an explicit day. TODAY is a Friday; what the clocks make of it
is known: +3 working days = 2026-11-25, +7 = 2026-12-01, +10 = 2026-12-04.
"""

import itertools
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from struct import pack
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from credit_repair.cases.models import Attachment, Case, RouteStep, TimelineEvent
from credit_repair.cases.services import transition
from credit_repair.people.models import Administration, Role, Substitution, User
from credit_repair.people.services import grant_mandate, group_of, join_office
from credit_repair.registry.models import Office, Platform, Publication, Record, Subject
from credit_repair.repairs import services as repairs
from credit_repair.repairs.models import RepairBasket
from credit_repair.repairs.services import corrections
from tests.registry.factories import (
    MOMENT,
    OfficeFactory,
    PlatformFactory,
    PublicationFactory,
    RecordFactory,
    SubjectFactory,
)

TODAY = date(2026, 11, 20)
#: Memberships and mandates of the county began on this day.
SINCE = date(2026, 1, 5)

PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    header = pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


PNG = _png()

ANSWERS: dict[str, Any] = {
    "corrected": True,
    "performed_on": date(2026, 5, 26),
    "statement": "罚款已经缴清，违法行为已经改正。",
    "contact_name": "周小敏",
    "contact_phone": "13800000000",
}
AGREE = {"opinion": "agree", "text": "经核实，罚款已全部缴清"}
#: A correction notice with one gap, which words answer; its time is over after 2026-12-04.
ONE_GAP = [{"code": "", "text": "没有说明整改情况", "advice": "请写明整改了什么", "mends": "statement"}]
CORRECTION_OVER = date(2026, 12, 5)
DISAGREE = {"opinion": "disagree", "text": "罚款尚有一部分没有缴清"}

_numbers = itertools.count(1)


def make_user(name: str = "某人", **fields: Any) -> User:
    """A person who signs in with no password and has an address for mails."""
    number = next(_numbers)
    fields.setdefault("username", f"u{number}")
    fields.setdefault("email", f"u{number}@example.com")
    fields.setdefault("phone", "13800000000")
    fields.setdefault("password", "!")
    return User.objects.create(display_name=name, **fields)


def member(
    office: Office, *roles: str, name: str = "", since: date = SINCE, until: date | None = None, **fields: Any
) -> User:
    """A person who holds `roles` at `office`; with is_active=False one whose account was closed since."""
    is_active = fields.pop("is_active", True)
    user = make_user(name or "、".join(roles), **fields)
    for role in roles:
        join_office(user=user, office=office, role=role, since=since, until=until)
    if not is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
    return user


def substitute_of(member: User, office: Office, *, scope: str = "all") -> User:
    """A data officer of `office` who stands in for `member` in every role, from TODAY for a week.

    `office` becomes one below the member's: nobody stands in from anywhere else.
    """
    office.parent = member.memberships.select_related("office").first().office
    office.save(update_fields=["parent"])
    user = make_user("代办")
    join_office(user=user, office=office, role=Role.DATA, since=SINCE)
    for membership in member.memberships.all():
        Substitution.objects.create(
            membership=membership,
            substitute=user,
            since=TODAY,
            until=TODAY + timedelta(days=7),
            scope=scope,
            reason="年休假",
            made_by=member,
            made_at=MOMENT,
        )
        user.groups.add(group_of(office=membership.office, role=membership.role))
    return user


def administrator(kind: str) -> User:
    """The administrator of that kind: system, security or audit."""
    user = make_user(kind)
    Administration.objects.create(user=user, kind=kind, since=SINCE)
    return user


def clerk_of(
    subject: Subject, *, name: str = "周小敏", since: date = SINCE, until: date | None = None
) -> User:
    """A person who may act for `subject`."""
    user = make_user(name)
    grant_mandate(user=user, subject=subject, since=since, until=until)
    return user


@dataclass
class World:
    """One county: who takes in, who verifies, who approves, who applies, and about what."""

    credit: Office
    authority: Office
    platform: Platform
    subject: Subject
    record: Record
    publication: Publication
    clerk: User
    intake: User
    verifier: User
    approver: User


def build_world(*, record: dict[str, Any] | None = None, authority: dict[str, Any] | None = None) -> World:
    """Build the county. The record is of class general and may be repaired since 2026-08-07."""
    lay_route()
    number = next(_numbers)
    credit = OfficeFactory(credit=True, name="濉溪县信用办", document_prefix=f"濉信修{number}")
    made = {"name": "濉溪县交通运输局", "document_prefix": f"濉交信修{number}", **(authority or {})}
    office = OfficeFactory(**made)
    subject = SubjectFactory()
    platform = PlatformFactory()
    about = RecordFactory(subject=subject, authority=office, **(record or {}))
    return World(
        credit=credit,
        authority=office,
        platform=platform,
        subject=subject,
        record=about,
        publication=PublicationFactory(record=about, platform=platform),
        clerk=clerk_of(subject),
        intake=member(credit, Role.INTAKE, name="李受"),
        verifier=member(office, Role.VERIFIER, name="王核"),
        approver=member(office, Role.APPROVER, name="赵批"),
    )


def signed_in(user: Any) -> Client:
    """A browser in which `user` is signed in."""
    client = Client()
    client.force_login(user)
    return client


def lay_route() -> None:
    """Lay the default route anew where a test with real transactions has emptied the database."""
    for position, phase, seat in (
        (1, "intake", "intake_office"),
        (2, "verify", "authority"),
        (3, "decide", "authority"),
    ):
        RouteStep.objects.get_or_create(
            kind="repair", rule_class="", position=position, defaults={"phase": phase, "seat": seat}
        )


def upload(name: str = "凭证.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A file as a form hands it over."""
    return SimpleUploadedFile(name, content)


def draft(world: World, *, record: Record | None = None, today: date = TODAY) -> Case:
    """An application that was just begun."""
    return repairs.start(record=record or world.record, actor=world.clerk, today=today)


def answer(world: World, case: Case, *, today: date = TODAY, **changed: Any) -> None:
    """Fill in the statement; nothing was performed before it was imposed."""
    performed_on = max(ANSWERS["performed_on"], case.record.decision_date)  # type: ignore[type-var, union-attr]
    given = {**ANSWERS, "performed_on": performed_on, **changed}
    own = repairs.OwnAnswers(performed_on=given.pop("performed_on"))
    repairs.save_answers(
        filing=case.filing,
        actor=world.clerk,
        today=today,
        shared=repairs.SharedAnswers(**given),
        own={case.uuid: own},
        revision=RepairBasket.objects.get(filing=case.filing).revision,
    )


def bring(world: World, case: Case, *kinds: str, today: date = TODAY) -> None:
    """Upload one file of each kind."""
    for kind in kinds:
        repairs.add_material(
            filing=case.filing,
            actor=world.clerk,
            today=today,
            kind=kind,
            upload=upload(content=PDF + kind.encode()),
            only=[case],
        )


def complete_draft(world: World, *, record: Record | None = None, today: date = TODAY) -> Case:
    """A draft with all answers and both materials: ready to be submitted."""
    case = draft(world, record=record, today=today)
    answer(world, case, today=today)
    bring(world, case, Attachment.Kind.COMMITMENT, Attachment.Kind.PROOF, today=today)
    return fresh(case)


def do(case: Case, action: str, actor: User | None, *, today: date = TODAY, **data: Any) -> TimelineEvent:
    """Act on the case through the one service; bring `case` up to date."""
    event = transition(case=case, action=action, actor=actor, today=today, data=data)
    case.refresh_from_db()
    return event


def submitted_case(world: World, *, record: Record | None = None, today: date = TODAY) -> Case:
    """An application that lies with the credit office."""
    case = complete_draft(world, record=record, today=today)
    do(case, "submit", world.clerk, today=today)
    return case


def correction_case(
    world: World,
    *,
    items: list[dict[str, str]] | None = None,
    record: Record | None = None,
    today: date = TODAY,
) -> Case:
    """An application whose applicant was asked to correct it: in words, unless `items` says what."""
    case = submitted_case(world, record=record, today=today)
    do(case, "ask_correction", world.intake, today=today, items=items or ONE_GAP)
    return case


def answer_gaps(world: World, case: Case, *, today: date = TODAY) -> None:
    """Answer every gap: in words where they are an answer, else with a file."""
    for item in case.correction_items.all():
        about: dict[str, Any] = {
            "case": case,
            "actor": world.clerk,
            "today": today,
            "position": item.position,
        }
        if corrections.needs_file(item):
            corrections.answer_with_file(
                **about, upload=upload(content=PDF + b"%" + str(item.position).encode())
            )
        else:
            corrections.answer_item(**about, text="已经补充说明。")


def verifying_case(world: World, *, record: Record | None = None, today: date = TODAY) -> Case:
    """An application that was accepted and lies with the verifiers."""
    case = submitted_case(world, record=record, today=today)
    do(case, "accept", world.intake, today=today)
    return case


def deciding_case(world: World, *, record: Record | None = None, today: date = TODAY) -> Case:
    """An application that lies with the approver."""
    case = verifying_case(world, record=record, today=today)
    do(case, "give_opinion", world.verifier, today=today, **AGREE)
    return case


def approved_case(world: World, *, record: Record | None = None, today: date = TODAY) -> Case:
    """An application that was granted and waits for the platforms."""
    case = deciding_case(world, record=record, today=today)
    do(case, "approve", world.approver, today=today)
    return case


def confirm_removal(world: World) -> None:
    """Let every platform have confirmed that it took the record down."""
    world.record.publications.update(state=Publication.State.REMOVED, removed_at=MOMENT, receipt="R-1")


def fresh(case: Case) -> Case:
    """The case as the database has it, with nothing remembered."""
    return Case.objects.get(pk=case.pk)


def in_threads(count: int, work: Callable[[int], Any]) -> tuple[list[Any], list[Exception]]:
    """Run `work(0)`, `work(1)`, … at once, each on a connection of its own; return results and errors."""
    results: list[Any] = []
    errors: list[Exception] = []
    barrier = threading.Barrier(count)

    def run(number: int) -> None:
        try:
            barrier.wait(timeout=10)
            results.append(work(number))
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results, errors
