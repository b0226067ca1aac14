"""A repair is revoked: proposed, heard, decided by another, and publicity comes back for the rest."""

from datetime import date, timedelta

import pytest

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.inbox import ALL, TEAM, desk_of, part
from credit_repair.cases.models import Filing
from credit_repair.cases.services.handling import claim
from credit_repair.commitments.models import Commitment
from credit_repair.core.models import AuditEntry
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.people.models import Role
from credit_repair.platforms.expiry import expire_records
from credit_repair.platforms.models import Message
from credit_repair.registry.flags import has_flag
from credit_repair.registry.models import Publication, Record, RecordEvent
from credit_repair.registry.services.law import set_rule
from credit_repair.registry.settlers import reassess_outdated
from credit_repair.repairs.models import ApplicationBar, Revocation
from credit_repair.repairs.selectors import barred_until, bars_of, explain_record, running_bar
from credit_repair.repairs.settlers import submit_scheduled
from tests.platforms.test_held import hold_rule
from tests.registry.factories import PlatformFactory, PublicationFactory, RecordFactory
from tests.repairs.revoking import (
    ANSWER_BY,
    FACTS,
    HEARING_OVER,
    completed_case,
    false_material,
    overseer_of,
    proposed_case,
)
from tests.world import (
    TODAY,
    World,
    approved_case,
    complete_draft,
    do,
    fresh,
    member,
    substitute_of,
    upload,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def overseer(world: World) -> object:
    return overseer_of(world)


def events(record: Record) -> list[str]:
    return list(record.events.order_by("pk").values_list("what", flat=True))


def refused(case: object, action: str, actor: object, **data: object) -> str:
    with pytest.raises(ActionRefused) as caught:
        do(case, action, actor, **data)  # type: ignore[arg-type]
    return caught.value.code


# -- proposing


def test_a_proposal_is_kept_with_its_evidence_and_lies_with_the_supervisors(
    world: World, overseer: object
) -> None:
    case = proposed_case(world)
    assert (case.state, case.closed_on) == ("completed", TODAY)
    running = Revocation.objects.get(case=case)
    assert (running.ground, running.facts, running.answer_by) == ("false_material", FACTS, ANSWER_BY)
    assert [paper.paper.name for paper in running.papers.all()] == ["财政局复函.pdf"]
    proposal, waiting = case.steps.filter(phase="revoke").order_by("position")
    assert (proposal.state, proposal.done_by, proposal.text) == ("done", world.approver, FACTS)
    assert (waiting.state, waiting.office) == ("open", world.authority)
    desk = desk_of(user=overseer, on=TODAY)
    assert desk.first_part == TEAM
    assert [step.pk for step in part(desk, TEAM)] == [waiting.pk]
    assert [step.pk for step in part(desk, ALL)] == [waiting.pk]
    assert part(desk_of(user=world.approver, on=TODAY), ALL).count() == 0


def test_the_day_of_completion_stays_when_something_comes_after_it(world: World, overseer: object) -> None:
    case = completed_case(world)
    do(case, "propose_revocation", world.approver, today=date(2026, 12, 1), **false_material())
    assert fresh(case).closed_on == TODAY


def test_the_subject_and_the_supervisor_are_written_to(world: World, overseer: object) -> None:
    proposed_case(world)
    told = Mail.objects.get(kind="repair_revocation_proposed")
    notice = Document.objects.get(kind="intended_revocation")
    assert (notice.office, notice.addressee) == (world.authority, world.subject)
    assert (notice.context["answer_by"], notice.context["barred_years"]) == ("2026-11-27", 3)
    assert f"/me/letters/{notice.uuid}/" in told.body
    assert told.to_address == world.clerk.email
    assert "2026年11月27日" in told.body and "缴款凭证系伪造" in told.body
    assert Mail.objects.get(kind="case_revocation_proposed").to_address == overseer.email  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ground": "set_aside"}, "missing_ground"),
        ({"ground": ""}, "missing_ground"),
        ({"facts": " "}, "missing_text"),
        ({"papers": []}, "missing_papers"),
    ],
)
def test_a_proposal_needs_ground_facts_and_evidence(
    world: World, overseer: object, changed: dict[str, object], code: str
) -> None:
    case = completed_case(world)
    assert refused(case, "propose_revocation", world.approver, **false_material(**changed)) == code
    assert not Revocation.objects.exists()


