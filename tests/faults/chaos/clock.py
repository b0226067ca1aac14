"""A clock that can be set back in a running process: the offset stands in a file.

`faketime` is not installed everywhere, and cannot set a running process back. So the storm's settings put
this under `time.time()` and Django's `timezone.now()`, which is what the site asks.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path


def go_by(file: Path) -> None:
    """Let this process go by the true time and as many seconds more as `file` says."""
    from django.utils import timezone

    true = time.time

    def offset() -> float:
        try:
            return float(file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0.0

    time.time = lambda: true() + offset()
    timezone.now = lambda: datetime.fromtimestamp(time.time(), UTC)
