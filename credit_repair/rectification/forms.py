"""What is filled in about orders 责令整改 and interviews 约谈."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from credit_repair.rectification.models import Demand
from credit_repair.rectification.services.interviews import Appointment, Held
from credit_repair.rectification.services.orders import MOST_DEMANDS
from credit_repair.rectification.services.proofs import MOST_FILES, About


class DayInput(forms.DateInput):
    """A day, as the browser lets it be chosen."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class OrderForm(forms.Form):
    """What is wrong, what is to be done, until when."""

    faults = forms.CharField(
        label=_("存在的问题"),
        help_text=_("一个问题一行，会原样印在通知书上。请不要写身份证号等个人信息。"),
        max_length=2000,
        widget=_words(4),
        error_messages={"required": _("请写明存在的问题。")},
    )
    demands = forms.CharField(
        label=_("整改要求"),
        help_text=_("一项要求一行，最多12项。主体按项提交证明。"),
        max_length=3000,
        widget=_words(5),
        error_messages={"required": _("请至少写一项整改要求。")},
    )
    complete_by = forms.DateField(
        label=_("整改期限"),
        help_text=_("当日包括在内。已按规则填好，可以修改。"),
        widget=DayInput(),
        error_messages={"required": _("请填写整改期限。")},
    )

    def clean_demands(self) -> list[str]:
        """Return the demands, one a line."""
        lines = [line.strip() for line in self.cleaned_data["demands"].splitlines() if line.strip()]
        if len(lines) > MOST_DEMANDS:
            raise forms.ValidationError(_("整改要求最多12项，请合并后填写。"), code="many")
        if any(len(line) > 300 for line in lines):
            raise forms.ValidationError(_("每项要求最多300字，请分成几项。"), code="long")
        return lines


class NothingForm(forms.Form):
    """An act that asks for nothing but to be confirmed."""


class ReasonForm(forms.Form):
    """A reason."""

    reason = forms.CharField(
        label=_("原因"),
        max_length=500,
        widget=_words(3),
        error_messages={"required": _("请写明原因。")},
    )


class ExtendForm(ReasonForm):
    """A later day, and why."""

    complete_by = forms.DateField(
        label=_("新的期限"),
        help_text=_("当日包括在内。只能延长一次。"),
        widget=DayInput(),
        error_messages={"required": _("请填写新的期限。")},
    )
    field_order = ("complete_by", "reason")


class AcceptForm(forms.Form):
    """Words to what is accepted."""

    words = forms.CharField(label=_("审核意见"), max_length=1000, widget=_words(3), required=False)


