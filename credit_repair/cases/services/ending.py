"""The end of a document 文书 by a supervisor: revoked 撤销, replaced 替换, or void 作废."""

from datetime import date
from typing import Any

from django.db import transaction

from credit_repair.cases.document_selectors import register, replacements_for
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Enquiry
from credit_repair.cases.services.enquiry_rows import locked, shut
from credit_repair.notices import ending
from credit_repair.notices.models import Document

Standing = Document.Standing


@transaction.atomic
def end_document(
    *, document: Document, standing: str, why: str, actor: Any, today: date, by: Document | None = None
) -> Document:
    """End a document that the actor finds in their register, as a supervisor of the office that issued it.

    standing  revoked, replaced (then `by` is the new one), or void

    With a letter of enquiry 协查函 that nobody has answered, the enquiry ends: its link opens nothing.
    Raises NotYours where it is not theirs, or belongs to a case from which they keep away 回避; ActionRefused
    with words where it has ended already, no reason is given, or `by` cannot take its place.
    """
    if not register(user=actor, on=today).filter(pk=document.pk).exists():
        raise NotYours
    enquiry = Enquiry.objects.filter(document=document).first()
    asked = locked(enquiry) if enquiry else None  # before the document, as every act does
    ended = _ended(document, standing, by, why=why, actor=actor, today=today)
    if asked is not None and asked.is_open:
        shut(asked, actor=actor)
    return ended


def _ended(
    document: Document, standing: str, by: Document | None, *, why: str, actor: Any, today: date
) -> Document:
    given: dict[str, Any] = {"document": document, "why": why, "actor": actor, "today": today}
    try:
        if standing == Standing.REPLACED:
            offered = replacements_for(document, user=actor, on=today)
            if by is None or not offered.filter(pk=by.pk).exists():
                raise ActionRefused("replacement", _not_offered())
            return ending.replace(by=by, **given)
        return {Standing.REVOKED: ending.revoke, Standing.VOID: ending.void}[Standing(standing)](**given)
    except ending.NotTheirs as error:
        raise NotYours from error
    except ending.CannotEnd as refused:
        raise ActionRefused("ended", str(refused)) from refused


def _not_offered() -> str:
    from credit_repair.cases.document_forms import ReplaceForm

    return str(ReplaceForm.base_fields["by"].error_messages["invalid_choice"])
