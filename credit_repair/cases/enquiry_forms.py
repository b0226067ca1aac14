"""What is asked in an enquiry 协查, and what is answered."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Enquiry
from credit_repair.cases.services.enquiries import (
    FEWEST_DAYS,
    MOST_DAYS,
    MOST_FILES,
    USUAL_DAYS,
    Reply,
    read_secret,
)
from credit_repair.people.phones import PhoneField
from credit_repair.registry.models import Office


class AskForm(forms.Form):
    """Whom to ask, what, and until when."""

    office = forms.ModelChoiceField(
        label=_("本系统中的单位"),
        help_text=_("选了单位的，对方的核查人员登录后在“协查”里可以看到。"),
        queryset=Office.objects.none(),
        required=False,
        empty_label=_("不在名单中"),
    )
    addressee = forms.CharField(
        label=_("其他单位的名称"),
        help_text=_("单位不在名单中的，在这里填写全称。和上面的单位只填一样。"),
        max_length=100,
        required=False,
    )
    email = forms.EmailField(
        label=_("对方的邮箱"),
        help_text=_("填写的，回复链接会寄到这个邮箱；不填写的，请把协查函打印出来寄送。"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    question = forms.CharField(
        label=_("协查事项"),
        help_text=_("请对方核实什么。会印在协查函上，请不要写身份证号等个人信息。"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明需要对方核实什么。")},
    )
    days = forms.IntegerField(
        label=_("回复期限（工作日）"),
        help_text=_("1至15个工作日，发函当日不计。案件的办理期限照常计算。"),
        min_value=FEWEST_DAYS,
        max_value=MOST_DAYS,
        initial=USUAL_DAYS,
        error_messages={
            "required": _("请填写回复期限。"),
            "min_value": _("回复期限请填写1至15个工作日。"),
            "max_value": _("回复期限请填写1至15个工作日。"),
        },
    )

    def __init__(self, *args: Any, own: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Office.objects.exclude(pk=own.pk).order_by("code")
        self.fields["office"].queryset = others  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One addressee, and no more."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not said.get("office") and not said.get("addressee") and "office" not in self.errors:
            self.add_error("addressee", _("请选择主送单位，或者填写单位名称。"))
        if said.get("office") and said.get("addressee"):
            self.add_error("addressee", _("已经选择了单位，不用再填写名称。两样只要一样。"))
        return said


class _SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Up to three files of one name."""

    widget = _SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return the files; what they are is looked into when they are kept."""
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if not files and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(files) > MOST_FILES:
            raise forms.ValidationError(
                _("最多上传%s个文件，请把几页合成一个PDF。") % MOST_FILES, code="too_many"
            )
        return files


class ReplyForm(forms.Form):
    """One of three answers, words, who answers."""

    answer = forms.ChoiceField(
        label=_("核实结果"),
        choices=Enquiry.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择核实结果。")},
    )
    words = forms.CharField(
        label=_("情况说明"),
        help_text=_("核实的依据、日期和金额等。不属实或者无法核实的，请写明原因。"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    name = forms.CharField(
        label=_("回复人姓名"),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("请填写回复人的姓名。")},
    )
    phone = PhoneField(
        label=_("联系电话"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("请填写联系电话，便于发函单位核对。")},
    )
    evidence = FilesField(
        label=_("证明材料"),
        help_text=_("最多3个，PDF、JPG、PNG或OFD。"),
        required=False,
        error_messages={"required": _("请上传纸质回函的扫描件或者照片。")},
    )

    def clean(self) -> dict[str, Any]:
        """Anything but a plain yes needs words."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("answer") in {Enquiry.Answer.DENIED, Enquiry.Answer.UNKNOWN} and not said.get("words"):
            self.add_error("words", _("请写明不属实的情况，或者无法核实的原因。"))
        return said

    def reply(self) -> Reply:
        """Return the answer; after is_valid()."""
        said = self.cleaned_data
        return Reply(answer=said["answer"], words=said["words"], name=said["name"], phone=said["phone"])


class PaperReplyForm(ReplyForm):
    """What came back on paper, with its scan; who signed it may stand nowhere on it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = self.fields["phone"].required = False
        self.fields["name"].widget.attrs.pop("autocomplete")
        self.fields["phone"].widget.attrs.pop("autocomplete")
        scan = self.fields["evidence"]
        scan.required, scan.label = True, _("纸质回函的扫描件")


class CodeForm(forms.Form):
    """The code of a letter, typed."""

    code = forms.CharField(
        label=_("回复码"),
        help_text=_("印在协查函的回执上，26位，大小写和短横线都可以不管。"),
        max_length=80,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
        error_messages={"required": _("请填写回复码。")},
    )

    def clean_code(self) -> str:
        """Read the code as it was meant."""
        secret = read_secret(self.cleaned_data["code"])
        if secret is None:
            words = _("回复码是26位字母和数字，没有数字0、1，也没有字母O、I。请照回执核对。")
            raise forms.ValidationError(words, code="form")
        return secret
