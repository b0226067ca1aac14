"""Browsers' reports of the Content-Security-Policy: one line each, without anything personal."""

import json
import logging
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from credit_repair.home.views.csp_reports import MOST_BYTES, MOST_REPORTS, NEW, OLD

pytestmark = pytest.mark.django_db

SECRET = "c2VjcmV0LW9mLXRoZS1jYWxlbmRhcg"
OLD_REPORT = {
    "csp-report": {
        "document-uri": f"https://desk.example/calendar/{SECRET}.ics?id=340621199003070019",
        "referrer": "https://desk.example/me/?q=周小敏",
        "violated-directive": "script-src-elem",
        "effective-directive": "script-src-elem",
        "original-policy": "default-src 'none'",
        "disposition": "enforce",
        "blocked-uri": "https://evil.example/x.js?who=zhou@example.com",
        "source-file": "https://desk.example/me/?token=abc",
        "line-number": 7,
        "script-sample": "alert('340621199003070019')",
    }
}
NEW_REPORT = [
    {
        "type": "csp-violation",
        "age": 10,
        "url": "https://desk.example/me/?q=x",
        "user_agent": "Mozilla/5.0",
        "body": {
            "documentURL": "https://desk.example/me/?q=x",
            "effectiveDirective": "style-src-attr",
            "blockedURL": "inline",
            "disposition": "enforce",
            "lineNumber": 3,
            "sourceFile": "https://desk.example/me/",
        },
    },
    {"type": "deprecation", "body": {"id": "x"}},
]


def send(data: Any, kind: str) -> Any:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return Client(enforce_csrf_checks=True).post(reverse("csp_report"), raw, content_type=kind)


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(record.message) for record in caplog.records if record.name == "credit_repair.csp"]


def test_an_old_report_is_one_line_without_anything_personal(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    answer = send(OLD_REPORT, OLD)
    assert (answer.status_code, answer.content) == (204, b"")
    assert lines(caplog) == [
        {
            "directive": "script-src-elem",
            "page": "repair_calendar_ics",
            "blocked": "https://evil.example",
            "source": "https://desk.example",
            "line": 7,
            "disposition": "enforce",
        }
    ]
    for word in (SECRET, "3406", "zhou@", "周小敏", "token", "alert"):
        assert word not in caplog.text


def test_new_reports_come_several_at_once_and_only_ours_count(caplog: pytest.LogCaptureFixture) -> None:
    assert send(NEW_REPORT, NEW).status_code == 204
    assert [(line["page"], line["blocked"], line["line"]) for line in lines(caplog)] == [("me", "inline", 3)]


def test_a_line_cannot_be_broken_or_made_long(caplog: pytest.LogCaptureFixture) -> None:
    forged = {"effective-directive": "a\n2026-11-20 ERROR forged", "blocked-uri": "x" * 5000}
    send({"csp-report": forged}, OLD)
    (record,) = [record for record in caplog.records if record.name == "credit_repair.csp"]
    assert "\n" not in record.message and len(record.message) < 500


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"x" * (MOST_BYTES + 1), OLD, 413),
        (b"not json", OLD, 400),
        (b"\xff\xfe", OLD, 400),
        (b"[" * 9000, NEW, 400),
        (["csp-report"], OLD, 400),
        ({"csp-report": "x"}, OLD, 400),
        ({}, NEW, 400),
        ([{"type": "csp-violation", "body": []}], NEW, 400),
        (OLD_REPORT, "application/json", 415),
        (OLD_REPORT, "text/html", 415),
    ],
)
def test_what_is_no_report_is_refused_and_not_written(
    caplog: pytest.LogCaptureFixture, data: Any, kind: str, status: int
) -> None:
    assert send(data, kind).status_code == status
    assert lines(caplog) == []


@pytest.mark.parametrize("address", ["", "http://[", "::::", "\x00", "//"])
def test_a_report_with_no_address_is_written_all_the_same(
    caplog: pytest.LogCaptureFixture, address: str
) -> None:
    report = {"document-uri": address, "blocked-uri": address, "line-number": "x"}
    assert send({"csp-report": report}, OLD).status_code == 204
    assert lines(caplog)[0]["line"] is None


def test_one_request_writes_few_lines(caplog: pytest.LogCaptureFixture) -> None:
    send([NEW_REPORT[0]] * 30, NEW)
    assert len(lines(caplog)) == MOST_REPORTS


def test_reports_are_counted(settings: Any) -> None:
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {"csp_report": "2/m/ip"}
    assert [send(OLD_REPORT, OLD).status_code for _number in range(3)] == [204, 204, 429]
    cache.clear()


def test_reading_the_address_is_no_report(client: Client) -> None:
    assert client.get(reverse("csp_report")).status_code == 405
