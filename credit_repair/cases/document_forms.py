"""What officials type in at the register of documents 发文登记簿."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.document_selectors import PENDING, READY, UNSIGNED
from credit_repair.notices.correcting import LONGEST_SLIP, Slip
from credit_repair.notices.models import Document
from credit_repair.notices.public_words import refusal
from credit_repair.notices.services import KINDS

_REASON_MAX = 500
#: How many documents are offered to take another's place: the newest.
_MOST_OFFERED = 50
_TOO_LONG = _("一次只更正错漏的字，不超过%(limit_value)d个。")
_CHOOSE = _("请从列出的选项里选择。")


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    errors = {"invalid": _("请写成2026-11-20的样子，并且是日历上有的日子。")}
    return forms.DateField(label=label, required=False, widget=widget, error_messages=errors)


def kind_choices() -> list[tuple[str, str]]:
    """Return the kinds of documents that offices issue, by name."""
    return [(template, str(_(kind.title))) for template, kind in KINDS.items()]


class RegisterForm(forms.Form):
    """What is looked for in the register."""

    text = forms.CharField(
        label=_("文号或核验码"),
        required=False,
        max_length=60,
        error_messages={"max_length": _("不超过%(limit_value)d个字，请只写文号的一部分或者核验码。")},
    )
    kind = forms.ChoiceField(label=_("种类"), required=False, error_messages={"invalid_choice": _CHOOSE})
    standing = forms.ChoiceField(
        label=_("效力"),
        required=False,
        choices=[("", _("全部")), *Document.Standing.choices],
        error_messages={"invalid_choice": _CHOOSE},
    )
    paper = forms.ChoiceField(
        label=_("文件"),
        required=False,
        choices=[
            ("", _("全部")),
            (READY, _("已有PDF")),
            (PENDING, _("还没有PDF")),
            (UNSIGNED, _("没有签章成功")),
        ],
    )
    since = _day(_("成文日期自"))
    until = _day(_("成文日期至"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("全部")), *kind_choices()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for days in their order."""
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _now("不能早于开始的那一天，请改一个日期。"))
        return given


class EndForm(forms.Form):
    """Why a document holds no longer; the public page says it."""

    why = forms.CharField(
        label=_("原因"),
        max_length=_REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("核验页面会向任何人显示，不要写当事人和个人信息。"),
        error_messages={
            "required": _("请写明原因，核验页面会显示。"),
            "max_length": _("原因不超过500个字。"),
        },
    )

    def clean_why(self) -> str:
        """Refuse a number of a person in what anybody may read."""
        why: str = self.cleaned_data["why"]
        if words := refusal(why):
            raise forms.ValidationError(words)
        return why


class ReplaceForm(EndForm):
    """By which document another is replaced, and why."""

    by = forms.ModelChoiceField(
        label=_("替换为"),
        queryset=Document.objects.none(),
        empty_label=_("请选择"),
        help_text=_("只列出为同一事项签发的、有效的同一种文书。"),
        error_messages={
            "required": _("请选择用来替换的文书。"),
            "invalid_choice": _("所选的文书不能用来替换，请另选一份。"),
        },
    )
    field_order = ("by", "why")

    def __init__(self, *args: Any, offered: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = list(offered.values_list("pk", flat=True)[:_MOST_OFFERED])
        self.fields["by"].queryset = Document.objects.filter(pk__in=keys).order_by("-issued_on", "-pk")  # type: ignore[attr-defined]


class CorrectForm(EndForm):
    """What is corrected in a notice 更正重发, and why."""

    wrong = forms.CharField(
        label=_("文书里错的字"),
        required=False,
        max_length=LONGEST_SLIP,
        error_messages={"max_length": _TOO_LONG},
        help_text=_("照文书原文填写。只更正联系方式的，不用填写。"),
    )
    right = forms.CharField(
        label=_("改成"),
        required=False,
        max_length=LONGEST_SLIP,
        error_messages={"max_length": _TOO_LONG},
        help_text=_("要删去的，留空不填。"),
    )
    field_order = ("wrong", "right", "why")

    def __init__(self, *args: Any, has_texts: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].label = _("更正的原因")
        if not has_texts:
            del self.fields["wrong"], self.fields["right"]

    def clean(self) -> dict[str, Any]:
        """Ask for the slip where a word is given that should stand instead."""
        given = super().clean() or self.cleaned_data
        if given.get("right") and not given.get("wrong"):
            self.add_error("wrong", _("请填写文书里错的字。"))
        elif given.get("wrong") and given["wrong"] == given.get("right"):
            self.add_error("right", _("和原来的一样，请填写改成什么。"))
        return given

    @property
    def slip(self) -> Slip:
        """The slip that was entered; none where only the contact is corrected."""
        return Slip(self.cleaned_data.get("wrong", ""), self.cleaned_data.get("right", ""))
