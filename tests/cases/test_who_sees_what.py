"""Who sees which case, what lies with whom, and what a page says."""

from datetime import date

import pytest
from django.core.exceptions import ObjectDoesNotExist

from credit_repair.cases import selectors
from credit_repair.cases.diagram import state_diagram
from credit_repair.cases.kinds import get
from credit_repair.cases.models import Case, Clock, new_query_code
from credit_repair.cases.parts import own_cases, visible_cases
from credit_repair.cases.presenters import clock_items, step_rows, timeline_items
from credit_repair.core.codes import ALPHABET
from credit_repair.notices.models import Document
from credit_repair.people.models import Role
from credit_repair.people.services import end_mandate, grant_mandate, leave_office
from credit_repair.platforms.models import Message
from tests.registry.factories import MOMENT, OfficeFactory, RecordFactory, SubjectFactory
from tests.world import (
    DISAGREE,
    SINCE,
    TODAY,
    World,
    approved_case,
    clerk_of,
    complete_draft,
    deciding_case,
    do,
    fresh,
    make_user,
    member,
    submitted_case,
    verifying_case,
)

pytestmark = pytest.mark.django_db


def sees(user: object, on: date = TODAY) -> list[Case]:
    return list(visible_cases(user=user, on=on))


def test_a_draft_is_the_applicants_alone(world: World) -> None:
    case = complete_draft(world)
    assert list(own_cases(user=world.clerk, on=TODAY)) == [case]
    for official in (world.intake, world.verifier, world.approver):
        assert sees(official) == []


def test_every_office_with_a_step_sees_a_submitted_case_and_nobody_else(world: World) -> None:
    case = submitted_case(world)
    for official in (world.intake, world.verifier, world.approver, member(world.credit, Role.SUPERVISOR)):
        assert sees(official) == [case]
    elsewhere = OfficeFactory()
    others = [
        member(elsewhere, Role.INTAKE, Role.VERIFIER, Role.APPROVER, Role.SUPERVISOR),
        member(world.credit, Role.DATA),
        member(world.credit, Role.AUDITOR),
        member(world.credit, Role.INTAKE, is_active=False),
        make_user(is_superuser=True),
        world.clerk,
    ]
    assert [sees(user) for user in others] == [[]] * len(others)


def test_who_has_left_sees_nothing_from_the_next_day(world: World) -> None:
    submitted_case(world)
    leave_office(membership=world.intake.memberships.get(), until=TODAY)
    assert sees(world.intake) and not sees(world.intake, date(2026, 11, 21))


def test_an_official_who_acts_for_the_subject_sees_the_case_as_applicant_alone(world: World) -> None:
    case = submitted_case(world)
    grant_mandate(user=world.intake, subject=world.subject, since=SINCE)
    assert sees(world.intake) == []
    assert not selectors.steps_by_deadline(user=world.intake, on=TODAY).exists()
    assert list(own_cases(user=world.intake, on=TODAY)) == [case]


def test_a_former_clerk_and_a_foreign_one_see_nothing(world: World) -> None:
    submitted_case(world)
    end_mandate(mandate=world.clerk.mandates.get(), until=date(2026, 11, 19))
    assert not own_cases(user=world.clerk, on=TODAY).exists()
    assert not own_cases(user=clerk_of(SubjectFactory()), on=TODAY).exists()


def test_files_go_to_those_who_see_the_case(world: World) -> None:
    case = submitted_case(world)
    material, link = case.attachments.first(), case.documents.get()
    assert material is not None
    for user in (world.clerk, world.intake, world.approver):
        assert selectors.attachment_for(user=user, uuid=material.uuid, on=TODAY) == material
        assert selectors.document_for(user=user, uuid=link.document.uuid, on=TODAY) == link.document
    for user in (clerk_of(SubjectFactory()), member(OfficeFactory(), Role.INTAKE), make_user()):
        with pytest.raises(ObjectDoesNotExist):
            selectors.attachment_for(user=user, uuid=material.uuid, on=TODAY)
        with pytest.raises(ObjectDoesNotExist):
            selectors.document_for(user=user, uuid=link.document.uuid, on=TODAY)


def test_a_page_is_found_by_those_who_see_the_case_alone(world: World) -> None:
    case = submitted_case(world)
    assert selectors.office_case(user=world.intake, uuid=case.uuid, on=TODAY) == case
    assert selectors.applicant_case(user=world.clerk, uuid=case.uuid, on=TODAY) == case
    with pytest.raises(Case.DoesNotExist):
        selectors.office_case(user=world.clerk, uuid=case.uuid, on=TODAY)
    with pytest.raises(Case.DoesNotExist):
        selectors.applicant_case(user=world.intake, uuid=case.uuid, on=TODAY)


# -- the inbox


