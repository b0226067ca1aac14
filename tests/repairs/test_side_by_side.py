"""Two people at once, on PostgreSQL."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.transaction import atomic

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Case, RouteStep
from credit_repair.cases.services import transition
from credit_repair.cases.services.papers import keep_paper
from credit_repair.core.sequences import next_value
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.people.models import Role
from credit_repair.platforms.models import Message
from credit_repair.registry.models import Record
from credit_repair.repairs import settlers
from credit_repair.repairs.models import ApplicationBar
from credit_repair.repairs.services import corrections
from credit_repair.repairs.services.again import file_again
from tests.registry.factories import OfficeFactory, PlatformFactory, PublicationFactory, RecordFactory
from tests.repairs.revoking import (
    HEARING_OVER,
    completed_case,
    false_material,
    overseer_of,
    proposed_case,
)
from tests.rulings.test_cancelling import cancel
from tests.world import (
    CORRECTION_OVER,
    TODAY,
    World,
    answer_gaps,
    approved_case,
    build_world,
    clerk_of,
    complete_draft,
    confirm_removal,
    correction_case,
    deciding_case,
    do,
    fresh,
    in_threads,
    member,
    submitted_case,
    upload,
    verifying_case,
)

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_of_two_approvers_at_once_one_wins(postgres: None) -> None:
    world = build_world()
    PublicationFactory(record=world.record, platform=PlatformFactory())
    approvers = [world.approver, member(world.authority, Role.APPROVER)]
    case = deciding_case(world)

    events, errors = in_threads(
        2,
        lambda number: transition(case=case, action="approve", actor=approvers[number], today=TODAY),
    )
    assert len(events) == 1
    assert [type(error) for error in errors] == [ActionRefused]
    assert errors[0].code == "state"  # type: ignore[attr-defined]
    decisions = Document.objects.filter(kind="decision_approve")
    assert [document.serial for document in decisions] == [1]
    assert Message.objects.filter(action="terminate").count() == 2, "one per platform"
    assert set(Message.objects.values_list("cause", flat=True)) == {events[0].uuid}
    assert case.actors.filter(part="decide").count() == 1


@pytest.mark.parametrize("act", ["approve", "revoke"])
def test_the_record_is_locked_before_a_document_takes_its_number(
    postgres: None, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """Guidance, orders and rulings lock the record and then take a number: the other way round, two of them
    would wait for each other."""
    world = build_world()
    if act == "approve":
        case, actor, day = deciding_case(world), world.approver, TODAY
    else:
        overseer = overseer_of(world)
        case, actor, day = proposed_case(world), overseer, HEARING_OVER
    free: list[bool] = []

    def is_free(_number: int) -> bool:
        with atomic():
            Record.objects.select_for_update(no_key=True, nowait=True).get(pk=world.record.pk)
        return True

    def numbered(name: str) -> int:
        free.append(bool(in_threads(1, is_free)[0]))
        return next_value(name)

    monkeypatch.setattr("credit_repair.notices.services.next_value", numbered)
    transition(case=case, action=act, actor=actor, today=day)
    assert free and not any(free)


def test_a_revocation_and_a_cancellation_at_once_end_in_words(postgres: None) -> None:
    """Whichever is second: the record is withdrawn at the end, and nobody meets an error of the program."""
    world = build_world()
    overseer = overseer_of(world)
    case = proposed_case(world)
    paper = keep_paper(subject=world.subject, upload=upload(), actor=world.approver)

    def act(number: int) -> object:
        if number:
            return cancel(world, paper, today=HEARING_OVER)
        return transition(case=case, action="revoke", actor=overseer, today=HEARING_OVER)

    done, errors = in_threads(2, act)
    assert done and all(isinstance(error, ActionRefused) for error in errors)
    world.record.refresh_from_db()
    assert world.record.standing == "withdrawn"


def test_the_last_two_opinions_at_once_bring_the_case_to_its_decision_once(postgres: None) -> None:
    """Whichever is second finds the first one's, so that the case neither strands nor moves on too early."""
    world = build_world()
    named = OfficeFactory()
    RouteStep.objects.create(
        kind="repair", rule_class="", position=4, phase="verify", seat="named", office=named
    )
    verifiers = [world.verifier, member(named, Role.VERIFIER)]
    said = [{"opinion": "agree", "text": "罚款已经缴清"}, {"opinion": "disagree", "text": "没有改正"}]
    case = verifying_case(world)

    events, errors = in_threads(
        2, lambda number: do(Case.objects.get(pk=case.pk), "give_opinion", verifiers[number], **said[number])
    )
    assert not errors
    assert sorted(event.state_to for event in events) == ["deciding", "verifying"]
    assert fresh(case).state == "deciding"
    assert sorted(case.steps.filter(phase="verify").values_list("opinion", flat=True)) == [
        "agree",
        "disagree",
    ]
    assert case.steps.filter(phase="decide", state="open").count() == 1


