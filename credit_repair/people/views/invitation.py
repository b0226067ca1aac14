"""The way in by invitation, and the way back in. The secret in the address is all that opens it."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from credit_repair.core import clock
from credit_repair.people import second_factor
from credit_repair.people.errors import NotYours, PeopleRefused
from credit_repair.people.invitation_forms import JoinForm, PasswordForm, proposed_username
from credit_repair.people.models import Invitation, User
from credit_repair.people.services import acceptances
from credit_repair.people.services.invitation_rows import account_at, owns_address, what_of


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@rate_limit(action="invitation")
def open_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Lead the invited person in: with a new account, with the one they have, or back into it."""
    try:
        found = acceptances.find(secret=secret, now=clock.now())
    except acceptances.Gone as gone:
        return _gone(request, gone)
    try:
        if found.purpose == Invitation.Purpose.REGAIN:
            return _regain(request, found, secret)
        if isinstance(request.user, User):
            return _join_with_account(request, found, secret)
        if account_at(found.email) is not None:
            return _page(request, found, "invitation/sign_in.html", page_title=_("接受邀请"))
        return _join_anew(request, found, secret)
    except acceptances.Gone as gone:  # used or taken back while the person was reading
        return _gone(request, gone)


def _gone(request: HttpRequest, gone: acceptances.Gone) -> HttpResponse:
    """One page for every link that opens nothing: only of one that has expired is it said."""
    expired = isinstance(gone, acceptances.Expired)
    context = {"page_title": _("链接已过期") if expired else _("链接不能使用"), "expired": expired}
    return render(request, "invitation/gone.html", context, status=410 if expired else 404)


def _page(request: HttpRequest, found: Invitation, template: str, **said: object) -> HttpResponse:
    context = {
        "invitation": found,
        "what": what_of(found),
        "sign_in_url": f"{reverse('account_login')}?next={request.path}",
        **said,
    }
    return render(request, template, context)


def _join_anew(request: HttpRequest, found: Invitation, secret: str) -> HttpResponse:
    """Let a new person choose user name and password, and sign them in."""
    person = User(email=found.email, display_name=found.display_name)
    initial = {"username": proposed_username(found.email)}
    form = JoinForm(request.POST or None, user=person, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = acceptances.accept_new(
                secret=secret,
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password1"],
                now=clock.now(),
            )
        except acceptances.Gone:
            raise
        except PeopleRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("账号已开通。"))
            if not settings.SECOND_FACTOR_REQUIRED:
                messages.info(request, _advice())
            wanted = "mfa_index" if settings.SECOND_FACTOR_REQUIRED else "after_sign_in"
            login = Login(user=made, redirect_url=reverse(wanted), email=found.email)
            return perform_password_login(request, {"username": made.username}, login)
    return _page(request, found, "invitation/join.html", page_title=_("开通账号"), form=form)


def _advice() -> str:
    """Return the advice to set a second factor, with a button that leads there."""
    return format_html(
        '{} <a class="btn btn-sm btn-outline-primary" href="{}">{}</a>',
        _("建议现在设置两步验证：密码被别人知道了，也进不了您的账号。"),
        reverse("mfa_index"),
        _("设置两步验证"),
    )


def _join_with_account(request: HttpRequest, found: Invitation, secret: str) -> HttpResponse:
    """Let a person who has signed in accept, if the invitation was sent to them."""
    user = request.user
    if not isinstance(user, User) or not owns_address(user, found.email):
        return _page(request, found, "invitation/other_account.html", page_title=_("接受邀请"))
    refused = ""
    if request.method == "POST":
        if second_factor.must_have(user) and not second_factor.is_strong(request):
            return redirect("after_sign_in")  # where the second factor is asked for
        try:
            acceptances.accept_existing(secret=secret, user=user, now=clock.now())
        except (acceptances.Gone, NotYours):
            raise
        except PeopleRefused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("您已接受邀请。"))
            return redirect("after_sign_in")
    errors = [{"text": refused, "href": ""}] if refused else []
    return _page(request, found, "invitation/accept.html", page_title=_("接受邀请"), errors=errors)


def _regain(request: HttpRequest, found: Invitation, secret: str) -> HttpResponse:
    """Let a person set a new password; they sign in with it and set a new second factor."""
    if found.user is None:
        raise acceptances.Gone
    form = PasswordForm(request.POST or None, user=found.user)
    if request.method == "POST" and form.is_valid():
        acceptances.accept_regain(secret=secret, password=form.cleaned_data["password1"], now=clock.now())
        messages.success(request, _("新密码已设置，请登录。登录以后请重新设置两步验证。"))
        return redirect("account_login")
    return _page(request, found, "invitation/regain.html", page_title=_("设置新密码"), form=form)
