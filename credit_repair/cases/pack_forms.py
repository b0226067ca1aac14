"""What officials choose when they take several documents of the register at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit_repair.notices.models import DocumentPack


class PackForm(forms.Form):
    """What is to be done with the documents, which they are, and in which order. The buttons carry `do`."""

    do = forms.ChoiceField(
        choices=DocumentPack.Kind.choices,
        widget=forms.HiddenInput,
        error_messages={
            "required": _("请选择打包下载、合并打印或者补签。"),
            "invalid_choice": _("没有这样的操作，请选择打包下载、合并打印或者补签。"),
        },
    )
    everything = forms.BooleanField(label=_("筛选出的全部文书"), required=False)
    order = forms.ChoiceField(
        label=_("次序"),
        choices=DocumentPack.Order.choices,
        initial=DocumentPack.Order.NEWEST,
        required=False,
        error_messages={"invalid_choice": _("没有这样的次序，请从列表中选一种。")},
    )
    two_sided = forms.BooleanField(
        label=_("双面打印"),
        required=False,
        help_text=_("用于合并打印：每份文书都从一张纸的正面开始，不够的补一页空白。"),
    )

    def clean_order(self) -> Any:
        """The newest first where nothing was chosen."""
        return self.cleaned_data["order"] or DocumentPack.Order.NEWEST
