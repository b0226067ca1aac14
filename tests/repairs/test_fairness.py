"""Keeping away from a case 回避, and the exception to the four eyes 四眼原则."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, CaseActor, FourEyesOverride, Recusal, ReviewStep, RouteStep
from credit_repair.cases.parts import visible_cases
from credit_repair.cases.selectors import steps_by_deadline, timeline
from credit_repair.cases.services import available_actions
from credit_repair.cases.services.fairness import (
    barred_people,
    declare_recusal,
    grant_override,
    revoke_override,
)
from credit_repair.core.models import AuditEntry
from credit_repair.mail.models import Mail
from credit_repair.people.models import Role, Substitution, User
from credit_repair.people.services import grant_mandate, join_office
from credit_repair.repairs.presenters.fairness import fairness_of
from tests.registry.factories import MOMENT, OfficeFactory, RecordFactory
from tests.world import (
    AGREE,
    SINCE,
    TODAY,
    World,
    approved_case,
    deciding_case,
    do,
    fresh,
    member,
    submitted_case,
    substitute_of,
    verifying_case,
)

pytestmark = pytest.mark.django_db

WHY = "审批人员外出培训，本单位没有其他人员"
#: Ten working days after TODAY, and the day after.
LAST, TOO_LATE = date(2026, 12, 4), date(2026, 12, 5)


def recuse(case: Case, actor: User, *, reason: str = "与申请人有亲属关系") -> Recusal:
    return declare_recusal(case=case, actor=actor, today=TODAY, reason=reason)


# -- keeping away


def test_who_declares_it_handles_and_sees_the_case_no_longer(world: World) -> None:
    case = submitted_case(world)
    colleague = member(world.credit, Role.INTAKE)
    recuse(case, world.intake)
    assert not visible_cases(user=world.intake, on=TODAY).exists()
    assert not steps_by_deadline(user=world.intake, on=TODAY).exists()
    assert available_actions(case=case, actor=world.intake, today=TODAY) == []
    with pytest.raises(NotYours):
        do(case, "accept", world.intake)
    do(case, "accept", colleague)
    assert case.state == "verifying"


def test_what_they_had_taken_goes_back_to_the_office(world: World) -> None:
    case = submitted_case(world)
    colleague = member(world.credit, Role.INTAKE)
    case.steps.filter(phase="intake").update(taken_by=world.intake)
    recuse(case, world.intake)
    assert case.steps.get(phase="intake").taken_by is None
    assert [step.case for step in steps_by_deadline(user=colleague, on=TODAY)] == [case]
    assert case.events.filter(action="release_step").count() == 1


def test_officials_read_of_it_and_the_applicant_does_not(world: World) -> None:
    case = submitted_case(world)
    recuse(case, world.intake)
    event = case.events.get(action="declare_recusal")
    assert (event.audience, event.text, event.actor) == ("internal", "与申请人有亲属关系", world.intake)
    assert event not in timeline(case=case, internal=False)
    entry = AuditEntry.objects.get(action="case.declare_recusal")
    assert entry.actor_id == world.intake.pk and entry.data["event"] == str(event.uuid)


def test_where_nobody_is_left_the_supervisor_is_mailed(world: World) -> None:
    leader = member(world.credit, Role.SUPERVISOR)
    case = submitted_case(world)
    recuse(case, world.intake)
    mail = Mail.objects.get(kind="case_without_handler")
    assert mail.to_address == leader.email
    for words in (case.number, "受理", "濉溪县信用办", "李受"):
        assert words in mail.body


def test_where_a_colleague_is_left_nobody_is_mailed(world: World) -> None:
    member(world.credit, Role.SUPERVISOR)
    member(world.credit, Role.INTAKE)
    recuse(submitted_case(world), world.intake)
    assert not Mail.objects.filter(kind="case_without_handler").exists()


def test_who_stood_in_for_what_they_had_taken_is_nobody_who_is_left(world: World) -> None:
    """Given back, the step is in nobody's hand: a substitute for what is in hand reaches it no longer."""
    leader = member(world.credit, Role.SUPERVISOR)
    case = submitted_case(world)
    case.steps.filter(phase="intake").update(taken_by=world.intake)
    substitute_of(world.intake, OfficeFactory(), scope="own")
    recuse(case, world.intake)
    assert Mail.objects.get(kind="case_without_handler").to_address == leader.email


def test_who_may_not_decide_what_they_verified_is_nobody_who_is_left(world: World) -> None:
    leader = member(world.authority, Role.SUPERVISOR)
    join_office(user=world.verifier, office=world.authority, role=Role.APPROVER, since=SINCE, until=None)
    recuse(deciding_case(world), world.approver)
    assert Mail.objects.get(kind="case_without_handler").to_address == leader.email


