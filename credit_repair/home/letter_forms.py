"""What supervisors fill in on the pages over style and words of letters."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.notices.dressing import ROLES
from credit_repair.notices.glyphs import MissingGlyphs, check_text
from credit_repair.notices.models import OfficeFont, OfficeStyle
from credit_repair.notices.office_fonts import LARGEST_BYTES, BadFont, check_font
from credit_repair.notices.svg_seals import LARGEST_BYTES as LARGEST_SEAL
from credit_repair.notices.svg_seals import BadSeal, clean_seal
from credit_repair.notices.wording import BadWording, Slot, check_wording, tidied

_TOO_LONG = _("不超过%(limit_value)d个字，现在有%(show_value)d个字。")
_WHY: dict[str, Any] = {
    "label": _("修改原因"),
    "max_length": 200,
    "help_text": _("审核的人会看到，也会留在历史里。"),
    "error_messages": {"required": _("请写明修改原因。"), "max_length": _TOO_LONG},
}


def _seen() -> forms.CharField:
    """What held and waited when the form was shown (notices.proposals.standing_of)."""
    return forms.CharField(required=False, widget=forms.HiddenInput)


class _PrintedField(forms.CharField):
    """A line that is printed: refused where a letter of it is in no font."""

    default_error_messages = {"max_length": _TOO_LONG}

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            check_text(text)
        except MissingGlyphs as missing:
            raise forms.ValidationError(missing.at_field) from None
        return text


class StyleForm(forms.Form):
    """Head, seal, contact and fonts of an office's letters."""

    head = _PrintedField(
        label=_("发文机关标志"),
        required=False,
        max_length=40,
        help_text=_("红头上的文字，如“濉溪县信用办文件”。不填的，用单位名称。"),
    )
    seal = forms.ChoiceField(
        label=_("印章"),
        choices=[
            ("drawn", _("按单位名称绘制")),
            ("keep", _("沿用已上传的图")),
            ("new", _("上传新图（SVG）")),
        ],
        widget=forms.RadioSelect,
    )
    seal_file = forms.FileField(
        label=_("印章图"),
        required=False,
        help_text=_(
            "选“上传新图”时用。SVG文件，正方形，按42毫米见方套印。只能有路径和基本图形，文字先转成轮廓；不超过200KB。"
        ),
        error_messages={"empty": _("这个文件是空的，请重新选择。")},
        widget=forms.FileInput(attrs={"accept": ".svg,image/svg+xml"}),
    )
    address = _PrintedField(
        label=_("地址"), required=False, max_length=200, help_text=_("不填的，用单位资料里的地址。")
    )
    phone = _PrintedField(
        label=_("联系电话"), required=False, max_length=40, help_text=_("不填的，用单位资料里的电话。")
    )
    hours = _PrintedField(
        label=_("办公时间"),
        required=False,
        max_length=100,
        help_text=_("如“工作日9:00—17:00”。不填的，文书不写；文字里用了占位词{办公时间}的，写“工作日”。"),
    )
    font_body = forms.ModelChoiceField(OfficeFont.objects.none(), label=_("正文字体（仿宋）"), required=False)
    font_title = forms.ModelChoiceField(
        OfficeFont.objects.none(), label=_("标题字体（小标宋）"), required=False
    )
    font_heading = forms.ModelChoiceField(
        OfficeFont.objects.none(), label=_("一级标题字体（黑体）"), required=False
    )
    font_subheading = forms.ModelChoiceField(
        OfficeFont.objects.none(), label=_("二级标题字体（楷体）"), required=False
    )
    why = forms.CharField(**_WHY)
    seen = _seen()

    def __init__(
        self, *args: Any, style: OfficeStyle | None, fonts: Iterable[OfficeFont], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._kept = style.seal_svg if style else ""
        if not self._kept:
            field: Any = self.fields["seal"]
            field.choices = [choice for choice in field.choices if choice[0] != "keep"]
        for role in ROLES:
            if not fonts:  # nothing to choose from
                del self.fields[f"font_{role}"]
                continue
            chosen: Any = self.fields[f"font_{role}"]
            chosen.queryset = fonts
            chosen.empty_label = _now("系统自带的字体")

    def parts(self) -> list[dict[str, Any]]:
        """Return the fields in parts, each with its title, as they stand on a letter."""
        parts = [
            (_now("红头和印章"), ("head", "seal", "seal_file")),
            (_now("联系方式"), ("address", "phone", "hours")),
            (_now("字体"), [f"font_{role}" for role in ROLES if f"font_{role}" in self.fields]),
        ]
        return [{"title": title, "fields": [self[name] for name in names]} for title, names in parts if names]

    def ask_again_for_file(self) -> None:
        """Say that a file which was chosen has to be chosen again: a browser does not keep it."""
        if self.files.get("seal_file") and not self.has_error("seal_file"):
            self.add_error("seal_file", _now("改正其他内容以后，请重新选择这个文件。"))

    def clean(self) -> dict[str, Any]:
        """Read the seal: `seal_svg` is the clean drawing, or empty for one drawn from the name."""
        given = super().clean() or {}
        file, how = given.get("seal_file"), given.get("seal")
        given["seal_svg"] = self._kept if how == "keep" else ""
        if how == "new" and not self.errors.get("seal_file"):
            if file is None:
                self.add_error("seal_file", _now("请选择印章图。"))
            elif file.size > LARGEST_SEAL:
                self.add_error(
                    "seal_file",
                    _now("文件超过%(most)dKB，请简化图形后再上传。") % {"most": LARGEST_SEAL // 1024},
                )
            else:
                try:
                    given["seal_svg"] = clean_seal(file.read())
                except BadSeal as bad:
                    self.add_error("seal_file", str(bad))
        elif how and file is not None:
            self.add_error("seal", _now("您选了印章图，请同时选“上传新图（SVG）”；不换印章的，不要选文件。"))
        if self.errors:
            self.ask_again_for_file()
        return given

    def proposed(self) -> dict[str, Any]:
        """Return the fields of the proposal."""
        return {key: value for key, value in self.cleaned_data.items() if key not in ("seal", "seal_file")}


class FontForm(forms.Form):
    """A font file that the office is licensed to use."""

    file = forms.FileField(
        label=_("字体文件"),
        help_text=_("OTF或TTF，不超过30MB，要允许嵌入文件。上传后在样式里选用。"),
        widget=forms.FileInput(attrs={"accept": ".otf,.ttf"}),
        error_messages={
            "required": _("请选择字体文件。"),
            "empty": _("这个文件是空的，请重新选择。"),
        },
    )
    licensed = forms.BooleanField(
        label=_("本单位已取得在文书中嵌入这个字体的授权"),
        error_messages={"required": _("请先确认本单位已取得授权并勾选；没有授权的字体不能使用。")},
    )

    def clean_file(self) -> bytes:
        """Return the bytes of a file that can be used."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_BYTES:
            raise forms.ValidationError(
                _now("字体文件超过%(most)dMB。") % {"most": LARGEST_BYTES // 1024 // 1024}
            )
        data: bytes = file.read()
        try:
            check_font(data)
        except BadFont as bad:
            raise forms.ValidationError(str(bad)) from None
        return data


class TextForm(forms.Form):
    """A passage of a kind of document."""

    text = forms.CharField(
        label=_("文字"),
        required=False,
        max_length=1000,
        help_text=_("一个自然段。花括号里是占位词，出具时换成案件的内容。不填的，恢复统一文字。"),
        widget=forms.Textarea(attrs={"rows": 6, "lang": "zh-Hans"}),
        error_messages={"max_length": _("不超过600个字，现在有%(show_value)d个字。")},
    )
    why = forms.CharField(**_WHY)
    seen = _seen()

    def __init__(self, *args: Any, kind: str, slot: Slot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kind, self._slot = kind, slot

    def clean_text(self) -> str:
        """Refuse in words what cannot stand in the document."""
        text = tidied(self.cleaned_data["text"])
        try:
            check_wording(text, kind=self._kind, slot=self._slot)
        except BadWording as bad:
            raise forms.ValidationError(str(bad)) from None
        return text


class DeclineForm(forms.Form):
    """Why a proposal is declined, or taken back by its author."""

    why = forms.CharField(
        max_length=200,
        error_messages={"required": _("请写明原因，历史里会留着。"), "max_length": _TOO_LONG},
    )

    def __init__(self, data: Any = None, *, own: bool) -> None:
        # It stands on one page with the form of a proposal, which asks why as well.
        super().__init__(data, auto_id="decline_%s")
        self.fields["why"].label = _now("撤回的原因") if own else _now("不采用的原因")
