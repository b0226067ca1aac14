"""The officials' pages over item lists 承诺事项清单: to read, and for supervisors to edit."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.record_access import offices_answered_for, record_offices
from credit_repair.cases.views.doors import official_door
from credit_repair.commitments import presenters as shown
from credit_repair.commitments import services
from credit_repair.commitments.access import keeping_offices
from credit_repair.commitments.forms import ListForm, NewListForm, initial_of
from credit_repair.commitments.models import CommitmentList
from credit_repair.commitments.views.office import DOOR
from credit_repair.core.clock import today
from credit_repair.people.doors import door_of_any


@require_safe
@door_of_any(*DOOR)
def lists(request: HttpRequest) -> HttpResponse:
    """Show the item lists of the offices that this person reads; to supervisors, with what they may do."""
    day = today()
    editable = keeping_offices(user=request.user, on=day)
    offices = offices_answered_for(record_offices(user=request.user, on=day))
    found = CommitmentList.objects.select_related("office").order_by("office__code", "-active", "title")
    if offices is not None:
        found = found.filter(office__in=offices)
    new = {"label": _("新增清单"), "url": reverse("office_commitment_list_new"), "primary": True}
    context = {
        "page_title": _("承诺事项清单"),
        "page_subtitle": _("可以用信用承诺替代的审批和证明。由单位的督办人员维护，每次修改都留有历史。"),
        "page_actions": [new] if editable else [],
        "breadcrumbs": [_home()],
        "rows": [
            {
                "row": row,
                "facts": shown.list_facts(row),
                "url": _edit_url(row) if row.office_id in editable else "",
            }
            for row in found
        ],
    }
    return render(request, "commitments/office_lists.html", context)


def _edit_url(row: CommitmentList) -> str:
    return reverse("office_commitment_list", args=[row.uuid])


def _home() -> dict[str, str]:
    return {"label": _("信用承诺"), "url": reverse("office_commitments")}


@require_http_methods(["GET", "HEAD", "POST"])
@official_door
def new(request: HttpRequest) -> HttpResponse:
    """Add an item list for an office that this person supervises."""
    offices = keeping_offices(user=request.user, on=today())
    if not offices:
        raise Http404
    form = NewListForm(request.POST if request.method == "POST" else None, offices=offices)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            services.add_list(
                office=said["office"],
                kind=said["kind"],
                said=form.said(),
                actor=request.user,
                today=today(),
            )
        except ActionRefused as refused:
            form.add_error(None, refused.words)
        else:
            messages.success(request, _("清单已新增。"))
            return redirect("office_commitment_lists")
    return _form(request, form, _("新增承诺事项清单"))


@require_http_methods(["GET", "HEAD", "POST"])
@official_door
def change(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Change an item list as a whole, or switch it off."""
    editable = keeping_offices(user=request.user, on=today())
    row = get_object_or_404(CommitmentList, uuid=uuid, office__in=editable)
    form = ListForm(request.POST if request.method == "POST" else None, initial=initial_of(row))
    if form.is_bound and form.is_valid():
        try:
            services.change_list(
                row=row,
                said=form.said(),
                version=form.cleaned_data["version"] or 0,
                actor=request.user,
                today=today(),
            )
        except ActionRefused as refused:
            form.add_error(None, refused.words)
        else:
            messages.success(request, _("清单已修改。已经作出的承诺仍按原来的内容履行。"))
            return redirect("office_commitment_lists")
    return _form(request, form, _("修改承诺事项清单"), history=row)


def _form(
    request: HttpRequest, form: ListForm, title: str, *, history: CommitmentList | None = None
) -> HttpResponse:
    context = {
        "page_title": title,
        "breadcrumbs": [_home(), {"label": _("承诺事项清单"), "url": reverse("office_commitment_lists")}],
        "form": form,
        "back_url": reverse("office_commitment_lists"),
        "button": _("保存"),
        "versions": list(history.history.order_by("-history_date")[:10]) if history else [],
    }
    return render(request, "commitments/office_form.html", context, status=422 if form.is_bound else 200)
