"""What is filled in about voluntary activities 自愿活动."""

from django import forms
from django.utils.translation import gettext_lazy as _

from credit_repair.rectification.forms import DayInput
from credit_repair.rectification.models import Activity
from credit_repair.rectification.services.activities import Entry


class ActivityForm(forms.Form):
    """What it was, who held or issued it, when, for how long, with its paper."""

    kind = forms.ChoiceField(
        label=_("类别"),
        choices=Activity.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择类别。")},
    )
    title = forms.CharField(
        label=_("名称"),
        help_text=_("培训、报告或者活动的名称。"),
        max_length=100,
        error_messages={"required": _("请填写名称。")},
    )
    organiser = forms.CharField(
        label=_("举办或者出具单位"),
        max_length=100,
        error_messages={"required": _("请填写举办或者出具单位。")},
    )
    done_on = forms.DateField(
        label=_("日期"),
        help_text=_("参加或者出具的日期。"),
        widget=DayInput(),
        error_messages={"required": _("请填写日期。")},
    )
    hours = forms.DecimalField(
        label=_("时长（小时）"),
        help_text=_("信用报告不填。"),
        min_value=0.5,
        max_digits=5,
        decimal_places=1,
        required=False,
    )
    paper = forms.FileField(
        label=_("证明"),
        help_text=_("证书、报告或者活动证明，PDF、JPG、PNG或OFD。"),
        error_messages={"required": _("请上传证明。")},
    )

    def entry(self) -> Entry:
        """Return what was filled in; after is_valid()."""
        names = ("kind", "title", "organiser", "done_on", "hours")
        return Entry(**{name: self.cleaned_data[name] for name in names})


class DeclineForm(forms.Form):
    """Why it is not confirmed."""

    words = forms.CharField(
        label=_("不予核实的原因"),
        help_text=_("会告诉主体。写明缺什么，补充后可以重新登记。"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明不予核实的原因。")},
    )
