"""The end of a document: revoked 撤销, replaced 替换, or void 作废. Row, number and file stay for ever."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.notices import public_words
from credit_repair.notices.enquiries import EnquiryLetter
from credit_repair.notices.models import Document
from credit_repair.people import access

Standing = Document.Standing


class CannotEnd(ValueError):
    """The document has ended already, or no reason is given that may be shown; the words say so."""


class NotTheirs(Exception):
    """The actor does not supervise the office that issued the document."""


@transaction.atomic
def revoke(*, document: Document, why: str, actor: Any, today: date) -> Document:
    """Revoke a document that has gone out; the public page says so from now on. `actor` None: the system.

    Raises NotTheirs where the actor does not supervise the issuing office on that day, CannotEnd with words
    where the document holds no longer, or no reason is given.
    """
    (row,) = _locked(document)
    return _end(row, Standing.REVOKED, why, actor, today)


@transaction.atomic
def replace(*, document: Document, by: Document, why: str, actor: Any, today: date) -> Document:
    """Replace a document by another that was issued for it; the public page names the number of the new one.

    Raises as revoke() does, and CannotEnd where `by` holds no longer itself, or is not of the same kind and
    office.
    """
    if by.pk == document.pk:
        raise CannotEnd(_("文书不能由它自己替换。"))
    row, new = _locked(document, by)
    if (new.office_id, new.kind) != (row.office_id, row.kind) or new.check_code is None:
        raise CannotEnd(_("只能用同一单位签发的同一种文书替换。"))
    if new.standing != Standing.VALID:
        raise CannotEnd(_("用来替换的文书%(standing)s，请另选一份有效的。") % {"standing": _said(new)})
    return _end(row, Standing.REPLACED, why, actor, today, by=new)


@transaction.atomic
def void(*, document: Document, why: str, actor: Any, today: date) -> Document:
    """Void a document that must not go out: its number is spoilt, kept, and never given again.

    Raises as revoke() does, and CannotEnd where it has no number, has gone out already, or has taken the
    place of another: that one's public page names it.
    """
    (row,) = _locked(document)
    if row.number is None:
        raise CannotEnd(_("这份文书没有文号，没有可以作废的文号。不应再有效的，请撤销。"))
    if has_gone_out(row):
        raise CannotEnd(_("这份文书已经送出，不能作废。不应再有效的，请撤销；已经重新签发的，请替换。"))
    if row.replaces.exists():
        raise CannotEnd(
            _("这份文书已经替换了其他文书，不能作废。内容有误的，请更正重发；不应再有效的，请撤销。")
        )
    return _end(row, Standing.VOID, why, actor, today)


def has_gone_out(document: Document) -> bool:
    """Whether the addressee has it, or could have read it: it was served, opened, or announced. A letter of
    enquiry 协查函 leaves at once, by mail or by hand."""
    if document.kind == EnquiryLetter.template:
        return True
    out = Q(delivered_on__isnull=False) | Q(opened_at__isnull=False) | Q(announced_from__isnull=False)
    return document.deliveries.filter(out).exists()


def _locked(*documents: Document) -> list[Document]:
    """Return the rows as they are now, locked in one order, so that two who end them at once take turns."""
    rows = Document.objects.select_for_update(of=("self",)).order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[each.pk for each in documents])}
    return [found[each.pk] for each in documents]


def _end(
    row: Document, standing: str, why: str, actor: Any, today: date, *, by: Document | None = None
) -> Document:
    if actor is not None and not may_end(document=row, user=actor, on=today):
        raise NotTheirs
    if not why.strip():
        raise CannotEnd(_("请写明原因，核验页面会显示。"))
    if words := public_words.refusal(why):
        raise CannotEnd(words)
    if row.standing != Standing.VALID:
        raise CannotEnd(_("这份文书%(standing)s，不能再改。") % {"standing": _said(row)})
    row.standing, row.ended_at, row.ended_why, row.replaced_by = standing, now(), why.strip(), by
    row.save(update_fields=["standing", "ended_at", "ended_why", "replaced_by"])
    audit.record(
        actor=actor,
        action=f"document.{standing}",
        target=row,
        data={"document_number": row.number or "", "replaced_by": (by.number or "") if by else ""},
    )
    return row


def may_end(*, document: Document, user: Any, on: date) -> bool:
    """Whether `user` may end the document on that day: as a supervisor of the office that issued it."""
    if document.office_id is None:
        return False
    return access.may_at_office(user=user, permission="supervise", office=document.office, on=on)  # type: ignore[arg-type]


def _said(row: Document) -> str:
    """Return in words that it has ended already."""
    return {
        Standing.REPLACED: _("已经被替换"),
        Standing.REVOKED: _("已经撤销"),
        Standing.VOID: _("已经作废"),
    }[Standing(row.standing)]
