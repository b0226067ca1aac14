"""Start the reading process for one file, wait for it, take its answer."""

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from credit_repair.cases.inspecting.limits import MOST_ANSWER, MOST_SECONDS

logger = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[3]


class ReaderDied(RuntimeError):
    """The reading process ended without an answer, or took too long."""


def facts_of(data: bytes, *, mime: str, sought: Sequence[str]) -> dict[str, Any]:
    """Return what can be seen in a file.

    sought    names and numbers of which is said whether they occur in its text
    Raises ReaderDied where the file brings the reader down.
    """
    return _ask("facts", [data], mime=mime, sought=list(sought))


def ink_on(data: bytes, letters: dict[str, bytes], *, mime: str) -> dict[str, Any]:
    """Return, for each of our letters in a scan, whether somebody signed or stamped it.

    letters    the PDF of each letter as it was printed, by the identity in its QR code
    Returns {identity: {"signed": True, False or None for not to be told, "stamp": bool}}.
    Raises ReaderDied where the file brings the reader down.
    """
    return _ask("ink", [data, *letters.values()], mime=mime, names=list(letters))


def _ask(task: str, files: Sequence[bytes], **request: Any) -> dict[str, Any]:
    head = json.dumps({"task": task, "sizes": [len(data) for data in files], **request}).encode()
    # A file takes the answer: what the reader may write is limited by the system, not by its good will.
    with tempfile.TemporaryFile() as answer:
        try:
            done = subprocess.run(  # noqa: S603 - our own program, no shell, no foreign words
                [sys.executable, "-m", "credit_repair.cases.inspecting"],
                input=b"\n".join([head, b"".join(files)]),
                stdout=answer,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env=_bare_environment(),
                timeout=MOST_SECONDS,
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError) as error:
            raise ReaderDied(type(error).__name__) from None
        answer.seek(0)
        said = answer.read(MOST_ANSWER)
    if done.returncode != 0:
        raise ReaderDied(f"ended with {done.returncode}")
    return _understood(said)


def _understood(said: bytes) -> dict[str, Any]:
    try:
        facts = json.loads(said)
    except ValueError:
        raise ReaderDied("no answer") from None
    if not isinstance(facts, dict):
        raise ReaderDied("no answer")
    return facts


def _bare_environment() -> dict[str, str]:
    """What the process needs to start, and none of our secrets."""
    kept = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP")
    return {name: os.environ[name] for name in kept if name in os.environ}
