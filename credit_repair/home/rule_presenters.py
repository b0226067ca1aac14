"""The rules in force in the form that the pages take: sets, values, and what is laid over each since when."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.core.languages import quoted
from credit_repair.core.wording import bracketed, clauses, stated
from credit_repair.home.rule_words import (
    HEADINGS,
    HINT_FIELDS,
    HINT_GIVES,
    KIND_NAMES,
    LEVEL_NAMES,
    MARK_MEANINGS,
    MARK_TAGS,
    Item,
    days_text,
    hint_value,
    item_of,
    value_text,
)
from credit_repair.people import access
from credit_repair.registry.law_words import class_name, sector_name
from credit_repair.registry.models import RuleOverride
from credit_repair.registry.wording import penalty_name
from credit_repair.rules import RuleBook, RuleSet, RuleValue
from credit_repair.rules.schema import SET_KINDS

UNVERIFIED = "?"
#: The columns of a list of values as a file.
EXPORTED: list[tuple[Any, Callable[[dict[str, Any]], Any]]] = [
    (_l("规则集"), lambda row: row["set_title"]),
    (_l("分类"), lambda row: str(HEADINGS[row["heading"]][0])),
    (_l("规则项"), lambda row: row["title"]),
    (_l("值"), lambda row: row["value"]),
    (_l("依据"), lambda row: row["basis"]),
    (_l("核实程度"), lambda row: str(row["tag"]["label"])),
    (_l("沿用自"), lambda row: row["origin"]),
    (_l("出处"), lambda row: row["place"]),
    (_l("各级的值"), lambda row: clauses(map(_layer_words, row["layers"]))),
]


@dataclass(frozen=True)
class Sight:
    """How somebody looks at the rules: as they hold on a day, for a sector (code) or for none."""

    book: RuleBook
    on: date
    sector: str | None = None

    def item(self, path: str) -> Item:
        """Return what a path is called."""
        return item_of(path, schema=self.book.schema, sectors=self.book.sectors)

    def in_force(self, rule_set: RuleSet) -> list[RuleValue]:
        """Return the values of a set that hold, one an item."""
        return list(self.book.view(rule_set.id, on=self.on, sector=self.sector))


def tabs(active: str, *, user: Any, on: date) -> list[dict[str, Any]]:
    """Return the ways between the pages over rules and calendar; `active` is the name of a URL."""
    pages = [
        ("office_rules", _("规则集")),
        ("office_rule_words", _("类别和线索词")),
        ("office_rule_editions", _("版本")),
        ("office_calendar", _("日历")),
    ]
    if access.holds(user=user, permission="see_cases", on=on):
        pages += [
            ("office_routes", _("办理路径")),
            ("office_texts", _("常用语")),
            ("office_reasons", _("理由统计")),
        ]
    if access.holds(user=user, permission="supervise", on=on):
        pages.append(("office_letters", _("文书样式和文字")))
    return [{"label": label, "url": reverse(name), "active": name == active} for name, label in pages]


def legend() -> list[dict[str, Any]]:
    """Return what each mark means."""
    return [{"tag": tag, "meaning": MARK_MEANINGS[mark]} for mark, tag in MARK_TAGS.items()]


def level_text(rule_set: RuleSet) -> str:
    """Return for whom a set is: 国家, 市级（广州市）."""
    level = str(LEVEL_NAMES[rule_set.level])
    return level + bracketed(rule_set.region) if rule_set.region else level


def ordered(book: RuleBook) -> list[RuleSet]:
    """Return the sets that stand alone: those for repair first, what holds whatever the set last."""
    return sorted(book.standing(), key=lambda rule_set: SET_KINDS.index(rule_set.kind))


def set_rows(sight: Sight) -> list[dict[str, Any]]:
    """Return the sets that stand alone, each with the number of its values and of those unverified."""
    rows = []
    for rule_set in ordered(sight.book):
        values = sight.in_force(rule_set)
        rows.append(
            {
                "title": rule_set.title,
                "source": rule_set.source,
                "url": reverse("office_rule_set", args=[rule_set.id]),
                "kind": KIND_NAMES[rule_set.kind],
                "level": level_text(rule_set),
                "days": days_text(rule_set.in_force_from, rule_set.in_force_to),
                "in_force": rule_set.in_force(sight.on),
                "values": len(values),
                "unverified": sum(value.mark == UNVERIFIED for value in values),
                "local": sum(value.overrides is not None for value in values),
            }
        )
    return rows


def set_facts(rule_set: RuleSet) -> list[dict[str, Any]]:
    """Return what a set says of itself."""
    facts = [
        (_("来源"), rule_set.source),
        (_("类别"), KIND_NAMES[rule_set.kind]),
        (_("级别"), level_text(rule_set)),
        (_("施行"), days_text(rule_set.in_force_from, rule_set.in_force_to)),
        (_("存于"), rule_set.file),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]


def value_rows(
    sight: Sight, rule_set: RuleSet, *, text: str = "", unverified: bool = False
) -> list[dict[str, Any]]:
    """Return the values of a set in the order of its file; `text` and `unverified` leave some out."""
    rows = [_value_row(sight, rule_set, value) for value in sight.in_force(rule_set)]
    return [
        row
        for row in rows
        if (not unverified or row["mark"] == UNVERIFIED)
        and (not text or any(text in words for words in (row["title"], row["basis"], row["value"])))
    ]


def grouped(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return value rows under their headings, in the order of the page, without the empty ones."""
    found = list(rows)
    groups = [
        {"id": key, "title": words, "rows": [row for row in found if row["heading"] == key]}
        for key, (words, _prefixes) in HEADINGS.items()
    ]
    return [group for group in groups if group["rows"]]


