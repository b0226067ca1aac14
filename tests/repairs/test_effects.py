"""What follows from each act: clocks, steps, documents, mails, messages, the record, and the end."""

from datetime import date

import pytest

from credit_repair.cases.models import Case, CaseActor, Clock
from credit_repair.core.models import AuditEntry, Job
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.platforms.models import Message
from credit_repair.registry.law import current_book
from credit_repair.registry.models import Publication, RecordEvent
from tests.registry.factories import PlatformFactory, PublicationFactory
from tests.world import (
    AGREE,
    DISAGREE,
    TODAY,
    World,
    approved_case,
    clerk_of,
    complete_draft,
    confirm_removal,
    deciding_case,
    do,
    fresh,
    submitted_case,
    verifying_case,
)

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)


def clocks(case: Case) -> dict[str, tuple[date | None, date | None]]:
    """Kind of clock → due on, stopped on."""
    return {clock.kind: (clock.due_on, clock.stopped_on) for clock in case.clocks.all()}


def steps(case: Case) -> list[str]:
    return [f"{step.phase} {step.state}" for step in fresh(case).steps.order_by("position")]


def documents(case: Case) -> list[tuple[str, object, str | None]]:
    links = case.documents.select_related("document__office").order_by("pk")
    return [(link.document.kind, link.document.office, link.document.number) for link in links]


def mails(world: World) -> list[str]:
    return list(
        Mail.objects.filter(to_address=world.clerk.email).order_by("pk").values_list("kind", flat=True)
    )


def last_event(case: Case) -> tuple[str, str, str, str]:
    event = case.events.order_by("pk").last()
    assert event is not None
    return event.action, event.state_from, event.state_to, event.audience


def test_submission_gives_number_offices_law_clocks_and_a_receipt(world: World) -> None:
    case = complete_draft(world)
    do(case, "submit", world.clerk)

    assert case.number == "XF-2026-000001"
    assert (case.submitted_on, case.closed_on) == (TODAY, None)
    assert (case.intake_office, case.deciding_office) == (world.credit, world.authority)
    assert (case.rule_set, case.procedure_rule_set) == ("ndrc-36", "ndrc-36")
    assert case.rulebook_hash == world.record.rulebook_hash
    assert case.explanation["eligible_now"] is True
    assert clocks(case) == {
        "acceptance": (date(2026, 11, 25), None),
        "answer": (date(2026, 12, 4), None),
    }
    assert steps(case) == ["intake open", "verify planned", "decide planned"]
    intake = case.steps.get(phase="intake")
    assert (intake.office, intake.opened_on) == (world.credit, TODAY)
    assert intake.clock is not None and intake.clock.kind == "acceptance"
    assert documents(case) == [("receipt_of_materials", world.credit, None)]
    receipt = Document.objects.get(kind="receipt_of_materials")
    assert receipt.state == "pending"
    assert receipt.context["acceptance_due"] == "2026-11-25"
    assert receipt.context["query_code"] == case.filing.query_code
    assert [item["name"] for item in receipt.context["materials"]] == [
        "已签署的信用修复承诺书（凭证.pdf）",
        "履行义务的证明材料（凭证.pdf）",
    ]
    assert mails(world) == ["repair_submitted"]
    assert last_event(case) == ("submit", "draft", "submitted", "public")
    assert not Message.objects.exists()


def test_a_second_case_of_the_year_takes_the_next_number(world: World) -> None:
    first = submitted_case(world)
    do(first, "withdraw", world.clerk)
    second = submitted_case(world)
    assert (first.number, second.number) == ("XF-2026-000001", "XF-2026-000002")


def test_acceptance_starts_the_decision_clock_and_opens_the_verification(world: World) -> None:
    case = submitted_case(world)
    do(case, "accept", world.intake, today=MONDAY)

    assert case.repair.accepted_on == MONDAY
    assert clocks(case) == {
        "acceptance": (date(2026, 11, 25), MONDAY),
        "answer": (date(2026, 12, 4), None),
        "decision": (date(2026, 12, 2), None),
    }
    assert steps(case) == ["intake done", "verify open", "decide planned"]
    verify = case.steps.get(phase="verify")
    assert (verify.office, verify.opened_on) == (world.authority, MONDAY)
    assert verify.clock is not None and verify.clock.kind == "decision"
    intake = case.steps.get(phase="intake")
    assert intake.done_by == world.intake and intake.done_at is not None
    assert documents(case)[1:] == [
        ("acceptance_notice", world.credit, f"{world.credit.document_prefix}〔2026〕1号")
    ]
    assert mails(world) == ["repair_submitted", "repair_accepted"]


