"""What lies encrypted under an old key is written anew under the newest, so that the old one can go.

Every encrypted column of every model is found by its type; a package whose JSON holds encrypted values says
so with `holds_encrypted`. A row is written only where it still says what was read, so whoever changes it
meanwhile is not overwritten. Each portion is committed: cut off anywhere, the next run goes on with what is
left.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import models, transaction
from django.db.models import F, TextField, Value
from django.db.models.functions import Cast

from credit_repair.core import crypto
from credit_repair.core.fields import EncryptedTextField

PORTION = 500


@dataclass(frozen=True)
class Place:
    """Where encrypted values lie: a column, or some keys of a column of JSON objects."""

    model: type[models.Model]
    column: str
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.column}"


@dataclass
class Rewritten:
    """What a run did. `unreadable`: places and primary keys of what no key reads."""

    anew: int = 0
    already: int = 0
    unreadable: list[str] = field(default_factory=list)


_json: dict[str, tuple[str, tuple[str, ...]]] = {}


def holds_encrypted(label: str, column: str, *, keys: Sequence[str]) -> None:
    """Say that the JSON column of the model `label` holds encrypted text under these keys of its objects."""
    _json[label] = (column, tuple(keys))


def places() -> list[Place]:
    """Return all places, by name."""
    found = [
        Place(model, column.attname)
        for model in apps.get_models(include_auto_created=True)
        for column in model._meta.local_concrete_fields
        if isinstance(column, EncryptedTextField)
    ]
    found += [Place(apps.get_model(label), column, keys) for label, (column, keys) in _json.items()]
    return sorted(found, key=str)


def write_anew(*, told: Callable[[Place], None] = lambda place: None) -> Rewritten:
    """Write everything anew that does not lie under the newest key; `told` is called before each place."""
    done = Rewritten()
    for place in places():
        told(place)
        for portion in _portions(place):
            with transaction.atomic():
                for key, value in portion:
                    _write(place, key, value, done)
    return done


def _portions(place: Place) -> Iterator[list[tuple[Any, Any]]]:
    """Yield primary key and value as the database holds it, in the order of the keys."""
    rows = place.model._base_manager.order_by("pk")
    if place.keys:
        some = models.Q()
        for key in place.keys:
            some |= models.Q(**{f"{place.column}__has_key": key})
        rows = rows.filter(some).annotate(_held=F(place.column))
    else:
        rows = rows.annotate(_held=Cast(place.column, TextField())).exclude(_held="")
    last: Any = None
    while portion := list(
        (rows if last is None else rows.filter(pk__gt=last)).values_list("pk", "_held")[:PORTION]
    ):
        last = portion[-1][0]
        yield portion


def _write(place: Place, key: Any, held: Any, done: Rewritten) -> None:
    try:
        anew = _json_anew(place, held) if place.keys else _anew(held)
    except InvalidToken:
        done.unreadable.append(f"{place} {key}")
        return
    if anew == held:
        done.already += 1
        return
    row = place.model._base_manager.filter(pk=key)
    if place.keys:
        done.anew += row.filter(**{place.column: held}).update(**{place.column: anew})
    else:
        row = row.annotate(_held=Cast(place.column, TextField())).filter(_held=held)
        done.anew += row.update(**{place.column: Value(anew, output_field=TextField())})


def _anew(token: str) -> str:
    return token if crypto.is_newest(token) else crypto.box().rotate(token.encode()).decode()


def _json_anew(place: Place, held: dict[str, Any]) -> dict[str, Any]:
    return held | {
        key: _anew(held[key]) for key in place.keys if isinstance(held.get(key), str) and held[key]
    }
