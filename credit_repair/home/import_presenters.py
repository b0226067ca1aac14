"""What the components of the pages over imports take."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.registry.models import ImportBatch, NameConflict

_TONES = {
    ImportBatch.State.WAITING: "neutral",
    ImportBatch.State.RUNNING: "info",
    ImportBatch.State.UNREADABLE: "danger",
    ImportBatch.State.STOPPED: "danger",
    ImportBatch.State.UNDONE: "neutral",
}


def batch_tag(batch: ImportBatch) -> dict[str, Any]:
    """Return how an import stands as a tag: done, and then whether every row was taken."""
    state = ImportBatch.State(batch.state)
    if state != ImportBatch.State.DONE:
        return {"label": state.label, "tone": _TONES[state]}
    if batch.refused:
        return {"label": _("有拒收"), "tone": "warning"}
    return {"label": _("全部收下"), "tone": "success"}


def batch_rows(batches: Iterable[ImportBatch]) -> list[dict[str, Any]]:
    """Return imports with the page of each."""
    return [
        {"batch": batch, "url": reverse("office_import", args=[batch.uuid]), "tag": batch_tag(batch)}
        for batch in batches
    ]


def percent(batch: ImportBatch) -> int:
    """Return how much of an import is done, from 0 to 100."""
    return min(100, batch.rows * 100 // batch.total) if batch.total else 0


def conflict_rows(conflicts: Iterable[NameConflict]) -> list[dict[str, Any]]:
    """Return conflicts of names with the page of each, of its import, and what became of it."""
    return [
        {
            "conflict": conflict,
            "line": conflict.line,
            "batch": conflict.line.batch,
            "url": reverse("office_conflict", args=[conflict.uuid]),
            "batch_url": reverse("office_import", args=[conflict.line.batch.uuid]),
            "tag": conflict_tag(conflict),
            "outcome": outcome_tag(conflict),
        }
        for conflict in conflicts
    ]


def conflict_tag(conflict: NameConflict) -> dict[str, Any]:
    """Return how a conflict was decided as a tag."""
    tones = {NameConflict.State.OPEN: "warning", NameConflict.State.ACCEPTED: "success"}
    state = NameConflict.State(conflict.state)
    return {"label": state.label, "tone": tones.get(state, "neutral")}


def outcome_tag(conflict: NameConflict) -> dict[str, Any] | None:
    """Return what became of the row of an accepted conflict as a tag."""
    if conflict.state != NameConflict.State.ACCEPTED:
        return None
    labels = {
        "taken": (_("新增"), "success"),
        "updated": (_("更新"), "success"),
        "unchanged": (_("未变"), "neutral"),
        "refused": (_("仍被拒收"), "warning"),
    }
    label, tone = labels.get(conflict.outcome, (_("还没有重新收录"), "danger"))
    return {"label": label, "tone": tone}


def decided_rows(conflict: NameConflict) -> list[dict[str, Any]]:
    """Return the two names and what they are about, for a summary list."""
    batch = conflict.line.batch
    rows = [
        (_("已登记的名称"), conflict.known_name),
        (_("来表中的名称"), conflict.name),
        (conflict.subject.get_id_type_display(), conflict.subject.shown_number),
        (_("来自文件"), batch.file_name),
        (_("行号"), _("第%s行") % conflict.line.row),
        (_("导入人"), str(batch.imported_by) if batch.imported_by else _("命令行")),
    ]
    if conflict.state != NameConflict.State.OPEN:
        rows += [
            (_("处理结果"), conflict.get_state_display()),
            (_("处理说明"), conflict.reason),
            (_("处理人"), str(conflict.decided_by) if conflict.decided_by else ""),
        ]
    return [{"key": key, "value": value} for key, value in rows if value]
