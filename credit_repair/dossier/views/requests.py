"""Officials answer requests of people about their own data 个人信息申请."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.core.clock import today
from credit_repair.dossier import presenters
from credit_repair.dossier.access import HANDLERS, is_second, requests_for
from credit_repair.dossier.errors import DossierRefused, NotInCharge
from credit_repair.dossier.forms import AnswerForm, SendBackForm, put_refusal
from credit_repair.dossier.models import DataRequest
from credit_repair.dossier.services import answer_request, confirm_answer, send_back
from credit_repair.people.doors import door_of_any

PAGE_SIZE = 30
State = DataRequest.State
_door = door_of_any(*HANDLERS)


@require_safe
@_door
def waiting(request: HttpRequest) -> HttpResponse:
    """List the requests that this official may answer: what waits first, the nearest due day of it."""
    day, show = today(), request.GET.get("show", "")
    found = requests_for(user=request.user, on=day).select_related("user", "office", "subject")
    open_ones = Q(state__in=DataRequest.OPEN)
    late = open_ones & Q(due_on__lt=day)
    counts = {"open": found.filter(open_ones).count(), "over": found.filter(late).count()}
    if show == "over":
        found = found.filter(late).order_by("due_on", "pk")
    elif show == "done":
        found = found.exclude(open_ones).order_by(F("ended_at").desc(), "-pk")
    else:
        show, found = "", found.filter(open_ones).order_by("due_on", "pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("个人信息申请"),
        "page_subtitle": _("个人要求更正、复制本人信息或者注销账号的申请，按答复期限排列。"),
        "tabs": presenters.request_tabs(counts, chosen=show),
        "page_obj": page,
        "rows": [presenters.request_row(row, today=day, office=True) for row in page],
        "show": show,
    }
    return render(request, "office/data_requests.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_door
def one(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show a request; a post answers it, agrees to the answer of a colleague, or sends it back."""
    day = today()
    found = requests_for(user=request.user, on=day).select_related(
        "user", "office", "subject", "event", "proposed_by", "answered_by"
    )
    asked = get_object_or_404(found, uuid=uuid)
    said = request.POST.get("decision", "") if request.method == "POST" else ""
    answering = AnswerForm(request.POST if said == "answer" else None, request=asked)
    returning = SendBackForm(request.POST if said == "send_back" else None)
    if said and _done(request, asked, said, answering, returning):
        return redirect("office_data_requests")
    second = asked.state == State.PROPOSED
    context = {
        "page_title": asked.get_about_display(),
        "page_caption": _("个人信息申请"),
        "page_subtitle": str(asked.user),
        "breadcrumbs": [{"label": _("个人信息申请"), "url": reverse("office_data_requests")}],
        "asked": asked,
        "tag": presenters.request_tag(asked),
        "rows": presenters.request_rows(asked, today=day, for_office=True),
        "fields": presenters.field_rows(asked, for_office=True),
        "event_url": reverse("office_subject_event", args=[asked.event.uuid]) if asked.event else "",
        "answer_form": answering if asked.state == State.SUBMITTED else None,
        "second": second and is_second(asked, user=request.user, on=day),
        "own_proposal": second and asked.proposed_by_id == request.user.pk,
        "return_form": returning,
        "needs_second": asked.about in DataRequest.FOUR_EYES,
        "forms": [form for form in (answering, returning) if form.is_bound],
    }
    return render(request, "office/data_request.html", context)


def _done(
    request: HttpRequest, asked: DataRequest, said: str, answering: AnswerForm, returning: SendBackForm
) -> bool:
    """Do what was chosen; where it cannot be, the words stand on the form."""
    how: dict[str, Any] = {"request": asked, "actor": request.user, "today": today()}
    form = {"answer": answering, "send_back": returning}.get(said)
    if form is not None and not form.is_valid():
        return False
    try:
        if said == "answer":
            row = answer_request(**how, answer=answering.answer)
        elif said == "confirm":
            row = confirm_answer(**how)
        elif said == "send_back":
            row = send_back(**how, reason=returning.cleaned_data["reason"])
        else:
            raise Http404
    except NotInCharge as error:
        raise Http404 from error
    except DossierRefused as refused:
        if form is None:
            messages.error(request, refused.words)
        else:
            put_refusal(form, refused)
        return False
    messages.success(request, presenters.done_words(row))
    return True
