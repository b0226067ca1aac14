"""What the admin asks of reference data, so that a wrong entry is said at its field."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.registry.importing.parsing import is_credit_code, read_code
from credit_repair.registry.models import CalendarDay, CalendarYear, Office, Platform
from credit_repair.rules import parse_date

_PREFIX = re.compile(r"[\u4e00-\u9fff]+")


class OfficeForm(forms.ModelForm):
    """An office: a code that can be true, no ring of superiors, a document prefix of its own."""

    class Meta:
        model = Office
        fields = (
            "name",
            "code",
            "kind",
            "level",
            "sector",
            "parent",
            "document_prefix",
            "address",
            "phone",
        )

    def clean_code(self) -> str:
        """Refuse a code with a wrong length or check character."""
        code = read_code(self.cleaned_data["code"])
        if not is_credit_code(code):
            raise forms.ValidationError(
                _("统一社会信用代码有误：应为18位，最后一位是校验码。请对照登记证书核对。")
            )
        return code

    def clean_parent(self) -> Office | None:
        """Refuse an office above itself, directly or over others."""
        parent: Office | None = self.cleaned_data["parent"]
        seen: set[int] = set()
        step = parent
        while step is not None and step.pk not in seen:
            if step.pk == self.instance.pk:
                raise forms.ValidationError(
                    _("“%(name)s”是本单位的下级，不能同时作本单位的上级。") % {"name": parent}
                    if step != parent
                    else _("上级单位不能是本单位自己。")
                )
            seen.add(step.pk)
            step = step.parent
        return parent

    def clean_document_prefix(self) -> str:
        """Refuse what is no 代字, and one that another office numbers its documents with."""
        prefix: str = self.cleaned_data["document_prefix"].strip()
        if prefix and not _PREFIX.fullmatch(prefix):
            raise forms.ValidationError(_("发文代字只写汉字，如“濉信修”；年份和序号由系统编排。"))
        other = Office.objects.filter(document_prefix=prefix).exclude(pk=self.instance.pk).first()
        if prefix and other is not None:
            words = _now("“%(prefix)s”已由%(office)s使用。两个单位不能共用代字，否则文号会重复。")
            raise forms.ValidationError(words % {"prefix": prefix, "office": other})
        return prefix


class PlatformForm(forms.ModelForm):
    """A platform: an address that can be called, and a plain list of what it takes."""

    class Meta:
        model = Platform
        fields = (
            "name",
            "code",
            "kind",
            "required",
            "active",
            "transport",
            "endpoint",
            "actions",
            "operator",
            "operator_address",
            "operator_contact",
        )

    def clean(self) -> dict[str, Any] | None:
        """A website that is not ours takes no message, and so cannot owe a receipt."""
        filled = super().clean()
        if filled and filled.get("kind") == Platform.Kind.THIRD_PARTY:
            if filled.get("transport") != Platform.Transport.BY_HAND:
                self.add_error("transport", _("第三方网站只能人工核查，请选“人工核查，不发送”。"))
            if filled.get("required"):
                self.add_error("required", _("第三方网站不会给回执，请取消“必须回执”。"))
        return filled

    def clean_endpoint(self) -> str:
        """Refuse what is no web address."""
        address: str = self.cleaned_data["endpoint"].strip()
        if address and not address.startswith(("https://", "http://")):
            raise forms.ValidationError(_("接口地址应以https://开头。"))
        return address

    def clean_actions(self) -> list[str]:
        """Refuse what is no list of words."""
        actions = self.cleaned_data["actions"] or []
        if not isinstance(actions, list) or not all(isinstance(item, str) for item in actions):
            raise forms.ValidationError(_('请写成列表，如["annotate", "clear_annotation"]；没有就留空。'))
        return actions


class CalendarDayForm(forms.ModelForm):
    """A day, what it is, and why."""

    class Meta:
        model = CalendarDay
        fields = ("day", "working", "reason")
        help_texts = {
            "working": _("勾选：这一天上班，计入工作日。不勾选：这一天放假，不计入。"),
            "reason": _("写明依据，如国务院办公厅的通知。保存后，正在计算的期限会自动重算。"),
        }


class CalendarYearForm(forms.ModelForm):
    """A year's arrangement: the document, and the days that differ from plain weekends."""

    days_off = forms.CharField(
        label=_("放假的日期"),
        help_text=_("每行一天，如2027-01-01。只写周一至周五中放假的日子。"),
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": _("请填写这一年的放假日期。")},
    )
    days_worked = forms.CharField(
        label=_("调休上班的日期"),
        help_text=_("每行一天。写周六、周日中上班的日子，没有就留空。"),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
    )

    class Meta:
        model = CalendarYear
        fields = ("year", "source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:  # its days stand in their own table, each with its history
            for name in ("days_off", "days_worked"):
                self.fields.pop(name, None)

    def clean_days_off(self) -> list[date]:
        """Read the days, each line by itself."""
        return _read_days(self.cleaned_data["days_off"])

    def clean_days_worked(self) -> list[date]:
        """Read the days, each line by itself."""
        return _read_days(self.cleaned_data["days_worked"])

    def clean(self) -> dict[str, Any]:
        """Refuse days of another year, and one that is both."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        off, worked = data.get("days_off", []), data.get("days_worked", [])
        for name, days in (("days_off", off), ("days_worked", worked)):
            foreign = [str(day) for day in days if day.year != data.get("year", day.year)]
            if foreign:
                self.add_error(name, _now("这些日期不在这一年：%s。") % "、".join(foreign))
        if both := sorted(set(off) & set(worked)):
            self.add_error("days_worked", _now("这些日期两边都写了：%s。") % "、".join(map(str, both)))
        return data

    def days(self) -> dict[date, bool]:
        """Return day → whether it is worked."""
        data = self.cleaned_data
        off, worked = data.get("days_off", ()), data.get("days_worked", ())
        return dict.fromkeys(off, False) | dict.fromkeys(worked, True)


def _read_days(text: str) -> list[date]:
    days = []
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            days.append(parse_date(line))
        except ValueError:
            words = _now("“%s”不是日期，请写成2027-01-01的样子。")
            raise forms.ValidationError(words % line[:30]) from None
    return days
