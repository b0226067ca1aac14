"""How the package calls what it is about: a penalty or an entry on a list, and what became of it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.registry.models import Record
from credit_repair.rulings.models import PenaltyCancellation

Kind = PenaltyCancellation.Kind

_OF_A_PENALTY: dict[str, Any] = {
    Kind.CHANGED: _l("原处罚决定已经变更"),
    Kind.REVOKED: _l("原处罚决定已经撤销"),
    Kind.VOID: _l("原处罚决定已被确认无效"),
}
_OF_ANOTHER: dict[str, Any] = {
    Kind.CHANGED: _l("原认定决定已经变更"),
    Kind.REVOKED: _l("原认定决定已经撤销"),
    Kind.VOID: _l("原认定决定已被确认无效"),
}


def became_of_it(record: Record, kind: str) -> str:
    """Say what became of the decision behind `record`, without a full stop: 原处罚决定已经撤销."""
    words = _OF_A_PENALTY if record.kind == Record.Kind.PENALTY else _OF_ANOTHER
    return str(words[Kind(kind)])


def cause_text(record: Record, kind: str) -> str:
    """Say to platforms and to the public why a record is withdrawn."""
    return _("%(what)s，终止公示") % {"what": became_of_it(record, kind)}


def title_of(record: Record) -> str:
    """Return what a record is called: its number, else its list."""
    return record.doc_no or record.list_name or _("信用记录")
