"""Template tags of the desk's own components: icons, widgets, dates, steps.

They know nothing of cases or records, so that every package's templates may load them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from credit_repair.core import languages, wording
from credit_repair.core.wording import day_text, stated

register = template.Library()

# Widget's input_type (or class, where it has none) to the Bootstrap class that dresses it.
WIDGET_CLASSES = {
    "checkbox": "form-check-input",
    "radio": "form-check-input",
    "select": "form-select",
    "file": "form-control dk-file-input",
}


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """Draw an icon of the sprite `desk/icons.svg`; without a label it is decoration and hidden from readers.

    `size`: "" (as the text) or "lg".
    """
    css = "dk-icon dk-icon--lg" if size == "lg" else "dk-icon"
    href = f"{static('desk/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', css, label, href
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', css, href
    )


def _widget_kind(field: BoundField) -> str:
    widget = field.field.widget
    kind = getattr(widget, "input_type", None) or type(widget).__name__.lower()
    if kind == "checkbox" and getattr(widget, "allow_multiple_selected", False):
        return "checkboxes"
    # SelectDateWidget and MultiWidget draw several inputs and want a fieldset round them.
    return "radios" if kind == "radio" else kind


@register.filter
def widget_kind(field: BoundField) -> str:
    """Say how the field is drawn: radios, checkboxes, checkbox, file, select, textarea, text …"""
    return _widget_kind(field)


@register.simple_tag
def widget(field: BoundField, **attrs: Any) -> SafeString:
    """Draw the field's widget with Bootstrap's class added to its own, and the given attributes.

    An underscore in an attribute's name becomes a hyphen (`data_max=5`). The ids in `aria-describedby`
    and `aria-invalid` come from Django itself.
    """
    own = str(field.field.widget.attrs.get("class", ""))
    kind = _widget_kind(field)
    classes = [own, WIDGET_CLASSES.get(kind, "form-control")]
    if field.errors:
        classes.append("is-invalid")
    given = {key.replace("_", "-"): value for key, value in attrs.items() if value not in (None, "")}
    return field.as_widget(attrs={**given, "class": " ".join(filter(None, classes))})


@register.simple_tag
def choice_tag(choice: BoundWidget) -> SafeString:
    """Draw one radio or checkbox of a group, with Bootstrap's class."""
    attrs = choice.data["attrs"]
    attrs["class"] = f"{attrs.get('class', '')} form-check-input".strip()
    return choice.tag()


@register.simple_tag
def cn_date(value: date | datetime | None, style: str = "date") -> SafeString:
    """Draw a date as a `<time>`: 2025年11月25日.

    `style`: "date", "day" (11月25日), "datetime" (… 14:30), "iso" (2025-11-25, for dense tables).
    Nothing gives a dash.
    """
    if not value:
        return mark_safe("—")
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        machine = value.isoformat(timespec="minutes")
    else:
        machine = value.isoformat()
    return format_html('<time datetime="{}">{}</time>', machine, day_text(value, style))


@register.filter
def day(value: date | datetime | None, style: str = "date") -> str:
    """Give a day in the reader's language, for a sentence; styles as of `cn_date`, and "month"."""
    return day_text(value, style)


@register.filter
def quoted(words: Any) -> str:
    """Mark Chinese words that stay Chinese, such as a regulation's, where the page is not."""
    return languages.quoted(str(words or ""))


@register.filter
def listed(parts: Iterable[Any]) -> str:
    """Join the members of a list as the reader's language does."""
    return wording.listed(parts)


@register.filter
def bytes_size(value: Any) -> str:
    """Give bytes as 245.3 KB; a text that is already a size is left as it is."""
    if isinstance(value, int):
        return filesizeformat(value)
    return str(value or "")


@register.simple_tag
def steps_at(current: int, *labels: str, failed: bool = False) -> list[dict[str, str]]:
    """Build the steps of `components/stepper.html`: those before `current` (from 1) are done.

    `failed` marks the current one as where the case ended (refused, withdrawn). A `current` beyond the last
    step makes all of them done.
    """
    steps = []
    for number, label in enumerate(labels, start=1):
        if number < current:
            state = "done"
        elif number == current:
            state = "failed" if failed else "current"
        else:
            state = "todo"
        steps.append({"label": label, "state": state})
    return steps


@register.filter
def error_items(forms: Any) -> list[dict[str, str]]:
    """List the errors of a form, a formset or a list of them as {text, href} for the error summary."""
    items: list[dict[str, str]] = []
    for form in _each_form(forms):
        non_field = form.non_field_errors() if hasattr(form, "non_field_errors") else form.non_form_errors()
        items.extend({"text": text, "href": ""} for text in non_field)
        # In the order of the page: what a form finds only when all is read would else come last.
        for name in getattr(form, "fields", ()):
            if name not in form.errors:
                continue
            field = form[name]
            # A group of radios or checkboxes has no element of the field's own id: link to its first choice.
            target, kind = field.auto_id, _widget_kind(field)
            if kind in ("radios", "checkboxes"):
                target = f"{field.auto_id}_0"
            label = str(field.label).rstrip("？?：: ")
            for text in field.errors:
                # “This field is required” nine times over helps nobody: name the field. A checkbox's label is
                # the sentence that is agreed to, not a name.
                named = text if label in text or kind == "checkbox" else stated(label, text)
                items.append({"text": named, "href": f"#{target}"})
    return items


def _each_form(forms: Any) -> Iterable[Any]:
    if not forms:
        # An unbound form is truthy; only None and empty lists come here.
        return
    if hasattr(forms, "management_form"):
        yield forms
        yield from forms.forms
    elif hasattr(forms, "fields"):
        yield forms
    else:
        for form in forms:
            yield from _each_form(form)


@register.simple_tag(takes_context=True)
def page_query(context: template.Context, number: int, param: str = "") -> str:
    """Give the query string of the present request with another page number."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    query[param or "page"] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag
def page_numbers(page: Page) -> list[int]:
    """List the page numbers to show round the present one; 0 stands for a gap."""
    wanted = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else 0 for number in wanted]


@register.filter
def cells(row: Any, columns: list[Any]) -> list[tuple[Any, Any]]:
    """Pair a row's cells with their columns; a row is a list of values or has them under `cells`."""
    values = row["cells"] if isinstance(row, dict) else getattr(row, "cells", row)
    return list(zip(values, columns, strict=True))
