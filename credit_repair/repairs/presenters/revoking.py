"""A revocation as pages show it: what is intended and why, what the subject says, what came of it."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.models import Case
from credit_repair.core.wording import day_text
from credit_repair.registry.personal_numbers import without_personal_numbers
from credit_repair.repairs.models import Revocation
from credit_repair.repairs.states import RepairState

S = RepairState
#: In which states a revocation can be, or have been.
MAY_HAVE = (S.APPROVED, S.COMPLETED, S.REVOKED)
_TONES = {"": "warning", Revocation.Outcome.REVOKED: "danger", Revocation.Outcome.DROPPED: "neutral"}


def revocation_part(case: Case, *, today: date, for_office: bool) -> dict[str, Any]:
    """Return `revocation`, the newest of the case as pages show it, None where there is none.

    Nothing is asked in states in which there is none. The subject reads the names of the evidence, and opens
    only what it handed in itself.
    """
    if case.state not in MAY_HAVE:
        return {"revocation": None}
    found = Revocation.objects.filter(case=case).select_related(
        "review", "bar", "proposed_by", "answered_by", "decided_by"
    )
    row = found.prefetch_related("papers__paper").order_by("-pk").first()
    return {"revocation": _shown(row, today=today, for_office=for_office) if row is not None else None}


def _shown(row: Revocation, *, today: date, for_office: bool) -> dict[str, Any]:
    papers = list(row.papers.all())
    bar = getattr(row, "bar", None)
    return {
        "row": row,
        "tag": {"label": _state_words(row), "tone": _TONES[row.outcome]},
        "ground": row.get_ground_display(),
        "facts": without_personal_numbers(row.facts),
        "answer": without_personal_numbers(row.answer),
        "reason": without_personal_numbers(row.reason),
        "evidence": [_paper(each, opens=for_office) for each in papers if each.side == "evidence"],
        "answer_papers": [_paper(each, opens=True) for each in papers if each.side == "answer"],
        "people": for_office,
        "asked": row.is_running and row.answer_by is not None and row.answered_on is None,
        "in_time": row.answer_by is not None and today <= row.answer_by,
        "bar": bar,
    }


def _state_words(row: Revocation) -> str:
    if row.is_running:
        return _("拟撤销，尚未决定")
    return str(row.get_outcome_display())


def _paper(each: Any, *, opens: bool) -> dict[str, Any]:
    return {
        "name": each.paper.name,
        "size": each.paper.size,
        "href": reverse("paper", args=[each.paper.uuid]) if opens else "",
    }


def revocation_words(row: Revocation | None, *, today: date) -> str:
    """Say in one sentence what is intended, for who follows the case; nothing where nothing is."""
    if row is None or not row.is_running:
        return ""
    if row.answer_by is None:
        return _("准予修复的决定已被复议决定或者裁判撤销，作出决定的单位正在办理撤销。")
    if row.answered_on is not None:
        return _("拟撤销这次信用修复。陈述申辩已经收到，作出决定的单位复核以后作出决定。")
    if today <= row.answer_by:
        words = _("拟撤销这次信用修复。您可以陈述和申辩，最晚%s提交。")
        return words % day_text(row.answer_by)
    return _("拟撤销这次信用修复。陈述申辩的期限已经届满，正在等待决定。")
