"""How a person asks to act for a subject, and follows it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.people import acting, mandate_presenters
from credit_repair.people.doors import person_door
from credit_repair.people.errors import MandateRefused
from credit_repair.people.mandate_forms import MandateForm, put_refusal
from credit_repair.people.mandate_selectors import (
    host_office,
    own_applications,
    reviewing_offices,
    usual_office,
)
from credit_repair.people.models import MandateApplication
from credit_repair.people.services import mandate_applications as services
from credit_repair.people.services.mandates import running_mandate
from credit_repair.people.views.letters import letter_response
from credit_repair.registry.models import Office, Subject

State = MandateApplication.State


def _crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    return [{"label": _("我的主体"), "url": reverse("my_subjects")}, *more]


def _to_renew(request: HttpRequest) -> Subject | None:
    """The subject for which the person asks to go on acting; None for a new one."""
    if request.GET.get("purpose") != MandateApplication.Purpose.RENEW:
        return None
    subject = acting.subject_asked_for(request, request.GET.get("subject", ""))
    if subject is None:
        raise Http404
    return subject


def _initial(request: HttpRequest, subject: Subject | None) -> dict[str, Any]:
    """What the form begins with: of an earlier application, where it is asked again."""
    if subject is not None:
        mandate = running_mandate(user=request.user, subject=subject, on=today())
        application = mandate.application if mandate else None
        return {"capacity": application.capacity} if application else {}
    try:
        wanted = UUID(request.GET.get("again", ""))
    except ValueError:
        return {}
    earlier = own_applications(user=request.user).filter(uuid=wanted).first()
    if earlier is None:
        return {}
    return {
        "purpose": earlier.purpose,
        "capacity": earlier.capacity,
        "name": earlier.name,
        "number": earlier.code or earlier.personal_number,
        "until": earlier.until,
        "office": earlier.office.code,
    }


@require_http_methods(["GET", "POST"])
@person_door
@limited("upload")
@limited("mandate")
def new(request: HttpRequest) -> HttpResponse:
    """Ask to act for a subject, or to go on acting for it."""
    day, subject = today(), _to_renew(request)
    offices = _offices(subject)
    form = MandateForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        offices=offices,
        subject=subject,
        today=day,
        host=host_office(),
        initial=_initial(request, subject),
    )
    if request.method == "POST" and offices and form.is_valid():
        made = _applied(request, form)
        if made is not None:
            words = _("申请已提交，由%s审核，结果会发到您的邮箱。")
            messages.success(request, words % made.office.name)
            return redirect("my_mandate", uuid=made.uuid)
    context = {
        "page_title": _("申请延长授权") if subject else _("申请为主体办理"),
        "page_subtitle": _("填写一次，上传一份授权书，由信用办审核。不收费。"),
        "breadcrumbs": _crumbs(),
        "form": form if offices else None,
        "subject": subject,
        "office": offices[0] if len(offices) == 1 else None,
        "template_query": _template_query(subject),
        "acting_for": acting.bar(subject) if subject else None,
    }
    return render(request, "public/mandate_new.html", context)


def _offices(subject: Subject | None) -> list[Office]:
    """The offices that can look at the letter: one, where it is known already which."""
    known = usual_office(subject=subject, code=subject.code or "") if subject is not None else None
    return [known] if known is not None else reviewing_offices()


def _applied(request: HttpRequest, form: MandateForm) -> MandateApplication | None:
    try:
        return services.apply_for_mandate(user=request.user, today=today(), **form.answers)  # type: ignore[arg-type]
    except MandateRefused as refused:
        put_refusal(form, refused)
    except UploadRefused as refused:
        form.add_error("letter", str(refused))
    return None


def _template_query(subject: Subject | None) -> str:
    if subject is None:
        return ""
    query = QueryDict(mutable=True)
    query["subject"] = str(subject.uuid)
    return f"?{query.urlencode()}"


@require_safe
@person_door
def template(request: HttpRequest) -> HttpResponse:
    """Show a letter of authorisation to print, fill in and sign."""
    wanted = request.GET.get("subject")
    subject = acting.subject_asked_for(request, wanted) if wanted else None
    context = {
        "page_title": _("授权委托书（样本）"),
        "breadcrumbs": _crumbs({"label": _("申请为主体办理"), "url": reverse("my_mandate_new")}),
        "subject": subject,
        "person": request.user,
        "acting_for": None,
    }
    return render(request, "public/mandate_letter.html", context)


def _own(request: HttpRequest, uuid: UUID) -> MandateApplication:
    return get_object_or_404(own_applications(user=request.user), uuid=uuid)


@require_safe
@person_door
def status(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show how one application stands, and what to do next."""
    found = _own(request, uuid)
    state = State(found.state)
    mine = found.subject if state == State.APPROVED else None
    acts = mine is not None and mine in acting.subjects_of(request)
    context = {
        "page_title": found.name,
        "page_caption": _("授权申请"),
        "page_subtitle": mandate_presenters.now_words(found),
        "state_tag": mandate_presenters.state_tag(found),
        "breadcrumbs": _crumbs(),
        "application": found,
        "stage": {State.SUBMITTED: 2, State.REFUSED: 2, State.APPROVED: 4}.get(state),
        "stage_failed": state == State.REFUSED,
        "rows": mandate_presenters.application_rows(found, for_office=False),
        "letter": mandate_presenters.letter_link(found, url_name="my_mandate_letter"),
        "timeline": mandate_presenters.timeline(found, for_office=False),
        "can_withdraw": state == State.SUBMITTED,
        "begin": mine if acts else None,
        "again": state in (State.REFUSED, State.WITHDRAWN),
    }
    return render(request, "public/mandate.html", context)


@require_POST
@person_door
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take an application back before it is decided."""
    found = _own(request, uuid)
    try:
        services.withdraw(application=found, actor=request.user, today=today())  # type: ignore[arg-type]
    except MandateRefused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, _("申请已撤回。"))
    return redirect("my_mandate", uuid=found.uuid)


@require_safe
@person_door
def letter(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Hand out the person's own letter."""
    return letter_response(_own(request, uuid))
