"""What people fill in about cancelled penalties and about rulings of courts."""

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.registry.keys import document_key
from credit_repair.registry.models import Record, Subject
from credit_repair.rulings.errors import RulingRefused
from credit_repair.rulings.models import CourtRuling, PenaltyCancellation
from credit_repair.rulings.services.rulings import RulingWords, running_shield
from credit_repair.rulings.words import title_of

Kind = CourtRuling.Kind
_DAY_ERRORS = {"invalid": _("请填写日期，如2026-11-20。")}


def _day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def put_refusal(form: forms.Form, refused: RulingRefused) -> None:
    """Put the words of a refusal at the field that they are about, or above the form."""
    form.add_error(refused.field if refused.field in form.fields else None, str(refused))


class UploadField(forms.FileField):
    """A paper, with its limit said beside it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.ClearableFileInput(attrs={"accept": ".pdf,.ofd,.jpg,.jpeg,.png,application/pdf,image/*"}),
        )
        kwargs.setdefault(
            "error_messages",
            {"required": _("请选择要上传的文件。"), "empty": _("这个文件是空的，请重新选择。")},
        )
        super().__init__(**kwargs)

    def said(self) -> None:
        """Say the limit in the reader's language, and to the script that looks at it before sending."""
        limit = settings.UPLOAD_MAX_BYTES
        self.help_text = _now("PDF、OFD、JPG或PNG，一个文件，不超过%(limit)sMB。") % {
            "limit": limit // (1024 * 1024)
        }
        self.widget.attrs |= {"data-max-bytes": limit, "data-too-large": _now("文件太大")}


