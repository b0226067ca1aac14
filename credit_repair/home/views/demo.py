"""The mails of a demonstration, on a page. Nothing of this exists outside a demo."""

from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credit_repair.core.limits import limited
from credit_repair.home import presenters
from credit_repair.home.mailbox import mail_named, newest_mails
from credit_repair.people.doors import View


def demo_door(view: View) -> View:
    """Let anybody in while this is a demo; else there is nothing here."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@demo_door
@limited("look_up", get=True)
def mails(request: HttpRequest) -> HttpResponse:
    """List the mails that the demo has sent, newest first."""
    context = {
        "page_title": _("演示邮件"),
        "page_subtitle": _("演示中的邮件不会真的寄出，都在这里。"),
        "mails": newest_mails(),
    }
    return render(request, "demo/mails.html", context)


@require_safe
@demo_door
@limited("look_up", get=True)
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """Show one mail."""
    found = mail_named(name)
    if found is None:
        raise Http404
    context = {
        "page_title": found.subject,
        "breadcrumbs": [{"label": _("演示邮件"), "url": reverse("demo_mails")}],
        "mail": found,
        "text": presenters.linked(found.text),
    }
    return render(request, "demo/mail.html", context)
