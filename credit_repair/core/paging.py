"""Pages of a list that nobody reads to its end."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property


class CappedPaginator(Paginator):
    """Pages over the first `cap` rows of a query, which is counted no further than that.

    To count a million rows for a page of thirty costs more than to find the thirty.
    """

    def __init__(self, found: QuerySet[Any], per_page: int, *, cap: int) -> None:
        super().__init__(found, per_page)
        self._found, self._cap = found, cap

    @cached_property
    def count(self) -> int:
        """The number of rows that are listed: all of them, or `cap`."""
        return min(self._counted, self._cap)

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than are listed."""
        return self._counted > self._cap

    @cached_property
    def _counted(self) -> int:
        # In any order: the first that come will do.
        return self._found.order_by()[: self._cap + 1].count()
