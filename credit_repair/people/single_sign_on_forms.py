"""What is asked of a person of an enterprise whose provider does not say it all."""

from allauth.socialaccount.forms import SignupForm
from django import forms
from django.utils.translation import gettext_lazy as _


class IdentityForm(SignupForm):
    """Name and mail address; the address is verified by a code."""

    display_name = forms.CharField(label=_("您的姓名"), max_length=50)
    field_order = ["display_name", "email"]
