"""The officials' pages over routes 办理路径: to look at, to change as a whole, to take up an older one."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.kinds import all_kinds
from credit_repair.cases.routes import (
    CLASSES,
    OTHERS,
    Line,
    cautions,
    edition,
    editions,
    name_of,
    own_lines,
    revision,
    running_cases,
)
from credit_repair.cases.services.routes import drop_route, save_route
from credit_repair.core.clock import today
from credit_repair.home import route_presenters as shown
from credit_repair.home.law_changes import setters_door
from credit_repair.home.route_forms import OFFERED, RouteForm, WhyForm
from credit_repair.home.rule_presenters import tabs
from credit_repair.home.selectors import home_credit_office
from credit_repair.people import access
from credit_repair.people.doors import office_door
from credit_repair.registry.models import Office

#: Digits of an edition's number; Python reads no number of thousands of them.
_LONGEST_NUMBER = 18


def _place(kind: str, rule_class: str) -> tuple[str, str]:
    """Return the kind and the class that an address names."""
    found = {shown.class_in_address(each): each for each in CLASSES}
    if rule_class not in found or kind not in {each.code for each in all_kinds()}:
        raise Http404
    return kind, found[rule_class]


@require_safe
@office_door("see_cases")
def routes(request: HttpRequest) -> HttpResponse:
    """Show the route of every kind of case and class."""
    may_set = access.may_set_rules(user=request.user, on=today())
    credit = home_credit_office(user=request.user, on=today())
    context = {
        "page_title": _("办理路径"),
        "page_subtitle": _("一件申请由哪些单位受理、核查和审批。改动只影响以后提交的申请。"),
        "tabs": tabs("office_routes", user=request.user, on=today()),
        "kinds": [shown.kind_part(kind, credit=credit, may_set=may_set) for kind in all_kinds()],
    }
    return render(request, "office/routes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@setters_door
def edit(request: HttpRequest, kind: str, rule_class: str) -> HttpResponse:
    """Change a route as a whole: filled in, looked at beside the old one, and confirmed."""
    kind, of_class = _place(kind, rule_class)
    standing = own_lines(kind=kind, rule_class=of_class)
    offices = list(Office.objects.order_by("code"))
    if request.method != "POST":
        form = RouteForm(
            offices=offices,
            lines=_begun(request, kind, of_class, standing),
            seen=revision(standing),
        )
        return _edit_page(request, kind, of_class, standing, form)
    form = RouteForm(request.POST, offices=offices)
    if form.step not in ("preview", "confirm"):
        return _edit_page(request, kind, of_class, standing, form)
    if not form.is_valid():
        return _edit_page(request, kind, of_class, standing, form, status=422)
    if form.step == "confirm":
        given = form.why.cleaned_data
        if _saved(
            lambda: save_route(
                kind=kind,
                rule_class=of_class,
                lines=form.route,
                actor=request.user,
                today=today(),
                reason=given["reason"],
                seen=given["seen"],
            ),
            form.why,
        ):
            messages.success(request, _("办理路径已保存，从下一件提交的申请开始适用。"))
            return redirect("office_routes")
        return _edit_page(request, kind, of_class, standing, form, status=409)
    if form.route == standing:
        form.why.add_error(None, _("这条路径和现在的一样，没有需要保存的改动。"))
        return _edit_page(request, kind, of_class, standing, form, status=422)
    return _preview_page(request, kind, of_class, standing, form)


def _begun(request: HttpRequest, kind: str, of_class: str, standing: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines that the page begins with: an older edition's, the class's own, or those it follows."""
    number = request.GET.get("edition", "")
    if number:
        known = number.isdecimal() and len(number) <= _LONGEST_NUMBER
        older = edition(kind=kind, rule_class=of_class, number=int(number)) if known else None
        if older is None:
            raise Http404
        return older.lines
    return standing or own_lines(kind=kind, rule_class=OTHERS)


def _saved(save: Callable[[], None], form: forms.Form) -> bool:
    """Save; where that is refused, say why at the form and return False."""
    try:
        save()
    except NotYours as error:
        raise Http404 from error
    except ActionRefused as refused:
        form.add_error(None, refused.words)
        return False
    return True


