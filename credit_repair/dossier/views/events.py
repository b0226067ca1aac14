"""Events of a subject 侵权和司法事件: entered, shown, superseded."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases.record_access import readable_by, record_offices
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.dossier import file, presenters
from credit_repair.dossier.access import (
    entering_offices,
    events_for_official,
    may_correct_event,
    open_files,
    own_events,
)
from credit_repair.dossier.errors import DossierRefused, NotInCharge
from credit_repair.dossier.forms import EventCorrectionForm, EventForm, put_refusal
from credit_repair.dossier.models import SubjectEvent
from credit_repair.dossier.services import correct_event, enter_event
from credit_repair.people import acting
from credit_repair.people.doors import applicant_door, door_of_any, office_door
from credit_repair.registry.models import Record, Subject

#: So many of a subject's records can be chosen from, the newest.
MOST_RECORDS = 100
_ALONG = ("subject", "office", "record", "supersedes", "superseded_by")


@require_safe
@door_of_any("see_cases", "import_records")
def office_event(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show an entry with its papers, what it superseded, and what has superseded it."""
    day = today()
    found = events_for_official(user=request.user, on=day).select_related(*_ALONG)
    event = get_object_or_404(found, uuid=uuid)
    if not open_files(user=request.user, on=day).filter(pk=event.subject_id).exists():
        raise Http404
    correctable = may_correct_event(user=request.user, event=event, on=day) and _is_latest(event)
    context = _shown(request, event, for_office=True)
    context |= {
        "correct_url": reverse("office_subject_event_correct", args=[event.uuid]) if correctable else "",
        "breadcrumbs": [_crumb(request, event.subject)],
    }
    return render(request, "office/subject_event.html", context)


@require_safe
@applicant_door
def own_event(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show an entry to the subject's own people, with the way to object to it."""
    found = own_events(user=request.user, on=today()).select_related(*_ALONG)
    event = get_object_or_404(found, uuid=uuid)
    context = _shown(request, event, for_office=False)
    asking = reverse("my_data_request_new", args=["event"])
    context |= {
        "acting_for": acting.bar(event.subject),
        "object_url": f"{asking}?event={event.uuid}" if _is_latest(event) else "",
        "breadcrumbs": [
            {"label": _("主体档案"), "url": f"{reverse('my_file')}?subject={event.subject.uuid}"}
        ],
    }
    return render(request, "public/subject_event.html", context)


def _is_latest(event: SubjectEvent) -> bool:
    return getattr(event, "superseded_by", None) is None and not event.void


def _shown(request: HttpRequest, event: SubjectEvent, *, for_office: bool) -> dict[str, Any]:
    reader = (file.official if for_office else file.own)(request.user, today())
    level = file.level_of(event.subject, reader)
    return {
        "page_title": event.get_kind_display(),
        "page_caption": _("侵权和司法事件"),
        "event": event,
        "tag": presenters.event_tag(event),
        "rows": presenters.event_rows(event, level=level, for_office=for_office),
        "papers": presenters.paper_links(event.papers.order_by("pk")),
    }


def _crumb(request: HttpRequest, subject: Subject) -> dict[str, str]:
    head = file.head_of(subject, file.official(request.user, today()))
    return {"label": head.name, "url": reverse("office_subject_file", args=[subject.uuid])}


@require_http_methods(["GET", "HEAD", "POST"])
@office_door("adjust_records")
@limited("upload")
def enter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Enter an event into the file of a subject."""
    day = today()
    subject = get_object_or_404(open_files(user=request.user, on=day), uuid=uuid)
    form = EventForm(*_posted(request), **_choices(request, subject), today=day)
    if request.method == "POST" and form.is_valid():
        try:
            event = enter_event(
                subject=subject,
                office=form.chosen_office,
                entry=form.entry,
                papers=form.papers,
                actor=request.user,
                today=day,
            )
        except NotInCharge as error:
            raise Http404 from error
        except DossierRefused as refused:
            put_refusal(form, refused)
        except UploadRefused as refused:
            form.add_error("paper", str(refused))
        else:
            messages.success(request, _("已登记，主体的经办人会收到邮件。"))
            return redirect("office_subject_event", uuid=event.uuid)
    return _form_page(request, form, subject, title=_("登记侵权或者司法事件"))


@require_http_methods(["GET", "HEAD", "POST"])
@office_door("adjust_records")
@limited("upload")
def correct(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Supersede an entry that is wrong."""
    day = today()
    found = events_for_official(user=request.user, on=day).select_related(*_ALONG)
    event = get_object_or_404(found, uuid=uuid)
    if not _is_latest(event) or not may_correct_event(user=request.user, event=event, on=day):
        raise Http404
    form = EventCorrectionForm(*_posted(request), **_choices(request, event.subject), today=day, event=event)
    if request.method == "POST" and form.is_valid():
        try:
            new = correct_event(
                event=event,
                entry=form.entry,
                papers=form.papers,
                reason=form.cleaned_data["reason"],
                void=form.cleaned_data["void"],
                actor=request.user,
                today=day,
            )
        except NotInCharge as error:
            raise Http404 from error
        except DossierRefused as refused:
            put_refusal(form, refused)
        except UploadRefused as refused:
            form.add_error("paper", str(refused))
        else:
            messages.success(request, _("已更正，原来的登记保留备查。"))
            return redirect("office_subject_event", uuid=new.uuid)
    return _form_page(request, form, event.subject, title=_("更正登记"))


def _posted(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _choices(request: HttpRequest, subject: Subject) -> dict[str, Any]:
    readable = readable_by(record_offices(user=request.user, on=today()))
    records = Record.objects.filter(readable, subject=subject).order_by("-decision_date", "-pk")
    return {
        "offices": entering_offices(user=request.user, on=today()),
        "records": list(records.only("uuid", "doc_no", "list_name", "kind")[:MOST_RECORDS]),
    }


def _form_page(request: HttpRequest, form: EventForm, subject: Subject, *, title: str) -> HttpResponse:
    crumb = _crumb(request, subject)
    context = {
        "page_title": title,
        "page_subtitle": crumb["label"],
        "breadcrumbs": [crumb],
        "form": form,
        "back_url": crumb["url"],
    }
    return render(request, "office/subject_event_form.html", context)
