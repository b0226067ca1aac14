"""The front page, and the way in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from credit_repair.core.clock import today
from credit_repair.home.context import frame_of
from credit_repair.home.law_facts import law_facts
from credit_repair.people import access


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Say in plain words what this is, what it costs, how long it takes."""
    return render(request, "public/front.html", {"law": law_facts(today=today())})


@login_required
def after_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead officials to their inbox, clerks of a window to it, administrators to what is theirs, everybody
    else to their records."""
    if access.is_official(user=request.user, on=today()):
        return redirect(frame_of(request).desk_url())
    if access.is_administrator(user=request.user, on=today()):
        return redirect("manage")
    return redirect("me")
