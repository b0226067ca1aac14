"""What makes the engine quicker draws what the engine itself would have drawn."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pypdfium2
import pytest

from credit_repair.notices import quicker, render
from credit_repair.notices.attached import Attached
from credit_repair.notices.bases import qr_svg
from credit_repair.notices.contexts import AcceptanceNotice, CommitmentLetter
from credit_repair.notices.engine_check import INSTALL_COMMAND, missing_libraries
from credit_repair.notices.freezing import freeze
from credit_repair.notices.ink import Signature
from credit_repair.notices.render import render_pdf, style_sheet

pytestmark = pytest.mark.skipif(
    bool(missing_libraries()), reason=f"PDF ENGINE MISSING {missing_libraries()}: {INSTALL_COMMAND}"
)


def pictures(document: Any) -> list[bytes]:
    pdf = pypdfium2.PdfDocument(
        BytesIO(render_pdf(template=document.template, context=document.to_context()))
    )
    return [page.render(scale=2).to_pil().tobytes() for page in pdf]


def kept(document: Any) -> bytes:
    """The file as it is kept: PDF/A-3a with its data."""
    attached = Attached({"kind": document.template}, freeze(document), datetime(2026, 11, 21, tzinfo=UTC))
    return render_pdf(template=document.template, context=document.to_context(), attached=attached)


def replaced(function: Any, name: str) -> Any:
    """Return the engine's own function that one of ours calls for what it does not do itself."""
    return function.__closure__[function.__code__.co_freevars.index(name)].cell_contents


def test_the_libraries_are_those_whose_functions_are_replaced() -> None:
    """Another version: read again what quicker.py and embedding.py replace, then name it here."""
    found = {name: version(name) for name in ("weasyprint", "pydyf", "tinyhtml5")}
    assert found == {"weasyprint": "70.0", "pydyf": "0.13.0", "tinyhtml5": "2.1.0"}


@pytest.mark.parametrize(
    "document",
    [
        AcceptanceNotice.sample(),
        replace(CommitmentLetter.sample(), signature=Signature.sample()),
    ],
    ids=["seal and code", "signature on the screen"],
)
def test_pages_are_the_same_with_the_engines_own_paths(
    document: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = pictures(document)
    from weasyprint import svg
    from weasyprint.svg.path import path

    monkeypatch.setitem(svg.TAGS, "path", path)
    assert pictures(document) == quick


def test_a_codes_bars_are_the_engines_own() -> None:
    import pydyf
    from weasyprint.svg.path import path

    code = qr_svg("http://localhost/d/K7Q429XM8DPC3TRB/")
    data = code.partition(' d="')[2].partition('"')[0]
    stream = pydyf.Stream()
    node = SimpleNamespace(get=lambda _name, _default="": data, vertices=[])
    path(SimpleNamespace(stream=stream, point=lambda x, y, _size: (float(x), float(y))), node, 0)
    theirs = [float(part) for item in stream.stream for part in item.split()[:2]]
    mine = [float(part) for item in quicker.bars(data).split(b"\n") for part in item.split()[:2]]
    assert mine == pytest.approx(theirs)


def test_a_path_with_units_or_arcs_is_left_to_the_engine() -> None:
    assert not quicker._BARS.fullmatch("M0 0a1 1 0 0 1 2 2")
    assert not quicker._ABSOLUTE.fullmatch("M0 0A1 1 0 0 1 2 2")
    assert not quicker._ABSOLUTE.fullmatch("M1mm 0L2 2")


def test_no_variable_is_left_in_the_style_sheet() -> None:
    sheet = quicker.spelt_out(style_sheet())
    assert "var(" not in sheet
    assert 'font: 15.75pt/28.95pt "CR Fang", "CR Song"' in sheet


def test_a_kept_file_is_the_same_to_the_byte_as_pydyf_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    once = kept(AcceptanceNotice.sample())
    monkeypatch.setattr(render, "write_once", lambda _pdf: None)
    assert kept(AcceptanceNotice.sample()) == once


@pytest.mark.parametrize(
    "document", [AcceptanceNotice.sample(), CommitmentLetter.sample()], ids=["notice", "letter"]
)
def test_a_kept_file_is_the_same_to_the_byte_with_the_engines_own_styles_and_parser(
    document: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = kept(document)
    from tinyhtml5 import inputstream
    from weasyprint.css import ComputedStyle

    monkeypatch.setattr(ComputedStyle, "__missing__", replaced(ComputedStyle.__missing__, "original"))
    monkeypatch.setattr(inputstream, "characters_until_regex", {})
    assert kept(document) == quick


def test_every_style_is_the_one_that_the_engine_computes() -> None:
    """Also where a rule sets it by its logical name, by `inherit`, with a function, or on the root."""
    import weasyprint
    from weasyprint.css import COMPUTER_FUNCTIONS, INITIAL_NOT_COMPUTED, INITIAL_VALUES, ComputedStyle

    made = kept(AcceptanceNotice.sample())  # the functions are replaced
    assert made
    sheet = """
        html { margin-inline-start: 3px; color: #123456; letter-spacing: 1px }
        p { margin-inline: 4px 7px; padding-block-start: 2px; border-inline-end: 2px solid red }
        p { direction: rtl }
        b { margin: inherit; border: inherit; width: calc(2px + 3em); float: left }
        b { text-decoration: underline }
        i { all: initial; position: absolute; border-top: thick dotted }
    """
    page = weasyprint.HTML(string="<html><p>a<b>b<i>c</i></b></p><u style='margin: 1px'>d</u></html>")
    ours = ComputedStyle.__missing__
    # Not the logical widths of borders, such as border_block_start_width: the engine itself fails there.
    properties = [
        key for key in INITIAL_VALUES if key not in INITIAL_NOT_COMPUTED or key in COMPUTER_FUNCTIONS
    ]
    found = []
    for missing in (ours, replaced(ours, "original")):
        try:
            ComputedStyle.__missing__ = missing
            found.append(_styles(page, weasyprint.CSS(string=sheet), properties))
        finally:
            ComputedStyle.__missing__ = ours
    assert len(found[0]) > 5
    assert found[0] == found[1]


def _styles(page: Any, sheet: Any, properties: Any) -> list[dict[str, str]]:
    """Return all properties of all boxes of a page's elements."""
    boxes = page.render(stylesheets=[sheet]).pages[0]._page_box.descendants()
    return [{key: repr(box.style[key]) for key in properties} for box in boxes]


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_left_as_it_was(enabled: bool) -> None:
    was = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        with pytest.raises(KeyError), quicker.without_collecting():
            assert not gc.isenabled()
            raise KeyError
        assert gc.isenabled() == enabled
    finally:
        (gc.enable if was else gc.disable)()
