"""workdays: the due day so many working days after a day."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.core.management.base import CommandParser

from credit_repair.rules.calendar import national_calendar
from credit_repair.rules.cli import WORKDAYS_KEYS, Answer, workdays, workdays_text
from credit_repair.rules.management.answering import AnsweringCommand


class Command(AnsweringCommand):
    help = "计算若干个工作日后的到期日（起算当日不计入）。"
    option_names = WORKDAYS_KEYS

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--from", dest="ask_from", metavar="DATE", help="起算日，如 2026-11-20（当日不计入）"
        )
        parser.add_argument("--add", dest="ask_add", metavar="N", help="工作日数")

    def answerer(self) -> Answer:
        return partial(workdays, calendar=national_calendar())

    def as_text(self, answer: Mapping[str, Any]) -> str:
        return workdays_text(answer)
