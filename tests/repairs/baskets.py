"""Baskets of a county, and their pages as a browser asks for them."""

from datetime import date
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases.models import Attachment, Filing
from credit_repair.registry.models import Record
from credit_repair.repairs import services as repairs
from credit_repair.repairs.models import RepairBasket
from tests.registry.factories import RecordFactory
from tests.world import (
    ANSWERS,
    PDF,
    TODAY,
    World,
    signed_in,
    upload,
)

#: A record of this day may be repaired from 2027-01-11 on.
NOT_YET = date(2026, 10, 10)


def another(world: World, **about: Any) -> Record:
    record: Record = RecordFactory(subject=world.subject, authority=world.authority, **about)
    return record


def basket_of(world: World, *records: Record) -> Filing:
    return repairs.choose_records(
        subject=world.subject, records=records or [world.record], actor=world.clerk, today=TODAY
    )


def text(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.get("Location", "")
    return answer.content.decode()


def answers(filing: Filing, **changed: Any) -> dict[str, Any]:
    """What the statement's form sends: the shared answers, and the first record's day."""
    given: dict[str, Any] = {**ANSWERS, "corrected": "on"}
    day = given.pop("performed_on").isoformat()
    cases = list(filing.cases.filter(state="draft").order_by("pk"))
    given |= {f"performed_on_{case.uuid}": "" for case in cases}
    given[f"performed_on_{cases[0].uuid}"] = day
    given["revision"] = RepairBasket.objects.get(filing=filing).revision
    return given | changed


def complete(world: World, filing: Filing) -> Filing:
    """Fill everything in, with one file of each kind for all."""
    client = signed_in(world.clerk)
    saved = client.post(reverse("my_filing_statement", args=[filing.uuid]), answers(filing))
    assert saved.status_code == 302, saved.content.decode()
    for kind in (Attachment.Kind.COMMITMENT, Attachment.Kind.PROOF):
        repairs.add_material(
            filing=filing,
            actor=world.clerk,
            today=TODAY,
            kind=kind,
            upload=upload(content=PDF + kind.encode()),
        )
    return filing


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)
