"""What people see: the list, and the page of one record. Plain HTML, no script.

Every value goes through `html.fill`, which escapes it; what is HTML already says so by its type. The names of
the subjects come from outside, and so does the search.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from . import commitments
from .asking import Page
from .html import CODE, TIME, Html, fill, join, moment
from .protocol import Action
from .store import Store

PER_PAGE = 20
MAX_PAGE = 100_000

ACTION_NAMES = {
    Action.PUBLISH: "公示",
    Action.TERMINATE: "终止公示",
    Action.STOP_SHARING: "停止共享",
    Action.LIFT_SANCTION: "解除惩戒",
    Action.RESTORE: "恢复公示",
    Action.ANNOTATE: "异议标注",
    Action.CLEAR_ANNOTATION: "取消标注",
    Action.CORRECT: "更正信息",
    Action.SHIELD: "暂时屏蔽",
    Action.UNSHIELD: "解除屏蔽",
    Action.INTERVIEW: "约谈记录",
    Action.COMMITMENT: "信用承诺",
}

STYLE = (Path(__file__).parent / "style.css").read_bytes()
ICON = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6"'
    b' fill="#1f4e8c"/><path d="M9 8h14M9 14h14M9 20h9" stroke="#fff" stroke-width="3"'
    b' stroke-linecap="round"/></svg>'
)


LAYOUT = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
</head>
<body>
<a class="skip" href="#main">跳到正文</a>
<header class="top"><div class="wide">
<a class="name" href="/">{name}</a>
<p class="kind">信用信息公示 · 演示</p>
</div></header>
<main id="main" class="wide">
{main}
</main>
<footer class="wide foot">
<p>本站为演示用的公示平台，与真实平台无关，所列信息均为示例。</p>
</footer>
</body>
</html>
"""

LIST = """<h1>行政处罚信息公示</h1>
<form class="search" role="search" action="/" method="get">
<label for="q">按当事人名称、统一社会信用代码或决定书文号查询</label>
<div class="line"><input id="q" name="q" type="search" value="{query}" maxlength="100"
 autocomplete="off"><button type="submit">查询</button>{reset}</div>
</form>
<section id="shown" aria-labelledby="shown-title">
<h2 id="shown-title">正在公示 <span class="count">{shown_total} 条</span></h2>
{shown}
</section>
<section id="removed" aria-labelledby="removed-title">
<h2 id="removed-title">已撤下 <span class="count">{removed_total} 条</span></h2>
<p class="hint">撤下后不再显示当事人名称和处罚内容，只留文号、时间和回执编号备查。</p>
{removed}
</section>
<p><a href="/commitments">信用承诺公示</a></p>"""

# The roles are written out because a table that CSS lays out as blocks is no table for a screen reader.
TABLE = """<table role="table" class="{kind}">
<caption class="unseen">{caption}</caption>
<thead role="rowgroup"><tr role="row">{head}</tr></thead>
<tbody role="rowgroup">
{body}
</tbody>
</table>
{pager}"""
HEAD = '<th role="columnheader" scope="col">{label}</th>'
ROW = '<tr role="row" data-record="{id}">{cells}</tr>\n'
CELL = '<td role="cell" class="{kind}"><span class="label" aria-hidden="true">{label}</span>{value}</td>'
LINK = '<a href="/records/{id}">{text}</a>'
MARK = ' <span class="mark">异议处理中</span>'


@dataclass(frozen=True)
class Column:
    label: str
    kind: str = ""


SHOWN_COLUMNS = (
    Column("决定书文号", "first"),
    Column("当事人"),
    Column("处罚机关"),
    Column("处罚决定日期", "short"),
    Column("公示截止日期", "short"),
)
REMOVED_COLUMNS = (
    Column("决定书文号", "first"),
    Column("处罚机关"),
    Column("撤下时间", "short"),
    Column("回执编号", "short"),
)


