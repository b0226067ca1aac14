"""Packs of documents 打包 in the form that the page components take."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases import pack_selectors as selectors
from credit_repair.cases.services.packing import is_asked_for
from credit_repair.core.languages import fixed_text
from credit_repair.core.wording import day_text
from credit_repair.notices.models import Document, DocumentPack, PackItem

Kind, State, Outcome = DocumentPack.Kind, DocumentPack.State, PackItem.Outcome
_TONES = {State.WAITING: "neutral", State.MAKING: "info", State.READY: "success", State.FAILED: "danger"}
_GOOD = {Outcome.INCLUDED, Outcome.MADE, Outcome.ALREADY}


def pack_tag(pack: DocumentPack) -> dict[str, str]:
    """Return how a pack stands as a tag."""
    return {"label": str(pack.get_state_display()), "tone": _TONES[State(pack.state)]}


def pack_rows(packs: Iterable[DocumentPack]) -> list[dict[str, Any]]:
    """Return packs with the page of each."""
    return [
        {"pack": pack, "tag": pack_tag(pack), "url": reverse("office_document_pack", args=[pack.uuid])}
        for pack in packs
    ]


def progress_of(pack: DocumentPack) -> dict[str, Any]:
    """Return how far a pack has come. It may have ended between two questions: then the page, which asks
    again every second, finds it whole."""
    return {
        "pack": pack,
        "percent": min(100, pack.done * 100 // pack.total),
        "progress_url": reverse("office_document_pack_progress", args=[pack.uuid]),
        "again_url": reverse("office_document_pack_again", args=[pack.uuid]),
        "is_stuck": pack.is_under_way
        and not is_asked_for(pack)
        and DocumentPack.objects.get(pk=pack.pk).is_under_way,
    }


def page_of(pack: DocumentPack, *, on: date) -> dict[str, Any]:
    """Return what the page of one pack shows besides its documents."""
    counted = selectors.figures(pack)
    left_out = sum(count for outcome, count in counted.items() if outcome not in _GOOD)
    has_file = pack.state == State.READY and bool(pack.file)
    may_fetch = has_file and selectors.may_fetch(pack, on=on)
    ended = selectors.ended_since(pack) if may_fetch else 0
    return {
        **progress_of(pack),
        "page_title": str(pack.get_kind_display()),
        "breadcrumbs": [
            {"label": _("文书登记"), "url": reverse("office_documents")},
            {"label": _("打包记录"), "url": reverse("office_document_packs")},
        ],
        "tag": pack_tag(pack),
        "problem": fixed_text(pack.problem),
        "facts": _facts(pack),
        "figures": _figures(counted),
        "left_out": left_out if not pack.is_under_way else 0,
        "hidden": counted.get(Outcome.HIDDEN, 0),
        "lacks_files": counted.get(Outcome.NO_FILE, 0) + counted.get(Outcome.UNSIGNED, 0),
        "file": _file(pack) if may_fetch else None,
        "is_withheld": has_file and not may_fetch,
        "ended": ended,
        "not_valid": selectors.not_valid(pack) if may_fetch and not ended else 0,
        "offers_again": not pack.is_under_way
        and bool(pack.state == State.FAILED or left_out or ended or has_file and not may_fetch),
    }


def _facts(pack: DocumentPack) -> list[dict[str, Any]]:
    facts: list[tuple[str, Any]] = [
        (_("选中"), _("%s份") % pack.total),
        (_("提出时间"), day_text(pack.asked_at, "datetime")),
        (_("完成时间"), day_text(pack.finished_at, "datetime")),
    ]
    if pack.kind != Kind.SIGN:
        facts.insert(1, (_("次序"), str(pack.get_order_display())))
    if pack.kind == Kind.PRINT:
        facts.insert(2, (_("双面打印"), _("是") if pack.two_sided else _("否")))
    facts += [
        (_("页数"), _("%s页") % pack.pages if pack.pages else ""),
        (_("文件指纹"), pack.sha256),
        (_("保留至"), day_text(pack.expires_at, "datetime")),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]


def _figures(counted: dict[str, int]) -> list[dict[str, Any]]:
    """Return how many documents came to which outcome, in the order of the outcomes."""
    labels = {
        Outcome.INCLUDED: _("已收入"),
        Outcome.MADE: _("已补齐"),
        Outcome.ALREADY: _("已有PDF"),
        Outcome.NO_FILE: _("正在生成"),
        Outcome.UNSIGNED: _("没有签章成功"),
        Outcome.SPARED: _("这次没有再试"),
        Outcome.CLOSED: _("不能打开的协查函"),
        Outcome.HIDDEN: _("已不能查看"),
        Outcome.FAILED: _("生成出错"),
        Outcome.MISSING: _("文件有问题"),
    }
    faults = sum(counted.get(each, 0) for each in (Outcome.MISSING, Outcome.ALTERED, Outcome.BROKEN))
    told = {**counted, Outcome.MISSING: faults}
    return [
        {"label": label, "count": told[outcome], "bad": outcome not in _GOOD}
        for outcome, label in labels.items()
        if told.get(outcome)
    ]


def _file(pack: DocumentPack) -> dict[str, Any]:
    return {
        "href": reverse("office_document_pack_file", args=[pack.uuid]),
        "name": file_name(pack),
        "size": pack.size,
        "kind": "ZIP" if pack.kind == Kind.ZIP else "PDF",
    }


def file_name(pack: DocumentPack) -> str:
    """Return under which name a pack is saved: 文书打包-2026-11-20.zip."""
    day = day_text(pack.asked_at, "iso")
    name, ending = (_("文书打包"), "zip") if pack.kind == Kind.ZIP else (_("文书合并打印"), "pdf")
    return f"{name}-{day}.{ending}"


def item_rows(items: Iterable[PackItem]) -> list[dict[str, Any]]:
    """Return the documents of a pack, each with what became of it."""
    return [
        {
            "item": item,
            "document": item.document,
            "name": fixed_text(item.document.title),
            "url": reverse("office_document", args=[item.document.uuid]),
            "subject": item.document.addressee.name if item.document.addressee else "",
            "tag": {"label": str(item.get_outcome_display()), "tone": _tone(item)},
            "ended": item.document.get_standing_display()
            if item.document.standing != Document.Standing.VALID
            else "",
        }
        for item in items
    ]


def _tone(item: PackItem) -> str:
    if item.outcome in _GOOD:
        return "success"
    return "neutral" if item.outcome == Outcome.WAITING else "warning"
