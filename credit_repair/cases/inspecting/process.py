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

from credit_repair.cases.inspecting.limits import (
    MOST_ANSWER,
    MOST_CHECK_SECONDS,
    MOST_DRAWING,
    MOST_DRAWING_SECONDS,
    MOST_SECONDS,
)

logger = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[3]
_PNG = b"\x89PNG\r\n\x1a\n"


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


def check_codes_in(data: bytes, *, mime: str = "application/pdf") -> list[str]:
    """Return the check codes 核验码 that stand in a PDF or a picture, 16 letters each.

    Raises ReaderDied where the file brings the reader down, or takes longer than somebody waits.
    """
    head = {"task": "checks", "mime": mime}
    codes = _understood(_run([], [data], head, most=MOST_ANSWER, seconds=MOST_CHECK_SECONDS)).get("codes")
    return [code for code in codes if isinstance(code, str)] if isinstance(codes, list) else []


def drawn_page(data: bytes, *, mime: str, page: int, width: int) -> bytes:
    """Return a page of a file, counted from 1, as a picture (PNG) about `width` points wide.

    Raises ReaderDied where there is no such page, nothing can be drawn, or the file brings the reader down.
    """
    request = {"mime": mime, "page": page, "width": width}
    drawn = _run(["draw"], [data], request, most=MOST_DRAWING, seconds=MOST_DRAWING_SECONDS)
    if not drawn.startswith(_PNG):
        raise ReaderDied("no picture")
    return drawn


def _ask(task: str, files: Sequence[bytes], **request: Any) -> dict[str, Any]:
    return _understood(_run([], files, {"task": task, **request}, most=MOST_ANSWER, seconds=MOST_SECONDS))


def _run(
    words: Sequence[str], files: Sequence[bytes], request: dict[str, Any], *, most: int, seconds: int
) -> bytes:
    head = json.dumps({"sizes": [len(data) for data in files], **request}).encode()
    # A file takes the answer: what the reader may write is limited by the system, not by its good will.
    with tempfile.TemporaryFile() as answer:
        try:
            done = subprocess.run(  # noqa: S603 - our own program, no shell, no foreign words
                [sys.executable, "-m", "credit_repair.cases.inspecting", *words],
                input=b"\n".join([head, b"".join(files)]),
                stdout=answer,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env=_bare_environment(),
                timeout=seconds,
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError) as error:
            raise ReaderDied(type(error).__name__) from None
        answer.seek(0)
        said = answer.read(most)
    if done.returncode != 0:
        raise ReaderDied(f"ended with {done.returncode}")
    return said


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
