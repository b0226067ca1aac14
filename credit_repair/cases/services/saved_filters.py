"""Choices of the inbox that a person has given a name 常用筛选."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import SavedFilter

MOST = 20
#: Characters of a query, as its column has them.
LONGEST = 500


@transaction.atomic
def save_filter(*, user: Any, name: str, query: str) -> SavedFilter:
    """Keep `query`, as inbox_forms.FilterForm writes it, under `name`; a name that is taken gets the new one.

    Raises ActionRefused where the person has MOST of them already, or the query is too long to be kept.
    """
    if len(query) > LONGEST:
        raise ActionRefused("too_long", _("条件太长，不能保存为常用筛选。请缩短查找的文字。"))
    kept = SavedFilter.objects.select_for_update().filter(user=user)
    if kept.exclude(name=name).count() >= MOST:
        raise ActionRefused("too_many", _("常用筛选最多保存%s个，请先删除不用的。") % MOST)
    saved, _made = SavedFilter.objects.update_or_create(user=user, name=name, defaults={"query": query})
    return saved


def delete_filter(*, user: Any, pk: int) -> str:
    """Delete one of the person's own, and return its name. Raises SavedFilter.DoesNotExist for another's."""
    saved = SavedFilter.objects.get(user=user, pk=pk)
    saved.delete()
    return saved.name
