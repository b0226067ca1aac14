"""Service by public notice 公告送达: what could not be served otherwise is announced, on this site, too.

Anybody may read a notice while it runs and some days after. It says no more of whom it calls than their name,
and what an organisation is registered under: the officials' own words may hold no number of a person.
"""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.core.wording import bracketed, clauses, day_text, stated
from credit_repair.notices import public_words
from credit_repair.notices.delivering import locked, note, refuse_served
from credit_repair.notices.errors import DeliveryRefused
from credit_repair.notices.freezing import thaw
from credit_repair.notices.models import Delivery, Document
from credit_repair.notices.services import KINDS
from credit_repair.registry.law import current_book
from credit_repair.registry.models import Subject
from credit_repair.registry.personal_numbers import looks_personal

Way = Delivery.Way
#: So many days after its last one a notice can still be read.
SHOWN_AFTER = timedelta(days=7)
#: Characters of a notice.
MOST_CHARACTERS = 1000


def announcement_days(*, on: date) -> int:
    """Return how many days a public notice 公告送达 lasts, by the rules in force."""
    return int(current_book().view("general", on=on)["service.announced.days"].value)


@in_site_language()
def usual_text(delivery: Delivery, *, on: date) -> str:
    """Return what the notice says where officials write nothing else; `on` is the day it is published."""
    document, subject = delivery.document, delivery.subject
    said = thaw(KINDS[document.kind], document.context)
    office = document.office.name if document.office else ""
    contact = getattr(said, "contact", None)
    where = [stated(_("地址"), contact.address), stated(_("电话"), contact.phone)] if contact else []
    facts = {
        "name": subject.name,
        "code": bracketed(stated(_("统一社会信用代码"), subject.code)) if _has_public_code(subject) else "",
        "you": _("你") if subject.kind == Subject.Kind.PERSON else _("你单位"),
        "office": office,
        "day": day_text(document.issued_on),
        "title": document.title,
        "number": bracketed(document.number) if document.number else "",
        "days": announcement_days(on=on),
        "where": bracketed(clauses(where)) if where else "",
    }
    return (
        _(
            "%(name)s%(code)s：\n"
            "%(office)s于%(day)s对%(you)s作出《%(title)s》%(number)s。因其他方式无法送达，现公告送达。"
            "请自公告之日起%(days)s日内到%(office)s领取%(where)s，逾期不领取的，公告期满视为送达。"
        )
        % facts
    )


def _has_public_code(subject: Subject) -> bool:
    """Whether it has a code that is nobody's identity number."""
    return bool(subject.code) and not looks_personal(subject.code or "")


@transaction.atomic
def announce(*, delivery: Delivery, actor: Any, today: date, place: str, text: str = "") -> Delivery:
    """Serve by public notice what could not be served otherwise, from a day after the failure on.

    The notice begins on `today`, the day on which this site shows it first: what nobody could read yet does
    not count. Its days count from the next one.

    :param place: where it is published besides this site.
    :param text: what it says; empty for the usual words.

    Raises DeliveryRefused with words where nothing has failed, or not before today, the document holds no
    longer, or the text says what is nobody's business.
    """
    row = locked(delivery)
    refuse_served(row)
    if row.document.standing != Document.Standing.VALID:
        raise DeliveryRefused("ended", _("这份文书已经失效，不再公告。"))
    if row.failed_on is None:
        words = _("公告送达只用于其他方式都无法送达的文书。请先登记没有送达的情况。")
        raise DeliveryRefused("not_failed", words)
    if row.way == Way.ANNOUNCED:
        raise DeliveryRefused("announced", _("这份文书正在公告送达。"))
    if not row.failed_on < today:
        words = _("登记的未送达日期是%(day)s，从它的第二天起才可以公告。请到那一天再登记。")
        raise DeliveryRefused("too_soon", words % {"day": day_text(row.failed_on)})
    if not place.strip():
        raise DeliveryRefused("place", _("请填写在哪里公告。"), field="place")
    row.notice_text = text.strip() or usual_text(row, on=today)
    _refuse_text(row.notice_text, usual_text(row, on=today))
    row.way, row.place = Way.ANNOUNCED, place.strip()
    row.announced_from = today
    row.announced_until = today + timedelta(days=announcement_days(on=today))
    row.entered_by, row.entered_at = actor, now()
    row.save()
    facts = {"since": today.isoformat(), "until": row.announced_until.isoformat()}
    note(row, actor, "delivery.announce", facts)
    return row


def _refuse_text(text: str, usual: str) -> None:
    """No number of a person stands in what anybody may read; the office's own telephone does."""
    if len(text) > MOST_CHARACTERS:
        raise DeliveryRefused("text", _("公告内容不超过1000个字。"), field="text")
    if words := public_words.refusal(text, known=usual):
        raise DeliveryRefused("text", words, field="text")


def settle_announced(*, today: date) -> int:
    """Let what was announced count as served once the notice's time is over; return how many.

    What was revoked, replaced or voided meanwhile is not served any more.
    """
    over = Delivery.objects.filter(
        way=Way.ANNOUNCED,
        delivered_on__isnull=True,
        announced_until__lt=today,
        document__standing=Document.Standing.VALID,
    ).order_by("pk")
    return sum(_settle(key) for key in list(over.values_list("pk", flat=True)))


@transaction.atomic
def _settle(key: int) -> int:
    row = locked(Delivery(pk=key))
    holds = row.document.standing == Document.Standing.VALID
    if row.delivered_on is not None or row.announced_until is None or not holds:
        return 0
    row.delivered_on = row.announced_until + timedelta(days=1)
    row.save(update_fields=["delivered_on"])
    note(row, None, "delivery.announced_over", {"since": row.delivered_on.isoformat()})
    return 1


def public_notices(*, on: date) -> QuerySet[Delivery]:
    """Return the notices that anybody may read on that day, the latest first: those that run, and for some
    days those whose time is over. What was served otherwise meanwhile, or holds no longer, is called for no
    more."""
    return (
        Delivery.objects.filter(
            way=Way.ANNOUNCED,
            announced_from__lte=on,
            announced_until__gte=on - SHOWN_AFTER,
            document__standing=Document.Standing.VALID,
        )
        .select_related("document__office", "subject")
        .order_by("-announced_from", "-pk")
    )


def public_text(delivery: Delivery) -> str:
    """Return what a notice says, as anybody may read it."""
    published = delivery.announced_from
    text = delivery.notice_text or (usual_text(delivery, on=published) if published else "")
    return public_words.masked(text)