class Pages:
    """The HTML pages over a store.

    :param name: of the platform, in the head of each page
    """

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name

    def index(self, *, query: str = "", shown_page: int = 1, removed_page: int = 1) -> bytes:
        """:param shown_page: counted from 1, and so is ``removed_page``"""
        query = query.strip()[:100]
        shown = self._store.shown(query=query, limit=PER_PAGE, offset=(shown_page - 1) * PER_PAGE)
        removed = self._store.removed(query=query, limit=PER_PAGE, offset=(removed_page - 1) * PER_PAGE)
        pages: dict[str, str | int] = {"q": query, "page": shown_page, "removed": removed_page}
        nothing = "没有符合条件的信息。" if query else "目前没有信息。"
        return self._layout(
            f"{query} 的查询结果" if query else "",
            fill(
                LIST,
                query=query,
                reset=Html('<a class="reset" href="/">全部</a>') if query else "",
                shown_total=shown.total,
                removed_total=removed.total,
                shown=_table(
                    "正在公示的信息", "shown", SHOWN_COLUMNS, shown, _shown_cells, pages, "page", nothing
                ),
                removed=_table(
                    "已撤下的信息",
                    "removed",
                    REMOVED_COLUMNS,
                    removed,
                    _removed_cells,
                    pages,
                    "removed",
                    nothing,
                ),
            ),
        )

    def detail(self, record_id: str) -> bytes | None:
        """The page of one record; None when the platform has never heard of it."""
        record = self._store.record(record_id)
        if record is None:
            return None
        back = Html('<p class="back"><a href="/">返回公示列表</a></p>')
        title = fill('<h1>{doc_no}</h1><p class="state {kind}" id="state">{state}</p>', **_state(record))
        facts = [("处罚机关", record["authority_name"]), ("处罚决定日期", _date(record["decision_date"]))]
        notes: list[Html] = []
        if record["shown"]:
            facts = [
                ("当事人", record["subject_name"]),
                ("统一社会信用代码", record["subject_code"] or "未公示"),
                *facts,
                ("处罚种类", "、".join(json.loads(record["penalty_types"])) or "未公示"),
                ("处罚内容", record["content"] or "未公示"),
                ("公示开始时间", moment(record["since"])),
                ("公示截止日期", _date(record["published_until"])),
            ]
            if record["annotation"] is not None:
                notes.append(
                    fill(
                        '<p class="note" id="annotation"><strong>该信息正在异议处理中。</strong> {text}</p>',
                        text=record["annotation"],
                    )
                )
        elif record["removed_at"]:
            facts.append(("撤下时间", moment(record["removed_at"])))
            facts.append(("撤下回执编号", fill(CODE, text=record["removal_receipt"])))
        facts.append(("最近一次回执编号", fill(CODE, text=record["last_receipt"])))
        rows = [fill("<div><dt>{label}</dt><dd>{value}</dd></div>", label=k, value=v) for k, v in facts]
        history = [
            fill(
                '<li><span class="what">{action}</span> {at}<br>'
                '<span class="receipt">回执 {receipt}</span></li>',
                action=ACTION_NAMES[Action(message["action"])],
                at=moment(message["at"]),
                receipt=fill(CODE, text=message["receipt"]),
            )
            for message in self._store.history(record_id)
        ]
        main = fill(
            '{back}<article>{title}{notes}<dl class="facts">{rows}</dl></article>'
            '<section aria-labelledby="history-title"><h2 id="history-title">处理记录</h2>'
            '<ol class="history">{history}</ol></section>',
            back=back,
            title=title,
            notes=join(notes),
            rows=join(rows),
            history=join(history),
        )
        return self._layout(record["doc_no"], main)

    def commitments(self, *, page: int) -> bytes:
        """What subjects have promised, the newest first. :param page: counted from 1"""
        found = self._store.commitments(limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
        main = commitments.listed(found.rows, total=found.total, page=page, per_page=PER_PAGE)
        return self._layout("信用承诺公示", main)

    def commitment(self, commitment_id: str) -> bytes | None:
        """The page of one commitment; None when the platform has never heard of it."""
        found = self._store.commitment(commitment_id)
        return None if found is None else self._layout(found["title"], commitments.detail(found))

    def problem(self, status: int, text: str) -> bytes:
        main = fill(
            '<h1>{title}</h1><p>{text}</p><p class="back"><a href="/">返回公示列表</a></p>',
            title="没有找到" if status == 404 else "无法处理这个请求",
            text=text,
        )
        return self._layout(str(status), main)

    def _layout(self, title: str, main: Html) -> bytes:
        title = f"{title} · {self._name}" if title else self._name
        return fill(LAYOUT, title=title, name=self._name, main=main).encode()


def _state(record: sqlite3.Row) -> dict[str, str]:
    if record["shown"]:
        kind, state = "on", "正在公示"
    elif record["published"]:
        kind, state = "held", "暂时屏蔽，不对外公示"
    elif record["removed_at"]:
        kind, state = "off", "已撤下"
    else:
        kind, state = "off", "未公示"
    return {"doc_no": record["doc_no"], "kind": kind, "state": state}


def _shown_cells(row: sqlite3.Row) -> list[Html]:
    link = fill(LINK, id=row["id"], text=row["doc_no"])
    return [
        Html(link + MARK) if row["annotation"] is not None else link,
        fill("{name}", name=row["subject_name"]),
        fill("{name}", name=row["authority_name"]),
        _date(row["decision_date"]),
        _date(row["published_until"]),
    ]


def _removed_cells(row: sqlite3.Row) -> list[Html]:
    return [
        fill(LINK, id=row["id"], text=row["doc_no"]),
        fill("{name}", name=row["authority_name"]),
        moment(row["removed_at"]),
        fill(CODE, text=row["removal_receipt"]),
    ]


def _table(
    caption: str,
    kind: str,
    columns: tuple[Column, ...],
    page: Page,
    cells_of: Callable[[sqlite3.Row], list[Html]],
    pages: dict[str, str | int],
    parameter: str,
    nothing: str,
) -> Html:
    if not page.total:
        return fill('<p class="nothing">{text}</p>', text=nothing)
    body = [
        fill(
            ROW,
            id=row["id"],
            cells=join(
                [
                    fill(CELL, kind=column.kind, label=column.label, value=value)
                    for column, value in zip(columns, cells_of(row), strict=True)
                ]
            ),
        )
        for row in page.rows
    ]
    return fill(
        TABLE,
        caption=caption,
        kind=kind,
        head=join([fill(HEAD, label=column.label) for column in columns]),
        body=join(body),
        pager=_pager(page.total, pages, parameter),
    )


def _pager(total: int, pages: dict[str, str | int], parameter: str) -> Html:
    last = max(1, -(-total // PER_PAGE))
    here = int(pages[parameter])
    if last == 1 and here == 1:
        return Html("")

    def link(text: str, number: int) -> Html:
        if not 1 <= number <= last:
            return fill("<span>{text}</span>", text=text)
        query = urlencode({k: v for k, v in {**pages, parameter: number}.items() if v not in ("", 1)})
        anchor = "shown" if parameter == "page" else "removed"
        return fill('<a href="/?{query}#{anchor}">{text}</a>', query=query, anchor=anchor, text=text)

    label = "正在公示" if parameter == "page" else "已撤下"
    return fill(
        '<nav class="pager" aria-label="{label}翻页">{back}<span>第 {here} 页，共 {last} 页</span>{on}</nav>',
        label=label,
        back=link("上一页", min(here - 1, last)),
        here=here,
        last=last,
        on=link("下一页", here + 1),
    )


def _date(iso: str) -> Html:
    return fill(TIME, iso=iso, text=iso) if iso else Html("未注明")
