"""The status look-up 查询办理进度, for anybody with number and query code."""

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from credit_repair.cases.forms import StatusForm
from credit_repair.cases.status import case_with, status_of
from credit_repair.core.clock import today
from credit_repair.core.limits import limited, too_many
from credit_repair.core.network import client_network

#: Wrong codes for one number are counted for each address of the network, so that nobody else's tries lock
#: its holder out; and all together, so that many addresses do not guess without end.
WRONG_CODE, WRONG_CODE_ALL = "case_status_wrong", "case_status_wrong_all"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@limited("case_status")
def status(request: HttpRequest) -> HttpResponse:
    """Ask for number and query code, by post, so that neither stands in an address; say how it stands."""
    if request.GET:  # an address that holds number and code goes no further
        return redirect("case_status")
    form = StatusForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form)
    number, code = form.cleaned_data["number"], form.cleaned_data["code"]
    held_back = _count_wrong(request, number, dry_run=True)
    if held_back:
        request.limited_as = held_back  # type: ignore[attr-defined]
        return too_many(request)
    case = case_with(number=number, code=code)
    if case is None:
        _count_wrong(request, number)
        form.add_error(None, _("没有查到。请核对申请编号和查询码，两样都要和接收凭证上的一致。"))
        return _form(request, form)
    return render(
        request,
        "public/status.html",
        {"page_title": _("办理进度"), "answer": status_of(case, today=today()), "form": StatusForm()},
    )


def _count_wrong(request: HttpRequest, number: str, *, dry_run: bool = False) -> str:
    """Count a wrong code for `number`, or with `dry_run` only look; return the limit used up, or ""."""
    keys = {WRONG_CODE: f"{number} {client_network(request)}", WRONG_CODE_ALL: number}
    full = ""
    for action, key in keys.items():
        if not ratelimit.consume(request, action=action, key=key, dry_run=dry_run):
            full = full or action
    return full


def _form(request: HttpRequest, form: StatusForm) -> HttpResponse:
    context = {
        "page_title": _("查询办理进度"),
        "page_subtitle": _("凭申请编号和查询码查询，不用登录。"),
        "form": form,
        "answer": None,
    }
    return render(request, "public/status.html", context, status=422 if form.errors else 200)
