"""The usual reasons: on what each rests, which part mends it, and that an office's own words stay."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from credit_repair.cases.models import ReasonCode
from tests.world import administrator

pytestmark = pytest.mark.django_db

laid = import_module("credit_repair.cases.migrations.0008_reasons_basis_and_mends")


def code(name: str) -> ReasonCode:
    return ReasonCode.objects.get(code=name)


def test_every_usual_reason_names_what_it_rests_on() -> None:
    assert not ReasonCode.objects.filter(basis="").exists()
    mends = dict(ReasonCode.objects.filter(use="correction").values_list("code", "mends"))
    assert mends == {
        "proof_unreadable": "proof",
        "letter_unsigned": "commitment",
        "proof_partial": "proof",
        "other_subject": "",
    }
    assert code("duties_open").mends == "statement" and code("evidence_not_proving").mends == "proof"


def test_what_an_office_has_written_stays_there_and_back() -> None:
    ReasonCode.objects.filter(code="duties_open").update(basis="本办的依据", mends="proof")
    laid.lay(apps, None)
    assert (code("duties_open").basis, code("duties_open").mends) == ("本办的依据", "proof")
    laid.take_up(apps, None)
    assert (code("duties_open").basis, code("duties_open").mends) == ("本办的依据", "proof")
    assert (code("letter_unsigned").basis, code("letter_unsigned").mends) == ("", "")
    laid.lay(apps, None)
    assert code("letter_unsigned").mends == "commitment"


def test_an_administrator_says_what_a_reason_rests_on_and_what_mends_it(client: Client) -> None:
    client.force_login(administrator("system"))
    form: dict[str, Any] = {
        "text": "消防验收尚未通过",
        "advice": "通过后重新申请。",
        "basis": "《消防法》",
        "mends": "proof",
        "position": 9,
        "active": "on",
    }
    client.post(
        reverse("admin:cases_reasoncode_add"),
        {"kind": "repair", "use": "refused", "code": "fire_check", **form},
    )
    assert (code("fire_check").basis, code("fire_check").mends) == ("《消防法》", "proof")
    bad = client.post(
        reverse("admin:cases_reasoncode_change", args=[code("fire_check").pk]),
        {**form, "basis": "《\U00031350法》"},
    )
    assert "basis" in bad.context["adminform"].form.errors
