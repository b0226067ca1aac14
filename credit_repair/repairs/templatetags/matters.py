"""How pages and mails call a record: {% load matters %} … {{ record|record_words }}."""

from django import template

from credit_repair.registry.models import Record
from credit_repair.repairs import matters

register = template.Library()


@register.filter
def record_words(record: Record | None) -> str:
    """Return how a sentence calls the record, see matters.record_words(); nothing for none."""
    return matters.record_words(record) if record else ""


@register.filter
def matter_name(record: Record) -> str:
    """Return what an application about the record asks for; see matters.matter_name()."""
    return matters.matter_name(record)
