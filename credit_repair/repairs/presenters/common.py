"""What several pages show of a repair application: its state, its record, its documents."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from credit_repair.cases.models import Case
from credit_repair.cases.presenters import document_item
from credit_repair.notices.contexts import CommitmentLetter
from credit_repair.people import acting
from credit_repair.registry.models import Record
from credit_repair.registry.personal_numbers import without_personal_numbers
from credit_repair.registry.wording import amount, penalty_summary
from credit_repair.repairs.states import RepairState

S = RepairState

TONES = {
    S.COMPLETED: "success",
    S.APPROVED: "success",
    S.REFUSED: "danger",
    S.NOT_ACCEPTED: "danger",
    S.REVOKED: "danger",
    S.WITHDRAWN: "neutral",
    S.DISCARDED: "neutral",
    S.CLOSED_MOOT: "neutral",
    S.LAPSED: "neutral",
    S.DRAFT: "neutral",
    S.CORRECTION: "warning",
}


def bar_of(case: Case) -> dict[str, Any]:
    """Return the bar of the case's own subject, whichever one the person has chosen."""
    return {"acting_for": acting.bar(case.subject)} if case.subject else {}


def state_tag(case: Case) -> dict[str, Any]:
    """Return the state as a tag: words and a tone."""
    state = RepairState(case.state)
    return {"label": state.label, "tone": TONES.get(state, "info")}


def record_title(record: Record) -> str:
    """Return what a record is known by: its number, else its list, else its sort."""
    return record.doc_no or record.list_name or str(record.get_kind_display())


def record_rows(
    record: Record, *, for_office: bool, numbers: Sequence[tuple[Any, str]] = ()
) -> list[dict[str, Any]]:
    """Return what the record says, row by row; applicants know who they are, and what they did.

    `numbers`: the subject's identity numbers as an official sees them now.
    """
    party = [(_("当事人"), record.subject.name), *numbers]
    penalty = penalty_summary(record)
    fine = amount(record.fine)
    rows = [
        (_("处罚决定书文号"), record.doc_no),
        *(party if for_office else ()),
        (_("处罚机关"), record.authority.name),
        (_("决定日期"), record.decision_date),
        (_("违法行为"), record.conduct),
        (_("处罚种类"), penalty),
        (_("处罚内容"), without_personal_numbers(record.content) if for_office else ""),
        (_("罚款金额"), fine if fine not in penalty else ""),
        (_("公示截止日"), record.effective_until),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def documents_of(case: Case) -> list[dict[str, Any]]:
    """Return the documents of a case as links; of its letters of commitment the one that was signed on the
    screen alone: the others are drafts to print."""
    letter = CommitmentLetter.template
    links = case.documents.select_related("document").exclude(
        document__kind=letter, document__letter_signature__isnull=True
    )
    items = []
    for link in links:
        item = document_item(link)
        if item and link.document.kind == letter:
            item["name"] = _("信用修复承诺书（已在线签署）")
        if item:
            items.append(item)
    return items
