"""What the admin's pages over reference data have in common: a history to read, and careful deletion."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper


class _Words(HistoricalRecordContextHelper):
    """Says old and new values as a form shows them: labels of choices, 是 and 否, 空."""

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        """Return the value in words."""
        field = self.model._meta.get_field(change.field)
        if value is None or value == "":
            return _("（空）")
        if isinstance(value, bool):
            return _("是") if value else _("否")
        choices = dict(getattr(field, "flatchoices", ()))
        return choices.get(value, super().prepare_delta_change_value(change, value))


class DeskAdmin(admin.ModelAdmin):
    """Who may do what with a model is said by the site's one table, for every page of the admin.

    Django's own permissions of models play no part: nobody holds any.
    """

    def _allows(self, request: HttpRequest, what: str) -> bool:
        site: Any = self.admin_site
        return bool(site.allows(request, self.opts, what))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the person finds the model on the front page."""
        return self._allows(request, "view")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the table lets the person read."""
        return self._allows(request, "view")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the table lets the person add."""
        return self._allows(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the table lets the person change."""
        return self._allows(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the table lets the person delete."""
        return self._allows(request, "delete")


class NotedAdmin(DeskAdmin):
    """A list with a sentence above it, where there is something to know."""

    change_list_template = "admin/noted_list.html"
    list_note: Any = ""
    #: The name of a page's address and what its link says.
    list_link: tuple[str, Any] | None = None

    class Media:
        css = {"all": ["desk/desk-admin.css"]}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list under its note."""
        note = {"list_note": self.list_note, "list_link": self.list_link}
        return super().changelist_view(request, {**note, **(extra_context or {})})


class ReferenceAdmin(NotedAdmin, SimpleHistoryAdmin):
    """Reference data: who changed what and when can be read; what is referred to cannot be deleted.

    Nothing is deleted in bulk, and no old state is put back with a click: a change is made anew, by hand.
    """

    actions = None
    delete_confirmation_template = "admin/reference_delete.html"

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Where others refer to it, say how many of what, instead of naming each of perhaps thousands."""
        found = list(objs)
        protected = _referring(self.model, found)
        if protected:
            return [], {}, set(), protected
        return super().get_deleted_objects(found, request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Let the history begin with what was there before: an import writes rows without one."""
        if change and not obj.history.exists():
            before = self.model._default_manager.get(pk=obj.pk)
            type(obj).history.bulk_history_create([before], default_change_reason=_("更改以前"))
        super().save_model(request, obj, form, change)

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """The history is for reading."""
        return True

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show an old state; nobody posts it back."""
        if request.method == "POST":
            raise PermissionDenied
        response: HttpResponse = super().history_form_view(request, *args, **kwargs)
        return response

    def get_historical_record_context_helper(
        self, request: HttpRequest, historical_record: Any
    ) -> HistoricalRecordContextHelper:
        """Say changes in words."""
        return _Words(self.model, historical_record)


class ViewOnlyAdmin(NotedAdmin):
    """What the admin shows and changes nothing about: another part of the site does."""

    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


def _referring(model: type[models.Model], objs: Iterable[models.Model]) -> list[str]:
    """Say how many rows of which tables stand against a deletion."""
    counted: Counter[str] = Counter()
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel):
            continue
        if getattr(relation, "on_delete", None) is not models.PROTECT and not relation.many_to_many:
            continue
        other: Any = relation.related_model
        rows = other._default_manager.filter(**{f"{relation.field.name}__in": objs})
        counted[str(other._meta.verbose_name)] += rows.distinct().count()
    return [_("%(what)s：%(count)s条") % {"what": what, "count": n} for what, n in counted.items() if n]
