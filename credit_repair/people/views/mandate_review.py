"""Intake officials look at letters, and let people act for subjects."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.core.clock import today
from credit_repair.core.crypto import keyed_hash
from credit_repair.core.tables import Columns, table_response, wanted_format
from credit_repair.people import mandate_presenters
from credit_repair.people.doors import office_door
from credit_repair.people.errors import MandateRefused, NotInCharge
from credit_repair.people.mandate_forms import (
    ApproveForm,
    EndForm,
    MandateFilterForm,
    RefuseForm,
    put_refusal,
)
from credit_repair.people.mandate_selectors import (
    applications_for,
    in_charge_of_mandate,
    in_order_of_work,
    mandates_on,
    subject_of,
    usual_office,
)
from credit_repair.people.models import Mandate, MandateApplication
from credit_repair.people.services import mandate_applications as services
from credit_repair.people.services.mandates import end_mandate_by_office
from credit_repair.people.views.letters import letter_response
from credit_repair.registry.keys import same_name
from credit_repair.registry.models import Subject

State = MandateApplication.State
PAGE_SIZE = 30
COLUMNS: Columns = (
    (_l("主体名称"), lambda row: row.name),
    (_l("代码或证件号码"), lambda row: row.shown_number),
    (_l("申请人"), lambda row: str(row.user)),
    (_l("申请事项"), lambda row: row.get_purpose_display()),
    (_l("身份"), lambda row: row.get_capacity_display()),
    (_l("审核单位"), lambda row: row.office.name),
    (_l("提交日期"), lambda row: row.submitted_on),
    (_l("申请授权至"), lambda row: row.until),
    (_l("核准授权至"), lambda row: getattr(mandate_presenters.granted(row), "until", None)),
    (_l("状态"), lambda row: row.get_state_display()),
    (_l("审核时间"), lambda row: row.decided_at if row.state != State.WITHDRAWN else None),
    (_l("审核人"), lambda row: str(row.decided_by or row.proved_by)),
    (_l("理由"), lambda row: row.reason),
)


@require_safe
@office_door("intake")
def applications(request: HttpRequest) -> HttpResponseBase:
    """Show who asks to act for whom: what waits comes first."""
    form = MandateFilterForm(request.GET or None)
    found = applications_for(user=request.user, on=today())
    found = found.select_related("user", "office", "decided_by", "mandate")
    if form.is_valid():
        found = _matching(found, form.cleaned_data["state"], form.cleaned_data["q"])
    found = in_order_of_work(found)
    if wanted_format(request):
        return table_response(request, name=_("授权审核"), columns=COLUMNS, rows=found)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("授权审核"),
        "page_subtitle": _("核对授权书，决定谁可以为企业和个人办理。待审核的排在最前面。"),
        "form": form,
        "filter_form": form,
        "clear_url": reverse("office_mandates") if form.is_bound and form.has_changed() else "",
        "result_text": _("共%s件申请") % page.paginator.count,
        "page_obj": page,
        "rows": mandate_presenters.application_items(page, url_name="office_mandate"),
    }
    return render(request, "office/mandates.html", context)


def _matching(found: QuerySet[MandateApplication], state: str, text: str) -> QuerySet[MandateApplication]:
    if state:
        found = found.filter(state=state)
    if text := text.strip():
        number = Q(code__iexact=text) | Q(number_hash=keyed_hash(text))
        found = found.filter(number | Q(name__icontains=text) | Q(user__display_name__icontains=text))
    return found


def _readable(request: HttpRequest, uuid: UUID) -> MandateApplication:
    found = applications_for(user=request.user, on=today())
    found = found.select_related("user", "office", "decided_by", "subject", "mandate")
    return get_object_or_404(found, uuid=uuid)


@require_http_methods(["GET", "POST"])
@office_door("intake")
def application(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one application beside the letter and the register; a post decides it."""
    found = _readable(request, uuid)
    subject = subject_of(found)
    others = _others(found, subject)
    differs = subject is not None and not same_name(subject.name, found.name)
    said = request.POST.get("decision", "") if request.method == "POST" else ""
    approving = ApproveForm(
        request.POST if said == "approve" else None,
        application=found,
        others=[each for each in others if each.user_id != found.user_id],
        name_differs=differs,
        prefix="approve",
    )
    refusing = RefuseForm(request.POST if said == "refuse" else None, prefix="refuse")
    if said and _decided(request, found, approving if said == "approve" else refusing):
        return redirect("office_mandates")
    is_open = found.state == State.SUBMITTED
    usual = usual_office(subject=subject, code=found.code)
    context = {
        "page_title": found.name,
        "page_caption": _("授权申请"),
        "page_subtitle": found.shown_number,
        "state_tag": mandate_presenters.state_tag(found),
        "breadcrumbs": [{"label": _("授权审核"), "url": reverse("office_mandates")}],
        "application": found,
        "rows": mandate_presenters.application_rows(found, for_office=True),
        "letter": mandate_presenters.letter_link(found, url_name="office_mandate_letter"),
        "comparison": mandate_presenters.comparison(found, subject),
        "others": _other_rows(request, others),
        "takes_over": is_open
        and found.capacity == MandateApplication.Capacity.ADMINISTRATOR
        and any(each.user_id != found.user_id for each in others),
        "administrators": [str(each.user) for each in others if mandate_presenters.is_administrators(each)],
        "timeline": mandate_presenters.timeline(found, for_office=True),
        "is_open": is_open,
        "office_warning": mandate_presenters.office_warning(found, usual) if is_open else "",
        "approve_form": approving if is_open else None,
        "refuse_form": refusing if is_open else None,
        "refuse_open": said == "refuse",
        "forms": [form for form in (approving, refusing) if form.is_bound],
    }
    return render(request, "office/mandate.html", context)


