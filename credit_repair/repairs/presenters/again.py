"""What to do after an application came to nothing: its reasons as a list, and what comes along."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.cases.models import Case, CaseReason, CorrectionItem, Mends, ReasonCode
from credit_repair.core.languages import quoted
from credit_repair.registry.law import current_book
from credit_repair.registry.models import Office
from credit_repair.registry.personal_numbers import without_personal_numbers
from credit_repair.repairs.models import record_of
from credit_repair.repairs.remedies import remedies_of
from credit_repair.repairs.selectors import open_repair_on
from credit_repair.repairs.services.again import AGAIN_FROM
from credit_repair.repairs.states import RepairState

if TYPE_CHECKING:
    from credit_repair.repairs.views.sides import Side

S = RepairState

#: What is to be made anew, said on the task list of the basket that was begun anew.
HINTS = {
    Mends.STATEMENT: _l("上次的情况说明不符合要求，请按实际情况重新填写。"),
    Mends.COMMITMENT: _l("上次的信用修复承诺书不能用，请重新签署。"),
    Mends.PROOF: _l("上次的证明材料不能用，请重新上传。"),
}
#: The same parts, named in a list of what to do.
_PARTS = {
    Mends.STATEMENT: _l("重新填写情况说明"),
    Mends.COMMITMENT: _l("重新签署信用修复承诺书"),
    Mends.PROOF: _l("重新上传证明材料"),
}
#: What a reason's code begins with, by the answer that names it; its place in the list of reasons follows.
_CODES = {ReasonCode.Use.NOT_ACCEPTED: "BYSL", ReasonCode.Use.REFUSED: "BYXF"}
#: Whose words explain a usual reason.
_NOTES = {
    S.NOT_ACCEPTED: _l("受理机关说明：%s"),
    S.REFUSED: _l("审批机关说明：%s"),
}
_TITLES = {
    S.NOT_ACCEPTED: _l("没有受理的理由，和接下来要做的事"),
    S.REFUSED: _l("没有准予修复的理由，和接下来要做的事"),
    S.LAPSED: _l("没有补正的事项"),
}


def reasons_for(case: Case, *, today: date, side: "Side") -> dict[str, Any] | None:
    """Return the list of what to do after the application came to nothing; None where it did not.

    items: each reason with number, text, the official's note on it, code, basis, what to do (lines) and the
    part to make anew; of a correction that was let lapse, the gaps that stayed open. remedies: one line.
    again_url: where one click files again, empty where another application already lies on the record, or
    it has ended.
    """
    if case.state not in AGAIN_FROM:
        return None
    return {
        "title": _TITLES.get(RepairState(case.state), _("重新申请")),
        "items": _items(case),
        "remedies": _remedies(case, today),
        "again_url": side.url("repair_again", case.uuid) if _may_begin_anew(case) else "",
    }


def _items(case: Case) -> list[dict[str, Any]]:
    if case.state == S.LAPSED:
        return [_item(number, gap) for number, gap in enumerate(_open_gaps(case), start=1)]
    reasons = list(case.reasons.all())
    codes = _short_codes(case, reasons)
    items = [
        _item(number, row) | {"code": codes.get((row.use, row.code), ""), "basis": quoted(row.basis)}
        for number, row in enumerate(_explained(reasons), start=1)
    ]
    if len(items) < len(reasons):
        items[0]["note"] = _note(case, reasons)
        items[0]["advice"] += _lines(row.advice for row in reasons if not row.code)
    return items


def _open_gaps(case: Case) -> Iterable[CorrectionItem]:
    return case.correction_items.filter(answered_at=None)


def _explained(reasons: list[CaseReason]) -> list[CaseReason]:
    """Return the reasons that stand by themselves: beside one usual reason, free words explain it."""
    usual = [row for row in reasons if row.code]
    return usual if len(usual) == 1 else reasons


def _note(case: Case, reasons: list[CaseReason]) -> str:
    words = "\n".join(without_personal_numbers(row.text) for row in reasons if not row.code)
    return str(_NOTES[RepairState(case.state)]) % words


def _short_codes(case: Case, reasons: list[CaseReason]) -> dict[tuple[str, str], str]:
    """Return use and code → what a person reads of it and can name on the telephone."""
    named = {row.code for row in reasons if row.code}
    if not named:
        return {}
    found = ReasonCode.objects.filter(kind=case.kind, use__in=_CODES, code__in=named)
    return {
        (use, code): f"{_CODES[ReasonCode.Use(use)]}-{position:02d}"
        for use, code, position in found.values_list("use", "code", "position")
    }


def _item(number: int, row: Any) -> dict[str, Any]:
    advice, redo = _lines([row.advice]), _PARTS.get(Mends(row.mends), "")
    if not (row.code or advice or redo):
        advice = [_("按这一条改好，再重新申请。")]
    return {
        "number": number,
        "text": without_personal_numbers(row.text),
        "note": "",
        "code": "",
        "basis": "",
        "advice": advice,
        "redo": redo,
    }


def _lines(texts: Iterable[str]) -> list[str]:
    return [line for text in texts for line in without_personal_numbers(text).splitlines()]


def _may_begin_anew(case: Case) -> bool:
    record = record_of(case)
    if not record.is_public:
        return False
    open_case = open_repair_on(record=record)
    return open_case is None or open_case.state == S.DRAFT


def _remedies(case: Case, today: date) -> str:
    """What can be done against the answer, in one line; what no authority decided has none."""
    office: Office | None = {S.NOT_ACCEPTED: case.intake_office, S.REFUSED: case.deciding_office}.get(
        RepairState(case.state)
    )
    if office is None:
        return ""
    general = current_book().view("general", on=today)
    bodies = remedies_of(office)
    return _(
        "不服这个决定的，可以自收到之日起%(days)s日内向%(body)s申请行政复议，"
        "也可以自收到之日起%(months)s个月内向%(court)s提起行政诉讼。"
    ) % {
        "days": general["remedy.review.days"].value,
        "months": general["remedy.lawsuit.months"].value,
        "body": bodies.review_body,
        "court": bodies.court,
    }


def again_hints(drafts: Iterable[Case]) -> dict[str, str]:
    """Return what must be made anew in drafts that were begun anew: part (Mends) → the hint in words.

    The same two statements for one draft and for many, none where nothing was begun anew.
    """
    before = [draft.repair.again_of_id for draft in drafts if draft.repair.again_of_id is not None]
    if not before:
        return {}
    gaps = CorrectionItem.objects.filter(case__in=before, case__state=S.LAPSED, answered_at=None)
    named = set(CaseReason.objects.filter(case__in=before).values_list("mends", flat=True))
    named |= set(gaps.values_list("mends", flat=True))
    return {part.value: str(words) for part, words in HINTS.items() if part.value in named}
