"""Where a record is shown, for the enterprise and at the case: stage by stage, in plain words."""

from typing import Any

from django.utils.translation import gettext as _

from credit_repair.core.wording import day_text, sentences
from credit_repair.platforms.removals import UNDER_WAY, Elsewhere, Removal, Stage

TONES = {
    Stage.GONE: "success",
    Stage.QUEUED: "info",
    Stage.SENT: "info",
    Stage.RECEIVED: "info",
    Stage.SILENT: "warning",
    Stage.AGAIN: "danger",
    Stage.REFUSED: "danger",
    Stage.GIVEN_UP: "danger",
}


def removal_row(removal: Removal) -> dict[str, Any]:
    """Return one platform of our own: how far it is, why, and what has happened so far."""
    return {
        "line": removal.line,
        "tag": {"label": _label(removal), "tone": TONES.get(removal.stage, "neutral")},
        "words": _words(removal),
        "steps": _steps(removal),
        "receipt": removal.line.receipt if removal.stage == Stage.GONE else "",
    }


def _label(removal: Removal) -> str:
    labels = {
        Stage.PUBLISHING: _("待上架确认"),
        Stage.QUEUED: _("待通知"),
        Stage.SENT: _("已通知"),
        Stage.RECEIVED: _("平台已接收"),
        Stage.GONE: _("已确认撤下"),
    }
    return labels.get(removal.stage, _("仍在公示"))


def _words(removal: Removal) -> str:
    """Return the truth in one or two sentences."""
    line = removal.line
    match removal.stage:
        case Stage.SHOWN:
            since = day_text(line.shown_at, "datetime")
            return _("%s开始公示。") % since if since else ""
        case Stage.QUEUED:
            return _("撤下的通知已经排队，轮到时自动发出。")
        case Stage.SENT:
            return _("已经通知平台撤下，等它确认。")
        case Stage.SILENT:
            since = day_text(line.sent_at, "datetime")
            return _("平台自%s起没有正常应答。系统会一直重发，恢复后自动撤下。") % since
        case Stage.RECEIVED:
            return _("平台已经收到撤下的通知，还没有确认撤下。")
        case Stage.AGAIN:
            return _again(removal)
        case Stage.REFUSED:
            return _("平台没有接受撤下的通知，工作人员正在处理，您不用再申请。")
        case Stage.GIVEN_UP:
            return _("撤下的通知没有送达，已经停止发送，平台可能仍在公示。请与信用办联系。")
        case _:
            return ""


def _again(removal: Removal) -> str:
    confirmed = day_text(removal.line.removed_at, "datetime")
    seen = day_text(removal.seen_again_at, "datetime")
    said = {"confirmed": confirmed, "seen": seen}
    if confirmed and seen:
        words = _("平台曾于%(confirmed)s确认撤下，%(seen)s核查时又在公示。") % said
    elif confirmed:
        words = _("平台曾于%(confirmed)s确认撤下，后来又在公示。") % said
    else:
        words = _("%(seen)s核查时仍在公示。") % said
    told = removal.line.message_state in UNDER_WAY
    return sentences(words, _("已经再次通知撤下。") if told else _("工作人员正在联系平台处理。"))


def _steps(removal: Removal) -> list[dict[str, Any]]:
    """Return what has happened so far, each with its time: told, taken, confirmed."""
    line = removal.line
    if removal.stage in (Stage.SHOWN, Stage.PUBLISHING):
        return []
    gone = line.confirmed_at if removal.stage == Stage.GONE else None
    steps = [
        (_("已通知"), line.sent_at),
        (_("平台已接收"), line.accepted_at),
        (_("已确认撤下"), gone or (line.removed_at if removal.stage == Stage.GONE else None)),
    ]
    return [{"label": label, "at": at} for label, at in steps if at]


def elsewhere_row(each: Elsewhere, *, for_office: bool = False) -> dict[str, Any]:
    """Return one website that is not ours: what was seen there last."""
    if each.shown is None:
        return {
            "platform": each.platform,
            "tag": {"label": _("还没有核查"), "tone": "neutral"},
            "words": "",
        }
    at = day_text(each.seen_at, "datetime")
    if each.shown:
        seen = (
            _("最近核查：%s。")
            if for_office
            else _("最近核查：%s。信用办不能直接撤下，您可以向该网站申请更新。")
        )
        return {
            "platform": each.platform,
            "tag": {"label": _("仍可查到"), "tone": "warning"},
            "words": seen % at,
        }
    return {
        "platform": each.platform,
        "tag": {"label": _("没有查到"), "tone": "success"},
        "words": _("最近核查：%s。") % at,
    }