def test_non_acceptance_ends_the_case_with_reasons_and_remedies(world: World) -> None:
    case = submitted_case(world)
    do(
        case,
        "refuse_to_accept",
        world.intake,
        reason="承诺书没有盖章。\n缺缴款凭证；",
        next_steps="补齐后再申请",
    )

    assert (case.state, case.closed_on) == ("not_accepted", TODAY)
    assert {stopped for _due, stopped in clocks(case).values()} == {TODAY}
    assert steps(case) == ["intake done", "verify cancelled", "decide cancelled"]
    kind, office, number = documents(case)[-1]
    assert (kind, office) == ("non_acceptance_notice", world.credit)
    assert number == f"{world.credit.document_prefix}〔2026〕1号"
    said = Document.objects.get(number=number).context
    assert said["reasons"] == ["承诺书没有盖章", "缺缴款凭证"]
    assert said["next_steps"] == ["补齐后再申请"]
    assert said["remedies"]["review_body"] and said["remedies"]["court"]
    assert mails(world)[-1] == "repair_not_accepted"
    assert "承诺书没有盖章" in Mail.objects.get(kind="repair_not_accepted").body
    assert world.record.publications.get().state == Publication.State.SHOWN


def test_an_opinion_is_internal_and_brings_the_case_to_the_approver(world: World) -> None:
    case = verifying_case(world)
    do(case, "give_opinion", world.verifier, **AGREE)

    assert steps(case) == ["intake done", "verify done", "decide open"]
    done = case.steps.get(phase="verify")
    assert (done.opinion, done.text, done.done_by) == ("agree", AGREE["text"], world.verifier)
    assert case.steps.get(phase="decide").clock == case.clocks.get(kind="decision")
    assert last_event(case) == ("give_opinion", "verifying", "deciding", "internal")
    assert list(case.actors.values_list("user", "part")) == [(world.verifier.pk, CaseActor.Part.VERIFY)]
    assert mails(world) == ["repair_submitted", "repair_accepted"], "opinions are not told to the applicant"


def test_approval_ends_the_record_and_tells_the_platform(world: World) -> None:
    case = deciding_case(world)
    event = do(case, "approve", world.approver, today=MONDAY)

    assert (case.state, case.closed_on) == ("approved", None), "open until the platforms have confirmed"
    assert case.repair.decided_on == MONDAY
    assert all(stopped for _due, stopped in clocks(case).values())
    assert case.clocks.get(kind="decision").stopped_on == MONDAY
    assert steps(case) == ["intake done", "verify done", "decide done"]
    assert documents(case)[-1] == (
        "decision_approve",
        world.authority,
        f"{world.authority.document_prefix}〔2026〕1号",
    )
    decision = Document.objects.get(kind="decision_approve")
    assert decision.issued_on == MONDAY
    assert decision.rule_set == "ndrc-36"
    assert "濉溪县交通运输局核查：经核实，罚款已全部缴清。" in decision.context["facts"]
    world.record.refresh_from_db()
    assert (world.record.standing, world.record.ended_on) == ("repaired", MONDAY)
    what = RecordEvent.objects.filter(record=world.record).values_list("what", flat=True)
    assert list(what) == ["repaired", "committed"]
    message = Message.objects.get()
    assert (message.action, message.platform, message.cause) == ("terminate", world.platform, event.uuid)
    assert case.number in message.cause_text
    assert world.record.publications.get().state == Publication.State.REMOVING
    assert mails(world)[-1] == "repair_approved"
    assert case.actors.get(user=world.approver).part == CaseActor.Part.DECIDE


def test_each_platform_gets_what_it_takes(world: World) -> None:
    sharing = PlatformFactory(actions=["stop_sharing", "lift_sanction"])
    gone = PlatformFactory()
    PublicationFactory(record=world.record, platform=sharing)
    PublicationFactory(
        record=world.record, platform=gone, state="removed", removed_at=world.record.created_at
    )
    approved_case(world)

    told = {(m.platform.pk, m.action) for m in Message.objects.select_related("platform")}
    assert told == {
        (world.platform.pk, "terminate"),
        *((sharing.pk, action) for action in ("terminate", "stop_sharing", "lift_sanction")),
    }


