"""People and substitutes 人员与代办: who is away, who stands in, entered by the member or a supervisor."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.core.clock import today
from credit_repair.people import office_people as shown
from credit_repair.people.absence_forms import (
    AbsenceForm,
    BackForm,
    ChangeEndForm,
    SubstitutionForm,
    offered_for,
)
from credit_repair.people.doors import View, official_door
from credit_repair.people.errors import AbsenceRefused, NotInCharge
from credit_repair.people.models import Absence, Membership, Substitution, User
from credit_repair.people.services import absences, substitutions
from credit_repair.people.services.substitutions import StandIn
from credit_repair.people.substitute_words import warnings_about


def _door(view: View) -> View:
    """Officials only; what is not theirs to arrange does not exist for them."""

    @wraps(view)
    def hidden(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (NotInCharge, ObjectDoesNotExist) as error:
            raise Http404 from error

    return official_door(hidden)


@require_safe
@_door
def people(request: HttpRequest) -> HttpResponse:
    """Show who serves the offices that one supervises and who is away; and one's own part in it."""
    sections = shown.office_sections(user=request.user, on=today())
    context = {
        "page_title": _("人员与代办") if sections else _("我的离岗与代办"),
        "page_subtitle": _("离岗期间由谁代办，在这里登记。代办人以自己的名义办理，到期自动结束。"),
        "page_actions": [
            {"label": _("登记我的离岗"), "url": reverse("office_absence_new"), "primary": True},
            {"label": _("请人代办"), "url": reverse("office_substitution_new")},
        ],
        "sections": sections,
        "own": shown.own_part(user=request.user, on=today()),
    }
    return render(request, "office/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_door
def new_absence(request: HttpRequest) -> HttpResponse:
    """Enter that one is away oneself, or that somebody is of an office that one supervises."""
    member, rows = _whom(request)
    form = AbsenceForm(request.POST if request.method == "POST" else None, **_choices(request, rows))

    def enter() -> str:
        filled = form.cleaned_data
        absences.enter_absence(
            member=member,
            actor=request.user,
            substitutes=form.stand_ins,
            today=today(),
            **{name: filled[name] for name in ("since", "until", "handover", "note")},
        )
        _warn(request, form.stand_ins)
        return _("已登记%(name)s的离岗，相关人员会收到邮件。") % {"name": member}

    context = {
        "page_title": _("登记我的离岗") if member == request.user else _("登记%s的离岗") % member,
        "pairs": [(form[f"substitute_{row.uuid}"], form[f"scope_{row.uuid}"]) for row in rows],
    }
    return _answer(request, form, enter, "office/people_absence_new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_door
def new_substitution(request: HttpRequest) -> HttpResponse:
    """Let somebody stand in, though the member is not away."""
    member, rows = _whom(request)
    form = SubstitutionForm(request.POST if request.method == "POST" else None, **_choices(request, rows))

    def enter() -> str:
        row = substitutions.enter_substitution(actor=request.user, today=today(), **form.chosen)
        _warn(request, [StandIn(row.membership, row.substitute, row.scope)])
        return _("已安排%(name)s代办，相关人员会收到邮件。") % {"name": row.substitute}

    context = {"page_title": _("请人代办") if member == request.user else _("安排他人代办%s的工作") % member}
    return _answer(request, form, enter, "office/people_substitution_new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_door
def absence(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let an absence end on another day, or the member be back."""
    found = get_object_or_404(Absence.objects.select_related("user"), uuid=uuid)
    day = today()
    if not absences.may_change(absence=found, actor=request.user, today=day):
        raise Http404
    is_back = request.POST.get("do") == "back"
    posted = request.POST if request.method == "POST" else None
    change = ChangeEndForm(None if is_back else posted, initial={"until": found.until}, prefix="change")
    back = BackForm(posted if is_back else None, initial={"on": max(day, found.since)}, prefix="back")

    def save() -> str:
        if is_back:
            on = back.cleaned_data["on"]
            absences.cancel(absence=found, on=on, actor=request.user, today=day)
            return _("已登记%(name)s回岗，代办同时结束。") % {"name": found.user}
        until = change.cleaned_data["until"]
        absences.change_end(absence=found, until=until, actor=request.user, today=day)
        return _("已修改%(name)s的离岗时间，代办跟着改了。") % {"name": found.user}

    rows = found.substitutions.select_related("membership__user", "membership__office", "substitute")
    context = {
        "page_title": _("%s的离岗") % found.user,
        "absence": shown.absence_row(found, on=day),
        "note": found.note,
        "substitutes": [shown.substitution_row(row, on=day, for_member=True) for row in rows.order_by("pk")],
        "change": change,
        "back": back,
        "forms": [change, back],
    }
    return _answer(request, back if is_back else change, save, "office/people_absence.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_door
def end_substitution(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let somebody no longer stand in."""
    about = ("membership__user", "membership__office", "substitute")
    found = get_object_or_404(Substitution.objects.select_related(*about), uuid=uuid)
    day = today()
    if not substitutions.in_charge(actor=request.user, membership=found.membership, on=day):
        raise Http404
    form = BackForm(request.POST if request.method == "POST" else None, initial={"on": max(day, found.since)})

    def end() -> str:
        substitutions.end_substitution(
            substitution=found, actor=request.user, on=form.cleaned_data["on"], today=day
        )
        return _("已结束%(name)s的代办。") % {"name": found.substitute}

    context = {
        "page_title": _("结束代办"),
        "row": shown.substitution_row(found, on=day, for_member=True),
    }
    return _answer(request, form, end, "office/people_substitution_end.html", context)


def _warn(request: HttpRequest, stand_ins: Iterable[StandIn]) -> None:
    for words in warnings_about(stand_ins, on=today()):
        messages.warning(request, words)


def _whom(request: HttpRequest) -> tuple[User, list[Membership]]:
    """Return about whom a page is, and the memberships of theirs that this person may arrange."""
    member = request.user
    if wanted := request.GET.get("for", ""):
        member = get_object_or_404(Membership.objects.select_related("user"), uuid=_uuid(wanted)).user
    rows = absences.arranged_by(actor=request.user, member=member, today=today())  # type: ignore[arg-type]
    if not rows:
        raise Http404
    return member, rows  # type: ignore[return-value]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise Http404 from wrong


def _choices(request: HttpRequest, rows: list[Membership]) -> dict[str, Any]:
    return {
        "memberships": rows,
        "offered": offered_for(rows, actor=request.user, today=today()),
        "today": today(),
    }


def _answer(
    request: HttpRequest, form: Any, act: Callable[[], str], template: str, context: dict[str, Any]
) -> HttpResponse:
    """Do what a valid form says and lead back; else show the page with words where it failed."""
    if form.is_bound and form.is_valid():
        try:
            words = act()
        except AbsenceRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, words)
            return redirect("office_people")
    crumbs = [{"label": _("人员与代办"), "url": reverse("office_people")}]
    return render(request, template, {"form": form, "breadcrumbs": crumbs, **context})