def test_sent_on_and_accepted_at_once_is_one_of_both_and_the_other_is_told(postgres: None) -> None:
    world = build_world()
    other = OfficeFactory(credit=True)
    member(other, Role.INTAKE)
    colleagues = [world.intake, member(world.credit, Role.INTAKE)]
    case = submitted_case(world)

    def act(number: int) -> Any:
        action = ("forward", "accept")[number]
        data = {} if number else {"office": other, "reason": "不属于本办受理"}
        return transition(case=case, action=action, actor=colleagues[number], today=TODAY, data=data)

    events, errors = in_threads(2, act)
    assert len(events) == 1 and [type(error) for error in errors] == [ActionRefused]
    sent_on = events[0].action == "forward"
    assert errors[0].code == ("not_their_turn" if sent_on else "state")  # type: ignore[attr-defined]
    assert fresh(case).state == ("submitted" if sent_on else "verifying")
    assert fresh(case).intake_office == (other if sent_on else world.credit)
    assert Document.objects.filter(kind="acceptance_notice").count() == (not sent_on)
    running = set(case.clocks.filter(stopped_on=None).values_list("kind", flat=True))
    assert running == {"answer", "acceptance" if sent_on else "decision"}


def test_sent_on_to_two_offices_at_once_is_with_one(postgres: None) -> None:
    world = build_world()
    others = [OfficeFactory(credit=True) for _each in range(2)]
    colleagues = [world.intake, member(world.credit, Role.INTAKE)]
    for office in others:
        member(office, Role.INTAKE)
    case = submitted_case(world)
    events, errors = in_threads(
        2,
        lambda number: transition(
            case=case,
            action="forward",
            actor=colleagues[number],
            today=TODAY,
            data={"office": others[number], "reason": "不属于本办受理"},
        ),
    )
    assert len(events) == 1 and [getattr(error, "code", error) for error in errors] == ["not_their_turn"]
    step = case.steps.get(phase="intake", state="open")
    assert step.office == fresh(case).intake_office
    assert case.clocks.filter(kind="acceptance", stopped_on=None).count() == 1
    assert Mail.objects.filter(kind="repair_forwarded").count() == 1


def test_extended_and_approved_at_once_is_decided_once_and_extended_before_or_not(postgres: None) -> None:
    world = build_world()
    case = deciding_case(world)
    approvers = [world.approver, member(world.authority, Role.APPROVER)]

    def act(number: int) -> Any:
        action, data = (("approve", {}), ("extend", {"reason": "需要核实"}))[number]
        return transition(case=case, action=action, actor=approvers[number], today=TODAY, data=data)

    events, errors = in_threads(2, act)
    done = {event.action for event in events}
    assert "approve" in done and fresh(case).state == "approved"
    assert [getattr(error, "code", error) for error in errors] == ([] if "extend" in done else ["state"])
    assert Document.objects.filter(kind="decision_approve").count() == 1
    assert Document.objects.filter(kind="extension_notice").count() == ("extend" in done)
    assert not case.clocks.filter(stopped_on=None).exists()


def test_extended_twice_at_once_is_extended_once(postgres: None) -> None:
    world = build_world()
    case = deciding_case(world)
    approvers = [world.approver, member(world.authority, Role.APPROVER)]
    events, errors = in_threads(
        2,
        lambda number: transition(
            case=case, action="extend", actor=approvers[number], today=TODAY, data={"reason": "需要核实"}
        ),
    )
    assert len(events) == 1 and [getattr(error, "code", error) for error in errors] == ["extended_already"]
    assert case.clocks.get(kind="decision").extensions.count() == 1
    assert Document.objects.filter(kind="extension_notice").count() == 1


