"""The front page, and the way in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from credit_repair.core.clock import today
from credit_repair.home.context import frame_of
from credit_repair.home.demo_accounts import demo_accounts
from credit_repair.home.forms import SignInForm
from credit_repair.people import access


def front(request: HttpRequest) -> HttpResponse:
    """Say in plain words what this is, what it costs, how long it takes."""
    frame = frame_of(request)
    works_here = frame.user is not None and bool(frame.memberships) and not frame.subjects
    return render(request, "public/front.html", {"works_here": works_here})


class SignIn(LoginView):
    """Ask for name and password; a safe `next` leads on to where the person wanted to go."""

    authentication_form = SignInForm
    template_name = "public/sign_in.html"
    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """Return the safe `next`; one that leads back to this page is none, or it would turn in a circle."""
        url: str = super().get_redirect_url()
        return "" if url.partition("?")[0] == self.request.path else url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the accounts of the demo."""
        # LoginView says site_name itself, from the address: ours stands.
        extra: dict[str, Any] = {"page_title": _("登录"), "site_name": settings.SITE_NAME}
        if settings.DEMO:
            extra["demo_accounts"] = demo_accounts(on=today())
            extra["demo_password"] = settings.DEMO_PASSWORD
        return super().get_context_data(**kwargs) | extra


@login_required
def after_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead officials to their inbox, everybody else to their records."""
    return redirect("office" if access.is_official(user=request.user, on=today()) else "me")
