"""The form of a signature on the screen, wherever something is signed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit_repair.notices.ink import Stroke
from credit_repair.notices.strokes import SignatureRefused, strokes_of


class SignatureForm(forms.Form):
    """A signature on the screen: who signs, that they have read it, and the strokes."""

    name = forms.CharField(
        label=_("签署人姓名"),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("请填写签署人的姓名。")},
    )
    agreed = forms.BooleanField(
        label=_("我已阅读全文，同意以这个签名签署"),
        error_messages={"required": _("请阅读全文，同意后勾选。")},
    )
    strokes = forms.CharField(label=_("签名"), required=False, widget=forms.HiddenInput)

    def clean_strokes(self) -> tuple[Stroke, ...]:
        """Take the strokes for a signature, or say why they are none."""
        try:
            return strokes_of(self.cleaned_data["strokes"])
        except SignatureRefused as refused:
            raise forms.ValidationError(str(refused)) from None

    @property
    def drawn(self) -> Any:
        """What was drawn when the form came in, to be drawn again where something else is wrong."""
        return self.data.get("strokes", "") if self.is_bound else ""
