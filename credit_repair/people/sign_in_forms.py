"""The forms of sign-in and registration."""

from typing import Any

from allauth.account.forms import LoginForm, SignupForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from credit_repair.people.models import User


class SignInForm(LoginForm):
    """User name or mail address, and password."""


class RegisterForm(SignupForm):
    """A person of an enterprise makes an account."""

    display_name = forms.CharField(label=_("您的姓名"), max_length=50)
    phone = forms.CharField(label=_("手机号码"), max_length=30, required=False)
    field_order = ["display_name", "email", "phone", "password1", "password2"]

    def save(self, request: HttpRequest) -> Any:
        """Make the account with the person's name and telephone."""
        user: User = super().save(request)
        user.display_name = self.cleaned_data["display_name"]
        user.phone = self.cleaned_data["phone"]
        user.save(update_fields=["display_name", "phone"])
        return user
