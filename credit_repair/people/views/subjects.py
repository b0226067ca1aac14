"""The subjects that a person acts for: chosen, looked at, given up."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.core.clock import today
from credit_repair.people import acting
from credit_repair.people.doors import person_door
from credit_repair.people.errors import MandateRefused
from credit_repair.people.mandate_presenters import application_items, mandate_rows
from credit_repair.people.mandate_selectors import mandates_on, own_applications
from credit_repair.people.models import Mandate, MandateApplication
from credit_repair.people.services.mandates import end_own_mandate, running_mandate
from credit_repair.registry.models import Subject

#: So many of the person's own applications are listed; who has more has long known the older ones.
MOST_APPLICATIONS = 20
#: Pages, by name, that ask for whom before they show anything: there the person goes on.
NEXT = ("me", "my_calendar", "my_repair_choose", "my_subjects")


@require_safe
@person_door
def subjects(request: HttpRequest) -> HttpResponse:
    """Show for whom the person may act, and for whom they have asked to."""
    found, now = acting.subjects_of(request), acting.subject_now(request)
    own = Mandate.objects.filter(user=request.user, subject__in=found).on(today())  # type: ignore[misc]
    until: dict[int, list[Mandate]] = {}
    for mandate in own:
        until.setdefault(mandate.subject_id, []).append(mandate)
    applications = own_applications(user=request.user)[:MOST_APPLICATIONS]
    context: dict[str, Any] = {
        "page_title": _("我的主体"),
        "page_subtitle": _("您可以为这些主体查看信用记录、提交申请。") if found else "",
        "page_actions": [
            {"label": _("申请为其他主体办理"), "url": reverse("my_mandate_new"), "primary": not found}
        ]
        if found
        else [],
        "rows": [
            {
                "subject": subject,
                "now": subject == now,
                "several": len(found) > 1,
                "until": _latest_end(until.get(subject.pk, [])),
            }
            for subject in found
        ],
        "applications": application_items(applications, url_name="my_mandate"),
    }
    if now is not None:
        context["acting_for"] = acting.bar(now) | {"switch_url": ""}
    return render(request, "public/subjects.html", context)


def _latest_end(mandates: list[Mandate]) -> object:
    ends = [mandate.until for mandate in mandates]
    return None if None in ends else max((end for end in ends if end is not None), default=None)


@require_POST
@person_door
def switch(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Act for another subject from now on."""
    subject = acting.choose(request, uuid)
    messages.success(request, _("现在为“%s”办理。") % subject.name)
    wanted_next = request.POST.get("next", "")
    return redirect(wanted_next if wanted_next in NEXT else "me")


def _own(request: HttpRequest, uuid: UUID) -> Subject:
    found = acting.subject_asked_for(request, str(uuid))
    if found is None:
        raise Http404
    return found


@require_safe
@person_door
def subject(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show who acts for one of the person's subjects, and the ways to go on, to hand over and to stop."""
    day, found = today(), _own(request, uuid)
    mine = running_mandate(user=request.user, subject=found, on=day)
    waiting = own_applications(user=request.user).filter(
        state=MandateApplication.State.SUBMITTED,
        code=found.code or "",
        number_hash=found.number_hash or "",
    )
    context = {
        "page_title": found.name,
        "page_caption": _("谁可以为这个主体办理"),
        "page_subtitle": found.shown_number,
        "breadcrumbs": [{"label": _("我的主体"), "url": reverse("my_subjects")}],
        "subject": found,
        "mine": mine,
        "rows": (rows := mandate_rows(mandates_on(subject=found, on=day), user=request.user)),
        "administrators": [row["person"] for row in rows if row["administrator"]],
        "renewal": waiting.first(),
        "renew_url": f"{reverse('my_mandate_new')}?purpose=renew&subject={found.uuid}",
        "acting_for": acting.bar(found),
    }
    return render(request, "public/subject.html", context)


@require_http_methods(["GET", "POST"])
@person_door
def end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask before the person's own mandate ends; a post ends it."""
    day, found = today(), _own(request, uuid)
    mine = running_mandate(user=request.user, subject=found, on=day)
    if mine is None:
        raise Http404
    if request.method == "POST":
        try:
            end_own_mandate(mandate=mine, actor=request.user, today=day)  # type: ignore[arg-type]
        except MandateRefused as refused:
            messages.error(request, refused.words)
        else:
            messages.success(request, _("您为“%s”办理的授权已经终止。") % found.name)
        return redirect("my_subjects")
    alone = mandates_on(subject=found, on=day).exclude(user=request.user).first() is None  # type: ignore[misc]
    context = {
        "page_title": _("终止您的授权？"),
        "breadcrumbs": [
            {"label": _("我的主体"), "url": reverse("my_subjects")},
            {"label": found.name, "url": reverse("my_subject", args=[found.uuid])},
        ],
        "subject": found,
        "alone": alone,
        "acting_for": acting.bar(found),
    }
    return render(request, "public/subject_end.html", context)
