"""What was said stays said: a document's context as JSON and back."""

import dataclasses
import json
from datetime import date

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from credit_repair.notices.contexts import DOCUMENTS, DecisionApprove, Document
from credit_repair.notices.freezing import freeze, thaw


def without_seal(document: Document) -> Document:
    return dataclasses.replace(document, seal="") if hasattr(document, "seal") else document


@pytest.mark.parametrize("kind", DOCUMENTS, ids=lambda kind: kind.template)
def test_every_document_survives_the_freezer(kind: type[Document]) -> None:
    sample = kind.sample()
    frozen = json.loads(json.dumps(freeze(sample), ensure_ascii=False))
    assert thaw(kind, frozen) == without_seal(sample)
    assert freeze(thaw(kind, frozen)) == frozen, "the same facts are the same JSON"


@pytest.mark.parametrize("kind", DOCUMENTS, ids=lambda kind: kind.template)
def test_the_seal_is_made_anew_and_never_stored(kind: type[Document]) -> None:
    assert "svg" not in json.dumps(freeze(kind.sample()))


@given(day=st.dates(), facts=st.lists(st.text(), max_size=4), name=st.text(max_size=30))
def test_whatever_is_written_comes_back(day: date, facts: list[str], name: str) -> None:
    sample = dataclasses.replace(
        DecisionApprove.sample(), issue_date=day, facts=tuple(facts), issuer=name, seal=""
    )
    assert thaw(DecisionApprove, json.loads(json.dumps(freeze(sample)))) == sample


def test_a_translatable_text_is_frozen_in_the_language_of_its_moment() -> None:
    assert freeze({"a": 1}) == {"a": 1}
    frozen = freeze(gettext_lazy("受理期限"))
    assert type(frozen) is str and frozen == "受理期限"
