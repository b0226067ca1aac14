"""What docs/security.md says in numbers and lists is what is in force: it cannot grow old unnoticed."""

import logging
import logging.config
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from credit_repair.people.passwords import CONTEXT_WORDS
from credit_repair.registry.importing import reader
from tests.security.production import production
from tests.security.test_code import MAY_REQUEST, MAY_REVIVE

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
SOURCE = (ROOT / "credit_repair" / "settings.py").read_text(encoding="utf-8")
MB = 1024 * 1024


def section(title: str) -> str:
    return PAGE.split(f"### {title}\n", 1)[1].split("\n### ", 1)[0].split("\n## ", 1)[0]


def table(title: str) -> list[list[str]]:
    lines = re.findall(r"^\|(.+)\|$", section(title), re.M)
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def number(cell: str) -> int:
    found = re.search(r"\d+", cell)
    assert found, cell
    return int(found[0])


def test_the_numbers_of_the_page_are_those_in_force() -> None:
    found = production()
    said = {
        cells[2].strip("`"): number(cells[1])
        for cells in table("Numbers of sign-in")
        if len(cells) == 3 and "`" in cells[2]
    }
    shortest = next(each for each in settings.AUTH_PASSWORD_VALIDATORS if "MinimumLength" in each["NAME"])
    assert said == {
        "AUTH_PASSWORD_VALIDATORS": shortest["OPTIONS"]["min_length"],
        "SESSION_IDLE_MINUTES": found["SESSION_IDLE_MINUTES"],
        "SESSION_HOURS": found["SESSION_HOURS"],
        "AXES_FAILURE_LIMIT": found["AXES_FAILURE_LIMIT"],
        "AXES_COOLOFF_TIME": settings.AXES_COOLOFF_TIME // timedelta(minutes=1),
        "INVITATION_DAYS": found["INVITATION_DAYS"],
        "MFA_TOTP_TOLERANCE": found["MFA_TOTP_TOLERANCE"],
        "ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT": found["ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT"]
        // 60,
        "ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT": found["ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT"] // 60,
    }


def test_the_limits_of_the_page_are_those_in_force() -> None:
    said = {
        cells[0].split("`")[1]: cells[1].strip("`")
        for cells in table("Numbers of sign-in")
        if len(cells) == 2 and cells[0].startswith("`")
    }
    assert said == production()["ACCOUNT_RATE_LIMITS"]


def test_the_words_of_the_page_are_those_refused() -> None:
    said = re.search(r"^> (.+)$", section("Passwords"), re.M)
    assert said and set(said[1].split(", ")) == CONTEXT_WORDS


def test_the_limits_of_files_are_those_in_force() -> None:
    said = section("Files that come in")
    found = production()
    assert f"{found['UPLOAD_MAX_BYTES'] // MB} MB (`UPLOAD_MAX_BYTES`)" in said
    assert f"{found['IMPORT_MAX_BYTES'] // MB} MB (`IMPORT_MAX_BYTES`)" in said
    assert (
        f"{reader._MAX_UNPACKED_BYTES // MB} MB in all, {reader._MAX_PART_BYTES // MB} MB for a part" in said
    )


def test_every_secret_of_the_settings_is_in_the_inventory() -> None:
    """What the settings read from the environment and must not be read by others has a line in the table."""
    read = set(re.findall(r'env\.\w+\(\s*f?"([A-Z_{}a-z.()]+)"', SOURCE))
    secret = {name for name in read if re.search(r"SECRET|PASSWORD|KEYS?$|_URL$", name)}
    public = {"SITE_URL", "DEMO_PLATFORM_URL", "SSO_{kind.upper()}_URL"}
    inventory = section("Keys and algorithms")
    missing = {
        name for name in secret - public if f"`{name.replace('{kind.upper()}', '*')}`" not in inventory
    }
    assert missing == set()


def test_every_place_that_calls_out_is_named() -> None:
    said = section("Connections out")
    for words in (
        "publishing platforms",
        "providers of single sign-on",
        "mail server",
        "virus scanner",
        "signing service",
        "database, broker, cache",
    ):
        assert words in said
    risky = section("Dependencies")
    for where in (*MAY_REQUEST, *MAY_REVIVE):
        assert where.removeprefix("credit_repair/") in risky, where


def test_the_site_logs_to_stderr_alone() -> None:
    handlers = production()["LOGGING"]["handlers"]
    assert {each["class"] for each in handlers.values()} == {"logging.StreamHandler"}
    assert all("hide_secrets" in each["filters"] for each in handlers.values())
    written = re.compile(r"FileHandler|SysLogHandler|basicConfig\(|getLogger\([^)]*\)\.addHandler")
    files = [*(ROOT / "credit_repair").rglob("*.py")]
    assert [file.name for file in files if written.search(file.read_text(encoding="utf-8"))] == []


def test_a_line_of_the_log_says_when_how_grave_where_and_what(caplog: pytest.LogCaptureFixture) -> None:
    """One form for all lines, with the zone of the time: lines of several machines can be laid together."""
    form = production()["LOGGING"]["formatters"]["line"]
    formatter = logging.Formatter(form["format"], datefmt=form["datefmt"], style=form["style"])
    record = logging.LogRecord("credit_repair.people", logging.WARNING, "", 0, "what", (), None)
    line = formatter.format(record)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} WARNING credit_repair\.people what", line)


def test_every_document_that_the_page_names_exists() -> None:
    for name in re.findall(r"\]\((?!https?:|#)([^)#]+)", PAGE):
        assert (ROOT / "docs" / name).is_file(), name
    paths: list[Any] = re.findall(
        r"`((?:tests|people|core|registry|platforms|notices|repairs|requirements)/[\w/]+\.\w+)", PAGE
    )
    for path in paths:
        assert (ROOT / path).exists() or (ROOT / "credit_repair" / path).exists(), path
