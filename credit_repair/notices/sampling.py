"""Every kind of document and every sample of it: for the gallery, and for tests that go through them all."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from . import contexts, papers
from .bases import Document
from .more_samples import more_samples
from .samples import LONG_NAME, PERSON

#: Kinds that are never about a natural person.
_ENTERPRISES_ALONE = frozenset({"representative_certificate", "shield_notice", "shield_end_notice"})


def kinds() -> list[type[Any]]:
    """Return the class of every document with a template, in the order in which they are defined."""

    def below(kind: type[Any]) -> Iterator[type[Any]]:
        for child in kind.__subclasses__():
            if "template" in vars(child):
                yield child
            yield from below(child)

    importlib.import_module("credit_repair.notices.standing")  # its documents are in no list
    listed = dict.fromkeys((*contexts.DOCUMENTS, *papers.PAPERS))
    listed.update(dict.fromkeys(below(Document)))
    return list(listed)


def samples_of(kind: type[Any]) -> dict[str, Any]:
    """Return the named samples of a kind, and two that every kind with a party must stand."""
    found: dict[str, Any] = {"常用": kind.sample()}
    named = kind.samples() if hasattr(kind, "samples") else more_samples(found["常用"])
    found.update({name: sample for name, sample in named.items() if sample != found["常用"]})
    usual: Document = found["常用"]
    if usual.party.name:
        found.setdefault("超长名称、生僻字", replace(usual, party=LONG_NAME))
        about_a_person = any(sample.party.is_person for sample in found.values())
        if not about_a_person and kind.template not in _ENTERPRISES_ALONE:
            found["自然人"] = _said_to_a_person(usual)
    return found


def _said_to_a_person(document: Any) -> Any:
    """Return the document about a natural person, with its sentences said to one."""
    texts = {
        field.name: tuple(text.replace("你单位", "你") for text in value)
        for field in fields(document)
        if isinstance(value := getattr(document, field.name), tuple)
        and all(isinstance(text, str) for text in value)
    }
    return replace(document, party=PERSON, **texts)
