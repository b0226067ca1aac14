"""What people fill in on the pages of this package."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.outreach.models import GuidanceSetting, PreparedApplication
from credit_repair.outreach.repairable import ever_reminded, represented
from credit_repair.people.phones import NOT_A_PHONE, PhoneField
from credit_repair.registry.models import Office, Record, Sector
from credit_repair.registry.search import Persons, records_with
from credit_repair.repairs.forms.letters import SignForm
from credit_repair.repairs.matters import record_words
from credit_repair.rules.dates import add_months

_ALL = ("", _("全部"))
_CHOOSE = _("请从列出的选项里选择。")
YES, NO = "yes", "no"


def _choice(label: Any, *choices: tuple[str, Any]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, choices=[_ALL, *choices], error_messages={"invalid_choice": _CHOOSE}
    )


def _day(label: Any, *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("这不是一个日期，请按2026-05-06的样子填写。")},
    )


class RepairableForm(forms.Form):
    """What is looked for among those that could be repaired; everything may stay empty.

    authorities  the offices whose records the person reaches, to choose from
    """

    q = forms.CharField(
        label=_("文号、名称或代码"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"max_length": _("查找的文字太长，请不要超过%(limit_value)d个字。")},
    )
    authority = _choice(_("认定（处罚）机关"))
    sector = _choice(_("行业领域"))
    waiting = _choice(
        _("可以申请已满"), ("1", _("1个月")), ("3", _("3个月")), ("6", _("6个月")), ("12", _("12个月"))
    )
    ending = _choice(_("公示将满"), ("30", _("30日内")), ("90", _("90日内")), ("over90", _("90日以后")))
    represented = _choice(_("有无经办人"), (YES, _("有人可以办理")), (NO, _("还没有人登记")))
    reminded = _choice(_("提醒"), (NO, _("没有提醒过")), (YES, _("提醒过")))

    def __init__(self, *args: Any, authorities: Sequence[Office], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        self._offer("authority", [(office.code, office.name) for office in authorities])
        self._offer("sector", list(Sector.objects.values_list("code", "name").order_by("code")))

    def _offer(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [_ALL, *choices]

    def found_among(self, records: QuerySet[Any], *, persons: Persons) -> QuerySet[Any]:
        """Return those of `records`, as repairable.listed() annotates them, that the form asks for."""
        if not self.is_bound:
            return records
        if not self.is_valid():
            return records.none()
        data = self.cleaned_data
        if data["q"].strip():
            records = records.filter(records_with(data["q"], persons=persons))
        if data["authority"]:
            records = records.filter(authority__code=data["authority"])
        if data["sector"]:
            counted_in = Coalesce("sector__code", "authority__sector__code")
            records = records.alias(counted_in=counted_in).filter(counted_in=data["sector"])
        if data["waiting"]:
            records = records.filter(repairable_from__lte=add_months(self._today, -int(data["waiting"])))
        for name, found in (("represented", represented(on=self._today)), ("reminded", ever_reminded())):
            if data[name]:
                records = records.filter(found if data[name] == YES else ~found)
        return records.filter(self._ending(data["ending"]))

    def _ending(self, wanted: str) -> Q:
        if not wanted:
            return Q()
        last = self._today + timedelta(days=int(wanted.removeprefix("over")))
        if wanted.startswith("over"):
            return Q(effective_until__isnull=True) | Q(effective_until__gt=last)
        return Q(effective_until__lte=last)

    def criteria(self) -> list[tuple[str, str]]:
        """Return what was asked for, as (label, words), to be kept with a batch."""
        if not self.is_bound or not self.is_valid():
            return []
        found = []
        for name, field in self.fields.items():
            value = self.cleaned_data[name]
            if value:
                words = dict(field.choices).get(value, value) if hasattr(field, "choices") else value
                found.append((str(field.label), str(words)))
        return found


class OfficeForm(forms.Form):
    """In whose name something is done, where the person serves several offices."""

    office = forms.ChoiceField(
        label=_("以哪个单位的名义"),
        error_messages={"required": _("请选择单位。"), "invalid_choice": _CHOOSE},
    )

    def __init__(self, *args: Any, offices: Sequence[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offices = {office.code: office for office in offices}
        field = cast(forms.ChoiceField, self.fields["office"])
        field.choices = [(code, office.name) for code, office in self._offices.items()]
        if len(offices) == 1:
            field.initial = offices[0].code
            field.widget = forms.HiddenInput()

    @property
    def chosen(self) -> Office:
        """Return the office that was chosen, of a valid form."""
        return self._offices[self.cleaned_data["office"]]


class _FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """One or several files; cleaned to a list."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        chosen = data if isinstance(data, list | tuple) else [data]
        return [super(_FilesField, self).clean(each, initial) for each in chosen or [None]]


