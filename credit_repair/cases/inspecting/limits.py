"""How much a file may cost, and what the reading process may take."""

import contextlib

try:
    import resource
except ImportError:  # not a Unix: time alone limits it there
    resource = None  # type: ignore[assignment]

#: Pages that are looked at; the rest is only counted.
MOST_PAGES = 20
#: The longer side of a page as it is measured, in pixels: some 150 dpi for A4.
PAGE_PIXELS = 1800
#: Pixels of a picture beyond which it is not opened at all.
MOST_PIXELS = 120_000_000
#: Characters of text that are looked at, in all.
MOST_TEXT = 200_000
#: Seconds that the reading of one file may take by the clock, and of computing.
MOST_SECONDS = 40
MOST_CPU_SECONDS = 30
#: Seconds in which the code of a document is looked for, while somebody waits for the page.
MOST_CHECK_SECONDS = 10
#: Bytes of memory for the reading process, and of its answer.
MOST_MEMORY = 1536 * 1024 * 1024
MOST_ANSWER = 256 * 1024
#: A drawn page is its own answer: bytes of it, points of it, and seconds that somebody waits for it.
MOST_DRAWING = 12 * 1024 * 1024
MOST_DRAWN_POINTS = 12_000_000
MOST_DRAWING_SECONDS = 20


def take_limits(*, most_answer: int = MOST_ANSWER) -> None:
    """Let this process take no more than it may; called first of all in it.

    most_answer    bytes of what it may write
    """
    if resource is None:
        return
    for kind, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, most_answer),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        # Where an administrator has set a lower one already, that one stays.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))
