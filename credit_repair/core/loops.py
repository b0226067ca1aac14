"""Commands that go on until they are told to stop."""

import logging
import signal
import threading
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, close_old_connections, connection

logger = logging.getLogger(__name__)

#: The connection is gone, the disk full, the server restarting: the next step may succeed.
DATABASE_IS_AWAY = (OperationalError, InterfaceError)


def run_until_stopped(step: Callable[[Callable[[], bool]], bool], *, pause: float) -> None:
    """Run `step` again and again until SIGTERM or SIGINT.

    `step` is given a question, whether it shall stop, and returns whether it was busy; else the loop rests
    for `pause` seconds. A database that is away ends the step, not the loop.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        close_old_connections()
        try:
            busy = step(stop.is_set)
        except DATABASE_IS_AWAY:
            logger.exception("the database is away; the loop goes on in a moment")
            connection.close()
            busy = False
        if not busy:
            stop.wait(pause)