class ProposalForm(OfficeForm):
    """What an office knows of the duties of a subject: for each record a day, a few words, and the proof."""

    statement = forms.CharField(
        label=_("改正和履行情况"),
        help_text=_("写明缴款、整改的情况，会原样写入申请，由当事人核对后确认。"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明改正和履行的情况。")},
    )
    papers = _FilesField(
        label=_("履行证明"),
        help_text=_("本单位掌握的缴款记录、整改验收材料等，PDF、图片或者OFD，可以一次选几个。"),
        widget=_FilesInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.ofd"}),
        error_messages={
            "required": _("请附上本单位掌握的履行证明，例如缴款记录。"),
            "empty": _("这个文件是空的，请重新选择。"),
        },
    )

    def __init__(self, *args: Any, records: Sequence[Record], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._records, self._today = list(records), today
        for record in self._records:
            self.fields[_performed(record)] = _day(record_words(record))

    @property
    def days(self) -> list[tuple[Record, Any]]:
        """Return the records, each with its field."""
        return [(record, self[_performed(record)]) for record in self._records]

    def clean(self) -> dict[str, Any]:
        """Ask for at least one day, and for none that cannot be."""
        data = super().clean() or self.cleaned_data
        names = [_performed(record) for record in self._records]
        if not any(data.get(name) or name in self.errors for name in names):
            self.add_error(names[0], _now("请至少为一条信息填写履行完毕的日期。"))
        for record in self._records:
            day = data.get(_performed(record))
            if day and day > self._today:
                self.add_error(_performed(record), _now("履行完毕日期不能晚于今天。"))
            elif day and day < record.decision_date:
                self.add_error(_performed(record), _now("履行完毕日期不能早于决定日期，请核对。"))
        return data

    @property
    def performed(self) -> dict[Record, date]:
        """Return the records that have a day, with it, of a valid form."""
        days = ((record, self.cleaned_data.get(_performed(record))) for record in self._records)
        return {record: day for record, day in days if day}


def _performed(record: Record) -> str:
    return f"performed_{record.uuid.hex}"


class ReasonForm(forms.Form):
    """Why something is declined or withdrawn; the other side reads it."""

    reason = forms.CharField(
        label=_("原因"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请简单写明原因。")},
    )


class ConfirmForm(SignForm):
    """What the enterprise adds to a prepared application: whom to call, and its signature."""

    contact_name = forms.CharField(
        label=_("联系人"),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("请填写联系人姓名。")},
    )
    contact_number = PhoneField(
        label=_("联系电话"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("请填写联系电话。"), "max_length": NOT_A_PHONE},
    )

    field_order = ("contact_name", "contact_number", "name", "strokes", "agreed")


class ProposalFilterForm(forms.Form):
    """Which prepared applications are shown."""

    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[_ALL, *PreparedApplication.State.choices]
    )


class GuidanceSettingForm(forms.Form):
    """Whether the guidance of an authority is made by itself, and who issues it."""

    is_on = forms.BooleanField(label=_("新的处罚信息入库后自动制作"), required=False)
    issuer = forms.ChoiceField(
        label=_("由谁制发"),
        choices=GuidanceSetting.Issuer.choices,
        error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE},
    )
