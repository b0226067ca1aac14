"""The evidence 核对材料 of an application, page by page, and the checklist beside it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.models import Attachment, Case, ReviewStep
from credit_repair.cases.parts import open_steps, taken_by_another
from credit_repair.cases.presenters import attachment_items
from credit_repair.cases.services.drawings import MOST_PAGES, WIDTHS, pages_of
from credit_repair.repairs.checklist import Answer, faults, items_of
from credit_repair.repairs.preflight.finding import Finding
from credit_repair.repairs.preflight.handed_in import findings_in_files
from credit_repair.repairs.states import RepairState

#: While it is being corrected, and when that came to nothing, the answers are the applicant's alone.
_ANSWERS_ARE_HIDDEN = (RepairState.CORRECTION, RepairState.LAPSED)
_SMALL, _LARGE = WIDTHS


def evidence_files(case: Case, *, today: date) -> list[dict[str, Any]]:
    """Return the files of an application for the evidence viewer, with what pre-flight found in each.

    Read the case with its attachments prefetched.
    """
    findings = findings_in_files(case=case, today=today)
    links = {item["uuid"]: item for item in attachment_items(case)}
    return [
        _file(attachment, links[attachment.uuid], findings.get((attachment.stored_id, attachment.kind), []))
        for attachment in case.attachments.all()
        if attachment.item_id is None or case.state not in _ANSWERS_ARE_HIDDEN
    ]


def signed_letters(case: Case, papers: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return, of the documents of a case, the letter that was signed on the screen: evidence, too."""
    signature = getattr(case, "letter_signature", None)
    if signature is None:
        return []
    address = reverse("document", args=[signature.document.uuid])
    return [paper for paper in papers if paper["href"] == address]


def _file(attachment: Attachment, link: dict[str, Any], findings: list[Finding]) -> dict[str, Any]:
    pages = pages_of(attachment.stored)
    return {
        **link,
        "what": _("补正材料") if attachment.item_id is not None else link["number"],
        "pages": [_page(attachment, number) for number in range(1, pages + 1)],
        "note": _note(attachment, pages),
        "findings": [{"title": each.title, "text": each.text, "tone": each.tone.value} for each in findings],
    }


def _page(attachment: Attachment, number: int) -> dict[str, Any]:
    address = reverse("office_evidence", args=[attachment.uuid, number])
    return {
        "number": number,
        "src": f"{address}?width={_SMALL}",
        "full": f"{address}?width={_LARGE}",
        "alt": _("“%(name)s”第%(page)s页") % {"name": attachment.name, "page": number},
    }


def _note(attachment: Attachment, pages: int) -> str:
    """What is to be said where not every page of a file is shown."""
    stored = attachment.stored
    if stored.facts.get("unreadable"):
        return _("这个文件在页面中打不开，请下载后查看。")
    if not pages:
        return _("OFD文件不能在页面中显示，请下载后查看。")
    if stored.mime == "application/pdf" and stored.inspected_at is None:
        return _("这个文件还在检查，先显示第1页。过一会儿刷新页面，就能看到全部页面。")
    if int(stored.facts.get("pages", 1)) > MOST_PAGES:
        return _("这个文件页数很多，只显示前%(most)s页，其余请下载后查看。") % {"most": MOST_PAGES}
    return ""


def checklists(case: Case, *, user: Any, today: date) -> list[dict[str, Any]]:
    """Return the checklist of every step that was begun: those first that `user` can fill in now."""
    mine = {
        step.pk
        for step in open_steps(user=user, on=today).filter(case=case)
        if not taken_by_another(step, actor=user)
    }
    begun = [
        step
        for step in case.steps.all()
        if items_of(step.phase)
        and (step.pk in mine or step.checks and step.state in (ReviewStep.State.OPEN, ReviewStep.State.DONE))
    ]
    return sorted(
        (_checklist(step, writable=step.pk in mine) for step in begun), key=lambda each: not each["writable"]
    )


def _checklist(step: ReviewStep, *, writable: bool) -> dict[str, Any]:
    rows = [_row(item, step.checks.get(item.code, "")) for item in items_of(step.phase)]
    return {
        "step": step.uuid,
        "phase": step.get_phase_display(),
        "office": step.office.name,
        "who": str(step.done_by) if step.done_by else "",
        "writable": writable,
        "rows": rows,
        "answered": sum(bool(row["answer"]) for row in rows),
        "faults": faults(step.phase, step.checks),
    }


def _row(item: Any, answer: str) -> dict[str, Any]:
    return {
        "code": item.code,
        "text": item.text,
        "answer": answer,
        "label": Answer(answer).label if answer else _("未填"),
        "tone": {Answer.YES: "success", Answer.NO: "danger"}.get(answer, "neutral"),  # type: ignore[call-overload]
        "choices": [(choice.value, choice.label, choice.value == answer) for choice in Answer],
    }


def fault_lines(case: Case, *, user: Any, today: date, phase: str) -> list[str]:
    """Return the "no" items of the steps of a phase that `user` has before them, as lines to go on with."""
    steps = open_steps(user=user, on=today, phases=[phase]).filter(case=case)  # type: ignore[list-item]
    return [line for step in steps for line in faults(phase, step.checks)]