class CancelForm(forms.Form):
    """That the decision behind a record was changed, revoked or found void."""

    kind = forms.ChoiceField(
        label=_("原决定怎么了？"),
        choices=PenaltyCancellation.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择变更、撤销或者确认无效。")},
    )
    made_by = forms.CharField(
        label=_("作出单位"),
        max_length=200,
        help_text=_("变更、撤销原决定的机关，或者作出裁判的法院。"),
        error_messages={"required": _("请填写作出单位。")},
    )
    document_no = forms.CharField(
        label=_("文书编号"), max_length=200, error_messages={"required": _("请填写文书编号。")}
    )
    decided_on = forms.DateField(
        label=_("文书日期"),
        widget=_day_input(),
        help_text=_("撤下的期限从这一天算起；裁判文书填生效日期。"),
        error_messages=_DAY_ERRORS | {"required": _("请填写文书日期。")},
    )
    reason = forms.CharField(
        label=_("原因"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("为什么变更或者撤销，按文书写。"),
        error_messages={"required": _("请写明原因。")},
    )
    successor_no = forms.CharField(
        label=_("变更后的决定书文号"),
        required=False,
        max_length=200,
        help_text=_("只有变更的才填。变更后的信息已经在系统里的，填它的文号。"),
    )
    successor_to_come = forms.BooleanField(label=_("变更后的信息还没有报送，以后随数据报送"), required=False)
    paper = UploadField(label=_("变更、撤销决定或者裁判文书"))

    def __init__(self, *args: Any, record: Record, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._record = record
        self.successor: Record | None = None
        cast(UploadField, self.fields["paper"]).said()

    def clean(self) -> dict[str, Any]:
        """Find the record that takes the place of the old one, among those of the same subject."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        number, changed = data.get("successor_no", ""), data.get("kind") == PenaltyCancellation.Kind.CHANGED
        if number and not changed:
            self.add_error("successor_no", _now("只有变更的才有变更后的决定书。"))
        elif number:
            key = document_key(number)
            theirs = Record.objects.filter(subject=self._record.subject).exclude(pk=self._record.pk)
            self.successor = next((each for each in theirs if document_key(each.doc_no) == key), None)
            if self.successor is None:
                words = _now("没有找到同一主体的这条信息，请核对文号；还没有报送的，请勾选下面一项。")
                self.add_error("successor_no", words)
        if data.get("successor_to_come") and not changed:
            data["successor_to_come"] = False
        return data

    @property
    def answers(self) -> dict[str, Any]:
        """What the service takes, apart from the paper."""
        taken = ("kind", "decided_on", "document_no", "made_by", "reason", "successor_to_come")
        return {**{name: self.cleaned_data[name] for name in taken}, "successor": self.successor}


class UndoForm(forms.Form):
    """Why a cancellation is to be taken back."""

    reason = forms.CharField(
        label=_("登记错在哪里"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明登记错在哪里。")},
    )


class CancellationFilterForm(forms.Form):
    """Which cancellations are listed."""

    state = forms.ChoiceField(
        label=_("进展"),
        required=False,
        choices=[
            ("", _("全部")),
            ("overdue", _("逾期未撤下")),
            ("open", _("正在撤下")),
            ("confirmed", _("各平台已撤下")),
            ("undo", _("等待确认撤回")),
            ("undone", _("登记已撤回")),
        ],
    )
    kind = forms.ChoiceField(
        label=_("结果"), required=False, choices=[("", _("全部")), *PenaltyCancellation.Kind.choices]
    )
    q = forms.CharField(label=_("文号或者文书编号"), required=False, max_length=100)


class RulingForm(forms.Form):
    """What a court's ruling says, as it is typed from the paper; with the paper where it is handed in."""

    kind = forms.ChoiceField(
        label=_("裁定的内容"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择裁定的内容。")},
    )
    court = forms.CharField(
        label=_("法院"), max_length=100, error_messages={"required": _("请填写法院名称。")}
    )
    case_no = forms.CharField(
        label=_("破产案件案号"),
        max_length=100,
        help_text=_("如（2026）皖0621破3号。"),
        error_messages={"required": _("请填写破产案件案号。")},
    )
    number = forms.CharField(
        label=_("裁定书编号"),
        max_length=100,
        help_text=_("如（2026）皖0621破3号之一。"),
        error_messages={"required": _("请填写裁定书编号。")},
    )
    made_on = forms.DateField(
        label=_("裁定日期"),
        widget=_day_input(),
        error_messages=_DAY_ERRORS | {"required": _("请填写裁定日期。")},
    )
    plan_until = forms.DateField(
        label=_("重整计划执行期限至"),
        required=False,
        widget=_day_input(),
        help_text=_("裁定书写明的才填。"),
        error_messages=_DAY_ERRORS,
    )
    administrator = forms.CharField(
        label=_("管理人"), required=False, max_length=200, help_text=_("律师事务所、会计师事务所或者清算组。")
    )
    note = forms.CharField(
        label=_("说明"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    paper = UploadField(label=_("裁定书"))

    def __init__(self, *args: Any, kinds: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = list(kinds)
        choice = cast(forms.ChoiceField, self.fields["kind"])
        choice.choices = [(each, Kind(each).label) for each in wanted]
        if len(wanted) == 1:
            choice.widget, choice.initial = forms.HiddenInput(), wanted[0]
            self.initial.setdefault("kind", wanted[0])
        if Kind.PLAN not in wanted:
            del self.fields["plan_until"]
        cast(UploadField, self.fields["paper"]).said()

    @property
    def words(self) -> RulingWords:
        """What the service takes."""
        data = self.cleaned_data
        return RulingWords(
            kind=data["kind"],
            court=data["court"],
            case_no=data["case_no"],
            number=data["number"],
            made_on=data["made_on"],
            plan_until=data.get("plan_until"),
            administrator=data.get("administrator", ""),
        )


class RegisterForm(RulingForm):
    """The ruling as the official reads it, and of a plan the records that it shields."""

    records = forms.ModelMultipleChoiceField(
        label=_("屏蔽哪些信息"),
        queryset=Record.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": _("所选信息中有的已经停止公示或者已在屏蔽，请重新选择。")},
    )

    def __init__(self, *args: Any, ruling: CourtRuling, choices: Any, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {
            name: getattr(ruling, name)
            for name in ("kind", "court", "case_no", "number", "made_on", "plan_until", "administrator")
        }
        super().__init__(*args, kinds=[ruling.kind], **kwargs)
        del self.fields["paper"], self.fields["note"]
        if ruling.kind != Kind.PLAN:
            del self.fields["records"]
            return
        field = cast(forms.ModelMultipleChoiceField, self.fields["records"])
        field.queryset = choices
        field.help_text = _now("裁定日期以前作出、仍在公示的信息已经选好；裁定以后作出的不能屏蔽。")
        field.label_from_instance = _record_label  # type: ignore[method-assign,assignment]
        before = [record.pk for record in choices if record.decision_date <= ruling.made_on]
        chosen = list(ruling.records.values_list("pk", flat=True))
        self.initial["records"] = chosen or before

    @property
    def chosen(self) -> list[Record]:
        """The records that were ticked."""
        return list(self.cleaned_data.get("records") or ())


def _record_label(record: Record) -> str:
    return _now("%(title)s，%(authority)s，%(day)s作出") % {
        "title": title_of(record),
        "authority": record.authority.name,
        "day": record.decision_date.isoformat(),
    }


class ReasonForm(forms.Form):
    """Why a ruling is refused or given back."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明理由。")},
    )


class RulingFilterForm(forms.Form):
    """Which rulings are listed."""

    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *CourtRuling.State.choices]
    )
    kind = forms.ChoiceField(label=_("裁定内容"), required=False, choices=[("", _("全部")), *Kind.choices])
    q = forms.CharField(label=_("主体、案号或者裁定书编号"), required=False, max_length=100)


def kinds_for(subject: Subject) -> list[str]:
    """Return which rulings can be handed in about a subject now: a plan, or what ends its shield."""
    return [Kind.PERFORMED, Kind.FAILED] if running_shield(subject) is not None else [Kind.PLAN]
