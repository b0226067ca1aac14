"""What officials write in a repair application."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import ReasonCode, ReviewStep
from credit_repair.cases.selectors import active_reasons
from credit_repair.repairs.models import KIND


class ReasonForm(forms.Form):
    """Why something is refused, in words that the reader can act on: usual reasons, own words, or both.

    What is handed on as `reason` and `next_steps` is the whole text, a line each; `codes` are for statistics.
    """

    #: For what the reasons are offered.
    use: ReasonCode.Use

    codes = forms.MultipleChoiceField(
        label=_("常用理由"),
        help_text=_("勾选的每一条，连同申请人可以怎样做，都会写入文书。"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label=_("理由"),
        help_text=_("每行一条。申请人会收到这段文字，请写清事实和缺什么。"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明理由。")},
    )
    next_steps = forms.CharField(
        label=_("申请人接下来可以怎么做"),
        required=False,
        max_length=1600,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {reason.code: reason for reason in active_reasons(kind=KIND, use=self.use)}
        if not self.offered:
            del self.fields["codes"]
            return
        codes = cast(forms.MultipleChoiceField, self.fields["codes"])
        codes.choices = [(reason.code, reason.text) for reason in self.offered.values()]
        # One of the two is enough.
        reason = self.fields["reason"]
        reason.required = not (self.is_bound and self["codes"].value())
        reason.error_messages["required"] = _("请写明理由，或者勾选常用理由。")

    def clean(self) -> dict[str, Any]:
        """Put what was ticked before what was written."""
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = [self.offered[code] for code in answers.get("codes", ())]
        for name, lines in (
            ("reason", [reason.text for reason in chosen]),
            ("next_steps", [reason.advice for reason in chosen if reason.advice]),
        ):
            if name in answers:
                written = [line for line in answers[name].splitlines() if line.strip()]
                answers[name] = "\n".join(dict.fromkeys([*lines, *written]))
        return answers


class NonAcceptanceForm(ReasonForm):
    """Why an application is not accepted."""

    use = ReasonCode.Use.NOT_ACCEPTED


class RefusalForm(ReasonForm):
    """Why a repair is refused."""

    use = ReasonCode.Use.REFUSED


class SendBackForm(forms.Form):
    """What is to be verified again."""

    reason = forms.CharField(
        label=_("退回原因"),
        help_text=_("写明需要补充核查的内容。申请人看不到这段文字。"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明退回的原因，以及需要补充核查的内容。")},
    )


class OpinionForm(forms.Form):
    """A verifier's opinion: one of two, and what it stands on."""

    opinion = forms.ChoiceField(
        label=_("核查意见"),
        choices=ReviewStep.Opinion.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择同意或者不同意修复。")},
    )
    text = forms.CharField(
        label=_("核查情况"),
        help_text=_("查了什么，结果如何。会写入决定书的事实部分。"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明核查情况：查了什么，结果如何。")},
    )


class ConfirmForm(forms.Form):
    """Nothing but the yes."""


#: The form that each act of an official needs.
OFFICE_FORMS: dict[str, type[forms.Form]] = {
    "accept": ConfirmForm,
    "refuse_to_accept": NonAcceptanceForm,
    "give_opinion": OpinionForm,
    "send_back": SendBackForm,
    "approve": ConfirmForm,
    "refuse": RefusalForm,
}
