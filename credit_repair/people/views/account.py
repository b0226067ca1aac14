"""One's own account: what is set, where one is signed in, and how long still."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter as second_factor_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import DeactivateTOTPView
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.people import second_factor, sessions
from credit_repair.people.models import User


@login_required
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show all that is set about one's account, each with the way to change it."""
    user: Any = request.user
    verified = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True).first()
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    shown = {
        "page_title": _("账号与安全"),
        "address": verified or user.email,
        "address_verified": bool(verified),
        "has_password": user.has_usable_password(),
        "has_totp": Authenticator.Type.TOTP in kinds,
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
        "must_have_second_factor": second_factor.must_have(user),
        "running": len(_running(request)),
        "single_sign_on": any(kind["server_url"] for kind in settings.SINGLE_SIGN_ON.values()),
    }
    return render(request, "account/home.html", shown)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session_list(request: HttpRequest) -> HttpResponse:
    """Show where one is signed in; a POST ends all sessions but this one."""
    if request.method == "POST":
        sessions.end_sessions(user=request.user, but=request.session.session_key or "")
        messages.success(request, _("其他设备上的登录都已退出。"))
        return redirect("usersessions_list")
    return render(request, "usersessions/usersession_list.html", {"running": _running(request)})


@login_required
@require_POST
def end_one_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions. One that has ended meanwhile is ended: nothing to complain of."""
    if any(each.is_this for each in _running(request) if each.pk == pk):
        raise Http404
    sessions.end_session(user=request.user, pk=pk)
    messages.success(request, _("这个登录已退出。"))
    return redirect("usersessions_list")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session_left(request: HttpRequest) -> HttpResponse:
    """Say how long the session still lasts; a POST prolongs it, as every use does."""
    left, why = sessions.seconds_left(request.session, at=sessions.moment())
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"seconds": left, "why": why})
    return redirect("account_home")


def _running(request: HttpRequest) -> list[sessions.RunningSession]:
    return sessions.running_sessions(
        user=request.user, this=request.session.session_key or "", at=sessions.moment()
    )


class OneAtATime:
    """Takes a second factor away under a lock on its owner, so that two at once never take the last two."""

    request: HttpRequest

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask under the lock whether it may go."""
        with transaction.atomic():
            User.objects.select_for_update().get(pk=request.user.pk or 0)
            return super().post(request, *args, **kwargs)  # type: ignore[misc]


class RemovePasskey(OneAtATime, RemoveWebAuthnView):
    """Takes a passkey away; the last second factor of those who must have one stays."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say beforehand whether it may go."""
        may_go = second_factor_adapter().can_delete_authenticator(self.object)
        return {**super().get_context_data(**kwargs), "may_go": may_go}

    def form_valid(self, form: Any) -> HttpResponse:
        """Take it away, if it may go."""
        adapter = second_factor_adapter()
        authenticator = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        if not adapter.can_delete_authenticator(authenticator):
            messages.error(self.request, adapter.error_messages["cannot_delete_authenticator"])
            return redirect("mfa_list_webauthn")
        return super().form_valid(form)


class DeactivateCodes(OneAtATime, DeactivateTOTPView):
    """Takes the codes of an app away."""


remove_passkey = RemovePasskey.as_view()
deactivate_codes = DeactivateCodes.as_view()
