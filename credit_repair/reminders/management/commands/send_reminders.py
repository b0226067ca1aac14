"""Reminders as a command."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from credit_repair.core import clock
from credit_repair.people.services import remind_of_ending_mandates
from credit_repair.reminders import services


class Command(BaseCommand):
    help = "Reminds of steps due on the next working day and of mandates that end soon; nobody is told twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, help="the assumed day, YYYY-MM-DD")

    def handle(self, *args: Any, as_of: date | None, **options: Any) -> None:
        with clock.assume(as_of):
            written = services.send_step_reminders(today=clock.today())
            written += remind_of_ending_mandates(today=clock.today())
        self.stdout.write(f"已写提醒邮件 {written} 封")
