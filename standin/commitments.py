"""Commitments 信用承诺 as the platform keeps and shows them: what was promised, and what became of it."""

from __future__ import annotations

import json
import sqlite3

from .html import CODE, Html, fill, join, moment
from .protocol import Commitment, Message, Subject

TYPE_NAMES = {
    "approval": "审批替代型",
    "proof": "证明替代型",
    "repair": "信用修复型",
    "voluntary": "主动公示型",
}
STATE_NAMES = {
    "made": "有效",
    "kept": "已履行",
    "broken": "已违背",
    "withdrawn": "已撤回",
    "expired": "已到期",
}

LIST = """<p class="back"><a href="/">返回公示列表</a></p>
<h1>信用承诺公示 <span class="count">{total} 份</span></h1>
{rows}
{more}"""
ROW = """<article><h2><a href="/commitments/{id}">{title}</a></h2>
<p>{subject} · {type} · <strong>{state}</strong></p></article>"""
DETAIL = """<p class="back"><a href="/commitments">返回信用承诺</a></p>
<article><h1>{title}</h1><p class="state {kind}" id="state">{state}</p>
<dl class="facts">
<div><dt>承诺人</dt><dd>{subject}</dd></div>
<div><dt>类型</dt><dd>{type}</dd></div>
<div><dt>作出日期</dt><dd>{made_on}</dd></div>
<div><dt>承诺期限</dt><dd>{valid_until}</dd></div>
<div><dt>最近一次消息</dt><dd>{at}</dd></div>
<div><dt>最近一次回执编号</dt><dd>{receipt}</dd></div>
</dl>
<h2>承诺事项</h2><ol>{items}</ol></article>"""


def write_subject(db: sqlite3.Connection, message: Message, subject: Subject, *, receipt: str) -> None:
    """Note whom a message without a record is about, as it says now."""
    db.execute(
        "INSERT INTO subject (id, sequence, name, code, last_receipt) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, name = excluded.name,"
        " code = excluded.code, last_receipt = excluded.last_receipt",
        [subject.id, message.sequence, subject.name, subject.code, receipt],
    )


def write_commitment(
    db: sqlite3.Connection, message: Message, said: Commitment, *, at: str, receipt: str
) -> None:
    """Keep the commitment as this message says it: the later one counts."""
    fields = {
        "id": said.id,
        "about": message.about,
        "subject_name": _subject_name(message),
        "type": said.type,
        "title": said.title,
        "items": json.dumps(said.items, ensure_ascii=False),
        "made_on": said.made_on,
        "valid_until": said.valid_until,
        "state": said.state,
        "at": at,
        "receipt": receipt,
    }
    # The column names stand above; only values come from outside.
    names, marks = ", ".join(fields), ", ".join("?" for _ in fields)
    updates = ", ".join(f"{name} = excluded.{name}" for name in fields if name != "id")
    db.execute(
        f"INSERT INTO commitment ({names}) VALUES ({marks})"  # noqa: S608
        f" ON CONFLICT (id) DO UPDATE SET {updates}",
        [*fields.values()],
    )


def _subject_name(message: Message) -> str:
    if message.subject is not None:
        return message.subject.name
    return message.record.subject_name if message.record is not None else ""


def listed(rows: list[sqlite3.Row], *, total: int, page: int, per_page: int) -> Html:
    """The commitments on one page of the list, and the way to the next."""
    more = fill('<p><a href="/commitments?page={n}">下一页</a></p>', n=page + 1)
    return fill(
        LIST,
        total=total,
        rows=join([_row(row) for row in rows]) if rows else Html('<p class="nothing">目前没有信息。</p>'),
        more=more if page * per_page < total else Html(""),
    )


def _row(row: sqlite3.Row) -> Html:
    return fill(
        ROW,
        id=row["id"],
        title=row["title"],
        subject=row["subject_name"],
        type=TYPE_NAMES[row["type"]],
        state=STATE_NAMES[row["state"]],
    )


def detail(row: sqlite3.Row) -> Html:
    """One commitment with what was promised."""
    return fill(
        DETAIL,
        title=row["title"],
        kind="on" if row["state"] in ("made", "kept") else "off",
        state=STATE_NAMES[row["state"]],
        subject=row["subject_name"],
        type=TYPE_NAMES[row["type"]],
        made_on=row["made_on"],
        valid_until=row["valid_until"] or "未注明",
        at=moment(row["at"]),
        receipt=fill(CODE, text=row["receipt"]),
        items=join([fill("<li>{item}</li>", item=item) for item in json.loads(row["items"])]),
    )
