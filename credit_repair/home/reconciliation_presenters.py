"""Reconciliation, sightings and measures in the form that the pages' components take."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.cases.record_reading import party
from credit_repair.platforms.models import Difference, Reconciliation, Sighting
from credit_repair.platforms.reconciling.judging import Why
from credit_repair.registry.models import Platform, Record

RUN_TONES = {
    Reconciliation.State.RUNNING: "info",
    Reconciliation.State.DONE: "success",
    Reconciliation.State.BROKEN: "danger",
}
HANDLING_TONES = {
    Difference.Handling.SENT_AGAIN: "info",
    Difference.Handling.RAISED: "warning",
    Difference.Handling.SETTLED: "success",
}
#: Why a difference was not mended by itself, for who has to see to it.
WHY = {
    Why.GIVEN_UP: _l("通知这个平台的消息已经由人放弃，系统不再自动补发。"),
    Why.CONFIRMED_IN_VAIN: _l("补发过一次，平台答复已经办理，但是没有变化。请联系平台。"),
    Why.NOT_TAKEN: _l("这个平台不接收能改正它的消息。请联系平台。"),
    Why.NEVER_MEANT: _l("这条记录应当公示，但是没有安排在这个平台公示。"),
    Why.UNKNOWN: _l("本系统没有这个编号的记录。请向平台查明来源。"),
    Why.UNPROVED: _l("清单里没有这条记录，但是平台没有单独答复它是否公示，不能据此再次公示。请向平台核实。"),
    Why.TOO_MANY: _l("这次对账补发的消息太多，其余的由人核实以后再补发。请先向平台查明原因。"),
    Why.FAULT: _l("系统补发时出错，技术人员可以在日志里查到原因。"),
}
EVIDENCE_TYPES = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".png": "image/png"}


def tabs(here: str) -> list[dict[str, Any]]:
    """Return the pages about what platforms show, as tabs."""
    places = (
        ("office_reconciliation", _("平台对账")),
        ("office_effects", _("尚未终结的效果")),
        ("office_third_parties", _("第三方核查")),
        ("office_measures", _("共享和惩戒措施")),
    )
    return [{"label": label, "url": reverse(name), "active": name == here} for name, label in places]


def run_tag(run: Reconciliation) -> dict[str, str]:
    """Return the state of a run as a tag."""
    state = Reconciliation.State(run.state)
    return {"label": str(state.label), "tone": RUN_TONES[state]}


def run_rows(runs: Iterable[Reconciliation]) -> list[dict[str, Any]]:
    """Return runs with their state and page."""
    return [
        {"run": run, "tag": run_tag(run), "url": reverse("office_reconciliation_run", args=[run.uuid])}
        for run in runs
    ]


def figure_rows(run: Reconciliation) -> list[dict[str, Any]]:
    """Return what a run has counted."""
    return [
        {"key": _("比对条数"), "value": run.compared},
        {"key": _("一致"), "value": run.agreed},
        {"key": _("消息在途，暂不比对"), "value": run.under_way},
        {"key": _("自动补发消息"), "value": run.mended},
        {"key": _("转人工处理"), "value": run.raised},
    ]


def difference_rows(
    differences: Iterable[Difference], *, readable: Collection[int], handled: Collection[int]
) -> list[dict[str, Any]]:
    """Return differences with what was done; records outside `readable`, by their keys, stand there by their
    number alone, and those outside `handled` are for others to settle."""
    return [
        {
            "difference": each,
            "title": each.record.doc_no or each.record.list_name or _("信用记录")
            if each.record and each.record.pk in readable
            else "",
            "url": reverse("office_record", args=[each.record.uuid])
            if each.record and each.record.pk in readable
            else "",
            "tag": {
                "label": each.get_handling_display(),
                "tone": HANDLING_TONES[Difference.Handling(each.handling)],
            },
            "why": why_words(each) if each.handling == Difference.Handling.RAISED else "",
            "settle_url": reverse("office_difference", args=[each.pk])
            if each.handling == Difference.Handling.RAISED
            and (each.record is None or each.record.pk in handled)
            else "",
        }
        for each in differences
    ]


def why_words(difference: Difference) -> str:
    """Return why a difference was raised; nothing where it was mended."""
    try:
        return str(WHY[Why(difference.said.get("why"))])
    except ValueError:
        return ""


def difference_facts(difference: Difference) -> list[dict[str, Any]]:
    """Return what is known of one difference."""
    said = difference.said
    record = difference.record
    seen = _("正在公示") if said.get("shown") else _("没有公示") if said.get("listed") else _("清单里没有")
    rows = [
        (_("平台"), difference.reconciliation.platform.name),
        (_("决定书文号"), (record.doc_no or record.list_name) if record else _("没有这条记录")),
        (_("记录编号"), str(difference.record_uuid)),
        (_("差异"), difference.get_kind_display()),
        (_("平台上的状态"), seen),
        (_("平台上的异议标注"), _("有") if said.get("annotated") else _("无")),
        (_("此前的撤下回执"), said.get("receipt", "")),
        (_("没有自动处理的原因"), why_words(difference)),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def sighting_tag(sighting: Sighting | None) -> dict[str, str]:
    """Return what was last seen on a website, as a tag."""
    if sighting is None:
        return {"label": _("没有核查"), "tone": "neutral"}
    if sighting.shown:
        return {"label": _("仍在公示"), "tone": "danger"}
    return {"label": _("已看不到"), "tone": "success"}


def third_party_rows(
    records: Sequence[Record], *, websites: Sequence[Platform], newest: dict[tuple[int, int], Sighting]
) -> list[dict[str, Any]]:
    """Return repaired records with what was last seen of each on every website."""
    return [
        {
            "record": record,
            "title": record.doc_no or record.list_name or _("信用记录"),
            "party": party(record),
            "url": reverse("office_third_party", args=[record.uuid]),
            "seen": [
                {
                    "website": website.name,
                    "sighting": newest.get((record.pk, website.pk)),
                    "tag": sighting_tag(newest.get((record.pk, website.pk))),
                }
                for website in websites
            ],
        }
        for record in records
    ]


def sighting_rows(sightings: Iterable[Sighting]) -> list[dict[str, Any]]:
    """Return what was seen of one record, with the way to the evidence."""
    return [
        {
            "sighting": each,
            "tag": sighting_tag(each),
            "who": each.by or each.checker,
            "evidence_url": reverse("office_sighting_evidence", args=[each.uuid]) if each.evidence else "",
        }
        for each in sightings
    ]


def evidence_file(sighting: Sighting) -> tuple[str, str]:
    """Return the name under which evidence is saved, and its type."""
    suffix = PurePosixPath(sighting.evidence.name or "").suffix
    name = f"{sighting.platform.code}-{sighting.seen_at:%Y%m%d}-{str(sighting.uuid)[:8]}{suffix}"
    return name, EVIDENCE_TYPES.get(suffix, "application/octet-stream")
