"""The list of those who could apply and have not agrees with what is explained of every single record."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from credit_repair.core.clock import now
from credit_repair.outreach.figures import figures_of, total_of
from credit_repair.outreach.reach import reached
from credit_repair.outreach.repairable import due_to_remind, listed, repairable
from credit_repair.people.models import Role
from credit_repair.registry.models import Office, Record, RecordFlag
from credit_repair.registry.services.flags import put_flag
from credit_repair.repairs.models import ApplicationBar
from credit_repair.repairs.selectors import explain_record, running_bar
from credit_repair.rules.eligibility import APPLICANTS_PART
from tests.outreach.made import made_batch, proposed, repairable_record
from tests.registry.factories import OfficeFactory, RecordFactory, SectorFactory, SubjectFactory
from tests.repairs.revoking import HEARING_OVER, overseer_of, proposed_case
from tests.world import TODAY, World, clerk_of, do, draft, member

pytestmark = pytest.mark.django_db

FIRST_DAY = date(2026, 8, 7)
LAST_DAY = date(2027, 5, 6)


def on_list(record: Record, day: date) -> bool:
    return repairable(on=day).filter(pk=record.pk).exists()


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (FIRST_DAY - timedelta(days=1), False),
        (FIRST_DAY, True),
        (LAST_DAY, True),
        (LAST_DAY + timedelta(days=1), False),
    ],
)
def test_it_stands_there_from_its_first_day_to_the_last_of_its_publicity(day: date, expected: bool) -> None:
    assert on_list(RecordFactory(), day) is expected


@pytest.mark.parametrize("standing", ["unpublished", "repaired", "expired", "withdrawn", "history"])
def test_what_is_not_public_is_not_there(standing: str) -> None:
    ended = TODAY if standing in Record.ENDED else None
    assert not on_list(RecordFactory(standing=standing, ended_on=ended), TODAY)


def test_a_draft_takes_it_off_and_giving_it_up_puts_it_back(world: World) -> None:
    case = draft(world)
    assert not on_list(world.record, TODAY)
    case.state, case.closed_on = "discarded", TODAY
    case.save()
    assert on_list(world.record, TODAY)


def test_an_attached_restriction_keeps_it_off_until_it_is_over() -> None:
    record = RecordFactory(restriction_until=date(2026, 12, 31))
    assert not on_list(record, date(2026, 12, 31))
    assert on_list(record, date(2027, 1, 1))


def test_what_is_shielded_is_not_there() -> None:
    record = RecordFactory()
    put_flag(record=record, kind=RecordFlag.Kind.SHIELD, reason="破产", actor_label="系统", at=now())
    assert not on_list(record, TODAY)


def test_what_is_held_past_its_maximum_is_there() -> None:
    record = RecordFactory()
    late = LAST_DAY + timedelta(days=30)
    put_flag(record=record, kind=RecordFlag.Kind.HELD, reason="待核", actor_label="系统", at=now())
    assert on_list(record, late)


RECORDS = st.fixed_dictionaries(
    {
        "decision_date": st.dates(date(2024, 6, 1), date(2026, 11, 20)),
        "penalty_types": st.sampled_from(
            [["罚款"], ["警告"], ["警告", "罚款"], ["责令停产停业"], ["没收违法所得"], ["限制从业"]]
        ),
        "restriction_until": st.none() | st.dates(date(2026, 6, 1), date(2027, 6, 1)),
        "own_until": st.none() | st.dates(date(2026, 11, 20), date(2027, 12, 31)),
        "repeat_offender": st.booleans(),
        "kind": st.sampled_from(["penalty", "serious_list", "abnormal_list", "other"]),
    }
)


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    facts=RECORDS,
    market=st.booleans(),
    flag=st.sampled_from(["", "held", "shield"]),
    day=st.dates(date(2026, 6, 1), date(2027, 12, 31)),
)
def test_the_list_says_what_the_full_explanation_says(
    db: None, facts: dict[str, object], market: bool, flag: str, day: date
) -> None:
    """All conditions but the applicant's own part are met, and publicity does not end by itself: exactly
    then the record is on the list, of records whose publicity nobody has ended."""
    assume(day >= facts["decision_date"])  # type: ignore[operator]
    authority = OfficeFactory(market=True) if market else OfficeFactory()
    record = RecordFactory(authority=authority, as_of=day, **facts)
    if not record.published:
        record.standing = Record.Standing.UNPUBLISHED
        record.save()
    if flag:
        put_flag(record=record, kind=flag, reason="测试", actor_label="系统", at=now())
    explained = explain_record(record=record, today=day)
    met = all(condition.code in APPLICANTS_PART for condition in explained.blockers)
    needed = record.assessment["application_needed"]
    assert on_list(record, day) is (met and needed and flag != "shield")


def test_nobody_is_on_the_list_while_a_bar_runs(world: World) -> None:
    overseer = overseer_of(world)
    case = proposed_case(world)
    do(case, "revoke", overseer, today=HEARING_OVER)
    bar = running_bar(world.subject, HEARING_OVER)
    assert bar is not None
    other = RecordFactory(subject=world.subject, authority=world.authority)
    for record in (Record.objects.get(pk=world.record.pk), other):
        assert not on_list(record, HEARING_OVER)
        blockers = {each.code for each in explain_record(record=record, today=HEARING_OVER).blockers}
        assert "not_barred" in blockers
    assert on_list(RecordFactory(), HEARING_OVER)
    ApplicationBar.objects.update(until=HEARING_OVER - timedelta(days=1), starts_on=TODAY)
    assert on_list(other, HEARING_OVER)


def test_an_authority_reaches_its_own_and_the_credit_office_all_it_answers_for(world: World) -> None:
    other = OfficeFactory(name="濉溪县水务局")
    elsewhere = RecordFactory(authority=other)
    mine = repairable(on=TODAY).filter(reached(user=world.verifier, offices=[world.authority]))
    all_of_it = repairable(on=TODAY).filter(reached(user=world.intake, offices=[world.credit]))
    assert list(mine) == [world.record]
    assert set(all_of_it) == {world.record, elsewhere}


def test_a_second_credit_office_reaches_only_its_division(world: World) -> None:
    city = OfficeFactory(credit=True, name="桓台县信用办", division="370321")
    theirs = RecordFactory(authority=OfficeFactory(division="370321"))
    found = repairable(on=TODAY).filter(reached(user=world.intake, offices=[city]))
    assert list(found) == [theirs]


def test_nobody_reaches_out_to_a_subject_that_they_ever_acted_for(world: World) -> None:
    own = clerk_of(world.subject, until=date(2026, 2, 1))
    found = repairable(on=TODAY).filter(reached(user=own, offices=[world.credit]))
    assert not found.exists()


def test_each_line_says_who_acts_and_when_it_was_reminded_of(world: World) -> None:
    alone = repairable_record(world)
    made_batch(world, world.record)
    rows = {record.pk: record for record in listed(repairable(on=TODAY), on=TODAY)}
    assert rows[world.record.pk].is_represented
    assert not rows[alone.pk].is_represented
    assert rows[world.record.pk].reminded_on == TODAY
    assert rows[alone.pk].reminded_on is None


def test_what_was_reminded_of_is_due_again_after_three_months(world: World) -> None:
    made_batch(world, world.record)
    assert not due_to_remind(on=date(2027, 2, 20)).filter(pk=world.record.pk).exists()
    assert due_to_remind(on=date(2027, 2, 21)).filter(pk=world.record.pk).exists()


def test_what_ends_by_itself_before_an_answer_is_not_reminded_of() -> None:
    """The publicity ends on 2027-05-06; an answer takes ten working days."""
    record = RecordFactory()
    early, late = date(2027, 4, 1), date(2027, 4, 27)
    assert due_to_remind(on=early).filter(pk=record.pk).exists()
    assert not due_to_remind(on=late).filter(pk=record.pk).exists()
    assert on_list(record, late)


def test_what_waits_to_be_confirmed_is_not_reminded_of(world: World) -> None:
    proposed(world)
    assert not due_to_remind(on=TODAY).exists()


def test_figures_add_up_to_the_list(world: World) -> None:
    food = SectorFactory()
    office = OfficeFactory(market=True, sector=food)
    subject = SubjectFactory()
    for _number in range(3):
        RecordFactory(authority=office, subject=subject)
    RecordFactory(authority=world.authority, sector=food)
    rows = figures_of(listed(repairable(on=TODAY), on=TODAY), on=TODAY)
    said = {(row.authority, row.sector): (row.records, row.subjects, row.represented) for row in rows}
    assert said[world.authority.name, ""] == (1, 1, 1)
    assert said[world.authority.name, "食品"] == (1, 1, 0)
    assert sum(row.records for row in rows) == total_of(rows)["records"] == repairable(on=TODAY).count()


def test_figures_are_one_query_however_many_records(world: World) -> None:
    for _number in range(5):
        repairable_record(world)
    with CaptureQueriesContext(connection) as asked:
        figures_of(listed(repairable(on=TODAY), on=TODAY), on=TODAY)
    assert len(asked) == 1


def test_an_official_of_a_foreign_authority_reaches_nothing(world: World) -> None:
    foreign: Office = OfficeFactory(name="濉溪县教育局")
    user = member(foreign, Role.VERIFIER)
    assert not repairable(on=TODAY).filter(reached(user=user, offices=[foreign])).exists()
