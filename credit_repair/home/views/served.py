"""What an enterprise sees of service 送达: its consent to electronic service, and one document."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases.delivery_presenters import announced_days, delivery_tag
from credit_repair.cases.delivery_selectors import case_of
from credit_repair.cases.models import Case
from credit_repair.cases.presenters import document_link
from credit_repair.cases.views.doors import applicant_door
from credit_repair.core.clock import today
from credit_repair.core.languages import fixed_text
from credit_repair.core.wording import day_text
from credit_repair.home import correspondence, presenters
from credit_repair.home.service_forms import ConsentForm
from credit_repair.notices.arrival import note_opened
from credit_repair.notices.consents import give_consent, running_consent, withdraw_consent
from credit_repair.notices.errors import DeliveryRefused
from credit_repair.notices.models import Delivery, Document
from credit_repair.people import acting
from credit_repair.people.errors import NotYours

WITHDRAW = "withdraw"


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_door
def consent(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show whether a subject agreed to electronic service; a post agrees, or takes it back."""
    subject = acting.subject_asked_for(request, str(uuid))
    if subject is None:
        raise Http404
    gives = request.method == "POST" and request.POST.get("act") != WITHDRAW
    form = ConsentForm(request.POST if gives else None, subject_name=subject.name)
    if request.method == "POST" and (not gives or form.is_valid()):
        try:
            if gives:
                give_consent(subject=subject, actor=request.user)
                messages.success(request, _("已同意电子送达。以后签发的文书到达“我的文书”，即为送达。"))
            else:
                withdraw_consent(subject=subject, actor=request.user)
                messages.success(request, _("已撤回。以后签发的文书改为纸质送达，网上仍然可以查看。"))
        except DeliveryRefused as refused:
            messages.error(request, refused.words)
        except NotYours as error:
            raise Http404 from error
        return redirect("my_subject_service", subject.uuid)
    context = {
        "page_title": _("电子送达"),
        "page_caption": subject.name,
        "breadcrumbs": [
            {"label": _("我的主体"), "url": reverse("my_subjects")},
            {"label": subject.name, "url": reverse("my_subject", args=[subject.uuid])},
        ],
        "subject": subject,
        "consent": running_consent(subject),
        "form": form,
        "acting_for": acting.bar(subject),
    }
    return render(request, "public/subject_service.html", context, status=422 if form.errors else 200)


@require_safe
@applicant_door
def letter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one document, with the way to download it; that it was opened is noted the first time.

    The mail that leads here is written with the act: the PDF may come a moment later.
    """
    document = get_object_or_404(correspondence.letters_to_come(user=request.user, on=today()), uuid=uuid)
    case, subject = case_of(document), document.addressee
    if request.method == "GET":
        note_opened(document=document, reader=request.user)
    delivery = Delivery.objects.filter(document=document, subject=subject).first()
    context: dict[str, Any] = {
        "page_title": fixed_text(document.title),
        "page_caption": document.number or "",
        "breadcrumbs": [{"label": _("我的文书"), "url": reverse("my_letters")}],
        "rows": _rows(document, case, delivery),
        "tag": delivery_tag(delivery) if delivery else None,
        "item": document_link(document),
        "case_url": presenters.case_url(case, office=False) if case else "",
        "electronic": bool(delivery and delivery.way == Delivery.Way.ELECTRONIC),
        "waits_for_paper": bool(delivery and not delivery.way),
    }
    if subject is not None:
        context["acting_for"] = acting.bar(subject)
        context["subject"] = subject
    return render(request, "public/letter.html", context)


def _rows(document: Document, case: Case | None, delivery: Delivery | None) -> list[dict[str, Any]]:
    said = [
        (_("文号"), document.number or ""),
        (_("发文机关"), document.office.name if document.office else ""),
        (_("成文日期"), day_text(document.issued_on)),
        (_("效力"), document.get_standing_display()),
        (_("案件编号"), (case.number or "") if case else ""),
    ]
    if delivery is not None and delivery.announced_from:
        said.append((_("公告期"), announced_days(delivery)))
    if delivery is not None and delivery.is_delivered:
        said += [
            (_("送达方式"), delivery.get_way_display()),
            (_("送达日期"), day_text(delivery.delivered_at or delivery.delivered_on, "datetime")),
        ]
    return [{"key": key, "value": value} for key, value in said if value]
