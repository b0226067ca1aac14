"""Platforms, their queues, messages and alerts in the form that the pages' components take."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.record_reading import reader_of
from credit_repair.core.wording import clauses, day_text, listed, stated
from credit_repair.home.platform_words import (
    channel_note,
    channel_tag,
    plain_error,
    seconds_words,
    share_words,
    span_words,
)
from credit_repair.home.presenters import MESSAGE_TONES
from credit_repair.people.masking import Reader, subject_name, subject_text
from credit_repair.platforms.alert_words import facts_words, todo_words
from credit_repair.platforms.channels import channel_of, flow_of
from credit_repair.platforms.models import Alert, Message, MessageAttempt, ReceivedReceipt
from credit_repair.platforms.queue_selectors import PlatformStanding, at_most
from credit_repair.platforms.services import AT_REST
from credit_repair.registry.models import Platform, Subject

State = Message.State
ATTEMPT_TONES = {
    MessageAttempt.Outcome.CONFIRMED: "success",
    MessageAttempt.Outcome.ACCEPTED: "info",
    MessageAttempt.Outcome.RETRY: "warning",
    MessageAttempt.Outcome.FINAL: "danger",
}
RECEIPT_TONES = {
    ReceivedReceipt.Outcome.TAKEN: "success",
    ReceivedReceipt.Outcome.REFUSED: "danger",
    ReceivedReceipt.Outcome.UNKNOWN: "warning",
    ReceivedReceipt.Outcome.ODD: "warning",
}


def platform_tabs(here: str) -> list[dict[str, Any]]:
    """Return the pages about platforms of who looks after them; `here` is the address's name."""
    pages = [("office_platforms", _("平台概况")), ("office_messages", _("待人工处理"))]
    return [{"label": label, "url": reverse(name), "active": name == here} for name, label in pages]


def alert_banners(
    alerts: Iterable[Alert], *, with_link: bool = True, for_machine: bool = False
) -> list[dict[str, str]]:
    """Return the alerts that stand, each as a banner: what, since when, how much, the one thing to do.

    `for_machine`: what the system administrator does, who sees no message."""
    return [
        {
            "title": stated(alert.platform, alert.get_kind_display()),
            "facts": _alert_facts(alert),
            "todo": todo_words(alert, for_machine=for_machine),
            "url": reverse("office_platform", args=[alert.platform.code]) if with_link else "",
        }
        for alert in alerts
    ]


def _alert_facts(alert: Alert) -> str:
    raised = _("%s报警") % day_text(alert.raised_at, "datetime")
    return clauses(part for part in (facts_words(alert), raised) if part)


def standing_rows(rows: Iterable[PlatformStanding], *, now: datetime) -> list[dict[str, Any]]:
    """Return how the platforms stand, a row each."""
    return [
        {
            "platform": row.platform,
            "url": reverse("office_platform", args=[row.platform.code]),
            "tag": channel_tag(row.platform, now=now),
            "note": channel_note(row.platform, now=now),
            "counts": {state: at_most(count, most=row.most) for state, count in row.counts.items()},
            "has_failed": bool(row.counts[State.FAILED]),
            "age": span_words(row.age(now)),
            "is_late": _is_late(row, now),
            "hourly": row.lately.hourly,
            "median": seconds_words(row.lately.median_seconds),
            "errors": share_words(row.lately.error_share),
            "error": plain_error(row.last_error),
            "alerts": row.alerts,
        }
        for row in rows
    ]


def _is_late(row: PlatformStanding, now: datetime) -> bool:
    age = row.age(now)
    return age is not None and age > timedelta(minutes=channel_of(row.platform).age_limit_minutes)


def channel_facts(row: PlatformStanding, *, now: datetime) -> list[dict[str, Any]]:
    """Return what one platform's channel does, and how sending went lately, a fact a row."""
    (shown,) = standing_rows([row], now=now)
    channel, flow = channel_of(row.platform), flow_of(row.platform)
    return _facts(
        (_("接口方式"), row.platform.get_transport_display()),
        (_("回执方式"), channel.get_receipts_display()),
        (_("状态"), clauses(part for part in (shown["tag"]["label"], shown["note"]) if part)),
        (_("连续失败"), _("%s次") % flow.failures if flow.opened_until else ""),
        (_("失败比例"), shown["errors"]),
        (_("失败原因"), shown["error"]),
        (_("最近一小时发送"), _("%s次") % row.lately.hourly),
    )


