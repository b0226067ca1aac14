"""What people fill in on the pages over blocks of text 常用语."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import TextBlock
from credit_repair.notices.glyphs import MissingGlyphs, check_text
from credit_repair.registry.models import Office

#: Chosen for the blocks that all offices use.
ALL_OFFICES = "all"


class TextBlockForm(forms.Form):
    """What a block says, and whether it is offered."""

    title = forms.CharField(
        label=_("名称"),
        help_text=_("写在按钮上，几个字说明什么时候用。"),
        max_length=40,
        error_messages={"required": _("请写明名称。")},
    )
    text = forms.CharField(
        label=_("内容"),
        help_text=_("点按钮后原样填入，办理人员可以接着修改。会写入文书。"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("请写明内容。")},
    )
    active = forms.BooleanField(
        label=_("启用"), required=False, initial=True, help_text=_("停用后不再供选择，已经写好的文字不变。")
    )

    def clean_text(self) -> str:
        """Refuse what no font of the documents has."""
        text: str = self.cleaned_data["text"]
        try:
            check_text(text)
        except MissingGlyphs as missing:
            raise forms.ValidationError(str(missing)) from None
        return text


class NewTextBlockForm(TextBlockForm):
    """A new block: also whose it is and what for."""

    office = forms.ChoiceField(label=_("使用单位"))
    use = forms.ChoiceField(label=_("用于"), choices=TextBlock.Use.choices)

    field_order = ("office", "use", "title", "text", "active")

    def __init__(self, *args: Any, offices: Iterable[Office], of_all: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offices = {office.code: office for office in offices}
        choices = [(code, office.name) for code, office in self._offices.items()]
        if of_all:
            choices.append((ALL_OFFICES, _now("所有单位")))
        self.fields["office"].choices = choices  # type: ignore[attr-defined]

    def clean_office(self) -> Office | None:
        """Return the office; None for the blocks of all."""
        return self._offices.get(self.cleaned_data["office"])
