"""What is written after a decision: revocations, the subject's answer, reviews by a higher body or court."""

from collections.abc import Iterable
from datetime import date
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Case
from credit_repair.repairs.after.reviewing import why_not_conclude
from credit_repair.repairs.after.selectors import running_revocation
from credit_repair.repairs.forms.papers import PapersField
from credit_repair.repairs.models import Review, Revocation
from credit_repair.repairs.services.reviews import Filed, Order

_DAY = {"type": "date"}
_PENALTY = "penalty"


class ProposalForm(forms.Form):
    """That a repair which was granted must be revoked: why, on which facts, proved by what."""

    ground = forms.ChoiceField(
        label=_("撤销事由"),
        choices=[(ground.value, ground.label) for ground in Revocation.BARRING],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择撤销的事由。")},
    )
    facts = forms.CharField(
        label=_("查明的事实"),
        help_text=_("每行一段，会发给当事人，并写入撤销决定书。请写清是哪份材料、经谁核实、结果如何。"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明查明的事实，当事人会收到这段文字。")},
    )
    papers = PapersField(
        label=_("证明材料"),
        help_text=_("最多5个，PDF、JPG、PNG或OFD，只有工作人员能查看。"),
        error_messages={"required": _("请上传证明上述事实的材料。")},
    )


class EnteredAnswerForm(forms.Form):
    """What the subject said, as it was brought on paper or written down 笔录."""

    way = forms.ChoiceField(
        label=_("方式"),
        choices=[(way.value, way.label) for way in (Revocation.Way.PAPER, Revocation.Way.ORAL)],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择陈述申辩的方式。")},
    )
    answer = forms.CharField(
        label=_("陈述申辩的内容"),
        help_text=_("书面提交的写明要点，并上传原件扫描件；口头陈述的按笔录填写。"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明当事人陈述申辩的内容。")},
    )
    papers = PapersField(
        label=_("书面材料或者笔录"),
        help_text=_("最多5个，PDF、JPG、PNG或OFD。"),
        error_messages={"required": _("请上传当事人的书面陈述申辩或者笔录。")},
    )


class DropForm(forms.Form):
    """Why nothing is revoked."""

    reason = forms.CharField(
        label=_("不予撤销的理由"),
        help_text=_("当事人会收到这段文字。"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明不予撤销的理由，当事人会收到这段文字。")},
    )


class RevokeForm(forms.Form):
    """What is made of the subject's answer, where it gave one."""

    reason = forms.CharField(
        label=_("对陈述申辩的复核意见"),
        help_text=_("每行一段，会写入撤销决定书。当事人没有陈述申辩的，不用填写。"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明对当事人陈述申辩的复核意见，会写入决定书。")},
    )

    def __init__(self, *args: Any, case: Case, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = running_revocation(case)
        self.fields["reason"].required = running is not None and bool(running.answer)


class AnswerForm(forms.Form):
    """What the subject has to say 陈述申辩; at a window with the paper that it has signed."""

    answer = forms.CharField(
        label=_("陈述和申辩"),
        help_text=_("请写明您认为哪些事实不对、为什么，或者有什么情况需要考虑。只能提交一次。"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("请写明您的陈述和申辩。")},
    )
    papers = PapersField(
        label=_("证明材料"),
        help_text=_("最多5个，PDF、JPG、PNG或OFD。"),
        required=False,
        error_messages={"required": _("请上传当事人签字或者盖章的书面陈述申辩。")},
    )

    def __init__(self, *args: Any, at_window: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if at_window:
            papers = self.fields["papers"]
            papers.required, papers.label = True, _("当事人签字或者盖章的书面陈述申辩")


class ReviewForm(forms.Form):
    """A review or lawsuit that was filed, and against what."""

    about = forms.ChoiceField(
        label=_("不服哪个决定"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择不服哪个决定。")},
    )
    kind = forms.ChoiceField(
        label=_("途径"),
        choices=Review.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择行政复议或者行政诉讼。")},
    )
    body = forms.CharField(
        label=_("复议机关或者法院"),
        max_length=100,
        error_messages={"required": _("请填写复议机关或者法院的名称。")},
    )
    number = forms.CharField(label=_("案号"), required=False, max_length=100)
    filed_on = forms.DateField(
        label=_("提起日期"),
        widget=forms.DateInput(attrs=_DAY),
        error_messages={"required": _("请填写提起日期。"), "invalid": _("日期请写成2026-01-31。")},
    )
    paper = PapersField(
        label=_("受理通知书"), help_text=_("有的上传，PDF、JPG、PNG或OFD。"), required=False, most=1
    )

    def __init__(self, *args: Any, cases: Iterable[Case], of_penalty: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cases = {str(case.uuid): case for case in cases}
        about = cast(forms.ChoiceField, self.fields["about"])
        words = _now("信用修复决定（%s）")
        about.choices = [
            *((uuid, words % case.number) for uuid, case in self._cases.items()),
            *([(_PENALTY, _now("行政处罚决定或者列入决定"))] if of_penalty else []),
        ]

    def case(self) -> Case | None:
        """Return the application whose decision it is about; None: the penalty. After is_valid()."""
        return self._cases.get(self.cleaned_data["about"])

    def filed(self) -> Filed:
        """Return what is known of it; after is_valid()."""
        said = self.cleaned_data
        return Filed(said["kind"], said["body"], said["number"], cast(date, said["filed_on"]))


class OutcomeForm(forms.Form):
    """What came of a review, with the order; what `user` may not conclude is not offered, and says why."""

    outcome = forms.ChoiceField(
        label=_("结果"), widget=forms.RadioSelect, error_messages={"required": _("请选择结果。")}
    )
    decided_on = forms.DateField(
        label=_("作出日期"),
        widget=forms.DateInput(attrs=_DAY),
        error_messages={"required": _("请填写作出日期。"), "invalid": _("日期请写成2026-01-31。")},
    )
    number = forms.CharField(label=_("复议决定书或者裁判文书的文号"), required=False, max_length=100)
    reasons = forms.CharField(
        label=_("理由"),
        help_text=_("按文书摘要，每行一段。当事人会收到这段文字；撤销修复的，会写入撤销决定书。"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    paper = PapersField(
        label=_("复议决定书或者裁判文书"),
        help_text=_("PDF、JPG、PNG或OFD。"),
        most=1,
        error_messages={"required": _("请上传复议决定书或者裁判文书。")},
    )

    def __init__(self, *args: Any, review: Review, user: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcome = cast(forms.ChoiceField, self.fields["outcome"])
        offered = []
        for each in Review.OUTCOMES[Review.About(review.about)]:
            if why := why_not_conclude(review=review, outcome=each, user=user, on=today):
                outcome.help_text = outcome.error_messages["invalid_choice"] = why
            else:
                offered.append((each.value, each.label))
        outcome.choices = offered

    def order(self) -> Order:
        """Return what came of it; after is_valid()."""
        said = self.cleaned_data
        return Order(said["outcome"], cast(date, said["decided_on"]), said["number"], said["reasons"])


def known_case(text: str) -> UUID | None:
    """Return the identity of a case that an address names; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
