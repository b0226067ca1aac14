"""The data of a document are what it says, and nothing else."""

import dataclasses
import json
from datetime import date
from typing import Any

import pytest
from django.template.loader import render_to_string

from credit_repair.notices.attached import attached_to
from credit_repair.notices.contexts import (
    DOCUMENTS,
    DecisionApprove,
    Document,
    EnquiryLetter,
    IssuedDocument,
    ReceiptOfMaterials,
    RepairCertificate,
)
from credit_repair.notices.enquiries import open_secret
from credit_repair.notices.models import Document as Row

#: A made-up number with a right check digit.
PERSONAL = "11010519491231002X"


def file_of(document: Document, *, drawn_with: str = "a", version: str = "a") -> str:
    row = Row(
        kind=document.template,
        title=document.title,
        number="濉信修〔2026〕12号",
        issued_on=date(2026, 11, 27),
        rule_set="ndrc-36",
        template_version=version,
    )
    markup = render_to_string(f"notices/{document.template}.html", document.to_context())
    file = attached_to(row, document, drawn_with=drawn_with).file(markup)
    assert file is not None
    return file.decode()


def data_of(document: Document, **versions: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file_of(document, **versions))
    return found


def test_a_decision_says_who_what_when_by_which_rules_and_with_which_template() -> None:
    data = data_of(DecisionApprove.sample())
    assert (data["format"], data["kind"]) == ("credit-repair-document/1", "decision_approve")
    assert (data["number"], data["issued_on"]) == ("濉信修〔2026〕12号", "2026-11-27")
    assert (data["rule_set"], data["template_version"]) == ("ndrc-36", "a")
    assert data["content"]["party"]["code"] == "91340621MA2NXK8T4J"
    assert data["content"]["record"]["decision_date"] == "2026-04-16"
    assert data["content"]["effects"]["ends_publication"] is True
    assert "drawn_with" not in data


def test_a_template_that_changed_since_is_said() -> None:
    assert data_of(DecisionApprove.sample(), drawn_with="b")["drawn_with"] == "b"
    assert "drawn_with" not in data_of(DecisionApprove.sample(), drawn_with="b", version="")


def test_what_is_not_printed_is_not_attached() -> None:
    """A certificate for bidders shows no old detail, and its data do not either."""
    data = file_of(RepairCertificate.sample())
    for word in ("罚款", "万元", "行政处罚决定书", "李明华"):
        assert word not in data


def test_the_code_that_answers_an_enquiry_is_in_no_form_attached() -> None:
    letter = EnquiryLetter.sample()
    data, secret = file_of(letter), open_secret(letter.sealed_secret)
    assert letter.addressee in data
    for hidden in (letter.sealed_secret, secret, secret[:8], letter.to_context()["reply_code"][:9]):
        assert hidden not in data


def test_no_query_code_is_attached() -> None:
    receipt = ReceiptOfMaterials.sample()
    assert receipt.query_code and '"query_code"' not in file_of(receipt)


def test_a_personal_number_in_a_text_is_masked_and_a_firms_code_is_not() -> None:
    said = f"法定代表人（身份证号{PERSONAL}）已到场。"
    document = dataclasses.replace(DecisionApprove.sample(), facts=(said,))
    data = file_of(document)
    assert PERSONAL not in data and PERSONAL[6:14] not in data
    assert "110105********002X" in data
    assert document.party.code in data


@pytest.mark.parametrize(
    "kind", [kind for kind in DOCUMENTS if issubclass(kind, IssuedDocument)], ids=lambda kind: kind.template
)
def test_every_document_names_its_party_in_its_data(kind: type[Document]) -> None:
    document = kind.sample()
    assert data_of(document)["content"]["party"]["name"] == document.party.name
