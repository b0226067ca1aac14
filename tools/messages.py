"""The English texts of the site: extract what the code says in Chinese, merge, compile, check.

    .venv/bin/python tools/messages.py                extract, merge into locale/, compile (make messages)
    .venv/bin/python tools/messages.py --check          say what is missing or wrong; a step of make check
    .venv/bin/python tools/messages.py --todo FILE      write what has no English yet as JSON, to be filled in
    .venv/bin/python tools/messages.py --fill FILE …    merge, with the English of such files

A file of --todo holds {Chinese: English, or [one, many] where numbers count}; before a msgid with a context
stands the context and "|||". Nothing is guessed: a text that has changed is a new text without English.

`locale/zh_Hans` is written by hand: Chinese for what the libraries say in English. It is compiled here too.
"""

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib

BASE = Path(__file__).resolve().parent.parent
LOCALE = BASE / "locale"
SOURCES = ("credit_repair", "templates")
ENGLISH = LOCALE / "en" / "LC_MESSAGES" / "django.po"
BY_HAND = LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
WIDTH = 10**6  # polib breaks no line below it: one text, one line
CONTEXT = "|||"

CHINESE = re.compile(r"[㐀-鿿，。：；、！？（）【】]")
PLACEHOLDER = re.compile(r"%\(\w+\)[-+ #0]*[\d.]*[sdfr]|%[sdf%]|\{\w*\}")
TAG = re.compile(r"</?\w+[^>]*>|&\w+;")
#: What stays Chinese in the English: titles and examples, quoted as in the Chinese, and names of languages.
QUOTED = re.compile(r"《[^》]*》|“[^”]*”")
STAYS_CHINESE = frozenset({"简体中文", "中文"})

#: What the code calls gettext besides the names that makemessages knows; a test holds them complete.
ALIASES = ("_l", "_now")