def queue_facts(row: PlatformStanding, *, now: datetime) -> list[dict[str, Any]]:
    """Return what waits for one platform, a fact a row."""
    (shown,) = standing_rows([row], now=now)
    counts, median = shown["counts"], shown["median"]
    return _facts(
        (_("待发送"), counts[State.WAITING]),
        (_("发送中"), counts[State.SENDING]),
        (_("平台已接收，待回执"), counts[State.ACCEPTED]),
        (_("发送失败"), counts[State.FAILED]),
        (_("最早未办结"), _oldest(row, shown["age"])),
        (_("从产生到回执"), _("中位数%s") % median if median else ""),
    )


def _facts(*rows: tuple[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in rows if value not in ("", None)]


def _oldest(row: PlatformStanding, age: str) -> str:
    if row.oldest_at is None:
        return _("没有")
    return _("%(age)s前（%(time)s）") % {"age": age, "time": day_text(row.oldest_at, "datetime")}


# -- lists of messages


def message_tag(message: Message) -> dict[str, str]:
    """Return the state of a message as a tag."""
    tone = MESSAGE_TONES.get(State(message.state), "neutral")
    return {"label": str(message.get_state_display()), "tone": tone}


def listed_messages(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Return messages for a list; select platform and the record's subject along, and `is_theirs`."""
    return [
        {
            "message": message,
            "title": message.title,
            "party": subject_name(message.about, reader_of(message)),
            "url": reverse("office_message", args=[message.uuid]),
            "tag": message_tag(message),
            "error": subject_text(message.last_error, message.about, reader_of(message)),
            "holds_up": at_most(getattr(message, "holds_up", 0)),
            "may_replay": message.state in AT_REST,
        }
        for message in messages
    ]


def failed_choices(failed: Sequence[tuple[Platform, int]]) -> list[dict[str, str]]:
    """Return the platforms that have failed messages, as a list to choose from."""
    words = _("%(platform)s（%(n)s条）")
    return [
        {"code": platform.code, "label": words % {"platform": platform.name, "n": n}}
        for platform, n in failed
    ]


# -- one message


def message_facts(message: Message) -> list[dict[str, Any]]:
    """Return what a message is and how it stands."""
    rows = [
        (_("平台"), message.platform.name),
        (_("消息"), message.get_action_display()),
        (_("缘由"), message.cause_text),
        (_("产生时间"), day_text(message.created_at, "moment")),
        (_("顺序号"), message.sequence),
        (_("发送次数"), message.attempts),
        (_("下次发送"), _next_attempt(message)),
        (_("平台接收时间"), day_text(message.accepted_at, "moment")),
        (_("平台受理号"), message.reference),
        (_("文件批次"), message.batch.number if message.batch else ""),
        (_("回执"), message.receipt),
        (_("回执时间"), day_text(message.confirmed_at, "moment")),
        (_("消息编号"), str(message.uuid)),
    ]
    return _facts(*rows)


def _next_attempt(message: Message) -> str:
    waits = message.state in (State.WAITING, State.ACCEPTED)
    return day_text(message.next_attempt_at, "moment") if waits else ""


def state_words(message: Message) -> str:
    """Return what the state means and what happens next, in one sentence."""
    words = {
        State.WAITING: _("排队等待发送，轮到时自动发送；发送不成功会自动重试，间隔逐次加长。"),
        State.SENDING: _("正在发送。"),
        State.ACCEPTED: _("平台已经收下，正在等它的回执；过时没有回执会再问或者重发。"),
        State.CONFIRMED: _("平台已经办理并给了回执。"),
        State.FAILED: _("平台拒收，系统不再自动重发；同一条记录后面的消息也在等它。"),
        State.SUPERSEDED: _("没有发送，已由后面的消息代替。"),
        State.GIVEN_UP: _("已由人工放弃，不再发送。平台上可能仍是原来的状态。"),
    }
    return words[State(message.state)]


def payload_rows(message: Message, reader: Reader) -> list[dict[str, Any]]:
    """Return what the message tells the platform, field by field."""
    said = shown_payload(message, reader)
    record = said.get("record") or {}
    subject = said.get("subject") or {}
    commitment = said.get("commitment") or {}
    rows = [
        (_("动作"), message.get_action_display()),
        (_("文号"), record.get("doc_no")),
        (_("当事人"), record.get("subject_name") or subject.get("name")),
        (_("统一社会信用代码"), record.get("subject_code") or subject.get("code")),
        (_("认定单位"), record.get("authority_name")),
        (_("决定日期"), _in_words(record.get("decision_date"))),
        (_("处罚种类"), listed(record.get("penalty_types") or [])),
        (_("内容"), record.get("content")),
        (_("公示到"), _in_words(record.get("published_until"))),
        (_("承诺名称"), commitment.get("title")),
        (_("承诺事项"), "\n".join(commitment.get("items") or [])),
        (_("作出日期"), _in_words(commitment.get("made_on"))),
        (_("承诺期限"), _in_words(commitment.get("valid_until"))),
        (_("承诺的状态"), commitment.get("state")),
        (_("缘由"), (said.get("cause") or {}).get("text")),
        (_("报文时间"), _in_words(said.get("issued_at"))),
        (_("报文版本"), said.get("version")),
    ]
    return _facts(*rows)


def _in_words(written: str | None) -> str | None:
    """Return a date, or a date with its time, as people read it; anything else as it is."""
    try:
        moment = datetime.fromisoformat(written or "")
    except ValueError:
        return written
    return (
        day_text(moment.date()) if len(written or "") == len("2026-11-22") else day_text(moment, "datetime")
    )


def payload_text(message: Message, reader: Reader) -> str:
    """Return the body as it is sent, to read and to copy."""
    return json.dumps(shown_payload(message, reader), ensure_ascii=False, indent=2)


def shown_payload(message: Message, reader: Reader) -> dict[str, Any]:
    """Return the body with a natural person's name and every identity number masked for `reader`."""
    masked: dict[str, Any] = _masked(message.payload, message.about, reader)
    return masked


def _masked(value: Any, subject: Subject, reader: Reader) -> Any:
    if isinstance(value, str):
        return subject_text(value, subject, reader)
    if isinstance(value, dict):
        return {key: _masked(inner, subject, reader) for key, inner in value.items()}
    return [_masked(inner, subject, reader) for inner in value] if isinstance(value, list) else value


def attempt_rows(
    attempts: Iterable[MessageAttempt], message: Message, reader: Reader
) -> list[dict[str, Any]]:
    """Return every attempt: when, how long, the code, the outcome, the words."""
    return [
        {
            "attempt": attempt,
            "seconds": f"{(attempt.finished_at - attempt.started_at).total_seconds():.1f}",
            "tag": {
                "label": str(attempt.get_outcome_display()),
                "tone": ATTEMPT_TONES[MessageAttempt.Outcome(attempt.outcome)],
            },
            "detail": subject_text(attempt.detail, message.about, reader),
        }
        for attempt in attempts
    ]


def receipt_rows(
    receipts: Iterable[ReceivedReceipt], message: Message, reader: Reader
) -> list[dict[str, Any]]:
    """Return every receipt that came by itself, and what was made of it."""
    return [
        {
            "receipt": receipt,
            "tag": {
                "label": str(receipt.get_outcome_display()),
                "tone": RECEIPT_TONES.get(ReceivedReceipt.Outcome(receipt.outcome), "neutral"),
            },
            "detail": subject_text(receipt.detail, message.about, reader),
        }
        for receipt in receipts
    ]


def line_rows(line: Iterable[Message], *, here: Message) -> list[dict[str, Any]]:
    """Return the queue in which a message stands: before it, itself, behind it."""
    return [
        {
            "message": message,
            "is_here": message.pk == here.pk,
            "tag": message_tag(message),
            "url": reverse("office_message", args=[message.uuid]),
        }
        for message in line
    ]
