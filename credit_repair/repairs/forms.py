"""What people write in a repair application."""

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import ReasonCode, ReviewStep
from credit_repair.cases.selectors import active_reasons
from credit_repair.people.phones import NOT_A_PHONE, PhoneField
from credit_repair.repairs.models import KIND


class StatementForm(forms.Form):
    """The applicant's answers: two facts, a few words, and whom to call."""

    corrected = forms.BooleanField(
        label=_("违法行为已经改正，处罚决定要求的义务已经全部履行"),
        error_messages={"required": _("改正并履行全部义务之后才能申请，请确认后勾选。")},
    )
    performed_on = forms.DateField(
        label=_("哪一天履行完毕？"),
        help_text=_("例如缴清罚款的日期。"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": _("请填写履行完毕的日期。"),
            "invalid": _("请按“2026-11-21”的格式填写日期。"),
        },
    )
    statement = forms.CharField(
        label=_("请简单说明改正和履行的情况"),
        help_text=_("说清做了什么、什么时候完成即可，一两句话就够。"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写一两句话，说明改正和履行的情况。")},
    )
    contact_name = forms.CharField(
        label=_("联系人"), max_length=50, error_messages={"required": _("请填写联系人姓名。")}
    )
    contact_phone = PhoneField(
        label=_("联系电话"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={
            "required": _("请填写联系电话。"),
            "max_length": NOT_A_PHONE,
        },
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, decided_on: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.decided_on = today, decided_on
        self.fields["performed_on"].widget.attrs["max"] = today.isoformat()

    def clean_performed_on(self) -> date:
        """Nothing is performed in the future, nor before it was imposed."""
        day: date = self.cleaned_data["performed_on"]
        if day > self.today:
            raise forms.ValidationError(_("履行完毕日期不能晚于今天。"), code="future")
        if self.decided_on and day < self.decided_on:
            raise forms.ValidationError(
                _("履行完毕日期不能早于处罚决定日期，请核对。"), code="before_decision"
            )
        return day


class MaterialForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=_("选择文件"),
        help_text=_("PDF、JPG或PNG，不超过10MB。可以用手机拍照后直接上传。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/*"}),
        error_messages={
            "required": _("请选择要上传的文件。"),
            "empty": _("这个文件是空的，请重新选择。"),
        },
    )


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
        max_length=2000,
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
