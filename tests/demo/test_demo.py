"""`manage.py demo --once --json`: the whole way, unattended, as a stranger would run it."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from credit_repair.demo.journey import in_words, is_success
from credit_repair.notices import engine_check
from credit_repair.notices.engine_check import missing_libraries
from tests.world import make_user

needs_engine = pytest.mark.skipif(
    bool(missing_libraries()),
    reason=f"PDF ENGINE MISSING {missing_libraries()}: {engine_check.INSTALL_COMMAND}",
)

#: What the issue asks for.
KEYS = {
    "record",
    "case",
    "documents",
    "messages",
    "mails",
    "expired",
    "reminders",
    "platform_shows",
    "seconds",
}

Manage = Callable[..., "subprocess.CompletedProcess[str]"]


def manage_with(database: str, var: Path) -> Manage:
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    env |= {"DATABASE_URL": database, "VAR_DIR": str(var)}

    def manage(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=env,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    return manage


def walked(manage: Manage) -> dict[str, Any]:
    done = manage("demo", "--once", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)  # one object and nothing else
    assert set(result) >= KEYS
    return result


def check(result: dict[str, Any]) -> None:
    """Everything that the issue promises of one walk."""
    assert result["case"]["states"] == [
        "draft",
        "submitted",
        "verifying",
        "deciding",
        "approved",
        "completed",
    ]
    assert result["case"]["number"].startswith("XF-")
    made = {item["kind"]: item for item in result["documents"]}
    assert set(made) == {
        "commitment_letter",
        "receipt_of_materials",
        "acceptance_notice",
        "decision_approve",
    }
    assert made["commitment_letter"]["number"] is None
    assert "〔" in made["decision_approve"]["number"]
    for item in made.values():
        path = Path(item["path"])
        assert path.is_absolute() and path.read_bytes().startswith(b"%PDF")
    terminated = [item for item in result["messages"] if item["action"] == "terminate"]
    assert len(terminated) == 2 and all(item["receipt"] for item in result["messages"])
    assert result["expired"]["receipt"] in {item["receipt"] for item in terminated}
    assert {item["state"] for item in result["mails"]} == {"sent"}
    assert "repair_completed" in {item["kind"] for item in result["mails"]}
    assert [item["state"] for item in result["reminders"]] == ["sent"]
    both = {result["record"]["doc_no"], result["expired"]["record"]}
    assert result["platform_shows"]["before"] == dict.fromkeys(both, True)
    assert result["platform_shows"]["after"] == dict.fromkeys(both, False)
    assert 0 < result["seconds"] < 45


@needs_engine
@pytest.mark.slow
def test_the_whole_way_twice_on_a_fresh_sqlite_database(tmp_path: Path) -> None:
    manage = manage_with(f"sqlite:///{tmp_path / 'desk.sqlite3'}", tmp_path / "var")
    assert manage("migrate", "-v0").returncode == 0
    first = walked(manage)
    check(first)
    second = walked(manage)
    check(second)
    assert first["case"]["number"] != second["case"]["number"]
    numbers = [item["number"] for run in (first, second) for item in run["documents"] if item["number"]]
    assert len(numbers) == len(set(numbers))
    assert all(Path(item["path"]).exists() for item in first["documents"]), "left in place"


@needs_engine
@pytest.mark.postgres
def test_the_whole_way_on_postgresql(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        pytest.skip("NOT TESTED: the demo on PostgreSQL; set DATABASE_URL")
    import psycopg
    from psycopg import sql

    base = server.rpartition("/")[0]
    name = f"demo_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

        def drop() -> None:
            with psycopg.connect(f"{base}/postgres", autocommit=True) as again:
                again.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

        request.addfinalizer(drop)
    manage = manage_with(f"{base}/{name}", tmp_path / "var")
    assert manage("migrate", "-v0").returncode == 0
    check(walked(manage))


def test_an_empty_unmigrated_database_fails_with_nothing_on_stdout(tmp_path: Path) -> None:
    done = manage_with(f"sqlite:///{tmp_path / 'empty.sqlite3'}", tmp_path / "var")(
        "demo", "--once", "--json"
    )
    assert done.returncode != 0 and done.stdout == "" and "no such table" in done.stderr


SHOWN = {"a": True, "b": True}
GONE = {"a": False, "b": False}


@pytest.mark.parametrize(
    ("before", "after", "success"),
    [
        (SHOWN, GONE, True),
        (SHOWN, {"a": False, "b": True}, False),
        (SHOWN, SHOWN, False),
        (SHOWN, {"a": False, "b": None}, False),
        ({"a": True, "b": False}, GONE, False),
        ({"a": True, "b": None}, GONE, False),
    ],
    ids=["gone", "one-still-shown", "both-shown", "no-answer", "never-shown", "not-known-before"],
)
def test_success_is_what_the_platform_itself_says(
    before: dict[str, Any], after: dict[str, Any], success: bool
) -> None:
    result = {"platform_shows": {"before": before, "after": after}}
    assert is_success(result) is success


@pytest.mark.django_db
@pytest.mark.parametrize("as_json", [True, False], ids=["json", "words"])
def test_a_platform_that_goes_on_showing_means_exit_status_one(
    as_json: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.core.management import call_command

    from credit_repair.demo import journey

    result = {
        "record": {"id": "1", "doc_no": "a"},
        "case": {"number": "XF-2026-000001", "states": ["draft"]},
        "documents": [],
        "messages": [],
        "mails": [],
        "expired": {"record": "b", "id": "2", "receipt": None},
        "reminders": [],
        "platform_shows": {"before": SHOWN, "after": SHOWN},
        "seconds": 1.0,
    }
    monkeypatch.setattr(journey, "walk", lambda: result)
    with pytest.raises(SystemExit) as ended:
        call_command("demo", once=True, json=as_json)
    assert ended.value.code == 1
    printed = capsys.readouterr().out
    if as_json:
        assert json.loads(printed) == result
    else:
        assert printed.strip() == in_words(result) and "未通过" in printed


@pytest.mark.django_db
@pytest.mark.parametrize("options", [{"once": True}, {}], ids=["once", "served"])
def test_a_database_with_real_people_is_no_place_for_a_show(options: dict[str, bool]) -> None:
    make_user("真人", email="lishou@suixi.gov.cn")
    with pytest.raises(CommandError, match="不能用作演示"):
        call_command("demo", **options)
