"""A letter that runs over by a few lines is set closer, and ends with its seal on its first page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.template.loader import render_to_string

from credit_repair.notices.bases import IssuedDocument
from credit_repair.notices.contexts import CorrectionNotice, DecisionApprove, ExtensionNotice
from credit_repair.notices.engine_check import INSTALL_COMMAND, missing_libraries
from credit_repair.notices.fitting import closeness
from credit_repair.notices.guiding import ReminderLetter
from credit_repair.notices.papers import Authorisation
from credit_repair.notices.sampling import kinds, samples_of
from credit_repair.rules import said
from tests.notices.measuring import BODY, LINE, MM, lines, pages_of, seal_of

needs_engine = pytest.mark.skipif(
    bool(missing_libraries()), reason=f"PDF ENGINE MISSING {missing_libraries()}: {INSTALL_COMMAND}"
)

HANZI = "信用修复管理办法规定失信主体纠正行为履行义务后可以申请"


def markup_of(document: Any) -> str:
    return render_to_string(f"notices/{document.template}.html", document.to_context())


def letter(reason: str) -> ExtensionNotice:
    return replace(ExtensionNotice.sample(), reasons=(reason,))


def paragraphs(count: int, title: str = "通知书") -> str:
    text = "<p>一行。</p>" * count
    return f'<div class="head"></div><h1>{title}</h1>{text}<div class="signature"></div>'


@pytest.mark.parametrize(
    ("count", "classes"),
    [(10, ""), (11, "closer"), (12, "closer by-27"), (13, "closer by-25"), (14, "")],
)
def test_how_close_depends_on_how_many_lines_run_over(count: int, classes: str) -> None:
    assert closeness(paragraphs(count), 2) == classes


def test_a_title_and_an_office_of_two_lines_count_as_two() -> None:
    assert closeness(paragraphs(10, "关于" + "信用修复" * 6 + "的通知"), 2) == "closer"
    assert closeness(paragraphs(10), 3) == "closer"


def test_what_is_signed_by_hand_and_what_is_not_known_are_left_as_they_are() -> None:
    assert "closer" not in markup_of(Authorisation.sample())
    unknown = paragraphs(11).replace("<p>一行。</p>", "<ul><li>一行。</li></ul>", 1)
    assert closeness(unknown, 2) == ""


def test_letters_of_several_pages_keep_their_lines() -> None:
    for document in (CorrectionNotice.sample(), DecisionApprove.sample()):
        assert "closer" not in markup_of(document)


@needs_engine
@pytest.mark.parametrize(
    "count",
    [count if count % 12 == 0 else pytest.param(count, marks=pytest.mark.slow) for count in range(0, 84, 3)],
)
def test_a_letter_ends_on_its_page_wherever_it_is_said_to(count: int) -> None:
    """The length is swept over more than the three lines that a letter may run over."""
    document = letter((HANZI * 4)[:count] + "完毕")
    markup, pages = markup_of(document), pages_of(document)
    if 'class="closer' in markup:
        assert len(pages) == 1, "the estimate is a line short"
        assert_sealed(
            document, pages[0], by=25.3 if "by-25" in markup else 27.1 if "by-27" in markup else LINE
        )


def assert_sealed(document: IssuedDocument, page: Any, by: float) -> None:
    """The lines stand as far apart as is said; the seal is clear of the text and within the page."""
    runs, shapes = page
    found = lines(runs)
    date = next(index for index, line in enumerate(found) if line.text == said(document.issue_date))
    assert found[date].baseline - found[date - 1].baseline == pytest.approx(by, abs=0.1)
    (seal,) = seal_of(shapes)
    middle = (found[date].left + found[date].right) / 2
    assert (seal.left + seal.right) / 2 == pytest.approx(middle, abs=0.5)
    edge = 1.2 * MM / 2
    assert 0 < seal.top - edge - found[date - 2].baseline < LINE
    assert seal.top < found[date - 1].baseline - BODY / 2 and seal.bottom > found[date].baseline
    assert seal.bottom + edge <= (297 - 35) * MM + 0.5


@needs_engine
@pytest.mark.slow
def test_no_sample_is_said_to_fit_and_does_not() -> None:
    closer = [
        sample
        for kind in kinds()
        for sample in samples_of(kind).values()
        if isinstance(sample, IssuedDocument) and 'class="closer' in markup_of(sample)
    ]
    assert len(closer) > 8
    for sample in closer:
        pages = pages_of(sample)
        signed = [any(seal_of(shapes)) for _runs, shapes in pages]
        assert signed[0], f"{sample.template} runs over"


@needs_engine
def test_a_reminder_of_one_record_ends_on_its_page() -> None:
    usual = ReminderLetter.sample()
    assert len(pages_of(replace(usual, rows=usual.rows[:1]))) == 1
