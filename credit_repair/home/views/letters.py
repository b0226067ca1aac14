"""What an enterprise has been sent: documents and mails."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_safe

from credit_repair.cases.delivery_selectors import case_of
from credit_repair.cases.models import Case
from credit_repair.cases.presenters import document_link
from credit_repair.cases.views.doors import applicant_door
from credit_repair.core.clock import today
from credit_repair.core.tables import Columns, table_response, wanted_format
from credit_repair.home import correspondence, presenters
from credit_repair.home.choice import chosen_subject
from credit_repair.home.context import acting_for, frame_of
from credit_repair.mail.models import Mail

PAGE_SIZE = 30
MAIL_TONES = {Mail.State.SENT: "success", Mail.State.WAITING: "info", Mail.State.FAILED: "danger"}


def _number(case: Case | None) -> str:
    return (case.number or "") if case else ""


LETTER_COLUMNS: Columns = (
    (_l("成文日期"), lambda letter: letter.issued_on),
    (_l("文书"), lambda letter: letter.title),
    (_l("文号"), lambda letter: letter.number or ""),
    (_l("发文机关"), lambda letter: letter.office.name if letter.office else ""),
    (_l("案件编号"), lambda letter: _number(case_of(letter))),
    (_l("主体"), lambda letter: letter.addressee.name if letter.addressee else ""),
)


@require_safe
@applicant_door
def letters(request: HttpRequest) -> HttpResponseBase:
    """List the documents that were issued to those for whom one acts, each to be downloaded."""
    subjects = frame_of(request).subjects
    subject = chosen_subject(request, subjects)
    found = correspondence.letters_of(user=request.user, on=today(), subject=subject)
    if wanted_format(request):
        return table_response(request, name=_("我的文书"), columns=LETTER_COLUMNS, rows=found)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page_title": _("我的文书"),
        "page_subtitle": _("受理通知书、决定书等文书，随时可以下载，长期有效。"),
        "page_obj": page,
        "show_subject": subject is None,
        "rows": [
            {
                "letter": letter,
                "item": document_link(letter),
                "case": case,
                "url": presenters.case_url(case, office=False) if case else "",
            }
            for letter, case in ((letter, case_of(letter)) for letter in page)
        ],
    }
    if subject is not None:
        context["acting_for"] = acting_for(subject, several=len(subjects) > 1)
    return render(request, "public/letters.html", context)


@require_safe
@applicant_door
def mails(request: HttpRequest) -> HttpResponse:
    """List the mails that went to the person's own confirmed address."""
    found = correspondence.mails_of(user=request.user, on=today()).defer("body")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("我的邮件"),
        "page_subtitle": _("发到您邮箱的办理通知，这里都留有一份。"),
        "page_obj": page,
        "rows": [
            {"mail": mail, "tag": mail_tag(mail), "url": reverse("my_mail", args=[mail.uuid])}
            for mail in page
        ],
    }
    return render(request, "public/mails.html", context)


@require_safe
@applicant_door
def mail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one of these mails."""
    found = get_object_or_404(correspondence.mails_of(user=request.user, on=today()), uuid=uuid)
    context = {
        "page_title": found.subject,
        "breadcrumbs": [{"label": _("我的邮件"), "url": reverse("my_mails")}],
        "mail": found,
        "tag": mail_tag(found),
        "text": presenters.linked(found.body),
    }
    return render(request, "public/mail.html", context)


def mail_tag(mail: Mail) -> dict[str, str]:
    """Return the state of a mail as a tag."""
    return {"label": mail.get_state_display(), "tone": MAIL_TONES[Mail.State(mail.state)]}
