"""The service 送达 of documents in the form that the pages take."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.delivery_selectors import case_of
from credit_repair.cases.kinds import office_path
from credit_repair.cases.models import Case
from credit_repair.cases.presenters import document_link
from credit_repair.core.languages import fixed_text
from credit_repair.core.wording import bracketed, day_text, listed
from credit_repair.notices.delivering import ON_PAPER
from credit_repair.notices.models import Delivery, Document
from credit_repair.registry.personal_numbers import without_personal_numbers

Way = Delivery.Way
Standing = Document.Standing


def delivery_tag(delivery: Delivery | None, *, is_made: bool = False) -> dict[str, str]:
    """Return how service stands as a tag; None: the PDF is not there yet, or where it is made, it is served
    on nobody: it was issued before service was entered here, or was void before it could be."""
    if delivery is None:
        return {"label": _("没有送达记录") if is_made else _("正在生成"), "tone": "neutral"}
    if delivery.is_delivered:
        return {"label": _("已送达"), "tone": "success"}
    if delivery.way == Way.ANNOUNCED:
        return {"label": _("公告中"), "tone": "info"}
    if delivery.failure:
        return {"label": str(delivery.get_failure_display()), "tone": "danger"}
    return {"label": _("待送达"), "tone": "warning"}


def delivery_rows(delivery: Delivery) -> list[dict[str, Any]]:
    """Return what is known of one service, row by row."""
    announced = delivery.way == Way.ANNOUNCED
    said: list[tuple[str, Any]] = [
        (_("送达方式"), delivery.get_way_display() if delivery.way else ""),
        (_("送达日期"), day_text(delivery.delivered_at or delivery.delivered_on, "datetime")),
        (_("首次查看"), day_text(delivery.opened_at, "datetime")),
        (_("首次下载"), day_text(delivery.downloaded_at, "datetime")),
        (_("同意电子送达"), day_text(delivery.consent.given_at, "datetime") if delivery.consent else ""),
        (_("受委托送达的单位"), delivery.entrusted_to),
        (_("签收人"), delivery.received_by + (bracketed(delivery.relation) if delivery.relation else "")),
        (_("拒收的情况"), without_personal_numbers(delivery.refusal)),
        (_("见证人"), listed(f"{name}{bracketed(of)}" for name, of in delivery.witnesses)),
        (_("公告地点") if announced else _("送达地点"), delivery.place),
        (_("公告期"), announced_days(delivery)),
        (_("送达人"), delivery.servers),
        (_("未送达"), _failed(delivery)),
        (_("备注"), without_personal_numbers(delivery.remark)),
        (_("登记人"), str(delivery.entered_by) if delivery.entered_by else ""),
        (_("登记时间"), day_text(delivery.entered_at, "datetime")),
    ]
    return [{"key": key, "value": value} for key, value in said if value]


def announced_days(delivery: Delivery) -> str:
    """Return from when to when a public notice runs, in words; nothing for none."""
    if delivery.announced_from is None:
        return ""
    days = {"since": day_text(delivery.announced_from), "until": day_text(delivery.announced_until)}
    return _("%(since)s至%(until)s") % days


def _failed(delivery: Delivery) -> str:
    if delivery.failed_on is None:
        return ""
    return _("%(day)s%(what)s：%(why)s") % {
        "day": day_text(delivery.failed_on),
        "what": delivery.get_failure_display(),
        "why": without_personal_numbers(delivery.failed_why),
    }


def served_items(documents: Collection[Document], *, offices: Collection[int]) -> list[dict[str, Any]]:
    """Return documents with how each is served, and what people of these offices can do."""
    return [_item(document, offices) for document in documents]


def _item(document: Document, offices: Collection[int]) -> dict[str, Any]:
    delivery = next(iter(document.deliveries.all()), None)
    return {
        "title": fixed_text(document.title),
        "number": document.number or "",
        "issued_on": document.issued_on,
        "office": document.office.name if document.office else "",
        "link": document_link(document),
        "tag": delivery_tag(delivery, is_made=document.state == Document.State.READY),
        "rows": delivery_rows(delivery) if delivery else [],
        "notice_url": _notice_url(document, delivery),
        "scan": reverse("office_delivery_scan", args=[delivery.uuid]) if delivery and delivery.scan else "",
        "proof": _proof(delivery),
        **_ways(document, delivery, offices),
    }


def _proof(delivery: Delivery | None) -> str:
    """The address of the proof of service, once it is made."""
    if delivery is None or delivery.proof is None or delivery.proof.state != Document.State.READY:
        return ""
    return reverse("document", args=[delivery.proof.uuid])


def _notice_url(document: Document, delivery: Delivery | None) -> str:
    """The address of the public notice, while it runs."""
    runs = delivery is not None and delivery.way == Way.ANNOUNCED and not delivery.is_delivered
    if delivery is None or not runs or document.standing != Standing.VALID:
        return ""
    return reverse("public_notice", args=[delivery.uuid])


def way_tabs(delivery: Delivery, way: str) -> list[dict[str, Any]]:
    """Return the ways in which officials serve, each with the address of its form; `way` is the one shown."""
    address = reverse("office_delivery_enter", args=[delivery.uuid])
    return [
        {"label": each.label, "url": f"{address}?way={each.value}", "active": each == way}
        for each in ON_PAPER
    ]


def _ways(document: Document, delivery: Delivery | None, offices: Collection[int]) -> dict[str, str]:
    """The addresses of what can be done now, by name."""
    if delivery is None or document.office_id not in offices:
        return {}
    if delivery.is_delivered:
        names = [] if delivery.proof_id else ["prove"]
    elif document.standing == Standing.VOID:
        names = []
    elif delivery.way == Way.ANNOUNCED:
        names = ["enter"]
    else:
        may_announce = delivery.failure and document.standing == Standing.VALID
        names = ["enter", "fail", *(["announce"] if may_announce else [])]
    return {f"{name}_url": reverse(f"office_delivery_{name}", args=[delivery.uuid]) for name in names}


def services_url(document: Document, case: Case | None) -> str:
    """Return the page on which the service of a document stands: its case's, or its own."""
    if case is not None:
        return reverse("office_case_deliveries", args=[case.uuid])
    return reverse("office_document_deliveries", args=[document.uuid])


def waiting_row(delivery: Delivery, *, today: date) -> dict[str, Any]:
    """Return what is not served yet as a row of the list."""
    case = case_of(delivery.document)
    return {
        "title": fixed_text(delivery.document.title),
        "number": delivery.document.number or "",
        "subject": delivery.subject.name,
        "case": case,
        "case_url": office_path(case) if case else "",
        "url": services_url(delivery.document, case),
        "since": delivery.since,
        "days": (today - delivery.since).days,
        "tag": delivery_tag(delivery),
    }
