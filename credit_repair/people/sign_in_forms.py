"""The forms of sign-in, registration and of one's own account: allauth's, in this site's words."""

import unicodedata
from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.core import audit
from credit_repair.people.models import User
from credit_repair.people.phones import PhoneField

#: The same on every form that sets a password, shown before anything is typed.
PASSWORD_RULES = _(
    "至少10个字符。不要只用数字，不要用常见的词或本网站的名称，也不要与您的姓名、用户名、邮箱、手机号码相近。"
)
NOT_THE_SAME = _("两次输入的密码不一致，请重新输入。")


class PlainForm:
    """A form without placeholders: labels stay in sight. Subclasses name labels and hints of the fields."""

    labels: dict[str, Any] = {}
    hints: dict[str, Any] = {}
    #: What is said of a field that was left empty, where “请填写” and its label do not do.
    missing: dict[str, Any] = {"password1": _("请设置密码。"), "password2": _("请再次输入密码。")}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            said = self.missing.get(name) or _now("请填写%(label)s。") % {"label": field.label}
            field.error_messages["required"] = said


class SetsPassword(PlainForm):
    """A form with a new password, typed twice."""

    labels = {"password1": _("新密码"), "password2": _("再次输入新密码")}
    hints = {"password1": PASSWORD_RULES}
    cleaned_data: dict[str, Any]

    def clean(self) -> Any:
        """Refuse two passwords that differ, in words that say what to do."""
        # Past allauth's own check of the same, whose words are others.
        cleaned = super(account.PasswordVerificationMixin, self).clean()  # type: ignore[misc]
        first, second = self.cleaned_data.get("password1"), self.cleaned_data.get("password2")
        if first and second and first != second:
            self.add_error("password2", NOT_THE_SAME)  # type: ignore[attr-defined]
        return cleaned


class AsksForCode(PlainForm):
    """A form with a code, from a mail or from a device: spaces and wide digits do no harm."""

    labels = {"code": _("验证码")}
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}
        self.fields["code"].max_length = 40  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        """Compare the code as its owner meant it."""
        self.cleaned_data["code"] = unicodedata.normalize("NFKC", self.cleaned_data["code"])
        return super().clean_code()  # type: ignore[misc]


class SignInForm(PlainForm, account.LoginForm):
    """User name or mail address, and password."""

    labels = {"login": _("用户名或邮箱"), "password": _("密码")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
            "maxlength": "254",
        }


class RegisterForm(PlainForm, account.SignupForm):
    """A person of an enterprise makes an account."""

    display_name = forms.CharField(
        max_length=50, widget=forms.TextInput(attrs={"autocomplete": "name"}), label=_("您的姓名")
    )
    phone = PhoneField(
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        label=_("联系电话"),
    )
    field_order = ["display_name", "email", "phone", "password1", "password2"]
    labels = {"email": _("邮箱"), "password1": _("密码"), "password2": _("再次输入密码")}
    hints = {
        "email": _("用它登录、接收验证码和办理通知。"),
        "phone": _("手机号码，或者带区号的固定电话。办理人员需要了解情况时联系您。"),
        "password1": PASSWORD_RULES,
    }

    def clean(self) -> Any:
        """Look at the password beside all that was given of the person, not only the address."""
        cleaned = super().clean()
        given = self.cleaned_data
        password = given.get("password1")
        if "password2" in self.errors and self["password2"].data:  # allauth says so in its own words
            del self.errors["password2"]
            self.add_error("password2", NOT_THE_SAME)
        if password and "password1" not in self.errors:
            named = User(
                username=given.get("email", "").partition("@")[0],
                display_name=given.get("display_name", ""),
                email=given.get("email", ""),
                phone=given.get("phone", ""),
            )
            try:
                get_adapter().clean_password(password, user=named)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return cleaned

    def try_save(self, request: HttpRequest) -> Any:
        """Make the account, or tell its owner by mail that there is one; either takes as long."""
        if self.account_already_exists:
            User().set_password(self.cleaned_data["password1"])
        return super().try_save(request)

    @transaction.atomic
    def save(self, request: HttpRequest) -> Any:
        """Make the account with the person's name and telephone."""
        user: User = super().save(request)
        user.display_name = self.cleaned_data["display_name"]
        user.phone = self.cleaned_data["phone"]
        user.save(update_fields=["display_name", "phone"])
        audit.record(actor=user, action="people.registered", target=user)
        return user


class ChangeAddressForm(PlainForm, account.AddEmailForm):
    """Another mail address; it counts once its code was typed in."""

    labels = {"email": _("新的邮箱")}
    hints = {"email": _("我们会向它发送验证码；验证以后才会更换，在此之前继续使用原来的邮箱。")}


class CorrectAddressForm(PlainForm, account.ChangeEmailForm):
    """A mistyped address, mended before it was verified."""

    labels = {"email": _("正确的邮箱")}


class ChangePasswordForm(SetsPassword, account.ChangePasswordForm):
    """The present password, and a new one."""

    labels = {**SetsPassword.labels, "oldpassword": _("当前密码")}


class SetPasswordForm(SetsPassword, account.SetPasswordForm):
    """The first password of a person who came by single sign-on."""


class ResetPasswordForm(PlainForm, account.ResetPasswordForm):
    """To which address the code goes."""

    labels = {"email": _("邮箱")}
    hints = {"email": _("您注册时使用的邮箱。")}


class NewPasswordForm(SetsPassword, account.ResetPasswordKeyForm):
    """A new password, after the code from the mail."""


class AddressCodeForm(AsksForCode, account.ConfirmEmailVerificationCodeForm):
    """The code that verifies an address."""


class ResetCodeForm(AsksForCode, account.ConfirmPasswordResetCodeForm):
    """The code that lets somebody set a new password."""


class ReauthenticateForm(PlainForm, account.ReauthenticateForm):
    """The password once more."""

    labels = {"password": _("密码")}
