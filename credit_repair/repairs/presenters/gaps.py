"""The gaps of a correction notice 补正事项 in the form that the pages take, each with what answers it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.cases.models import Attachment, Case, CorrectionItem, Mends
from credit_repair.cases.presenters import attachment_items
from credit_repair.registry.personal_numbers import without_personal_numbers
from credit_repair.repairs.states import RepairState

S = RepairState

#: What of an application a gap is about.
PARTS = (
    (Mends.PROOF.value, _l("证明材料")),
    (Mends.COMMITMENT.value, _l("信用修复承诺书")),
    (Mends.STATEMENT.value, _l("情况说明")),
    (Mends.NOTHING.value, _l("其他")),
)


def correction_items(case: Case, *, handed_in_only: bool = False) -> list[dict[str, Any]]:
    """Return the gaps of a case's correction notice with their answers, in their order; for both sides.

    Officials see answers as soon as they are handed in, and not before. Read the case with its attachments
    prefetched.
    """
    hidden = handed_in_only and case.state in (S.CORRECTION, S.LAPSED)
    files: dict[int | None, list[Attachment]] = {}
    for attachment in case.attachments.all():
        files.setdefault(attachment.item_id, []).append(attachment)
    return [
        _without_answer(item) if hidden else _item(item, files.get(item.pk, []))
        for item in case.correction_items.all()
    ]


def materials_beside(case: Case) -> list[dict[str, Any]]:
    """Return the materials of a case but for the answers to a correction, which stand beside their gaps."""
    answers = {attachment.uuid for attachment in case.attachments.all() if attachment.item_id is not None}
    return [item for item in attachment_items(case) if item["uuid"] not in answers]


def _without_answer(item: CorrectionItem) -> dict[str, Any]:
    waiting = {"label": _("未提交补正"), "tone": "neutral"}
    return {**_item(item, []), "answered": False, "tag": waiting, "answer": ""}


def _item(item: CorrectionItem, files: list[Attachment]) -> dict[str, Any]:
    answered = item.answered_at is not None
    return {
        "item": item,
        "position": item.position,
        "text": without_personal_numbers(item.text),
        "advice": without_personal_numbers(item.advice).splitlines(),
        "part": dict(PARTS)[item.mends],
        "answered": answered,
        "tag": {"label": _("已补正"), "tone": "success"}
        if answered
        else {"label": _("待补正"), "tone": "warning"},
        "answer": without_personal_numbers(item.answer),
        "answered_at": item.answered_at,
        "files": [_file(attachment) for attachment in files],
    }


def _file(attachment: Attachment) -> dict[str, Any]:
    return {
        "uuid": attachment.uuid,
        "href": reverse("attachment", args=[attachment.uuid]),
        "name": attachment.name,
        "size": attachment.size,
        "kind": attachment.name.rpartition(".")[2].upper(),
    }