HEADER = {
    "Project-Id-Version": "credit-repair",
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def key_of(entry: polib.POEntry) -> str:
    """Return what a text is found by: its Chinese, with its context where it has one."""
    return f"{entry.msgctxt}{CONTEXT}{entry.msgid}" if entry.msgctxt else entry.msgid


def extracted() -> polib.POFile:
    """Return all texts of the code and the templates, without any English.

    They are copied and read elsewhere, because makemessages writes into every `locale` that it can see.
    """
    from django.conf import settings
    from django.core.management import call_command
    from django.core.management.commands.makemessages import Command

    if not settings.configured:  # it needs none of the site's own, and no app that might not load just now
        settings.configure(USE_I18N=True)
    command = Command()
    command.xgettext_options = [*command.xgettext_options, *(f"--keyword={name}" for name in ALIASES)]
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as place:
        for source in SOURCES:
            shutil.copytree(
                BASE / source, Path(place) / source, ignore=shutil.ignore_patterns("__pycache__", "static")
            )
        (Path(place) / "locale").mkdir()
        os.chdir(place)
        try:
            call_command(command, locale=["en"], no_wrap=True, no_location=True, verbosity=0)
        finally:
            os.chdir(here)
        return polib.pofile(str(Path(place) / "locale" / "en" / "LC_MESSAGES" / "django.po"), wrapwidth=WIDTH)


def kept(path: Path = ENGLISH) -> polib.POFile:
    """Return the catalogue of the tree; an empty one where there is none."""
    return polib.pofile(str(path), wrapwidth=WIDTH) if path.exists() else polib.POFile(wrapwidth=WIDTH)


def english_of(entry: polib.POEntry) -> list[str]:
    """Return the English of an entry: one text, or one for one and one for many."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def merged(code: polib.POFile, old: polib.POFile, given: dict[str, object]) -> polib.POFile:
    """Return the texts of the code, each with its English: the one given now, or the old one."""
    known = {key_of(entry): entry for entry in old if not entry.obsolete and "fuzzy" not in entry.flags}
    new = polib.POFile(wrapwidth=WIDTH)
    new.metadata = dict(HEADER)
    for entry in code:
        fresh = polib.POEntry(
            msgctxt=entry.msgctxt,
            msgid=entry.msgid,
            msgid_plural=entry.msgid_plural,
            flags=[flag for flag in entry.flags if flag != "fuzzy"],
        )
        before = known.get(key_of(entry))
        words = given.get(key_of(entry)) or (english_of(before) if before is not None else "")
        _fill(fresh, words)
        new.append(fresh)
    return new


def _fill(entry: polib.POEntry, words: object) -> None:
    texts = [str(word) for word in words] if isinstance(words, list | tuple) else [str(words)]
    if entry.msgid_plural:
        entry.msgstr_plural = {0: texts[0], 1: texts[-1]}
    else:
        entry.msgstr = texts[-1]


def faults(code: polib.POFile, catalogue: polib.POFile) -> Iterator[str]:
    """Say what is wrong with the catalogue, text by text, against what the code says."""
    found = {key_of(entry): entry for entry in catalogue if not entry.obsolete}
    wanted = {key_of(entry) for entry in code}
    for entry in code:
        if key_of(entry) not in found:
            yield f"missing: {key_of(entry)!r}"
        elif bool(found[key_of(entry)].msgid_plural) != bool(entry.msgid_plural):
            yield f"missing: the plural of {key_of(entry)!r}"
    for entry in catalogue:
        name = repr(key_of(entry))
        if entry.obsolete or key_of(entry) not in wanted:
            yield f"obsolete: {name}"
        elif "fuzzy" in entry.flags:
            yield f"fuzzy: {name}"
        elif not all(english_of(entry)):
            yield f"no English: {name}"
        else:
            yield from _faults_of_words(entry, name)


def _faults_of_words(entry: polib.POEntry, name: str) -> Iterator[str]:
    for text in english_of(entry):
        for what, pattern in (("placeholders", PLACEHOLDER), ("tags", TAG)):
            if sorted(pattern.findall(entry.msgid)) != sorted(pattern.findall(text)):
                yield f"other {what}: {name} -> {text!r}"
        left = QUOTED.sub(lambda found: "" if found[0] in entry.msgid else found[0], text)
        left = PLACEHOLDER.sub("", left)  # such as {案件编号}: the same in both, as is asked above
        if CHINESE.search(left) and left not in STAYS_CHINESE:
            yield f"Chinese in the English: {name} -> {text!r}"


def compiled(catalogue: polib.POFile) -> bytes:
    """Return the catalogue as the site reads it."""
    return bytes(catalogue.to_binary())


def stale(paths: Iterable[Path]) -> Iterator[str]:
    """Name the compiled catalogues that are not what their texts say."""
    for path in paths:
        compiled_path = path.with_suffix(".mo")
        if not compiled_path.exists() or compiled_path.read_bytes() != compiled(kept(path)):
            yield f"out of date: {compiled_path.name} of {path.parent.parent.name}"


def todo(catalogue: polib.POFile) -> dict[str, object]:
    """Return what has no English yet, ready to be filled in."""
    return {
        key_of(entry): ["", ""] if entry.msgid_plural else ""
        for entry in catalogue
        if not all(english_of(entry))
    }


def _write(catalogue: polib.POFile, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))
    path.with_suffix(".mo").write_bytes(compiled(catalogue))


def _check() -> int:
    found = [*faults(extracted(), kept()), *stale(path for path in (ENGLISH, BY_HAND) if path.exists())]
    for line in found:
        print(line)
    if found:
        print(f"{len(found)} faults. `make messages` takes in what the code says; then fill in the English")
        print("(tools/messages.py --todo FILE, --fill FILE).")
    return 1 if found else 0


def main() -> int:
    """Do what the command line asks for; return 1 where --check finds something."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--todo", metavar="FILE", type=Path)
    parser.add_argument("--fill", metavar="FILE", nargs="+", type=Path, default=[])
    asked = parser.parse_args()
    if asked.check:
        return _check()
    given: dict[str, object] = {}
    for path in asked.fill:
        given.update(json.loads(path.read_text(encoding="utf-8")))
    catalogue = merged(extracted(), kept(), given)
    _write(catalogue, ENGLISH)
    if BY_HAND.exists():
        _write(kept(BY_HAND), BY_HAND)
    left = todo(catalogue)
    if asked.todo:
        asked.todo.write_text(json.dumps(left, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"{len(catalogue)} texts, {len(left)} without English.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
