"""Reads the rule files into a :class:`RuleBook`; what is wrong is named with file and line.

The files of a data directory: ``penalty-types.yaml``, ``aliases.yaml``, ``hints.yaml``, and every other
``*.yaml`` is a rule set. A rule set looks like this::

    id: ndrc-36
    kind: repair-graded            # repair-flat, objection, general; see schema
    title: 《信用修复管理办法》
    source: …
    level: national                # province, city, sector
    in_force: {from: 2026-04-01, to: null}
    mark: C
    authority_kinds: [other]       # whose records the set governs
    fallback: {…}                  # whom it serves before their own first set is in force
    inherits: [{from: …, paths: […], mark: "?"}]   # values taken over from another file
    overrides: [ndrc-36]           # instead: a local set that replaces single values
    values:
      clock.answer.days: {value: 10, mark: C, basis: …}
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from .book import LEVELS, Alias, Fallback, Hint, PenaltyType, PenaltyWords, RuleBook, RuleSet, RuleValue
from .schema import SECTOR, SET_KINDS
from .source import Located, read_yaml
from .types import AuthorityKind, Mark, Procedure

DATA_DIR = Path(__file__).parent / "data"

_WORD_FILES = ("penalty-types.yaml", "aliases.yaml", "hints.yaml")
_HINT_FIELDS = ("legal_basis", "doc_no", "authority_name", "facts")
_HINT_VALUES = {"procedure": get_args(Procedure), "authority_kind": get_args(AuthorityKind)}

Inheritance = list[tuple[str, tuple[str, ...], Mark, Located]]


@lru_cache(maxsize=1)
def national_book() -> RuleBook:
    """The rules we ship, read once per process.

    :raises RuleDataError: when a file is wrong; start-up should call this, so that it fails there.
    """
    return load_book(DATA_DIR)


def load_book(directory: Path) -> RuleBook:
    """Read a whole data directory.

    :param directory: with the three word files and any number of rule sets.
    :raises RuleDataError: when a file is wrong, with file and line.
    :raises OSError: when a file cannot be read.
    """
    trees = {path.name: _read(path) for path in sorted(directory.glob("*.yaml"))}
    types_tree, aliases_tree, hints_tree = (
        trees.pop(name) if name in trees else _read(directory / name) for name in _WORD_FILES
    )
    penalty_types = _penalty_types(types_tree)
    hints, sectors = _hints(hints_tree)
    return RuleBook(
        rule_sets=_resolve([_rule_set(tree) for tree in trees.values()]),
        penalty_types=penalty_types,
        words=_penalty_words(aliases_tree, {kind.name for kind in penalty_types}),
        hints=hints,
        sectors=sectors,
    )


def load_rule_set(path: Path) -> RuleSet:
    """Read one rule set from a file, for ``RuleBook.with_overrides``.

    :raises RuleDataError: when the file is wrong; whether its values fit is checked by the book.
    """
    return parse_rule_set(path.read_text(encoding="utf-8"), path.name)


def parse_rule_set(text: str, name: str) -> RuleSet:
    """Read one rule set from YAML text, e.g. of an upload.

    :param text: the YAML.
    :param name: what to call it in messages.
    :raises RuleDataError: when the text is wrong, or inherits: only the files of a book can do that.
    """
    tree = read_yaml(text, name)
    rule_set, inherited = _rule_set(tree)
    if inherited:
        raise tree.fail("单独读取的规则集不能使用 inherits")
    return rule_set


def _read(path: Path) -> Located:
    return read_yaml(path.read_text(encoding="utf-8"), path.name)


# -- rule sets


def _rule_set(tree: Located) -> tuple[RuleSet, Inheritance]:
    top = tree.take(
        required=("id", "kind", "title", "source", "level", "in_force", "mark", "values"),
        optional=("region", "sector", "authority_kinds", "fallback", "inherits", "overrides"),
    )
    first, last = _in_force(top["in_force"])
    set_id = top["id"].text()
    rule_set = RuleSet(
        id=set_id,
        kind=_choice(top["kind"], SET_KINDS),
        title=top["title"].text(),
        source=top["source"].text(),
        level=_choice(top["level"], LEVELS),
        in_force_from=first,
        in_force_to=last,
        mark=_mark(top["mark"]),
        values=tuple(_value(path, node, set_id) for path, node in top["values"].mapping().items()),
        region=top["region"].text() if "region" in top else None,
        sector=_sector(top["sector"]) if "sector" in top else None,
        authority_kinds=_authority_kinds(top["authority_kinds"]) if "authority_kinds" in top else (),
        fallback=_fallback(top["fallback"]) if "fallback" in top else None,
        overrides=tuple(node.text() for node in top["overrides"].items()) if "overrides" in top else (),
        file=tree.file,
    )
    return rule_set, [_inherits(node) for node in top["inherits"].items()] if "inherits" in top else []


def _value(path: str, node: Located, origin: str) -> RuleValue:
    parts = node.take(required=("value", "basis", "mark"))
    value = parts["value"].plain()
    return RuleValue(
        path=path,
        value=tuple(value) if isinstance(value, list) else value,
        basis=parts["basis"].text(),
        mark=_mark(parts["mark"]),
        origin=origin,
        file=node.file,
        line=node.line,
    )


def _in_force(node: Located) -> tuple[date | None, date | None]:
    parts = node.take(required=("from", "to"))
    days = []
    for part in (parts["from"], parts["to"]):
        if part.value is not None and type(part.value) is not date:
            raise part.fail(f"应当是日期（如 2026-04-01）或 null，现为 {part.value!r}")
        days.append(part.value)
    first, last = days
    if first and last and last < first:
        raise node.fail("失效日早于生效日")
    return first, last


def _fallback(node: Located) -> Fallback:
    parts = node.take(required=("authority_kinds", "basis", "mark"))
    return Fallback(_authority_kinds(parts["authority_kinds"]), parts["basis"].text(), _mark(parts["mark"]))


def _inherits(node: Located) -> tuple[str, tuple[str, ...], Mark, Located]:
    parts = node.take(required=("from", "paths", "mark"))
    prefixes = tuple(prefix.text() for prefix in parts["paths"].items())
    return parts["from"].text(), prefixes, _mark(parts["mark"]), node


def _resolve(read: Iterable[tuple[RuleSet, Inheritance]]) -> tuple[RuleSet, ...]:
    """Fill in what sets take over from others. One step only: what is taken over is not passed on."""
    sets = list(read)
    by_id = {rule_set.id: rule_set for rule_set, _ in sets}
    return tuple(_filled(rule_set, inherited, by_id) for rule_set, inherited in sets)


def _filled(rule_set: RuleSet, inherited: Inheritance, by_id: dict[str, RuleSet]) -> RuleSet:
    values = {value.path: value for value in rule_set.values}
    for source, prefixes, mark, node in inherited:
        if source not in by_id:
            raise node.fail(f"没有编号为“{source}”的规则集可以沿用")
        for value in by_id[source].values:
            if value.path.startswith(prefixes):
                values.setdefault(value.path, replace(value, mark=mark))
    return replace(rule_set, values=tuple(values.values()))


# -- penalty types, aliases, hints


def _penalty_types(tree: Located) -> tuple[PenaltyType, ...]:
    listed = []
    for node in tree.take(required=("light_to_heavy",))["light_to_heavy"].items():
        parts = node.take(required=("name", "mark", "basis"))
        listed.append(PenaltyType(parts["name"].text(), _mark(parts["mark"]), parts["basis"].text()))
    names = [kind.name for kind in listed]
    if len(names) != len(set(names)):
        raise tree.fail("处罚类别重复")
    return tuple(listed)


def _penalty_words(tree: Located, known: set[str]) -> PenaltyWords:
    top = tree.take(required=("separators", "prefixes", "aliases"))
    aliases = []
    for alias, node in top["aliases"].mapping().items():
        parts = node.take(required=("is", "mark"))
        name = parts["is"].text()
        if name not in known:
            raise node.fail(f"“{alias}”指向不认识的处罚类别“{name}”")
        if alias in known:
            raise node.fail(f"“{alias}”本身就是处罚类别，不能再作别名")
        aliases.append(Alias(alias, name, _mark(parts["mark"])))
    return PenaltyWords(
        aliases=tuple(aliases),
        separators=str(top["separators"].value),
        prefixes=tuple(node.text() for node in top["prefixes"].items()),
    )


def _hints(tree: Located) -> tuple[tuple[Hint, ...], dict[str, str]]:
    top = tree.take(required=("sectors", "hints"))
    sectors = {_sector_code(code, node): node.text() for code, node in top["sectors"].mapping().items()}
    return tuple(_hint(node, sectors) for node in top["hints"].items()), sectors


def _hint(node: Located, sectors: dict[str, str]) -> Hint:
    gives = ("sector", "procedure", "authority_kind")
    parts = node.take(required=("field", "word", "mark"), optional=gives)
    given = [name for name in gives if name in parts]
    if len(given) != 1:
        raise node.fail(f"每条提示只能给出 {'、'.join(gives)} 中的一项")
    gives_what: Any = given[0]
    allowed = tuple(sectors) if gives_what == "sector" else _HINT_VALUES[gives_what]
    return Hint(
        field=_choice(parts["field"], _HINT_FIELDS),
        word=parts["word"].text(),
        gives=gives_what,
        value=_choice(parts[gives_what], allowed),
        mark=_mark(parts["mark"]),
    )


# -- small parts


def _choice(node: Located, allowed: tuple[str, ...]) -> Any:
    if node.value not in allowed:
        raise node.fail(f"应当是 {'、'.join(allowed)} 之一，现为 {node.value!r}")
    return node.value


def _mark(node: Located) -> Any:
    return _choice(node, get_args(Mark))


def _authority_kinds(node: Located) -> tuple[AuthorityKind, ...]:
    return tuple(_choice(child, get_args(AuthorityKind)) for child in node.items())


def _sector(node: Located) -> str:
    return _sector_code(node.text(), node)


def _sector_code(code: str, node: Located) -> str:
    if not SECTOR.fullmatch(code):
        raise node.fail(f"行业代码“{code}”只能用小写字母、数字和下划线")
    return code
