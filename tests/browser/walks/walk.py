"""One journey, step by step: what it costs the person who goes it, and a picture of each step where wanted.

Clicks, fields and files are counted because every act goes through here. Words are Chinese characters: all
that stands in the middle of a page before what the person presses to go on, and was not read before.
"""

import json
import math
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import SLIPS

#: Where pictures are wanted; without it a walk is a test only.
PICTURES = os.environ.get("WALKTHROUGH_DIR", "")
#: A colour that is just changing would be looked at half way.
TELEPHONE = {
    "viewport": {"width": 375, "height": 812},
    "has_touch": True,
    "is_mobile": True,
    "reduced_motion": "reduce",
}
#: What an act takes a person who has never seen the site (seconds), and how fast one reads on a telephone.
SECONDS = {"clicks": 3, "fields": 5, "files": 12, "strokes": 4}
CHARACTERS_A_MINUTE = 350
_CHINESE = re.compile(r"[㐀-鿿]")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
#: Grave findings of axe-core: what keeps somebody from using the page.
_GRAVE = ("serious", "critical")
_LOOK = """async () => {
  const seen = await axe.run({resultTypes: ['violations']});
  return seen.violations.map(each =>
    ({id: each.id, impact: each.impact, where: each.nodes.slice(0, 3).map(node => node.html)}));
}"""


#: The visible texts of a page up to an element and in it.
_ABOVE = """(target) => {
  const found = [], walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const after = target.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (after && !target.contains(text)) break;
    const box = text.parentElement;
    if (box.checkVisibility() && !box.closest('.visually-hidden')) found.push(text.data.trim());
  }
  return found;
}"""
#: In a picture of the whole page, what sticks to the screen would stand in the middle of it.
_UNSTICK = """() => {
  for (const e of document.querySelectorAll('body *')) {
    const how = getComputedStyle(e).position;
    if (how === 'sticky' || how === 'fixed') { e.dataset.unstuck = '1'; e.style.position = 'static'; }
  }
}"""
_STICK = """() => {
  for (const e of document.querySelectorAll('[data-unstuck]')) {
    e.style.position = ''; delete e.dataset.unstuck;
  }
}"""


@dataclass
class Cost:
    """What a journey costs."""

    clicks: int = 0
    fields: int = 0
    files: int = 0
    strokes: int = 0
    words: int = 0

    @property
    def seconds(self) -> float:
        """How long it takes somebody who reads every word, without waiting."""
        acts = sum(seconds * getattr(self, what) for what, seconds in SECONDS.items())
        return acts + 60 * self.words / CHARACTERS_A_MINUTE

    def __str__(self) -> str:
        minutes, seconds = divmod(round(self.seconds), 60)
        parts = (
            (self.clicks, "点击%d次"),
            (self.fields, "填写%d处"),
            (self.files, "上传%d个文件"),
            (self.words, "阅读%d字"),
        )
        said = [words % number for number, words in parts if number]
        return "，".join([*said, f"约{minutes}分{seconds}秒" if minutes else f"约{seconds}秒"])


@dataclass
class Step:
    """One step as it is shown: the caption, the picture, who is at it, and where to look in the picture."""

    caption: str
    picture: str = ""
    who: str = ""
    top: int = 0
    paper: bool = False


