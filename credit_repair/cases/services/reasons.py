"""What a case was told: reasons of a negative answer, gaps of a correction notice, each by itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from credit_repair.cases.models import Case, CaseReason, CorrectionItem, ReasonCode


def note_reasons(
    *, case: Case, use: ReasonCode.Use, codes: Iterable[str], text: str, next_steps: str
) -> list[CaseReason]:
    """Keep the reasons of a negative answer: those that were ticked as they read today, then each written
    line as one of its own; advice that belongs to no code stands with the last reason.

    `text` and `next_steps` are whole texts, a line each, in which the words of the codes stand too.
    """
    known = _known(case, use, codes)
    written = _own_lines(text, {reason.text for reason in known})
    rows = [
        CaseReason(
            case=case,
            use=use,
            code=reason.code,
            text=reason.text,
            basis=reason.basis,
            advice=reason.advice,
            mends=reason.mends,
        )
        for reason in known
    ] + [CaseReason(case=case, use=use, text=line) for line in written]
    advice = _own_lines(next_steps, {reason.advice for reason in known})
    if rows and advice:
        rows[-1].advice = "\n".join(filter(None, [rows[-1].advice, *advice]))
    for position, row in enumerate(rows, start=1):
        row.position = position
    return CaseReason.objects.bulk_create(rows)


def note_correction_items(*, case: Case, items: Iterable[Mapping[str, Any]]) -> list[CorrectionItem]:
    """Keep the gaps of a correction notice in their order: each with code, text, advice and what it mends."""
    return CorrectionItem.objects.bulk_create(
        CorrectionItem(
            case=case,
            position=position,
            code=str(item.get("code") or ""),
            text=str(item["text"]).strip(),
            advice=str(item.get("advice") or "").strip(),
            mends=str(item.get("mends") or ""),
        )
        for position, item in enumerate(items, start=1)
    )


def _known(case: Case, use: ReasonCode.Use, codes: Iterable[str]) -> list[ReasonCode]:
    ticked = list(codes)
    if not ticked:
        return []
    found = ReasonCode.objects.filter(kind=case.kind, use=use, code__in=ticked)
    return list(found.order_by("position", "code"))


def _own_lines(text: str, known: set[str]) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [line for line in lines if line not in known]
