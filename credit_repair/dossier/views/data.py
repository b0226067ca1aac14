"""One's own data 我的个人信息: what is kept, a file of it, and requests about it."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.core.clock import today
from credit_repair.core.downloads import file_response
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.dossier import own_data, presenters
from credit_repair.dossier.access import own_events, own_requests
from credit_repair.dossier.errors import DossierRefused, NotInCharge
from credit_repair.dossier.export import export_own_data
from credit_repair.dossier.fields import present_values
from credit_repair.dossier.forms import CorrectionForm, WordsForm, put_refusal
from credit_repair.dossier.models import DataRequest, SubjectEvent
from credit_repair.dossier.purposes import PURPOSES
from credit_repair.dossier.services.requests import answer_days, ask, withdraw
from credit_repair.people import acting
from credit_repair.registry.models import Subject

About = DataRequest.About


@login_required
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show what the site keeps about the person, what for, and how long."""
    user, day = request.user, today()
    subjects = own_data.subjects_of(user, day)
    context = {
        "page_title": _("我的个人信息"),
        "page_subtitle": _("本网站保存了您的哪些信息，用来做什么，保存多久。"),
        "account": [{"key": key, "value": value} for key, value in own_data.account_rows(user)],
        "kept": [presenters.kept_part(part) for part in own_data.everything(user=user, on=day)],
        "purposes": PURPOSES,
        "subjects": subjects,
        "requests": [
            presenters.request_row(row, today=day, office=False) for row in own_requests(user=user, on=day)
        ],
        "days": answer_days(day),
    }
    return render(request, "public/my_data.html", context)


@require_POST
@login_required
@limited("own_data")
def export(request: HttpRequest) -> HttpResponseBase:
    """Hand out a file of what is kept about the person."""
    made = export_own_data(user=request.user, today=today())
    return file_response(BytesIO(made), name=f"{_('我的个人信息')}.zip", mime="application/zip")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@limited("data_request")
def new_request(request: HttpRequest, about: str) -> HttpResponse:
    """Ask for data to be corrected, for a copy, or for the account to be closed."""
    if about not in About.values:
        raise Http404
    subject, event = _what_it_is_about(request, about)
    present = present_values(about=about, user=request.user, subject=subject, event=event)
    form = _form(request, about, present, with_papers=subject is not None)
    if request.method == "POST" and form.is_valid():
        try:
            made = ask(
                user=request.user,
                about=about,
                today=today(),
                subject=subject,
                event=event,
                asked=form.asked if isinstance(form, CorrectionForm) else (),
                words=form.cleaned_data.get("words", ""),
            )
        except NotInCharge as error:
            raise Http404 from error
        except DossierRefused as refused:
            put_refusal(form, refused)
        except UploadRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已提交。答复以后您会收到邮件，也可以在这里查看。"))
            return redirect("my_data_request", uuid=made.uuid)
    context = {
        "page_title": str(About(about).label),
        "breadcrumbs": [_crumb()],
        "form": form,
        "blocks": presenters.correction_blocks(form, present, subject=subject),
        "about": about,
        "subject": subject,
        "event": event,
        "days": answer_days(today()),
    }
    if subject is not None:
        context["acting_for"] = acting.bar(subject)
    return render(request, "public/data_request_new.html", context)


def _what_it_is_about(request: HttpRequest, about: str) -> tuple[Subject | None, SubjectEvent | None]:
    """The subject or the event that the address names; what is not the person's does not exist for them."""
    if about == About.REGISTER:
        subject = acting.subject_asked_for(request, request.GET.get("subject"))
        if subject is None:
            raise Http404
        return subject, None
    if about == About.EVENT:
        try:
            wanted = UUID(request.GET.get("event", ""))
        except ValueError as error:
            raise Http404 from error
        found = own_events(user=request.user, on=today()).select_related("subject", "office")
        event = get_object_or_404(found, uuid=wanted)
        return event.subject, event
    return None, None


def _form(request: HttpRequest, about: str, present: dict[str, str], *, with_papers: bool) -> forms.Form:
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    if about in (About.COPY, About.ERASURE):
        return WordsForm(posted[0])
    return CorrectionForm(*posted, present=present, with_papers=with_papers)


def _crumb() -> dict[str, Any]:
    return {"label": _("我的个人信息"), "url": reverse("my_data")}


@login_required
@never_cache
@require_safe
def one_request(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one of one's own requests, and what was answered."""
    found = get_object_or_404(own_requests(user=request.user, on=today()), uuid=uuid)
    context = {
        "page_title": found.get_about_display(),
        "breadcrumbs": [_crumb()],
        "asked": found,
        "tag": presenters.request_tag(found),
        "rows": presenters.request_rows(found, today=today(), for_office=False),
        "fields": presenters.field_rows(found, for_office=False),
    }
    return render(request, "public/data_request.html", context)


@require_POST
@login_required
def withdraw_request(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take one's own request back."""
    found = get_object_or_404(own_requests(user=request.user, on=today()), uuid=uuid)
    try:
        withdraw(request=found, actor=request.user, today=today())
    except NotInCharge as error:
        raise Http404 from error
    except DossierRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已撤回。"))
    return redirect("my_data_request", uuid=found.uuid)