@dataclass
class Walk:
    """A journey of one person; of several, one after the other, with `goes_on_as`."""

    page: Page
    name: str
    title: str
    who: str = ""
    cost: Cost = field(default_factory=Cost)
    steps: list[Step] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    counted: bool = True
    _read: set[str] = field(default_factory=set)
    _looked_at: set[str] = field(default_factory=set)

    def goes_on_as(self, page: Page, who: str, *, counted: bool = False) -> None:
        """Go on with another person's page; what officials do costs the applicant nothing."""
        self.page, self.who, self.counted = page, who, counted

    # -- what a person does

    def click(self, target: Locator, *, read_to: Locator | None = None) -> None:
        """Read down to what is pressed, or to `read_to` where that stands further up, and press it."""
        self._read_down_to(read_to or target)
        target.click()
        self._count("clicks")
        self._settle()

    def choose(self, *targets: Locator) -> None:
        """Tick boxes or radio buttons."""
        for target in targets:
            target.check()
            self._count("clicks")

    def fill(self, target: Locator, text: str) -> None:
        """Type into a field."""
        target.fill(text)
        self._count("fields")

    def attach(self, target: Locator, *files: Path) -> None:
        """Choose files from the telephone."""
        target.set_input_files(list(files))
        self._count("files", len(files))

    def draw(self, target: Locator) -> None:
        """Sign with the finger: two strokes across a canvas."""
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box is not None
        mouse, width, height = self.page.mouse, box["width"], box["height"]
        for start, swing, waves in ((0.12, 0.3, 2.0), (0.46, 0.22, 3.0)):
            for part in range(41):
                across = box["x"] + width * (start + 0.38 * part / 40)
                down = box["y"] + height * (0.5 - swing * math.sin(waves * math.pi * part / 40))
                mouse.move(across, down)
                if part == 0:
                    mouse.down()
            mouse.up()
            self._count("strokes")

    # -- what is seen of it

    def step(self, caption: str, *, at: Locator | None = None) -> None:
        """Look at the page as it stands: nothing sticks out, nothing slipped through, nothing keeps anybody
        from using it. `at`: what the caption speaks of; it is framed in the picture."""
        self._settle()
        expect(self.page.get_by_role("heading", level=1).first).to_be_visible()
        self._look()
        self.steps.append(Step(caption, who=self.who, **self._picture(at)))

    def paper(self, file: Path, caption: str) -> str:
        """Look at a document that the person opens; return its text without blanks."""
        assert file.read_bytes().startswith(b"%PDF-"), f"{file} is no PDF"
        pdf = pypdfium2.PdfDocument(file)
        text = "".join(page.get_textpage().get_text_bounded() for page in pdf)
        picture = ""
        if PICTURES:
            picture = f"{len(self.steps) + 1:02}.jpg"
            pdf[0].render(scale=1.4).to_pil().convert("RGB").save(self._folder / picture, quality=80)
        self.steps.append(Step(caption, picture, self.who, paper=True))
        return "".join(text.split())

    def finish(self) -> None:
        """Keep the story where pictures are wanted, and fail on what was found on the way."""
        if PICTURES:
            story = {
                "name": self.name,
                "title": self.title,
                "cost": str(self.cost),
                "steps": [asdict(step) for step in self.steps],
            }
            text = json.dumps(story, ensure_ascii=False, indent=1)
            (self._folder / "story.json").write_text(text, encoding="utf-8")
        assert not self.findings, "\n".join(self.findings)

    @property
    def _folder(self) -> Path:
        folder = Path(PICTURES) / self.name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _count(self, what: str, number: int = 1) -> None:
        if self.counted:
            setattr(self.cost, what, getattr(self.cost, what) + number)

    def _settle(self) -> None:
        self.page.wait_for_load_state("load")

    def _read_down_to(self, target: Locator) -> None:
        if self.counted:
            new = set(target.evaluate(_ABOVE)) - self._read
            self._read |= new
            self.cost.words += sum(len(_CHINESE.findall(line)) for line in new)

    def _look(self) -> None:
        where = f"{self.name}, {_UUID.sub('…', urlsplit(self.page.url).path)}"
        needed = self.page.evaluate("document.documentElement.scrollWidth")
        width = (self.page.viewport_size or {"width": 0})["width"]
        found = [f"“{slip[0]}” in its text" for slip in re.finditer(SLIPS, self.page.inner_text("body"))]
        if needed > width:
            found.append(f"{needed} px wide on a screen of {width}")
        if where not in self._looked_at:
            self._looked_at.add(where)
            found += self._grave_findings()
        self.findings += [f"{where}: {text}" for text in found]

    def _grave_findings(self) -> Iterable[str]:
        if self.page.evaluate("typeof axe === 'undefined'"):
            self.page.evaluate(AXE_SCRIPT)
        seen = self.page.evaluate(_LOOK)
        return [f"{each['id']}: {each['where']}" for each in seen if each["impact"] in _GRAVE]

    def _picture(self, at: Locator | None) -> dict[str, Any]:
        if not PICTURES:
            return {}
        name, top = f"{len(self.steps) + 1:02}.jpg", 0
        self.page.evaluate(_UNSTICK)
        if at is not None:
            at.evaluate("(e) => { e.style.outline = '3px solid #d4380d'; e.style.outlineOffset = '3px'; }")
            top = round(at.evaluate("(e) => e.getBoundingClientRect().top + scrollY"))
        self.page.screenshot(
            path=self._folder / name, full_page=True, type="jpeg", quality=72, animations="disabled"
        )
        if at is not None:
            at.evaluate("(e) => { e.style.outline = ''; e.style.outlineOffset = ''; }")
        self.page.evaluate(_STICK)
        return {"picture": name, "top": top}
