"""What people see."""

# ruff: noqa: S310 (every address here is our own server's)

from __future__ import annotations

import re
import uuid
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest


def sections(page: str) -> tuple[str, str]:
    shown, removed = page.split('<section id="removed"')
    return shown.split('<section id="shown"')[1], removed


def test_the_page_shows_and_then_hides(sender, record):
    sender.apply("publish", record, 1)
    page = sender.page("/")
    shown, removed = sections(page)
    assert "<title>示例公示平台</title>" in page
    for text in (
        "（示）市监罚〔2026〕1号",
        "示例食品有限公司",
        "示例县市场监督管理局",
        "2026-03-02",
        "2027-03-02",
    ):
        assert text in shown
    assert "目前没有信息" in removed
    assert "正在公示" in sender.page(f"/records/{record}")

    receipt = sender.apply("terminate", record, 2)["receipt"]
    sender.apply("interview", record, 3)
    page = sender.page("/")
    shown, removed = sections(page)
    assert "目前没有信息" in shown
    assert "（示）市监罚〔2026〕1号" in removed
    assert receipt in removed
    assert "示例食品有限公司" not in page
    detail = sender.page(f"/records/{record}")
    assert "已撤下" in detail
    assert receipt in detail
    assert "示例食品有限公司" not in detail
    assert "罚款人民币20000元" not in detail


@pytest.mark.parametrize(
    "query", ["食品", "91340402qf808n2594", "（示）市监罚〔2026〕1号", "(示)市监罚[2026] 1号", " 2026 "]
)
def test_the_search_finds(sender, record, query):
    sender.apply("publish", record, 1)
    assert record in sender.page("/?q=" + quote(query))


@pytest.mark.parametrize("query", ["机械", "%", "_", "\\", "' OR 1=1 --", "\0", "\ud800"])
def test_the_search_does_not_find(sender, record, query):
    sender.apply("publish", record, 1)
    found = record in sender.page("/?q=" + quote(query, errors="surrogatepass"))
    assert found is (query == "\0")  # nothing is left of it: the whole list


def test_what_was_taken_down_is_found_by_number_only(sender, record):
    sender.apply("publish", record, 1)
    sender.apply("terminate", record, 2)
    assert record not in sender.page("/?q=" + quote("食品"))
    assert record in sender.page("/?q=" + quote("市监罚"))


def test_everything_that_comes_from_outside_is_escaped(sender, record):
    evil = "<script>alert(1)</script>\"'&{name}"
    names = dict.fromkeys(("doc_no", "subject_name", "subject_code", "authority_name", "content"), evil)
    sender.apply("publish", record, 1, record=names | {"penalty_types": [evil]})
    sender.apply("annotate", record, 2, cause={"text": evil})
    for path in ("/", f"/records/{record}", "/?q=" + quote(evil)):
        page = sender.page(path)
        assert "<script" not in page
        assert "&lt;script&gt;" in page
    sender.apply("terminate", record, 3)
    assert "<script" not in sender.page("/")


def test_long_lists_have_pages(sender):
    for number in range(23):
        sender.apply("publish", str(uuid.uuid4()), 1, record={"doc_no": f"第{number}号"})
    first, second = sender.page("/"), sender.page("/?page=2")
    rows = [set(re.findall(r'data-record="([^"]+)"', page)) for page in (first, second)]
    assert [len(r) for r in rows] == [20, 3]
    assert not rows[0] & rows[1]
    assert "第 1 页，共 2 页" in first
    for strange in ("page=99999999999", "page=-1", "page=x", "removed=7", "page=%FF"):
        sender.page("/?" + strange)


@pytest.mark.parametrize("path", ["/", "/style.css", "/icon.svg", "/healthz", "/api/v1/records"])
def test_answers_carry_a_strict_policy(server, path):
    with urlopen(server.url + path, timeout=10) as response:
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self';")
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        body = response.read().decode()
    assert "style=" not in body
    assert "<style" not in body
    assert "<script" not in body


@pytest.mark.parametrize(
    "path", ["/records/0f8b5c1e-7d59-4a39-9a5c-3f2f0c9d7e11", "/nothing", "/records/x", "/%2e%2e/etc"]
)
def test_what_is_not_there_is_a_page_that_says_so(server, path):
    with pytest.raises(HTTPError) as caught:
        urlopen(server.url + path, timeout=10)
    assert caught.value.code == 404
    assert "没有找到" in caught.value.read().decode()


def test_head_is_answered_without_a_body(server):
    with urlopen(Request(server.url + "/", method="HEAD"), timeout=10) as response:
        assert int(response.headers["Content-Length"]) > 500
        assert response.read() == b""
