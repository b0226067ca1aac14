"""Settling as a command: moves what has been touched by events below."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from credit_repair.core import clock, settling


class Command(BaseCommand):
    help = "Moves cases on whose receipts are in or whose record has ended."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, help="the assumed day, YYYY-MM-DD")

    def handle(self, *args: Any, as_of: date | None, **options: Any) -> None:
        with clock.assume(as_of):
            moved = settling.settle_all(today=clock.today())
        self.stdout.write(f"已推进 {moved} 件")
