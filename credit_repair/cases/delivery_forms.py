"""How a document was served 送达, or why it was not."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit_repair.notices.announcing import MOST_CHARACTERS
from credit_repair.notices.delivering import Handed, missing_words, words_of
from credit_repair.notices.models import Delivery

Way = Delivery.Way


class _DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class EnterForm(forms.Form):
    """How it was handed over in one way, with the scan of what was signed: only what belongs to that way."""

    day = forms.DateField(
        label=_("签收日期"),
        help_text=_("送达回证或者邮件回执上的签收日期，从这一天起算送达。"),
        widget=_DayInput(),
        error_messages={"required": _("请填写签收日期。")},
    )
    entrusted_to = forms.CharField(
        label=_("受委托送达的单位"), help_text=_("例如当地的信用办、市场监督管理所。"), max_length=100
    )
    received_by = forms.CharField(label=_("签收人"), max_length=100)
    relation = forms.CharField(
        label=_("与受送达人的关系"), help_text=_("例如本人、法定代表人、办公室主任。"), max_length=50
    )
    refusal = forms.CharField(
        label=_("拒收的情况"),
        help_text=_("谁在场、为什么不签收，文书留在哪里。送达回证照此打印。"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    place = forms.CharField(label=_("送达地点"), max_length=200)
    witness = forms.CharField(label=_("见证人姓名"), max_length=50)
    witness_of = forms.CharField(
        label=_("见证人的单位或者身份"),
        help_text=_("例如社区居民委员会、受送达人所在单位。"),
        max_length=100,
    )
    other_witness = forms.CharField(label=_("第二见证人姓名"), max_length=50)
    other_witness_of = forms.CharField(label=_("第二见证人的单位或者身份"), max_length=100)
    servers = forms.CharField(label=_("送达人"), help_text=_("有两个人的，都写上。"), max_length=100)
    remark = forms.CharField(label=_("备注"), max_length=200)
    scan = forms.FileField(
        label=_("送达凭证的扫描件"),
        help_text=_("签了字的送达回证，或者邮件签收凭证，PDF、JPG或PNG。"),
        error_messages={"required": _("请上传送达回证或者邮寄签收凭证的扫描件。")},
    )

    def __init__(self, *args: Any, way: str, **kwargs: Any) -> None:
        """`way`: one of delivering.ON_PAPER; its fields stay, what it needs is required."""
        super().__init__(*args, **kwargs)
        self.way = way
        needed = missing_words()[way]
        for name in [name for name in self.fields if name not in ("day", "scan")]:
            if name not in words_of(way):
                del self.fields[name]
                continue
            self.fields[name].required = name in needed
            self.fields[name].error_messages["required"] = needed.get(name, "")
        _said_for(self, way)

    def handed(self) -> Handed:
        """Return what was entered; after is_valid()."""
        said: dict[str, Any] = {key: value for key, value in self.cleaned_data.items() if key != "scan"}
        return Handed(way=self.way, **said)


def _said_for(form: EnterForm, way: str) -> None:
    """Say what a field is in this way."""
    if way == Way.LEFT:
        form.fields["day"].label = _("留置日期")
        form.fields["day"].help_text = _("送达回证上记的日期，从这一天起算送达。")
        form.fields["day"].error_messages["required"] = _("请填写留置日期。")
        form.fields["place"].label = _("留置地点")
        form.fields["scan"].help_text = _("送达人、见证人签了字的送达回证，PDF、JPG或PNG。")
    if way == Way.POST:
        form.fields["remark"].label = _("邮件单号")


class FailForm(forms.Form):
    """Refused, or not to be found."""

    failure = forms.ChoiceField(
        label=_("没有送达的情形"),
        choices=Delivery.Failure.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择没有送达的情形。")},
    )
    day = forms.DateField(
        label=_("日期"),
        help_text=_("拒收或者退回的日期。"),
        widget=_DayInput(),
        error_messages={"required": _("请填写日期。")},
    )
    why = forms.CharField(
        label=_("原因"),
        help_text=_("送到哪里、找过谁、为什么没有送到。请不要写身份证号等个人信息。"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明没有送达的原因。")},
    )


class AnnounceForm(forms.Form):
    """What it says, and where else it is published; it begins on the day on which it is sent."""

    text = forms.CharField(
        label=_("公告内容"),
        help_text=_("本网站的“公告送达”页面照此公布，任何人都可以看到。除姓名外不要写个人信息。"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 7, "lang": "zh-Hans"}),
        error_messages={
            "required": _("请填写公告内容。"),
            "max_length": _("公告内容不超过1000个字。"),
        },
    )
    place = forms.CharField(
        label=_("还在哪里公告"),
        help_text=_("本网站以外的地方，例如本单位公告栏、报纸。"),
        max_length=200,
        error_messages={"required": _("请填写在哪里公告。")},
    )