def layer_rows(sight: Sight, rule_set: RuleSet, path: str) -> list[dict[str, Any]]:
    """Return every value given for an item, the strongest first, with its days and how it counts."""
    item = sight.item(path)
    layers = sight.book.candidates(rule_set.id, path)
    now = sight.book.view(rule_set.id, on=sight.on, sector=sight.sector).find(path)
    return [_layer(sight, rule_set, item, layer, now) for layer in layers]


def override_rows(
    sight: Sight, overrides: Sequence[RuleOverride], misfits: Mapping[UUID, str] | None = None
) -> list[dict[str, Any]]:
    """Return local values as rows: of which item, from when, set by whom and why; `fault` where one of the
    `misfits` does not fit the rules.
    """
    titles = {rule_set.id: rule_set.title for rule_set in sight.book.standing()}
    rows = []
    for row in overrides:
        item = sight.item(row.path)
        rows.append(
            {
                "override": row,
                "set_title": titles.get(row.rule_set, row.rule_set),
                "title": item.title,
                "url": reverse("office_rule", args=[row.rule_set, row.path]),
                "value": value_text(item, row.value),
                "level": _override_level(row),
                "days": days_text(row.in_force_from, row.in_force_to),
                "state": _days_state(row.in_force_from, row.in_force_to, sight.on),
                "fault": (misfits or {}).get(row.uuid, ""),
            }
        )
    return rows


def penalty_rows(sight: Sight) -> list[dict[str, Any]]:
    """Return the penalty types from light to heavy, each with its class and what tables write instead."""
    book = sight.book
    governing = book.governing("other", sight.on).rule_set
    classes = {value.path: value.value for value in sight.in_force(governing)}
    return [
        {
            "name": penalty_name(kind.name),
            "basis": quoted(kind.basis),
            "tag": MARK_TAGS[kind.mark],
            "class": class_name(classes.get(f"penalty_class.{kind.name}")) or "—",
            "aliases": [
                {"text": alias.alias, "unverified": alias.mark == UNVERIFIED}
                for alias in book.words.aliases
                if alias.name == kind.name
            ],
        }
        for kind in book.penalty_types
    ]


