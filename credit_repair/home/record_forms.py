"""What officials fill in to find records."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.home.widgets import day_input
from credit_repair.registry.models import Office, Record
from credit_repair.registry.names import bare_name

#: So many authorities are offered to choose from; others are found by typing part of their name.
OFFERED = 200
ALL = ("", _("全部"))


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=day_input(),
        error_messages={"invalid": _("这不是一个日期，请按2026-05-06的样子填写。")},
    )


class RecordFilterForm(forms.Form):
    """What to look for among the records; everything may stay empty.

    `authorities` are those whose records the person may read, `today` the day from which "soon" counts.
    """

    q = forms.CharField(
        label=_("文号、名称、代码或证件号码"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"max_length": _("查找的文字太长，请不要超过%(limit_value)d个字。")},
    )
    authority = forms.CharField(
        label=_("认定（处罚）机关"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "authorities", "autocomplete": "off"}),
        error_messages={"max_length": _("机关名称太长，请只填其中一部分。")},
    )
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[ALL, *Record.Kind.choices])
    rule_class = forms.ChoiceField(
        label=_("失信等级"), required=False, choices=[ALL, *Record.RuleClass.choices]
    )
    standing = forms.ChoiceField(label=_("状态"), required=False, choices=[ALL, *Record.Standing.choices])
    ending = forms.ChoiceField(
        label=_("公示将满"),
        required=False,
        choices=[("", _("不限")), ("30", _("30日内")), ("90", _("90日内"))],
    )
    decided_from = _day(_("决定日期，自"))
    decided_to = _day(_("决定日期，至"))

    def __init__(self, *args: Any, authorities: Sequence[Office], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._authorities, self._today = authorities, today

    @property
    def offered_authorities(self) -> list[str]:
        """Return the names to choose an authority from."""
        return [office.name for office in self._authorities[:OFFERED]]

    def clean_authority(self) -> list[int] | None:
        """Turn a code, a name or part of one into the keys of the authorities; None where it is empty."""
        text: str = self.cleaned_data["authority"].strip()
        wanted = bare_name(text)
        if not wanted:
            return None
        names = [(office.pk, bare_name(office.name), office.code.casefold()) for office in self._authorities]
        exact = [pk for pk, name, code in names if wanted in (name, code)]
        found = exact or [pk for pk, name, _code in names if wanted in name]
        if not found:
            raise forms.ValidationError(
                _now("没有找到机关“%s”。请从列出的机关里选一个，或者只填名称的一部分。") % text
            )
        return found

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        data = super().clean() or self.cleaned_data
        first, last = data.get("decided_from"), data.get("decided_to")
        if first and last and last < first:
            self.add_error("decided_to", _now("截止的日期不能早于起始的日期。"))
        return data

    @property
    def conditions(self) -> dict[str, Any]:
        """Return what `registry.selectors.search_records` takes, of a form that is valid or not filled in."""
        if not self.is_bound:
            return {}
        data = self.cleaned_data
        given = {
            "text": data["q"],
            "authorities": data["authority"],
            "decided_from": data["decided_from"],
            "decided_to": data["decided_to"],
            **{name: data[name] for name in ("kind", "rule_class", "standing")},
        }
        if data["ending"]:
            given["ending_from"] = self._today
            given["ending_to"] = self._today + timedelta(days=int(data["ending"]))
        return {name: value for name, value in given.items() if value}
