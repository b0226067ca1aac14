"""Routes and reason codes in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.kinds import all_kinds, get
from credit_repair.cases.models import ReasonCode, RouteStep
from credit_repair.cases.routes import class_label
from credit_repair.core.reference_admin import ReferenceAdmin
from credit_repair.notices.glyphs import MissingGlyphs, check_text


def _kinds() -> list[tuple[str, Any]]:
    return [(kind.code, kind.label) for kind in all_kinds()]


@admin.register(RouteStep)
class RouteStepAdmin(ReferenceAdmin):
    """Routes to read, with their history: they are set as a whole, on the officials' page over them."""

    fields = ("kind_label", "class_label", "position", "phase", "seat", "office")
    readonly_fields = ("kind_label", "class_label")
    list_display = ("kind_label", "class_label", "position", "phase", "seat", "office")
    list_display_links = ("position",)
    list_filter = ("rule_class", "phase")
    list_select_related = ("office",)
    ordering = ("kind", "rule_class", "position")
    list_note = _(
        "这里只供查看。路径由信用办的督办人员在“规则与日历”的“办理路径”页面整条修改；"
        "正在办理的案件仍按提交时的路径办理。"
    )

    @admin.display(description=_("案件种类"), ordering="kind")
    def kind_label(self, step: RouteStep) -> Any:
        """The kind as people call it."""
        return get(step.kind).label

    @admin.display(description=_("失信类别"), ordering="rule_class")
    def class_label(self, step: RouteStep) -> Any:
        """The class as people call it."""
        return class_label(step.rule_class)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: a line alone is no route."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: a route is changed as a whole."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: a route is changed as a whole."""
        return False


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
