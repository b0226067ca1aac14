"""How long a notice takes: ours, Typst, and WeasyPrint as it comes.

    python -m tests.benchmarks.notice_benchmark [--rounds 40] [--long] [--json]

A one-page notice, unsigned, each rendering of another case. Warm: each engine has rendered some before it is
timed; they take turns, so that a busy machine is busy for all. The same text, fonts, seal and code for all;
making the code is counted for all. Beside the time on the clock stands the time of the processor, which other
work on the machine disturbs less.

ours      credit_repair.notices.render, from the context to the bytes
typst     the package typst, one compiler kept, from the inputs to the bytes; left out, loudly, when it is not
          installed (`make setup-dev` installs it; no other part of the project needs it)
plain     WeasyPrint's write_pdf with fonts and style sheet read anew for each document
full      the same with the fonts embedded in full; a few rounds are enough

and as an issued document is kept, PDF/A-3a, tagged, with its data attached (Typst's without data):

ours/a    typst/a

Then memory over many renderings (`--long`: 2,000), and what two processes make of the same work as one, by
turns.
"""

import argparse
import json
import os
import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests.benchmarks.own_database import say

AT_MOST_TIMES_TYPST, AT_LEAST_TIMES_PLAIN = 5.0, 2.0
WARM_UP, FULL_ROUNDS = 4, 3

#: The same page as acceptance_notice.html and notices.css make, line by line.
TYPST = """
#let f = json(bytes(sys.inputs.facts))
#set document(title: f.title + " " + f.number, author: f.issuer)
#set page(paper: "a4", margin: (top: 37mm, right: 26mm, bottom: 35mm, left: 28mm), footer-descent: 7mm,
  footer: context [#set text(size: 10.5pt, fill: rgb("#444"))
    #grid(columns: (1fr, auto, 1fr), [], [演示文书，不具有法律效力],
      align(right, text(size: 14pt, font: "CR Song")[— #counter(page).display() —#h(14pt)]))])
#set text(font: ("CR Fang", "CR Song"), size: 15.75pt, lang: "zh", region: "cn",
  top-edge: 0.88em, bottom-edge: -0.12em)
#set par(first-line-indent: (amount: 2em, all: true), justify: true, leading: 13.2pt, spacing: 13.2pt)
#block(width: 28em, height: 144.75pt, {
  place(top + center, dy: 6pt, text(font: "CR Title", size: 46pt, fill: rgb("#d7000f"), f.issuer))
  place(top + center, dy: 79pt, f.number)
  place(top, dy: 106.5pt, line(length: 28em, stroke: 1.4pt + rgb("#d7000f")))
})
#align(center, text(font: ("CR Title", "CR Fang"), size: 22pt, f.title))
#v(15.75pt)
#par(first-line-indent: 0em, f.addressee)
#for one in f.paragraphs { par(one) }
#v(57.9pt)
#block(width: 28em, height: 57.9pt, breakable: false, {
  place(bottom + left, image(bytes(f.code), alt: "二维码", width: 22mm))
  place(bottom + left, dx: 24.5mm, text(size: 10.5pt)[扫码可查验本文书真伪 \\ 核验码：#f.check])
  place(top + right, dx: -4em, align(center)[#f.issuer \\ #f.day])
  place(bottom + right, dx: -3.1em, dy: 14mm, image(bytes(f.seal), alt: "印章", width: 42mm, height: 42mm))
})
"""


@dataclass(frozen=True)
class Line:
    """What was measured, milliseconds (the median and the least; the processor's median), and the size of the
    last file."""

    what: str
    median: float
    least: float
    processor: float
    size: int


