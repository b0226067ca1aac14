"""What goes into the shared cache: plain values as JSON.

Django's own way would revive whatever lies there (pickle): who can write into the cache could then run code
in the site. What is kept there are counts, moments and marks; JSON is enough.
"""

import json
from typing import Any


class PlainSerializer:
    """Writes and reads values of the cache; whole numbers as they are, so that the cache can count them."""

    def dumps(self, value: Any) -> bytes | int:
        """Return what is kept. Raises TypeError for anything that JSON does not know."""
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, kept: bytes) -> Any:
        """Return what was kept."""
        return json.loads(kept)
