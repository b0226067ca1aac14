"""What an invited person fills in."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.people.models import User
from credit_repair.people.sign_in_forms import NOT_THE_SAME, PASSWORD_RULES


class PasswordForm(forms.Form):
    """A new password, twice."""

    password1 = forms.CharField(
        label=_("密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=PASSWORD_RULES,
        error_messages={"required": _("请设置密码。")},
    )
    password2 = forms.CharField(
        label=_("再输入一次密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("请再输入一次密码。")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Refuse a password that differs the second time, or that is easily guessed."""
        data = super().clean() or self.cleaned_data
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", NOT_THE_SAME)
        elif first:
            try:
                password_validation.validate_password(first, self._about(data))
            except forms.ValidationError as weak:
                self.add_error("password1", weak)
        return data

    def _about(self, data: dict[str, Any]) -> User:
        """Return the person as they will be: a password must not be like their names."""
        return self.user


class JoinForm(PasswordForm):
    """The user name and password of a new account."""

    username = forms.CharField(
        label=_("用户名"),
        max_length=150,
        validators=[UnicodeUsernameValidator(message=_("用户名只能用文字、字母、数字和@ . + - _。"))],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        help_text=_("登录时可以用用户名，也可以用邮箱。"),
        error_messages={"required": _("请填写用户名。"), "max_length": _("用户名太长，请缩短。")},
    )
    field_order = ["username", "password1", "password2"]

    def clean_username(self) -> str:
        """Refuse a name that somebody has, or that is an address: it could be somebody else's."""
        name: str = self.cleaned_data["username"].strip()
        if "@" in name and name.lower() != self.user.email.lower():
            raise forms.ValidationError(_now("用户名不要用别的邮箱地址，请换一个。"))
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(_now("这个用户名已经有人使用，请换一个。"))
        return name

    def _about(self, data: dict[str, Any]) -> User:
        self.user.username = data.get("username") or self.user.username
        return self.user


def proposed_username(email: str) -> str:
    """Return a free user name made of the address."""
    base = email.partition("@")[0][:140] or "user"
    taken = {
        name.lower()
        for name in User.objects.filter(username__istartswith=base).values_list("username", flat=True)
    }
    return next(
        name
        for name in (base, *(f"{base}{n}" for n in range(2, len(taken) + 3)))
        if name.lower() not in taken
    )
