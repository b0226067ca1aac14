"""What the public types in to check a document 核验文书."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from credit_repair.core.codes import read_code
from credit_repair.notices.verification import CHECK_CODE_LETTERS

#: No document of ours is larger; nothing of the file is kept.
MOST_BYTES = 20 * 1024 * 1024

_PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class CheckForm(forms.Form):
    """The code that stands beside the QR code 核验码, or a file to look for it in."""

    code = forms.CharField(
        label=_("核验码"),
        help_text=_(
            "印在文书二维码的下面，16位，分四组，如K7Q4-29XM-ABCD-EFGH。不分大小写，可以不写短横线。"
        ),
        max_length=60,
        required=False,
        error_messages={"max_length": _("核验码只有16位，请照文书上的核验码填写。")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
    )
    file = forms.FileField(
        label=_("文书文件或二维码照片"),
        help_text=_(
            "不想输入核验码的，选择收到的PDF文件，或者二维码的照片（JPG、PNG）。不超过20MB，不会被保存。"
        ),
        required=False,
        widget=forms.ClearableFileInput(
            attrs={"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"}
        ),
        error_messages={"empty": _("这个文件是空的，请重新选择。")},
    )

    def clean_code(self) -> str:
        """Read the code as it was meant."""
        if not self.cleaned_data["code"]:
            return ""
        code = read_code(self.cleaned_data["code"], letters=CHECK_CODE_LETTERS)
        if code is None:
            raise forms.ValidationError(
                _("核验码应为16位字母和数字，没有0、1、O、I。请照文书上的核验码填写。"), code="form"
            )
        return code

    def clean_file(self) -> object:
        """Refuse what is far larger than any document of ours, and what is neither PDF nor picture."""
        file = self.cleaned_data["file"]
        if file:
            _fits(file)
            if not mime_of(file):
                raise forms.ValidationError(
                    _("这个文件不是PDF，也不是JPG、PNG图片。请另选文件，或者填写核验码。"), code="kind"
                )
        return file

    def clean(self) -> dict[str, object]:
        """Ask for the one or the other."""
        if not self.errors and not self.cleaned_data.get("code") and not self.cleaned_data.get("file"):
            self.add_error("code", _("请填写文书上的核验码，或者选择PDF文件、二维码照片。"))
        return self.cleaned_data


def _fits(file: UploadedFile) -> None:
    if file.size is None or file.size > MOST_BYTES:
        raise forms.ValidationError(
            _("文件超过20MB，本站签发的文书没有这么大。请选择收到的PDF文件，或者填写核验码。"), code="large"
        )


def mime_of(file: UploadedFile) -> str:
    """Return what a file is by its first bytes, PDF, JPEG or PNG; empty for everything else."""
    begin = file.read(1024)
    file.seek(0)
    if b"%PDF-" in begin:
        return "application/pdf"
    return next((mime for sign, mime in _PICTURES.items() if begin.startswith(sign)), "")


class CheckFileForm(forms.Form):
    """The file that is compared with the one that was issued."""

    file = forms.FileField(
        label=_("要核对的文件"),
        help_text=_("选择收到的PDF文件，和我们签发的原件逐字节比较，改动一个字也看得出来。文件不会被保存。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={"required": _("请选择要核对的PDF文件。"), "empty": _("这个文件是空的，请重新选择。")},
    )

    def clean_file(self) -> object:
        """Refuse what is far larger than any document of ours, and what cannot be compared."""
        file = self.cleaned_data["file"]
        _fits(file)
        if mime_of(file) != "application/pdf":
            raise forms.ValidationError(
                _("只能比较PDF文件。照片和别的格式比较不了，请对照本页显示的各项核对。"), code="kind"
            )
        return file
