"""What the system administrator fills in about a channel 通道设置."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.platforms.channel_settings import BadCertificate, certificate_facts, check_authority
from credit_repair.platforms.models import Channel
from credit_repair.registry.models import Platform

#: A certificate with its key and its chain is a few kilobytes.
MAX_PEM_BYTES = 64 * 1024
MOST_WINDOWS = 8
WEEKDAYS = [
    (1, _("周一")),
    (2, _("周二")),
    (3, _("周三")),
    (4, _("周四")),
    (5, _("周五")),
    (6, _("周六")),
    (7, _("周日")),
]
_NUMBER = {"required": _("请填写数字。"), "invalid": _("请填写数字。")}


def _whole(label: Any, hint: Any, *, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        min_value=least,
        max_value=most,
        error_messages={
            **_NUMBER,
            "invalid": _("请填写整数。"),
            "min_value": _("最小是%(limit_value)s。"),
            "max_value": _("最大是%(limit_value)s。"),
        },
    )


def _seconds(label: Any, hint: Any) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        help_text=hint,
        min_value=0.1,
        max_value=120,
        error_messages={
            **_NUMBER,
            "min_value": _("最少%(limit_value)s秒。"),
            "max_value": _("最多%(limit_value)s秒。"),
        },
    )


class ChannelForm(forms.Form):
    """How a platform is talked to; everything has a default that fits most platforms."""

    per_minute = _whole(
        _("每分钟最多发送条数"),
        _("平台说明了限制才填；0表示不限。"),
        least=0,
        most=100_000,
    )
    parallel = _whole(
        _("同时发送条数"),
        _("同时向这个平台发几条。同一条记录的消息始终逐条按顺序发送。"),
        least=1,
        most=32,
    )
    connect_seconds = _seconds(_("连接时限（秒）"), _("连不上平台时等多久。"))
    answer_seconds = _seconds(_("应答时限（秒）"), _("连上以后等多久没有应答就算失败，消息稍后重发。"))
    breaker_failures = _whole(
        _("连续失败几次后暂停"), _("平台不正常时不再逐条去试，免得雪上加霜。"), least=1, most=1000
    )
    breaker_seconds = _whole(
        _("暂停时长（秒）"), _("暂停这么久以后先试一条，成功就恢复发送。"), least=1, most=86_400
    )
    receipts = forms.ChoiceField(
        label=_("回执方式"),
        help_text=_("当场回执：应答里就有回执。平台回调：平台以后通知本系统。定时查询：本系统定时去问。"),
        choices=Channel.Receipts.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择一项。")},
    )
    receipt_hours = _whole(
        _("多少小时没有回执就重发"),
        _("用于平台回调。重发的是同一条消息，平台不会重复处理。"),
        least=1,
        most=720,
    )
    poll_minutes = _whole(_("每隔多少分钟查询回执"), _("用于定时查询。"), least=1, most=1440)
    age_limit_minutes = _whole(
        _("消息超过多少分钟未办结就报警"),
        _("1440分钟是一天。超过以后给数据专员和系统管理员发一封邮件。"),
        least=1,
        most=43_200,
    )
    folder = forms.CharField(
        label=_("文件交换目录"),
        help_text=_("只用于前置机文件交换：EXCHANGE_ROOT下的目录名，每个平台一个。"),
        max_length=200,
        required=False,
        error_messages={"max_length": _("目录名太长，请不要超过%(limit_value)d个字。")},
    )
    batch_size = _whole(_("每个文件最多条数"), _("只用于前置机文件交换。"), least=1, most=100_000)
    server_authority = forms.CharField(
        label=_("平台的根证书（PEM）"),
        help_text=_("平台的证书不是公认机构签发的才填。只信任这里的证书，不会放宽核验。"),
        required=False,
        max_length=MAX_PEM_BYTES,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    certificate = forms.FileField(
        label=_("上传客户端证书和私钥"),
        help_text=_(
            "平台要求双向认证的才需要。一个PEM文件，先证书后私钥，私钥不带密码；加密保存，以后不再显示。"
        ),
        required=False,
        error_messages={"empty": _("这个文件是空的。")},
    )
    remove_certificate = forms.BooleanField(
        label=_("删除现有的客户端证书"), required=False, help_text=_("删除后，要求双向认证的平台会拒绝连接。")
    )

    def __init__(self, *args: Any, has_certificate: bool, platform: Platform, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_certificate:
            del self.fields["remove_certificate"]
        if platform.transport != Platform.Transport.FILES:
            for name in ("folder", "batch_size"):
                del self.fields[name]

    def clean_server_authority(self) -> str:
        """Refuse what holds no certificate."""
        text: str = self.cleaned_data["server_authority"].strip()
        if text:
            try:
                check_authority(text)
            except BadCertificate as bad:
                raise forms.ValidationError(str(bad)) from None
        return text

    def clean_certificate(self) -> str | None:
        """Return the PEM text of the pair; None where none was uploaded."""
        file = self.cleaned_data["certificate"]
        if not file:
            return None
        if file.size > MAX_PEM_BYTES:
            raise forms.ValidationError(_now("这个文件太大，不像是证书。"))
        try:
            text: str = file.read().decode("ascii")
            certificate_facts(text)
        except UnicodeDecodeError:
            raise forms.ValidationError(_now("这不是PEM格式的文件。")) from None
        except BadCertificate as bad:
            raise forms.ValidationError(str(bad)) from None
        return text

    @property
    def certificate_change(self) -> str | None:
        """Return what becomes of the certificate: new text, "" to remove it, None to leave it."""
        uploaded: str | None = self.cleaned_data["certificate"]
        if uploaded is None and self.cleaned_data.get("remove_certificate"):
            return ""
        return uploaded


class WindowForm(forms.Form):
    """When a platform is down for maintenance 维护时段: on which days, from when until when."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("星期"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    begins = forms.TimeField(
        label=_("开始"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("请填写时间，如01:00。")},
    )
    ends = forms.TimeField(
        label=_("结束"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("请填写时间，如05:00。")},
    )

    def clean(self) -> dict[str, Any]:
        """Ask for all three, or none: an empty row is no window."""
        data = super().clean() or self.cleaned_data
        given = [data.get("weekdays"), data.get("begins"), data.get("ends")]
        if self.errors or not any(value not in (None, []) for value in given):
            return data
        if not data.get("weekdays"):
            self.add_error("weekdays", _now("请勾选星期几。"))
        for name in ("begins", "ends"):
            if data.get(name) is None:
                self.add_error(name, _now("请填写时间。"))
        if data.get("begins") is not None and data.get("begins") == data.get("ends"):
            self.add_error("ends", _now("结束时间不能和开始时间相同。"))
        return data

    @property
    def window(self) -> dict[str, Any] | None:
        """Return the window as the channel keeps it; None for an empty row."""
        data = self.cleaned_data
        if not data.get("weekdays"):
            return None
        return {
            "weekdays": sorted(data["weekdays"]),
            "from": f"{data['begins']:%H:%M}",
            "to": f"{data['ends']:%H:%M}",
        }


WindowFormSet = forms.formset_factory(WindowForm, extra=1, max_num=MOST_WINDOWS, validate_max=True)


def window_rows(windows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the windows of a channel as the rows of the form begin."""
    return [
        {"weekdays": window.get("weekdays", []), "begins": window.get("from"), "ends": window.get("to")}
        for window in windows
    ]
