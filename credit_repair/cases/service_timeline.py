"""The service 送达 of a case's documents as events of its timeline 办理过程: drawn from what is known.

The applicant reads what counts for them: served, announced, not to be delivered. When the addressee looked
at a document or took it along, and why somebody could not be found, officials alone read.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from credit_repair.cases.models import Case
from credit_repair.core.languages import fixed_text
from credit_repair.core.wording import bracketed, day_text
from credit_repair.notices.models import Delivery, Document
from credit_repair.registry.personal_numbers import without_personal_numbers

Way = Delivery.Way
_TO_READ = gettext_noop("您可以登录后在“我的文书”中查看和下载。")


def service_items(case: Case, *, internal: bool) -> list[dict[str, Any]]:
    """Return what happened in the service of the case's documents, as the timeline's items, in no order; of
    the proof of service 送达回证 each has the document itself."""
    found = Delivery.objects.filter(document__case_link__case=case)
    deliveries = found.select_related("document", "entered_by", "proof").order_by("pk")
    items = [item for delivery in deliveries for item in _items(delivery, internal)]
    return [item for item in items if internal or not item["internal"]]


def _items(delivery: Delivery, internal: bool) -> Iterator[dict[str, Any]]:
    name = _name(delivery.document)
    who = str(delivery.entered_by) if internal and delivery.entered_by else ""
    if delivery.failed_on:
        text = without_personal_numbers(delivery.failed_why) if internal else _(_TO_READ)
        title = _("%(document)s没有送达：%(failure)s")
        said = {"document": name, "failure": delivery.get_failure_display()}
        yield _item(delivery.failed_on, title % said, text, who, "warning")
    if delivery.announced_from:
        days = {"since": day_text(delivery.announced_from), "until": day_text(delivery.announced_until)}
        text = _("公告期：%(since)s至%(until)s。公告期满，视为送达。") % days
        yield _item(delivery.announced_from, _("%s公告送达") % name, text, who, "info")
    if delivery.opened_at:
        yield _item(delivery.opened_at, _("受送达人首次查看%s") % name, "", "", "neutral", only=True)
    if delivery.downloaded_at:
        yield _item(delivery.downloaded_at, _("受送达人首次下载%s") % name, "", "", "neutral", only=True)
    if delivery.delivered_on:
        who = "" if delivery.way in (Way.ELECTRONIC, Way.ANNOUNCED) else who
        when = delivery.delivered_at or delivery.delivered_on
        yield _item(when, _("%s已送达") % name, str(delivery.get_way_display()), who, "success")
    proof = delivery.proof
    if proof is not None and proof.state == Document.State.READY:
        item = _item(proof.created_at, _("已制作%s的送达回证") % name, "", "", "neutral", only=True)
        yield {**item, "documents": [proof]}


def _item(when: Any, title: str, text: str, who: str, tone: str, *, only: bool = False) -> dict[str, Any]:
    return {
        "when": when,
        "title": title,
        "text": text,
        "actor": who,
        "tone": tone,
        "internal": only,
        "documents": [],
    }


def _name(document: Document) -> str:
    """What a document is called within a sentence: 《受理通知书》（濉信修〔2026〕12号）."""
    name = _("《%s》") % fixed_text(document.title)
    return name + bracketed(document.number) if document.number else name


def moment_of(item: dict[str, Any]) -> tuple[date, int, float]:
    """Return where an item stands among the others: what is known by its day alone comes after what has a
    time on that day."""
    when = item["when"]
    if isinstance(when, datetime):
        local = timezone.localtime(when)
        return local.date(), 0, local.timestamp()
    return when, 1, 0.0
