"""The form of the page of letters."""

from django import forms
from django.utils.translation import gettext_lazy as _

from credit_repair.notices.ink_forms import SignatureForm


class SignForm(SignatureForm):
    """A signature under a commitment letter 信用修复承诺书."""

    agreed = forms.BooleanField(
        label=_("我已阅读承诺书全文，同意以这个签名签署，并清楚虚假承诺的后果"),
        error_messages={"required": _("请阅读承诺书，同意后勾选。")},
    )