def test_refusal_leaves_the_record_alone_and_names_the_remedies(world: World) -> None:
    case = deciding_case(world)
    do(case, "refuse", world.approver, reason="罚款没有缴清。")

    assert (case.state, case.closed_on) == ("refused", TODAY)
    assert all(stopped == TODAY for _due, stopped in clocks(case).values())
    kind, office, number = documents(case)[-1]
    assert (kind, office) == ("decision_refuse", world.authority)
    said = Document.objects.get(number=number).context
    assert said["reasons"] == ["罚款没有缴清"] and said["remedies"]["court"]
    world.record.refresh_from_db()
    assert world.record.standing == "active"
    assert not Message.objects.exists()
    assert mails(world)[-1] == "repair_refused"


def test_sending_back_opens_the_verification_again(world: World) -> None:
    case = deciding_case(world)
    before = clocks(case)
    do(case, "send_back", world.approver, today=MONDAY, reason="请核对缴款凭证")

    assert case.state == "verifying"
    assert steps(case) == ["intake done", "verify open", "decide planned"]
    step = case.steps.get(phase="verify")
    assert (step.opinion, step.text, step.done_by, step.opened_on) == ("", "", None, MONDAY)
    assert clocks(case) == before, "the clocks run on"
    assert last_event(case) == ("send_back", "deciding", "verifying", "internal")

    do(case, "give_opinion", world.verifier, today=MONDAY, **DISAGREE)
    assert case.state == "deciding"
    assert steps(case) == ["intake done", "verify done", "decide open"]
    do(case, "approve", world.approver, today=MONDAY)
    assert case.state == "approved"


@pytest.mark.parametrize("stage", [submitted_case, verifying_case, deciding_case], ids=lambda f: f.__name__)
def test_withdrawal_stops_clocks_and_cancels_what_is_open(world: World, stage) -> None:  # type: ignore[no-untyped-def]
    case = stage(world)
    do(case, "withdraw", world.clerk, today=MONDAY)

    assert (case.state, case.closed_on) == ("withdrawn", MONDAY)
    assert all(stopped for _due, stopped in clocks(case).values())
    assert not [line for line in steps(case) if line.endswith(("open", "planned"))]
    world.record.refresh_from_db()
    assert world.record.standing == "active"


def test_discarding_a_draft_ends_it_without_a_number(world: World) -> None:
    case = complete_draft(world)
    do(case, "discard", world.clerk)
    assert (case.state, case.closed_on, case.number) == ("discarded", TODAY, None)
    assert not Clock.objects.exists() and not Mail.objects.exists()


def test_completion_waits_for_every_required_platform(world: World) -> None:
    case = approved_case(world)
    confirm_removal(world)
    do(case, "settle", None, today=MONDAY)
    assert (case.state, case.closed_on) == ("completed", MONDAY)
    assert mails(world)[-1] == "repair_completed"
    event = case.events.order_by("pk").last()
    assert event is not None and (event.actor, event.actor_label) == (None, "系统")


def test_every_act_is_audited_with_its_event(world: World) -> None:
    case = approved_case(world)
    entries = AuditEntry.objects.filter(object_id=str(case.uuid), action__startswith="repair.").order_by("pk")
    assert [entry.action for entry in entries] == [
        "repair.create",
        "repair.submit",
        "repair.accept",
        "repair.give_opinion",
        "repair.approve",
    ]
    last = entries.last()
    assert last is not None
    event = case.events.get(action="approve")
    assert last.data == {
        "event": str(event.uuid),
        "from": "deciding",
        "to": "approved",
        "rulebook_hash": current_book().content_hash,
    }
    assert (last.actor_id, last.actor_label) == (world.approver.pk, "赵批")


def test_everybody_with_a_running_mandate_is_mailed_once(world: World) -> None:
    colleague = clerk_of(world.subject, name="陈经办")
    clerk_of(world.subject, name="离职者", until=date(2026, 11, 19))
    case = submitted_case(world)
    sent = Mail.objects.filter(kind="repair_submitted")
    assert {mail.to_address for mail in sent} == {world.clerk.email, colleague.email}
    assert all(case.number in mail.subject for mail in sent)


def test_every_document_has_its_job(world: World) -> None:
    approved_case(world)
    wanted = {f"render_document:{pk}" for pk in Document.objects.values_list("pk", flat=True)}
    assert set(Job.objects.filter(name="render_document").values_list("key", flat=True)) == wanted
    assert len(wanted) == 3
