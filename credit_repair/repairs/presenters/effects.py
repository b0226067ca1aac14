"""The three effects 三项效果 of a record as the component takes them: what has stopped where, what is still
open, and whose turn it is. The same words for the enterprise and for officials: only the ways differ."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from credit_repair.core.wording import day_text
from credit_repair.platforms.effects import Effect, EffectLine, Effects, Turn, effects_of
from credit_repair.platforms.models import EffectKind
from credit_repair.platforms.removals import Stage
from credit_repair.registry.models import Record
from credit_repair.repairs.presenters.removals import TONES, elsewhere_row, removal_row

#: Returns the ways on from a line, for who may take them: [{label, url}].
Ways = Callable[[EffectLine], list[dict[str, str]]]


def effects_part(
    record: Record, *, today: date, ways: Ways | None = None, for_office: bool = False
) -> dict[str, Any]:
    """Return the effects of `record` as components/effects.html takes them."""
    return shown_effects(effects_of(record), today=today, ways=ways, for_office=for_office)


def shown_effects(
    found: Effects, *, today: date, ways: Ways | None = None, for_office: bool = False
) -> dict[str, Any]:
    """The same for effects that were asked for already; no official is sent to a website to apply there."""
    ended = not found.record.is_public
    return {
        "effects": [
            _effect(each, ended=ended, today=today, ways=ways)
            for each in found.effects
            if each.lines or each.kind == EffectKind.PUBLICITY
        ],
        "elsewhere": [elsewhere_row(each, for_office=for_office) for each in found.elsewhere],
    }


def _effect(effect: Effect, *, ended: bool, today: date, ways: Ways | None) -> dict[str, Any]:
    return {
        "kind": effect.kind.value,
        "title": effect.kind.label,
        "tag": summary_tag(effect) if ended and effect.lines else None,
        "rows": [_row(line, today=today, ways=ways) for line in effect.lines],
    }


def summary_tag(effect: Effect) -> dict[str, str]:
    """Say at how many of all an effect is over: 3/4 已停止."""
    said = {"over": effect.over, "all": len(effect.lines)}
    if effect.kind == EffectKind.SANCTION:
        label = _("%(over)d/%(all)d 已解除") % said
    else:
        label = _("%(over)d/%(all)d 已停止") % said
    return {"label": label, "tone": "success" if effect.is_over else "info"}


def _row(line: EffectLine, *, today: date, ways: Ways | None) -> dict[str, Any]:
    if line.removal is not None:
        shown = removal_row(line.removal)
    else:
        shown = {"tag": _tag(line), "words": _words(line), "steps": _steps(line), "receipt": line.receipt}
    return {
        "platform": line.platform,
        "name": line.name,
        "tag": shown["tag"],
        "words": shown["words"] if line.proposal is None else "",
        "steps": shown["steps"],
        "receipt": shown["receipt"],
        "by_evidence": line.evidence,
        "turn": turn_words(line),
        "late": late_words(line, today=today),
        "ways": ways(line) if ways is not None else [],
    }


def turn_words(line: EffectLine) -> str:
    """Say whose turn it is; nothing where it is nobody's."""
    match line.turn:
        case Turn.SYSTEM:
            return _("下一步：系统自动发出通知")
        case Turn.RECIPIENT:
            return _("下一步：等%s确认") % line.platform
        case Turn.OFFICE:
            return _("下一步：由信用办核实处理")
        case Turn.REVIEWER:
            return _("信用办已经核实并登记佐证，等第二位工作人员复核")
        case _:
            return ""


def late_words(line: EffectLine, *, today: date) -> str:
    """Say kindly that a recipient is, or was, over its day; nothing where it is not."""
    days = line.days_late(today)
    if not days:
        return ""
    said = {"day": day_text(line.due_on), "days": days}
    if line.is_over:
        return _("应当在%(day)s前（含当日）停止，实际晚了%(days)d个工作日。") % said
    return _("应当在%(day)s前（含当日）停止，已经超过%(days)d个工作日，信用办会跟进。") % said


def _tag(line: EffectLine) -> dict[str, str]:
    sharing = line.effect == EffectKind.SHARING
    labels = {
        Stage.SHOWN: _("共享中") if sharing else _("执行中"),
        Stage.QUEUED: _("待通知"),
        Stage.SENT: _("已通知"),
        Stage.SILENT: _("已通知"),
        Stage.RECEIVED: _("对方已接收"),
        Stage.GONE: _("已停止共享") if sharing else _("已解除"),
    }
    label = labels.get(line.stage, _("尚未停止共享") if sharing else _("尚未解除"))
    return {"label": label, "tone": TONES.get(line.stage, "neutral")}


def _words(line: EffectLine) -> str:
    match line.stage:
        case Stage.QUEUED:
            return _("通知已经排队，轮到时自动发出。")
        case Stage.SENT:
            return _("已经通知对方，等它确认。")
        case Stage.SILENT:
            return _("对方还没有正常应答。系统会一直重发。")
        case Stage.RECEIVED:
            return _("对方已经收到通知，还没有确认。")
        case Stage.REFUSED:
            return _("对方没有接受通知，工作人员正在处理，您不用再申请。")
        case Stage.GIVEN_UP:
            return _("通知没有送达，已经停止发送。")
        case _:
            return ""


def _steps(line: EffectLine) -> list[dict[str, Any]]:
    if line.stage == Stage.SHOWN:
        return []
    steps = [
        (_("已通知"), line.told_at),
        (_("对方已接收"), line.received_at),
        (_("已确认"), line.over_at),
    ]
    return [{"label": label, "at": at} for label, at in steps if at]
