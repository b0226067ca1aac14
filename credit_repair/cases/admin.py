"""Routes and reason codes in the admin."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.kinds import all_kinds, get
from credit_repair.cases.models import Phase, ReasonCode, RouteStep
from credit_repair.core.reference_admin import ReferenceAdmin
from credit_repair.notices.glyphs import MissingGlyphs, check_text
from credit_repair.registry.models import Record


def _kinds() -> list[tuple[str, Any]]:
    return [(kind.code, kind.label) for kind in all_kinds()]


def _classes() -> list[tuple[str, Any]]:
    return [("", _("其他各类（没有单独设置的）")), *Record.RuleClass.choices]


class RouteStepForm(forms.ModelForm):
    """One step of a route, chosen from what there is."""

    kind = forms.ChoiceField(label=_("案件种类"), choices=_kinds)
    rule_class = forms.ChoiceField(
        label=_("失信类别"),
        choices=_classes,
        required=False,
        help_text=_("某一类有了自己的步骤，就完全按自己的走，不再用“其他各类”的步骤。"),
    )

    class Meta:
        model = RouteStep
        fields = ("kind", "rule_class", "position", "phase", "seat")
        help_texts = {"position": _("从1起，由小到大依次办理。"), "seat": _("由案件涉及的哪个单位办理。")}

    def clean(self) -> dict[str, Any]:
        """Refuse a second step in one place."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        place = {name: data.get(name, "") for name in ("kind", "rule_class", "position")}
        taken = place["position"] and RouteStep.objects.filter(**place).exclude(pk=self.instance.pk).first()
        if taken:
            words = _now("第%(position)s步已经是“%(phase)s”，请换一个次序。")
            named = {"position": taken.position, "phase": taken.get_phase_display()}
            self.add_error("position", words % named)
        return data


@admin.register(RouteStep)
class RouteStepAdmin(ReferenceAdmin):
    """Routes are data; running cases keep the copy they were submitted with."""

    form = RouteStepForm
    list_display = ("kind_label", "class_label", "position", "phase", "seat")
    list_display_links = ("position",)
    list_filter = ("rule_class", "phase")
    ordering = ("kind", "rule_class", "position")
    list_note = _("改动只影响以后提交的申请；正在办理的案件仍按提交时的路径办理。")

    @admin.display(description=_("案件种类"), ordering="kind")
    def kind_label(self, step: RouteStep) -> Any:
        """The kind as people call it."""
        return get(step.kind).label

    @admin.display(description=_("失信类别"), ordering="rule_class")
    def class_label(self, step: RouteStep) -> Any:
        """The class as people call it."""
        return dict(_classes())[step.rule_class]

    def save_model(self, request: HttpRequest, obj: RouteStep, form: Any, change: bool) -> None:
        """Save, and say where the route has a gap."""
        super().save_model(request, obj, form, change)
        self._warn_of_gaps(request, obj)

    def delete_model(self, request: HttpRequest, obj: RouteStep) -> None:
        """Delete, and say where the route has a gap."""
        super().delete_model(request, obj)
        self._warn_of_gaps(request, obj)

    def _warn_of_gaps(self, request: HttpRequest, step: RouteStep) -> None:
        route = RouteStep.objects.filter(kind=step.kind, rule_class=step.rule_class)
        there = set(route.values_list("phase", flat=True))
        missing = [str(label) for phase, label in Phase.choices if phase not in there]
        if there and missing:
            words = _now("这条路径还缺少“%s”，补齐以前按它提交的申请无法办完。")
            messages.warning(request, words % "、".join(missing))


class ReasonCodeForm(forms.ModelForm):
    """A reason whose words can be printed."""

    kind = forms.ChoiceField(label=_("案件种类"), choices=_kinds)
    code = forms.RegexField(
        label=_("代码"),
        regex=r"^[a-z][a-z0-9_]*$",
        max_length=40,
        help_text=_("用于统计，新增以后不能再改。"),
        error_messages={"invalid": _("代码用小写英文字母、数字和下划线，以字母开头，如duties_open。")},
    )

    class Meta:
        model = ReasonCode
        fields = ("kind", "use", "code", "text", "advice", "basis", "mends", "position", "active")
        help_texts = {
            "text": _("写成一句话，不加句号。会原样写入文书。"),
            "advice": _("告诉申请人接下来怎么办，会写入文书的后续办理部分。"),
            "basis": _("写法规的名称和要求。申请人在理由下面看到。"),
            "mends": _("补正和重新申请时，只要求申请人重做这一部分，其余的沿用。"),
            "active": _("停用后不再供选择；已经发出的文书不变。"),
        }

    def clean_text(self) -> str:
        """Refuse what no font of the documents has."""
        return _printable(self.cleaned_data["text"])

    def clean_advice(self) -> str:
        """Refuse what no font of the documents has."""
        return _printable(self.cleaned_data["advice"])

    def clean_basis(self) -> str:
        """Refuse what no font of the documents has."""
        return _printable(self.cleaned_data["basis"])


def _printable(text: str) -> str:
    try:
        check_text(text)
    except MissingGlyphs as missing:
        raise forms.ValidationError(str(missing)) from None
    return text.strip()


@admin.register(ReasonCode)
class ReasonCodeAdmin(ReferenceAdmin):
    """Reasons are switched off, never deleted: past answers named them."""

    form = ReasonCodeForm
    list_display = ("text", "use", "code", "mends", "position", "active")
    list_editable = ("position", "active")
    list_filter = ("use", "mends", "active")
    search_fields = ("text", "advice", "basis", "code")
    ordering = ("kind", "use", "position", "code")
    list_note = _("办理人员在通知补正、不予受理、不予修复时勾选。不再用的请停用，不能删除。")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Statistics count by these."""
        return ("kind", "use", "code") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: switch it off."""
        return False
