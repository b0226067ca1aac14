"""The front page, and the way in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from credit_repair.core.clock import today
from credit_repair.home.context import frame_of
from credit_repair.people import access


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Say in plain words what this is, what it costs, how long it takes."""
    frame = frame_of(request)
    works_here = frame.user is not None and bool(frame.memberships) and not frame.subjects
    return render(request, "public/front.html", {"works_here": works_here})


@login_required
def after_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead officials to their inbox, everybody else to their records."""
    return redirect("office" if access.is_official(user=request.user, on=today()) else "me")
