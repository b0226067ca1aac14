"""A commitment is given: signed on the screen, declared, on paper, by the letter of a repair."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.commitments import services
from credit_repair.commitments.models import Commitment, CommitmentEvent
from credit_repair.core.models import AuditEntry
from credit_repair.mail.models import Mail
from credit_repair.people.models import Role
from credit_repair.platforms.models import Message
from credit_repair.registry.models import RecordEvent
from tests.commitments.conftest import SAID, SIGNED, add_list, declare, fresh, sign
from tests.registry.factories import PlatformFactory, SubjectFactory
from tests.world import TODAY, approved_case, clerk_of, member, upload


def test_what_is_signed_keeps_the_items_and_the_version_it_was_given_under(world, row, supervisor):
    commitment = sign(world, row)
    services.change_list(
        row=row,
        said=replace(SAID, items=("另一项",)),
        version=1,
        actor=supervisor,
        today=TODAY,
    )
    commitment = fresh(commitment)
    assert commitment.items == ["驾驶员取得从业资格证明", "遵守运输安全规定"]
    assert (commitment.list_version, commitment.state, commitment.kind) == (1, "made", "approval")
    assert commitment.valid_until == date(2027, 11, 20)
    assert commitment.check_from == date(2026, 12, 18), "twenty working days after 2026-11-20"
    assert commitment.published_on == TODAY
    letter = commitment.document.context
    assert letter["heading"] == "道路货运经营许可告知承诺"
    assert commitment.document.office is None, "the subject's own paper"


def test_a_platform_and_the_subject_are_told(world, row):
    commitment = sign(world, row)
    message = Message.objects.get()
    event = commitment.events.get()
    assert (message.subject, message.record, message.cause) == (world.subject, None, event.uuid)
    assert message.payload["commitment"]["state"] == "made"
    assert Mail.objects.filter(kind="subject_commitment").count() == 1
    assert AuditEntry.objects.filter(action="commitments.made").exists()


def test_what_is_not_published_is_told_to_departments_alone(world, supervisor):
    department = PlatformFactory(kind="department", actions=["commitment"])
    row = add_list(world, supervisor, published=False, published_basis="")
    commitment = sign(world, row)
    assert commitment.published_on is None
    assert [message.platform for message in Message.objects.all()] == [department]


def test_who_does_not_act_for_the_subject_signs_nothing(world, row):
    with pytest.raises(NotYours):
        services.sign_from_list(
            subject=world.subject,
            row=row,
            version=1,
            signed=SIGNED,
            actor=clerk_of(SubjectFactory()),
            today=TODAY,
        )


def test_a_list_that_was_changed_is_read_anew_and_none_is_signed_twice(world, row, supervisor):
    services.change_list(row=row, said=SAID, version=1, actor=supervisor, today=TODAY)
    with pytest.raises(ActionRefused) as refused:
        sign(world, row)
    assert refused.value.code == "list_changed"
    row.refresh_from_db()
    sign(world, row)
    with pytest.raises(ActionRefused) as refused:
        sign(world, row)
    assert refused.value.code == "given"
    assert Commitment.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"items": " \n "}, "no_items"),
        ({"items": "长" * 201}, "too_long"),
        ({"items": "\n".join("一二三四五六七八九十" * 3)}, "too_long"),
        ({"items": "身份证340621199001011234"}, "personal"),
        ({"title": "电话13812345678"}, "personal"),
        ({"valid_until": TODAY}, "over"),
    ],
)
def test_a_declaration_that_cannot_be_published_is_refused_with_words(world, changed, code):
    with pytest.raises(ActionRefused) as refused:
        declare(world, **changed)
    assert refused.value.code == code
    assert refused.value.words
    assert not Commitment.objects.exists()


def test_a_declaration_waits_for_the_credit_office_and_is_told_nobody(world):
    commitment = declare(world)
    assert (commitment.office, commitment.state, commitment.published_on) == (
        world.credit,
        "submitted",
        None,
    )
    assert not Message.objects.exists()
    services.accept(commitment=commitment, check_from=None, actor=world.intake, today=TODAY)
    assert fresh(commitment).published_on == TODAY
    assert Message.objects.get().payload["commitment"]["type"] == "voluntary"


def test_a_declaration_is_declined_with_a_reason(world):
    commitment = declare(world)
    with pytest.raises(ActionRefused):
        services.decline(commitment=commitment, reason=" ", actor=world.intake, today=TODAY)
    services.decline(commitment=commitment, reason="内容与信用无关", actor=world.intake, today=TODAY)
    assert fresh(commitment).state == "declined"
    assert "内容与信用无关" in Mail.objects.get(kind="subject_commitment").body
    assert not Message.objects.exists()


def test_another_office_does_not_look_at_it_nor_who_once_acted_for_the_subject(world):
    commitment = declare(world)
    partial = member(world.credit, Role.INTAKE)
    from credit_repair.people.services import grant_mandate

    grant_mandate(user=partial, subject=world.subject, since=date(2026, 1, 1), until=date(2026, 2, 1))
    for actor in (world.verifier, partial, world.clerk):
        with pytest.raises(NotYours):
            services.accept(commitment=commitment, check_from=None, actor=actor, today=TODAY)


def test_a_declaration_can_be_taken_back_and_what_binds_can_not(world, row):
    own = declare(world)
    services.accept(commitment=own, check_from=None, actor=world.intake, today=TODAY)
    services.withdraw(commitment=own, actor=world.clerk, today=TODAY)
    assert fresh(own).state == "withdrawn"
    assert [m.payload["commitment"]["state"] for m in Message.objects.order_by("sequence")] == [
        "made",
        "withdrawn",
    ]
    with pytest.raises(ActionRefused) as refused:
        services.withdraw(commitment=sign(world, row), actor=world.clerk, today=TODAY)
    assert refused.value.code == "binding"


def test_what_nobody_heard_of_is_withdrawn_without_a_message(world):
    services.withdraw(commitment=declare(world), actor=world.clerk, today=TODAY)
    assert not Message.objects.exists()


def test_a_commitment_on_paper_is_entered_with_its_scan(world, row):
    made = services.enter_on_paper(
        subject=world.subject,
        row=row,
        made_on=date(2026, 11, 18),
        signer_name="李明华",
        scan=upload("承诺书.pdf"),
        actor=world.verifier,
        today=TODAY,
    )
    assert (made.paper.name, made.document, made.signer_name) == ("承诺书.pdf", None, "李明华")
    assert made.check_from == date(2026, 12, 16)
    with pytest.raises(NotYours):
        services.enter_on_paper(
            subject=SubjectFactory(),
            row=row,
            made_on=TODAY,
            signer_name="李明华",
            scan=upload("承诺书.pdf"),
            actor=world.intake,
            today=TODAY,
        )
    with pytest.raises(ActionRefused):
        services.enter_on_paper(
            subject=SubjectFactory(),
            row=row,
            made_on=date(2026, 11, 21),
            signer_name="李明华",
            scan=upload("承诺书.pdf"),
            actor=world.verifier,
            today=TODAY,
        )


def test_an_approved_repair_leaves_its_commitment_beside_the_record(world):
    case = approved_case(world)
    commitment = Commitment.objects.get()
    assert (commitment.kind, commitment.record, commitment.origin) == ("repair", world.record, case.uuid)
    assert (commitment.state, commitment.office, commitment.is_public) == ("made", world.authority, True)
    assert RecordEvent.objects.filter(record=world.record, what="committed").count() == 1
    message = Message.objects.get(action="commitment")
    assert message.record == world.record
    assert message.payload["commitment"]["type"] == "repair"
    assert message.sequence > Message.objects.get(action="terminate").sequence


def test_a_repair_gives_one_commitment_however_often_it_is_told(world):
    case = approved_case(world)
    again = services.register_repair_commitment(
        record=world.record,
        office=world.authority,
        origin=case.uuid,
        document=None,
        signed_by=None,
        made_on=TODAY,
        today=TODAY,
    )
    assert Commitment.objects.get() == again
    assert CommitmentEvent.objects.count() == 1


def test_a_repair_that_is_revoked_breaks_it(world):
    approved_case(world)
    commitment = Commitment.objects.get()
    for _twice in range(2):
        services.note_broken(commitment=commitment, reason="提供虚假材料", actor=None, today=TODAY)
    assert fresh(commitment).state == "broken"
    assert CommitmentEvent.objects.filter(what="broken").count() == 1
    newest = Message.objects.filter(action="commitment").order_by("-sequence").first()
    assert newest.payload["commitment"]["state"] == "broken"


@pytest.mark.parametrize(
    "changed",
    [{"kind": "repair"}, {"kind": "voluntary"}, {"valid_until": date(2026, 1, 1)}, {"state": "declined"}],
)
def test_the_database_refuses_what_cannot_be(world, row, changed):
    commitment = sign(world, row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.filter(pk=commitment.pk).update(**changed)


def test_a_subject_has_at_most_five_declarations_waiting(world) -> None:
    for number in range(5):
        declare(world, title=f"承诺{number}")
    with pytest.raises(ActionRefused) as refused:
        declare(world, title="又一份")
    assert refused.value.code == "too_many"
    assert Commitment.objects.filter(subject=world.subject, state="submitted").count() == 5
