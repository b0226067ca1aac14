"""The administrators' own site /admin/: each of the three administrators finds their part, nobody else any."""

from django.contrib import admin
from django.http import HttpRequest

from credit_repair.core.clock import today
from credit_repair.people import access


class DeskAdminSite(admin.AdminSite):
    """Lets in the administrators of today. A superuser as such is none: accounts that may do everything
    would undo the three administrators apart."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the person administers anything today."""
        return access.is_administrator(user=request.user, on=today())
