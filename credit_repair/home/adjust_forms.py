"""What officials find about one record, as they fill it in."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.home.widgets import day_input
from credit_repair.registry.models import Record, Sector
from credit_repair.registry.services.adjust import ADJUSTABLE


class AdjustForm(forms.Form):
    """Class, periods and what else a person may set on a record; left empty, the source's words decide."""

    set_class = forms.ChoiceField(
        label=_("失信等级"),
        required=False,
        choices=[("", _("按规则判断")), *Record.RuleClass.choices],
        help_text=_("优先于规则判断的等级；适用的规则不分等级的，填写了也不采用。"),
    )
    set_min_months = forms.IntegerField(
        label=_("最短公示期"),
        required=False,
        min_value=0,
        max_value=1200,
        help_text=_("其他法律、行政法规另有规定的才填，单位为月；没有最短公示期的填0。"),
        error_messages={"invalid": _("请填写整数。"), "min_value": _("不能小于0。")},
    )
    set_max_months = forms.IntegerField(
        label=_("最长公示期"),
        required=False,
        min_value=1,
        max_value=1200,
        help_text=_("其他法律、行政法规另有规定的才填，单位为月。"),
        error_messages={"invalid": _("请填写整数。"), "min_value": _("最长公示期至少1个月。")},
    )
    procedure = forms.ChoiceField(
        label=_("处罚程序"), required=False, choices=[("", _("按文号判断")), *Record.Procedure.choices]
    )
    sector = forms.ModelChoiceField(
        label=_("行业领域"),
        required=False,
        queryset=Sector.objects.all(),
        empty_label=_("按认定单位和依据判断"),
    )
    restriction_until = forms.DateField(
        label=_("附带限制的最后一日"),
        required=False,
        widget=day_input(),
        help_text=_("处罚附带限制从业等期限的，届满以前不提前结束公示。"),
        error_messages={"invalid": _("请填写日期，如2026-11-20。")},
    )
    repeat_offender = forms.BooleanField(
        label=_("屡次违法"), required=False, help_text=_("勾选后按严重失信对待。")
    )
    basis = forms.CharField(
        label=_("依据"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("文件名称和条款。认定等级、另定公示期时必填，当事人可以看到。"),
    )
    reason = forms.CharField(
        label=_("原因"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("为什么调整，根据什么材料。只供内部查考。"),
        error_messages={"required": _("请写明调整的原因。")},
    )

    def __init__(self, *args: Any, record: Record, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(record, name) for name in ADJUSTABLE}
        if record.kind != Record.Kind.PENALTY:
            # An entry on a list has neither a procedure nor a penalty that could be repeated.
            del self.fields["procedure"], self.fields["repeat_offender"]

    @property
    def values(self) -> dict[str, Any]:
        """Return what is to be set, by field of the record."""
        return {name: self.cleaned_data[name] for name in ADJUSTABLE if name in self.cleaned_data}


class HeldForm(forms.Form):
    """What was found about the duties of a record that is shown past its maximum."""

    PERFORMED, OPEN = "performed", "open"

    finding = forms.ChoiceField(
        label=_("核实结果"),
        choices=[(PERFORMED, _("义务已履行，停止公示")), (OPEN, _("尚未履行，继续公示"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择核实结果。")},
    )
    performed_on = forms.DateField(
        label=_("履行完毕日期"),
        required=False,
        widget=day_input(),
        help_text=_("义务已履行的必填。"),
        error_messages={"invalid": _("请填写日期，如2026-11-20。")},
    )
    note = forms.CharField(
        label=_("核实情况"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("向谁核实、看了什么材料。"),
        error_messages={"required": _("请写明核实的情况。")},
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the day where the duties are performed."""
        filled = super().clean() or {}
        day: date | None = filled.get("performed_on")
        if filled.get("finding") == self.PERFORMED and day is None and "performed_on" not in self.errors:
            self.add_error("performed_on", _now("请填写履行完毕的日期。"))
        return filled
