"""What people fill in about the effects of a record: evidence, reports, letters to websites."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit_repair.core import clock
from credit_repair.home.widgets import day_input
from credit_repair.platforms.models import EffectKind
from credit_repair.platforms.open_effects import ELSEWHERE
from credit_repair.registry.models import Platform
from credit_repair.repairs.models import ThirdPartyLetter

OTHER = "other"
_FILE_HELP = _("PDF、JPG或PNG。")


def _address(**more: Any) -> forms.URLField:
    return forms.URLField(
        max_length=500,
        assume_scheme="https",
        error_messages={
            "required": _("请填写网页地址。"),
            "invalid": _("请填写完整的网页地址，例如https://www.example.com/。"),
            "max_length": _("网页地址太长，请不要超过%(limit_value)d个字符。"),
        },
        **more,
    )


def _day(label: Any, required: Any, **more: Any) -> forms.DateField:
    errors = {"required": required, "invalid": _("请填写正确的日期。")}
    return forms.DateField(label=label, widget=day_input(), error_messages=errors, **more)


class OpenEffectsForm(forms.Form):
    """Which open effects: of one kind, at one recipient, how long after the end of their record."""

    effect = forms.ChoiceField(
        label=_("效果"),
        required=False,
        choices=[("", _("全部")), *EffectKind.choices, (ELSEWHERE, _("第三方网站"))],
    )
    platform = forms.ModelChoiceField(
        label=_("平台或者部门"),
        required=False,
        queryset=Platform.objects.order_by("code"),
        to_field_name="code",
        empty_label=_("全部"),
        error_messages={"invalid_choice": _("没有这个平台。")},
    )
    age = forms.TypedChoiceField(
        label=_("结束以后"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("超过规定的期限")),
            (0, _("全部")),
            (10, _("超过10个工作日")),
            (30, _("超过30个工作日")),
        ],
    )


class EvidenceForm(forms.Form):
    """That an effect is over somewhere, and what proves it."""

    gone_on = _day(_("确认终止的日期"), _("请填写确认终止的日期。"))
    words = forms.CharField(
        label=_("核实情况"),
        help_text=_("怎样核实的：看了哪个页面，和谁联系过，对方怎么说。"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("请写明怎样核实的。"),
            "max_length": _("写得太长，请不要超过%(limit_value)d个字。"),
        },
    )
    file = forms.FileField(
        label=_("佐证材料"),
        help_text=_("网页截图或者对方的书面答复，PDF、JPG或PNG。"),
        error_messages={"required": _("请上传佐证材料。"), "empty": _("这个文件是空的，请重新选择。")},
    )


class DecideForm(forms.Form):
    """Whether the second person agrees."""

    YES, NO = "yes", "no"

    decision = forms.ChoiceField(
        label=_("复核意见"),
        choices=[(YES, _("属实，同意作为终止的依据")), (NO, _("退回"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择复核意见。")},
    )
    answer = forms.CharField(
        label=_("说明"),
        help_text=_("退回的，必须写明理由。"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReportForm(forms.Form):
    """Where the subject has seen its record after its end."""

    place = forms.ChoiceField(label=_("网站"), error_messages={"required": _("请选择网站。")})
    website = forms.CharField(
        label=_("其他网站的名称"), help_text=_("选“其他网站”的，请填写。"), required=False, max_length=100
    )
    address = _address(label=_("网页地址"), help_text=_("从浏览器的地址栏复制。"))
    seen_on = _day(_("看到的日期"), _("请填写看到的日期。"))
    file = forms.FileField(
        label=_("网页截图"),
        help_text=_FILE_HELP,
        error_messages={"required": _("请上传网页截图。"), "empty": _("这个文件是空的，请重新选择。")},
    )
    words = forms.CharField(
        label=_("说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, websites: Iterable[Platform], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"seen_on": clock.today()})
        super().__init__(*args, **kwargs)
        self._websites = {each.code: each for each in websites}
        field: Any = self.fields["place"]
        field.choices = [
            ("", _("请选择")),
            *((code, each.name) for code, each in self._websites.items()),
            (OTHER, _("其他网站")),
        ]

    def clean(self) -> dict[str, Any]:
        """Another website has a name."""
        filled: dict[str, Any] = super().clean() or {}
        if filled.get("place") == OTHER and not filled.get("website", "").strip():
            self.add_error("website", _("请填写网站名称。"))
        return filled

    def reported(self) -> dict[str, Any]:
        """Return what was reported, as sighting_reports.report_sighting() takes it; after is_valid()."""
        filled = self.cleaned_data
        return {
            "platform": self._websites.get(filled["place"]),
            "website": filled["website"],
            "address": filled["address"],
            "seen_on": filled["seen_on"],
            "upload": filled["file"],
            "words": filled["words"],
        }


class AnswerReportForm(forms.Form):
    """What the official found who looked where the subject said."""

    YES, NO = "yes", "no"

    decision = forms.ChoiceField(
        label=_("核查结果"),
        choices=[(YES, _("确实仍在公示，登记为第三方核查")), (NO, _("没有查到，或者不是这条信息"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择核查结果。")},
    )
    platform = forms.ChoiceField(
        label=_("登记在哪个网站"),
        help_text=_("名单里没有的网站，请系统管理员先添加。"),
        required=False,
    )
    evidence = forms.FileField(label=_("您核查时的截图"), required=False, help_text=_FILE_HELP)
    note = forms.CharField(
        label=_("答复"),
        help_text=_("经营主体会看到。"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明答复，经营主体会看到。")},
    )

    def __init__(self, *args: Any, websites: Iterable[Platform], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._websites = {each.code: each for each in websites}
        field: Any = self.fields["platform"]
        field.choices = [("", _("请选择")), *((code, each.name) for code, each in self._websites.items())]

    def clean(self) -> dict[str, Any]:
        """What is confirmed stands at a website of the list."""
        filled: dict[str, Any] = super().clean() or {}
        if filled.get("decision") == self.YES and not filled.get("platform"):
            self.add_error("platform", _("请选择登记在哪个网站。"))
        return filled

    @property
    def website(self) -> Platform:
        """Where it was seen; after is_valid() with YES."""
        return self._websites[self.cleaned_data["platform"]]


class StopLetterForm(forms.Form):
    """To whom the letter goes, what page it is about, and until when an answer is asked for."""

    addressee = forms.CharField(
        label=_("主送单位"),
        help_text=_("运营这个网站的单位全称。"),
        max_length=100,
        error_messages={"required": _("请填写网站的运营单位。")},
    )
    address = _address(label=_("公示这条信息的网页地址"))
    reply_by = _day(_("答复期限"), _("请填写答复期限。"))


class SentForm(forms.Form):
    """How and when a letter went out."""

    sent_how = forms.ChoiceField(
        label=_("发出方式"),
        choices=[("", _("请选择")), *ThirdPartyLetter.Way.choices],
        error_messages={"required": _("请选择发出方式。")},
    )
    sent_on = _day(_("发出日期"), _("请填写发出日期。"))


class ReplyForm(forms.Form):
    """What came back."""

    outcome = forms.ChoiceField(
        label=_("答复结果"),
        choices=[
            ("", _("请选择")),
            *(
                each
                for each in ThirdPartyLetter.Outcome.choices
                if each[0] != ThirdPartyLetter.Outcome.NO_ANSWER
            ),
        ],
        error_messages={"required": _("请选择答复结果。")},
    )
    replied_on = _day(_("答复日期"), _("请填写答复日期。"))
    words = forms.CharField(
        label=_("答复情况"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    file = forms.FileField(label=_("对方的答复"), required=False, help_text=_("回执或者来函的扫描件。"))
