"""What counts from a day to a day."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q


class DatedQuerySet(models.QuerySet[Any]):
    """Rows that count from a day to a day, both included."""

    def on(self, day: date) -> "DatedQuerySet":
        """Return those that count on `day`."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)
