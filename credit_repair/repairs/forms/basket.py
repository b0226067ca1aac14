"""What the applicant answers for the records of a basket."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Case
from credit_repair.people.phones import NOT_A_PHONE, PhoneField
from credit_repair.registry.models import Record
from credit_repair.repairs.models import record_of
from credit_repair.repairs.presenters.common import record_title
from credit_repair.repairs.services import OwnAnswers, SharedAnswers

K = Record.Kind

#: What is declared, by what the basket is about; under "" where it is about several kinds.
_CORRECTED: dict[str, Any] = {
    K.PENALTY: _("违法行为已经改正，处罚决定要求的义务已经全部履行"),
    K.SERIOUS_LIST: _("失信行为已经纠正，不良影响已经消除，有关义务已经全部履行"),
    K.ABNORMAL_LIST: _("列入名录的情形已经改正，有关义务已经履行"),
    K.OTHER: _("失信行为已经纠正，有关义务已经履行"),
    "": _("失信行为都已经纠正，各项决定要求的义务都已经全部履行"),
}
_WHEN: dict[str, Any] = {
    K.PENALTY: _("哪一天履行完毕？"),
    K.ABNORMAL_LIST: _("哪一天改正完毕？"),
    "": _("哪一天纠正、履行完毕？"),
}
_SUCH_AS: dict[str, Any] = {
    K.PENALTY: _("例如缴清罚款的日期。"),
    K.ABNORMAL_LIST: _("例如补报年度报告、恢复联系的日期。"),
    "": _("例如缴清罚款、整改验收的日期。"),
}
_TOO_EARLY: dict[str, Any] = {
    K.PENALTY: _("履行完毕日期不能早于处罚决定日期，请核对。"),
    "": _("履行完毕日期不能早于决定日期，请核对。"),
}


def _of(words: dict[str, Any], kind: str) -> Any:
    return words.get(kind, words[""])


class StatementForm(forms.Form):
    """The applicant's answers, once for all drafts of a basket: facts, a few words, and whom to call.

    drafts    as services.drafts_of() gives them; each has a day of its own, and may have words of its own
    complete  whether everything must be there; without it what is filled in so far can be kept
    """

    corrected = forms.BooleanField(
        error_messages={"required": _("改正并履行全部义务之后才能申请，请确认后勾选。")},
    )
    statement = forms.CharField(
        label=_("请简单说明改正和履行的情况"),
        help_text=_("说清做了什么、什么时候完成即可，一两句话就够。"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写一两句话，说明改正和履行的情况。")},
    )
    contact_name = forms.CharField(
        label=_("联系人"),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("请填写联系人姓名。")},
    )
    contact_phone = PhoneField(
        label=_("联系电话"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={
            "required": _("请填写联系电话。"),
            "max_length": NOT_A_PHONE,
        },
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, drafts: Sequence[Case], today: date, complete: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.drafts, self.today, self.complete = drafts, today, complete
        self.several = len(drafts) > 1
        kinds = {record_of(case).kind for case in drafts}
        self.kind = kinds.pop() if len(kinds) == 1 else ""
        self.fields["corrected"].label = _of(_CORRECTED, self.kind)
        for case in drafts:
            self.fields[day_name(case)] = self._day_field(case)
            if self.several:
                self.fields[own_name(case)] = _own_field()
        asked_of_each = [name(case) for case in drafts for name in (day_name, own_name)]
        self.order_fields(["corrected", *asked_of_each, "statement", "contact_name", "contact_phone"])
        if not complete:
            for name, field in self.fields.items():
                field.required = name == "revision"

    def _day_field(self, case: Case) -> forms.DateField:
        label = record_title(record_of(case)) if self.several else _of(_WHEN, self.kind)
        if self.several and case == self.drafts[0]:
            label = _("哪一天全部履行完毕？")
        earliest = record_of(case).decision_date
        attrs = {"type": "date", "min": earliest.isoformat(), "max": self.today.isoformat()}
        return forms.DateField(
            label=label,
            required=not self.several,
            help_text="" if self.several else _of(_SUCH_AS, self.kind),
            widget=forms.DateInput(format="%Y-%m-%d", attrs=attrs),
            error_messages={
                "required": _("请填写履行完毕的日期。"),
                "invalid": _("请按“2026-11-21”的格式填写日期。"),
            },
        )

    @property
    def days_differ(self) -> bool:
        """Whether what is asked of each record must be seen: a day or words of its own, or an error."""
        first, *others = self.rows
        days = [row["day"] for row in others]
        own = [row["own"] for row in (first, *others) if row["own"]]
        same = (None, "", first["day"].value())
        return any(field.errors for field in (*days, *own)) or (
            any(field.value() not in same for field in days) or any(field.value() for field in own)
        )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The fields that are asked of each record, with the record."""
        return [
            {
                "case": case,
                "record": case.record,
                "title": record_title(record_of(case)),
                "day": self[day_name(case)],
                "own": self[own_name(case)] if self.several else None,
            }
            for case in self.drafts
        ]

    def clean(self) -> dict[str, Any]:
        """A day counts for the records after whose field nothing was written, too."""
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        given = [answers.get(day_name(case)) for case in self.drafts]
        first = next((day for day in given if day), None)
        for case in self.drafts:
            self._check_day(case, answers, first)
        return answers

    def _check_day(self, case: Case, answers: dict[str, Any], first: date | None) -> None:
        """Nothing is performed in the future, nor before it was imposed; of several one day is enough."""
        name = day_name(case)
        if name in self.errors:
            return
        day = answers.get(name)
        if day is None and self.several and self.complete:
            if self.add_prefix(name) not in self.data:
                self.add_error(name, _("这条信息是刚刚加进来的，请填写履行完毕的日期。"))
                return
            if first is None:
                if not any(day_name(other) in self.errors for other in self.drafts):
                    self.add_error(name, _("请填写履行完毕的日期。"))
                return
            if first < record_of(case).decision_date:
                self.add_error(name, _("上面填写的日期早于这条信息的决定日期，请为它单独填写。"))
                return
            day = answers[name] = first
        if day is None:
            return
        if day > self.today:
            self.add_error(name, _("履行完毕日期不能晚于今天。"))
        elif day < record_of(case).decision_date:
            self.add_error(name, _of(_TOO_EARLY, record_of(case).kind))

    @property
    def shared(self) -> SharedAnswers:
        """What was answered once for all; after is_valid()."""
        names = ("corrected", "statement", "contact_name", "contact_phone")
        return SharedAnswers(**{name: self.cleaned_data[name] for name in names})

    @property
    def own(self) -> dict[UUID, OwnAnswers]:
        """What was answered for each record; after is_valid()."""
        return {
            case.uuid: OwnAnswers(
                performed_on=self.cleaned_data[day_name(case)],
                statement=self.cleaned_data.get(own_name(case), ""),
            )
            for case in self.drafts
        }

    def with_revision(self, revision: int) -> "StatementForm":
        """Return the same with what was typed, to be saved upon what is stored by now."""
        data = {**self.data.dict(), "revision": revision}  # type: ignore[attr-defined]
        renewed = StatementForm(data, drafts=self.drafts, today=self.today, complete=self.complete)
        renewed.is_valid()
        return renewed


def day_name(case: Case) -> str:
    """The field of the day on which the duties of a record were performed."""
    return f"performed_on_{case.uuid}"


def own_name(case: Case) -> str:
    """The field of the words that are said of one record alone."""
    return f"statement_{case.uuid}"


def _own_field() -> forms.CharField:
    return forms.CharField(
        label=_("这条信息另外的说明"),
        help_text=_("写了的，这条信息只用这里的说明；不写的，用下面共同的说明。"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
