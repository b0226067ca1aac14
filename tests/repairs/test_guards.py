"""Why an act is refused, and whether it happens whole or not at all."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Attachment, Case, RouteStep, TimelineEvent
from credit_repair.core.models import AuditEntry, Job, Sequence
from credit_repair.mail.models import Mail
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.models import Document
from credit_repair.notices.services import CannotIssue
from credit_repair.people.models import Role, User
from credit_repair.people.services import grant_mandate, join_office
from credit_repair.platforms.models import Message
from credit_repair.registry.models import Office, Record
from credit_repair.repairs import services as repairs
from tests.registry.factories import OfficeFactory, RecordFactory
from tests.world import (
    AGREE,
    ANSWERS,
    DISAGREE,
    SINCE,
    TODAY,
    World,
    answer,
    bring,
    build_world,
    complete_draft,
    deciding_case,
    do,
    draft,
    fresh,
    member,
    submitted_case,
    upload,
    verifying_case,
)

pytestmark = pytest.mark.django_db


def refused(case: Case, action: str, actor: object, **data: object) -> ActionRefused:
    """Do it, and return why it was refused; nothing of it stays."""
    with pytest.raises(ActionRefused) as caught, transaction.atomic():
        do(case, action, actor, **data)  # type: ignore[arg-type]
    return caught.value


# -- submission


def test_a_draft_without_answers_is_told_what_is_missing_in_the_order_of_the_page(world: World) -> None:
    case = draft(world)
    first = refused(case, "submit", world.clerk)
    assert (first.code, first.words) == ("statement_incomplete", "请先填写“改正和履行情况”。")
    answer(world, case)
    second = refused(fresh(case), "submit", world.clerk)
    assert second.code == "commitment_missing" and "承诺书" in second.words
    bring(world, case, Attachment.Kind.COMMITMENT)
    third = refused(fresh(case), "submit", world.clerk)
    assert third.code == "proof_missing" and "缴款凭证" in third.words
    bring(world, case, Attachment.Kind.PROOF)
    do(case, "submit", world.clerk)
    assert case.state == "submitted"


@pytest.mark.parametrize(
    "missing", ["corrected", "performed_on", "statement", "contact_name", "contact_phone"]
)
def test_every_answer_counts(world: World, missing: str) -> None:
    case = complete_draft(world)
    empty = {"corrected": False, "performed_on": None}.get(missing, "")
    answer(world, case, **{missing: empty})
    assert refused(case, "submit", world.clerk).code == "statement_incomplete"


@pytest.mark.parametrize(
    ("decided", "first_day"),
    [(date(2026, 8, 20), "2026年11月21日"), (date(2026, 10, 12), "2027年1月13日")],
    ids=["one-day-early", "months-early"],
)
def test_too_early_says_from_which_day(decided: date, first_day: str) -> None:
    world = build_world(record={"decision_date": decided})
    case = complete_draft(world)
    answer(world, case, performed_on=decided)
    why = refused(case, "submit", world.clerk)
    assert why.code == "not_eligible:minimum_period"
    assert first_day in why.words
    assert fresh(case).state == "draft"


def test_the_first_lawful_day_is_early_enough() -> None:
    world = build_world(record={"decision_date": date(2026, 8, 19)})
    case = complete_draft(world)
    do(case, "submit", world.clerk)
    assert case.state == "submitted"


def test_a_restriction_that_runs_longer_holds_the_application_back() -> None:
    world = build_world(record={"restriction_until": date(2026, 12, 31)})
    why = refused(complete_draft(world), "submit", world.clerk)
    assert why.code == "not_eligible:restriction_over" and "2027年1月1日" in why.words


def test_without_a_credit_office_nothing_can_be_filed_and_the_draft_stays(world: World) -> None:
    case = complete_draft(world)
    Office.objects.filter(pk=world.credit.pk).update(kind=Office.Kind.OTHER)
    why = refused(case, "submit", world.clerk)
    assert why.code == "no_credit_office" and "信用办" in why.words
    assert fresh(case).state == "draft"


def test_without_a_route_nothing_can_be_filed(world: World) -> None:
    case = complete_draft(world)
    RouteStep.objects.all().delete()
    assert refused(case, "submit", world.clerk).code == "no_route"


def test_a_route_with_an_empty_seat_is_refused(world: World) -> None:
    RouteStep.objects.create(kind="repair", rule_class="", position=9, phase="verify", seat="upper")
    assert refused(complete_draft(world), "submit", world.clerk).code == "no_office"


def test_a_route_of_the_records_own_class_comes_first(world: World) -> None:
    for position, (phase, seat) in enumerate(
        [("intake", "intake_office"), ("verify", "intake_office"), ("decide", "authority")], start=1
    ):
        RouteStep.objects.create(
            kind="repair", rule_class="general", position=position, phase=phase, seat=seat
        )
    assert world.record.rule_class == "general"
    case = submitted_case(world)
    assert [step.office for step in case.steps.order_by("position")] == [
        world.credit,
        world.credit,
        world.authority,
    ]
    RouteStep.objects.all().delete()
    do(case, "accept", world.intake)
    assert case.state == "verifying", "a running case keeps the route it was submitted with"


# -- one open application per record


def test_only_one_open_application_lies_on_a_record(world: World) -> None:
    first = draft(world)
    with pytest.raises(ActionRefused) as caught:
        draft(world)
    assert caught.value.code == "already_open" and "我的申请" in caught.value.words
    assert list(Case.objects.all()) == [first]
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(
            kind="repair",
            state="draft",
            filing=first.filing,
            subject=world.subject,
            record=world.record,
            created_at=first.created_at,
        )


@pytest.mark.parametrize("end", ["discard", "withdraw", "refuse"])
def test_after_an_end_there_is_a_second_try(world: World, end: str) -> None:
    if end == "discard":
        do(draft(world), "discard", world.clerk)
    elif end == "withdraw":
        do(submitted_case(world), "withdraw", world.clerk)
    else:
        do(deciding_case(world), "refuse", world.approver, reason="罚款没有缴清")
    second = submitted_case(world)
    assert second.state == "submitted"
    assert Case.objects.filter(record=world.record).count() == 2


def test_two_records_of_one_subject_may_be_repaired_at_once(world: World) -> None:
    other = RecordFactory(subject=world.subject, authority=world.authority)
    assert submitted_case(world).number != submitted_case(world, record=other).number


@pytest.mark.parametrize("standing", ["repaired", "expired", "withdrawn", "history", "unpublished"])
def test_nothing_is_filed_on_a_record_that_nobody_shows(world: World, standing: str) -> None:
    world.record.standing = standing
    world.record.ended_on = None if standing == "unpublished" else TODAY
    world.record.save()
    with pytest.raises(ActionRefused) as caught:
        draft(world)
    assert caught.value.code == "record_ended"


def test_a_stranger_cannot_begin_an_application(world: World) -> None:
    with pytest.raises(NotYours):
        repairs.start(record=world.record, actor=world.intake, today=TODAY)
    assert not Case.objects.exists()


# -- the draft


def test_a_second_tab_overwrites_nothing(world: World) -> None:
    case = draft(world)
    save(world, case, "甲", revision=0)
    with pytest.raises(ActionRefused) as caught:
        save(world, case, "乙", revision=0)
    assert caught.value.code == "changed_elsewhere"
    assert fresh(case).repair.statement == "甲"
    save(world, case, "乙", revision=1)
    assert fresh(case).repair.statement == "乙"


def save(world: World, case: Case, statement: str, *, revision: int, actor: User | None = None) -> None:
    """Save a statement from a page that was made from this revision."""
    shared = {name: value for name, value in ANSWERS.items() if name != "performed_on"}
    repairs.save_answers(
        filing=case.filing,
        actor=actor or world.clerk,
        today=TODAY,
        shared=repairs.SharedAnswers(**{**shared, "statement": statement}),
        own={case.uuid: repairs.OwnAnswers(performed_on=ANSWERS["performed_on"])},
        revision=revision,
    )


def test_nothing_is_performed_in_the_future(world: World) -> None:
    with pytest.raises(ActionRefused) as caught:
        answer(world, draft(world), performed_on=date(2026, 11, 21))
    assert caught.value.code == "performed_in_future"


def test_a_submitted_application_is_not_changed_any_more(world: World) -> None:
    case = submitted_case(world)
    material = case.attachments.first()
    assert material is not None
    with pytest.raises(ActionRefused, match="已经提交"):
        answer(world, case)
    with pytest.raises(ActionRefused, match="已经提交"):
        repairs.add_material(
            filing=case.filing, actor=world.clerk, today=TODAY, kind="proof", upload=upload()
        )
    with pytest.raises(ActionRefused, match="已经提交"):
        repairs.drop_material(
            filing=case.filing,
            actor=world.clerk,
            today=TODAY,
            kind=material.kind,
            stored=material.stored,
        )
    with pytest.raises(ActionRefused, match="已经提交"):
        repairs.letter_to_sign(case=case, actor=world.clerk, today=TODAY)
    assert case.attachments.count() == 2


def test_an_official_writes_in_nobodys_draft(world: World) -> None:
    with pytest.raises(NotYours):
        save(world, draft(world), "代填", revision=0, actor=world.intake)


def test_the_same_file_twice_is_kept_once(world: World) -> None:
    case = draft(world)
    bring(world, case, Attachment.Kind.PROOF, Attachment.Kind.PROOF)
    assert case.attachments.count() == 1


def test_a_dropped_file_goes_when_its_row_is_gone_for_good(
    world: World, django_capture_on_commit_callbacks
) -> None:
    case = draft(world)
    bring(world, case, Attachment.Kind.PROOF)
    material = case.attachments.get()
    storage, name = material.file.storage, material.file.name
    with django_capture_on_commit_callbacks(execute=True):
        repairs.drop_material(
            filing=case.filing, actor=world.clerk, today=TODAY, kind="proof", stored=material.stored
        )
        assert storage.exists(name), "a rollback could still bring the row back"
    assert not storage.exists(name)


def test_the_letter_is_the_same_for_the_same_facts_and_new_for_new_ones(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credit_repair.notices.render.render_pdf", lambda **_: b"%PDF-1.7 letter")
    case = draft(world)
    first = repairs.letter_to_sign(case=case, actor=world.clerk, today=TODAY)
    again = repairs.letter_to_sign(case=case, actor=world.clerk, today=date(2026, 11, 23))
    assert again.pk == first.pk
    assert first.document.state == "ready" and first.document.number is None
    world.record.fine = Decimal("2.5")
    world.record.save()
    other = repairs.letter_to_sign(case=fresh(case), actor=world.clerk, today=TODAY)
    assert other.pk != first.pk
    assert "2.5万元" in other.document.context["record"]["penalty_summary"]


# -- what an act must bring


@pytest.mark.parametrize("words", ["", "   ", "\n"], ids=["none", "blanks", "line-end"])
def test_a_reason_is_not_empty(world: World, words: str) -> None:
    case = deciding_case(world)
    for action in ("refuse", "send_back"):
        assert refused(case, action, world.approver, reason=words).code == "missing_text"
    assert fresh(case).state == "deciding"


@pytest.mark.parametrize("opinion", ["", "maybe", "同意"])
def test_an_opinion_is_one_of_two(world: World, opinion: str) -> None:
    case = verifying_case(world)
    assert (
        refused(case, "give_opinion", world.verifier, opinion=opinion, text="查过").code == "missing_opinion"
    )
    assert refused(case, "give_opinion", world.verifier, opinion="agree", text=" ").code == "missing_text"


# -- four eyes and conflicts


def test_who_verified_does_not_decide(world: World) -> None:
    both = member(world.authority, Role.VERIFIER, Role.APPROVER)
    case = verifying_case(world)
    do(case, "give_opinion", both, **AGREE)
    for action, data in {"approve": {}, "refuse": {"reason": "否"}, "send_back": {"reason": "再查"}}.items():
        why = refused(case, action, both, **data)
        assert why.code == "four_eyes" and "其他人员" in why.words
    do(case, "approve", world.approver)
    assert case.state == "approved"


def test_who_verified_before_a_case_was_sent_back_does_not_decide_it_either(world: World) -> None:
    both = member(world.authority, Role.VERIFIER, Role.APPROVER)
    case = verifying_case(world)
    do(case, "give_opinion", both, **AGREE)
    do(case, "send_back", world.approver, reason="再查")
    do(case, "give_opinion", world.verifier, **AGREE)
    assert refused(case, "approve", both).code == "four_eyes"


def test_who_decided_does_not_verify(world: World) -> None:
    from credit_repair.cases.models import CaseActor

    both = member(world.authority, Role.VERIFIER, Role.APPROVER)
    case = verifying_case(world)
    CaseActor.objects.create(case=case, user=both, part=CaseActor.Part.DECIDE)
    assert refused(case, "give_opinion", both, **AGREE).code == "four_eyes"


def test_the_database_itself_knows_no_person_with_two_parts(world: World) -> None:
    from credit_repair.cases.models import CaseActor

    case = deciding_case(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseActor.objects.create(case=case, user=world.verifier, part=CaseActor.Part.DECIDE)


@pytest.mark.parametrize("part", ["intake", "verifier", "approver"])
def test_an_official_who_acts_for_the_subject_does_not_handle_its_case(world: World, part: str) -> None:
    official = getattr(world, part)
    grant_mandate(user=official, subject=world.subject, since=SINCE)
    build, action, data = {
        "intake": (submitted_case, "accept", {}),
        "verifier": (verifying_case, "give_opinion", AGREE),
        "approver": (deciding_case, "approve", {}),
    }[part]
    case = build(world)
    with pytest.raises(NotYours), transaction.atomic():
        do(case, action, official, **data)
    assert fresh(case).state == case.state


def test_a_role_at_another_office_is_no_role_here(world: World) -> None:
    elsewhere = member(OfficeFactory(), Role.VERIFIER, Role.APPROVER)
    join_office(user=elsewhere, office=world.authority, role=Role.VERIFIER, since=date(2026, 11, 21))
    case = verifying_case(world)
    with pytest.raises(NotYours), transaction.atomic():
        do(case, "give_opinion", elsewhere, **AGREE)
    do(case, "give_opinion", elsewhere, today=date(2026, 11, 23), **AGREE)
    assert case.state == "deciding", "from the day of joining"


# -- joint review


def joint(world: World) -> Office:
    """Let the office above the authority verify, too."""
    upper = OfficeFactory(name="宿州市交通运输局")
    world.authority.parent = upper
    world.authority.save()
    RouteStep.objects.filter(kind="repair", phase="decide").update(position=4)
    RouteStep.objects.create(kind="repair", rule_class="", position=3, phase="verify", seat="upper")
    return upper


@pytest.mark.parametrize("first", ["authority", "upper"])
def test_with_two_verifying_offices_the_last_opinion_brings_the_case_on(world: World, first: str) -> None:
    second_verifier = member(joint(world), Role.VERIFIER)
    order = [world.verifier, second_verifier]
    if first == "upper":
        order.reverse()
    case = verifying_case(world)
    do(case, "give_opinion", order[0], **AGREE)
    assert case.state == "verifying"
    assert refused(case, "give_opinion", order[0], **AGREE).code == "not_their_turn"
    assert refused(case, "approve", world.approver).code == "state"
    do(case, "give_opinion", order[1], **DISAGREE)
    assert case.state == "deciding", "one disagreement goes to the approver with both opinions"
    assert sorted(case.steps.filter(phase="verify").values_list("opinion", flat=True)) == [
        "agree",
        "disagree",
    ]


def test_sending_back_asks_both_offices_again(world: World) -> None:
    second_verifier = member(joint(world), Role.VERIFIER)
    case = verifying_case(world)
    do(case, "give_opinion", world.verifier, **AGREE)
    do(case, "give_opinion", second_verifier, **AGREE)
    do(case, "send_back", world.approver, reason="再查")
    assert case.steps.filter(phase="verify", state="open").count() == 2


# -- whole or not at all


def counts() -> dict[str, int]:
    models = (TimelineEvent, Message, Mail, Document, AuditEntry, Job)
    return {model.__name__: model.objects.count() for model in models} | dict(
        Sequence.objects.values_list("name", "last")
    )


def test_an_office_without_a_prefix_decides_nothing(world: World) -> None:
    case = deciding_case(world)
    Office.objects.filter(pk=world.authority.pk).update(document_prefix="")
    before = counts()
    with pytest.raises(CannotIssue, match="发文代字"), transaction.atomic():
        do(case, "approve", world.approver)
    assert_nothing_happened(world, case, before)


def test_a_character_that_no_font_has_stops_the_whole_decision(world: World) -> None:
    case = deciding_case(world)
    Office.objects.filter(pk=world.authority.pk).update(name="濉溪县\U00031350局")
    before = counts()
    with pytest.raises(MissingGlyphs, match="U\\+31350"), transaction.atomic():
        do(case, "approve", world.approver)
    assert_nothing_happened(world, case, before)


def assert_nothing_happened(world: World, case: Case, before: dict[str, int]) -> None:
    assert counts() == before, "no event, no message, no mail, no number"
    case = fresh(case)
    assert case.state == "deciding"
    assert case.clocks.filter(stopped_on__isnull=True).count() == 2
    assert case.steps.get(phase="decide").state == "open"
    assert not case.actors.filter(user=world.approver).exists()
    assert Record.objects.get(pk=world.record.pk).standing == "active"
    assert world.record.publications.get().state == "shown"


def test_two_offices_with_one_prefix_are_told_so(world: World) -> None:
    do(deciding_case(world), "approve", world.approver)
    other = OfficeFactory(document_prefix=world.authority.document_prefix)
    case = deciding_case(
        World(
            **{
                **vars(world),
                "authority": other,
                "record": RecordFactory(subject=world.subject, authority=other),
                "verifier": member(other, Role.VERIFIER),
                "approver": member(other, Role.APPROVER),
            }
        )
    )
    with pytest.raises(CannotIssue, match="不能相同"), transaction.atomic():
        do(case, "approve", case.deciding_office.memberships.get(role=Role.APPROVER).user)
    assert fresh(case).state == "deciding"


def test_a_record_that_ended_in_the_same_moment_refuses_the_approval(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = deciding_case(world)
    ended = Record.objects.filter(pk=world.record.pk)
    # The guard has looked already when the expiry commits.
    monkeypatch.setattr(Record, "has_ended", property(lambda record: ended.get().standing == "expired"))
    from credit_repair.repairs import effects

    real = effects.end_record

    def late(**what: object) -> object:
        ended.update(standing="expired", ended_on=TODAY)
        return real(**what)  # type: ignore[arg-type]

    monkeypatch.setattr(effects, "end_record", late)
    assert refused(case, "approve", world.approver).code == "record_ended"


def test_an_ended_record_is_not_decided_upon_any_more(world: World) -> None:
    case = deciding_case(world)
    Record.objects.filter(pk=world.record.pk).update(standing="expired", ended_on=TODAY)
    why = refused(case, "approve", world.approver)
    assert why.code == "record_ended" and "系统终结" in why.words