def test_nothing_is_proposed_that_nobody_else_could_decide(world: World) -> None:
    case = completed_case(world)
    assert refused(case, "propose_revocation", world.approver, **false_material()) == "no_supervisor"
    both = member(world.authority, Role.APPROVER, Role.SUPERVISOR)
    assert refused(case, "propose_revocation", both, **false_material()) == "no_supervisor"
    do(case, "propose_revocation", world.approver, **false_material())
    assert Revocation.objects.count() == 1


def test_a_revocation_is_proposed_once_at_a_time(world: World, overseer: object) -> None:
    case = proposed_case(world)
    assert refused(case, "propose_revocation", world.approver, **false_material()) == "proposed_already"


def test_what_was_withdrawn_since_is_not_revoked(world: World, overseer: object) -> None:
    case = proposed_case(world)
    Record.objects.filter(pk=world.record.pk).update(standing="withdrawn")
    assert refused(case, "revoke", overseer, today=HEARING_OVER) == "not_repaired"
    do(case, "drop_revocation", overseer, reason="该信息已经撤回。")
    assert refused(case, "propose_revocation", world.approver, **false_material()) == "not_repaired"


# -- hearing the subject


def test_the_subject_answers_until_the_last_day_and_once(world: World, overseer: object) -> None:
    case = proposed_case(world)
    assert refused(case, "answer_revocation", world.clerk, today=HEARING_OVER, answer="迟了") == "too_late"
    paper = [upload("说明.pdf")]
    do(case, "answer_revocation", world.clerk, today=ANSWER_BY, answer="由他人代办。", papers=paper)
    running = Revocation.objects.get()
    assert (running.answer, running.answer_way, running.answered_on) == ("由他人代办。", "online", ANSWER_BY)
    assert running.papers.filter(side="answer").count() == 1
    assert Mail.objects.filter(kind="case_revocation_answered").count() == 1
    assert refused(case, "answer_revocation", world.clerk, answer="再说一次") == "answered_already"
    other = member(world.authority, Role.APPROVER)
    assert refused(case, "enter_answer", other, answer="再说一次") == "answered_already"


def test_an_official_writes_down_what_was_brought_on_paper(world: World, overseer: object) -> None:
    case = proposed_case(world)
    other = member(world.authority, Role.APPROVER)
    do(case, "enter_answer", other, answer="书面说明如下。", way="paper", papers=[upload("说明.pdf")])
    running = Revocation.objects.get()
    assert (running.answer_way, running.answered_by) == ("paper", other)
    assert running.papers.get(side="answer").paper.name == "说明.pdf"


def test_who_proposed_does_not_enter_the_answer_nor_does_their_substitute(
    world: World, overseer: object
) -> None:
    case = proposed_case(world)
    said = {"answer": "没有意见。", "way": "oral", "papers": [upload("笔录.pdf")]}
    for person in (world.approver, substitute_of(world.approver, world.credit)):
        assert refused(case, "enter_answer", person, **said) == "four_eyes"
    assert Revocation.objects.get().answered_on is None


def test_an_answer_is_entered_with_the_paper_or_the_minutes(world: World, overseer: object) -> None:
    case = proposed_case(world)
    other = member(world.authority, Role.APPROVER)
    assert refused(case, "enter_answer", other, answer="没有意见。", way="oral") == "missing_papers"
    assert Revocation.objects.get().answered_on is None


def test_a_window_answers_on_the_signed_paper_alone(world: World, overseer: object) -> None:
    case = proposed_case(world)
    window = member(world.credit, Role.WINDOW)
    Filing.objects.filter(pk=case.filing_id).update(channel="window", window_office=world.credit)
    assert refused(fresh(case), "answer_revocation", window, answer="没有意见。") == "missing_papers"
    do(fresh(case), "answer_revocation", window, answer="由他人代办。", papers=[upload("说明.pdf")])
    assert Revocation.objects.get().papers.get(side="answer").paper.name == "说明.pdf"