def set_up() -> None:
    """Make Django ready; no database is asked."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credit_repair.settings")
    import django

    django.setup()


def notice(number: int) -> Any:
    """Return the acceptance notice of case `number`, one page."""
    from credit_repair.notices.contexts import AcceptanceNotice

    return replace(
        AcceptanceNotice.sample(),
        case_number=f"XF-2026-{number % 1_000_000:06}",
        document_number=f"濉信修〔2026〕{number}号",
        verify_url=f"http://localhost/d/{number:016}/",
    )


def ours(number: int) -> bytes:
    """Render as the site does."""
    from credit_repair.notices.render import render_pdf

    document = notice(number)
    return render_pdf(template=document.template, context=document.to_context())


def ours_kept(number: int) -> bytes:
    """The same, tagged and with its data, as it is kept."""
    from credit_repair.notices.attached import Attached
    from credit_repair.notices.freezing import freeze
    from credit_repair.notices.render import render_pdf

    document = notice(number)
    attached = Attached({"kind": document.template}, freeze(document), datetime(2026, 11, 21, tzinfo=UTC))
    return render_pdf(template=document.template, context=document.to_context(), attached=attached)


def plain(number: int, full_fonts: bool = False) -> bytes:
    """Render as WeasyPrint does when nothing is kept between documents.

    To be called in a process in which none of its functions have been replaced.
    """
    import weasyprint
    from django.template.loader import render_to_string
    from weasyprint.text.fonts import FontConfiguration

    from credit_repair.notices.glyphs import FONTS_DIR
    from credit_repair.notices.render import style_sheet

    document = notice(number)
    markup = render_to_string(f"notices/{document.template}.html", document.to_context())
    fonts = FontConfiguration()
    style = weasyprint.CSS(string=style_sheet(), font_config=fonts)
    page = weasyprint.HTML(string=markup, base_url=FONTS_DIR.as_uri() + "/")
    data: bytes = page.write_pdf(stylesheets=[style], font_config=fonts, full_fonts=full_fonts)
    return data


def typst_engine(tagged: bool) -> Callable[[int], bytes] | None:
    """Return Typst's rendering of the same notice with one compiler kept; None when it is not installed.

    Where our files are tagged for readers and of PDF/A-3a, Typst's are too.
    """
    try:
        import typst
    except ImportError:
        return None
    from credit_repair.notices.glyphs import FONTS_DIR

    compiler = typst.Compiler(font_paths=[str(FONTS_DIR)], ignore_system_fonts=True)
    source = TYPST.encode()
    options: dict[str, Any] = {"pdf_standards": "a-3a"} if tagged else {"pdf_tags": False}

    def render(number: int) -> bytes:
        facts = json.dumps(facts_of(notice(number)), ensure_ascii=False)
        made = compiler.compile(source, format="pdf", sys_inputs={"facts": facts}, timestamp=0, **options)
        assert isinstance(made, bytes)
        return made

    return render


def facts_of(document: Any) -> dict[str, Any]:
    """Return what the Typst template says of a notice: the paragraphs of acceptance_notice.html."""
    from credit_repair.rules import said

    context, party, contact = document.to_context(), document.party, document.contact
    return {
        "title": document.title,
        "number": document.document_number,
        "issuer": document.issuer,
        "addressee": f"{party.name}：",
        "paragraphs": [
            f"你单位（统一社会信用代码：{party.code}）于{said(document.filed_on)}就{document.record.known_by}"
            f"提出的信用修复申请（案件编号：{document.case_number}），材料齐全，符合受理条件。"
            f"依据{'、'.join(document.legal_basis)}，决定自{said(document.accepted_on)}起受理。",
            f"本案由{document.deciding_office}审查决定，决定期限至{said(document.decision_due)}止。"
            "信用修复不收取任何费用。",
            f"联系单位：{contact.office}；地址：{contact.address}；电话：{contact.phone}。",
        ],
        "day": said(document.issue_date),
        "check": document.verify_code,
        "seal": str(context["seal"]),
        "code": str(context["qr"]),
    }


def timed(engines: dict[str, Callable[[int], bytes]], rounds: int) -> list[Line]:
    """Time the engines by turns, each rendering of a case of its own."""
    took: dict[str, list[float]] = {name: [] for name in engines}
    worked: dict[str, list[float]] = {name: [] for name in engines}
    sizes: dict[str, int] = {}
    for round_number in range(-WARM_UP, rounds):
        for name, engine in engines.items():
            began, busy = time.perf_counter(), time.process_time()
            data = engine(1000 + round_number)
            if round_number >= 0:
                took[name].append((time.perf_counter() - began) * 1000)
                worked[name].append((time.process_time() - busy) * 1000)
            sizes[name] = len(data)
    return [
        Line(name, statistics.median(times), min(times), statistics.median(worked[name]), sizes[name])
        for name, times in took.items()
    ]


def resident_mb() -> float:
    """Return the memory this process holds now, in MB; or the most it ever held."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 1e6
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def memory(renderings: int, points: int = 5) -> list[tuple[int, float]]:
    """Render so many notices; return (renderings, MB) after the first twentieth and at even steps."""
    asked = sorted(
        {max(renderings // 20, 1), *(renderings * step // points for step in range(1, points + 1))}
    )
    found, done = [], 0
    for upto in asked:
        while done < upto:
            ours_kept(done)
            done += 1
        found.append((done, resident_mb()))
    return found


def work(numbers: range) -> tuple[float, float]:
    """Render some in this process; return seconds on the clock and of the processor."""
    began, busy = time.perf_counter(), time.process_time()
    for number in numbers:
        ours_kept(number)
    return time.perf_counter() - began, time.process_time() - busy


def two_processes(renderings: int, turns: int = 5) -> dict[str, float]:
    """Let one process render and then two together, by turns.

    Returns:
        throughput: how many times one's notices a second two make together;
        effort: how much more of the processor a notice takes when two are at work.
    """
    part = range(max(renderings // turns, 1))
    alone = beside = busy_alone = busy_beside = 0.0
    with ProcessPoolExecutor(2, initializer=set_up) as pool:
        list(pool.map(work, [range(WARM_UP)] * 4))  # both warm
        for _turn in range(turns):
            took, busy = pool.submit(work, part).result()
            alone, busy_alone = alone + took, busy_alone + busy
            began = time.perf_counter()
            busy_beside += sum(busy for _took, busy in pool.map(work, [part, part]))
            beside += time.perf_counter() - began
    return {"throughput": 2 * alone / beside, "effort": busy_beside / (2 * busy_alone)}


def engines_timed(apart: ProcessPoolExecutor, rounds: int) -> dict[str, Line]:
    """Time all engines; WeasyPrint as it comes runs in a process of its own, `apart`."""
    engines: dict[str, Callable[[int], bytes]] = {
        "ours": ours,
        "plain": lambda number: apart.submit(plain, number).result(),
        "ours/a": ours_kept,
    }
    for name, tagged in (("typst", False), ("typst/a", True)):
        typst = typst_engine(tagged)
        if typst:
            engines[name] = typst
    lines = {line.what: line for line in timed(engines, rounds)}
    full = timed(
        {"full": lambda number: apart.submit(plain, number, True).result()}, min(rounds, FULL_ROUNDS)
    )
    lines["full"] = full[0]
    return lines


def measure(rounds: int, renderings: int, together: int) -> dict[str, Any]:
    """Measure everything; return plain figures."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=set_up) as apart:
        lines = engines_timed(apart, rounds)
    has_typst = "typst" in lines
    mine = lines["ours"].median
    return {
        "milliseconds": {name: [line.median, line.least] for name, line in lines.items()},
        # What runs in a process of its own is not this one's work.
        "processor": {name: line.processor for name, line in lines.items() if name not in ("plain", "full")},
        "bytes": {name: line.size for name, line in lines.items()},
        "times_typst": mine / lines["typst"].median if has_typst else None,
        "times_typst_kept": lines["ours/a"].median / lines["typst/a"].median if has_typst else None,
        "times_faster_than_plain": lines["plain"].median / mine,
        "times_faster_than_plain_kept": lines["plain"].median / lines["ours/a"].median,
        "memory": memory(renderings) if renderings else [],
        "two_processes": two_processes(together) if together else None,
    }


def show(found: dict[str, Any]) -> None:
    """Print the figures as a table, and which aims are met."""
    say("One page, unsigned, warm:")
    for name, (median, least) in found["milliseconds"].items():
        busy = found["processor"].get(name)
        worked = f", {busy:.1f} of the processor" if busy else ""
        say(f"  {name:8} {median:7.1f} ms (least {least:.1f}{worked}), {found['bytes'][name] / 1024:.0f} KB")
    if found["times_typst"] is None:
        say("  TYPST IS NOT INSTALLED: not compared with it. make setup-dev installs it")
    else:
        for what, times in (("", found["times_typst"]), (" as kept", found["times_typst_kept"])):
            met = "" if times <= AT_MOST_TIMES_TYPST else "NOT "
            say(f"  {times:.1f} times Typst{what}: {met}at most {AT_MOST_TIMES_TYPST:g}")
        busy = found["processor"]
        say(
            f"  by the processor: {busy['ours'] / busy['typst']:.1f} times Typst,"
            f" {busy['ours/a'] / busy['typst/a']:.1f} as kept"
        )
    faster = found["times_faster_than_plain"]
    met = faster >= AT_LEAST_TIMES_PLAIN
    say(f"  {faster:.1f} times as fast as plain: {'' if met else 'NOT '}at least {AT_LEAST_TIMES_PLAIN:g}")
    say(f"  {found['times_faster_than_plain_kept']:.1f} times as fast as plain, tagged and with its data")
    if found["memory"]:
        say("Memory: " + ", ".join(f"{mb:.0f} MB after {count}" for count, mb in found["memory"]))
    if found["two_processes"]:
        two = found["two_processes"]
        say(f"Two processes: {two['throughput']:.2f} times one; a notice costs {two['effort']:.2f} as much")


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How long a notice takes.")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--renderings", type=int, default=300, help="for the memory; 0 leaves it out")
    parser.add_argument("--long", action="store_true", help="2,000 renderings for the memory")
    parser.add_argument("--together", type=int, default=100, help="for each of two processes; 0 for none")
    parser.add_argument("--page", type=Path, help="folder for each engine's file, to be looked at")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    set_up()
    if asked.page:
        asked.page.mkdir(parents=True, exist_ok=True)
        for name, engine in (("ours", ours), ("typst", typst_engine(tagged=False))):
            if engine:
                (asked.page / f"{name}.pdf").write_bytes(engine(12))
    renderings = 2000 if asked.long else asked.renderings
    found = measure(asked.rounds, renderings, asked.together)
    say(json.dumps(found)) if asked.json else show(found)


if __name__ == "__main__":
    main()
