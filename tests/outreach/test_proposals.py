"""Prepared applications: proposed by the office, confirmed by the enterprise, filed like every other."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Attachment, Case, CaseActor, Filing
from credit_repair.cases.papers import readable_papers
from credit_repair.core.uploads import UploadRefused
from credit_repair.mail.models import Mail
from credit_repair.outreach.models import PreparedApplication, PreparedRecord
from credit_repair.outreach.services import confirming
from credit_repair.outreach.services.confirming import ProposalContact
from credit_repair.outreach.services.proposing import withdraw_proposal
from credit_repair.outreach.settlers import expire_proposals
from credit_repair.people.models import Role, User
from credit_repair.people.services import grant_mandate
from credit_repair.repairs.models import LetterSignature
from tests.outreach.made import PERFORMED, STATEMENT, proposed, repairable_record
from tests.registry.factories import RecordFactory
from tests.repairs.signing import a_signature
from tests.world import AGREE, SINCE, TODAY, World, clerk_of, do, draft, make_user, member

pytestmark = pytest.mark.django_db

State = PreparedApplication.State
CONTACT = ProposalContact("周小敏", "13800000000")
#: Twenty working days after 2026-11-20, counted by hand.
CONFIRM_BY = date(2026, 12, 18)


def confirmed(
    world: World, proposal: PreparedApplication, *, by: User | None = None, today: date = TODAY
) -> Filing:
    filing, outcome = confirming.confirm(
        proposal=proposal,
        actor=by or world.clerk,
        today=today,
        contact=CONTACT,
        signer="周小敏",
        strokes=a_signature(),
    )
    assert outcome.refused == []
    return filing


def test_the_subject_is_told_by_letter_and_by_mail(world: World) -> None:
    proposal = proposed(world)
    assert proposal.letter is not None
    assert proposal.letter.addressee == world.subject
    assert proposal.letter.context["confirm_by"] == CONFIRM_BY.isoformat()
    mail = Mail.objects.get(kind="subject_proposal")
    assert mail.to_address == world.clerk.email
    assert f"/me/proposals/{proposal.uuid}/" in mail.body


def test_no_case_comes_of_it_before_the_enterprise_confirms(world: World) -> None:
    proposed(world)
    assert not Case.objects.exists()


def test_confirmed_it_is_submitted_with_what_the_office_has_prepared(world: World) -> None:
    proposal = proposed(world)
    filing = confirmed(world, proposal)
    case = Case.objects.get(filing=filing)
    assert (case.state, case.subject, case.record) == ("submitted", world.subject, world.record)
    repair = case.repair
    assert (repair.corrected, repair.performed_on, repair.statement) == (True, PERFORMED, STATEMENT)
    assert (repair.contact_name, repair.contact_phone) == ("周小敏", "13800000000")
    assert LetterSignature.objects.get(case=case).signed_by == world.clerk
    material = case.attachments.get()
    assert (material.kind, material.name) == (Attachment.Kind.PROOF, "缴款记录.pdf")
    assert (material.stored.uploaded_by, material.uploaded_by) == (world.verifier, world.clerk)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.filing, proposal.ended_by) == (State.TAKEN_UP, filing, world.clerk)
    assert proposal.records.get().case == case


def test_several_records_are_confirmed_with_one_signature(world: World) -> None:
    second = RecordFactory(subject=world.subject, authority=world.authority)
    filing = confirmed(world, proposed(world, world.record, second))
    assert Case.objects.filter(filing=filing, state="submitted").count() == 2
    assert LetterSignature.objects.count() == 2


def test_everybody_who_reads_the_case_sees_by_whose_proposal_it_came(world: World) -> None:
    confirmed(world, proposed(world))
    event = Case.objects.get().events.get(action="proposed")
    assert event.audience == "public"
    assert world.authority.name in event.text


def test_who_proposed_verifies_but_never_decides(world: World) -> None:
    """The verifier of the authority also approves there: of what they proposed, they decide nothing."""
    both = member(world.authority, Role.VERIFIER, Role.APPROVER, name="王双")
    confirmed(world, proposed(world, actor=both))
    case = Case.objects.get()
    assert CaseActor.objects.get(case=case).user == both
    do(case, "accept", world.intake)
    do(case, "give_opinion", both, **AGREE)
    with pytest.raises(ActionRefused) as refused:
        do(case, "approve", both, findings="")
    assert refused.value.code == "four_eyes"
    do(case, "approve", world.approver, findings="")
    assert case.state == "approved"


def test_taken_as_a_draft_it_waits_to_be_changed(world: World) -> None:
    proposal = proposed(world)
    filing = confirming.take_as_draft(proposal=proposal, actor=world.clerk, today=TODAY)
    case = Case.objects.get(filing=filing)
    assert (case.state, case.repair.statement) == ("draft", STATEMENT)
    assert not LetterSignature.objects.exists()
    assert case.attachments.count() == 1


def test_a_record_with_an_application_of_its_own_is_left_to_that(world: World) -> None:
    second = RecordFactory(subject=world.subject, authority=world.authority)
    proposal = proposed(world, world.record, second)
    draft(world)
    filing = confirmed(world, proposal)
    assert [case.record for case in Case.objects.filter(filing=filing)] == [second]
    assert proposal.records.get(record=world.record).case is None


def test_where_nothing_is_left_it_cannot_be_confirmed_and_expires(world: World) -> None:
    proposal = proposed(world)
    draft(world)
    with pytest.raises(ActionRefused) as refused:
        confirmed(world, proposal)
    assert refused.value.code == "none_left"
    assert expire_proposals(today=TODAY) == 1
    proposal.refresh_from_db()
    assert proposal.state == State.EXPIRED


def test_confirmed_twice_it_is_filed_once(world: World) -> None:
    proposal = proposed(world)
    confirmed(world, proposal)
    with pytest.raises(ActionRefused) as refused:
        confirmed(world, proposal)
    assert refused.value.code == "over"
    assert Case.objects.count() == 1


def test_its_last_day_still_counts(world: World) -> None:
    proposal = proposed(world)
    assert proposal.confirm_by == CONFIRM_BY
    assert expire_proposals(today=CONFIRM_BY) == 0
    confirmed(world, proposal, today=CONFIRM_BY)


def test_the_day_after_its_last_it_is_over(world: World) -> None:
    proposal = proposed(world)
    after = date(2026, 12, 19)
    with pytest.raises(ActionRefused) as refused:
        confirmed(world, proposal, today=after)
    assert refused.value.code == "too_late"
    assert expire_proposals(today=after) == 1
    assert proposed(world, today=after).state == State.OPEN


def test_a_record_has_one_open_proposal_at_a_time(world: World) -> None:
    first = proposed(world)
    with pytest.raises(ActionRefused) as refused:
        proposed(world)
    assert refused.value.code == "proposed"
    with pytest.raises(IntegrityError), transaction.atomic():
        PreparedRecord.objects.create(proposal=first, record=world.record, performed_on=PERFORMED)


def test_declined_it_says_why_and_frees_the_record(world: World) -> None:
    proposal = proposed(world)
    with pytest.raises(ActionRefused):
        confirming.decline(proposal=proposal, actor=world.clerk, today=TODAY, reason=" ")
    confirming.decline(proposal=proposal, actor=world.clerk, today=TODAY, reason="罚款还没有缴清")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.reason) == (State.DECLINED, "罚款还没有缴清")
    assert proposed(world).state == State.OPEN


def test_withdrawn_by_the_office_the_subject_is_told_why(world: World) -> None:
    proposal = proposed(world)
    withdraw_proposal(proposal=proposal, actor=world.verifier, today=TODAY, reason="缴款记录有误")
    proposal.refresh_from_db()
    assert proposal.state == State.WITHDRAWN
    assert "缴款记录有误" in Mail.objects.get(kind="subject_proposal_withdrawn").body
    with pytest.raises(ActionRefused):
        confirmed(world, proposal)


@pytest.mark.parametrize("verb", ["confirm", "take", "decline"])
def test_only_who_acts_for_the_subject_answers_it(world: World, verb: str) -> None:
    proposal = proposed(world)
    for stranger in (clerk_of(repairable_record(world).subject), world.verifier, make_user("路人")):
        with pytest.raises(NotYours):
            if verb == "confirm":
                confirmed(world, proposal, by=stranger)
            elif verb == "take":
                confirming.take_as_draft(proposal=proposal, actor=stranger, today=TODAY)
            else:
                confirming.decline(proposal=proposal, actor=stranger, today=TODAY, reason="不")


def test_who_proposed_does_not_confirm_even_with_a_mandate_since(world: World) -> None:
    proposal = proposed(world)
    grant_mandate(user=world.verifier, subject=world.subject, since=SINCE, until=None)
    with pytest.raises(NotYours):
        confirmed(world, proposal, by=world.verifier)


def test_nobody_proposes_for_a_subject_that_they_ever_acted_for(world: World) -> None:
    grant_mandate(user=world.verifier, subject=world.subject, since=SINCE, until=date(2026, 2, 1))
    with pytest.raises(NotYours):
        proposed(world)


@pytest.mark.parametrize("role", [Role.DATA, Role.APPROVER, Role.AUDITOR])
def test_only_who_handles_cases_proposes(world: World, role: str) -> None:
    with pytest.raises(NotYours):
        proposed(world, actor=member(world.authority, role))


def test_it_is_about_one_subject_and_needs_a_proof(world: World) -> None:
    with pytest.raises(ActionRefused) as refused:
        proposed(world, world.record, repairable_record(world))
    assert refused.value.code == "several_subjects"
    with pytest.raises(ActionRefused) as without:
        proposed(world, papers=[])
    assert without.value.code == "no_papers"


@pytest.mark.parametrize(
    ("day", "code"),
    [(date(2026, 11, 21), "performed_in_future"), (date(2026, 5, 5), "performed_too_early")],
)
def test_no_duty_is_performed_too_early_or_after_today(world: World, day: date, code: str) -> None:
    with pytest.raises(ActionRefused) as refused:
        proposed(world, performed={world.record: day})
    assert refused.value.code == code


def test_what_cannot_be_repaired_yet_is_not_proposed(world: World) -> None:
    with pytest.raises(ActionRefused) as refused:
        proposed(world, today=date(2026, 8, 6))
    assert refused.value.code == "not_repairable"


def test_its_proofs_are_read_by_both_sides_and_by_nobody_else(world: World) -> None:
    paper = proposed(world).papers.get().paper
    foreign = member(RecordFactory().authority, Role.VERIFIER)
    readers = {
        user: readable_papers(user=user, on=TODAY).filter(pk=paper.pk).exists()
        for user in (world.clerk, world.verifier, world.intake, foreign, make_user("路人"))
    }
    assert list(readers.values()) == [True, True, True, False, False]


def test_a_bad_file_is_refused_and_nothing_is_kept(world: World) -> None:
    with pytest.raises(UploadRefused):
        proposed(world, papers=[SimpleUploadedFile("缴款记录.pdf", b"MZ no proof")])
    assert not PreparedApplication.objects.exists()
