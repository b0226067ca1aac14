"""Migrations that move rows, forwards and back; on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from credit_repair.core.clock import now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

BEFORE = [("cases", "0004_reasons")]
BETWEEN = [("cases", "0005_baskets_and_files")]
AFTER = [("cases", "0007_attachments_name_their_file")]


def migrate(to: list[tuple[str, str]]) -> Any:
    """Bring the database there; return the tables as they are then."""
    MigrationExecutor(connection).migrate(to)
    return MigrationExecutor(connection).loader.project_state(to).apps


@pytest.fixture(autouse=True)
def _whole_again() -> Iterator[None]:
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def make_rows(apps: Any) -> None:
    """Two filings; in the first the same content was brought for both of its cases, as two files."""
    brought = {1: [("a", "x"), ("b", "y")], 2: [("c", "x")], 3: [("d", "x")]}
    filings = [
        apps.get_model("cases", "Filing").objects.create(
            query_code=f"AAAA-AAAA-AAA{number}", created_at=now()
        )
        for number in (1, 2)
    ]
    for number, files in brought.items():
        case = apps.get_model("cases", "Case").objects.create(
            kind="repair", state="draft", filing=filings[number == 3], number=f"{number}", created_at=now()
        )
        for name, digest in files:
            apps.get_model("cases", "Attachment").objects.create(
                case=case,
                kind="proof",
                file=f"attachments/{name}.pdf",
                name=f"{name}.pdf",
                mime="application/pdf",
                size=10,
                sha256=digest * 64,
                uploaded_at=now(),
            )


def materials(apps: Any) -> list[tuple[str, str, str, int]]:
    """What each case has: its number, the file's name and digest, its size."""
    rows = apps.get_model("cases", "Attachment").objects.order_by("case__number", "sha256")
    return list(rows.values_list("case__number", "file", "sha256", "size"))


def test_a_file_is_kept_once_for_a_filing_and_comes_back_to_each_material() -> None:
    make_rows(migrate(BEFORE))
    migrate(BETWEEN)  # broken off there, and gone on with

    new = migrate(AFTER)
    stored = new.get_model("cases", "StoredFile").objects.order_by("pk")
    assert [(row.filing.query_code[-1], row.file.name, row.sha256[0]) for row in stored] == [
        ("1", "attachments/a.pdf", "x"),
        ("1", "attachments/b.pdf", "y"),
        ("2", "attachments/d.pdf", "x"),
    ]
    used = new.get_model("cases", "Attachment").objects.order_by("case__number", "stored__sha256")
    assert list(used.values_list("case__number", "stored__name")) == [
        ("1", "a.pdf"),
        ("1", "b.pdf"),
        ("2", "a.pdf"),
        ("3", "d.pdf"),
    ]

    back = migrate(BEFORE)
    assert materials(back) == [
        ("1", "attachments/a.pdf", "x" * 64, 10),
        ("1", "attachments/b.pdf", "y" * 64, 10),
        ("2", "attachments/a.pdf", "x" * 64, 10),
        ("3", "attachments/d.pdf", "x" * 64, 10),
    ]


SENT_BACK_BEFORE = [("cases", "0009_offices_side")]
SENT_BACK_AFTER = [("cases", "0010_four_eyes_exceptions")]


def test_a_decision_that_sent_its_case_back_waits_for_its_turn_again() -> None:
    old = migrate(SENT_BACK_BEFORE)
    office = old.get_model("registry", "Office").objects.create(code="X", name="局", kind="authority")
    filing = old.get_model("cases", "Filing").objects.create(query_code="AAAA-AAAA-AAA1", created_at=now())
    for number, state in enumerate(("verifying", "deciding", "approved")):
        case = old.get_model("cases", "Case").objects.create(
            kind="repair", state=state, filing=filing, number=f"{number}", created_at=now()
        )
        old.get_model("cases", "ReviewStep").objects.create(
            case=case, phase="decide", position=2, office=office, state="done", text="退回", done_at=now()
        )

    steps = migrate(SENT_BACK_AFTER).get_model("cases", "ReviewStep").objects.order_by("case__number")
    assert list(steps.values_list("case__state", "state", "text")) == [
        ("verifying", "planned", ""),
        ("deciding", "done", "退回"),
        ("approved", "done", "退回"),
    ]
    migrate(SENT_BACK_BEFORE)


def test_what_waits_for_whoever_takes_a_case_in_is_known_of_cases_under_way() -> None:
    old = migrate(SENT_BACK_AFTER)
    offices = old.get_model("registry", "Office").objects
    upper = offices.create(code="U", name="市信用办", kind="credit")
    credit = offices.create(code="C", name="县信用办", kind="credit")
    authority = offices.create(code="A", name="局", kind="authority", parent=upper)
    filing = old.get_model("cases", "Filing").objects.create(query_code="AAAA-AAAA-AAA1", created_at=now())
    for number, intake in enumerate((credit, upper, authority)):
        case = old.get_model("cases", "Case").objects.create(
            kind="repair",
            state="submitted",
            filing=filing,
            number=f"{number}",
            created_at=now(),
            intake_office=intake,
            deciding_office=authority,
        )
        for position, office in enumerate((credit, upper, authority)):
            old.get_model("cases", "ReviewStep").objects.create(
                case=case, phase="verify", position=position, office=office
            )

    steps = migrate([("cases", "0011_steps_of_the_intake_office")]).get_model("cases", "ReviewStep").objects
    found = steps.filter(of_intake_office=True).values_list("case__number", "office__name")
    assert list(found) == [("0", "县信用办")]
