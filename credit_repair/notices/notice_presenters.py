"""Public notices 公告送达 as anybody may read them: whom they call, by name alone, and to what."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.core.languages import fixed_text
from credit_repair.core.wording import bracketed, day_text
from credit_repair.notices.announcing import public_text
from credit_repair.notices.models import Delivery


def notice_tag(delivery: Delivery, *, on: date) -> dict[str, str]:
    """Return whether a notice runs on that day, as a tag."""
    if delivery.announced_until and delivery.announced_until < on:
        return {"label": _("公告期已满"), "tone": "neutral"}
    return {"label": _("公告中"), "tone": "info"}


def notice_row(delivery: Delivery, *, on: date) -> dict[str, Any]:
    """Return a notice as a row of the list."""
    document = delivery.document
    return {
        "url": reverse("public_notice", args=[delivery.uuid]),
        "name": delivery.subject.name,
        "title": fixed_text(document.title),
        "number": document.number or "",
        "office": document.office.name if document.office else "",
        "since": delivery.announced_from,
        "until": delivery.announced_until,
        "tag": notice_tag(delivery, on=on),
    }


def notice_page(delivery: Delivery, *, on: date) -> dict[str, Any]:
    """Return what the page of one notice shows."""
    row = notice_row(delivery, on=on)
    days = {"since": day_text(row["since"]), "until": day_text(row["until"])}
    facts = [
        (_("受送达人"), row["name"]),
        (_("送达的文书"), row["title"] + (bracketed(row["number"]) if row["number"] else "")),
        (_("公告单位"), row["office"]),
        (_("公告期"), _("%(since)s至%(until)s") % days),
    ]
    return {
        "tag": row["tag"],
        "rows": [{"key": key, "value": value} for key, value in facts if value],
        "text": public_text(delivery),
        "office": row["office"],
        "since": row["since"],
    }
