"""Bind the pictures of the walks into pages: one for each journey, and an index.html that leads to them.

    python tools/walkthrough.py var/walkthrough

The folder holds, for each journey, its story.json and its pictures, as tests/browser/walks leaves them where
WALKTHROUGH_DIR is set. The pages hold all they need: they can be sent on one by one.
"""

import base64
import json
import sys
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

#: So high is the header of a page on a telephone (pixels of the page).
HEADER = 190

STYLE = """
:root{--ink:#1a2430;--muted:#52606f;--line:#d6dde6;--blue:#14509a;--page:#f3f6fa}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
 font:17px/1.7 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif}
header{background:#0b2a52;color:#fff;padding:40px 24px}
header>div,main{max-width:1180px;margin:0 auto}
header h1{margin:0;font-size:30px;line-height:1.4}
header p{margin:8px 0 0;color:#cfdcec}
header a{color:#fff}
main{padding:32px 24px 80px}
a{color:var(--blue);text-underline-offset:.2em}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(250px,1fr));gap:24px;
 list-style:none;margin:0;padding:0}
.card{display:flex;flex-direction:column;height:100%;background:#fff;border:1px solid var(--line);
 border-radius:12px;overflow:hidden;color:inherit;text-decoration:none}
.card:hover,.card:focus-visible{border-color:var(--blue);box-shadow:0 6px 24px #0b2a5222}
.card img{display:block;width:100%;height:270px;object-fit:cover;object-position:top;
 border-bottom:1px solid var(--line)}
.card b{display:block;padding:16px 18px 0;font-size:19px}
.card span{padding:4px 18px 18px;color:var(--muted);font-size:15px}
.steps{display:grid;grid-template-columns:repeat(auto-fill,minmax(310px,1fr));gap:44px 36px;
 list-style:none;margin:0;padding:0}
.steps li{display:flex;flex-direction:column}
.steps p{margin:0 0 14px}
.who{display:block;color:var(--muted);font-size:14px}
.number{display:inline-block;min-width:30px;margin-right:8px;padding:0 6px;border-radius:15px;
 background:var(--blue);color:#fff;font-size:15px;text-align:center}
.phone{margin-top:auto;width:100%;max-width:340px;height:700px;overflow-y:auto;background:#fff;
 border:9px solid #1a2430;border-radius:30px;scrollbar-width:thin}
.phone img,.sheet img{display:block;width:100%}
.sheet{margin-top:auto;width:100%;max-width:340px;background:#fff;border:1px solid var(--line);
 box-shadow:0 6px 24px #0b2a5222}
nav{display:flex;justify-content:space-between;gap:24px;margin-top:56px}
@media print{.phone{height:auto;overflow:visible}.steps li{break-inside:avoid}}
"""
#: Brings into sight what a step speaks of; the picture is as long as the page was.
SCRIPT = """
addEventListener('load',()=>document.querySelectorAll('.phone[data-part]').forEach(e=>{
 const picture=e.querySelector('img');
 e.scrollTop=Math.max(0,e.dataset.part*picture.width/375-e.clientHeight/2)}))
"""


def main(folder: Path) -> int:
    """Write the pages of every journey in `folder`; say where they begin."""
    found = sorted(folder.glob("*/story.json"))
    if not found:
        print(f"{folder}里没有可以装订的图片。")
        return 1
    stories = [json.loads(path.read_text(encoding="utf-8")) for path in found]
    for place, story in enumerate(stories):
        before = stories[place - 1] if place else None
        after = stories[place + 1] if place + 1 < len(stories) else None
        (folder / f"{story['name']}.html").write_text(_journey(folder, story, before, after), "utf-8")
    index = folder / "index.html"
    index.write_text(_index(folder, stories), "utf-8")
    for story in stories:
        print(f"{story['title']}：{len(story['steps'])}步，{story['cost']}")
    print(f"{len(stories)}个办事过程，{sum(len(story['steps']) for story in stories)}张图：{index.resolve()}")
    return 0


def _index(folder: Path, stories: list[dict[str, Any]]) -> str:
    cards = "".join(
        f'<li><a class="card" href="{escape(story["name"])}.html">'
        f'<img src="{_small(folder, story)}" alt="">'
        f"<b>{escape(story['title'])}</b><span>{len(story['steps'])}步。{escape(story['cost'])}</span></a></li>"
        for story in stories
    )
    lead = "用手机（375像素宽）办理信用修复的全过程。每一步都是自动测试走过、拍下的真实页面；数据都是虚构的。"
    return _page("信用修复办事过程图解", f"<p>{lead}</p>", f'<ul class="cards">{cards}</ul>')


def _journey(
    folder: Path, story: dict[str, Any], before: dict[str, Any] | None, after: dict[str, Any] | None
) -> str:
    steps = "".join(_step(folder, story, step, number) for number, step in enumerate(story["steps"], start=1))
    links = [
        f'<a href="{escape(each["name"])}.html">{words}{escape(each["title"])}</a>'
        if each
        else "<span></span>"
        for each, words in ((before, "上一个："), (after, "下一个："))
    ]
    lead = f'<p>{escape(story["cost"])}</p><p><a href="index.html">全部办事过程</a></p>'
    return _page(story["title"], lead, f'<ol class="steps">{steps}</ol><nav>{"".join(links)}</nav>')


def _step(folder: Path, story: dict[str, Any], step: dict[str, Any], number: int) -> str:
    who = f'<span class="who">{escape(step["who"])}</span>' if step["who"] else ""
    caption = f'<p>{who}<span class="number">{number}</span>{escape(step["caption"])}</p>'
    if not step["picture"]:
        return f"<li>{caption}</li>"
    picture = f'<img src="{_inside(folder, story, step["picture"])}" alt="{escape(step["caption"])}">'
    if step["paper"]:
        return f'<li>{caption}<div class="sheet">{picture}</div></li>'
    part = f' data-part="{step["top"]}"' if step["top"] else ""
    return f'<li>{caption}<div class="phone" tabindex="0"{part}>{picture}</div></li>'


def _small(folder: Path, story: dict[str, Any]) -> str:
    """The beginning of the third page, below its header, as a small picture."""
    pages = [step["picture"] for step in story["steps"] if step["picture"] and not step["paper"]]
    with Image.open(folder / story["name"] / pages[min(2, len(pages) - 1)]) as picture:
        top = picture.width * HEADER // 375
        part = picture.crop((0, top, picture.width, min(picture.height, top + picture.width)))
        part.thumbnail((500, 500))
        kept = BytesIO()
        part.save(kept, "JPEG", quality=80)
    return _address(kept.getvalue())


def _inside(folder: Path, story: dict[str, Any], picture: str) -> str:
    return _address((folder / story["name"] / picture).read_bytes())


def _address(picture: bytes) -> str:
    """An address that holds the picture itself."""
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"


def _page(title: str, lead: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><header><div><h1>{escape(title)}</h1>{lead}</div></header>"
        f"<main>{content}</main><script>{SCRIPT}</script></body></html>"
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