def hint_rows(book: RuleBook) -> list[dict[str, Any]]:
    """Return the words from which sector, procedure and kind of authority are gathered."""
    return [
        {
            "word": hint.word,
            "field": HINT_FIELDS[hint.field],
            "gives": HINT_GIVES[hint.gives],
            "value": hint_value(hint.value, book.sectors),
            "tag": MARK_TAGS[hint.mark],
        }
        for hint in book.hints
    ]


def _value_row(sight: Sight, rule_set: RuleSet, value: RuleValue) -> dict[str, Any]:
    item = sight.item(value.path)
    layers = layer_rows(sight, rule_set, value.path)
    origin = sight.book.rule_set(value.origin)
    return {
        "title": item.title,
        "heading": item.heading,
        "url": reverse("office_rule", args=[rule_set.id, value.path]),
        "value": value_text(item, value.value),
        "basis": value.basis,
        "mark": value.mark,
        "tag": MARK_TAGS[value.mark],
        "origin": "" if origin.id == rule_set.id else _origin_text(origin),
        "place": _place(value),
        "set_title": rule_set.title,
        "layers": layers if len(layers) > 1 else [],
    }


def _layer(
    sight: Sight, rule_set: RuleSet, item: Item, layer: RuleValue, now: RuleValue | None
) -> dict[str, Any]:
    origin = sight.book.rule_set(layer.origin)
    local = bool(origin.overrides)
    level = _layer_level(sight.book, layer) if local else level_text(rule_set)
    return {
        "value": value_text(item, layer.value),
        "level": level,
        "days": days_text(layer.in_force_from, layer.in_force_to) if local else "",
        "local": local,
        "basis": layer.basis,
        "tag": MARK_TAGS[layer.mark],
        "origin": origin.title,
        "inherited": not local and origin.id != rule_set.id,
        "place": _place(layer),
        "state": _layer_state(sight, layer, now),
        "origin_id": origin.id,
    }


def _layer_words(layer: dict[str, Any]) -> str:
    days = _("，") + layer["days"] if layer["days"] else ""
    return stated(layer["level"], layer["value"]) + days + bracketed(layer["state"]["label"])


def _layer_state(sight: Sight, layer: RuleValue, now: RuleValue | None) -> dict[str, str]:
    if now is not None and _same(layer, now):
        return {"label": _("适用"), "tone": "success"}
    if layer.sector is not None and layer.sector != sight.sector:
        return {"label": _("只适用于该行业"), "tone": "neutral"}
    if layer.applies(on=sight.on, sector=sight.sector):
        return {"label": _("已被覆盖"), "tone": "neutral"}
    return _days_state(layer.in_force_from, layer.in_force_to, sight.on)


def _same(layer: RuleValue, now: RuleValue) -> bool:
    return (layer.origin, layer.in_force_from, layer.in_force_to, layer.level) == (
        now.origin,
        now.in_force_from,
        now.in_force_to,
        now.level,
    )


def _days_state(first: date | None, last: date | None, on: date) -> dict[str, str]:
    if first is not None and on < first:
        return {"label": _("尚未施行"), "tone": "info"}
    if last is not None and last < on:
        return {"label": _("已失效"), "tone": "neutral"}
    return {"label": _("施行中"), "tone": "success"}


def _layer_level(book: RuleBook, layer: RuleValue) -> str:
    level = str(LEVEL_NAMES[layer.level])
    return level + bracketed(sector_name(layer.sector, book.sectors)) if layer.sector else level


def _override_level(row: RuleOverride) -> str:
    level = str(row.get_level_display())
    return level + bracketed(row.sector) if row.sector else level


def _origin_text(origin: RuleSet) -> str:
    if origin.overrides:
        return ""
    return _("沿用%s") % origin.title


def _place(value: RuleValue) -> str:
    return _("%(file)s第%(line)s行") % {"file": value.file, "line": value.line} if value.file else ""
