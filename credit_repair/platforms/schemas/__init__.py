"""The contract with platforms as JSON Schema 2020-12, one folder for each version: docs/messages.md."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def schema(name: str, *, version: int = 1) -> dict[str, Any]:
    """Return the schema `message`, `receipt` or `problem`; not to be changed in place."""
    text = files(__name__).joinpath(f"v{version}", f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
