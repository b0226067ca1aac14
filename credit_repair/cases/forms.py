"""What is asked of somebody who wants to know how a case stands, and what officials note about one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.services.notes import MOST_CHARACTERS
from credit_repair.cases.status import has_strange_letters, read_code, read_number


class StatusForm(forms.Form):
    """Number and query code 查询码, as they stand on the receipt; how they are typed matters little."""

    number = forms.CharField(
        label=_("申请编号"),
        help_text=_("例如XF-2026-000118，写在接收凭证和邮件里。"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
        error_messages={"required": _("请填写申请编号。")},
    )
    code = forms.CharField(
        label=_("查询码"),
        help_text=_("12位，分三组，大小写和短横线都可以不管。查询码里没有数字0、1，也没有字母O、I。"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
        error_messages={"required": _("请填写查询码。")},
    )

    def clean_number(self) -> str:
        """Read the number as it was meant."""
        number = read_number(self.cleaned_data["number"])
        if number is None:
            raise forms.ValidationError(
                _("申请编号的格式不对，请照接收凭证填写，例如XF-2026-000118。"), code="form"
            )
        return number

    def clean_code(self) -> str:
        """Read the code as it was meant; a letter that no code has is pointed out, and never guessed at."""
        text: Any = self.cleaned_data["code"]
        code = read_code(text)
        if code is None and has_strange_letters(text):
            words = _("查询码里没有数字0、1，也没有字母O、I，请核对是不是看错了。")
            raise forms.ValidationError(words, code="letters")
        if code is None:
            raise forms.ValidationError(_("查询码是12位字母和数字，请照接收凭证填写。"), code="form")
        return code


class NoteForm(forms.Form):
    """An internal note 内部备注."""

    text = forms.CharField(
        label=_("内部备注"),
        help_text=_("只有能查看本案的工作人员能看到，申请人看不到。"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写备注的内容。")},
    )
