"""The worker loop: for installations without a broker, and for the demo."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from credit_repair.core import jobs, schedule
from credit_repair.core.loops import run_until_stopped


class Command(BaseCommand):
    help = "Runs due jobs and the schedule until it is told to stop (SIGTERM or Ctrl-C)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pause", type=float, default=0.5, help="seconds between two looks at the table")
        parser.add_argument("--once", action="store_true", help="one pass, then end")

    def handle(self, *args: Any, pause: float, once: bool, **options: Any) -> None:
        jobs.check_start()
        if once:
            self._work(lambda: False)
        else:
            run_until_stopped(self._work, pause=pause)

    def _work(self, is_stopped: Callable[[], bool]) -> bool:
        schedule.dispatch_due(timezone.now())
        return bool(jobs.run_due())
