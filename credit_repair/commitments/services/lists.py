"""Item lists 承诺事项清单 are added, changed and switched off by who supervises there; none is deleted."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused
from credit_repair.commitments.access import insist, keeping_offices
from credit_repair.commitments.models import CommitmentList
from credit_repair.commitments.services.words import check_words
from credit_repair.core import audit
from credit_repair.registry.models import Office


@dataclass(frozen=True)
class ListSaid:
    """What an item list says; see the model for each."""

    title: str
    items: tuple[str, ...]
    legal_basis: str
    who: str = ""
    validity_months: int | None = None
    check_after: int | None = None
    check_unit: str = "months"
    published: bool = False
    published_basis: str = ""
    active: bool = True

    def fields(self) -> dict[str, Any]:
        """Return the columns."""
        return {**asdict(self), "items": list(self.items)}


def add_list(*, office: Office, kind: str, said: ListSaid, actor: Any, today: date) -> CommitmentList:
    """Add an item list to an office. Raises NotYours where the actor does not supervise there, ActionRefused
    with words where it cannot be printed or published, or the office has one of this title."""
    _check(said)
    with transaction.atomic():
        insist(office.pk in keeping_offices(user=actor, on=today))
        row = CommitmentList(office=office, kind=kind, **said.fields())
        _save(row)
        audit.record(actor=actor, action="commitments.add_list", target=row, data={"office": office.code})
    return row


def change_list(
    *, row: CommitmentList, said: ListSaid, version: int, actor: Any, today: date
) -> CommitmentList:
    """Change an item list as a whole, from the `version` that the actor has seen. Commitments that were given
    keep what they promised. Raises as add_list(), and ActionRefused where it was changed meanwhile."""
    _check(said)
    with transaction.atomic():
        row = CommitmentList.objects.select_for_update(no_key=True).get(pk=row.pk)
        insist(row.office_id in keeping_offices(user=actor, on=today))
        if row.version != version:
            raise ActionRefused("changed", _("这份清单刚刚被别人修改过，请核对最新内容后再改。"))
        for name, value in said.fields().items():
            setattr(row, name, value)
        row.version += 1
        _save(row)
        audit.record(actor=actor, action="commitments.change_list", target=row, data={"version": row.version})
    return row


def _save(row: CommitmentList) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise ActionRefused("title_taken", _("本单位已经有同名的清单在用，请换一个名称。")) from None


def _check(said: ListSaid) -> None:
    check_words(said.title, *said.items, said.legal_basis, said.who, public=said.published)
    if not said.items:
        raise ActionRefused("no_items", _("请写明承诺事项，一行一项。"))
    if said.published and not said.published_basis.strip():
        raise ActionRefused("no_basis", _("依法公开的，请写明公开的依据。"))
