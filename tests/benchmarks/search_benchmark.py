"""How long a search takes in a register of a million records.

    python -m tests.benchmarks.search_benchmark --records 1000000
    python -m tests.benchmarks.search_benchmark --records 1000000 --database postgres://…/any_name

Makes a database of its own (SQLite, or one beside the given one on its server), fills it, measures and drops
it. Each line: what the list page asks (the text is looked up, thirty rows, the count up to its cap), the
best of three; how often faster than reading every row for the text, as a plain icontains does; and how much
longer than with 10,000 records. A million records need some 4 GB of disk.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.own_database import filled, say, set_up

ROUNDS = 3
PAGE, CAP = 30, 1000


@dataclass(frozen=True)
class Line:
    """What was looked for, how many rows there were up to the cap, and milliseconds."""

    what: str
    rows: int
    took: float
    baseline: float | None


def measure() -> list[Line]:
    """Ask everything of the register that is there."""
    from credit_repair.registry.selectors import search_records

    lines = []
    for what, conditions in questions().items():
        rows, took = _best(lambda asked=conditions: search_records(**asked))
        baseline = None
        if "text" in conditions:
            _rows, baseline = _best(lambda asked=conditions: _every_row(asked["text"]), rounds=1)
        lines.append(Line(what, rows, took, baseline))
    return lines


def questions() -> dict[str, dict[str, Any]]:
    """What is asked: by name, the conditions of a search."""
    from credit_repair.registry.models import Record
    from tests.benchmarks.search_fill import LAST_DAY, RESIDENT_ID

    some = Record.objects.select_related("subject", "authority").filter(subject__code__isnull=False)
    record = some.order_by("pk")[some.count() // 2]
    name, code, number = record.subject.name, record.subject.code, record.doc_no
    office = [record.authority_id]
    brand = next(part for part in (name[3:5], name[2:4]) if part)
    texts = {
        "rare two characters": brand,
        "hot two characters": "公司",
        "one character": brand[1],
        "hot four characters": "有限公司",
        "full name": name,
        "code": code,
        "beginning of a code, rare": code[:14],
        "beginning of a code, hot": code[:8],
        "document number": number,
        "document number, its end": number[number.index("〔") :],
        "document number, hot part": "〔2026〕",
        "document number, letters": number[: number.index("〔")],
        "personal number": RESIDENT_ID,
        "nothing there": "无此名称",
        "no such number": "〔2026〕99999999号",
    }
    asked: dict[str, dict[str, Any]] = {what: {"text": text} for what, text in texts.items()}
    return asked | {
        "no filter": {},
        "one authority": {"authorities": office},
        "rare standing": {"standing": "withdrawn"},
        "class": {"rule_class": "serious"},
        "dates, a month": {
            "decided_from": LAST_DAY.replace(month=6),
            "decided_to": LAST_DAY.replace(month=7),
        },
        "ending soon": {"ending_from": LAST_DAY, "ending_to": LAST_DAY.replace(month=12)},
        "hot name and authority": {"text": "公司", "authorities": office},
        "hot name and rare standing": {"text": "公司", "standing": "withdrawn"},
        "hot name, authority and standing": {"text": "公司", "authorities": office, "standing": "withdrawn"},
    }


def _best(search: Callable[[], Any], *, rounds: int = ROUNDS) -> tuple[int, float]:
    """The rows up to the cap, and the milliseconds of the quickest round."""
    from credit_repair.core.paging import CappedPaginator

    times = []
    for _round in range(rounds):
        begin = time.perf_counter()
        page = CappedPaginator(search(), PAGE, cap=CAP).get_page(1)
        list(page)
        times.append((time.perf_counter() - begin) * 1000)
    return page.paginator.count, min(times)


def _every_row(text: str) -> Any:
    """The search without any index of its own."""
    from django.db.models import Q

    from credit_repair.core.crypto import keyed_hash
    from credit_repair.registry.models import Record

    found = Record.objects.filter(
        Q(doc_no__icontains=text)
        | Q(subject__code__startswith=text)
        | Q(subject__name__icontains=text)
        | Q(subject__number_hash=keyed_hash(text))
    )
    return found.select_related("subject", "authority").order_by("-decision_date", "-pk")


def report(lines: list[Line], small: list[Line]) -> None:
    """Print the table."""
    say(f"{'':36}{'rows':>7}{'ms':>9}{'× faster than icontains':>26}{'× of small':>12}")
    for line, before in zip(lines, small, strict=True):
        rows = f"{line.rows}+" if line.rows == CAP else str(line.rows)
        ratio = f"{line.baseline / line.took:.0f}" if line.baseline is not None else ""
        say(f"{line.what:36}{rows:>7}{line.took:9.1f}{ratio:>26}{line.took / before.took:12.1f}")


def main() -> None:
    """Measure a small register, then the large one."""
    parser = argparse.ArgumentParser(description="Measure the search.")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=10_000, help="records of the register to compare with")
    parser.add_argument("--database", default="", help="URL of a PostgreSQL server; without it, SQLite")
    options = parser.parse_args()
    with set_up("search", options.database):
        from tests.benchmarks.search_fill import fill

        with filled("search", options.small, fill):
            small = measure()
        with filled("search", options.records, fill):
            report(measure(), small)


if __name__ == "__main__":
    main()
