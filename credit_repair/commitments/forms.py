"""What people fill in about commitments."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.enquiry_forms import FilesField
from credit_repair.cases.on_paper import sentences
from credit_repair.commitments.models import CommitmentCheck, CommitmentList
from credit_repair.commitments.models.lists import Kind, Unit
from credit_repair.commitments.selectors import lists_offered
from credit_repair.commitments.services import Found, ListSaid
from credit_repair.commitments.services.making import LONGEST_ITEM, MOST_ITEMS
from credit_repair.core.wording import stated
from credit_repair.notices.ink_forms import SignatureForm
from credit_repair.registry.models import Office, Subject

Finding = CommitmentCheck.Finding


class DayField(forms.DateField):
    """A day, from the browser's calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _lines(**kwargs: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 5}), **kwargs)


class SearchForm(forms.Form):
    """Which published commitments: of whom, of which type."""

    q = forms.CharField(
        label=_("单位名称或者统一社会信用代码"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("类型"), required=False, choices=[("", _("全部")), *Kind.choices])


class DeclareForm(SignatureForm):
    """A declaration in the subject's own words, signed on the screen."""

    title = forms.CharField(
        label=_("承诺名称"),
        help_text=_("例如：诚信经营承诺。"),
        max_length=60,
        error_messages={"required": _("请填写承诺名称。")},
    )
    items = _lines(
        label=_("承诺事项"),
        help_text=_("一行一项，任何人都可以看到，不要写身份证号、个人手机号。"),
        max_length=MOST_ITEMS * (LONGEST_ITEM + 2),
        error_messages={"required": _("请写明承诺事项，一行一项。")},
    )
    valid_until = DayField(label=_("有效期至"), help_text=_("不设期限的，请留空。"), required=False)
    field_order = ("title", "items", "valid_until", "name", "agreed", "strokes")


class AnswerForm(forms.Form):
    """What the subject says to a finding that it broke its word."""

    text = _lines(
        label=_("陈述和申辩"),
        max_length=2000,
        error_messages={"required": _("请写明陈述和申辩。")},
    )
    upload = forms.FileField(label=_("材料"), help_text=_("PDF、JPG或PNG。"), required=False)


class AcceptForm(forms.Form):
    """From when a declaration is checked."""

    check_from = DayField(label=_("从哪一天起核查"), help_text=_("不安排核查的，请留空。"), required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("原因"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明原因。")},
    )


class OpenForm(forms.Form):
    """Nothing is asked."""


class FindForm(forms.Form):
    """What a check found."""

    finding = forms.ChoiceField(
        label=_("核查结果"),
        choices=[(each.value, each.label) for each in (Finding.KEPT, Finding.PARTLY, Finding.BROKEN)],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择核查结果。")},
    )
    text = _lines(
        label=_("核查情况"),
        help_text=_("看了什么、查到什么，一行一段。承诺人可以看到；认定违背的，写入告知书。"),
        max_length=4000,
        error_messages={"required": _("请写明核查情况。")},
    )
    reasons = forms.CharField(
        label=_("违背承诺的理由"),
        help_text=_("拟认定违背承诺的填写，一行一条。"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    check_again = DayField(label=_("下一次核查日期"), help_text=_("部分履行的填写。"), required=False)
    papers = FilesField(label=_("佐证材料"), help_text=_("最多三个，PDF、JPG或PNG。"), required=False)

    def found(self) -> Found:
        """Return what was entered; after is_valid()."""
        said: dict[str, Any] = {key: value for key, value in self.cleaned_data.items() if key != "papers"}
        return Found(**said)


class ConfirmForm(forms.Form):
    """What is held of the subject's answer."""

    reply = forms.CharField(
        label=_("对申辩的意见"),
        help_text=_("承诺人已经申辩的必须填写，写入告知书。"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PaperForm(forms.Form):
    """A commitment that was signed on paper."""

    code = forms.CharField(
        label=_("承诺人的统一社会信用代码"),
        max_length=18,
        error_messages={"required": _("请填写统一社会信用代码。")},
    )
    row = forms.ModelChoiceField(
        label=_("承诺事项清单"),
        queryset=CommitmentList.objects.none(),
        to_field_name="uuid",
        empty_label=None,
        error_messages={"required": _("请选择清单。"), "invalid_choice": _("没有这份清单，或者已经停用。")},
    )
    made_on = DayField(label=_("签署日期"), error_messages={"required": _("请填写签署日期。")})
    signer_name = forms.CharField(
        label=_("签署人"), max_length=50, error_messages={"required": _("请填写签署人。")}
    )
    scan = forms.FileField(
        label=_("承诺书扫描件"),
        help_text=_("签字盖章的全文，PDF、JPG或PNG。"),
        error_messages={"required": _("请上传承诺书的扫描件。")},
    )

    def __init__(self, *args: Any, offices: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = lists_offered().filter(office__in=offices)
        self.fields["row"].queryset = rows  # type: ignore[attr-defined]
        self.fields["row"].label_from_instance = _named  # type: ignore[attr-defined]
        self.subject: Subject | None = None

    def clean_code(self) -> str:
        """Find the subject by its whole code."""
        code = str(self.cleaned_data["code"]).strip().upper()
        self.subject = Subject.objects.filter(code=code).first()
        if self.subject is None:
            raise forms.ValidationError(_("没有登记过这个统一社会信用代码。请核对代码。"))
        return code


def _named(row: CommitmentList) -> str:
    return stated(row.office, row.title)


class ListForm(forms.Form):
    """What an item list says."""

    title = forms.CharField(label=_("名称"), max_length=60, error_messages={"required": _("请填写名称。")})
    items = _lines(
        label=_("承诺事项"),
        help_text=_("一行一项。"),
        max_length=4000,
        error_messages={"required": _("请写明承诺事项，一行一项。")},
    )
    legal_basis = forms.CharField(
        label=_("依据"),
        help_text=_("文件名称，例如《道路货物运输及站场管理规定》。"),
        max_length=200,
        error_messages={"required": _("请填写依据。")},
    )
    who = forms.CharField(label=_("适用对象"), max_length=200, required=False)
    validity_months = forms.IntegerField(
        label=_("有效期（月）"),
        help_text=_("不设期限的，请留空。"),
        required=False,
        min_value=1,
        max_value=120,
    )
    check_after = forms.IntegerField(
        label=_("多久以后核查"),
        help_text=_("不安排核查的，请留空。"),
        required=False,
        min_value=1,
        max_value=120,
    )
    check_unit = forms.ChoiceField(label=_("核查时间单位"), choices=Unit.choices, initial=Unit.MONTHS)
    published = forms.BooleanField(label=_("依法向社会公开"), required=False)
    published_basis = forms.CharField(
        label=_("公开的依据"), help_text=_("依法公开的填写。"), max_length=200, required=False
    )
    active = forms.BooleanField(label=_("启用"), required=False, initial=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def said(self) -> ListSaid:
        """Return what was entered; after is_valid()."""
        fields: dict[str, Any] = {
            name: value for name, value in self.cleaned_data.items() if name in ListSaid.__dataclass_fields__
        }
        return ListSaid(**{**fields, "items": sentences(fields["items"])})


class NewListForm(ListForm):
    """The same with whose it is and of which type."""

    office = forms.ModelChoiceField(
        label=_("单位"), queryset=Office.objects.none(), to_field_name="code", empty_label=None
    )
    kind = forms.ChoiceField(
        label=_("类型"), choices=[(each.value, each.label) for each in CommitmentList.KINDS]
    )
    field_order = ("office", "kind")

    def __init__(self, *args: Any, offices: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Office.objects.filter(pk__in=offices).order_by("code")
        self.fields["office"].queryset = found  # type: ignore[attr-defined]


def initial_of(row: CommitmentList) -> dict[str, Any]:
    """Return what the form shows of an item list."""
    names = ("title", "legal_basis", "who", "validity_months", "check_after", "check_unit", "published")
    shown = {name: getattr(row, name) for name in (*names, "published_basis", "active", "version")}
    return {**shown, "items": "\n".join(row.items)}
