"""A seal uploaded as SVG: shapes alone come through; everything else is refused by name."""

import pytest

from credit_repair.notices.seal import uploaded_seal
from credit_repair.notices.svg_seals import LARGEST_BYTES, MOST_SHAPES, BadSeal, clean_seal


def svg(inside: str, attributes: str = 'viewBox="0 0 100 100"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'.encode()


RING = '<circle cx="50" cy="50" r="48" fill="none" stroke="#d7000f" stroke-width="3"/>'


def test_shapes_are_drawn_anew_and_nothing_else_is_kept() -> None:
    clean = clean_seal(
        svg(
            f'<!-- secret --><title>印章</title><g id="x" transform="translate(1,2) scale(.5)">{RING}</g>'
            '<path d="M1 2 L3,4.5e1 z" fill-rule="evenodd"/><polygon points="1,2 3,4 5,6"/>'
        )
    )
    assert 'viewBox="0 0 100 100"' in clean and 'class="seal"' in clean
    assert '<g transform="translate(1,2) scale(.5)">' in clean
    assert '<path d="M1 2 L3,4.5e1 z" fill-rule="evenodd"/>' in clean
    assert "secret" not in clean and "id=" not in clean and "印章" not in clean


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<style>*{fill:red}</style>",
        '<image href="http://example.org/a.png"/>',
        '<use href="#a"/>',
        '<a href="http://example.org">x</a>',
        "<text>字</text>",
        "<foreignObject/>",
        "<animate/>",
        '<defs><linearGradient id="a"/></defs>',
        '<circle r="1" onclick="x()"/>',
        '<circle r="1" style="fill:url(http://example.org)"/>',
        '<circle r="1" fill="url(#a)"/>',
        '<circle r="1" fill="red;x"/>',
        '<circle r="1" href="x"/>',
        '<circle r="1" filter="url(#a)"/>',
        '<path d="M0 0 url(x)"/>',
        '<g transform="url(x)"><circle r="1"/></g>',
        "<circle r='1\"/&gt;&lt;script'/>",
        '<circle r="1"><script/></circle>',
        '<circle xmlns:xlink="http://www.w3.org/1999/xlink" r="1" xlink:href="x"/>',
        '<script xmlns="">alert(1)</script>',
    ],
)
def test_what_is_no_shape_is_refused_by_name(inside: str) -> None:
    with pytest.raises(BadSeal, match="不能使用的内容"):
        clean_seal(svg(RING + inside))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        b"\xff\xfe\x00",
        b"<svg/>",
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
        b'<!DOCTYPE svg SYSTEM "http://example.org/x.dtd"><svg xmlns="http://www.w3.org/2000/svg"/>',
        svg(""),
        svg("<g></g>"),
        svg(RING, ""),
        svg(RING, 'viewBox="0 0 100 200"'),
        svg(RING, 'viewBox="0 0 0 0"'),
        svg(RING, 'viewBox="0 0 100 100" onload="x()"'),
        svg(RING * (2 * MOST_SHAPES + 1)),
        svg("<g>" * 50 + RING + "</g>" * 50),
        svg(RING + " " * LARGEST_BYTES),
    ],
)
def test_a_file_that_is_no_seal_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(BadSeal):
        clean_seal(data)


def test_in_a_demonstration_an_uploaded_seal_is_marked_so() -> None:
    clean = clean_seal(svg(RING))
    assert uploaded_seal(clean, False) == clean
    marked = uploaded_seal(clean, True)
    assert len(marked) > len(clean) + 500 and marked.count('class="seal"') == 1


@pytest.mark.parametrize(
    "shape",
    [
        '<polygon points="{long}x"/>',
        '<path d="M{long}!"/>',
        '<circle r="{long}x"/>',
        '<g transform="scale({long}!)"/>',
        '<g transform="{many}!"/>',
    ],
)
def test_no_row_of_digits_or_blanks_holds_the_process(shape: str) -> None:
    """It used to be tried in every way of parting it: some forty digits were enough to hang for years."""
    inside = shape.format(long="1" * 50_000, many="scale(1) " * 5_000)
    with pytest.raises(BadSeal, match="不能使用的内容"):
        clean_seal(svg(RING + inside))


def test_numbers_may_stand_without_anything_between_them() -> None:
    clean = clean_seal(svg('<path d="M.5.5-1-1 1.e1 2"/><polygon points="1-2.5.5"/><rect width="10.5px"/>'))
    assert 'd="M.5.5-1-1 1.e1 2"' in clean and 'points="1-2.5.5"' in clean and 'width="10.5px"' in clean
