"""What officials enter into a file, and what people ask about their own data."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.dossier.errors import DossierRefused
from credit_repair.dossier.models import DataRequest, RequestedField, SubjectEvent
from credit_repair.dossier.services.events import Entry
from credit_repair.dossier.services.requests import Answer, Asked
from credit_repair.registry.models import Office, Record
from credit_repair.registry.personal_numbers import looks_personal

_FILES = ".pdf,.jpg,.jpeg,.png,.ofd,application/pdf,image/*"
_DAY_ERRORS = {
    "required": _("请填写发生日期。"),
    "invalid": _("请按“2026-11-21”的格式填写日期。"),
}


def put_refusal(form: forms.Form, refused: DossierRefused) -> None:
    """Put the words of a refusal at the field that they are about, or above the form."""
    form.add_error(refused.field if refused.field in form.fields else None, refused.words)


def _file_field(label: Any) -> forms.FileField:
    field = forms.FileField(
        label=label,
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": _FILES}),
        error_messages={"empty": _("这个文件是空的，请重新选择。")},
    )
    limit = settings.UPLOAD_MAX_BYTES
    field.widget.attrs |= {"data-max-bytes": limit, "data-too-large": _("文件太大")}
    field.help_text = _("PDF、OFD、JPG或PNG，可以不上传。")
    return field


class EventForm(forms.Form):
    """Enter an event; with `event`, the entry that takes the place of another."""

    office = forms.ChoiceField(label=_("登记单位"))
    kind = forms.ChoiceField(
        label=_("类别"),
        choices=SubjectEvent.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择类别。")},
    )
    day = forms.DateField(
        label=_("发生日期"),
        help_text=_("裁判、认定或者执行立案的日期。"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=_DAY_ERRORS,
    )
    body = forms.CharField(
        label=_("作出或者认定的单位"),
        max_length=200,
        error_messages={"required": _("请填写作出或者认定的单位，例如濉溪县人民法院。")},
    )
    number = forms.CharField(label=_("文号或者案号"), max_length=100, required=False)
    words = forms.CharField(
        label=_("内容"),
        help_text=_("写明结果，主体自己也能看到。不要写其他人的姓名和证件号码。"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请填写内容。")},
    )
    record = forms.ChoiceField(label=_("有关的信用记录"), required=False)
    paper = _file_field(_("佐证材料"))

    def __init__(
        self,
        *args: Any,
        offices: Sequence[Office],
        records: Sequence[Record],
        today: date,
        event: SubjectEvent | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offices = {office.code: office for office in offices}
        self.records = {str(record.uuid): record for record in records}
        self.fields["day"].widget.attrs["max"] = today.isoformat()
        choice = cast(forms.ChoiceField, self.fields["office"])
        choice.choices = [(code, office.name) for code, office in self.offices.items()]
        choice = cast(forms.ChoiceField, self.fields["record"])
        choice.choices = [("", _now("没有，或者不是某一条记录")), *_named(records)]
        if len(self.offices) < 2 or event is not None:
            del self.fields["office"]
        if event is not None:
            self._begin_with(event)

    def _begin_with(self, event: SubjectEvent) -> None:
        self.initial = {
            "kind": event.kind,
            "day": event.day,
            "body": event.body,
            "number": event.number,
            "words": event.words,
            "record": str(event.record.uuid) if event.record is not None else "",
            **self.initial,
        }

    def clean_words(self) -> str:
        """Refuse an identity number: what is written here is read by more than one office."""
        words = str(self.cleaned_data["words"])
        if any(looks_personal(part) for part in words.split()):
            raise forms.ValidationError(_now("请不要写身份证号码。"))
        return words

    @property
    def chosen_office(self) -> Office:
        """The office for which it is entered: the chosen one, or the only one."""
        code = self.cleaned_data.get("office") or next(iter(self.offices))
        return self.offices[code]

    @property
    def entry(self) -> Entry:
        """What is entered."""
        said = self.cleaned_data
        return Entry(
            kind=said["kind"],
            day=said["day"],
            body=said["body"],
            number=said["number"],
            words=said["words"],
            record=self.records.get(said["record"]),
        )

    @property
    def papers(self) -> list[Any]:
        """The files that came with it."""
        return [self.cleaned_data["paper"]] if self.cleaned_data.get("paper") else []


def _named(records: Sequence[Record]) -> list[tuple[str, str]]:
    return [
        (str(record.uuid), record.doc_no or record.list_name or str(record.get_kind_display()))
        for record in records
    ]


class EventCorrectionForm(EventForm):
    """Supersede an entry: what should stand there, or that nothing should, and why."""

    void = forms.BooleanField(
        label=_("撤销这条登记：它本来就不该登记"),
        required=False,
    )
    reason = forms.CharField(
        label=_("更正的理由"),
        help_text=_("主体能看到。"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明更正的理由。")},
    )


class CorrectionForm(forms.Form):
    """Ask for data to be corrected: for each, what it should be, why, and a file that proves it."""

    def __init__(self, *args: Any, present: Mapping[str, str], with_papers: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = list(present)
        for name in present:
            what = {"what": RequestedField.Name(name).label}
            long = name in (RequestedField.Name.MANDATE, RequestedField.Name.EVENT_WORDS)
            self.fields[name] = forms.CharField(
                label=_now("%(what)s应当是") % what,
                required=False,
                max_length=1000 if long else 200,
                widget=forms.Textarea(attrs={"rows": 3}) if long else forms.TextInput(),
            )
            self.fields[f"{name}_why"] = forms.CharField(
                label=_now("为什么要更正%(what)s") % what,
                required=False,
                max_length=500,
            )
            if with_papers:
                self.fields[f"{name}_paper"] = _file_field(_now("%(what)s的证明材料") % what)

    def clean(self) -> dict[str, Any]:
        """A datum without a reason, or a reason without a datum, is not whole."""
        said = super().clean() or self.cleaned_data
        for name in self.names:
            if said.get(name) and not said.get(f"{name}_why"):
                self.add_error(f"{name}_why", _now("请写明为什么要更正。"))
            if said.get(f"{name}_why") and not said.get(name):
                self.add_error(name, _now("请填写应当是什么。"))
        if not self.errors and not any(said.get(name) for name in self.names):
            self.add_error(None, _now("请至少填写一个要更正的项目。"))
        return said

    @property
    def asked(self) -> list[Asked]:
        """The data that are to be corrected."""
        said = self.cleaned_data
        return [
            Asked(name, said[name], said[f"{name}_why"], said.get(f"{name}_paper"))
            for name in self.names
            if said.get(name)
        ]


class WordsForm(forms.Form):
    """Ask for a copy, or for the account to be closed."""

    words = forms.CharField(
        label=_("说明"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明您的要求。")},
    )


class AnswerForm(forms.Form):
    """Answer a request: which data are corrected, in what words, and what can be done about a refusal."""

    accepted = forms.MultipleChoiceField(
        label=_("更正这些项目"),
        help_text=_("没有选的，就是不更正。"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    outcome = forms.ChoiceField(
        label=_("办理结果"),
        choices=DataRequest.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择办理结果。")},
    )
    words = forms.CharField(
        label=_("答复"),
        help_text=_("写给申请人：结果和理由。"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明答复的内容和理由。")},
    )
    remedies = forms.CharField(
        label=_("救济途径"),
        help_text=_("没有全部办理的必须填写。"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, request: DataRequest, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"remedies": usual_remedies()})
        super().__init__(*args, **kwargs)
        choices = [(row.name, str(row.get_name_display())) for row in request.fields.all()]
        if choices:
            cast(forms.MultipleChoiceField, self.fields["accepted"]).choices = choices
            del self.fields["outcome"]
        else:
            del self.fields["accepted"]

    @property
    def answer(self) -> Answer:
        """What is answered."""
        said = self.cleaned_data
        return Answer(
            words=said["words"],
            accepted=frozenset(said.get("accepted", ())),
            remedies=said["remedies"],
            outcome=said.get("outcome", ""),
        )


def usual_remedies() -> str:
    """Return what can be done about a refusal, as the form proposes it."""
    return _now(
        "不服的，可以向本单位投诉，也可以向履行个人信息保护职责的部门投诉、举报，或者向人民法院起诉。"
    )


class SendBackForm(forms.Form):
    """Not agree to a proposed answer."""

    reason = forms.CharField(
        label=_("退回的理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明退回的理由。")},
    )
