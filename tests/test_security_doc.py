"""The self-assessment in docs/security.md is whole: every requirement once, a verdict each, tests that exist.

`tests/data/asvs_5_0_0.txt` has the identifiers of OWASP ASVS 5.0.0, level 1 and 2, each with its level.
"""

import ast
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGE = ROOT / "docs" / "security.md"
LIST = ROOT / "tests" / "data" / "asvs_5_0_0.txt"
VERDICTS = {"test", "reason", "open"}
#: 70 of level 1 and 183 of level 2: the standard's own numbers.
LEVELS = {"1": 70, "2": 183}

_LINE = re.compile(r"^\| (V\d+\.\d+\.\d+) \| (.*) \|$")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_LINK = re.compile(r"\]\(#([^)]+)\)")


def required() -> dict[str, str]:
    return dict(line.split() for line in LIST.read_text(encoding="utf-8").splitlines())


def lines() -> list[tuple[str, list[str]]]:
    """Each line of the assessment: its identifier, and level, subject, verdict, and what shows it."""
    found = (_LINE.match(line) for line in PAGE.read_text(encoding="utf-8").splitlines())
    return [(line[1], [cell.strip() for cell in line[2].split(" | ")]) for line in found if line]


LINES = lines()


@lru_cache(maxsize=256)
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def problem(cells: list[str], level: str) -> str:
    """What is wrong with a line, or nothing."""
    if len(cells) != 4:
        return "a line has level, subject, verdict and what shows it"
    said_level, subject, verdict, shown = cells
    if said_level != level:
        return f"its level is {level}"
    if not subject or verdict not in VERDICTS:
        return "no subject, or no verdict"
    named = _TEST.findall(shown)
    if verdict == "test" and not named:
        return "no test is named"
    if verdict != "test" and len(shown) < 15:
        return "no words say why"
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or name not in functions_of(path) or not name.startswith("test_")
    ]
    return f"no such test: {', '.join(missing)}" if missing else ""


def test_the_list_is_the_standards() -> None:
    assert Counter(required().values()) == LEVELS


def test_every_requirement_has_exactly_one_line() -> None:
    counted = Counter(name for name, _cells in LINES)
    assert set(required()) - set(counted) == set(), "without a line"
    assert set(counted) - set(required()) == set(), "not of level 1 or 2"
    assert [name for name, count in counted.items() if count > 1] == []


def test_every_line_has_its_verdict_and_what_shows_it() -> None:
    levels = required()
    wrong = {name: problem(cells, levels.get(name, "")) for name, cells in LINES}
    assert {name: words for name, words in wrong.items() if words} == {}


def test_no_test_is_named_in_a_form_that_is_not_looked_at() -> None:
    for name, cells in LINES:
        assert cells[-1].count("::") == len(_TEST.findall(cells[-1])), name


def test_the_page_counts_its_own_verdicts() -> None:
    counted = Counter(cells[2] for _name, cells in LINES)
    verdicts = ", ".join(f"{counted[verdict]} {verdict}" for verdict in ("test", "reason", "open"))
    words = f"{len(LINES)} requirements: {verdicts}"
    assert words in PAGE.read_text(encoding="utf-8"), words


def test_links_within_the_page_lead_somewhere() -> None:
    text = PAGE.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(_LINK.findall(text)) - anchors == set()


@pytest.mark.parametrize(
    ("cells", "level"),
    [
        (["1", "words", "test", "`tests/test_security_doc.py::test_there_is_none`"], "1"),
        (["1", "words", "test", "`tests/no_such_file.py::test_x`"], "1"),
        (["1", "words", "test", "we tried it by hand, it works"], "1"),
        (["1", "words", "reason", ""], "1"),
        (["1", "words", "", "some words that say why"], "1"),
        (["1", "words", "maybe", "some words that say why"], "1"),
        (["2", "words", "open", "some words that say why"], "1"),
        (["1", "open", "some words that say why"], "1"),
    ],
)
def test_a_line_that_shows_nothing_is_found(cells: list[str], level: str) -> None:
    assert problem(cells, level)
