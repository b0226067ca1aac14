"""The version of a template is frozen with a document."""

import logging
from datetime import date

import pytest
from django.db import transaction
from django.template.exceptions import TemplateDoesNotExist

from credit_repair.notices import services, versions
from credit_repair.notices.contexts import DOCUMENTS, ReceiptOfMaterials
from credit_repair.notices.versions import template_version
from tests.registry.factories import OfficeFactory


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    files = {
        "notices/one.html": '{% extends "notices/base.html" %}{% include "notices/_part.html" %}一',
        "notices/two.html": '{% extends "notices/base.html" %}二',
        "notices/base.html": "底",
        "notices/_part.html": "段",
        "notices/notices.css": "p {}",
    }
    monkeypatch.setattr(versions, "source_of", files.__getitem__)
    return files


def test_every_template_has_a_version_of_its_own_and_the_same_one_each_time() -> None:
    found = {kind.template: template_version(kind.template) for kind in DOCUMENTS}
    assert len(set(found.values())) == len(DOCUMENTS)
    assert all(len(version) == 64 for version in found.values())
    assert template_version("decision_approve") == found["decision_approve"]


@pytest.mark.parametrize("changed", ["one.html", "base.html", "_part.html", "notices.css"])
def test_whatever_is_printed_changes_the_version(sources: dict[str, str], changed: str) -> None:
    before = template_version("one")
    sources[f"notices/{changed}"] += " "
    assert template_version("one") != before


def test_the_rule_by_which_lines_are_set_closer_belongs_to_the_version(
    sources: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = template_version("one")
    monkeypatch.setattr(versions, "_how_lines_are_set", lambda: "行距")
    assert template_version("one") != before


def test_what_a_template_does_not_use_leaves_its_version(sources: dict[str, str]) -> None:
    before = template_version("two")
    sources["notices/_part.html"] = "另"
    assert template_version("two") == before


def test_no_template_has_no_version() -> None:
    with pytest.raises(TemplateDoesNotExist):
        template_version("no_such_document")


@pytest.mark.django_db
def test_a_document_keeps_its_version_and_is_made_though_the_template_has_changed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction.atomic():
        row = services.issue(
            document=ReceiptOfMaterials.sample(), office=OfficeFactory(), issued_on=date(2026, 11, 20)
        )
    assert row.template_version == template_version("receipt_of_materials")

    seen = {}
    monkeypatch.setattr(
        "credit_repair.notices.render.render_pdf", lambda **given: seen.update(given) or b"%PDF"
    )
    monkeypatch.setattr(services, "template_version", lambda _template: "0" * 64)
    with caplog.at_level(logging.WARNING, logger=services.__name__):
        made = services.render(document_id=row.pk)
    assert made.state == "ready" and made.template_version == row.template_version
    assert "000000000000" in caplog.text and row.template_version[:12] in caplog.text
    assert seen["attached"].about["drawn_with"] == "0" * 64
