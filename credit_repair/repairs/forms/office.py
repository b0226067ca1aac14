"""What officials write in a repair application."""

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Case, ReasonCode, ReviewStep
from credit_repair.cases.selectors import ExtendedDue, active_reasons, extended_dues
from credit_repair.core.wording import day_text
from credit_repair.registry.models import Office
from credit_repair.repairs.forms.after import DropForm, EnteredAnswerForm, ProposalForm, RevokeForm
from credit_repair.repairs.guards import EXTENDED
from credit_repair.repairs.models import KIND
from credit_repair.repairs.notices import findings_of
from credit_repair.repairs.selectors import offices_to_send_on_to


class FindingsForm(forms.Form):
    """The facts of a decision 认定事实: what the opinions say, or what the approver makes of it."""

    findings = forms.CharField(
        label=_("认定事实"),
        help_text=_(
            "决定书“查明的事实”部分，每行一段，按核查意见拟好，可以修改。留空的，仍用按核查意见拟好的内容。"
        ),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
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


class ApprovalForm(FindingsForm):
    """That a repair is granted, and on which facts."""


class RefusalForm(ReasonForm, FindingsForm):
    """Why a repair is refused, and on which facts."""

    use = ReasonCode.Use.REFUSED
    field_order = ("codes", "reason", "next_steps", "findings")


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


class ForwardForm(forms.Form):
    """To which credit office an application is sent on, and why."""

    office = forms.ModelChoiceField(
        label=_("接收的信用办"),
        queryset=Office.objects.none(),
        empty_label=_("请选择"),
        widget=forms.Select(attrs={"data-dk-find": _("输入名称查找")}),
        error_messages={
            "required": _("请选择接收的信用办。"),
            "invalid_choice": _("不能转送到这个单位，请另选一个信用办。"),
        },
    )
    reason = forms.CharField(
        label=_("转送原因"),
        help_text=_("每行一条，会写入转送告知书发给申请人；接收的信用办也会收到。"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明转送的原因，申请人会收到这段文字。")},
    )

    def __init__(self, *args: Any, case: Case, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = offices_to_send_on_to(case, on=today)
        office = cast(forms.ModelChoiceField, self.fields["office"])
        office.queryset = offered
        if not self.is_bound and not offered.exists():
            office.help_text = _("没有其他信用办可以接收：其他信用办没有受理人员，或者已经转送过本案。")


class ExtensionForm(forms.Form):
    """Why a decision needs more time; the days are the rules', and the form says until when."""

    reason = forms.CharField(
        label=_("延长原因"),
        help_text=_("每行一条，会写入延长办理期限告知书发给申请人。请写清为什么不能按期办结。"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明延长期限的原因，申请人会收到这段文字。")},
    )

    def __init__(self, *args: Any, case: Case, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = [_due_words(due) for due in extended_dues(case=case, kinds=EXTENDED, today=today)]
        if lines:
            self.fields["reason"].help_text = format_html(
                "{}{}", self.fields["reason"].help_text, format_html_join("", "<br>{}", lines)
            )


def _due_words(due: ExtendedDue) -> tuple[str]:
    words = (
        _now("%(clock)s：延长%(days)d个工作日，从%(before)s延至%(after)s（暂定，次年放假安排尚未公布）。")
        if due.provisional
        else _now("%(clock)s：延长%(days)d个工作日，从%(before)s延至%(after)s。")
    )
    return (
        words
        % {
            "clock": due.label,
            "days": due.days,
            "before": day_text(due.before),
            "after": day_text(due.after),
        },
    )


class EndorsementForm(forms.Form):
    """What an office proposes to the one above, which re-checks 复核: one of two, and why."""

    opinion = forms.ChoiceField(
        label=_("拟办意见"),
        choices=[
            (ReviewStep.Opinion.AGREE.value, _("拟准予修复")),
            (ReviewStep.Opinion.DISAGREE.value, _("拟不予修复")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择拟准予或者拟不予修复。")},
    )
    text = forms.CharField(
        label=_("拟办理由"),
        help_text=_("上级单位复核时会看到。申请人看不到这段文字。"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明拟办意见的理由。")},
    )


class ConfirmForm(forms.Form):
    """Nothing but the yes."""


#: The form that each act of an official needs.
OFFICE_FORMS: dict[str, type[forms.Form]] = {
    "accept": ConfirmForm,
    "refuse_to_accept": NonAcceptanceForm,
    "give_opinion": OpinionForm,
    "send_back": SendBackForm,
    "approve": ApprovalForm,
    "refuse": RefusalForm,
    "forward": ForwardForm,
    "extend": ExtensionForm,
    "endorse": EndorsementForm,
    "propose_revocation": ProposalForm,
    "enter_answer": EnteredAnswerForm,
    "drop_revocation": DropForm,
    "revoke": RevokeForm,
    "reopen": ConfirmForm,
}
#: Those that ask about the case what can be chosen.
_OF_THE_CASE = (ForwardForm, ExtensionForm, RevokeForm)


def office_form(action: str, *, case: Case, today: date, data: Any = None, files: Any = None) -> forms.Form:
    """Return the form of an act on `case`, with `data` and `files` as they were sent, else with what can be
    filled in beforehand: the facts of a decision from the opinions."""
    form_class = OFFICE_FORMS[action]
    if issubclass(form_class, _OF_THE_CASE):
        return form_class(data, prefix=action, case=case, today=today)
    drafted = {"findings": lambda: "\n".join(findings_of(case))}
    initial = drafted if issubclass(form_class, FindingsForm) else {}
    return form_class(data, files, prefix=action, initial=initial)
