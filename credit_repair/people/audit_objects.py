"""What the entries of the audit log are about, by name: 钱新, penalties_demo.csv, XF-2026-000005.

One question for each kind of object on the page, however many rows it has. What is gone has no name any more.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.utils.translation import gettext as _

from credit_repair.core.models import AuditEntry
from credit_repair.core.wording import bracketed, day_text

Name = Callable[[Any], str]


def _of_somebody(row: Any) -> str:
    return str(row.user)


def _stand_in(row: Any) -> str:
    return _("%(substitute)s代%(member)s") % {"substitute": row.substitute, "member": row.membership.user}


#: Of each kind what its name needs besides the row, and the name. A kind that is not here is shown by its
#: kind alone: no text of a case gets into the log by way of a new one. Higher packages are only named.
_NAMES: dict[str, tuple[tuple[str, ...], Name]] = {
    "people.user": ((), str),
    "people.membership": (("user", "office"), str),
    "people.invitation": ((), lambda row: str(row.display_name)),
    "people.mandate": (("user", "subject"), lambda row: f"{row.user}{bracketed(row.subject)}"),
    "people.mandateapplication": (("user",), lambda row: f"{row.user}{bracketed(row.name)}"),
    "people.absence": (("user",), _of_somebody),
    "people.substitution": (("substitute", "membership__user"), _stand_in),
    "people.administration": (("user",), _of_somebody),
    "cases.case": ((), str),
    "notices.document": ((), str),
    "notices.delivery": (("document",), lambda row: str(row.document)),
    "notices.serviceconsent": (("subject",), lambda row: str(row.subject)),
    "rectification.order": ((), lambda row: row.number or ""),
    "registry.record": ((), lambda row: str(row.doc_no)),
    "registry.subject": ((), str),
    "registry.office": ((), str),
    "registry.importbatch": ((), str),
    "registry.calendarday": ((), lambda row: day_text(row.day)),
    "registry.calendaryear": ((), str),
    "platforms.message": (("record", "platform"), lambda row: f"{row.record.doc_no} · {row.platform}"),
    "reminders.calendarfeed": (("subject",), lambda row: str(row.subject)),
}


def object_names(entries: Iterable[AuditEntry]) -> dict[tuple[str, str], str]:
    """Return the names of what these entries are about, by kind and number as the log writes them."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.object_type in _NAMES:
            numbers[entry.object_type].add(entry.object_id)
    return {
        (label, number): name for label, of in numbers.items() for number, name in _named(label, of).items()
    }


def _named(label: str, numbers: set[str]) -> dict[str, str]:
    needed, name = _NAMES[label]
    model: Any = apps.get_model(label)
    try:
        field = model._meta.get_field("uuid")
    except FieldDoesNotExist:
        field = model._meta.pk
    keys = []
    for number in numbers:
        try:
            keys.append(field.to_python(number))
        except ValidationError:  # an entry of long ago, about what was numbered otherwise
            continue
    found = model._default_manager.select_related(*needed).filter(**{f"{field.name}__in": keys})
    return {str(getattr(row, field.attname)): name(row) for row in found}