def _edit_page(
    request: HttpRequest,
    kind: str,
    of_class: str,
    standing: tuple[Line, ...],
    form: RouteForm,
    *,
    status: int = 200,
) -> HttpResponse:
    followed = standing or own_lines(kind=kind, rule_class=OTHERS)
    credit = home_credit_office(user=request.user, on=today())
    context = {
        **_frame(kind, of_class, _("修改办理路径") if standing else _("单独设置办理路径")),
        "route": form,
        "forms": form.all_forms,
        "offered": OFFERED,
        "follows": not standing,
        "stages": shown.drawing(followed, credit=credit),
        "editions_url": reverse("office_route_editions", args=[kind, shown.class_in_address(of_class)]),
    }
    return render(request, "office/route_edit.html", context, status=status)


def _preview_page(
    request: HttpRequest, kind: str, of_class: str, standing: tuple[Line, ...], form: RouteForm
) -> HttpResponse:
    followed = standing or own_lines(kind=kind, rule_class=OTHERS)
    credit = home_credit_office(user=request.user, on=today())
    context = {
        **_frame(kind, of_class, _("确认办理路径")),
        "route": form,
        "follows": not standing,
        "stages": shown.drawing(followed, credit=credit),
        "new_stages": shown.drawing(form.route, credit=credit),
        "cautions": cautions(form.route, on=today()),
        "running": running_cases(kind=kind, rule_class=of_class).count(),
        "reason": form.why.cleaned_data["reason"],
    }
    return render(request, "office/route_preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@setters_door
def drop(request: HttpRequest, kind: str, rule_class: str) -> HttpResponse:
    """Drop a class's own route, with a reason: it follows all other classes again."""
    kind, of_class = _place(kind, rule_class)
    standing = own_lines(kind=kind, rule_class=of_class)
    if of_class == OTHERS:
        raise Http404
    form = WhyForm(request.POST if request.method == "POST" else None, initial={"seen": revision(standing)})
    status = 200
    if not standing and not form.is_bound:
        return redirect("office_routes")
    if form.is_bound:
        if form.is_valid() and _saved(
            lambda: drop_route(
                kind=kind, rule_class=of_class, actor=request.user, today=today(), **form.cleaned_data
            ),
            form,
        ):
            messages.success(request, _("已取消单独的路径，从下一件提交的申请开始按“其他各类”办理。"))
            return redirect("office_routes")
        status = 422
    credit = home_credit_office(user=request.user, on=today())
    context = {
        **_frame(kind, of_class, _("取消单独的办理路径")),
        "form": form,
        "stages": shown.drawing(standing, credit=credit),
        "new_stages": shown.drawing(own_lines(kind=kind, rule_class=OTHERS), credit=credit),
        "running": running_cases(kind=kind, rule_class=of_class).count(),
    }
    return render(request, "office/route_drop.html", context, status=status)


@require_safe
@office_door("see_cases")
def route_editions(request: HttpRequest, kind: str, rule_class: str) -> HttpResponse:
    """Show how a route stood after each change, who changed it and why."""
    address = [kind, rule_class]
    kind, of_class = _place(kind, rule_class)
    may_set = access.may_set_rules(user=request.user, on=today())
    context = {
        **_frame(kind, of_class, _("办理路径的历次修改")),
        "rows": shown.edition_rows(
            editions(kind=kind, rule_class=of_class),
            credit=home_credit_office(user=request.user, on=today()),
            edit_url=reverse("office_route_edit", args=address) if may_set else "",
            standing=own_lines(kind=kind, rule_class=of_class),
        ),
    }
    return render(request, "office/route_editions.html", context)


def _frame(kind: str, of_class: str, title: str) -> dict[str, Any]:
    return {
        "page_title": title,
        "page_caption": name_of(kind=kind, rule_class=of_class),
        "breadcrumbs": [{"label": _("办理路径"), "url": reverse("office_routes")}],
    }