def test_a_step_still_to_come_counts_too(world: World) -> None:
    """The approver says so while the case is verified."""
    leader = member(world.authority, Role.SUPERVISOR)
    recuse(verifying_case(world), world.approver)
    mail = Mail.objects.get(kind="case_without_handler")
    assert mail.to_address == leader.email and "审批" in mail.body


def test_what_needs_no_declaration_or_is_not_theirs_is_refused(world: World) -> None:
    case = submitted_case(world)
    with pytest.raises(ActionRefused) as empty:
        recuse(case, world.intake, reason="  ")
    assert empty.value.code == "missing_text" and "写明回避的原因" in empty.value.words
    with pytest.raises(ActionRefused) as long:
        recuse(case, world.intake, reason="长" * 501)
    assert long.value.code == "too_many_characters"
    for actor in (world.clerk, member(OfficeFactory(), Role.INTAKE)):
        with pytest.raises(NotYours):
            recuse(case, actor)
    recuse(case, world.intake)
    with pytest.raises(NotYours):
        recuse(case, world.intake)
    assert Recusal.objects.count() == 1


def test_an_office_that_is_done_has_nothing_to_keep_away_from(world: World) -> None:
    case = verifying_case(world)
    with pytest.raises(ActionRefused) as done:
        recuse(case, world.intake)
    assert done.value.code == "nothing_left" and "没有待办的环节" in done.value.words
    decided = approved_case(world, record=RecordFactory(subject=world.subject, authority=world.authority))
    with pytest.raises(ActionRefused) as over:
        recuse(decided, world.approver)
    assert over.value.code == "nothing_left"


def test_a_mandate_of_ones_own_keeps_away_without_a_declaration(world: World) -> None:
    case = submitted_case(world)
    grant_mandate(user=world.intake, subject=world.subject, since=SINCE)
    with pytest.raises(NotYours):
        recuse(case, world.intake)
    assert not visible_cases(user=world.intake, on=TODAY).exists()


# -- the exception to the four eyes


@pytest.fixture
def both(world: World) -> User:
    return member(world.authority, Role.VERIFIER, Role.APPROVER, name="孙二")


@pytest.fixture
def leader(world: World) -> User:
    return member(world.authority, Role.SUPERVISOR, name="吴督")


@pytest.fixture
def case(world: World, both: User) -> Case:
    """Verified by somebody who approves, too."""
    found = verifying_case(world)
    do(found, "give_opinion", both, **AGREE)
    return found


def grant(case: Case, user: User, actor: User, *, until: date = LAST, reason: str = WHY) -> FourEyesOverride:
    return grant_override(case=case, user=user, actor=actor, today=TODAY, reason=reason, until=until)


def refusal(case: Case, user: User, actor: User, **about: object) -> ActionRefused:
    with pytest.raises(ActionRefused) as caught:
        grant(case, user, actor, **about)  # type: ignore[arg-type]
    return caught.value


def four_eyes(case: Case, actor: User, *, today: date = TODAY) -> None:
    with pytest.raises(ActionRefused) as caught, transaction.atomic():
        do(case, "approve", actor, today=today)
    assert caught.value.code == "four_eyes"


def test_with_it_one_person_does_both_and_the_audit_shows_both(case: Case, both: User, leader: User) -> None:
    four_eyes(case, both)
    granted = grant(case, both, leader)
    assert granted.used_at is None
    do(case, "approve", both)
    assert case.state == "approved"
    granted.refresh_from_db()
    assert granted.used_at is not None
    parts = case.actors.filter(user=both).order_by("pk").values_list("part", "override")
    assert list(parts) == [("verify", None), ("decide", granted.pk)]
    done = AuditEntry.objects.filter(actor_id=both.pk, action__startswith="repair.")
    assert set(done.values_list("action", flat=True)) == {"repair.give_opinion", "repair.approve"}
    assert done.get(action="repair.approve").data["override"] == leader.pk
    entry = AuditEntry.objects.get(action="case.grant_override")
    assert entry.actor_id == leader.pk
    assert (entry.data["user"], entry.data["until"]) == (both.pk, "2026-12-04")


def test_officials_read_of_it_and_of_why(case: Case, both: User, leader: User) -> None:
    grant(case, both, leader)
    event = case.events.get(action="grant_override")
    assert event.audience == "internal" and event not in timeline(case=case, internal=False)
    for words in ("孙二", "2026年12月4日", WHY):
        assert words in event.text


def test_it_lasts_through_its_last_day(case: Case, both: User, leader: User) -> None:
    grant(case, both, leader, until=TODAY + timedelta(days=3))
    four_eyes(case, both, today=TODAY + timedelta(days=4))
    do(case, "approve", both, today=TODAY + timedelta(days=3))
    assert case.state == "approved"


