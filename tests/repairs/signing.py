"""A signature as a browser sends it."""

import json

from credit_repair.notices.ink import Stroke
from credit_repair.notices.strokes import strokes_of

#: A name of two strokes, in pixels.
WRITTEN = [[[20, 30], [90, 34], [160, 31]], [[88, 12], [90, 60], [87, 118]]]
AS_SENT = json.dumps(WRITTEN)


def a_signature() -> tuple[Stroke, ...]:
    """The strokes as the service takes them."""
    return strokes_of(AS_SENT)