def test_nothing_is_revoked_before_the_subject_was_heard(world: World, overseer: object) -> None:
    case = proposed_case(world)
    assert refused(case, "revoke", overseer, today=ANSWER_BY) == "not_heard"
    do(case, "answer_revocation", world.clerk, answer="由他人代办。")
    assert refused(case, "revoke", overseer) == "missing_text"
    do(case, "revoke", overseer, reason="谁代办不影响认定。")
    assert case.state == "revoked"


def test_silence_lets_the_time_run_out(world: World, overseer: object) -> None:
    case = proposed_case(world)
    do(case, "revoke", overseer, today=HEARING_OVER)
    assert (case.state, case.closed_on) == ("revoked", HEARING_OVER)


# -- four eyes


def test_who_proposed_does_not_decide_nor_does_their_substitute(world: World) -> None:
    both = member(world.authority, Role.APPROVER, Role.SUPERVISOR)
    overseer_of(world)
    case = completed_case(world)
    do(case, "propose_revocation", both, **false_material())
    do(case, "answer_revocation", world.clerk, answer="由他人代办。")
    instead = substitute_of(both, world.credit)
    waiting = case.steps.get(phase="revoke", state="open")
    for action in ("revoke", "drop_revocation"):
        for person in (both, instead):
            assert refused(case, action, person, reason="不可") == "four_eyes"
    with pytest.raises(ActionRefused, match="不能由同一人"):
        claim(step=waiting, actor=both, today=TODAY)


def test_who_acts_for_the_subject_decides_nothing(world: World, overseer: object) -> None:
    from credit_repair.people.services import grant_mandate

    grant_mandate(user=overseer, subject=world.subject, since=TODAY)  # type: ignore[arg-type]
    member(world.authority, Role.SUPERVISOR)
    case = proposed_case(world)
    with pytest.raises(NotYours):
        do(case, "revoke", overseer, today=HEARING_OVER)  # type: ignore[arg-type]


def test_the_supervisor_of_another_office_decides_nothing(world: World, overseer: object) -> None:
    case = proposed_case(world)
    with pytest.raises(NotYours):
        do(case, "revoke", member(world.credit, Role.SUPERVISOR), today=HEARING_OVER)


def test_who_dropped_one_proposal_may_decide_on_the_next(world: World, overseer: object) -> None:
    case = proposed_case(world)
    do(case, "drop_revocation", overseer, reason="证据不足。")
    do(case, "propose_revocation", world.approver, **false_material())
    do(case, "revoke", overseer, today=HEARING_OVER)
    assert case.state == "revoked"
    assert list(Revocation.objects.order_by("pk").values_list("outcome", flat=True)) == ["dropped", "revoked"]


# -- what it does


def test_a_dropped_revocation_changes_nothing_and_says_so(world: World, overseer: object) -> None:
    case = proposed_case(world)
    do(case, "drop_revocation", overseer, reason="证据不足。")
    assert (case.state, world_record(world).standing) == ("completed", "repaired")
    assert not ApplicationBar.objects.exists()
    assert not case.steps.filter(state="open").exists()
    assert "证据不足" in Mail.objects.get(kind="repair_revocation_dropped").body


def world_record(world: World) -> Record:
    return Record.objects.get(pk=world.record.pk)


def revoked_case(world: World, overseer: object, *, today: date = HEARING_OVER) -> object:
    case = proposed_case(world)
    do(case, "revoke", overseer, today=today)  # type: ignore[arg-type]
    return case


def test_publicity_comes_back_until_its_former_last_day(world: World, overseer: object) -> None:
    until = world.record.effective_until
    case = revoked_case(world, overseer)
    record = world_record(world)
    assert (record.standing, record.ended_on, record.effective_until) == ("active", None, until)
    assert events(record)[-4:] == ["repaired", "committed", "restored", "committed"]
    decided = Revocation.objects.get(outcome="revoked")
    assert (decided.restored_from, decided.restored_until) == (HEARING_OVER, until)
    assert not expire_records(today=until)
    assert expire_records(today=until + timedelta(days=1)) == 1
    assert world_record(world).standing == "expired"
    assert fresh(case).state == "revoked"  # type: ignore[arg-type]


