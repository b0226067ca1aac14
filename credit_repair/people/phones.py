"""Telephone numbers as people of this country write them: mobile, or fixed with its area code."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_ABROAD = r"(?:(?:\+|00)?86[ -]?)?"
_MOBILE = r"1[3-9][0-9](?:[ -]?[0-9]{4}){2}"
_FIXED = r"(?:\(0[0-9]{2,3}\)|0[0-9]{2,3})[ -]?[0-9]{7,8}(?:[ -][0-9]{1,6})?"
_FIXED_ABROAD = r"(?:\+|00)86[ -]?[1-9][0-9]{1,2}[ -]?[0-9]{7,8}"
#: 13800000000, +86 138 0000 0000, 0561-1234567, (010)12345678, 0561-1234567-801, +86 561 1234567.
PHONE = rf"^(?:{_ABROAD}(?:{_MOBILE}|{_FIXED})|{_FIXED_ABROAD})$"
NOT_A_PHONE = _("请填写11位手机号码，或者带区号的固定电话，例如13800000000、0561-1234567。")


class PhoneField(forms.CharField):
    """A telephone number; wide digits and signs do no harm."""

    default_error_messages = {"invalid": NOT_A_PHONE}

    def to_python(self, value: Any) -> str:
        """Write the number as its owner meant it."""
        text = unicodedata.normalize("NFKC", super().to_python(value) or "")
        return re.sub(r"[‐-―−]", "-", text).strip()

    def validate(self, value: str) -> None:
        """Refuse what nobody could be rung up at."""
        super().validate(value)
        if value and not re.match(PHONE, value):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