def test_once_taken_back_it_lets_nobody(case: Case, both: User, leader: User) -> None:
    granted = grant(case, both, leader)
    revoke_override(case=case, override=granted, actor=leader, today=TODAY, reason="已有其他人员")
    four_eyes(case, both)
    assert "已有其他人员" in case.events.get(action="revoke_override").text
    assert AuditEntry.objects.filter(action="case.revoke_override").count() == 1
    with pytest.raises(ActionRefused) as again:
        revoke_override(case=case, override=granted, actor=leader, today=TODAY, reason="再撤")
    assert again.value.code == "not_running"
    grant(case, both, leader)
    do(case, "approve", both)


def test_for_another_person_or_in_another_case_it_counts_nothing(
    world: World, case: Case, both: User, leader: User
) -> None:
    twin = member(world.authority, Role.VERIFIER, Role.APPROVER)
    grant(case, both, leader)
    do(case, "send_back", world.approver, reason="再查")
    do(case, "give_opinion", twin, **AGREE)
    four_eyes(case, twin)


def test_nobody_lets_themself(world: World, case: Case, both: User, leader: User) -> None:
    join_office(user=both, office=world.authority, role=Role.SUPERVISOR, since=SINCE)
    why = refusal(case, both, both)
    assert why.code == "themself" and "其他负责人" in why.words
    with pytest.raises(IntegrityError), transaction.atomic():
        FourEyesOverride.objects.create(
            case=case,
            user=both,
            granted_by=both,
            reason=WHY,
            granted_at=case.created_at,
            granted_on=TODAY,
            until=LAST,
        )


def test_nor_does_who_supervises_in_their_place(world: World, case: Case, both: User, leader: User) -> None:
    """A substitute has the member's own leave; in another member's place it is another's."""
    join_office(user=both, office=world.authority, role=Role.SUPERVISOR, since=SINCE, until=None)
    substitute = substitute_of(both, OfficeFactory())
    assert refusal(case, both, substitute).code == "themself"
    for membership in leader.memberships.all():
        Substitution.objects.create(
            membership=membership,
            substitute=substitute,
            since=TODAY,
            until=TODAY,
            scope="all",
            reason="年休假",
            made_by=leader,
            made_at=MOMENT,
        )
    assert grant(case, both, substitute).granted_by == substitute


def test_only_who_supervises_an_office_of_the_case_grants_and_revokes(
    world: World, case: Case, both: User, leader: User
) -> None:
    granted = grant(case, both, leader)
    partial = member(world.authority, Role.SUPERVISOR)
    grant_mandate(user=partial, subject=world.subject, since=SINCE)
    foreign = member(OfficeFactory(), Role.SUPERVISOR)
    for actor in (world.approver, world.intake, world.clerk, foreign, partial):
        with pytest.raises(NotYours):
            grant(case, both, actor)
        with pytest.raises(NotYours):
            revoke_override(case=case, override=granted, actor=actor, today=TODAY, reason="撤")


def test_who_sent_the_case_on_lets_nobody(world: World, case: Case, both: User) -> None:
    elsewhere = OfficeFactory(credit=True)
    before = member(elsewhere, Role.SUPERVISOR)
    case.steps.filter(phase="intake").update(office=elsewhere, forwarded_to=world.credit)
    with pytest.raises(NotYours):
        grant(case, both, before)


def test_only_for_whom_the_four_eyes_stop(world: World, case: Case, both: User, leader: User) -> None:
    for person in (world.approver, world.verifier, world.intake, world.clerk):
        assert refusal(case, person, leader).code == "not_needed"
    assert barred_people(case=case, on=TODAY) == [both]
    grant(case, both, leader)
    assert refusal(case, both, leader).code == "granted_already"
    do(case, "approve", both)
    assert refusal(case, both, leader).code in ("granted_already", "not_needed")


def test_whom_the_four_eyes_stop_is_asked_the_same_for_one_and_for_many(
    world: World, case: Case, django_assert_max_num_queries: Any
) -> None:
    several = [member(world.authority, Role.VERIFIER, Role.APPROVER, name=f"兼办{n}") for n in range(4)]
    for person in several:
        CaseActor.objects.create(case=case, user=person, part=CaseActor.Part.VERIFY)
    grant_mandate(user=several[0], subject=world.subject, since=SINCE)
    with django_assert_max_num_queries(2):
        barred = barred_people(case=case, on=TODAY)
    assert barred[1:] == several[1:], "who acts for the subject is none of them"


