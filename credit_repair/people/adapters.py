"""How allauth's parts speak to the rest of the site."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from credit_repair.core import audit
from credit_repair.core.crypto import box
from credit_repair.core.network import client_address
from credit_repair.people import (
    account_mails,
    lockout,
    second_factor,
    sessions,
    sign_in_log,
    single_sign_on,
)
from credit_repair.people.models import User
from credit_repair.people.pending import EndsWithThePassword

#: One sentence for a wrong name, a wrong address and a wrong password: it never says which.
MISMATCH = _("用户名或密码不正确，请核对后再试。")
WAIT = _("尝试次数过多，请过几分钟再试。")
#: So long after sign-in nobody is asked for the password again.
FRESH_SECONDS = 300


class AccountAdapter(DefaultAccountAdapter):
    """Accounts: mails go out as rows, addresses of the network are read as everywhere."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("这个账号已停用。"),
        "cannot_remove_primary_email": _("这是您唯一的邮箱，不能删除。"),
        "duplicate_email": _("您的账号已经在使用这个邮箱。"),
        "email_password_mismatch": MISMATCH,
        "username_password_mismatch": MISMATCH,
        "invalid_login": MISMATCH,
        "email_taken": _("这个邮箱不能使用，请换一个邮箱。"),
        "enter_current_password": _("当前密码不正确，请重新输入。"),
        "incorrect_code": _("验证码不正确或已失效，请核对后重新输入。"),
        "incorrect_password": _("密码不正确，请重新输入。"),
        "max_email_addresses": _("您的账号只能使用一个邮箱。"),
        "too_many_login_attempts": WAIT,
        "rate_limited": WAIT,
        "unknown_email": _("这个邮箱不能使用，请换一个邮箱。"),
        "unverified_primary_email": _("请先验证您的邮箱。"),
        "same_as_current": _("新的邮箱与现在的相同，请输入另一个邮箱。"),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return where the request comes from. Limits count of IPv6 the network alone, by allauth itself."""
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt, and write it down where it was one too many."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            sign_in_log.held_back(request, user=None, why="too many failed sign-ins")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write that it failed; what is locked out says so itself."""
        if not getattr(request, "axes_locked_out", False):
            sign_in_log.failed(request)

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Return the error of that code; its words have no places to be filled."""
        return ValidationError(self.error_messages[code], code=code)

    def get_login_stages(self) -> list[str]:
        """Return the steps of a sign-in, with the site's own in the places of allauth's."""
        own = {
            "allauth.account.stages.EmailVerificationStage": "credit_repair.people.adapters.AddressStage",
            "allauth.mfa.stages.AuthenticateStage": "credit_repair.people.single_sign_on.SecondFactorStage",
        }
        return [own.get(path, path) for path in super().get_login_stages()]

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """The person has come in: note what follows from it on their device and in their session."""
        response = super().post_login(request, user, **kwargs)
        sociallogin = (kwargs.get("signal_kwargs") or {}).get("sociallogin")
        if sociallogin is not None:
            single_sign_on.signed_in(request=request, user=user, sociallogin=sociallogin)
        lockout.forget_failures(request, user=user)
        lockout.remember_device(request, response, user=user)
        sign_in_log.came_in(request, user=user)
        return response

    @transaction.atomic
    def set_password(self, user: Any, password: str) -> None:
        """Set the person's password: every session but this one ends. Whoever has proven who they are by the
        code from their mail is no longer locked out here."""
        super().set_password(user, password)
        request = allauth_context.request
        sessions.end_sessions(user=user, but=request.session.session_key or "" if request else "")
        if request is not None:
            lockout.forget_failures(request, user=user)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return how `user` shows again who they are: by their second factor where they have one.

        A password alone must not be enough to take a second factor away.
        """
        ways = {flow["id"]: flow for flow in get_reauthentication_flows(user)}
        types = ways["mfa_reauthenticate"]["types"] if "mfa_reauthenticate" in ways else []
        methods = []
        if Authenticator.Type.TOTP in types or Authenticator.Type.RECOVERY_CODES in types:
            methods.append({"id": "code", "description": _("输入动态码"), "url": "mfa_reauthenticate"})
        if Authenticator.Type.WEBAUTHN in types:
            passkey = {"id": "passkey", "description": _("用通行密钥"), "url": "mfa_reauthenticate_webauthn"}
            at = 0 if Authenticator.Type.TOTP not in types else 1
            methods.insert(at, passkey)
        if not methods and "reauthenticate" in ways:
            methods = [{"id": "password", "description": _("输入密码"), "url": "account_reauthenticate"}]
        return [{**method, "url": reverse(str(method["url"]))} for method in methods]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Nobody who came in a moment ago is asked again, save for a factor that they have not shown."""
        request = allauth_context.request
        records = get_authentication_records(request, request.user)
        fresh = records and sessions.moment() - records[-1]["at"] < FRESH_SECONDS
        return not (fresh and (second_factor.is_strong(request) or not second_factor.has(request.user)))

    def is_safe_url(self, url: str) -> bool:
        """Whether one may be led there: only on this site, and never back to sign-in, in a circle."""
        circle = (reverse("account_login"), reverse("account_logout"))
        return bool(super().is_safe_url(url)) and urlsplit(url).path not in circle

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where people go who wanted nothing in particular."""
        return reverse("after_sign_in")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to the page of the account."""
        return reverse("account_home")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Return to the page of the account."""
        return reverse("account_home")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail as a row; its text is gone once it was sent."""
        account_mails.write(kind=template_prefix.rpartition("/")[2], to_address=email, context=context)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell the person what has changed about their sign-in, and write it down."""
        kind = template_prefix.rpartition("/")[2]
        audit.record(actor=user, action=f"people.{kind}", target=user)
        super().send_notification_mail(
            template_prefix, user, {**(context or {}), "user": user}, email or user.email or None
        )


class AddressStage(EndsWithThePassword, EmailVerificationStage):
    """Asks for the code from the mail, save an account that has no address at all and was given none."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Answer with the page that asks for the code, where the address is not yet verified."""
        user = self.login.user
        if (
            isinstance(user, User)
            and not user.email
            and not EmailAddress.objects.filter(user=user).exists()
            and not self.login.signup
        ):
            return None, True
        return super().handle()


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: their secrets are encrypted at rest."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("您的账号必须使用两步验证。请先设置另一种方式，再停用这一种。"),
        "cannot_generate_recovery_codes": _("请先设置动态码或者通行密钥，再生成恢复码。"),
        "incorrect_code": _("验证没有通过，请再试一次。"),
        "unverified_email": _("请先验证您的邮箱，再设置两步验证。"),
    }

    def encrypt(self, text: str) -> str:
        """Return `text` as the database holds it."""
        return box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what encrypt() was given."""
        return box().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether a second factor may go: never the last one of a person who must have one."""
        return not (second_factor.is_last(authenticator) and second_factor.must_have(authenticator.user))

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002
        """Return the name that a new passkey is offered."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return str(_("通行密钥 %(number)s") % {"number": number})

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """Return who the passkey is for, as the device shows it."""
        return {**super().get_public_key_credential_user_entity(user), "display_name": str(user)}
