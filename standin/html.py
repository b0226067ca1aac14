"""HTML that is safe to put together: every value is escaped, unless it is HTML already."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from html import escape

CHINA = timezone(timedelta(hours=8))  # not zoneinfo: a bare system has no time zone data
TIME = '<time datetime="{iso}">{text}</time>'
CODE = '<span class="code">{text}</span>'


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def fill(template: str, **values: object) -> Html:
    """Put values into a template in the manner of ``str.format``; all but `Html` is escaped."""
    return Html(
        template.format(**{k: v if isinstance(v, Html) else escape(str(v)) for k, v in values.items()})
    )


def join(parts: list[Html]) -> Html:
    return Html("".join(parts))


def moment(iso: str) -> Html:
    """A moment as people in China read it."""
    local = datetime.fromisoformat(iso).astimezone(CHINA)
    return fill(TIME, iso=iso, text=f"{local:%Y-%m-%d %H:%M:%S}")