@pytest.mark.parametrize("until", [TODAY - timedelta(days=1), TOO_LATE, date(2027, 12, 1)])
def test_for_ten_working_days_at_most(case: Case, both: User, leader: User, until: date) -> None:
    why = refusal(case, both, leader, until=until)
    assert why.code == "too_long" and "2026年12月4日" in why.words
    grant(case, both, leader, until=LAST)


def test_not_without_a_reason(case: Case, both: User, leader: User) -> None:
    assert refusal(case, both, leader, reason=" ").code == "missing_text"


def test_who_endorsed_rechecks_by_it(world: World, leader: User) -> None:
    upper = OfficeFactory()
    world.authority.parent = upper
    world.authority.save()
    RouteStep.objects.create(kind="repair", rule_class="", position=4, phase="decide", seat="upper")
    join_office(user=world.approver, office=upper, role=Role.APPROVER, since=SINCE)
    case = deciding_case(world)
    do(case, "endorse", world.approver, **AGREE)
    assert barred_people(case=case, on=TODAY) == [world.approver]
    granted = grant(case, world.approver, leader)
    do(case, "approve", world.approver)
    granted.refresh_from_db()
    assert case.state == "approved" and granted.used_at is not None


def test_without_it_the_database_keeps_a_person_to_one_part(case: Case, both: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseActor.objects.create(case=case, user=both, part=CaseActor.Part.DECIDE)


# -- the pages


def test_the_supervisor_grants_and_revokes_by_the_page(
    case: Case, both: User, leader: User, on_the_day: None, client: Client
) -> None:
    client.force_login(leader)
    address = reverse("office_repair_override", args=[case.uuid])
    sent = {"do": "grant", "grant-user": both.pk, "grant-until": "2026-12-05", "grant-reason": WHY}
    late = client.post(address, sent)
    assert late.status_code == 409 and "2026年12月4日" in late.content.decode()
    assert client.post(address, sent | {"grant-until": "2026-12-04"}).status_code == 302
    granted = FourEyesOverride.objects.get()
    shown = client.get(address).content.decode()
    assert "孙二可以办理核查和审批" in shown and WHY in shown and "尚未使用" in shown
    taken_back = {"do": "revoke", "revoke-override": granted.pk, "revoke-reason": ""}
    assert client.post(address, taken_back).status_code == 422
    assert client.post(address, taken_back | {"revoke-reason": "有人了"}).status_code == 302
    granted.refresh_from_db()
    assert granted.revoked_at is not None and "已撤销" in client.get(address).content.decode()


def test_nobody_is_chosen_whom_the_page_does_not_offer(
    world: World, case: Case, leader: User, on_the_day: None, client: Client
) -> None:
    client.force_login(leader)
    address = reverse("office_repair_override", args=[case.uuid])
    sent = {"do": "grant", "grant-until": "2026-12-04", "grant-reason": WHY}
    assert client.post(address, sent | {"grant-user": world.approver.pk}).status_code == 422
    assert not FourEyesOverride.objects.exists()


def test_who_supervises_nothing_has_no_such_page(
    world: World, case: Case, on_the_day: None, client: Client
) -> None:
    client.force_login(world.approver)
    address = reverse("office_repair_override", args=[case.uuid])
    assert client.get(address).status_code == 404 and client.post(address, {"do": "grant"}).status_code == 404


def test_by_the_page_an_official_keeps_away_and_is_led_to_the_inbox(
    world: World, on_the_day: None, client: Client
) -> None:
    case = submitted_case(world)
    client.force_login(world.intake)
    address = reverse("office_repair_recusal", args=[case.uuid])
    assert "声明回避" in client.get(address).content.decode()
    assert client.post(address, {"recuse-reason": ""}).status_code == 422
    sent = client.post(address, {"recuse-reason": "亲属"})
    assert sent.status_code == 302 and sent["Location"] == reverse("office")
    assert client.get(address).status_code == 404
    assert client.get(reverse("office_repair", args=[case.uuid])).status_code == 404


def test_each_sees_the_forms_that_are_theirs(world: World, case: Case, both: User, leader: User) -> None:
    of_leader = fairness_of(case, user=leader, today=TODAY)
    assert of_leader["grant"] is not None and of_leader["recuse"] is not None
    of_approver = fairness_of(case, user=world.approver, today=TODAY)
    assert of_approver["grant"] is None and of_approver["recuse"] is not None
    of_intake = fairness_of(case, user=world.intake, today=TODAY)
    assert not of_intake["shown"], "their office is done"
    recuse(case, world.approver)
    assert [row["who"] for row in fairness_of(fresh(case), user=leader, today=TODAY)["recusals"]] == ["赵批"]
    assert ReviewStep.objects.filter(case=case, state="open").count() == 1
