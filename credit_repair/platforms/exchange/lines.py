"""Files of JSON lines, read one by one."""

import json
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from credit_repair.platforms.exchange.folders import Unfit

MOST_LINES = 100_000
MAX_LINE_BYTES = 256 * 1024


class NotJson:
    """Stands for a line that is none, or that has characters in it that can be stored nowhere."""


def json_lines(file: IO[bytes]) -> Iterator[tuple[int, Any]]:
    """Yield number (from 1) and content of each line that is not blank; NotJson for what is none.

    Raises Unfit for more than 100,000 lines, or one that is longer than any that the contract knows.
    """
    number = 0
    while line := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            raise Unfit(_("第%(line)s行过长。") % {"line": number})
        if number > MOST_LINES:
            raise Unfit(_("文件超过%(most)s行，请分成几份。") % {"most": MOST_LINES})
        if line.strip():
            yield number, _parsed(line)


def _parsed(line: bytes) -> Any:
    try:
        text = line.decode("utf-8-sig")
        data = json.loads(text)
        # NUL and half a surrogate pair are legal in JSON, but only as escapes.
        return data if "\\u" not in text or _is_storable(data) else NotJson
    except (ValueError, RecursionError):
        return NotJson


def _is_storable(data: Any) -> bool:
    if isinstance(data, dict):
        return all(_is_storable(key) and _is_storable(value) for key, value in data.items())
    if isinstance(data, list):
        return all(_is_storable(each) for each in data)
    if not isinstance(data, str):
        return True
    return "\0" not in data and not any("\ud800" <= character <= "\udfff" for character in data)
