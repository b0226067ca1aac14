"""A document's context as JSON, and back: what was said stays said, whatever changes afterwards."""

import dataclasses
import types
import typing
from datetime import date
from typing import Any

from django.utils.functional import Promise

#: Left out: a picture of the office, made anew from its name when the document is rendered.
NOT_FROZEN = ("seal",)


def freeze(value: Any) -> Any:
    """Return `value` (a dataclass, a sequence, a date, plain JSON) as plain JSON."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: freeze(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.name not in NOT_FROZEN
        }
    if isinstance(value, (tuple, list)):
        return [freeze(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Promise):
        return str(value)  # a translatable text, in the language of the moment of issue
    return value


def thaw(kind: Any, value: Any) -> Any:
    """Return `value`, which `freeze()` made, as an instance of `kind` (a dataclass or a type hint of one)."""
    if value is None:
        return None
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        inner = next(part for part in typing.get_args(kind) if part is not type(None))
        return thaw(inner, value)
    if origin is tuple:
        return tuple(thaw(typing.get_args(kind)[0], item) for item in value)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind)
        return kind(**{name: thaw(hints[name], item) for name, item in value.items()})
    if kind is date:
        return date.fromisoformat(value)
    return value