def test_an_approval_and_a_withdrawal_at_once_leave_one_of_both(postgres: None) -> None:
    world = build_world()
    case = deciding_case(world)
    acts = [("approve", world.approver), ("withdraw", world.clerk)]
    events, errors = in_threads(
        2,
        lambda number: transition(case=case, action=acts[number][0], actor=acts[number][1], today=TODAY),
    )
    assert len(events) == 1 and [type(error) for error in errors] == [ActionRefused]
    state = Case.objects.get(pk=case.pk).state
    assert state in ("approved", "withdrawn")
    assert Message.objects.count() == (state == "approved")


def test_a_submission_pressed_twice_is_one(postgres: None) -> None:
    world = build_world()
    case = complete_draft(world)
    events, errors = in_threads(
        3, lambda number: transition(case=case, action="submit", actor=world.clerk, today=TODAY)
    )
    assert len(events) == 1 and {type(error) for error in errors} == {ActionRefused}
    assert case.clocks.count() == 2 and Document.objects.count() == 1


def test_two_clerks_open_one_draft(postgres: None) -> None:
    from credit_repair.repairs.services import start

    world = build_world()
    clerks = [world.clerk, clerk_of(world.subject)]
    cases, errors = in_threads(
        2, lambda number: start(record=world.record, actor=clerks[number], today=TODAY)
    )
    assert len(cases) == 1
    assert [getattr(error, "code", error) for error in errors] == ["already_open"]


