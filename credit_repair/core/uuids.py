"""Identifiers that came in with a request."""

from collections.abc import Iterable
from uuid import UUID


def known_uuids(texts: Iterable[str]) -> list[UUID]:
    """Return the UUIDs among `texts`, each once, in their order; what is none is passed over."""
    found: dict[UUID, None] = {}
    for text in texts:
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    return list(found)
