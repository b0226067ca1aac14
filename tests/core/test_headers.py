"""What the browser may keep and do: nothing of a signed-in person's pages stays behind."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.models import Attachment
from credit_repair.core.clock import assume
from credit_repair.core.downloads import SANDBOX
from credit_repair.core.headers import PERMISSIONS
from credit_repair.reminders.feeds import make_feed
from tests import world as county

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with assume(county.TODAY):
        yield


@pytest.fixture
def made() -> county.World:
    return county.build_world()


def test_pages_of_signed_in_people_are_kept_nowhere(client: Client, made: county.World) -> None:
    assert "no-store" not in client.get("/").get("Cache-Control", "")
    client.force_login(made.clerk)
    for address in ("/", reverse("me"), "/there-is-nothing/"):
        assert client.get(address)["Cache-Control"] == "private, no-store", address


def test_features_of_the_device_are_off_and_answers_are_for_this_site_alone(client: Client) -> None:
    answer = client.get("/")
    assert answer["Permissions-Policy"] == PERMISSIONS and "camera=()" in PERMISSIONS
    assert answer["Cross-Origin-Resource-Policy"] == answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_violations_of_the_policy_are_reported_to_this_site(client: Client) -> None:
    answer = client.get("/")
    address = reverse("csp_report")
    assert f"report-uri {address}" in answer["Content-Security-Policy"]
    assert "report-to csp" in answer["Content-Security-Policy"]
    assert answer["Reporting-Endpoints"] == f'csp="{address}"'


def test_signing_out_forgets_what_the_browser_has(client: Client, made: county.World) -> None:
    client.force_login(made.clerk)
    answer = client.post(reverse("account_logout"))
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert "no-store" in answer["Cache-Control"]
    assert "Clear-Site-Data" not in client.get("/")


def test_a_calendar_program_keeps_its_own_rule(client: Client, made: county.World) -> None:
    secret = make_feed(user=made.clerk, subject=made.subject, today=county.TODAY)[1]
    answer = client.get(reverse("repair_calendar_ics", args=[secret]))
    assert answer["Cache-Control"] == "private, max-age=3600"


def assert_harmless(answer: Any) -> None:
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == SANDBOX
    assert "sandbox" in SANDBOX and "default-src 'none'" in SANDBOX
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, no-store"


def test_what_somebody_brought_is_handed_out_harmless(client: Client, made: county.World) -> None:
    case = county.draft(made)
    county.bring(made, case, Attachment.Kind.PROOF)
    client.force_login(made.clerk)
    found = case.attachments.get()
    address = reverse("attachment", args=[found.uuid])
    assert address.startswith("/files/")
    assert_harmless(client.get(address))


def test_the_letter_to_sign_is_handed_out_harmless(client: Client, made: county.World) -> None:
    case = county.draft(made)
    county.answer(made, case)
    client.force_login(made.clerk)
    assert_harmless(client.get(reverse("my_filing_letter", args=[case.filing.uuid, case.uuid])))
