"""Migrations of documents that move rows, forwards and back; on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from credit_repair.core.clock import now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

CASES = ("cases", "0011_steps_of_the_intake_office")
BEFORE = [("notices", "0005_styles_and_texts"), CASES]
AFTER = [("notices", "0007_addressees"), CASES]
DAY = date(2026, 10, 12)


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
    """A case that runs, one that is over, one of nobody; in each what an office issued, and what not."""
    office = apps.get_model("registry", "Office").objects.create(code="X", name="局", kind="authority")
    subject = apps.get_model("registry", "Subject").objects.create(
        name="某公司", kind="organisation", id_type="uscc", code="91340621MA2TTTTT1X"
    )
    filing = apps.get_model("cases", "Filing").objects.create(query_code="AAAA-AAAA-AAA1", created_at=now())
    cases = {"running": (subject, None), "over": (subject, DAY), "nobody": (None, None)}
    made = [
        ("decision_approve", {"state": "ready", "file": "documents/x.pdf", "sha256": "a" * 64}),
        ("acceptance_notice", {}),
        ("service_record", {}),
        ("commitment_letter", {"office": None, "check_code": None}),
    ]
    for name, (whose, over) in cases.items():
        case = apps.get_model("cases", "Case").objects.create(
            kind="repair",
            state="submitted",
            filing=filing,
            number=name,
            subject=whose,
            closed_on=over,
            created_at=now(),
        )
        for kind, more in made:
            given = {"office": office, "check_code": f"{name}{kind}"[:16], **more}
            document = apps.get_model("notices", "Document").objects.create(
                kind=kind, title=kind, issued_on=DAY, created_at=now(), **given
            )
            apps.get_model("cases", "CaseDocument").objects.create(case=case, document=document)


def addressed(apps: Any) -> list[tuple[str, str]]:
    rows = apps.get_model("notices", "Document").objects.filter(addressee__isnull=False)
    return sorted(rows.values_list("case_link__case__number", "kind"))


def test_what_was_issued_before_is_addressed_and_its_service_begins_where_the_case_runs() -> None:
    make_rows(migrate(BEFORE))

    new = migrate(AFTER)
    issued = ["acceptance_notice", "decision_approve"]
    assert addressed(new) == [(case, kind) for case in ("over", "running") for kind in issued]
    begun = new.get_model("notices", "Delivery").objects.values_list(
        "document__case_link__case__number", "document__kind", "since", "way", "delivered_on"
    )
    assert list(begun) == [("running", "decision_approve", DAY, "", None)]

    assert len(addressed(migrate(BEFORE))) == 4, "what is known is not forgotten"
    again = migrate(AFTER)
    assert again.get_model("notices", "Delivery").objects.count() == 1
