"""Every document and every named sample as pictures, with an index by kind: `make gallery`.

    python tools/gallery.py [--folder var/gallery] [--only decision_approve] [--dots 96] [--processes 2]

To be looked at one by one: a text that is extracted from a PDF is right even where the page is not. Besides
the samples of each kind there is one with a name that fills more than a line and has rare characters, and
one about a natural person. Ends with 1 when something could not be rendered.
"""

import argparse
import html
import os
import shutil
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>文书图样</title><style>
body {{ margin: 1.5rem; font: 16px/1.5 sans-serif; background: #eceff3; color: #222; }}
nav {{ columns: 16rem; }} h2 {{ margin: 2rem 0 0; }} h3 {{ margin: 1rem 0 .3rem; font-weight: normal; }}
.pages {{ display: flex; flex-wrap: wrap; gap: .7rem; }}
img {{ width: 24rem; max-width: 100%; background: #fff; box-shadow: 0 1px 4px #0005; }}
.fault {{ color: #a00; }}
</style></head><body><h1>文书图样</h1><p>{summary}</p><nav>{links}</nav>{kinds}</body></html>
"""


@dataclass(frozen=True)
class Made:
    """One sample: its kind, its name, the pictures of its pages, or what went wrong."""

    kind: str
    title: str
    sample: str
    pictures: tuple[str, ...]
    fault: str = ""


def set_up() -> None:
    """Make Django ready in this process; nothing of a database is needed."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credit_repair.settings")
    import django

    django.setup()


def draw(kind_number: int, folder: Path, dots: int) -> list[Made]:
    """Render all samples of a kind into the folder. Runs in a process of the pool."""
    import pypdfium2
    from django.utils import translation

    from credit_repair.notices.render import render_pdf
    from credit_repair.notices.sampling import kinds, samples_of

    kind = kinds()[kind_number]
    made = []
    with translation.override("zh-hans"):
        for number, (name, sample) in enumerate(samples_of(kind).items(), start=1):
            try:
                pdf = render_pdf(template=sample.template, context=sample.to_context())
            except Exception as error:  # told in the index, and by the exit code
                made.append(
                    Made(kind.template, str(kind.title), name, (), f"{type(error).__name__}: {error}")
                )
                continue
            pages = pypdfium2.PdfDocument(pdf)
            pictures = []
            for page in range(len(pages)):
                picture = f"{kind.template}-{number}-{page + 1}.png"
                image = pages[page].render(scale=dots / 72).to_pil()
                image.save(folder / picture, compress_level=3)
                pictures.append(picture)
            made.append(Made(kind.template, str(kind.title), name, tuple(pictures)))
    return made


def index(made: list[list[Made]], took: float) -> str:
    """Return the page that shows all pictures by kind."""
    flat = [one for samples in made for one in samples]
    pages = sum(len(one.pictures) for one in flat)
    summary = f"{len(made)}种文书，{len(flat)}个样例，{pages}页；用时{took:.0f}秒。"
    links, parts = [], []
    for samples in made:
        kind, title = samples[0].kind, html.escape(samples[0].title)
        links.append(f'<a href="#{kind}">{title}</a><br>')
        parts.append(f'<h2 id="{kind}">{title} <small>{kind}</small></h2>')
        for one in samples:
            parts.append(f"<h3>{html.escape(one.sample)}</h3>")
            if one.fault:
                parts.append(f'<p class="fault">{html.escape(one.fault)}</p>')
            pictures = "".join(
                f'<a href="{name}"><img loading="lazy" src="{name}" alt="{title}，第{page}页"></a>'
                for page, name in enumerate(one.pictures, start=1)
            )
            parts.append(f'<div class="pages">{pictures}</div>')
    return _PAGE.format(summary=summary, links="".join(links), kinds="\n".join(parts))


def main(arguments: list[str] | None = None) -> int:
    """Draw what is asked for; return the exit code."""
    parser = argparse.ArgumentParser(description="Every document and every named sample as pictures.")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "gallery")
    parser.add_argument("--only", action="append", help="template of a kind; may be given several times")
    parser.add_argument("--dots", type=int, default=96, help="dots an inch")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(arguments)
    set_up()
    from credit_repair.notices.sampling import kinds

    numbers = [n for n, kind in enumerate(kinds()) if not asked.only or kind.template in asked.only]
    if not numbers:
        parser.error("no such document: " + ", ".join(asked.only))
    shutil.rmtree(asked.folder, ignore_errors=True)
    asked.folder.mkdir(parents=True)
    began = time.perf_counter()
    with ProcessPoolExecutor(asked.processes, initializer=set_up) as pool:
        jobs = [pool.submit(draw, number, asked.folder, asked.dots) for number in numbers]
        made = [job.result() for job in jobs]
    took = time.perf_counter() - began
    page = asked.folder / "index.html"
    page.write_text(index(made, took), encoding="utf-8")
    flat = [one for samples in made for one in samples]
    for one in flat:
        if one.fault:
            print(f"{one.kind} ({one.sample}): {one.fault}", file=sys.stderr)
    print(f"{sum(len(one.pictures) for one in flat)} pages of {len(made)} kinds in {took:.0f} s: {page}")
    return 1 if any(one.fault for one in flat) else 0


if __name__ == "__main__":
    raise SystemExit(main())
