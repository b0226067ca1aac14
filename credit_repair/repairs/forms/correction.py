"""What is written in a correction 补正: the official's notice of every gap, the applicant's words on one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Mends, ReasonCode
from credit_repair.cases.selectors import active_reasons
from credit_repair.core.languages import in_site_language
from credit_repair.core.wording import stated
from credit_repair.repairs.models import KIND
from credit_repair.repairs.presenters.gaps import PARTS
from credit_repair.repairs.services.corrections import MOST_WORDS

#: How many gaps of their own an official can write in one notice.
MOST_LINES = 20
#: What one cell of a gap may hold; with the usual words before it, it still fits its column.
_LONGEST = 500


class UsualGapForm(forms.Form):
    """One usual gap: ticked or not, with what is particular here, and what to do."""

    chosen = forms.BooleanField(required=False)
    text = forms.CharField(
        label=_("具体情况"),
        help_text=_("例如哪一份材料、哪一页、缺哪一项。"),
        required=False,
        max_length=_LONGEST,
    )
    advice = forms.CharField(label=_("请申请人怎样做"), required=False, max_length=_LONGEST)

    def __init__(self, data: Mapping[str, Any] | None, *, prefix: str, reason: ReasonCode) -> None:
        super().__init__(data, prefix=prefix, initial={"advice": reason.advice})
        self.reason = reason
        self.fields["chosen"].label = reason.text

    @property
    def is_open(self) -> bool:
        """Whether it is ticked, as the person left it."""
        return bool(self["chosen"].value())

    @property
    def part(self) -> str:
        """Which part it mends, in words."""
        return str(dict(PARTS)[self.reason.mends])

    def item(self) -> dict[str, str] | None:
        """Return the gap for the notice, None where it is not ticked."""
        data = self.cleaned_data
        if not data["chosen"]:
            return None
        text = self.reason.text
        return {
            "code": self.reason.code,
            "text": stated(text, data["text"]) if data["text"] else text,
            "advice": data["advice"],
            "mends": self.reason.mends,
        }


class OwnGapForm(forms.Form):
    """One gap in the official's own words."""

    text = forms.CharField(
        label=_("缺什么、哪里不对"),
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    advice = forms.CharField(label=_("请申请人怎样做"), required=False, max_length=_LONGEST)
    mends = forms.ChoiceField(
        label=_("要补正哪一部分"),
        help_text=_("申请人只能改这一部分。"),
        choices=PARTS,
        required=False,
        initial=Mends.PROOF.value,
    )

    def clean(self) -> dict[str, Any]:
        """What to do belongs to something that is missing."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["text"] = " ".join(data.get("text", "").split())
        if data.get("advice") and not data["text"] and "text" not in self.errors:
            self.add_error("text", _("请写明缺什么，或者哪里不对。"))
        return data

    def item(self) -> dict[str, str] | None:
        """Return the gap for the notice, None where nothing was written."""
        data = self.cleaned_data
        if not data["text"]:
            return None
        return {"code": "", "text": data["text"], "advice": data["advice"], "mends": data["mends"]}


class NoticeForm(forms.Form):
    """How many own lines the page has; what is wrong with the notice as a whole is said here."""

    lines = forms.IntegerField(widget=forms.HiddenInput, initial=1, min_value=1, max_value=MOST_LINES)


class CorrectionNotice:
    """The whole notice: usual gaps, own lines, and every gap at once. `begun`: own lines to go on with."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, more: bool = False, begun: Sequence[str] = ()
    ) -> None:
        self.usual = [
            UsualGapForm(data, prefix=f"usual-{reason.code}", reason=reason)
            for reason in active_reasons(kind=KIND, use=ReasonCode.Use.CORRECTION)
        ]
        lines = min(max(_lines(data) + more, len(begun)), MOST_LINES)
        # A browser that goes back sends the count it was shown.
        self.own = [OwnGapForm(data, prefix=f"own-{number}") for number in range(lines)]
        for form, text in zip(self.own, begun, strict=False):
            form.initial["text"] = text
        self.whole = NoticeForm(
            {**data, "lines": lines} if data is not None else None, initial={"lines": lines}
        )

    @property
    def forms(self) -> list[forms.Form]:
        """Every form, for the error summary."""
        return [self.whole, *self.usual, *self.own]

    @property
    def has_room(self) -> bool:
        """Whether another own line can be added."""
        return len(self.own) < MOST_LINES

    def is_valid(self) -> bool:
        """Whether every gap is whole; that there is one, the machine asks."""
        return all(form.is_valid() for form in self.forms)

    def refuse(self, refused: Exception) -> None:
        """Say why the notice cannot go out; that nothing is listed is said where a gap can be written."""
        if getattr(refused, "code", "") == "missing_items":
            self.own[0].add_error("text", str(refused))
        else:
            self.whole.add_error(None, str(refused))

    def items(self) -> list[dict[str, str]]:
        """Return the gaps in the order in which the applicant reads them; the notice is Chinese."""
        with in_site_language():
            found = [form.item() for form in self.usual] + [form.item() for form in self.own]
        return [item for item in found if item is not None]


def _lines(data: Mapping[str, Any] | None) -> int:
    text = str(data.get("lines", "")) if data is not None else ""
    return max(int(text), 1) if text.isdecimal() and len(text) < 4 else 1


class AnswerForm(forms.Form):
    """The applicant's words on one gap."""

    words = forms.CharField(
        label=_("补正说明"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明补正的内容。")},
    )
