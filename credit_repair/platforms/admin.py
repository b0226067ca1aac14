"""Which departments take which measures because of which records: reference data in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from credit_repair.core.reference_admin import ReferenceAdmin
from credit_repair.platforms.models import MeasureRule
from credit_repair.registry.models import Platform, Record


class MeasureRuleForm(forms.ModelForm):
    """A rule names a department that can be told by messages; what ends by hand would never be confirmed."""

    record_kind = forms.ChoiceField(label=_("记录种类"), choices=Record.Kind.choices)

    class Meta:
        model = MeasureRule
        fields = ("platform", "kind", "record_kind", "name", "basis", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "platform" in self.fields:
            field: Any = self.fields["platform"]
            told = Platform.objects.exclude(kind=Platform.Kind.THIRD_PARTY)
            field.queryset = told.exclude(transport=Platform.Transport.BY_HAND)


@admin.register(MeasureRule)
class MeasureRuleAdmin(ReferenceAdmin):
    form = MeasureRuleForm
    list_display = ("name", "platform", "kind", "record_kind_name", "basis", "active")
    list_filter = ("kind", "active", "platform")
    list_select_related = ("platform",)
    search_fields = ("name", "basis", "platform__name")
    list_note = _("记录公示时，按这里启用的各项产生措施；改动只影响以后公示的记录，已经产生的措施照常解除。")

    @admin.display(description=_("记录种类"), ordering="record_kind")
    def record_kind_name(self, rule: MeasureRule) -> str:
        """Return the kind in words."""
        return str(dict(Record.Kind.choices).get(rule.record_kind, rule.record_kind))
