"""What officials fill in to keep away from a case 回避, and to let one person do two parts of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.fairness_selectors import LONGEST_OVERRIDE, last_day
from credit_repair.cases.models import FourEyesOverride
from credit_repair.cases.services.fairness import LONGEST_REASON
from credit_repair.core.wording import day_text
from credit_repair.people.models import User


def _reason(label: Any, required: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": required},
    )


class RecusalForm(forms.Form):
    """Why an official keeps away."""

    reason = _reason(
        _("回避原因"),
        _("请写明回避的原因，例如与申请人有亲属关系。"),
        _("例如与申请人有亲属关系。只有办理单位的人员看得到。"),
    )


class OverrideForm(forms.Form):
    """Who may take both parts, until when, and why."""

    user = forms.ModelChoiceField(
        label=_("准许谁"),
        queryset=User.objects.none(),
        empty_label=_("请选择"),
        help_text=_("已经办理本案一个环节，因而不能办理另一环节的人员。"),
        error_messages={
            "required": _("请选择人员。"),
            "invalid_choice": _("这位人员不需要特别批准，请重新选择。"),
        },
    )
    until = forms.DateField(
        label=_("有效期至"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": _("请填写有效期至哪一天。"),
            "invalid": _("请填写日期，如2026-12-01。"),
        },
    )
    reason = _reason(
        _("原因"),
        _("请写明为什么只能由同一人办理。"),
        _("为什么只能由同一人办理。会记入办理过程和审计日志，申请人看不到。"),
    )

    def __init__(self, *args: Any, people: Sequence[User], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = cast(forms.ModelChoiceField, self.fields["user"])
        user.queryset = User.objects.filter(pk__in=[person.pk for person in people]).order_by("pk")
        last = last_day(today)
        until = self.fields["until"]
        until.help_text = _now("这一天也在内。最长%(days)d个工作日，即到%(day)s为止。") % {
            "days": LONGEST_OVERRIDE,
            "day": day_text(last),
        }
        until.widget.attrs.update({"min": today.isoformat(), "max": last.isoformat()})


class RevocationForm(forms.Form):
    """Which exception is taken back, and why."""

    override = forms.ModelChoiceField(
        queryset=FourEyesOverride.objects.none(),
        widget=forms.HiddenInput,
        error_messages={
            "required": _("请选择要撤销的批准。"),
            "invalid_choice": _("这项批准已经到期或者撤销，不需要再撤销。"),
        },
    )
    reason = _reason(_("撤销原因"), _("请写明撤销的原因。"))

    def __init__(self, *args: Any, running: Sequence[FourEyesOverride], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        override = cast(forms.ModelChoiceField, self.fields["override"])
        override.queryset = FourEyesOverride.objects.filter(pk__in=[row.pk for row in running])
