"""What an applicant writes after an application was filed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import CaseRating
from credit_repair.people.phones import NOT_A_PHONE, PhoneField


class UrgeForm(forms.Form):
    """A few words with an urging 催办."""

    text = forms.CharField(
        label=_("想对办理人员说的话"),
        help_text=_("办理人员会看到，也会写入办理过程。"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ContactForm(forms.Form):
    """Who sees to the application from now on."""

    name = forms.CharField(
        label=_("联系人"),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("请填写联系人姓名。")},
    )
    phone = PhoneField(
        label=_("联系电话"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("请填写联系电话。"), "max_length": NOT_A_PHONE},
    )
    with_siblings = forms.BooleanField(label="", required=False)

    def __init__(self, *args: Any, siblings: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if siblings:
            words = _("同一批次其他正在办理的申请（%d件）也改为这位联系人")
            self.fields["with_siblings"].label = words % siblings
        else:
            del self.fields["with_siblings"]


class RateForm(forms.Form):
    """One of five levels, and a few words where the applicant likes.

    Who is not content is asked once to say why; who would rather not may send it again as it is.
    """

    score = forms.TypedChoiceField(
        label=_("您对这次办理满意吗？"),
        choices=CaseRating.Score.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择满意程度。"), "invalid_choice": _("请选择满意程度。")},
    )
    comment = forms.CharField(
        label=_("您的意见"),
        help_text=_("哪里办得好，哪里让您为难，都可以写。请不要写身份证号等个人信息。"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    asked = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Ask once for the reason of a bad rating."""
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        unhappy = answers.get("score", CaseRating.Score.FAIR) <= CaseRating.Score.POOR
        if unhappy and not answers.get("comment") and not answers.get("asked"):
            words = _("请说说哪里让您不满意，我们好改进。不想写的，可以直接再提交一次。")
            self.add_error("comment", forms.ValidationError(words, code="why"))
        return answers

    @property
    def asks_why(self) -> bool:
        """Whether the page asks for the reason now: the next time it is taken as it is."""
        return self.has_error("comment", code="why")
