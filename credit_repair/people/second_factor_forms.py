"""The forms of the second factor: allauth's, in this site's words and with this site's limits."""

from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core import context, ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from django.forms import ValidationError
from django.utils.translation import gettext_lazy as _

from credit_repair.people import lockout, second_factor, sign_in_log
from credit_repair.people.models import User
from credit_repair.people.sign_in_forms import AsksForCode, PlainForm

#: allauth's name of the error that somebody tried too often.
TOO_OFTEN = "too_many_login_attempts"


class LimitedCode(AsksForCode):
    """Counts wrong codes for each account. Those of a device that its owner uses are counted apart, so that
    somebody who knows the password cannot keep the owner out with wrong codes."""

    labels = {"code": _("动态码或恢复码")}
    hints = {"code": _("验证器应用里显示的6位数字；手机不在身边时，可以输入一个没有用过的恢复码。")}
    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        """Compare the code, unless too many wrong ones were tried. A code of an app opens once."""
        known = self.user.pk in lockout.accounts_known_to(context.request)
        key = f"second-factor:{self.user.pk}:{'known' if known else 'other'}"
        if not ratelimit.consume(context.request, action="second_factor", key=key):
            error = account_adapter().validation_error(TOO_OFTEN)
            _note(self.user, error, kind="code")
            raise error
        try:
            code = super().clean_code()
            if self.authenticator.type == Authenticator.Type.TOTP:
                _use(self.user, code)
        except ValidationError as error:
            _note(self.user, error, kind="code")
            raise
        ratelimit.clear(context.request, action="second_factor", key=key)
        return code


class AuthenticateForm(LimitedCode, mfa.AuthenticateForm):
    """The code at sign-in."""


class ReauthenticateForm(LimitedCode, mfa.ReauthenticateForm):
    """The code once more."""


class ActivateForm(AsksForCode, ActivateTOTPForm):
    """The first code of a new device: whoever types it has the device."""

    user: User
    labels = {"code": _("应用里显示的6位动态码")}

    def clean_code(self) -> str:
        """A right code proves the factor for this session, too."""
        code = super().clean_code()
        _use(self.user, code)
        second_factor.prove(context.request)
        return code


def _use(user: User, code: str) -> None:
    """Count a right code of an app as used. Raises ValidationError where it was used before."""
    if not second_factor.use_code(user=user, code=code):
        raise get_adapter().validation_error("incorrect_code")


def _note(user: User | None, error: ValidationError, *, kind: str) -> None:
    """Write down a second factor that was not right, or that was not looked at any more."""
    if error.code == TOO_OFTEN:
        sign_in_log.held_back(context.request, user=user, why="too many wrong second factors")
    else:
        sign_in_log.second_factor_failed(context.request, user=user, kind=kind)


class NotedPasskey:
    """A passkey that does not fit is written down."""

    user: User | None

    def clean_credential(self) -> Authenticator:
        """Compare what the browser signed; what is no signature at all is a wrong one."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError as error:
            _note(self.user, error, kind="passkey")
            raise
        except (KeyError, TypeError, ValueError) as fault:
            refusal = get_adapter().validation_error("incorrect_code")
            _note(self.user, refusal, kind="passkey")
            raise refusal from fault


class AuthenticatePasskeyForm(NotedPasskey, webauthn.AuthenticateWebAuthnForm):
    """The passkey at sign-in, after the password."""


class ReauthenticatePasskeyForm(NotedPasskey, webauthn.ReauthenticateWebAuthnForm):
    """The passkey once more."""


class SignInByPasskeyForm(NotedPasskey, webauthn.LoginWebAuthnForm):
    """The passkey in place of a password."""


class AddPasskeyForm(PlainForm, webauthn.AddWebAuthnForm):
    """A new passkey, as the browser made it."""

    labels = {"name": _("名称"), "passwordless": _("也用它直接登录，不再输入密码")}
    hints = {
        "name": _("便于您日后辨认，例如“办公电脑”。"),
        "passwordless": _("需要设备支持指纹、面容或者开机密码。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].max_length = 50  # type: ignore[attr-defined]
        self.fields["name"].widget.attrs["maxlength"] = "50"
        self.fields["passwordless"].initial = True

    def clean(self) -> dict[str, Any]:
        """A passkey that was made proves the factor for this session, too."""
        cleaned: dict[str, Any] = super().clean()
        if not self.errors:
            second_factor.prove(context.request)
        return cleaned

    def clean_name(self) -> str:
        """Return the name, not longer than a line."""
        return str(super().clean_name())[:50]


class RenamePasskeyForm(PlainForm, webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    labels = {"name": _("名称")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["maxlength"] = "50"

    def clean_name(self) -> str:
        """Return the name, not longer than a line."""
        return str(self.cleaned_data["name"])[:50]
