"""All rule files together: a frozen :class:`RuleBook` with a content hash, and local rules laid over it."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from .dates import said
from .schema import REPAIR, Schema, SetKind
from .source import RuleDataError
from .types import AUTHORITY_NAMES, AuthorityKind, Basis, Mark

Level = Literal["national", "province", "city", "sector"]
LEVELS: tuple[Level, ...] = ("national", "province", "city", "sector")
"""From weak to strong: where several rules give the same value, the later one prevails."""


class NoRuleSet(LookupError):  # noqa: N818 - reads as what happened
    """No rule set is in force for what was asked."""


@dataclass(frozen=True)
class RuleValue:
    """One value of a rule set, with what it rests on and where it came from.

    ``origin`` is the rule set whose file gives the value, ``overrides`` the weaker value that it displaced;
    ``file`` and ``line`` say where to look it up. ``level``, ``sector`` and the two days count for overriding
    values alone and are filled in by the book from their rule set.
    """

    path: str
    value: Any
    basis: str
    mark: Mark
    origin: str
    level: Level = "national"
    sector: str | None = None
    in_force_from: date | None = None
    in_force_to: date | None = None
    overrides: "RuleValue | None" = None
    file: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)

    def applies(self, *, on: date, sector: str | None) -> bool:
        """Does this value count on the day, and for the sector? A set's own values always do."""
        return (
            (self.in_force_from is None or self.in_force_from <= on)
            and (self.in_force_to is None or on <= self.in_force_to)
            and (self.sector is None or self.sector == sector)
        )


@dataclass(frozen=True)
class Fallback:
    """This set also serves the kinds of authority whose own first set is not yet in force."""

    authority_kinds: tuple[AuthorityKind, ...]
    basis: str
    mark: Mark


@dataclass(frozen=True)
class RuleSet:
    """One file of rules. With ``overrides`` it lays single values over other sets, else it stands alone."""

    id: str
    kind: SetKind
    title: str
    source: str
    level: Level
    in_force_from: date | None
    in_force_to: date | None
    mark: Mark
    values: tuple[RuleValue, ...]
    region: str | None = None
    sector: str | None = None
    authority_kinds: tuple[AuthorityKind, ...] = ()
    fallback: Fallback | None = None
    overrides: tuple[str, ...] = ()
    file: str = field(default="", compare=False)

    def in_force(self, on: date) -> bool:
        """Is the set in force on this day? First and last day belong to it."""
        return (self.in_force_from is None or self.in_force_from <= on) and (
            self.in_force_to is None or on <= self.in_force_to
        )


@dataclass(frozen=True)
class PenaltyType:
    """A penalty type (处罚类别); the book lists them from light to heavy."""

    name: str
    mark: Mark
    basis: str


@dataclass(frozen=True)
class Alias:
    """What real tables write instead of a penalty type."""

    alias: str
    name: str
    mark: Mark


@dataclass(frozen=True)
class PenaltyWords:
    """How penalty columns are written: aliases, characters that separate, and prefixes such as 其他-."""

    aliases: tuple[Alias, ...]
    separators: str
    prefixes: tuple[str, ...]


@dataclass(frozen=True)
class Hint:
    """A word that, found in one field of a record, says something about it."""

    field: str
    word: str
    gives: Literal["sector", "procedure", "authority_kind"]
    value: str
    mark: Mark


@dataclass(frozen=True)
class Governing:
    """The rule set that governs, and why."""

    rule_set: RuleSet
    basis: Basis


class RuleView:
    """The values of one rule set as they hold on one day, for one sector."""

    def __init__(self, book: "RuleBook", rule_set: RuleSet, on: date, sector: str | None) -> None:
        self.book, self.rule_set, self.on, self.sector = book, rule_set, on, sector

    def find(self, path: str) -> RuleValue | None:
        """The value in force at this path, None when the set has none."""
        layers = self.book.candidates(self.rule_set.id, path)
        if len(layers) == 1 and not layers[0].overrides and layers[0].applies(on=self.on, sector=self.sector):
            return layers[0]
        # From the weakest up, so that each value names the one in force beneath it.
        found: RuleValue | None = None
        for value in reversed(layers):
            if value.applies(on=self.on, sector=self.sector):
                found = replace(value, overrides=found)
        return found

    def __getitem__(self, path: str) -> RuleValue:
        found = self.find(path)
        if found is None:
            raise KeyError(f"规则集 {self.rule_set.id} 没有“{path}”这一项")
        return found

    def __iter__(self) -> Iterator[RuleValue]:
        found = (self.find(path) for path in self.book.paths(self.rule_set.id))
        return (value for value in found if value is not None)


