"""What a form for files says of the limits."""

from django import template
from django.conf import settings

register = template.Library()
MEGABYTE = 1024 * 1024


@register.simple_tag
def upload_limit(unit: str = "bytes") -> int:
    """Return how large one file may be: in bytes, or with `unit` "mb" in whole megabytes."""
    limit = int(settings.UPLOAD_MAX_BYTES)
    return limit // MEGABYTE if unit == "mb" else limit
