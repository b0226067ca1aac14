"""The forms of single sign-on."""

from typing import Any

from allauth.socialaccount import forms as allauth_forms
from allauth.socialaccount.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _

from credit_repair.people.openid import SingleSignOnProvider
from credit_repair.people.single_sign_on import kind_for


class IdentityForm(allauth_forms.SignupForm):
    """What the provider does not say of a person of an enterprise: name, and an address that gets a code."""

    display_name = forms.CharField(
        label=_("您的姓名"), max_length=50, error_messages={"required": _("请填写您的姓名。")}
    )
    field_order = ["display_name", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        email.label = _("邮箱")
        email.error_messages |= {
            "required": _("请填写邮箱。"),
            "invalid": _("邮箱不完整，请检查，例如name@example.com。"),
        }


class DisconnectForm(allauth_forms.DisconnectForm):
    """Takes an identity away from the person's account."""

    def offered(self) -> list[SingleSignOnProvider]:
        """Return the providers by which this person could sign in."""
        kind = kind_for(self.request.user)
        return [found for found in get_adapter().list_providers(self.request) if found.sub_id == kind]