class ReturnForm(forms.Form):
    """What is missing; a later day where the order's is still open."""

    missing = forms.CharField(
        label=_("还缺什么"),
        help_text=_("写明缺哪一项、怎样补充。会通知主体。"),
        max_length=1000,
        widget=_words(4),
        error_messages={"required": _("请写明还缺什么、怎样补充。")},
    )
    complete_by = forms.DateField(
        label=_("延长期限到"),
        help_text=_("不延长的不填。期限只能延长一次，延长的要写原因。"),
        widget=DayInput(),
        required=False,
    )
    reason = forms.CharField(label=_("延期原因"), max_length=500, required=False)

    def __init__(self, *args: Any, may_extend: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_extend:
            del self.fields["complete_by"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """A later day needs its reason."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("complete_by") and not said.get("reason"):
            self.add_error("reason", _("延长期限的，请写明原因。"))
        return said


class AppointmentForm(forms.Form):
    """When and where an interview is held, who is to come, about what."""

    on = forms.DateField(
        label=_("约谈日期"),
        widget=DayInput(),
        error_messages={"required": _("请填写约谈日期。")},
    )
    at = forms.CharField(
        label=_("时间"),
        help_text=_("例如上午9时30分。"),
        max_length=30,
        error_messages={"required": _("请填写时间。")},
    )
    place = forms.CharField(label=_("地点"), max_length=200, error_messages={"required": _("请填写地点。")})
    attendants = forms.CharField(
        label=_("请谁参加"), max_length=200, error_messages={"required": _("请写明请谁参加。")}
    )
    topics = forms.CharField(
        label=_("约谈事项"),
        help_text=_("一行一项。"),
        max_length=1000,
        widget=_words(3),
        error_messages={"required": _("请写明约谈事项。")},
    )
    bring = forms.CharField(
        label=_("需要携带的材料"),
        help_text=_("一行一项。"),
        max_length=1000,
        widget=_words(3),
        required=False,
    )

    def appointment(self) -> Appointment:
        """Return what was filled in; after is_valid()."""
        names = ("on", "at", "place", "attendants", "topics", "bring")
        return Appointment(**{name: self.cleaned_data[name] for name in names})


class MoveForm(AppointmentForm):
    """Another day for an interview, and why."""

    reason = forms.CharField(
        label=_("改期的原因"),
        help_text=_("例如对方说明了不能到场的理由。同一次约谈只能改期一次。"),
        max_length=500,
        widget=_words(2),
        error_messages={"required": _("请写明改期的原因。")},
    )


class BrokenForm(AppointmentForm):
    """A warning interview after a promise that was not kept."""

    found = forms.CharField(
        label=_("承诺没有履行的情况"),
        max_length=500,
        widget=_words(2),
        error_messages={"required": _("请写明承诺没有履行的情况。")},
    )
    field_order = ("found",)


class HeldForm(forms.Form):
    """How an interview was held: who, when, what was said by turns, what was agreed."""

    from_to = forms.CharField(
        label=_("起止时间"),
        help_text=_("例如9时30分至10时10分。"),
        max_length=40,
        error_messages={"required": _("请填写起止时间。")},
    )
    came = forms.CharField(
        label=_("到场人员"),
        help_text=_("一行一人，姓名后写职务，例如李明华（法定代表人）。"),
        max_length=500,
        widget=_words(2),
        error_messages={"required": _("请写明到场人员。没有人到场的，请录入未到。")},
    )
    interviewers = forms.CharField(
        label=_("约谈人"),
        help_text=_("一行一人，姓名后写职务。"),
        max_length=500,
        widget=_words(2),
        error_messages={"required": _("请写明约谈人。")},
    )
    recorder = forms.CharField(
        label=_("记录人"), max_length=50, error_messages={"required": _("请写明记录人。")}
    )
    said = forms.CharField(
        label=_("约谈内容"),
        help_text=_("一段话一行，以“约谈人：”或者“被约谈人：”开头，照实记录。"),
        max_length=8000,
        widget=_words(8),
        error_messages={"required": _("请记录约谈内容。")},
    )
    agreed = forms.CharField(
        label=_("约谈结果"),
        help_text=_("约定的事项，一行一项。会写进整改承诺书。"),
        max_length=2000,
        widget=_words(3),
        required=False,
    )
    promise_by = forms.DateField(
        label=_("约定的完成日期"),
        help_text=_("填写的，主体按约定事项签署整改承诺书；没有约定的不填。"),
        widget=DayInput(),
        required=False,
    )

    def clean_said(self) -> list[tuple[str, str]]:
        """Return the turns: who, and what they said; a line without a name goes on with the one before."""
        turns: list[tuple[str, str]] = []
        for line in self.cleaned_data["said"].splitlines():
            by, colon, text = line.strip().replace(":", "：", 1).partition("：")
            if colon and len(by) <= 12 and text.strip():
                turns.append((by.strip(), text.strip()))
            elif line.strip() and turns:
                turns[-1] = (turns[-1][0], f"{turns[-1][1]}{line.strip()}")
            elif line.strip():
                raise forms.ValidationError(
                    _("第一行请以“约谈人：”或者“被约谈人：”开头，写明是谁说的。"), code="turns"
                )
        return turns

    def held(self) -> Held:
        """Return what was filled in; after is_valid()."""
        return Held(**self.cleaned_data)


class MissForm(forms.Form):
    """That nobody came, and the reason, if one was given."""

    absence = forms.CharField(
        label=_("对方说明的原因"),
        help_text=_("没有说明的不填。有正当理由的，可以改期。"),
        max_length=500,
        widget=_words(2),
        required=False,
    )


class ScanForm(forms.Form):
    """The scan of a paper that was signed."""

    scan = forms.FileField(
        label=_("签好的扫描件"),
        help_text=_("PDF、JPG、PNG或OFD，几页请合成一个文件。"),
        error_messages={"required": _("请上传签好的扫描件。")},
    )


class SignedRecordForm(ScanForm):
    """The scan of a record 约谈记录, and where the other side would not sign, why."""

    refused = forms.CharField(
        label=_("拒绝签名的情况"),
        help_text=_("对方签了名的不填。"),
        max_length=300,
        required=False,
    )


class FoundForm(forms.Form):
    """What was found."""

    found = forms.CharField(
        label=_("核查情况"),
        help_text=_("怎样核查、查到什么。"),
        max_length=1000,
        widget=_words(3),
        error_messages={"required": _("请写明核查情况。")},
    )


class SeveralFilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """Up to five files of one name; what they are is looked into when they are kept."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return the files."""
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("每项最多上传5个文件，请把几页合成一个PDF。"), code="many")
        return files


class ProofForm(forms.Form):
    """What is handed in: words and files for each demand, and words on the whole."""

    def __init__(self, *args: Any, demands: Iterable[Demand], on_paper: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.demands = list(demands)
        if on_paper:
            self.fields["handed_in_on"] = forms.DateField(
                label=_("收到日期"),
                widget=DayInput(),
                error_messages={"required": _("请填写收到纸质材料的日期。")},
            )
        for demand in self.demands:
            self.fields[f"words_{demand.position}"] = forms.CharField(
                label=_("完成情况"), max_length=1000, widget=_words(2), required=False
            )
            self.fields[f"files_{demand.position}"] = SeveralFiles(
                label=_("证明材料"),
                help_text=_("例如缴款凭证、整改前后的照片。PDF、JPG、PNG或OFD，最多5个。"),
                required=False,
            )
        self.fields["words"] = forms.CharField(
            label=_("其他说明"), max_length=2000, widget=_words(3), required=False
        )

    def clean(self) -> dict[str, Any]:
        """Something is handed in."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not said.get("words") and not any(self._given(each) for each in self.demands):
            raise forms.ValidationError(_("请至少填写一项要求的完成情况，或者上传一份证明。"), code="nothing")
        return said

    def _given(self, demand: Demand) -> bool:
        said = self.cleaned_data
        return bool(said.get(f"words_{demand.position}") or said.get(f"files_{demand.position}"))

    def rows(self) -> list[dict[str, Any]]:
        """Return each demand with its fields."""
        return [
            {
                "demand": demand,
                "words": self[f"words_{demand.position}"],
                "files": self[f"files_{demand.position}"],
            }
            for demand in self.demands
        ]

    def about(self) -> list[About]:
        """Return what is handed in about each demand; after is_valid()."""
        said = self.cleaned_data
        return [
            About(
                demand=demand.position,
                words=said[f"words_{demand.position}"],
                files=said[f"files_{demand.position}"],
            )
            for demand in self.demands
        ]

    def day(self) -> date | None:
        """Return the day on which paper came in; None online."""
        return self.cleaned_data.get("handed_in_on")
