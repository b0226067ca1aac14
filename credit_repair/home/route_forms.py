"""The whole of a route 办理路径 in one form: a line can be added, taken out and moved without a script."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import ROUTE_PHASES, RouteStep
from credit_repair.cases.routes import MOST_LINES, Line, problems
from credit_repair.core.wording import stated
from credit_repair.registry.models import Office

#: The name of the list of offices that a line's field offers.
OFFERED = "route-offices"
_CELLS = ("phase", "seat", "office")


class LineForm(forms.Form):
    """One line: which seat takes which phase."""

    phase = forms.ChoiceField(label=_("环节"), choices=[(phase.value, phase.label) for phase in ROUTE_PHASES])
    seat = forms.ChoiceField(label=_("由谁办理"), choices=RouteStep.Seat.choices)
    office = forms.CharField(
        label=_("指定的单位"),
        required=False,
        max_length=120,
        help_text=_("填写名称，或者统一社会信用代码。"),
        widget=forms.TextInput(attrs={"list": OFFERED, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, offices: Sequence[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offices = offices

    def clean(self) -> dict[str, Any]:
        """Turn a name or a code into the office; what stands there for another seat counts for nothing."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        text = str(data.get("office", "")).strip()
        data["office"] = None
        if data.get("seat") == RouteStep.Seat.NAMED and text:
            data["office"] = self._named(text)
        return data

    def _named(self, text: str) -> Office | None:
        found = [office for office in self._offices if text in (office.name, office.code)]
        if len(found) > 1:
            self.add_error("office", _now("有几个单位同名，请填写统一社会信用代码。"))
        elif not found:
            self.add_error("office", _now("没有找到“%s”。请从列出的单位里选一个。") % text)
        return found[0] if len(found) == 1 else None


class WhyForm(forms.Form):
    """Why a route is changed, and from which state of it."""

    reason = forms.CharField(
        label=_("修改原因"),
        help_text=_("例如依据的文件。只供内部查考。"),
        max_length=100,
        error_messages={"required": _("请写明修改的原因。")},
    )
    seen = forms.CharField(widget=forms.HiddenInput)


class RouteForm:
    """The lines of a route and why they are changed; filled in by `data`, else beginning with `lines`."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        offices: Sequence[Office],
        lines: Iterable[Line] = (),
        seen: str = "",
    ) -> None:
        self.data, self.offices = data, offices
        wanted = str(data.get("do", "")) if data is not None else ""
        self.step, _sign, self._which = wanted.partition(":")
        if data is not None and self.step in ("preview", "confirm", "drop"):
            self.lines = self._formset(data)
            self.why = WhyForm(data)
            return
        if data is None:
            rows = [_row(line) for line in lines]
            self.why = WhyForm(initial={"seen": seen})
        else:
            rows = self._rearranged(_rows(data))
            self.why = WhyForm(initial={name: data.get(name, "") for name in ("reason", "seen")})
        self.lines = self._formset(None, initial=rows)

    def _formset(self, data: Any, **kwargs: Any) -> Any:
        made = forms.formset_factory(LineForm, extra=0, max_num=MOST_LINES, absolute_max=MOST_LINES + 1)
        return made(data, prefix="line", form_kwargs={"offices": self.offices}, **kwargs)

    def _rearranged(self, rows: list[dict[str, str]]) -> list[dict[str, str]]:
        """Return the lines as the pressed button leaves them."""
        if self.step == "add" and len(rows) < MOST_LINES:
            return [*rows, {"phase": rows[-1]["phase"] if rows else "", "seat": "", "office": ""}]
        here = _small(self._which)
        if here is None or here >= len(rows):
            return rows
        if self.step == "out":
            return rows[:here] + rows[here + 1 :]
        there = {"up": here - 1, "down": here + 1}.get(self.step, here)
        if 0 <= there < len(rows):
            rows[here], rows[there] = rows[there], rows[here]
        return rows

    def is_valid(self) -> bool:
        """Whether the lines are a whole route and a reason is given; what is wrong stands at its place."""
        good = all([self.lines.is_valid(), self.why.is_valid()])
        if not self.lines.is_valid():
            return False
        for problem in problems(self.route):
            good = False
            if problem.line is None:
                self.why.add_error(None, problem.words)
            else:
                words = stated(_now("第%s步") % (problem.line + 1), problem.words)
                form = self.lines.forms[problem.line]
                if problem.field not in form.errors:
                    form.add_error(problem.field, words)
        return good

    @cached_property
    def route(self) -> tuple[Line, ...]:
        """Return the lines of a form that was filled in."""
        given = [form.cleaned_data for form in self.lines.forms]
        return tuple(Line(data["phase"], data["seat"], data["office"]) for data in given)

    @property
    def all_forms(self) -> list[Any]:
        """Return every part, for the summary of errors."""
        return [*self.lines.forms, self.why]

    @property
    def has_room(self) -> bool:
        """Whether one more line can be added."""
        return len(self.lines.forms) < MOST_LINES


def _row(line: Line) -> dict[str, str]:
    return {"phase": line.phase, "seat": line.seat, "office": line.office.name if line.office else ""}


def _rows(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what was filled in, line by line, without judging it."""
    total = min(_small(str(data.get("line-TOTAL_FORMS", ""))) or 0, MOST_LINES)
    return [{name: data.get(f"line-{number}-{name}", "") for name in _CELLS} for number in range(total)]


def _small(text: str) -> int | None:
    """Return a number of lines as it was sent; None for what is none."""
    return int(text) if text.isdecimal() and len(text) < 4 else None
