from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from credit_repair.people import services
from credit_repair.people.models import Mandate, Membership, User


@admin.register(User)
class DeskUserAdmin(UserAdmin):
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (None, {"fields": ("display_name", "email", "phone")}),
        (None, {"fields": ("is_active", "is_staff", "is_superuser")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "display_name", "email", "password1", "password2")}),)
    list_display = ("username", "display_name", "is_active", "is_staff")
    search_fields = ("username", "display_name")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody is ever deleted: their acts stay theirs."""
        return False


def _administrator(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("the admin lets nobody in who has not signed in")
    return request.user


class DatedAdmin(admin.ModelAdmin):
    """What counts from a day to a day: made and ended through the services, never deleted."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only the end can be changed; anything else is a new row."""
        return tuple(field.name for field in self.opts.fields if field.name != "until") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A past membership or mandate explains past acts."""
        return False


@admin.register(Membership)
class MembershipAdmin(DatedAdmin):
    list_display = ("user", "office", "role", "since", "until")
    list_filter = ("role",)
    autocomplete_fields = ("user", "office")

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """Join or leave an office, with audit and permissions."""
        if change:
            services.leave_office(membership=obj, until=obj.until, actor=_administrator(request))
            return
        made = services.join_office(
            user=obj.user,
            office=obj.office,
            role=obj.role,
            since=obj.since,
            until=obj.until,
            actor=_administrator(request),
        )
        obj.pk = made.pk


@admin.register(Mandate)
class MandateAdmin(DatedAdmin):
    list_display = ("user", "subject", "since", "until", "approved_by")
    autocomplete_fields = ("user", "subject")
    exclude = ("approved_by",)

    def save_model(self, request: HttpRequest, obj: Mandate, form: Any, change: bool) -> None:
        """Grant or end a mandate, with audit and permission."""
        if change:
            services.end_mandate(mandate=obj, until=obj.until, actor=_administrator(request))
            return
        made = services.grant_mandate(
            user=obj.user,
            subject=obj.subject,
            since=obj.since,
            until=obj.until,
            approved_by=_administrator(request),
        )
        obj.pk = made.pk
