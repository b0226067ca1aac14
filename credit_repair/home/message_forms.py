"""What people fill in on the pages over messages to platforms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit_repair.platforms.models import Message
from credit_repair.registry.models import Platform

QUEUE, NEWEST = "", "newest"


class QueueForm(forms.Form):
    """Which messages of one platform: by state, action, and whom or what they are about."""

    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[(QUEUE, _("全部未办结")), (NEWEST, _("全部（从最新起）")), *Message.State.choices],
    )
    action = forms.ChoiceField(
        label=_("消息"), required=False, choices=[("", _("全部")), *Message.Action.choices]
    )
    q = forms.CharField(
        label=_("文号、名称、代码或消息编号"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"max_length": _("查找的文字太长，请不要超过%(limit_value)d个字。")},
    )


class PersonsListForm(forms.Form):
    """Which messages of the person's list: of one platform, or only those that failed for good."""

    platform = forms.ModelChoiceField(
        label=_("平台"),
        required=False,
        queryset=Platform.objects.none(),
        to_field_name="code",
        empty_label=_("全部"),
        error_messages={"invalid_choice": _("没有这个平台。")},
    )
    what = forms.ChoiceField(
        label=_("范围"),
        required=False,
        choices=[("", _("失败的和多次没有成功的")), ("failed", _("只看失败的"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent_to = Platform.objects.exclude(transport=Platform.Transport.BY_HAND).order_by("code")
        self.fields["platform"].queryset = sent_to  # type: ignore[attr-defined]


class GiveUpForm(forms.Form):
    """Why a message is given up."""

    reason = forms.CharField(
        label=_("放弃的理由"),
        help_text=_("写明依据，例如平台已用其他方式撤下。理由记入审计日志。"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("请写明放弃这条消息的理由。"),
            "max_length": _("理由太长，请不要超过%(limit_value)d个字。"),
        },
    )
