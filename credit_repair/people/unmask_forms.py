"""Why somebody wants to see an identity number in clear, and what the page shows of it."""

from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.core.wording import stated
from credit_repair.people.masking import has_numbers, masked_number
from credit_repair.people.services.unmasking import SHORTEST_REASON, unmasked_until
from credit_repair.registry.models import Subject

OTHER = "other"
REASONS = {
    "identity": _("核对申请人或者经办人的身份"),
    "data": _("核对来源单位报送的数据"),
    "paper": _("制作或者核对文书"),
    "answer": _("答复查询、异议或者投诉"),
}


class UnmaskForm(forms.Form):
    """A usual reason, own words, or both."""

    why = forms.ChoiceField(
        label=_("查看理由"),
        choices=[("", _("请选择")), *REASONS.items(), (OTHER, _("其他，请写明"))],
        error_messages={"required": _("请选择查看的理由。"), "invalid_choice": _("请从列出的理由里选一项。")},
    )
    words = forms.CharField(
        label=_("具体情况"),
        required=False,
        max_length=150,
        help_text=_("理由和查看的时间会记入审计日志。请不要写证件号码。"),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for words where no usual reason fits."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("why") == OTHER and len("".join(data.get("words", "").split())) < SHORTEST_REASON:
            self.add_error("words", _now("请写明查看的理由，至少%d个字。") % SHORTEST_REASON)
        return data

    @property
    def reason(self) -> str:
        """Return the whole reason, of a form that is valid."""
        words: str = self.cleaned_data["words"].strip()
        if self.cleaned_data["why"] == OTHER:
            return words
        usual = str(REASONS[self.cleaned_data["why"]])
        return stated(usual, words) if words else usual


def numbers_shown(subject: Subject, *, user: Any) -> tuple[list[tuple[str, str]], datetime | None]:
    """Return the subject's identity numbers as `user` sees them on a page now, with what they are, and until
    when they are in clear."""
    until = unmasked_until(user=user, subject=subject) if has_numbers(subject) else None

    def show(number: str) -> str:
        if until is None:
            return masked_number(number)
        time = timezone.localtime(until).strftime("%H:%M")
        return _now("%(number)s（完整号码显示至%(time)s）") % {"number": number, "time": time}

    rows = [(subject.get_id_type_display(), subject.code or show(subject.personal_number))]
    if subject.representative_number:
        rows.append((_now("法定代表人证件号码"), show(subject.representative_number)))
    return rows, until


def unmask_part(
    subject: Subject, *, allowed: bool, until: datetime | None, back: str
) -> dict[str, Any] | None:
    """Return what the page needs to offer an unmasking; None where there is nothing to show or no leave."""
    if not allowed or until is not None or not has_numbers(subject):
        return None
    return {
        "form": UnmaskForm(prefix="unmask"),
        "url": reverse("office_unmask", args=[subject.uuid]),
        "back": back,
    }


__all__ = ["UnmaskForm", "numbers_shown", "unmask_part"]
