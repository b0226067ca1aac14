"""Checks: due by the calendar, kept, partly kept, broken by two after an answer."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.papers import readable_papers
from credit_repair.commitments import services
from credit_repair.commitments.models import Commitment, CommitmentCheck, CommitmentList
from credit_repair.commitments.services.making import check_day
from credit_repair.commitments.settlers import let_expire, open_due_checks
from credit_repair.mail.models import Mail
from credit_repair.people.models import Role
from credit_repair.people.services import join_office
from credit_repair.platforms.models import Message
from credit_repair.registry.law import current_calendar
from tests.commitments.conftest import (
    BROKEN,
    add_list,
    answered,
    fresh,
    opened,
    proposed,
    sign,
)
from tests.platforms.conftest import Script, confirm, run
from tests.registry.factories import OfficeFactory
from tests.world import SINCE, TODAY, build_world, in_threads, member, substitute_of, upload

#: The last day for an answer to a finding of TODAY, and the first day on which silence counts.
ANSWER_UNTIL, SILENT = date(2026, 11, 27), date(2026, 11, 30)


@pytest.fixture
def approver(world):
    return world.approver


def check_of(commitment):
    return CommitmentCheck.objects.get(commitment=commitment)


def confirmed(commitment, actor, *, today=TODAY, reply="申辩不成立。"):
    return services.confirm_broken(commitment=commitment, reply=reply, actor=actor, today=today)


def test_a_check_opens_on_its_day_with_ten_working_days(world, row):
    commitment = sign(world, row)
    assert open_due_checks(today=date(2026, 12, 17)) == 0
    assert open_due_checks(today=date(2026, 12, 18)) == 1
    assert open_due_checks(today=date(2026, 12, 18)) == 0
    check = check_of(commitment)
    assert (check.opened_on, check.due_on) == (date(2026, 12, 18), date(2027, 1, 1)), "2027 is not announced"
    assert fresh(commitment).state == "checking"


def test_kept_ends_it_and_is_told(world, row):
    commitment = opened(world, row)
    found = services.Found(finding="kept", text="证明齐全。")
    check = services.find(
        commitment=commitment, found=found, uploads=[upload("证明.pdf")], actor=world.verifier, today=TODAY
    )
    assert (fresh(commitment).state, check.state, check.papers.count()) == ("kept", "done", 1)
    states = [m.payload["commitment"]["state"] for m in Message.objects.order_by("sequence")]
    assert states == ["made", "kept"]


def test_partly_kept_is_checked_again_on_the_day_that_is_named(world, row):
    commitment = opened(world, row)
    found = services.Found(finding="partly", text="一人未取得。", check_again=date(2026, 12, 1))
    services.find(commitment=commitment, found=found, uploads=[], actor=world.verifier, today=TODAY)
    assert fresh(commitment).state == "made"
    assert open_due_checks(today=date(2026, 12, 1)) == 1
    assert CommitmentCheck.objects.filter(commitment=commitment).count() == 2


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (services.Found(finding="", text="看过"), "no_finding"),
        (services.Found(finding="moot", text="看过"), "no_finding"),
        (services.Found(finding="kept", text=" "), "no_finding"),
        (services.Found(finding="partly", text="看过"), "no_next_check"),
        (services.Found(finding="partly", text="看过", check_again=TODAY), "no_next_check"),
        (services.Found(finding="broken", text="看过", reasons=" \n"), "no_reasons"),
    ],
)
def test_a_finding_that_says_too_little_is_refused(world, row, found, code):
    commitment = opened(world, row)
    with pytest.raises(ActionRefused) as refused:
        services.find(commitment=commitment, found=found, uploads=[], actor=world.verifier, today=TODAY)
    assert refused.value.code == code


def test_broken_is_a_proposal_that_the_subject_is_told_and_nobody_else(world, row):
    commitment = proposed(world, row)
    check = check_of(commitment)
    assert (commitment.state, check.state, check.answer_until) == ("checking", "proposed", ANSWER_UNTIL)
    mail = Mail.objects.get(kind="subject_commitment_answer")
    assert "没有取得从业资格证明" in mail.body
    assert [m.payload["commitment"]["state"] for m in Message.objects.all()] == ["made"]


def test_silence_counts_only_after_the_last_day(world, row, approver):
    commitment = proposed(world, row)
    with pytest.raises(ActionRefused) as refused:
        confirmed(commitment, approver, today=ANSWER_UNTIL)
    assert refused.value.code == "may_still_answer"
    check = confirmed(commitment, approver, today=SILENT, reply="")
    assert (fresh(commitment).state, check.confirmed_by) == ("broken", approver)


def test_the_notice_gives_reasons_remedies_and_the_answer(world, row, approver):
    commitment = answered(world, row)
    with pytest.raises(ActionRefused) as refused:
        confirmed(commitment, approver, reply=" ")
    assert refused.value.code == "no_reply"
    check = confirmed(commitment, approver)
    said = check.document.context
    assert said["reasons"] == ["没有取得从业资格证明"]
    assert said["heard"] == ["该驾驶员已离职。", "申辩不成立。"]
    assert said["remedies"]["court"]
    assert (check.document.addressee, check.document.office) == (world.subject, world.authority)
    assert check.document.number
    assert [m.payload["commitment"]["state"] for m in Message.objects.order_by("sequence")] == [
        "made",
        "broken",
    ]


def test_the_subject_answers_once_and_in_time(world, row):
    commitment = proposed(world, row)
    with pytest.raises(ActionRefused) as late:
        services.answer_check(
            commitment=commitment, text="不是这样", upload=None, actor=world.clerk, today=SILENT
        )
    assert late.value.code == "too_late"
    with pytest.raises(NotYours):
        services.answer_check(
            commitment=commitment, text="不是这样", upload=None, actor=world.verifier, today=TODAY
        )
    services.answer_check(
        commitment=commitment, text="不是这样", upload=None, actor=world.clerk, today=ANSWER_UNTIL
    )
    with pytest.raises(ActionRefused) as twice:
        services.answer_check(
            commitment=commitment, text="再说一次", upload=None, actor=world.clerk, today=TODAY
        )
    assert twice.value.code == "answered"


def test_nor_does_a_substitute_in_the_place_of_who_found_it(world, row):
    both = member(world.authority, Role.VERIFIER, Role.APPROVER, name="兼任")
    commitment = proposed(world, row, by=both)
    instead = substitute_of(both, OfficeFactory())
    with pytest.raises(NotYours):
        confirmed(commitment, instead, today=TODAY)
    assert fresh(commitment).state != "broken"
    join_office(user=instead, office=world.authority, role=Role.APPROVER, since=SINCE)
    with pytest.raises(ActionRefused, match="申辩期限未满"):  # theirs to confirm, once the time is over
        confirmed(commitment, instead, today=TODAY)
    confirmed(commitment, instead, today=SILENT)
    assert fresh(commitment).state == "broken"


def test_who_found_it_does_not_confirm_it(world, row):
    both = member(world.authority, Role.VERIFIER, Role.APPROVER, name="兼任")
    commitment = proposed(world, row, by=both)
    for actor in (both, world.verifier, world.intake, world.clerk):
        with pytest.raises(NotYours):
            confirmed(commitment, actor, today=SILENT)
    with pytest.raises(NotYours):
        services.send_back(commitment=commitment, reason="再查", actor=both, today=SILENT)
    confirmed(commitment, world.approver, today=SILENT)
    assert fresh(commitment).state == "broken"


def test_the_database_holds_to_four_eyes(world, row):
    check = check_of(proposed(world, row))
    with pytest.raises(IntegrityError), transaction.atomic():
        CommitmentCheck.objects.filter(pk=check.pk).update(
            state="done", confirmed_by=check.found_by, confirmed_on=TODAY
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        CommitmentCheck.objects.create(commitment=check.commitment, opened_on=TODAY, due_on=TODAY)


def test_what_is_sent_back_is_found_and_answered_anew(world, row, approver):
    commitment = answered(world, row)
    services.send_back(commitment=commitment, reason="离职证明未核对", actor=approver, today=TODAY)
    check = check_of(commitment)
    assert (check.state, check.finding, check.answer, check.papers.count()) == ("open", "", "", 1)
    services.find(commitment=commitment, found=BROKEN, uploads=[], actor=world.verifier, today=TODAY)
    services.answer_check(commitment=commitment, text="仍不服", upload=None, actor=world.clerk, today=TODAY)
    assert check_of(commitment).answer == "仍不服"


def test_an_open_check_is_dropped_where_another_decision_says_broken(world, row):
    commitment = opened(world, row)
    services.note_broken(commitment=commitment, reason="许可因欺骗撤销", actor=None, today=TODAY)
    assert (fresh(commitment).state, check_of(commitment).finding) == ("broken", "moot")


def test_only_the_office_it_was_given_to_checks_it(world, row):
    commitment = sign(world, row)
    for actor in (world.intake, world.clerk):
        with pytest.raises(NotYours):
            services.open_check(commitment=commitment, actor=actor, today=TODAY)
    services.open_check(commitment=commitment, actor=world.verifier, today=TODAY)
    with pytest.raises(ActionRefused):
        services.open_check(commitment=commitment, actor=world.verifier, today=TODAY)


def test_what_binds_no_longer_expires_unless_it_is_still_to_be_checked(world, supervisor):
    plain = sign(world, add_list(world, supervisor, title="甲", check_after=None, validity_months=1))
    later = sign(
        world, add_list(world, supervisor, title="乙", check_after=3, check_unit="months", validity_months=1)
    )
    assert plain.valid_until == later.valid_until == date(2026, 12, 20)
    assert let_expire(today=date(2026, 12, 20)) == 0
    assert let_expire(today=date(2026, 12, 21)) == 1
    assert (fresh(plain).state, fresh(later).state) == ("expired", "made")


@settings(max_examples=20, deadline=None)
@given(
    day=st.dates(date(2026, 1, 1), date(2026, 11, 30)),
    after=st.integers(1, 60),
    unit=st.sampled_from(["days", "months"]),
)
@pytest.mark.django_db
def test_a_check_begins_on_a_working_day_after_the_commitment(day, after, unit):
    row = CommitmentList(check_after=after, check_unit=unit)
    found = check_day(row, day)
    assert found > day
    calendar = current_calendar()
    assert calendar.is_working_day(found)
    if unit == "days":
        assert calendar.working_days_between(day, found) == after
    else:
        assert found - day < timedelta(days=31 * after + 15)


def test_papers_are_read_by_the_office_and_by_the_subject_once_told(world, row):
    commitment = opened(world, row)
    services.find(
        commitment=commitment, found=BROKEN, uploads=[upload("照片.pdf")], actor=world.verifier, today=TODAY
    )
    for reader in (world.verifier, world.clerk, world.intake):
        assert readable_papers(user=reader, on=TODAY).count() == 1
    other = build_world()
    for stranger in (other.clerk, other.verifier):
        assert not readable_papers(user=stranger, on=TODAY).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_who_confirm_at_once_break_it_once():
    if connection.vendor != "postgresql":
        pytest.skip("NOT TESTED: locks need PostgreSQL; set DATABASE_URL")
    world = build_world()
    world.platform.actions = ["commitment"]
    world.platform.save()
    supervisor = member(world.authority, Role.SUPERVISOR)
    commitment = answered(world, add_list(world, supervisor))
    actors = [world.approver, supervisor]
    results, errors = in_threads(2, lambda number: confirmed(commitment, actors[number]))
    assert len(results) == 1
    assert [type(error) for error in errors] == [ActionRefused]
    assert fresh(commitment).state == "broken"
    assert Message.objects.filter(payload__commitment__state="broken").count() == 1
    assert CommitmentCheck.objects.filter(document__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_who_found_it_and_another_at_once_are_kept_apart():
    """One sends it back, the other confirms: whichever comes first, the finder never confirms."""
    if connection.vendor != "postgresql":
        pytest.skip("NOT TESTED: locks need PostgreSQL; set DATABASE_URL")
    world = build_world()
    both = member(world.authority, Role.VERIFIER, Role.APPROVER)
    supervisor = member(world.authority, Role.SUPERVISOR)
    commitment = answered(world, add_list(world, supervisor))

    def act(number):
        if number:
            return confirmed(commitment, supervisor)
        services.send_back(commitment=commitment, reason="再查", actor=world.approver, today=TODAY)
        return services.find(commitment=commitment, found=BROKEN, uploads=[], actor=both, today=TODAY)

    in_threads(2, act)
    check = CommitmentCheck.objects.get()
    assert check.confirmed_by_id is None or check.confirmed_by_id != check.found_by_id
    assert (check.state == "done") == (fresh(commitment).state == "broken")


def test_a_stand_in_platform_confirms_each(world, row):
    world.platform.endpoint, world.platform.secret = "https://platform.test", "s"
    world.platform.save()
    commitment = opened(world, row)
    services.find(
        commitment=commitment,
        found=services.Found(finding="kept", text="证明齐全。"),
        uploads=[],
        actor=world.verifier,
        today=TODAY,
    )
    script = Script(confirm)
    assert run(script).confirmed == 2
    assert [body["commitment"]["state"] for body in script.bodies] == ["made", "kept"]
    assert Commitment.objects.get().state == "kept"
