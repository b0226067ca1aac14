"""How far an import has come, on one line of a terminal."""

import unicodedata
from typing import IO

_WIDTH = 30
_NAME = 24


class ProgressLine:
    """A bar that is written over itself: 表.csv ██████░░░░ 60%（600/1000行）."""

    def __init__(self, stream: IO[str], name: str) -> None:
        self._stream = stream
        self._name = name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
        self._shown = ""

    def show(self, reached: int, total: int) -> None:
        """Show that `reached` of `total` rows have been dealt with."""
        share = reached / total if total else 1.0
        done = round(_WIDTH * share)
        bar = "█" * done + "░" * (_WIDTH - done)
        self._shown = f"{self._name} {bar} {share:.0%}（{reached}/{total}行）"
        self._stream.write(f"\r{self._shown}")
        self._stream.flush()

    def clear(self) -> None:
        """Take the line away, so that what comes next stands on a clean one."""
        if self._shown:
            self._stream.write(f"\r{' ' * _columns(self._shown)}\r")
            self._stream.flush()
            self._shown = ""


def _columns(text: str) -> int:
    """How many columns a terminal needs: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)
