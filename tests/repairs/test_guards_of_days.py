"""Why an act must wait for its day, or for a paper: filing ahead, urging, a correction, a window."""

from datetime import date, timedelta

import pytest

from credit_repair.cases.models import Attachment, Case, Filing
from credit_repair.people.models import Mandate, Role, User
from credit_repair.registry.models import Record
from tests.repairs.test_guards import refused
from tests.world import (
    TODAY,
    World,
    answer,
    build_world,
    complete_draft,
    correction_case,
    do,
    draft,
    fresh,
    member,
    submitted_case,
)

pytestmark = pytest.mark.django_db


# -- ahead of the first lawful day


def scheduled() -> tuple[Case, date]:
    """An application that waits for its day, and that day."""
    world = build_world(record={"decision_date": date(2026, 10, 12)})
    case = complete_draft(world)
    do(case, "schedule", world.clerk)
    day = case.repair.scheduled_for
    assert day == date(2027, 1, 13)
    return case, day


def test_what_may_be_filed_today_is_not_scheduled(world: World) -> None:
    assert refused(complete_draft(world), "schedule", world.clerk).code == "not_ahead"


def test_an_incomplete_draft_is_not_scheduled_either() -> None:
    world = build_world(record={"decision_date": date(2026, 10, 12)})
    case = draft(world)
    assert refused(case, "schedule", world.clerk).code == "statement_incomplete"
    answer(world, case, performed_on=TODAY)
    assert refused(fresh(case), "schedule", world.clerk).code == "commitment_missing"


def test_nothing_submits_itself_before_its_day() -> None:
    case, day = scheduled()
    assert refused(case, "submit_when_due", None, today=day - timedelta(days=1)).code == "not_due"
    do(case, "submit_when_due", None, today=day)
    case = fresh(case)
    assert (case.state, case.submitted_on, case.repair.scheduled_for) == ("submitted", day, None)


def test_nothing_is_filed_for_a_firm_for_which_nobody_acts_any_more() -> None:
    case, day = scheduled()
    Mandate.objects.update(until=day - timedelta(days=1))
    assert refused(case, "submit_when_due", None, today=day).code == "no_mandate"


def test_on_its_day_it_is_checked_anew_and_given_back_with_the_reason() -> None:
    case, day = scheduled()
    Record.objects.filter(pk=case.record_id).update(restriction_until=day)
    assert refused(case, "submit_when_due", None, today=day).code == "not_eligible:restriction_over"
    assert refused(case, "return_to_draft", None, today=day).code == "missing_text"
    do(case, "return_to_draft", None, today=day, reason="处罚附带的限制期限还没有届满")
    case = fresh(case)
    assert (case.state, case.repair.scheduled_for, case.submitted_on) == ("draft", None, None)


# -- a correction


def test_a_correction_lists_at_least_one_gap(world: World) -> None:
    assert refused(submitted_case(world), "ask_correction", world.intake).code == "missing_items"


def test_while_the_applicant_corrects_there_is_nothing_to_urge(world: World) -> None:
    case = correction_case(world)
    assert refused(case, "urge", world.clerk, today=date(2026, 12, 3)).code == "state"


# -- urging


def test_an_urging_waits_for_an_overdue_deadline_and_then_three_working_days(world: World) -> None:
    case = submitted_case(world)
    assert refused(case, "urge", world.clerk, today=date(2026, 11, 25)).code == "not_overdue"
    do(case, "urge", world.clerk, today=date(2026, 11, 26))
    again = refused(fresh(case), "urge", world.clerk, today=date(2026, 11, 30))
    assert again.code == "urged_lately" and "2026年12月1日" in again.words
    do(case, "urge", world.clerk, today=date(2026, 12, 1))
    assert fresh(case).repair.urged_on == date(2026, 12, 1)


# -- at a window


def at_window(world: World, case: Case) -> User:
    """Let the filing have come in at the credit office's window; return its clerk."""
    Filing.objects.filter(pk=case.filing_id).update(channel="window", window_office=world.credit)
    return member(world.credit, Role.WINDOW)


def test_at_a_window_the_signed_form_comes_with_the_application(world: World) -> None:
    case = complete_draft(world)
    clerk = at_window(world, case)
    assert refused(fresh(case), "submit", clerk).code == "form_missing"
    stored = case.attachments.get(kind="proof").stored
    Attachment.objects.create(case=case, kind="form", stored=stored, uploaded_at=stored.uploaded_at)
    do(fresh(case), "submit", clerk)


def test_at_a_window_withdrawing_needs_the_signed_paper(world: World) -> None:
    case = submitted_case(world)
    clerk = at_window(world, case)
    assert refused(fresh(case), "withdraw", clerk).code == "withdrawal_missing"
    do(fresh(case), "withdraw", world.clerk)
