"""Fields of forms as the browser shows them."""

from django import forms


def day_input() -> forms.DateInput:
    """Return a field for a day that the browser's own calendar fills in."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