def inbox(user: object, on: date = TODAY) -> list[tuple[str, str]]:
    return [(step.case.number, step.phase) for step in selectors.steps_by_deadline(user=user, on=on)]


def test_a_case_lies_with_whom_its_open_step_names(world: World) -> None:
    people = [world.intake, world.verifier, world.approver]
    case = submitted_case(world)
    assert [bool(inbox(user)) for user in people] == [True, False, False]
    do(case, "accept", world.intake)
    assert [bool(inbox(user)) for user in people] == [False, True, False]
    do(case, "give_opinion", world.verifier, **DISAGREE)
    assert [bool(inbox(user)) for user in people] == [False, False, True]
    do(case, "refuse", world.approver, reason="未履行")
    assert [bool(inbox(user)) for user in people] == [False, False, False]


def test_the_nearest_deadline_stands_first_and_one_without_a_date_last(world: World) -> None:
    cases = [
        submitted_case(
            world, record=RecordFactory(subject=world.subject, authority=world.authority), today=day
        )
        for day in (date(2026, 11, 20), date(2026, 11, 16), date(2026, 11, 18))
    ]
    Clock.objects.filter(case=cases[2]).update(due_on=None)
    assert [number for number, _phase in inbox(world.intake)] == [
        cases[1].number,
        cases[0].number,
        cases[2].number,
    ]


def test_two_roles_make_one_inbox(world: World) -> None:
    both = member(world.authority, Role.VERIFIER, Role.APPROVER)
    first = verifying_case(world)
    second = deciding_case(world, record=RecordFactory(subject=world.subject, authority=world.authority))
    assert sorted(inbox(both)) == sorted([(first.number, "verify"), (second.number, "decide")])


# -- what a page says


def titles(case: Case, *, internal: bool) -> list[str]:
    return [str(item["title"]) for item in timeline_items(case, internal=internal)]


def test_opinions_are_read_by_officials_alone(world: World) -> None:
    case = deciding_case(world)
    assert titles(case, internal=False) == ["开始填写申请", "已提交申请", "已受理"]
    assert titles(case, internal=True) == ["开始填写申请", "已提交申请", "已受理", "已提交核查意见"]


def test_the_platforms_receipt_stands_on_the_timeline_when_it_is_in(world: World) -> None:
    case = approved_case(world)
    assert not [title for title in titles(case, internal=False) if "已确认" in title]
    Message.objects.update(state="confirmed", receipt="R-7", confirmed_at=MOMENT)
    (item,) = [item for item in timeline_items(case, internal=False) if "已确认" in str(item["title"])]
    assert item["title"].startswith(world.platform.name)
    assert item["text"] == "终止公示：R-7" and item["when"] == MOMENT


def test_a_document_is_a_link_once_its_pdf_is_there(world: World) -> None:
    case = submitted_case(world)
    assert [item["documents"] for item in timeline_items(case, internal=False)] == [[], []]
    Document.objects.update(state="ready", file="documents/x.pdf", sha256="0" * 64, size=7)
    (link,) = timeline_items(case, internal=False)[1]["documents"]
    assert (link["name"], link["size"]) == (Document.objects.get().title, 7)


@pytest.mark.parametrize(
    ("day", "days"),
    [(date(2026, 11, 20), 3), (date(2026, 11, 22), 3), (date(2026, 11, 25), 0), (date(2026, 11, 27), -2)],
    ids=["first-day", "sunday", "due-day", "two-days-late"],
)
def test_a_clock_counts_working_days(world: World, day: date, days: int) -> None:
    case = submitted_case(world)
    (acceptance,) = [item for item in clock_items(case, today=day) if item["due"] == date(2026, 11, 25)]
    assert (acceptance["days"], acceptance["state"]) == (days, "running")


def test_stopped_clocks_are_left_out_where_only_running_ones_are_asked_for(world: World) -> None:
    case = fresh(verifying_case(world))
    assert len(clock_items(case, today=TODAY)) == 3
    assert len(clock_items(case, today=TODAY, running_only=True)) == 2


def test_the_steps_say_who_thought_what(world: World) -> None:
    case = verifying_case(world)
    do(case, "give_opinion", world.verifier, **DISAGREE)
    row = step_rows(fresh(case))[1]
    assert row["disagrees"] and row["who"] == "王核" and row["text"] == DISAGREE["text"]


def test_the_diagram_draws_every_row_of_the_machine() -> None:
    kind = get("repair")
    page = state_diagram(kind)
    for action, sources in kind.flow.actions().items():
        assert page.count(f"`{action}` |") >= len(sources)
    assert "verifying --> deciding" in page and "verifying --> verifying" in page
    assert page.count("--> [*]") == len(kind.flow.ENDS)


def test_query_codes_are_long_and_unlike() -> None:
    codes = {new_query_code() for _each in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 14 and set(code.replace("-", "")) <= set(ALPHABET) for code in codes)
