"""Blocks of text 常用语 as their page lists them: by office, then by what they are for."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.models import TextBlock
from credit_repair.cases.text_blocks import editable_offices
from credit_repair.people import access


def office_parts(blocks: Iterable[TextBlock], *, user: Any, on: date) -> list[dict[str, Any]]:
    """Return the blocks in their order as lists by office and use, each with what the reader may do."""
    editable: set[int | None] = set(editable_offices(user=user, on=on))
    if access.may_set_rules(user=user, on=on):
        editable.add(None)
    order = list(TextBlock.Use.values)
    return [
        {
            "name": of_office[0].office.name if of_office[0].office else _("所有单位"),
            "uses": [
                _use_part(list(of_use), may_edit=office in editable)
                for _use, of_use in groupby(of_office, key=lambda block: block.use)
            ],
        }
        for office, found in groupby(blocks, key=lambda block: block.office_id)
        if (of_office := sorted(found, key=lambda block: order.index(block.use)))
    ]


def _use_part(blocks: list[TextBlock], *, may_edit: bool) -> dict[str, Any]:
    return {
        "label": blocks[0].get_use_display(),
        "rows": [
            {
                "block": block,
                "edit_url": reverse("office_text", args=[block.pk]) if may_edit else "",
                "move_url": reverse("office_text_move", args=[block.pk]) if may_edit else "",
                "first": place == 0,
                "last": place == len(blocks) - 1,
            }
            for place, block in enumerate(blocks)
        ],
    }
