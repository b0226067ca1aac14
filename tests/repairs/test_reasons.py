"""Usual reasons: ticked by the official, written into the letter, counted by their codes."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.models import Case, CaseReason, ReasonCode, TimelineEvent
from credit_repair.core.clock import assume
from credit_repair.core.models import AuditEntry
from credit_repair.notices.models import Document
from credit_repair.people.models import User
from credit_repair.repairs.forms.office import NonAcceptanceForm, RefusalForm
from tests.world import TODAY, World, deciding_case, do, submitted_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reasons() -> None:
    ReasonCode.objects.all().delete()
    for position, (use, code, text, advice, active) in enumerate(
        (
            ("not_accepted", "too_early", "最短公示期尚未届满", "届满后再申请。", True),
            ("refused", "duties_open", "义务尚未全部履行", "全部履行后重新申请。", True),
            ("refused", "false_material", "提交的材料与事实不符", "", True),
            ("refused", "old", "以前的理由", "", False),
        )
    ):
        ReasonCode.objects.create(
            use=use, code=code, text=text, advice=advice, active=active, position=position
        )


def act(user: User, case: Case, action: str, **fields: object) -> object:
    client = Client()
    client.force_login(user)
    with assume(TODAY):
        return client.post(
            reverse("office_repair_act", args=[case.uuid, action]),
            {f"{action}-{name}": value for name, value in fields.items()},
        )


def letter(case: Case, kind: str) -> dict[str, object]:
    """What the document of this kind says."""
    found = Document.objects.get(case_link__case=case, kind=kind)
    context: dict[str, object] = found.context
    return context


def test_each_answer_offers_its_own_reasons_and_only_those_in_use() -> None:
    assert [code for code, _text in NonAcceptanceForm().fields["codes"].choices] == ["too_early"]
    assert [code for code, _text in RefusalForm().fields["codes"].choices] == [
        "duties_open",
        "false_material",
    ]


def test_without_any_reason_in_use_only_own_words_are_asked_for() -> None:
    ReasonCode.objects.update(active=False)
    form = RefusalForm({"reason": "罚款没有缴清"})
    assert "codes" not in form.fields and form.is_valid()


def test_one_of_the_two_is_needed() -> None:
    neither = RefusalForm({})
    assert not neither.is_valid()
    assert neither.errors == {"reason": ["请写明理由，或者勾选常用理由。"]}
    assert RefusalForm({"codes": ["duties_open"]}).is_valid()
    assert RefusalForm({"reason": "罚款没有缴清"}).is_valid()


@pytest.mark.parametrize("code", ["old", "too_early", "invented"])
def test_a_reason_that_is_not_offered_is_refused(code: str) -> None:
    assert "codes" in RefusalForm({"codes": [code], "reason": "罚款没有缴清"}).errors


def test_what_was_ticked_stands_before_what_was_written_and_nothing_twice() -> None:
    form = RefusalForm(
        {
            "codes": ["false_material", "duties_open"],
            "reason": "罚款尚有1.2万元没有缴纳\n义务尚未全部履行",
            "next_steps": "请先缴清余款",
        }
    )
    assert form.is_valid()
    assert form.cleaned_data["reason"].splitlines() == [
        "提交的材料与事实不符",
        "义务尚未全部履行",
        "罚款尚有1.2万元没有缴纳",
    ]
    assert form.cleaned_data["next_steps"].splitlines() == ["全部履行后重新申请。", "请先缴清余款"]


def test_a_refusal_has_its_reasons_in_the_letter_and_its_codes_in_the_audit(world: World) -> None:
    case = deciding_case(world)
    act(world.approver, case, "refuse", codes=["duties_open", "false_material"], reason="罚款没有缴清")

    case.refresh_from_db()
    assert case.state == "refused"
    said = letter(case, "decision_refuse")
    assert said["reasons"] == ["义务尚未全部履行", "提交的材料与事实不符", "罚款没有缴清"]
    assert said["next_steps"] == ["全部履行后重新申请"]
    event = TimelineEvent.objects.get(case=case, action="refuse")
    assert event.text.splitlines()[0] == "义务尚未全部履行"
    assert AuditEntry.objects.get(action="repair.refuse").data["reasons"] == ["duties_open", "false_material"]


def test_a_ticked_reason_alone_is_enough(world: World) -> None:
    case = submitted_case(world)
    act(world.intake, case, "refuse_to_accept", codes=["too_early"])

    case.refresh_from_db()
    assert case.state == "not_accepted"
    assert letter(case, "non_acceptance_notice")["reasons"] == ["最短公示期尚未届满"]


def test_own_words_alone_leave_no_codes(world: World) -> None:
    case = submitted_case(world)
    do(case, "refuse_to_accept", world.intake, reason="材料不齐")
    assert "reasons" not in AuditEntry.objects.get(action="repair.refuse_to_accept").data


@pytest.mark.parametrize(
    ("build", "who", "action", "code"),
    [
        (submitted_case, "intake", "refuse_to_accept", "too_early"),
        (deciding_case, "approver", "refuse", "duties_open"),
    ],
)
def test_both_negative_answers_keep_each_reason_with_its_code(
    world: World, build: Any, who: str, action: str, code: str
) -> None:
    case = build(world)
    act(getattr(world, who), case, action, codes=[code], reason="罚款没有缴清")
    kept = CaseReason.objects.filter(case=case).order_by("position")
    use = "not_accepted" if action == "refuse_to_accept" else "refused"
    assert [(reason.use, reason.code) for reason in kept] == [(use, code), (use, "")]
    assert kept[1].text == "罚款没有缴清"
