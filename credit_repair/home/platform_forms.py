"""Forms about what platforms show."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit_repair.core import clock
from credit_repair.registry.models import Platform


class SettleForm(forms.Form):
    """What was done about a difference."""

    SEND, NOTE = "send", "note"

    decision = forms.ChoiceField(
        label=_("怎样处理"),
        choices=[(SEND, _("再发一次消息")), (NOTE, _("已经另行处理，只作记录"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择怎样处理。")},
    )
    note = forms.CharField(
        label=_("处理说明"),
        help_text=_("和谁联系过，平台怎么答复，为什么这样处理。"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明核实和处理的情况。")},
    )

    def __init__(self, *args: Any, may_send: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_send:
            del self.fields["decision"]

    @property
    def sends(self) -> bool:
        """Whether a message is to go out; after is_valid()."""
        return bool(self.cleaned_data.get("decision") == self.SEND)


class _MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class SightingForm(forms.Form):
    """What a person saw of a record on a website that is not ours."""

    platform = forms.ChoiceField(label=_("网站"), error_messages={"required": _("请选择网站。")})
    shown = forms.ChoiceField(
        label=_("看到的情况"),
        choices=[("no", _("已经看不到这条信息")), ("yes", _("仍在公示"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择看到的情况。")},
    )
    seen_at = forms.DateTimeField(
        label=_("核查时间"), widget=_MomentInput(), error_messages={"required": _("请填写核查时间。")}
    )
    address = forms.URLField(
        label=_("网页地址"),
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={"invalid": _("请填写完整的网页地址，例如https://www.example.com/。")},
    )
    evidence = forms.FileField(
        label=_("截图或者网页存档"),
        required=False,
        help_text=_("PDF、JPG或PNG。没有文件的，要在说明里写明怎样核查的。"),
    )
    note = forms.CharField(
        label=_("说明"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self, *args: Any, platforms: Iterable[Platform], next_one: Platform | None = None, **kwargs: Any
    ) -> None:
        """`next_one`: the website on which somebody should look next."""
        kwargs.setdefault("initial", {"seen_at": clock.now(), "platform": next_one and next_one.pk})
        super().__init__(*args, **kwargs)
        self._platforms = {str(each.pk): each for each in platforms}
        field: Any = self.fields["platform"]
        field.choices = [(key, each.name) for key, each in self._platforms.items()]

    def seen(self) -> dict[str, Any]:
        """Return what was seen, as sightings.record_sighting() takes it; after is_valid()."""
        filled = self.cleaned_data
        return {
            "platform": self._platforms[filled["platform"]],
            "shown": filled["shown"] == "yes",
            "seen_at": filled["seen_at"],
            "address": filled["address"],
            "evidence": filled["evidence"] or None,
            "note": filled["note"],
        }
