"""Draws every workflow's machine for docs/."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from credit_repair.cases.diagram import pages


class Command(BaseCommand):
    help = "Draws the state machines from the code into docs/states-<kind>.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only compare; fail where docs are behind")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        for code, drawn in pages().items():
            path = Path(settings.BASE_DIR) / "docs" / f"states-{code}.md"
            if not check:
                path.write_text(drawn, encoding="utf-8")
                self.stdout.write(str(path))
            elif not path.exists() or path.read_text(encoding="utf-8") != drawn:
                raise CommandError(f"{path} is behind the code: run `make diagram`.")
