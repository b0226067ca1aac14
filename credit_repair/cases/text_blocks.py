"""Blocks of text 常用语: which ones a person is offered, reads, and may edit."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.forms import BoundField

from credit_repair.cases.models import TextBlock
from credit_repair.people import access
from credit_repair.people.reach import reach_of
from credit_repair.registry.models import Office


def text_blocks_by_use(*, user: Any, uses: Iterable[str], on: date) -> dict[str, list[TextBlock]]:
    """Return the blocks that `user` is offered, by their use: of the offices whose cases they see, then of
    all. One query, however many the uses are."""
    found: dict[str, list[TextBlock]] = {use: [] for use in uses}
    blocks = TextBlock.objects.filter(_offered(user, on), use__in=found, active=True)
    for block in blocks.order_by(F("office__code").asc(nulls_last=True), "position", "pk"):
        found[block.use].append(block)
    return found


def _offered(user: Any, on: date) -> Q:
    """The blocks of all offices, and of those whose cases `user` sees."""
    return Q(office__isnull=True) | Q(office__in=reach_of(user=user, on=on).offices("see_cases"))


def offer_texts(places: Iterable[tuple[BoundField, Iterable[str]]], *, user: Any, on: date) -> None:
    """Lay beside each field the blocks of its uses, which `components/field.html` shows under it.

    One query for all fields. A form without such a field is left as it is.
    """
    wanted = [(place, list(uses)) for place, uses in places]
    if not wanted:
        return
    found = text_blocks_by_use(user=user, uses={use for _place, uses in wanted for use in uses}, on=on)
    for place, uses in wanted:
        field: Any = place.field
        field.text_blocks = [
            {
                "title": block.title,
                "text": block.text,
                "use": block.get_use_display() if len(uses) > 1 else "",
            }
            for use in uses
            for block in found[use]
        ]


def readable_blocks(*, user: Any, on: date) -> QuerySet[TextBlock]:
    """Return the blocks that `user` reads on the page over them; those that are switched off, only where
    they edit them. Those of one's own offices come first."""
    own = Q(office__in=editable_offices(user=user, on=on))
    editable = own | Q(office__isnull=True) if access.may_set_rules(user=user, on=on) else own
    shown = _offered(user, on) & (Q(active=True) | editable)
    blocks = TextBlock.objects.filter(shown).select_related("office")
    return blocks.order_by(F("office__code").asc(nulls_last=True), "use", "position", "pk")


def editable_offices(*, user: Any, on: date) -> frozenset[int]:
    """Return the keys of the offices whose own blocks `user` edits on that day: where they supervise 督办."""
    return reach_of(user=user, on=on).offices("supervise")


def may_edit_blocks_of(*, user: Any, office: Office | None, on: date) -> bool:
    """Whether `user` edits the blocks of `office`, or with None those that all offices use."""
    if office is None:
        return access.may_set_rules(user=user, on=on)
    return office.pk in editable_offices(user=user, on=on)


def may_edit_some(*, user: Any, on: date) -> bool:
    """Whether `user` edits any blocks on that day."""
    return bool(editable_offices(user=user, on=on)) or access.may_set_rules(user=user, on=on)
