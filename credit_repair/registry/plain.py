"""Values of a record as an event keeps them."""

from datetime import date
from typing import Any

from credit_repair.registry.models import Office


def as_json(value: Any) -> Any:
    """Return `value` as JSON: days ISO, amounts in 万元 as text, offices by their code."""
    if value is None or isinstance(value, bool | int | list | dict):
        return value
    if isinstance(value, Office):
        return value.code
    return value.isoformat() if isinstance(value, date) else str(value)
