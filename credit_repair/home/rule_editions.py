"""Editions of the rules 规则版本: what one says, and what differs from the one before, value by value.

An edition is kept as plain JSON under its hash (`RuleBook.content`), so that it can be read and explained
long after the code has moved on: nothing here builds a RuleBook of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from credit_repair.core.wording import bracketed, clauses, listed
from credit_repair.home.rule_words import (
    LEVEL_NAMES,
    MARK_TAGS,
    Item,
    days_text,
    hint_value,
    item_of,
    value_text,
)
from credit_repair.registry.law_words import sector_name
from credit_repair.rules.schema import Schema


class Place(NamedTuple):
    """Where in the rules a value stands: two editions are compared place by place."""

    rule_set: str
    path: str
    level: str
    sector: str
    first: str
    last: str


@dataclass(frozen=True)
class Line:
    """What an edition says at one place."""

    value: Any
    basis: str
    mark: str
    local: bool


@dataclass(frozen=True)
class Difference:
    """One value that is not as it was: both in words; `before` or `after` is empty for what did not exist."""

    rule_set: str
    title: str
    before: str
    after: str
    note: str


class Content:
    """The content of one edition, made ready for reading."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        self.schema = Schema(kind["name"] for kind in content["penalty_types"])
        self.titles = {found["id"]: found["title"] for found in content["rule_sets"]}

    def item(self, path: str) -> Item:
        """Return what a path is called."""
        return item_of(path, schema=self.schema, sectors=self.content["sectors"])

    @cached_property
    def lines(self) -> dict[Place, Line]:
        """Return every value of every set, local ones at the place of the set they are laid over."""
        lines = {}
        for found in self.content["rule_sets"]:
            local = bool(found["overrides"])
            where = (
                (
                    found["level"],
                    found["sector"] or "",
                    found["in_force_from"] or "",
                    found["in_force_to"] or "",
                )
                if local
                else ("national", "", "", "")
            )
            for target in found["overrides"] or [found["id"]]:
                for value in found["values"]:
                    line = Line(value["value"], value["basis"], value["mark"], local)
                    lines[Place(target, value["path"], *where)] = line
        return lines

    def base(self, place: Place) -> Line | None:
        """Return the set's own value under a local one."""
        return self.lines.get(Place(place.rule_set, place.path, "national", "", "", ""))

    def words(self) -> dict[str, set[str]]:
        """Return the lists beside the sets, each entry in words."""
        sectors = self.content["sectors"]
        hints = {
            hint["word"] + bracketed(hint_value(hint["value"], sectors)) for hint in self.content["hints"]
        }
        aliases = {f"{alias['alias']}＝{alias['name']}" for alias in self.content["words"]["aliases"]}
        return {
            _("处罚类别"): {kind["name"] for kind in self.content["penalty_types"]},
            _("处罚类别的其他写法"): aliases,
            _("线索词"): hints,
        }


def differences(before: Content, after: Content) -> list[Difference]:
    """Return what differs between two editions, in the order of the sets."""
    places = sorted(set(before.lines) | set(after.lines))
    found = [
        _difference(place, before, after)
        for place in places
        if before.lines.get(place) != after.lines.get(place)
    ]
    return found + list(_other_words(before, after))


def set_tables(content: Content) -> list[dict[str, Any]]:
    """Return all values of an edition, a table for each set that stands alone."""
    tables = []
    for rule_set in content.content["rule_sets"]:
        if rule_set["overrides"]:
            continue
        rows = [
            {
                "title": content.item(place.path).title,
                "value": value_text(content.item(place.path), line.value),
                "where": _where(place, content) if line.local else "",
                "basis": line.basis,
                "tag": MARK_TAGS.get(line.mark),
            }
            for place, line in content.lines.items()
            if place.rule_set == rule_set["id"]
        ]
        tables.append({"title": rule_set["title"], "source": rule_set["source"], "rows": rows})
    return tables


def _difference(place: Place, before: Content, after: Content) -> Difference:
    old, new = before.lines.get(place), after.lines.get(place)
    item = (after if new else before).item(place.path)
    local = bool((new or old) and (new or old).local)  # type: ignore[union-attr]
    notes = [_where(place, after if new else before)] if local else []
    if old and new and old.value == new.value:
        notes.append(_("依据或者核实程度有变化"))
    if new:
        notes.append(_("依据：%s") % new.basis)
    elif local:
        notes.append(_("本地值已撤回"))
    return Difference(
        rule_set=after.titles.get(place.rule_set) or before.titles.get(place.rule_set, place.rule_set),
        title=item.title,
        before=_side(item, old, before.base(place) if local else None),
        after=_side(item, new, after.base(place) if local else None),
        note=clauses(notes),
    )


def _side(item: Item, line: Line | None, base: Line | None) -> str:
    shown = line or base
    return value_text(item, shown.value) if shown else ""


def _where(place: Place, content: Content) -> str:
    level = str(LEVEL_NAMES.get(place.level, place.level))
    if place.sector:
        level += bracketed(sector_name(place.sector, content.content["sectors"]))
    first, last = (date.fromisoformat(day) if day else None for day in (place.first, place.last))
    return f"{level}{_('，')}{days_text(first, last)}"


def _other_words(before: Content, after: Content) -> Iterable[Difference]:
    old, new = before.words(), after.words()
    for title in new:
        gone, come = sorted(old[title] - new[title]), sorted(new[title] - old[title])
        if gone or come:
            yield Difference(
                rule_set=_("处罚类别和线索词"),
                title=title,
                before=listed(gone),
                after=listed(come),
                note="",
            )