def test_what_its_letter_promised_is_broken_and_stands_so_in_the_file(world: World, overseer: object) -> None:
    case = proposed_case(world)
    promised = Commitment.objects.get(origin=case.uuid)
    assert promised.state == "made"
    do(case, "revoke", overseer, today=HEARING_OVER)  # type: ignore[arg-type]
    promised.refresh_from_db()
    assert (promised.state, promised.ended_on) == ("broken", HEARING_OVER)
    assert promised.events.last().text == "提供虚假材料"


def test_the_letters_say_what_was_decided_and_by_whom(world: World, overseer: object) -> None:
    revoked_case(world, overseer)
    decision, notice = Document.objects.filter(kind__in=["revocation_decision", "restoration_notice"])
    assert (decision.office, notice.office) == (world.authority, world.credit)
    said = decision.context
    assert said["told_on"] == "2026-11-20" and said["barred_until"] == "2029-11-30"
    assert said["facts"] == ["经县财政局核实，缴款凭证系伪造。", "罚款尚未缴纳。"]
    assert said["reasons"] == ["提供虚假材料取得信用修复"]
    granted = Document.objects.get(kind="decision_approve")
    assert said["repair"]["number"] == granted.number
    assert notice.context["because"]["number"] == decision.number
    assert notice.context["ended_on"] == "2026-11-20"
    assert {decision.addressee, notice.addressee} == {world.subject}
    mail = Mail.objects.get(kind="repair_revoked")
    assert "2029年11月30日" in mail.body and mail.body.count("/me/letters/") == 2


def test_a_period_that_is_over_does_not_come_back(world: World, overseer: object) -> None:
    until = world.record.effective_until
    case = revoked_case(world, overseer, today=until + timedelta(days=1))
    record = world_record(world)
    assert (record.standing, record.ended_on, events(record)[-2]) == ("expired", until, "expired")
    assert not Document.objects.filter(kind="restoration_notice").exists()
    assert not Message.objects.filter(action="restore").exists()
    assert Document.objects.get(kind="revocation_decision").context["restored_from"] is None
    assert case.state == "revoked"  # type: ignore[attr-defined]
    assert ApplicationBar.objects.exists(), "the bar is for what was done, not for what is left"


def test_on_its_very_last_day_it_comes_back_for_that_day(world: World, overseer: object) -> None:
    until = world.record.effective_until
    revoked_case(world, overseer, today=until)
    assert world_record(world).standing == "active"
    assert expire_records(today=until + timedelta(days=1)) == 1


def test_where_a_rule_says_so_the_days_not_served_are_made_up_and_kept(
    world: World, overseer: object
) -> None:
    set_rule(
        rule_set="ndrc-36",
        path="revoke.restore_until",
        value="days_left",
        level="city",
        sector=None,
        in_force_from=date(2026, 4, 1),
        in_force_to=None,
        basis="本市规定",
        reason="本市另有规定",
        actor=None,
    )
    assert world.record.effective_until == date(2027, 5, 6)
    revoked_case(world, overseer)
    made_up = date(2027, 5, 15)  # repaired on 11-20, back on 11-30: nine days were not served
    record = world_record(world)
    assert (record.effective_until, record.restored_until) == (made_up, made_up)
    assert record.max_until == date(2027, 5, 6)
    notice = Document.objects.get(kind="restoration_notice").context
    assert notice["restored_until"] == "2027-05-15" and "顺延补足" in notice["counting"]
    Record.objects.filter(pk=record.pk).update(rulebook_hash="")
    reassess_outdated(today=HEARING_OVER)
    assert world_record(world).effective_until == made_up
    assert expire_records(today=made_up) == 0
    assert expire_records(today=made_up + timedelta(days=1)) == 1


def test_what_is_held_at_its_maximum_comes_back_without_a_last_day(world: World, overseer: object) -> None:
    """Its maximum is over, its duties are not performed: no letter names a day that lies in the past."""
    hold_rule()
    until = world.record.effective_until
    back = until + timedelta(days=10)
    revoked_case(world, overseer, today=back)
    assert world_record(world).standing == "active"
    decided = Revocation.objects.get(outcome="revoked")
    assert (decided.restored_from, decided.restored_until) == (back, None)
    for kind in ("revocation_decision", "restoration_notice"):
        said = Document.objects.get(kind=kind).context
        assert (said["restored_from"], said["restored_until"]) == (back.isoformat(), None)
    expire_records(today=back)
    assert has_flag(world_record(world), "held")


