"""What an official chooses in the inbox: a part, filters, and the name under which a choice is kept."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.cases import inbox
from credit_repair.cases.candidates import Loaded
from credit_repair.cases.models import Phase, ReviewStep, SavedFilter
from credit_repair.registry.models import Office, Sector
from credit_repair.registry.personal_numbers import looks_personal

FILTERS = ("q", "phase", "office", "sector")
REASON_MAX = 300


class FilterForm(forms.Form):
    """The filters of the inbox. What cannot be right filters nothing, and the form says so."""

    q = forms.CharField(
        label=_("查找"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": _("案件编号、文号或者申请人名称"),
                "data-dk-keys-search": "",
            }
        ),
    )
    phase = forms.ChoiceField(label=_("环节"), required=False, choices=[("", _("全部")), *Phase.choices])
    office = forms.ModelChoiceField(
        Office.objects.none(),
        label=_("办理单位"),
        required=False,
        to_field_name="code",
        empty_label=_("全部"),
    )
    sector = forms.ModelChoiceField(
        Sector.objects.all(), label=_("行业领域"), required=False, to_field_name="code", empty_label=_("全部")
    )
    show = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, query: QueryDict, *, desk: inbox.Desk) -> None:
        wanted = query.get("show", "")
        self.part = wanted if wanted in inbox.PARTS else desk.first_part
        given = {name: query[name] for name in FILTERS if query.get(name, "").strip()}
        super().__init__(given | {"show": self.part} if given else None, initial={"show": self.part})
        offices: Any = self.fields["office"]
        offices.queryset = Office.objects.filter(pk__in=desk.offices).order_by("code")
        if len(desk.offices) < 2:  # nothing to choose
            del self.fields["office"]
        self._desk = desk

    def clean_q(self) -> str:
        """Nobody is sought by a personal number here: it would stand in the address."""
        text = " ".join(self.cleaned_data["q"].split())
        if looks_personal(text):
            raise forms.ValidationError(
                _("这里不能按证件号码查找，请改用案件编号或者名称。"), code="personal"
            )
        return text

    @property
    def chosen(self) -> dict[str, Any]:
        """What is asked for, by filter: as far as it is right, nothing that is empty."""
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        return {name: cleaned[name] for name in FILTERS if cleaned.get(name)}

    def narrow(self, steps: QuerySet[ReviewStep]) -> QuerySet[ReviewStep]:
        """Return those of `steps` that the filters let through."""
        chosen = self.chosen
        if text := chosen.get("q"):
            steps = steps.filter(
                Q(case__number__icontains=text)
                | Q(case__record__doc_no__icontains=text)
                | Q(case__subject__name__icontains=text)
            )
        if sector := chosen.get("sector"):
            unset = Q(case__record__sector__isnull=True, case__record__authority__sector=sector)
            steps = steps.filter(Q(case__record__sector=sector) | unset)
        return steps.filter(**{name: chosen[name] for name in ("phase", "office") if name in chosen})

    def as_query(self) -> str:
        """Return the choice as the query of an address: only what this form knows and found right."""
        found = {name: getattr(value, "code", value) for name, value in self.chosen.items()}
        if self.part != self._desk.first_part:
            found = {"show": self.part, **found}
        return urlencode(found)

    def url(self, **changed: Any) -> str:
        """Return the address of the inbox with this choice, and what is `changed` in it."""
        query = "&".join(filter(None, [self.as_query(), urlencode(changed)]))
        return reverse("office") + (f"?{query}" if query else "")


class SaveFilterForm(forms.ModelForm):
    """The name under which a choice of the inbox is kept."""

    class Meta:
        model = SavedFilter
        fields = ("name",)
        labels = {"name": _("给这次筛选起个名称")}
        error_messages = {
            "name": {"required": _("请填写名称。"), "max_length": _("名称不超过30个字。")},
        }

    def clean_name(self) -> str:
        """Blanks do not make a name another one."""
        return " ".join(self.cleaned_data["name"].split())


class WhyForm(forms.Form):
    """Why a step is given back, handed over or assigned."""

    why = forms.CharField(
        label=_("原因"),
        required=False,
        max_length=REASON_MAX,
        widget=forms.TextInput,
        error_messages={"max_length": _("原因不超过300个字。")},
    )


class PersonForm(WhyForm):
    """To whom a step goes, each with what they have in hand now, and why."""

    field_order = ("to", "why")

    def __init__(
        self, *args: Any, people: list[Loaded], nobody: Any = None, needs_reason: bool = False, **kwargs: Any
    ) -> None:
        """`nobody`: how the choice is called that gives the step back to the office, where it is offered."""
        super().__init__(*args, **kwargs)
        choices = [("", _now("请选择"))]
        choices += [
            (
                str(each.user.pk),
                _now("%(name)s（在办%(count)s件）") % {"name": each.user, "count": each.load},
            )
            for each in people
        ]
        if nobody is not None:
            choices.append((NOBODY, nobody))
        self.fields["to"] = forms.ChoiceField(
            label=_("交给谁"),
            choices=choices,
            error_messages={
                "required": _("请选择交给谁办理。"),
                "invalid_choice": _("所选的人现在不能办理，请另选一人。"),
            },
        )
        self.order_fields(self.field_order)
        self.fields["why"].required = needs_reason
        self.fields["why"].error_messages["required"] = _now("请写明原因。")
        self._people = {str(each.user.pk): each.user for each in people}

    @property
    def person(self) -> Any:
        """Who was chosen, one of those who were offered; None for nobody."""
        return self._people.get(self.cleaned_data["to"])


NOBODY = "nobody"