@dataclass(frozen=True, eq=False)
class RuleBook:
    """Every rule set, the penalty types and the words; frozen. Books of the same content have the same hash.

    :raises ValueError: for ids given twice, values that do not fit or are missing; as ``RuleDataError`` with
        file and line where the set was read from a file.
    """

    rule_sets: tuple[RuleSet, ...]
    penalty_types: tuple[PenaltyType, ...]
    words: PenaltyWords
    hints: tuple[Hint, ...]
    sectors: Mapping[str, str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "sectors", MappingProxyType(dict(self.sectors)))
        ids = [rule_set.id for rule_set in self.rule_sets]
        if len(ids) != len(set(ids)):
            raise ValueError(f"规则集编号重复：{'、'.join(sorted({i for i in ids if ids.count(i) > 1}))}")
        for rule_set in self.rule_sets:
            self._check(rule_set)

    @cached_property
    def schema(self) -> Schema:
        """The fields that values are checked against."""
        return Schema(kind.name for kind in self.penalty_types)

    @cached_property
    def penalty_order(self) -> Mapping[str, int]:
        """Penalty type → place from light to heavy."""
        return {kind.name: place for place, kind in enumerate(self.penalty_types)}

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hex) over every value, basis, mark and word; where a value stands does not count."""
        text = json.dumps(self.content(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def content(self) -> dict[str, Any]:
        """Every value, basis, mark and word as plain JSON values: what the hash is made of."""
        return {
            "rule_sets": [_plain(rule_set) for rule_set in sorted(self.rule_sets, key=lambda s: s.id)],
            "penalty_types": [_plain(kind) for kind in self.penalty_types],
            "words": _plain(self.words),
            "hints": [_plain(hint) for hint in self.hints],
            "sectors": dict(self.sectors),
        }

    def rule_set(self, set_id: str) -> RuleSet:
        """The rule set of this id.

        :raises NoRuleSet: when there is none.
        """
        for rule_set in self.rule_sets:
            if rule_set.id == set_id:
                return rule_set
        raise NoRuleSet(f"没有编号为“{set_id}”的规则集")

    def standing(self, *kinds: SetKind) -> tuple[RuleSet, ...]:
        """The rule sets of these kinds (of all, if none is named) that stand alone: they override nothing."""
        return tuple(s for s in self.rule_sets if not s.overrides and (not kinds or s.kind in kinds))

    def candidates(self, set_id: str, path: str) -> tuple[RuleValue, ...]:
        """Every value given for a path, the strongest first, whether in force or not."""
        return self._layers.get(set_id, {}).get(path, ())

    def paths(self, set_id: str) -> tuple[str, ...]:
        """The paths of a rule set, in the order of its file, then those that only local rules have."""
        return tuple(self._layers.get(set_id, {}))

    def view(self, set_id: str, *, on: date, sector: str | None = None) -> RuleView:
        """The values of a rule set as they hold on a day.

        E.g. ``book.view("ndrc-36", on=day)["clock.answer.days"].value``.

        :param set_id: id of a set that stands alone.
        :param on: the day on which a local rule must be in force to count: for classes and periods the day of
            the decision, for clocks and procedure the day of filing.
        :param sector: code of the sector whose rules count too.
        :raises NoRuleSet: for an unknown id.
        """
        return RuleView(self, self.rule_set(set_id), on, sector)

    def governing(self, authority_kind: AuthorityKind, on: date) -> Governing:
        """The repair rule set for this kind of authority on this day.

        The set in force that names the kind governs. Before the kind's first set was in force, the set with
        a matching ``fallback`` does, with the fallback's mark: order 58 for decisions before 2023-05-01, and
        for market-supervision decisions before 2025-12-25 (also those within order 58's own time).

        :param authority_kind: market or other.
        :param on: day of the decision (for classes) or of filing (for procedure).
        :raises NoRuleSet: when no set covers the day.
        """
        own = [s for s in self.standing(*REPAIR) if authority_kind in s.authority_kinds]
        who = AUTHORITY_NAMES[authority_kind]
        in_force = [s for s in own if s.in_force(on)]
        if in_force:
            chosen = max(in_force, key=lambda s: s.in_force_from or date.min)
            text = f"{said(on)}，{who}的信息适用{chosen.title}"
            return Governing(chosen, Basis(text, chosen.id, chosen.mark))
        if all(s.in_force_from and on < s.in_force_from for s in own):
            for rule_set in self.standing(*REPAIR):
                fallback = rule_set.fallback
                if fallback and authority_kind in fallback.authority_kinds:
                    text = f"{said(on)}，{who}的信息{fallback.basis}，参照{rule_set.title}"
                    return Governing(rule_set, Basis(text, rule_set.id, fallback.mark))
        raise NoRuleSet(f"{on} 没有适用于{who}的信用修复规则")

    def with_overrides(self, rule_sets: Sequence[RuleSet]) -> "RuleBook":
        """A new book with these local rule sets laid over it; this one stays as it is.

        :param rule_sets: sets with ``overrides``, or new sets that stand alone.
        :returns: a book with another hash. Sector prevails over city, city over province, province over
            nation; on one level, the set named later.
        :raises ValueError: for an id that is there already, an unknown target, or a value that does not fit.
        """
        return replace(self, rule_sets=self.rule_sets + tuple(rule_sets))

    @cached_property
    def _layers(self) -> dict[str, dict[str, tuple[RuleValue, ...]]]:
        layers: dict[str, dict[str, tuple[RuleValue, ...]]] = {
            s.id: {value.path: (value,) for value in s.values} for s in self.standing()
        }
        local = [s for s in self.rule_sets if s.overrides]
        for rule_set in sorted(local, key=lambda s: LEVELS.index(s.level)):
            for target in rule_set.overrides:
                for value in rule_set.values:
                    below = layers[target].get(value.path, ())
                    layers[target][value.path] = (_laid_over(value, rule_set, below), *below)
        return layers

    def _check(self, rule_set: RuleSet) -> None:
        if rule_set.level == "sector" and not rule_set.sector:
            raise _fault(rule_set, 1, "行业规则集必须写明 sector")
        for kind in self._kinds(rule_set):
            for value in rule_set.values:
                fault = self.schema.fault(kind, value.path, value.value)
                if fault:
                    raise _fault(rule_set, value.line, fault)
        # After the single values: a misspelt one is unknown and missing, and its line is the better clue.
        missing = self.schema.missing(rule_set.kind, (value.path for value in rule_set.values))
        if missing and not rule_set.overrides:
            raise _fault(rule_set, 1, f"缺少：{'、'.join(missing)}")

    def _kinds(self, rule_set: RuleSet) -> set[SetKind]:
        """The kinds that the values of a set must fit: its own, or those of the sets that it overrides."""
        if not rule_set.overrides:
            return {rule_set.kind}
        targets = {s.id: s.kind for s in self.standing()}
        unknown = [target for target in rule_set.overrides if target not in targets]
        if unknown:
            raise _fault(rule_set, 1, f"要覆盖的规则集不存在：{'、'.join(unknown)}")
        return {targets[target] for target in rule_set.overrides}


def _laid_over(value: RuleValue, rule_set: RuleSet, below: tuple[RuleValue, ...]) -> RuleValue:
    return replace(
        value,
        origin=rule_set.id,
        level=rule_set.level,
        sector=rule_set.sector,
        in_force_from=rule_set.in_force_from,
        in_force_to=rule_set.in_force_to,
        overrides=below[0] if below else None,
    )


def _fault(rule_set: RuleSet, line: int, message: str) -> ValueError:
    if rule_set.file:
        return RuleDataError(rule_set.file, line or 1, message)
    return ValueError(f"规则集 {rule_set.id}：{message}")


def _plain(item: Any) -> Any:
    """Dataclasses as plain values for the hash; fields that do not take part in comparison are left out."""
    if is_dataclass(item):
        return {part.name: _plain(getattr(item, part.name)) for part in fields(item) if part.compare}
    if isinstance(item, tuple | list):
        return [_plain(child) for child in item]
    return item.isoformat() if isinstance(item, date) else item
