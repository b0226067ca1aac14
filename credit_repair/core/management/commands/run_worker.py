"""The worker loop: for installations without a broker, and for the demo."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from credit_repair.core import jobs, schedule


class Command(BaseCommand):
    help = "Runs due jobs and the schedule until it is told to stop (SIGTERM or Ctrl-C)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pause", type=float, default=0.5, help="seconds between two looks at the table")
        parser.add_argument("--once", action="store_true", help="one pass, then end")

    def handle(self, *args: Any, pause: float, once: bool, **options: Any) -> None:
        jobs.check_start()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            schedule.dispatch_due(timezone.now())
            ran = jobs.run_due()
            if once:
                return
            if not ran:
                stop.wait(pause)
