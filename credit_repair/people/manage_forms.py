"""What administrators fill in on the pages of /manage/."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Case, Exists, OuterRef, QuerySet, When
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.people import audit_words
from credit_repair.people.models import Administration, Membership, Role
from credit_repair.registry.models import Office

NOT_A_DAY = {"invalid": _("这不是一个日期，请按2026-05-06的样子填写。")}


def _day(label: Any, *, required: bool = False, **more: Any) -> forms.DateField:
    words = {**NOT_A_DAY, "required": _("请填写日期。")}
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=required, widget=widget, error_messages=words, **more)


def reason_field(help_text: Any = "") -> forms.CharField:
    """A field for why something is done; it is kept in the audit."""
    return forms.CharField(
        label=_("理由"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
        error_messages={
            "required": _("请写明理由，它会记入审计日志。"),
            "max_length": _("理由请不要超过%(limit_value)d个字。"),
        },
    )


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = reason_field()


def offices_to_choose() -> QuerySet[Office]:
    """Return all offices: credit offices first, those with people of the site before others; then by code."""
    serving = Membership.objects.filter(office=OuterRef("pk"))
    credit_first = Case(When(kind=Office.Kind.CREDIT, then=0), default=1)
    return Office.objects.annotate(near=Exists(serving), rank=credit_first).order_by("rank", "-near", "code")


class FindForm(forms.Form):
    """Whom to look for."""

    q = forms.CharField(
        label=_("姓名、用户名或者完整邮箱"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"max_length": _("查找的文字太长，请不要超过%(limit_value)d个字。")},
    )
    office = forms.ModelChoiceField(
        label=_("单位"), required=False, queryset=Office.objects.none(), empty_label=_("全部")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["office"]
        field.queryset = Office.objects.filter(memberships__isnull=False).distinct().order_by("name")


class PeriodForm(forms.Form):
    """From a day to a day, both included."""

    since = _day(_("开始日"), required=True)
    until = _day(_("结束日"), help_text=_("最后一天，含当天。不填则长期有效。"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["since"].initial = today
        if "office" in self.fields:
            office: Any = self.fields["office"]
            office.queryset = offices_to_choose()

    def clean(self) -> dict[str, Any]:
        """Refuse what is over before it begins."""
        data = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _now("结束日不能早于开始日。"))
        elif until and until < self.today:
            self.add_error("until", _now("结束日已经过去，请填写今天或者以后的日期。"))
        return data


class PostForm(PeriodForm):
    """Roles at an office, from a day to a day."""

    office = forms.ModelChoiceField(
        label=_("单位"),
        queryset=Office.objects.none(),
        empty_label=_("请选择"),
        error_messages={"required": _("请选择单位。"), "invalid_choice": _("没有这个单位，请重新选择。")},
    )
    roles = forms.MultipleChoiceField(
        label=_("角色"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("请至少选择一个角色。"),
            "invalid_choice": _("没有这个角色，请重新勾选。"),
        },
    )
    field_order = ["office", "roles", "since", "until"]


class AdministrationForm(PeriodForm):
    """One way to administer, from a day to a day."""

    kind = forms.ChoiceField(
        label=_("管理职责"),
        choices=Administration.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择一种管理职责。"), "invalid_choice": _("请重新选择。")},
    )
    field_order = ["kind", "since", "until"]


class InviteForm(PeriodForm):
    """Whom to invite, and to what."""

    OFFICIAL, ADMINISTRATOR = "official", "administrator"

    email = forms.EmailField(
        label=_("邮箱"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("链接寄到这里，请核对是本人的工作邮箱。"),
        error_messages={
            "required": _("请填写邮箱。"),
            "invalid": _("这不是完整的邮箱地址，例如lishou@example.gov.cn。"),
        },
    )
    display_name = forms.CharField(
        label=_("姓名"),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("真实姓名，会显示在办理记录里。"),
        error_messages={"required": _("请填写姓名。"), "max_length": _("姓名不超过%(limit_value)d个字。")},
    )
    what = forms.ChoiceField(
        label=_("邀请担任"),
        choices=[(OFFICIAL, _("单位的工作人员")), (ADMINISTRATOR, _("管理员，不办理业务"))],
        widget=forms.RadioSelect,
        initial=OFFICIAL,
        error_messages={"required": _("请选择邀请担任什么。"), "invalid_choice": _("请重新选择。")},
    )
    office = forms.ModelChoiceField(
        label=_("单位"),
        required=False,
        queryset=Office.objects.none(),
        empty_label=_("请选择"),
        help_text=_("邀请工作人员时选择。"),
        error_messages={"invalid_choice": _("没有这个单位，请重新选择。")},
    )
    roles = forms.MultipleChoiceField(
        label=_("角色"),
        required=False,
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("邀请工作人员时勾选，可以多选。"),
        error_messages={"invalid_choice": _("没有这个角色，请重新勾选。")},
    )
    administration = forms.ChoiceField(
        label=_("管理职责"),
        required=False,
        choices=[("", _("不担任管理员")), *Administration.Kind.choices],
        widget=forms.RadioSelect,
        initial="",
        help_text=_("邀请管理员时选择一种。"),
        error_messages={"invalid_choice": _("请重新选择。")},
    )
    field_order = ["email", "display_name", "what", "office", "roles", "administration", "since", "until"]

    def clean(self) -> dict[str, Any]:
        """Ask for what belongs to the kind of invitation, and forget the rest."""
        data = super().clean()
        if data.get("administration") and (data.get("office") or data.get("roles")):
            self.add_error(
                "what",
                _now("不能同时邀请担任单位的角色和管理员：管理员不办理业务。请只保留其中一项。"),
            )
            return data
        if data.get("what") == self.ADMINISTRATOR:
            data["office"], data["roles"] = None, []
            if not data.get("administration") and "administration" not in self.errors:
                self.add_error("administration", _now("请选择一种管理职责。"))
        elif data.get("what") == self.OFFICIAL:
            data["administration"] = ""
            if not data.get("office") and "office" not in self.errors:
                self.add_error("office", _now("请选择单位。"))
            if not data.get("roles") and "roles" not in self.errors:
                self.add_error("roles", _now("请至少选择一个角色。"))
        return data


class LastDayForm(forms.Form):
    """When a membership ends: at once, on a day, or not at all."""

    NOW, DAY, NEVER = "now", "day", "never"

    what = forms.ChoiceField(
        label=_("任职的结束日"),
        choices=[(DAY, _("到下面填写的日期为止")), (NEVER, _("长期有效")), (NOW, _("马上结束"))],
        widget=forms.RadioSelect,
        initial=DAY,
        error_messages={"required": _("请选择什么时候结束。"), "invalid_choice": _("请重新选择。")},
    )
    until = _day(
        _("最后一天"), help_text=_("含当天；第二天起不能再办理。选“马上结束”或者“长期有效”时不用填。")
    )
    reason = reason_field(_("例如：调离、借调期满、延长借调。"))

    def __init__(self, *args: Any, today: date, since: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.since = today, since

    def clean(self) -> dict[str, Any]:
        """Ask for the day where one is wanted."""
        data = super().clean() or self.cleaned_data
        if data.get("what") != self.DAY:
            data["until"] = None
            return data
        until = data.get("until")
        if until is None:
            if "until" not in self.errors:
                self.add_error("until", _now("请填写最后一天，或者选择“马上结束”“长期有效”。"))
        elif until < self.today:
            self.add_error("until", _now("这一天已经过去。要马上结束，请选择“马上结束”。"))
        elif until < self.since:
            self.add_error("until", _now("最后一天不能早于开始日。"))
        return data


class AuditFilterForm(forms.Form):
    """What to look for in the audit log."""

    person = forms.CharField(
        label=_("操作人姓名或者用户名"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    action = forms.ChoiceField(label=_("操作"), required=False)
    kind = forms.ChoiceField(label=_("对象"), required=False)
    number = forms.CharField(
        label=_("对象编号"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    first = _day(_("日期，自"))
    last = _day(_("日期，至"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", _now("全部"))
        action: Any = self.fields["action"]
        kind: Any = self.fields["kind"]
        action.choices = [everything, *audit_words.action_choices()]
        kind.choices = [everything, *audit_words.object_choices()]

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        data = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _now("截止的日期不能早于起始的日期。"))
        return data


class SignInFilterForm(forms.Form):
    """Whose coming and going to look for."""

    person = forms.CharField(
        label=_("姓名或者用户名"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    first = _day(_("日期，自"))
    last = _day(_("日期，至"))
