"""What people fill in on the pages over the working calendar."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.core.wording import listed
from credit_repair.home.calendar_presenters import FIRST_YEAR, LAST_YEAR
from credit_repair.home.widgets import day_input

#: The calculator's reach: a year of working days, far more than any statutory period.
MOST_DAYS = 250
#: 2027-01-01 休, and as notices write it: 2027年1月3日 班, 2027/1/3班.
_LINE = re.compile(r"(?P<day>\d{4}[-/年]\d{1,2}[-/月]\d{1,2})日?\s*(?P<what>休|班)")
_DATE_ERRORS = {"required": _("请填写日期。"), "invalid": _("请填写日期，如2027-01-01。")}


class CountForm(forms.Form):
    """From which day, how many working days."""

    start = forms.DateField(
        label=_("从哪一天起"),
        widget=day_input(),
        error_messages=_DATE_ERRORS,
        validators=[
            MinValueValidator(date(FIRST_YEAR, 1, 1), _("请填写%(limit_value)s以后的日期。")),
            MaxValueValidator(date(LAST_YEAR, 12, 31), _("请填写%(limit_value)s以前的日期。")),
        ],
    )
    days = forms.IntegerField(
        label=_("几个工作日"),
        min_value=0,
        max_value=MOST_DAYS,
        error_messages={
            "required": _("请填写工作日数。"),
            "invalid": _("请填写整数，如10。"),
            "min_value": _("请填写0或者更大的数。"),
            "max_value": _("最多%(limit_value)s个工作日。"),
        },
    )


class DayForm(forms.Form):
    """A day, what it is to be, and why."""

    day = forms.DateField(label=_("日期"), widget=day_input(), error_messages=_DATE_ERRORS)
    working = forms.TypedChoiceField(
        label=_("这一天是"),
        choices=[("off", _("休息日")), ("work", _("工作日"))],
        coerce=lambda chosen: chosen == "work",
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择一项。")},
    )
    reason = forms.CharField(
        label=_("原因"),
        max_length=200,
        help_text=_("如“国务院办公厅通知调整”“本市防汛停工”。"),
        error_messages={"required": _("请写明原因，如国务院办公厅的通知。")},
    )


class YearForm(forms.Form):
    """A year's days off and working weekends, one day a line."""

    year = forms.IntegerField(
        label=_("年份"),
        min_value=2004,
        max_value=2100,
        error_messages={
            "required": _("请填写年份。"),
            "invalid": _("请填写年份，如2027。"),
            "min_value": _("请填写%(limit_value)s年以后的年份。"),
            "max_value": _("请填写%(limit_value)s年以前的年份。"),
        },
    )
    source = forms.CharField(
        label=_("公布文件"),
        max_length=200,
        help_text=_("如“国务院办公厅关于2027年部分节假日安排的通知”及文号。"),
        error_messages={"required": _("请写明公布放假安排的文件。")},
    )
    days = forms.CharField(
        label=_("放假和调休"),
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        help_text=_(
            "每行一天：日期，空格，“休”（放假）或者“班”（调休上班），如“2027-01-01 休”。平常的周末不必写。"
        ),
        error_messages={"required": _("请填写放假和调休的日期，每行一天。")},
    )

    def clean_days(self) -> dict[date, bool]:
        """Return day → whether it is worked; each line that cannot be read is named."""
        days: dict[date, bool] = {}
        faults = []
        for number, line in enumerate(self.cleaned_data["days"].splitlines(), start=1):
            text = line.strip()
            if not text:
                continue
            read = _read(text)
            if read is None:
                words = _now(
                    "第%(number)s行“%(text)s”认不出来：请写成“2027-01-01 休”的样子，并核对有没有这一天。"
                )
                faults.append(words % {"number": number, "text": text[:30]})
            elif read[0] in days:
                faults.append(_now("第%(number)s行的日期前面已经写过。") % {"number": number})
            else:
                days[read[0]] = read[1]
        if faults:
            raise forms.ValidationError(faults)
        return days

    def clean(self) -> dict[str, Any]:
        """Refuse days of another year, each by name."""
        data = super().clean() or {}
        year = data.get("year")
        others = [str(day) for day in data.get("days", {}) if year and day.year != year]
        if others:
            words = {"year": year, "days": listed(others)}
            self.add_error("days", _now("这些日期不在%(year)s年：%(days)s。") % words)
        return data


def _read(text: str) -> tuple[date, bool] | None:
    found = _LINE.fullmatch(text)
    if found is None:
        return None
    year, month, day = map(int, re.split(r"\D", found["day"]))
    try:
        return date(year, month, day), found["what"] == "班"
    except ValueError:
        return None
