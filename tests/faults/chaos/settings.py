"""The site's settings, with a queue of the storm's own on a shared broker, and a clock that can go back."""

import os
from pathlib import Path

from credit_repair.settings import *  # noqa: F403
from tests.faults.chaos import clock

CELERY_TASK_DEFAULT_QUEUE = os.environ.get("STORM_QUEUE", "storm")

if os.environ.get("STORM_CLOCK"):
    clock.go_by(Path(os.environ["STORM_CLOCK"]))
