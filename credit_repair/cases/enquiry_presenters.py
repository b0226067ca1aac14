"""Enquiries 协查 in the form that the page components take."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.models import Enquiry
from credit_repair.cases.services.enquiries import is_awaited, record_number
from credit_repair.core.languages import fixed_text
from credit_repair.core.wording import bracketed, day_text
from credit_repair.notices.models import Document
from credit_repair.registry.law import current_calendar

#: What an answer says for the case, at a glance.
_TONES = {"confirmed": "success", "denied": "danger", "unknown": "neutral"}


def state_tag(enquiry: Enquiry, *, today: date) -> dict[str, str]:
    """Return how it stands as a tag: answered, not needed, awaited, overdue. Silence is shown as silence."""
    if enquiry.replied_at is not None:
        return {"label": str(enquiry.get_answer_display()), "tone": _TONES[enquiry.answer]}
    if not is_awaited(enquiry):
        return {"label": _("不再需要"), "tone": "neutral"}
    if enquiry.due_on < today:
        days = current_calendar().working_days_between(enquiry.due_on, today)
        return {"label": _("逾期%s个工作日未回复") % days if days else _("逾期未回复"), "tone": "danger"}
    return {"label": _("等待回复"), "tone": "info"}


def state_words(enquiry: Enquiry, *, today: date) -> str:
    """Say in one sentence since when or until when it is as it is."""
    if enquiry.replied_at is not None:
        return _("%(day)s回复，%(how)s。") % {
            "day": day_text(enquiry.replied_at, "datetime"),
            "how": _how(enquiry),
        }
    if enquiry.closed_at is not None:
        return _("%s起不再需要回复。") % day_text(enquiry.closed_at)
    if enquiry.case.closed_on is not None:
        return _("没有回复，案件已于%s结束。") % day_text(enquiry.case.closed_on)
    if not is_awaited(enquiry):
        return _("没有回复，案件已经作出决定。")
    if enquiry.due_on < today:
        return _("应于%s前（含当日）回复，至今没有回复。没有回复不等于同意。") % day_text(enquiry.due_on)
    return _("请于%s前（含当日）回复。") % day_text(enquiry.due_on)


def _how(enquiry: Enquiry) -> str:
    how = str(enquiry.get_channel_display())
    return how + bracketed(_("由%s录入") % enquiry.entered_by) if enquiry.entered_by else how


def letter_link(enquiry: Enquiry) -> dict[str, Any] | None:
    """Return the letter as a link, or None while its PDF is still being made."""
    document = enquiry.document
    if document is None or document.state != Document.State.READY:
        return None
    return {
        "href": reverse("office_enquiry_letter", args=[enquiry.uuid]),
        "name": fixed_text(document.title),
        "number": document.number or "",
        "size": document.size,
        "kind": "PDF",
    }


def file_links(enquiry: Enquiry) -> list[dict[str, Any]]:
    """Return what came with the answer as links."""
    return [
        {
            "href": reverse("office_enquiry_file", args=[enquiry.uuid, file.uuid]),
            "name": file.name,
            "size": file.size,
            "kind": file.name.rpartition(".")[2].upper(),
        }
        for file in enquiry.files.all()
    ]


def received_row(enquiry: Enquiry, *, today: date) -> dict[str, Any]:
    """Return an enquiry as a row of the list of the office that is asked."""
    return {
        "enquiry": enquiry,
        "asker": enquiry.step.office.name,
        "number": enquiry.document.number if enquiry.document else "",
        "subject": enquiry.case.subject,
        "tag": state_tag(enquiry, today=today),
        "url": reverse("office_enquiry", args=[enquiry.uuid]),
    }


def asked_rows(enquiry: Enquiry, *, record: str) -> list[dict[str, Any]]:
    """Return who asks whom about what: of the subject the name, of the record what it is known by, and no
    more."""
    rows = [
        (_("发函单位"), enquiry.step.office.name),
        (_("文号"), enquiry.document.number if enquiry.document else ""),
        (_("主送单位"), enquiry.addressee),
        (_("有关主体"), enquiry.case.subject.name if enquiry.case.subject else ""),
        (_("有关信息"), record),
    ]
    return [{"key": key, "value": value} for key, value in rows]


def asked_page(enquiry: Enquiry, *, today: date) -> dict[str, Any]:
    """Return what the office that is asked finds on the enquiry's page."""
    return {
        "page_title": _("%s的协查函") % enquiry.step.office.name,
        "enquiry": enquiry,
        "rows": asked_rows(enquiry, record=record_number(enquiry.case)),
        "state_tag": state_tag(enquiry, today=today),
        "state_words": state_words(enquiry, today=today),
        "letter": letter_link(enquiry),
        "files": file_links(enquiry),
    }
