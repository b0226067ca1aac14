"""What officials fill in about who is away and who stands in."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.people.errors import AbsenceRefused
from credit_repair.people.models import Absence, Membership, Substitution, User
from credit_repair.people.services.substitutions import StandIn, candidates
from credit_repair.people.substitute_words import named_with_posts, only_one_left


def _day(label: Any, required: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": required, "invalid": _("请填写日期，如2026-12-01。")},
        **options,
    )


def _scope() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("代办范围"),
        choices=Substitution.Scope.choices,
        initial=Substitution.Scope.ALL,
        error_messages={"required": _("请选择代办的范围。")},
    )


class _Refusable(forms.Form):
    """A form at whose fields a service's words can stand."""

    def refuse(self, refused: AbsenceRefused) -> None:
        """Put the words where they belong, else on top."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.words)


class AbsenceForm(_Refusable):
    """From when to when somebody is away, what becomes of the work in hand, and who does it.

    For each membership a substitute can be chosen; the service says where one is needed.
    """

    since = _day(_("从哪一天起"), _("请填写从哪一天起。"))
    until = _day(_("到哪一天为止"), _("请填写到哪一天为止。"), help_text=_("这一天也在内，一次最多90天。"))
    handover = forms.ChoiceField(
        label=_("在办事项怎样处理"),
        choices=Absence.Handover.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择在办事项怎样处理。")},
    )
    note = forms.CharField(
        label=_("交接说明"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如哪些案件要特别留意。代办人和督办人员会收到。请不要写当事人的证件号码。"),
    )

    def __init__(
        self,
        *args: Any,
        memberships: Sequence[Membership],
        offered: Mapping[int, Sequence[tuple[str, str]]],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.memberships = memberships
        for name in ("since", "until"):
            self.fields[name].widget.attrs["min"] = today.isoformat()
        for row in memberships:
            place = {"office": row.office, "role": row.get_role_display()}
            self.fields[f"substitute_{row.uuid}"] = forms.ChoiceField(
                label=_now("代办人：%(office)s · %(role)s") % place,
                required=False,
                choices=[("", _now("不安排代办")), *offered[row.pk]],
                help_text=_warning(row, offered[row.pk], today),
                error_messages={"invalid_choice": _("请从列出的同事里选一位。")},
            )
            self.fields[f"scope_{row.uuid}"] = _scope()

    @property
    def stand_ins(self) -> list[StandIn]:
        """Return who was chosen, of a form that is valid."""
        found = []
        for row in self.memberships:
            key = self.cleaned_data[f"substitute_{row.uuid}"]
            if key:
                found.append(StandIn(row, User.objects.get(pk=key), self.cleaned_data[f"scope_{row.uuid}"]))
        return found


class SubstitutionForm(_Refusable):
    """Who stands in for a member who is not away, in which role, how long, and why."""

    membership = forms.ChoiceField(
        label=_("哪一个角色"), error_messages={"required": _("请选择由他人代办的角色。")}
    )
    substitute = forms.ChoiceField(
        label=_("代办人"),
        error_messages={
            "required": _("请选择代办人。"),
            "invalid_choice": _("请从列出的同事里选一位。"),
        },
    )
    scope = _scope()
    since = _day(_("从哪一天起"), _("请填写从哪一天起。"))
    until = _day(_("到哪一天为止"), _("请填写到哪一天为止。"), help_text=_("这一天也在内，一次最多90天。"))
    reason = forms.CharField(
        label=_("事由"),
        max_length=200,
        help_text=_("例如“外出培训”“集中办理专项工作”。"),
        error_messages={"required": _("请写明由他人代办的事由。")},
    )

    def __init__(
        self,
        *args: Any,
        memberships: Sequence[Membership],
        offered: Mapping[int, Sequence[tuple[str, str]]],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._by_uuid = {str(row.uuid): row for row in memberships}
        for name in ("since", "until"):
            self.fields[name].widget.attrs["min"] = today.isoformat()
        roles = cast(forms.ChoiceField, self.fields["membership"])
        roles.choices = [
            (
                str(row.uuid),
                _now("%(office)s · %(role)s") % {"office": row.office, "role": row.get_role_display()},
            )
            for row in memberships
        ]
        people = cast(forms.ChoiceField, self.fields["substitute"])
        everybody = dict(choice for row in memberships for choice in offered[row.pk])
        people.choices = [("", _now("请选择")), *everybody.items()]
        warnings = (_warning(row, offered[row.pk], today) for row in memberships)
        people.help_text = "".join(dict.fromkeys(warnings))

    @property
    def chosen(self) -> dict[str, Any]:
        """Return what the service takes, of a form that is valid."""
        given = {name: self.cleaned_data[name] for name in ("scope", "since", "until", "reason")}
        return {
            **given,
            "membership": self._by_uuid[self.cleaned_data["membership"]],
            "substitute": User.objects.get(pk=self.cleaned_data["substitute"]),
        }


class ChangeEndForm(_Refusable):
    """Until when somebody is away instead."""

    until = _day(
        _("改到哪一天为止"),
        _("请填写改到哪一天为止。"),
        help_text=_("这一天也在内。与这次离岗一同安排的代办跟着改。"),
    )


class BackForm(_Refusable):
    """From which day on it counts no longer."""

    on = _day(_("从哪一天起"), _("请填写从哪一天起。"))


def offered_for(
    memberships: Sequence[Membership], *, actor: Any, today: date
) -> dict[int, list[tuple[str, str]]]:
    """Return whom to choose a substitute from for each membership: names with what they are, to tell them
    apart."""
    # The list of who may stand in for several offices is one: there no office is one's own.
    home = memberships[0].office if len({row.office_id for row in memberships}) == 1 else None
    return {
        row.pk: named_with_posts(candidates(membership=row, actor=actor, on=today), home=home, on=today)
        for row in memberships
    }


def _warning(row: Membership, offered: Sequence[tuple[str, str]], on: date) -> str:
    """Return words of warning beside a choice in which somebody is who alone does the other part."""
    alone = only_one_left(row, on=on)
    return alone[1] if alone is not None and str(alone[0]) in dict(offered) else ""
