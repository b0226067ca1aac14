"""Blocks of text 常用语 are added, changed, put in order and switched off; none is deleted."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import TextBlock
from credit_repair.cases.text_blocks import may_edit_blocks_of
from credit_repair.core import audit
from credit_repair.core.languages import in_site_language
from credit_repair.notices.glyphs import MissingGlyphs, check_text
from credit_repair.registry.models import Office


def add_text_block(
    *, office: Office | None, use: str, title: str, text: str, active: bool, actor: Any, today: date
) -> TextBlock:
    """Add a block at the end of its list: of `office`, or with None of all offices.

    Raises NotYours where the actor does not edit the blocks of that office, ActionRefused where no document
    could print the text.
    """
    _check(title, text)
    with transaction.atomic():
        if not may_edit_blocks_of(user=actor, office=office, on=today):
            raise NotYours
        last = TextBlock.objects.filter(office=office, use=use).aggregate(last=Max("position"))["last"]
        block = TextBlock.objects.create(
            office=office, use=use, title=title, text=text, active=active, position=(last or 0) + 1
        )
        _tell(block, "add_text_block", actor)
    return block


def change_text_block(
    *, block: TextBlock, title: str, text: str, active: bool, actor: Any, today: date
) -> TextBlock:
    """Change what a block says and whether it is offered; its office and use stay.

    Raises NotYours and ActionRefused as `add_text_block` does.
    """
    _check(title, text)
    with transaction.atomic():
        block = _locked(block, actor=actor, today=today)
        block.title, block.text, block.active = title, text, active
        block.save(update_fields=["title", "text", "active"])
        _tell(block, "change_text_block", actor)
    return block


def move_text_block(*, block: TextBlock, by: int, actor: Any, today: date) -> None:
    """Move a block up (`by` -1) or down (`by` 1) in the list of its office and use; at its end it stays.

    Raises NotYours where the actor does not edit the blocks of that office.
    """
    with transaction.atomic():
        block = _locked(block, actor=actor, today=today)
        rows = TextBlock.objects.select_for_update().filter(office=block.office, use=block.use)
        order = list(rows.order_by("position", "pk"))
        here = order.index(block)
        there = min(max(here + by, 0), len(order) - 1)
        order.insert(there, order.pop(here))
        for position, each in enumerate(order, start=1):
            each.position = position
        TextBlock.objects.bulk_update(order, ["position"])
        if here != there:
            _tell(block, "move_text_block", actor)


def _locked(block: TextBlock, *, actor: Any, today: date) -> TextBlock:
    found = TextBlock.objects.select_for_update(of=("self",)).select_related("office").get(pk=block.pk)
    if not may_edit_blocks_of(user=actor, office=found.office, on=today):
        raise NotYours
    return found


def _check(title: str, text: str) -> None:
    if not title.strip() or not text.strip():
        raise ActionRefused("empty", _("请写明名称和内容。"))
    try:
        check_text(text)
    except MissingGlyphs as missing:
        raise ActionRefused("glyphs", str(missing)) from missing


def _tell(block: TextBlock, action: str, actor: Any) -> None:
    with in_site_language():
        purpose = str(block.get_use_display())
    data = {"office": block.office.code if block.office else "", "purpose": purpose}
    audit.record(actor=actor, action=action, target=block, data=data)
