"""{% fitted %}: sets a letter closer where it then ends on its first page."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from credit_repair.notices.fitting import closeness

register = template.Library()


@register.tag
def fitted(parser: Any, _token: Any) -> "_Fitted":
    """Enclose all that is printed from the head on."""
    inner = parser.parse(("endfitted",))
    parser.delete_first_token()
    return _Fitted(inner)


class _Fitted(template.Node):
    def __init__(self, nodelist: Any) -> None:
        self.nodelist = nodelist

    def render(self, context: Any) -> SafeString:
        """Return what is enclosed, in an element of its own where it is set closer."""
        markup: SafeString = self.nodelist.render(context)
        classes = closeness(markup, len(context.get("issuer_lines", ())) + 1)
        return format_html('<div class="{}">{}</div>', classes, markup) if classes else markup
