"""Prepared applications in the form that the pages take, on both sides."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credit_repair.cases.kinds import kind_of
from credit_repair.cases.models import Case, Filing
from credit_repair.core.wording import day_text
from credit_repair.outreach.models import PreparedApplication, PreparedRecord
from credit_repair.people import acting
from credit_repair.people.masking import Reader, subject_name
from credit_repair.registry.models import Subject
from credit_repair.repairs.matters import record_words
from credit_repair.repairs.notices import commitment_letter

State = PreparedApplication.State
TONES = {
    State.OPEN: "info",
    State.TAKEN_UP: "success",
    State.DECLINED: "warning",
    State.WITHDRAWN: "neutral",
    State.EXPIRED: "neutral",
}


def proposal_tag(proposal: PreparedApplication) -> dict[str, str]:
    """Return how a prepared application stands, as a tag."""
    return {"label": proposal.get_state_display(), "tone": TONES[State(proposal.state)]}


def party_of(proposal: PreparedApplication, *, clear: set[int]) -> str:
    """Return the subject's name as the official sees it; `clear`: the subjects whose name is not masked."""
    reader = Reader.KEEPER if proposal.subject_id in clear else Reader.OFFICIAL
    return subject_name(proposal.subject, reader)


def proposal_rows(proposals: Iterable[PreparedApplication], *, clear: set[int]) -> list[dict[str, Any]]:
    """Return prepared applications, annotated with `count`, for the officials' list."""
    return [
        {
            "proposal": proposal,
            "party": party_of(proposal, clear=clear),
            "count": proposal.count,  # type: ignore[attr-defined]
            "tag": proposal_tag(proposal),
            "url": reverse("office_proposal", args=[proposal.uuid]),
        }
        for proposal in proposals
    ]


def record_rows(rows: Iterable[PreparedRecord], *, office: bool) -> list[dict[str, Any]]:
    """Return the records of a prepared application, with the case that came of each."""
    name = "office_record" if office else "my_record"
    return [
        {
            "name": record_words(row.record),
            "authority": row.record.authority.name,
            "performed_on": row.performed_on,
            "until": row.record.effective_until,
            "url": reverse(name, args=[row.record.uuid]),
            "case": _case_row(row.case, office=office) if row.case else None,
        }
        for row in rows
    ]


def _case_row(case: Case, *, office: bool) -> dict[str, Any]:
    kind = kind_of(case)
    handed_in = case.number is not None
    url = kind.office_url if office else kind.public_url
    return {
        "number": case.number or _("草稿"),
        "state": kind.states(case.state).label,
        "url": reverse(url, args=[case.uuid]) if handed_in else "",
    }


def papers_of(proposal: PreparedApplication) -> list[dict[str, Any]]:
    """Return the proofs of performance, each with its address."""
    return [
        {"href": reverse("paper", args=[row.paper.uuid]), "name": row.paper.name, "size": row.paper.size}
        for row in proposal.papers.select_related("paper")
    ]


def facts_of(proposal: PreparedApplication) -> list[dict[str, Any]]:
    """Return what a prepared application says besides its records, for the officials' page."""
    facts = [
        (_("提出单位"), proposal.office),
        (_("提出人"), proposal.proposed_by),
        (_("提出日期"), day_text(proposal.proposed_on)),
        (_("请在此日前确认"), day_text(proposal.confirm_by)),
        (_("改正和履行情况"), proposal.statement),
        (_("结束时间"), day_text(proposal.ended_at, "datetime")),
        (_("原因"), proposal.reason),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]


def letter_texts(subject: Subject, rows: Sequence[PreparedRecord]) -> list[dict[str, Any]]:
    """Return the words of the commitment letters 信用修复承诺书 that will be signed, each once, with the
    records that they are signed for: of drafts that are made only when it is confirmed."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        unsaved = Case(subject=subject, record=row.record, filing=Filing(subject=subject))
        letter = commitment_letter(unsaved)
        matter = letter.record.matter
        text = found.setdefault(
            (matter.corrected, matter.restored), {"matter": matter, "party": letter.party, "records": []}
        )
        text["records"].append({"addressee": letter.addressee, "words": letter.record.in_full})
    return list(found.values())


def desk_tasks(subject: Subject, *, on: date) -> list[dict[str, Any]]:
    """Return the prepared applications that wait to be confirmed, as the desk's task list takes them."""
    waiting = PreparedApplication.objects.filter(
        subject=subject, state=State.OPEN, confirm_by__gte=on
    ).select_related("office")
    tasks = []
    for proposal in waiting.prefetch_related("records").order_by("confirm_by", "pk"):
        count = len(proposal.records.all())
        words = ngettext(
            "%(n)d条信息的修复申请已经备好，可以直接确认",
            "%(n)d条信息的修复申请已经备好，可以直接确认",
            count,
        )
        tasks.append(
            {
                "label": words % {"n": count},
                "url": reverse("my_proposal", args=[proposal.uuid]),
                "hint": _("%(office)s备好了申请和证明，请在%(day)s前（含当日）核对确认。")
                % {"office": proposal.office, "day": day_text(proposal.confirm_by)},
                "status": "todo",
                "status_label": _("待确认"),
                "tone": "info",
            }
        )
    return tasks


def own_page(proposal: PreparedApplication, rows: Sequence[PreparedRecord], *, today: date) -> dict[str, Any]:
    """Return what the enterprise's page of a prepared application shows."""
    is_open = proposal.state == State.OPEN and proposal.confirm_by >= today
    return {
        "page_title": _("确认备好的信用修复申请"),
        "page_subtitle": _("%(office)s于%(day)s提出")
        % {"office": proposal.office, "day": day_text(proposal.proposed_on)},
        "proposal": proposal,
        "tag": proposal_tag(proposal),
        "is_open": is_open,
        "rows": record_rows(rows, office=False),
        "papers": papers_of(proposal),
        "texts": letter_texts(proposal.subject, rows) if is_open else [],
        "left": len(rows),
        "filing_url": reverse("my_filing", args=[proposal.filing.uuid]) if proposal.filing else "",
        "letter_url": reverse("my_letter", args=[proposal.letter.uuid]) if proposal.letter else "",
        "acting_for": acting.bar(proposal.subject),
    }