def test_what_is_made_up_is_held_at_its_own_end_where_duties_are_open(world: World, overseer: object) -> None:
    hold_rule()
    Record.objects.filter(pk=world.record.pk).update(
        restored_until=date(2027, 5, 15), effective_until=date(2027, 5, 15)
    )
    assert expire_records(today=date(2027, 5, 16)) == 0
    record = world_record(world)
    assert (record.standing, has_flag(record, "held")) == ("active", True)


# -- messages


def test_every_platform_is_told_by_what_it_understands(world: World, overseer: object) -> None:
    restores = PlatformFactory(actions=["restore"])
    PublicationFactory(record=world.record, platform=restores)
    revoked_case(world, overseer)
    told = dict(
        Message.objects.filter(record=world.record)
        .exclude(action="terminate")
        .values_list("platform", "action")
    )
    assert told == {world.platform.pk: "publish", restores.pk: "restore"}
    causes = set(Message.objects.exclude(action="terminate").values_list("cause", flat=True))
    assert causes == {fresh_event("revoke")}
    states = set(world.record.publications.values_list("state", flat=True))
    assert states == {Publication.State.PUBLISHING}


def fresh_event(action: str) -> object:
    from credit_repair.cases.models import TimelineEvent

    return TimelineEvent.objects.get(action=action).uuid


def test_a_removal_that_was_never_sent_goes_first_and_what_follows_counts(
    world: World, overseer: object
) -> None:
    case = approved_case(world)
    do(case, "propose_revocation", world.approver, **false_material())
    do(case, "revoke", overseer, today=HEARING_OVER)  # type: ignore[arg-type]
    queue = Message.objects.filter(record=world.record).order_by("sequence")
    assert [(each.action, each.state) for each in queue] == [
        ("terminate", "waiting"),
        ("publish", "waiting"),
    ]
    assert case.state == "revoked", "nothing settles it any longer"


# -- the bar


def test_the_bar_is_the_subjects_whatever_the_record(world: World, overseer: object) -> None:
    other = RecordFactory(subject=world.subject, authority=world.authority)
    revoked_case(world, overseer)
    bar = bars_of(world.subject).get()
    assert (bar.starts_on, bar.until) == (HEARING_OVER, date(2029, 11, 30))
    explanation = explain_record(record=other, today=HEARING_OVER)
    barred = next(each for each in explanation.conditions if each.code == "not_barred")
    assert (barred.state, barred.from_day) == ("not_yet", date(2029, 12, 1))
    assert running_bar(world.subject, date(2029, 11, 30)) == bar
    assert running_bar(world.subject, date(2029, 12, 1)) is None
    assert barred_until(world.subject, today=date(2029, 12, 1)) == date(2029, 11, 30)
    assert running_bar(world.subject, HEARING_OVER - timedelta(days=1)) is None


def test_an_open_application_stays_but_cannot_be_submitted(world: World, overseer: object) -> None:
    other = RecordFactory(subject=world.subject, authority=world.authority)
    case = complete_draft(world, record=other)
    revoked_case(world, overseer)
    assert fresh(case).state == "draft"
    with pytest.raises(ActionRefused, match="2029年11月30日"):
        do(case, "submit", world.clerk, today=HEARING_OVER)


def test_what_waits_for_its_day_goes_back_with_the_reason(world: World, overseer: object) -> None:
    other = RecordFactory(subject=world.subject, authority=world.authority, decision_date=date(2026, 9, 1))
    case = complete_draft(world, record=other)
    do(case, "schedule", world.clerk)
    day = case.repair.scheduled_for
    revoked_case(world, overseer)
    assert fresh(case).state == "scheduled"
    submit_scheduled(today=day)
    assert fresh(case).state == "draft"
    assert "不得再次申请" in Mail.objects.get(kind="repair_returned").body


def test_every_act_is_audited(world: World, overseer: object) -> None:
    revoked_case(world, overseer)
    acts = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"repair.propose_revocation", "repair.revoke"} <= acts
    assert RecordEvent.objects.filter(what="restored").get().data["case"]
