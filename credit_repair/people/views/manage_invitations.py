"""Invitations, for the security administrator: sent, sent again, taken back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.core import clock
from credit_repair.people import manage_selectors as selectors
from credit_repair.people.manage_forms import InviteForm
from credit_repair.people.models import Invitation
from credit_repair.people.services import invitations
from credit_repair.people.services.invitation_rows import address_of, what_of
from credit_repair.people.views import manage
from credit_repair.people.views.manage_people import people_tabs
from credit_repair.people.views.manage_person import _actor


def _states() -> dict[str, str]:
    return {
        "open": _("待接受"),
        "expired": _("已过期"),
        "accepted": _("已接受"),
        "revoked": _("已撤销"),
    }


@require_safe
@manage.security_door
def listed(request: HttpRequest) -> HttpResponse:
    """Show invitations by their state."""
    now, states = clock.now(), _states()
    state = request.GET.get("state", "open")
    state = state if state in states else "open"
    found = selectors.invitations(state=state, now=now)
    page = Paginator(found, manage.PAGE_SIZE).get_page(request.GET.get("page"))
    counts = selectors.count_invitations(now=now)
    url = reverse("manage_invitations")
    context = {
        "page_title": _("邀请"),
        "page_actions": [{"label": _("发出邀请"), "url": reverse("manage_invite"), "primary": True}],
        "tabs": people_tabs("manage_invitations"),
        "views": [
            {
                "label": label,
                "url": f"{url}?state={name}",
                "active": name == state,
                "count": counts.get(name) or None,
            }
            for name, label in states.items()
        ],
        "waits": state in ("open", "expired"),
        "accepted": state == "accepted",
        "page_obj": page,
        "rows": [_row(each) for each in page],
    }
    return render(request, "manage/invitations.html", context)


def _row(invitation: Invitation) -> dict[str, Any]:
    is_regain = invitation.purpose == Invitation.Purpose.REGAIN
    return {
        "invitation": invitation,
        "what": invitation.get_purpose_display() if is_regain else what_of(invitation),
        "person_url": manage.person_url(invitation.user) if invitation.user else "",
    }


@require_http_methods(["GET", "POST"])
@manage.security_door
def invite(request: HttpRequest) -> HttpResponse:
    """Invite an official or an administrator."""
    form = InviteForm(request.POST or None, today=clock.today())
    if request.method == "POST" and form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name != "what"}

        def act() -> None:
            invitations.invite(actor=_actor(request), now=manage.now(), **said)

        if manage.tried(form, act):
            messages.success(request, _("邀请已寄往%(address)s。") % {"address": said["email"]})
            return redirect("manage_invitations")
    context = {
        "page_title": _("发出邀请"),
        "breadcrumbs": [
            {"label": _("人员"), "url": reverse("manage_people")},
            {"label": _("邀请"), "url": reverse("manage_invitations")},
        ],
        "form": form,
        "back_url": reverse("manage_people"),
    }
    return render(request, "manage/invite.html", context)


@require_POST
@manage.security_door
def resend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send an invitation again, with a new link."""
    row = get_object_or_404(Invitation.objects.select_related("user"), uuid=uuid)
    address = address_of(row)

    def act() -> None:
        invitations.resend(actor=_actor(request), invitation=row, now=manage.now())

    done = _("已重新寄往%(address)s，原来的链接不再有效。") % {"address": address}
    manage.tried_or_said(request, act, done)
    return redirect("manage_invitations")


@require_POST
@manage.security_door
def revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take an invitation back."""
    row = get_object_or_404(Invitation, uuid=uuid)

    def act() -> None:
        invitations.revoke(actor=_actor(request), invitation=row, now=manage.now())

    manage.tried_or_said(request, act, _("已撤销，链接不再有效。"))
    return redirect("manage_invitations")
