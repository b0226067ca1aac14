"""What people fill in to act for a subject, and officials to decide on it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.people.errors import MandateRefused
from credit_repair.people.mandate_reasons import USUAL_REASONS
from credit_repair.people.models import Mandate, MandateApplication
from credit_repair.people.services.mandate_applications import check_end, read_number
from credit_repair.registry.models import Office, Subject

Purpose, Capacity, State = (
    MandateApplication.Purpose,
    MandateApplication.Capacity,
    MandateApplication.State,
)
_DAY_ERRORS = {"invalid": _("请按“2026-11-21”的格式填写日期。")}


def _day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def put_refusal(form: forms.Form, refused: MandateRefused) -> None:
    """Put the words of a refusal at the field that they are about, or above the form."""
    form.add_error(refused.field if refused.field in form.fields else None, refused.words)


class MandateForm(forms.Form):
    """Ask to act for a subject; with `subject`, to go on acting for it."""

    purpose = forms.ChoiceField(
        label=_("申请事项"),
        choices=[
            (Purpose.NEW, _("新增经办人：原来的经办人（如果有）继续办理")),
            (Purpose.REPLACE, _("更换经办人：由我接替原来的经办人")),
        ],
        initial=Purpose.NEW,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择申请事项。")},
    )
    capacity = forms.ChoiceField(
        label=_("您以什么身份办理？"),
        choices=Capacity.choices,
        initial=Capacity.CLERK,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择您以什么身份办理。")},
    )
    name = forms.CharField(
        label=_("主体名称"),
        help_text=_("与营业执照上的名称一致；本人办理的，填本人姓名。"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("请填写主体名称。")},
    )
    number = forms.CharField(
        label=_("统一社会信用代码或者身份证号码"),
        help_text=_("单位和个体工商户填18位统一社会信用代码；本人办理的，填本人身份证号码，系统加密保存。"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("请填写统一社会信用代码或者身份证号码。")},
    )
    until = forms.DateField(
        label=_("授权到哪一天为止"),
        help_text=_("按授权书上写的期限填写，最长5年。只有法定代表人、本人和破产管理人可以不填。"),
        required=False,
        widget=_day_input(),
        error_messages=_DAY_ERRORS,
    )
    office = forms.ChoiceField(
        label=_("由哪个信用办审核"),
        help_text=_(
            "请选择主体所在地的信用办。主体已有信用记录的，不论选哪个，都由管这些记录的信用办审核；"
            "提交以后会告诉您是哪个。"
        ),
        error_messages={"required": _("请选择审核授权的信用办。")},
    )
    letter = forms.FileField(
        label=_("上传授权书或者证明"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/*"}),
        error_messages={
            "required": _("请选择要上传的授权书或者证明。"),
            "empty": _("这个文件是空的，请重新选择。"),
        },
    )

    def __init__(
        self,
        *args: Any,
        offices: Sequence[Office],
        subject: Subject | None = None,
        today: date,
        host: Office | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.subject, self._today = subject, today
        self._offices = {office.code: office for office in offices}
        self.fields["until"].widget.attrs["min"] = today.isoformat()
        limit = settings.UPLOAD_MAX_BYTES
        self.fields["letter"].help_text = _now(
            "PDF、JPG或PNG，一个文件，不超过%(limit)sMB。可以用手机拍照后直接上传。"
        ) % {"limit": limit // (1024 * 1024)}
        self.fields["letter"].widget.attrs |= {"data-max-bytes": limit, "data-too-large": _now("文件太大")}
        self._fit_office(host)
        if subject is not None:
            self._fit_subject(subject)

    def _fit_office(self, host: Office | None) -> None:
        """Where there is one office, nobody is asked; where there are several, the host's stands there."""
        if len(self._offices) < 2:
            del self.fields["office"]
            return
        choice = cast(forms.ChoiceField, self.fields["office"])
        choice.choices = [(code, each.name) for code, each in self._offices.items()]
        choice.initial = host.code if host is not None else None

    def _fit_subject(self, subject: Subject) -> None:
        """Who goes on acting for a subject is not asked again for which one."""
        for name in ("purpose", "name", "number"):
            del self.fields[name]
        capacity = cast(forms.ChoiceField, self.fields["capacity"])
        if subject.kind == Subject.Kind.PERSON:
            capacity.choices = [(Capacity.SELF, Capacity.SELF.label)]
            capacity.initial = Capacity.SELF
        else:
            capacity.choices = [each for each in Capacity.choices if each[0] != Capacity.SELF]

    def clean(self) -> dict[str, Any]:
        """Say at once whatever is wrong with number and date; the service asks again."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        capacity = data.get("capacity", "")
        try:
            if data.get("number"):
                read_number(text=data["number"], capacity=capacity)
        except MandateRefused as refused:
            put_refusal(self, refused)
        try:
            if "until" in data and capacity:
                check_end(data["until"], today=self._today, capacity=capacity)
        except MandateRefused as refused:
            put_refusal(self, refused)
        return data

    @property
    def answers(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        named = {"name": data.get("name"), "number": data.get("number"), "purpose": data.get("purpose")}
        if self.subject is not None:
            number = self.subject.code or self.subject.personal_number
            named = {"name": self.subject.name, "number": number, "purpose": Purpose.RENEW}
        office = self._offices.get(data.get("office") or next(iter(self._offices), ""))
        rest = {name: data[name] for name in ("capacity", "until", "letter")}
        return {**named, **rest, "office": office}


class MandateFilterForm(forms.Form):
    """Which applications are listed."""

    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *State.choices])
    q = forms.CharField(label=_("主体、代码或者申请人"), required=False, max_length=100)


class ApproveForm(forms.Form):
    """Let the applicant act for the subject: until when, and in whose place."""

    name_confirmed = forms.BooleanField(label=_("已核实：登记的名称和申请的名称是同一个主体"), required=False)
    ends = forms.ChoiceField(
        label=_("结束哪位经办人的授权"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择要更换的经办人，或者选择都不结束。")},
    )
    until = forms.DateField(
        label=_("授权到哪一天为止"),
        help_text=_("不晚于授权书上的期限；不填则没有截止日期。"),
        required=False,
        widget=_day_input(),
        error_messages=_DAY_ERRORS | {"required": _("请填写授权书上写的截止日期。")},
    )
    end_others = forms.BooleanField(
        label=_("同时结束现有经办人的授权"),
        help_text=_(
            "法院指定管理人以后，由管理人接管；法院准许企业自行管理财产和营业事务的，不要勾选。"
            "结束的人会收到邮件。"
        ),
        required=False,
    )
    reason = forms.CharField(
        label=_("审核意见"),
        help_text=_("申请人会收到这段文字。"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    NOBODY = "nobody"

    def __init__(
        self,
        *args: Any,
        application: MandateApplication,
        others: Sequence[Mandate],
        name_differs: bool,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial", {"until": application.until})
        super().__init__(*args, **kwargs)
        self._others = {str(mandate.uuid): mandate for mandate in others}
        if application.capacity == Capacity.CLERK:
            self.fields["until"].required = True
            self.fields["until"].help_text = _now(
                "不晚于授权书上的期限，最长5年。受委托的经办人必须有截止日期。"
            )
        if application.capacity != Capacity.ADMINISTRATOR or not others:
            del self.fields["end_others"]
        if not name_differs:
            del self.fields["name_confirmed"]
        replaces = application.purpose == Purpose.REPLACE
        if not replaces or not others:
            del self.fields["ends"]
        else:
            ends = cast(forms.ChoiceField, self.fields["ends"])
            people = [(uuid, str(mandate.user)) for uuid, mandate in self._others.items()]
            ends.choices = [*people, (self.NOBODY, _now("都不结束"))]
            ends.initial = people[0][0] if len(people) == 1 else None

    @property
    def answers(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "until": data["until"],
            "reason": data["reason"],
            "ends": self._others.get(data.get("ends", "")),
            "name_confirmed": data.get("name_confirmed", False),
            "end_others": data.get("end_others", False),
        }


class RefuseForm(forms.Form):
    """Why an application is refused: usual reasons, own words, or both."""

    codes = forms.MultipleChoiceField(
        label=_("常用理由"),
        help_text=_("勾选的每一条，连同申请人可以怎样做，都会写进通知。"),
        required=False,
        choices=[(usual.code, usual.text) for usual in USUAL_REASONS],
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label=_("补充说明"),
        help_text=_("申请人会收到这段文字，请写清缺什么、怎样补正。"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two is enough, nothing is not."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("codes") and not data.get("reason") and not self.errors:
            self.add_error("reason", _now("请写明不通过的理由，或者勾选常用理由。"))
        return data

    @property
    def words(self) -> str:
        """The whole text, a line each."""
        ticked = [usual for usual in USUAL_REASONS if usual.code in self.cleaned_data["codes"]]
        lines = [f"{usual.text}{usual.advice}" for usual in ticked]
        return "\n".join([*lines, self.cleaned_data["reason"]]).strip()


class EndForm(forms.Form):
    """Why an office ends a mandate."""

    reason = forms.CharField(
        label=_("终止的原因"),
        help_text=_("本人和该主体的其他经办人会收到这段文字。"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明终止的原因。")},
    )
