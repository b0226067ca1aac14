"""What a clerk writes at the window."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.registry.models import Office


class FindForm(forms.Form):
    """Who stands there: a number that they show, whole and exact."""

    number = forms.CharField(
        label=_("证照号码或者申请编号"),
        help_text=_(
            "统一社会信用代码、身份证号码，请照证件完整填写；来问进度的，也可以填申请编号或者查询码。"
        ),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("请填写申请人出示的证照号码，或者申请编号。")},
    )


class ChooseAtWindowForm(forms.Form):
    """Which records are applied for, and at which window where the clerk serves several."""

    records = forms.MultipleChoiceField(
        label=_("申请修复哪些信息？"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("请至少选择一条信息。"),
            "invalid_choice": _("选择的信息中有的现在不能申请，请重新选择。"),
        },
    )
    office = forms.ChoiceField(
        label=_("在哪个窗口办理？"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择在哪个窗口办理。")},
    )

    def __init__(
        self, *args: Any, records: Sequence[tuple[str, str]], offices: Sequence[Office], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["records"]).choices = list(records)
        self._offices = {office.code: office for office in offices}
        if len(offices) == 1:
            del self.fields["office"]
        else:
            choice = cast(forms.ChoiceField, self.fields["office"])
            choice.choices = [(office.code, office.name) for office in offices]

    @property
    def chosen_office(self) -> Office:
        """The window that was chosen, or the only one."""
        return self._offices[self.cleaned_data.get("office") or next(iter(self._offices))]


class WithdrawalPaperForm(forms.Form):
    """The scan of a withdrawal that the applicant signed."""

    file = forms.FileField(
        label=_("上传签好的撤回申请"),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".pdf,.jpg,.jpeg,.png,.ofd,application/pdf,image/jpeg,image/png"}
        ),
        error_messages={
            "required": _("请选择扫描好的撤回申请。"),
            "empty": _("这个文件是空的，请重新选择。"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit = settings.UPLOAD_MAX_BYTES
        self.fields["file"].help_text = _now("PDF、JPG、PNG或者OFD，不超过%(limit)sMB。") % {
            "limit": limit // (1024 * 1024)
        }
        self.fields["file"].widget.attrs |= {"data-max-bytes": limit, "data-too-large": _now("文件太大")}