def test_numbers_of_cases_accepted_at_once_have_no_gap(postgres: None) -> None:
    world = build_world()
    cases = [
        submitted_case(world, record=RecordFactory(subject=world.subject, authority=world.authority))
        for _each in range(6)
    ]
    events, errors = in_threads(
        6, lambda number: transition(case=cases[number], action="accept", actor=world.intake, today=TODAY)
    )
    assert not errors and len(events) == 6
    notices = Document.objects.filter(kind="acceptance_notice")
    assert sorted(notices.values_list("serial", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_an_answer_and_the_lapse_at_once_leave_one_of_both(postgres: None) -> None:
    """The last day for one, the day after for the other: as when one machine's clock is past midnight."""
    world = build_world()
    case = correction_case(world)
    answer_gaps(world, case)
    acts: list[tuple[str, Any, date]] = [
        ("resubmit", world.clerk, CORRECTION_OVER - timedelta(days=1)),
        ("lapse", None, CORRECTION_OVER),
    ]

    def act(number: int) -> Any:
        action, actor, day = acts[number]
        return transition(case=case, action=action, actor=actor, today=day)

    events, errors = in_threads(2, act)
    assert len(events) == 1 and [getattr(error, "code", error) for error in errors] == ["state"]
    state = fresh(case).state
    assert state == {"resubmit": "submitted", "lapse": "lapsed"}[events[0].action]
    running = set(case.clocks.filter(stopped_on=None, due_on__isnull=False).values_list("kind", flat=True))
    assert running == ({"acceptance", "answer"} if state == "submitted" else set())
    kinds = set(
        Mail.objects.filter(kind__in=["case_resubmitted", "repair_lapsed"]).values_list("kind", flat=True)
    )
    assert kinds == {"case_resubmitted" if state == "submitted" else "repair_lapsed"}


def test_an_answer_saved_while_the_case_lapses_is_kept_or_refused(postgres: None) -> None:
    world = build_world()
    case = correction_case(world)

    def act(number: int) -> Any:
        if number:
            return settlers.lapse_uncorrected(today=CORRECTION_OVER)
        day = CORRECTION_OVER - timedelta(days=1)
        return corrections.answer_item(case=case, actor=world.clerk, today=day, position=1, text="已经整改")

    _results, errors = in_threads(2, act)
    assert {getattr(error, "code", error) for error in errors} <= {"not_in_correction"}
    assert fresh(case).state == "lapsed"
    assert bool(case.correction_items.get().answer) == (not errors)


def ahead(world: World) -> tuple[Case, date]:
    """An application that waits for its day, and that day."""
    world.record.decision_date = date(2026, 10, 12)
    world.record.save()
    case = complete_draft(world)
    do(case, "schedule", world.clerk)
    return case, case.repair.scheduled_for


def test_two_settlers_submit_what_waits_once(postgres: None) -> None:
    world = build_world()
    case, day = ahead(world)
    moved, errors = in_threads(2, lambda _number: settlers.submit_scheduled(today=day))
    assert not errors and sum(moved) >= 1
    assert fresh(case).state == "submitted"
    assert case.clocks.count() == 2 and case.events.filter(action="submit_when_due").count() == 1
    assert not case.events.filter(action="return_to_draft").exists()
    assert Document.objects.filter(kind="receipt_of_materials").count() == 1
    assert Mail.objects.filter(kind="repair_submitted").count() == 1


def test_taken_back_and_submitted_by_itself_at_once_is_one_of_both(postgres: None) -> None:
    world = build_world()
    case, day = ahead(world)

    def act(number: int) -> Any:
        if number:
            return settlers.submit_scheduled(today=day)
        return transition(case=case, action="unschedule", actor=world.clerk, today=day)

    _results, errors = in_threads(2, act)
    state = fresh(case).state
    assert state in ("draft", "submitted")
    assert [getattr(error, "code", error) for error in errors] == (["state"] if state == "submitted" else [])
    assert fresh(case).repair.scheduled_for is None


def test_scheduled_and_given_up_at_once_is_one_of_both(postgres: None) -> None:
    world = build_world()
    world.record.decision_date = date(2026, 10, 12)
    world.record.save()
    case = complete_draft(world)
    acts = ("schedule", "discard")
    events, errors = in_threads(
        2, lambda number: transition(case=case, action=acts[number], actor=world.clerk, today=TODAY)
    )
    assert len(events) == 1 and [getattr(error, "code", error) for error in errors] == ["state"]
    case = fresh(case)
    assert (case.state == "scheduled") == (case.repair.scheduled_for is not None) == (case.closed_on is None)


def test_filed_again_twice_at_once_is_one_basket(postgres: None) -> None:
    world = build_world()
    case = submitted_case(world)
    do(case, "withdraw", world.clerk)
    clerks = [world.clerk, clerk_of(world.subject)]
    baskets, errors = in_threads(2, lambda number: file_again(case=case, actor=clerks[number], today=TODAY))
    assert not errors and len({basket.pk for basket in baskets}) == 1
    assert Case.objects.filter(record=world.record, state="draft").count() == 1


def test_of_two_supervisors_at_once_one_decides_on_a_revocation(postgres: None) -> None:
    world = build_world()
    supervisors = [overseer_of(world), member(world.authority, Role.SUPERVISOR)]
    case = proposed_case(world)
    acts = ("revoke", "drop_revocation")

    events, errors = in_threads(
        2,
        lambda number: transition(
            case=case,
            action=acts[number],
            actor=supervisors[number],
            today=HEARING_OVER,
            data={"reason": "证据不足。"},
        ),
    )
    assert len(events) == 1
    assert [type(error) for error in errors] == [ActionRefused]
    revoked = events[0].action == "revoke"
    assert fresh(case).state == ("revoked" if revoked else "completed")
    assert ApplicationBar.objects.count() == revoked
    assert Document.objects.filter(kind="revocation_decision").count() == revoked
    assert world.record.events.filter(what="restored").count() == revoked


def test_of_two_proposals_at_once_one_stands(postgres: None) -> None:
    world = build_world()
    overseer_of(world)
    approvers = [world.approver, member(world.authority, Role.APPROVER)]
    case = completed_case(world)
    events, errors = in_threads(
        2,
        lambda number: transition(
            case=case,
            action="propose_revocation",
            actor=approvers[number],
            today=TODAY,
            data=false_material(),
        ),
    )
    assert len(events) == 1
    assert [error.code for error in errors] == ["proposed_already"]  # type: ignore[attr-defined]
    assert case.steps.filter(phase="revoke", state="open").count() == 1


def test_a_renewed_settling_and_a_revocation_at_once_end_in_the_revocation(postgres: None) -> None:
    """The last receipt comes in while the supervisor revokes: the case is not completed afterwards."""
    world = build_world()
    overseer = overseer_of(world)
    case = approved_case(world)
    do(case, "propose_revocation", world.approver, **false_material())
    confirm_removal(world)
    works = (
        lambda: transition(case=case, action="revoke", actor=overseer, today=HEARING_OVER),
        lambda: settlers.complete_confirmed(today=HEARING_OVER),
    )
    _results, errors = in_threads(2, lambda number: works[number]())
    assert not errors
    assert fresh(case).state == "revoked"
    assert world.record.publications.get().state == "publishing"
