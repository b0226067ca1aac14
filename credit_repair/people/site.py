"""The administrators' own site /admin/: each of the three finds their part in it, nobody else finds any."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db.models.options import Options
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from credit_repair.core.clock import today
from credit_repair.people.models import Administration

SYSTEM, AUDIT = Administration.Kind.SYSTEM, Administration.Kind.AUDIT
LOOK = frozenset({"view"})
KEEP = frozenset({"view", "add", "change", "delete"})

#: The one table: which models there are in the admin, and who may do what with each. A model that is not
#: here is not in the admin, whoever registers it. What a model's own page never does (a reason code is not
#: deleted), it does not do for anybody. The security administrator has pages of their own, and none here.
MAY: dict[str, dict[str, frozenset[str]]] = {
    "registry.sector": {SYSTEM: KEEP},
    "registry.office": {SYSTEM: KEEP},
    "registry.platform": {SYSTEM: KEEP},
    "registry.subject": {SYSTEM: LOOK},
    "registry.calendarday": {SYSTEM: KEEP},
    "registry.calendaryear": {SYSTEM: KEEP},
    "registry.ruleoverride": {SYSTEM: LOOK},
    "registry.lawedition": {SYSTEM: LOOK},
    "platforms.measurerule": {SYSTEM: KEEP},
    "cases.routestep": {SYSTEM: KEEP},
    "cases.reasoncode": {SYSTEM: KEEP},
    "admin.logentry": {AUDIT: LOOK},
}
KINDS = frozenset(kind for kinds in MAY.values() for kind in kinds)


class DeskAdminSite(admin.AdminSite):
    """Lets in the administrators of today. A superuser as such is none: accounts that may do everything
    would undo the three administrators apart."""

    site_url = "/manage/"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register what the table names, and nothing else: other packages bring admins of their own."""
        models: list[Any] = (
            [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        )
        named = [model for model in models if model._meta.label_lower in MAY]
        super().register(named, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the person finds anything here today."""
        return bool(self._kinds(request) & KINDS)

    def allows(self, request: HttpRequest, model: "Options[Any]", what: str) -> bool:
        """Whether the table lets the person do `what` with a model: view, add, change or delete."""
        may = MAY.get(model.label_lower, {})
        return any(what in may.get(kind, ()) for kind in self._kinds(request))

    def _kinds(self, request: HttpRequest) -> set[str]:
        """Return how the person administers today; asked once a request."""
        known: set[str] | None = getattr(request, "_administers", None)
        if known is None:
            user: Any = request.user
            rows = Administration.objects.filter(user=user.pk, user__is_active=True).on(today())
            known = set(rows.values_list("kind", flat=True)) if user.is_authenticated else set()
            request._administers = known  # type: ignore[attr-defined]
        return known

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Send a stranger to sign in; for anybody else who has no part in it the admin does not exist."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("account_login"))
            if not self.has_permission(request):
                raise Http404
            return inner(request, *args, **kwargs)

        # Django marks the inner view as safe from cross-site requests by its own means: keep the marks.
        return update_wrapper(guarded, inner)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one way in, with its second factor: the site's own."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(reverse("admin:index"), reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Sign out as everywhere else."""
        if request.method != "POST":
            return redirect("account_logout")
        logout(request)
        return redirect(settings.LOGOUT_REDIRECT_URL)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """A password is changed in one place."""
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """A password is changed in one place."""
        return redirect("account_change_password")
