"""The seal: well-formed, without text, every length on the ring, 演示 on demonstrations."""

import re
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pytest

from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.seal import _drawn, _open, seal_svg

NAME = "濉溪县社会信用体系建设领导小组办公室信用科"


@pytest.mark.parametrize("length", range(6, 21))
@pytest.mark.parametrize("demo", [True, False])
def test_everything_stays_inside_the_ring(length: int, demo: bool) -> None:
    root = ElementTree.fromstring(seal_svg(NAME[:length], demo))  # noqa: S314 - our own markup
    data = root.find(".//{http://www.w3.org/2000/svg}path").get("d")
    # Absolute commands only; the arguments of H and V are single numbers, so pairs are read from the others.
    pairs = [
        (float(x), float(y))
        for _, numbers in re.findall(r"([MLCQ])([^A-Z]*)", data)
        for x, y in re.findall(r"(-?[\d.]+)[ ,]?(-?[\d.]+)", numbers)
    ]
    assert len(pairs) > 10 * length
    assert max((x * x + y * y) ** 0.5 for x, y in pairs) < 21 - 1.2


def test_no_text_elements() -> None:
    """Text in the seal would be mixed into the text extracted from the signature below it."""
    assert "<text" not in seal_svg("濉溪县信用办", True)


def test_demo_says_so() -> None:
    assert len(seal_svg("濉溪县信用办", True)) > len(seal_svg("濉溪县信用办", False))


def test_rare_characters_and_missing_ones() -> None:
    assert seal_svg("镕堃县信用办公室", False)
    with pytest.raises(MissingGlyphs):
        seal_svg("\U0001f600县信用办", False)
    with pytest.raises(ValueError, match="name"):
        seal_svg("", False)


def test_seals_drawn_by_several_threads_at_once_are_whole() -> None:
    names = [f"濉溪县{part}局" for part in ("税务", "交通运输", "应急管理", "生态环境", "住房和城乡建设")] * 4
    alone = {name: _drawn.__wrapped__(name, True) for name in set(names)}
    _drawn.cache_clear()
    _open.cache_clear()

    with ThreadPoolExecutor(max_workers=8) as threads:
        drawn = list(threads.map(lambda name: seal_svg(name, True), names))

    assert drawn == [alone[name] for name in names]
