"""Expiry as a command."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from credit_repair.core import clock
from credit_repair.platforms.expiry import expire_records


class Command(BaseCommand):
    help = "Ends the records whose publicity period is over and queues their removal from every platform."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, help="the assumed day, YYYY-MM-DD")
        parser.add_argument("--batch", type=int, default=500, help="how many are read at once")

    def handle(self, *args: Any, as_of: date | None, batch: int, **options: Any) -> None:
        with clock.assume(as_of):
            ended = expire_records(today=clock.today(), batch=batch)
        self.stdout.write(f"公示期满 {ended} 条")