def _others(found: MandateApplication, subject: Subject | None) -> list[Mandate]:
    """Who acts for the subject today, the applicant included."""
    return [] if subject is None else list(mandates_on(subject=subject, on=today()))


def _other_rows(request: HttpRequest, others: list[Mandate]) -> list[dict[str, Any]]:
    return [
        {
            "mandate": mandate,
            "person": str(mandate.user),
            "administrator": mandate_presenters.is_administrators(mandate),
            "end_url": reverse("office_mandate_end", args=[mandate.uuid])
            if in_charge_of_mandate(mandate=mandate, user=request.user, on=today())
            else "",
        }
        for mandate in others
    ]


def _decided(request: HttpRequest, found: MandateApplication, form: forms.Form) -> bool:
    """Decide as the form says; where it cannot be, the words stand on the form."""
    if not form.is_valid():
        return False
    how: dict[str, Any] = {"application": found, "actor": request.user, "today": today()}
    named = {"name": found.name, "person": found.user}
    try:
        if isinstance(form, ApproveForm):
            services.approve(**how, **form.answers)
            messages.success(request, _("已通过：%(person)s可以为“%(name)s”办理。") % named)
        elif isinstance(form, RefuseForm):
            services.refuse(**how, reason=form.words)
            messages.success(request, _("未通过：已告知%(person)s理由和怎样补正。") % named)
    except NotInCharge as error:
        raise Http404 from error
    except MandateRefused as refused:
        put_refusal(form, refused)
        return False
    return True


@require_http_methods(["GET", "POST"])
@office_door("intake")
def end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask why somebody's mandate is to end; a post ends it at once."""
    day = today()
    rows = Mandate.objects.select_related("user", "subject", "application__office")
    mandate = get_object_or_404(rows, uuid=uuid)
    running = mandates_on(subject=mandate.subject, on=day).filter(pk=mandate.pk).exists()
    if not running or not in_charge_of_mandate(mandate=mandate, user=request.user, on=day):
        raise Http404
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            end_mandate_by_office(
                mandate=mandate,
                actor=request.user,  # type: ignore[arg-type]
                today=day,
                reason=form.cleaned_data["reason"],
            )
        except NotInCharge as error:
            raise Http404 from error
        except MandateRefused as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, _("%s的授权已经终止，已发邮件告知。") % mandate.user)
            return redirect("office_mandates")
    context = {
        "page_title": _("终止授权"),
        "breadcrumbs": [{"label": _("授权审核"), "url": reverse("office_mandates")}],
        "form": form,
        "rows": [
            {"key": _("经办人"), "value": str(mandate.user)},
            {"key": _("主体名称"), "value": mandate.subject.name},
            {"key": mandate.subject.get_id_type_display(), "value": mandate.subject.shown_number},
            {"key": _("授权自"), "value": mandate.since},
            {"key": _("授权至"), "value": mandate_presenters.until_text(mandate.until)},
        ],
    }
    return render(request, "office/mandate_end.html", context)


@require_safe
@office_door("intake")
def letter(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Hand out the letter of an application to the office that looks at it."""
    return letter_response(_readable(request, uuid))
