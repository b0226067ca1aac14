"""What people fill in on the pages over the rules."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.home.rule_words import Item, choices_of, may_be_empty, value_kind
from credit_repair.home.widgets import day_input
from credit_repair.registry.models import RuleOverride
from credit_repair.rules.schema import Field

NOTHING = "-"
"""Chosen where an item may have no value: an empty choice would look like one forgotten."""


class RuleFilterForm(forms.Form):
    """Which values to show, and as they hold on which day and for which sector."""

    words = forms.CharField(  # not "q": that one is the search of the header
        label=_("规则项、依据"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    on = forms.DateField(
        label=_("按哪一天看"),
        required=False,
        widget=day_input(),
        error_messages={"invalid": _("请填写日期，如2026-11-20。")},
    )
    sector = forms.ChoiceField(label=_("行业领域"), required=False)
    unverified = forms.BooleanField(label=_("只看待核实的"), required=False)

    def __init__(self, *args: Any, sectors: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].choices = [("", _now("不分行业")), *sectors]  # type: ignore[attr-defined]


class OverrideForm(forms.Form):
    """A local value for one item: the field `value` is of the item's own kind."""

    level = forms.ChoiceField(
        label=_("级别"),
        choices=RuleOverride.Level.choices,
        initial=RuleOverride.Level.CITY,
        help_text=_("行业优先于市级，市级优先于省级，省级优先于国家。"),
    )
    sector = forms.ChoiceField(label=_("行业领域"), required=False, help_text=_("级别为行业时必选。"))
    in_force_from = forms.DateField(
        label=_("施行日"),
        widget=day_input(),
        help_text=_("等级和公示期按决定书日期适用，办理期限按提出申请之日适用。"),
        error_messages={"required": _("请填写施行日。"), "invalid": _("请填写日期，如2026-11-20。")},
    )
    in_force_to = forms.DateField(
        label=_("失效日"),
        required=False,
        widget=day_input(),
        help_text=_("当日仍然有效。没有失效日的，留空。"),
        error_messages={"invalid": _("请填写日期，如2026-11-20。")},
    )
    basis = forms.CharField(
        label=_("依据"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("文件名称、文号和条款，会写进每条记录的计算依据。"),
        error_messages={"required": _("请写明依据的文件和条款。")},
    )
    reason = forms.CharField(
        label=_("设置原因"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("只供内部查考。"),
        error_messages={"required": _("请写明设置的原因。")},
    )

    def __init__(
        self,
        *args: Any,
        item: Item,
        field: Field,
        sectors: Iterable[tuple[str, str]],
        penalty_types: Iterable[str],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].choices = [("", _now("不选")), *sectors]  # type: ignore[attr-defined]
        self.fields["in_force_from"].initial = today
        self.fields["value"] = _value_field(item, field, penalty_types)
        self.order_fields(["value", "level", "sector", "in_force_from", "in_force_to", "basis", "reason"])

    def clean_value(self) -> Any:
        """Return the value as the rules take it: whole numbers, true or false, amounts as text."""
        value = self.cleaned_data["value"]
        if value in ("", NOTHING):
            return None
        return format(value.normalize(), "f") if isinstance(value, Decimal) else value

    def clean(self) -> dict[str, Any]:
        """Ask for a sector where, and only where, the level is one."""
        data = super().clean() or {}
        if "level" in data and (data["level"] == RuleOverride.Level.SECTOR) != bool(data.get("sector")):
            self.add_error("sector", _now("行业规则要选一个行业，其他级别不选行业。"))
        return data


class WithdrawForm(forms.Form):
    """Why a local value is withdrawn."""

    reason = forms.CharField(
        label=_("撤回原因"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明撤回的原因。")},
    )


def _value_field(item: Item, field: Field, penalty_types: Iterable[str]) -> forms.Field:
    kind, empty = value_kind(field), may_be_empty(field)
    common: dict[str, Any] = {"label": _now("本地值"), "required": not empty}
    if kind == "names":
        return forms.MultipleChoiceField(
            choices=[(name, name) for name in penalty_types],
            widget=forms.CheckboxSelectMultiple,
            help_text=_now("都不勾选，表示没有。"),
            **{**common, "required": False},
        )
    if kind == "flag":
        yes, no = (_now("要求"), _now("不要求")) if item.heading == "conditions" else (_now("是"), _now("否"))
        return forms.TypedChoiceField(
            choices=[("yes", yes), ("no", no)],
            coerce=lambda chosen: chosen == "yes",
            widget=forms.RadioSelect,
            error_messages={"required": _now("请选择一项。")},
            **common,
        )
    if kind == "choice":
        choices = [*choices_of(field), *([(NOTHING, _now("没有规定"))] if empty else [])]
        return forms.ChoiceField(
            choices=choices,
            widget=forms.RadioSelect,
            error_messages={"required": _now("请选择一项。")},
            **{**common, "required": True},
        )
    return _number_field(item, field, common, whole=kind == "count")


def _number_field(item: Item, field: Field, common: dict[str, Any], *, whole: bool) -> forms.Field:
    errors = {
        "required": _now("请填写数值。"),
        "invalid": _now("请填写整数，如10。") if whole else _now("请填写金额，如20或者0.5。"),
        "min_value": _now("请填写不小于%(limit_value)s的数。"),
    }
    hints = [_now("单位：%s。") % item.unit] if item.unit else []
    hints += [_now("0表示%s。") % item.zero] if item.zero and whole else []
    hints += [_now("留空表示没有规定。")] if may_be_empty(field) else []
    made: dict[str, Any] = {**common, "error_messages": errors, "help_text": "".join(hints)}
    if whole:
        least = 0 if field.check(0) is None else 1
        return forms.IntegerField(min_value=least, max_value=9999, **made)
    return forms.DecimalField(
        min_value=Decimal("0.000001"), max_digits=16, decimal_places=6, localize=False, **made
    )
