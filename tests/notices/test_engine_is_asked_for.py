"""Who needs the PDF engine says so at its start; nobody else even imports it."""

import subprocess
import sys

import pytest
from django.conf import settings

LOOK = (
    "import sys; from django.core.management import call_command; call_command('check'); "
    "print('weasyprint' in sys.modules)"
)
WITHOUT_ENGINE = (
    "from credit_repair.notices import engine_check; "
    "engine_check.missing_libraries = lambda: ('libharfbuzz-subset.so.0',); "
)


def run(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", f"import django, os; {code}"],
        cwd=settings.BASE_DIR,
        env={"DJANGO_SETTINGS_MODULE": "credit_repair.settings", "PATH": "", "SECRET_KEY": "one of its own"},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_command_that_makes_no_pdf_does_not_import_weasyprint() -> None:
    ended = run(f"django.setup(); {LOOK}")

    assert ended.stdout.strip().endswith("False"), ended.stderr


@pytest.mark.parametrize(
    "starts",
    [
        "import credit_repair.wsgi",
        "import credit_repair.asgi",
        "django.setup(); from django.core.management import call_command as do; do('run_worker', once=True)",
        "django.setup(); from credit_repair.celery import check_start; check_start()",
    ],
    ids=["wsgi", "asgi", "worker loop", "celery worker"],
)
def test_web_server_and_workers_refuse_to_start_without_the_engine(starts: str) -> None:
    ended = run(f"{WITHOUT_ENGINE}{starts}")

    assert ended.returncode != 0
    assert "apt-get install" in ended.stderr
    assert "libharfbuzz-subset0" in ended.stderr
