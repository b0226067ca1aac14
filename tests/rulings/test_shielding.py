"""A bankruptcy: records shielded by a ruling, repaired for good by another, or public again."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from credit_repair.core import clock
from credit_repair.core.models import AuditEntry
from credit_repair.core.settling import settle_all
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.people.errors import NotInCharge
from credit_repair.people.models import Mandate, Role
from credit_repair.people.services import join_office
from credit_repair.platforms.expiry import expire_records
from credit_repair.platforms.models import Message
from credit_repair.registry.flags import has_flag
from credit_repair.registry.models import Platform, Publication, Record, RecordEvent, RecordFlag
from credit_repair.rulings import settlers
from credit_repair.rulings.errors import RulingRefused
from credit_repair.rulings.models import CourtRuling, Shield, ShieldedRecord
from credit_repair.rulings.services import (
    carry_out,
    enter_ruling,
    file_ruling,
    give_back_ruling,
    refuse_ruling,
    register_ruling,
    withdraw_ruling,
)
from credit_repair.rulings.services.rulings import shieldable
from credit_repair.rulings.states import ENDS, MOVES
from tests.platforms.test_held import hold_rule
from tests.registry.factories import (
    OfficeFactory,
    PlatformFactory,
    PublicationFactory,
    RecordFactory,
    SubjectFactory,
)
from tests.rulings.shielding import RULED, carried_out, filed, head_of, registered, words
from tests.world import (
    SINCE,
    TODAY,
    World,
    approved_case,
    clerk_of,
    fresh,
    member,
    signed_in,
    submitted_case,
    substitute_of,
    upload,
)

pytestmark = pytest.mark.django_db
LATER = date(2027, 3, 1)
SHIELD = RecordFlag.Kind.SHIELD


@pytest.fixture
def shielding(world: World) -> Platform:
    """A platform that takes shields, and shows the record."""
    platform: Platform = PlatformFactory(actions=["shield", "unshield"])
    PublicationFactory(record=world.record, platform=platform)
    return platform


def told(record: Record, platform: Platform) -> list[str]:
    found = Message.objects.filter(record=record, platform=platform).order_by("sequence")
    return [str(message.action) for message in found]


def test_a_plan_shields_what_was_chosen_and_says_so_in_a_notice(world: World, shielding: Platform) -> None:
    ruling = carried_out(world)

    assert (ruling.state, ruling.closed_on, ruling.closed_by) == ("executed", TODAY, head_of(world))
    shield = Shield.objects.get()
    assert (shield.state, shield.started_on, shield.plan_until) == ("running", TODAY, date(2028, 8, 31))
    assert has_flag(world.record, SHIELD)
    event = RecordEvent.objects.get(record=world.record, what="shielded")
    assert event.data["reason"] == "濉溪县人民法院（2026）皖0621破3号之一裁定：批准重整计划"
    message = Message.objects.get()
    assert (message.action, message.platform, message.cause) == ("shield", shielding, event.uuid)
    world.record.refresh_from_db()
    assert world.record.standing == "active", "a shield is a flag, no standing"
    notice = Document.objects.get(kind="shield_notice")
    assert (notice.office, notice.addressee, notice.number) == (
        world.credit,
        world.subject,
        f"{world.credit.document_prefix}〔2026〕1号",
    )
    said = notice.context
    assert [row["record"]["document_number"] for row in said["rows"]] == [world.record.doc_no]
    assert (said["plan_until"], said["administrator"]) == ("2028-08-31", "安徽濉河律师事务所")
    assert ruling.document == notice
    mail = Mail.objects.get(kind="subject_shielded")
    assert mail.to_address == world.clerk.email and "1条信息" in mail.body
    assert str(notice.uuid) in mail.body
    assert AuditEntry.objects.filter(action="rulings.shield").count() == 1


def test_a_substitute_of_who_registered_it_does_not_carry_it_out(world: World) -> None:
    both = member(world.credit, Role.INTAKE, Role.SUPERVISOR, name="兼任")
    ruling = register_ruling(
        ruling=filed(world), words=words(), records=[world.record], actor=both, today=TODAY
    )
    instead = substitute_of(both, OfficeFactory())
    address = reverse("office_shield", args=[ruling.uuid])
    with pytest.raises(NotInCharge):
        carry_out(ruling=ruling, actor=instead, today=TODAY)
    with clock.assume(TODAY):
        assert 'value="carry_out"' not in signed_in(instead).get(address).content.decode()
        join_office(user=instead, office=world.credit, role=Role.SUPERVISOR, since=SINCE)
        assert 'value="carry_out"' in signed_in(instead).get(address).content.decode()
    assert carry_out(ruling=ruling, actor=instead, today=TODAY).state == "executed"


def test_performance_repairs_for_good(world: World, shielding: Platform) -> None:
    carried_out(world)
    ruling = carried_out(world, "performed", today=LATER, made_on=LATER)

    world.record.refresh_from_db()
    assert (world.record.standing, world.record.ended_on) == ("repaired", LATER)
    assert not has_flag(world.record, SHIELD)
    assert told(world.record, shielding) == ["shield", "terminate"]
    assert told(world.record, world.platform) == ["terminate"]
    shield = Shield.objects.get()
    assert (shield.state, shield.ended_on) == ("performed", LATER)
    assert ShieldedRecord.objects.get().off_how == "performed"
    said = Document.objects.get(kind="shield_end_notice").context
    assert said["performed"] is True and said["remedies"] is None
    assert said["shield"]["number"] == f"{world.credit.document_prefix}〔2026〕1号"
    assert ruling.document is not None and ruling.document.number.endswith("〔2027〕1号")
    assert Mail.objects.filter(kind="subject_shield_confirmed").count() == 1


def test_a_plan_that_failed_brings_publicity_back_with_remedies(world: World, shielding: Platform) -> None:
    carried_out(world)
    carried_out(world, "failed", today=LATER, made_on=LATER)

    world.record.refresh_from_db()
    assert world.record.standing == "active" and not has_flag(world.record, SHIELD)
    assert told(world.record, shielding) == ["shield", "unshield"]
    said = Document.objects.get(kind="shield_end_notice").context
    assert said["performed"] is False and said["remedies"]["court"]
    assert said["rows"][0]["public_until"] == "2027-05-06"
    assert Shield.objects.get().state == "failed"
    assert "恢复公示" in Mail.objects.get(kind="subject_shield_failed").body
    assert carried_out(world, today=LATER, made_on=LATER).state == "executed", "a new plan shields again"


def test_what_ends_by_time_while_shielded_ends_as_usual(world: World, shielding: Platform) -> None:
    carried_out(world)
    day = date(2027, 5, 7)
    assert expire_records(today=day) == 1
    assert settlers.leave_ended_records(today=day) == 1
    assert settlers.leave_ended_records(today=day) == 0, "once"
    row = ShieldedRecord.objects.get()
    assert (row.off_how, row.off_on, has_flag(world.record, SHIELD)) == ("over", day, False)

    carried_out(world, "failed", today=day, made_on=day)
    said = Document.objects.get(kind="shield_end_notice").context
    assert said["rows"][0]["public_until"] is None, "not public any longer"
    assert told(world.record, shielding) == ["shield", "terminate", "unshield"]
    world.record.refresh_from_db()
    assert world.record.standing == "expired"


def test_a_repair_goes_on_while_shielded(world: World, shielding: Platform) -> None:
    carried_out(world)
    approved_case(world)
    settle_all(today=TODAY)
    assert ShieldedRecord.objects.get().off_how == "over"
    carried_out(world, "performed", today=LATER, made_on=LATER)
    assert RecordEvent.objects.filter(record=world.record, what="repaired").count() == 1


def test_an_open_case_is_moot_once_the_plan_is_performed(world: World) -> None:
    case = submitted_case(world)
    carried_out(world)
    assert fresh(case).state == "submitted"
    carried_out(world, "performed", today=LATER, made_on=LATER)
    settle_all(today=LATER)
    assert fresh(case).state == "closed_moot"


def test_what_comes_back_while_the_plan_runs_is_shielded_again(world: World, shielding: Platform) -> None:
    carried_out(world)
    Record.objects.filter(pk=world.record.pk).update(standing="repaired", ended_on=TODAY)
    settlers.leave_ended_records(today=TODAY)
    assert settlers.keep_shielded(today=TODAY) == 0
    Record.objects.filter(pk=world.record.pk).update(standing="active", ended_on=None)
    assert settlers.keep_shielded(today=TODAY) == 1
    assert has_flag(world.record, SHIELD) and ShieldedRecord.objects.get().off_on is None
    assert settlers.keep_shielded(today=TODAY) == 0


def test_a_platform_that_shows_it_later_is_told_too(world: World, shielding: Platform) -> None:
    carried_out(world)
    late = PublicationFactory(
        record=world.record, platform=PlatformFactory(actions=["shield"]), state=Publication.State.PUBLISHING
    )
    assert settlers.keep_shielded(today=TODAY) == 1
    assert told(world.record, late.platform) == ["shield"]
    assert told(world.record, shielding) == ["shield"]
    assert settlers.keep_shielded(today=TODAY) == 0


def test_what_was_decided_after_the_ruling_cannot_be_shielded(world: World) -> None:
    after = RecordFactory(subject=world.subject, authority=world.authority, decision_date=date(2026, 11, 17))
    another = RecordFactory(authority=world.authority)
    assert list(shieldable(world.subject, ruled_on=RULED)) == [world.record]
    for record in (after, another):
        ruling = CourtRuling.objects.exclude(state__in=ENDS).first() or filed(world)
        with pytest.raises(RulingRefused, match="重新选择"):
            register_ruling(ruling=ruling, words=words(), records=[record], actor=world.intake, today=TODAY)


def test_what_has_ended_since_it_was_chosen_is_left_out(world: World) -> None:
    second = RecordFactory(subject=world.subject, authority=world.authority)
    ruling = registered(world, records=[world.record, second])
    Record.objects.filter(pk=second.pk).update(standing="expired", ended_on=TODAY)
    carry_out(ruling=ruling, actor=head_of(world), today=TODAY)
    assert ShieldedRecord.objects.get().record == world.record
    assert len(Document.objects.get(kind="shield_notice").context["rows"]) == 1


def test_with_nothing_left_to_shield_nothing_is_issued(world: World) -> None:
    ruling = registered(world)
    Record.objects.filter(pk=world.record.pk).update(standing="expired", ended_on=TODAY)
    with pytest.raises(RulingRefused, match="退回重新选择"):
        carry_out(ruling=ruling, actor=head_of(world), today=TODAY)
    assert not Document.objects.filter(kind="shield_notice").exists() and not Shield.objects.exists()


def test_who_registers_does_not_carry_out(world: World) -> None:
    ruling = registered(world)
    both = world.intake
    member_of = member(world.credit, Role.APPROVER, Role.INTAKE, name="兼任")
    with pytest.raises(NotInCharge):
        carry_out(ruling=ruling, actor=both, today=TODAY)
    again = give_back_ruling(ruling=ruling, actor=member_of, today=TODAY, reason="请核对执行期限")
    assert (again.state, again.returned_reason) == ("submitted", "请核对执行期限")
    register_ruling(ruling=again, words=words(), records=[world.record], actor=member_of, today=TODAY)
    with pytest.raises(RulingRefused, match="另一位同事"):
        carry_out(ruling=ruling, actor=member_of, today=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        CourtRuling.objects.filter(pk=ruling.pk).update(
            state="executed", closed_by=member_of, closed_at=ruling.filed_at
        )


@pytest.mark.parametrize("act", ["file", "register", "refuse", "give_back", "carry_out", "withdraw", "enter"])
def test_only_whose_part_it_is_acts(world: World, act: str) -> None:
    stranger = clerk_of(SubjectFactory(), name="别人")
    ruling = registered(world) if act in ("give_back", "carry_out") else filed(world)
    how: dict[str, Any] = {"ruling": ruling, "today": TODAY}
    fresh_words = {"subject": world.subject, "words": words(), "upload": upload(), "today": TODAY}
    acts: dict[str, Any] = {
        "file": lambda who: file_ruling(**fresh_words, actor=who),
        "enter": lambda who: enter_ruling(**fresh_words, actor=who),
        "register": lambda who: register_ruling(**how, words=words(), records=[world.record], actor=who),
        "refuse": lambda who: refuse_ruling(**how, actor=who, reason="不是本地法院"),
        "give_back": lambda who: give_back_ruling(**how, actor=who, reason="请核对"),
        "carry_out": lambda who: carry_out(**how, actor=who),
        "withdraw": lambda who: withdraw_ruling(**how, actor=who),
    }
    for who in (stranger, world.verifier, world.approver):
        with pytest.raises(NotInCharge):
            acts[act](who)


def test_officials_of_the_subject_keep_away(world: World) -> None:
    partial = member(world.credit, Role.INTAKE, name="避嫌")
    Mandate.objects.create(
        user=partial, subject=world.subject, since=date(2025, 1, 1), until=date(2025, 2, 1)
    )
    ruling = filed(world)
    with pytest.raises(NotInCharge):
        register_ruling(ruling=ruling, words=words(), records=[world.record], actor=partial, today=TODAY)
    assert not Mail.objects.filter(kind="ruling_filed", to_address=partial.email).exists()
    assert Mail.objects.filter(kind="ruling_filed", to_address=world.intake.email).exists()


def test_a_refusal_names_reason_and_remedies(world: World) -> None:
    ruling = filed(world)
    with pytest.raises(RulingRefused, match="写明"):
        refuse_ruling(ruling=ruling, actor=world.intake, today=TODAY, reason=" ")
    refused = refuse_ruling(ruling=ruling, actor=world.intake, today=TODAY, reason="裁定书没有盖章")
    assert (refused.state, refused.reason, refused.closed_on) == ("refused", "裁定书没有盖章", TODAY)
    mail = Mail.objects.get(kind="subject_ruling_refused")
    assert "裁定书没有盖章" in mail.body and "60日内" in mail.body and "6个月内" in mail.body
    assert filed(world).state == "submitted", "it can be handed in anew"


def test_what_is_taken_back_is_over(world: World) -> None:
    ruling = withdraw_ruling(ruling=filed(world), actor=world.clerk, today=TODAY)
    assert ruling.state == "withdrawn"
    with pytest.raises(RulingRefused, match="已撤回"):
        register_ruling(ruling=ruling, words=words(), records=[world.record], actor=world.intake, today=TODAY)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("plan", {"number": " "}, "填写完整"),
    ("plan", {"court": ""}, "填写完整"),
    ("plan", {"made_on": date(2026, 11, 21)}, "还没有到"),
    ("plan", {"plan_until": date(2026, 11, 1)}, "早于裁定日期"),
    ("performed", {}, "没有屏蔽中"),
    ("sold", {}, "请选择"),
]


@pytest.mark.parametrize(("kind", "changed", "said"), REFUSED)
def test_what_does_not_fit_is_refused(world: World, kind: str, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(RulingRefused, match=said):
        filed(world, kind, **changed)
    assert not CourtRuling.objects.exists()


def test_a_natural_person_has_no_reorganisation(world: World) -> None:
    person = SubjectFactory(person=True)
    with pytest.raises(RulingRefused, match="个人不适用"):
        file_ruling(subject=person, words=words(), upload=upload(), actor=clerk_of(person), today=TODAY)


def test_one_ruling_at_a_time_and_one_shield(world: World) -> None:
    registered(world)
    with pytest.raises(RulingRefused, match="正在办理"):
        filed(world)
    carry_out(ruling=CourtRuling.objects.get(), actor=head_of(world), today=TODAY)
    with pytest.raises(RulingRefused, match="已经在屏蔽中"):
        filed(world)
    with pytest.raises(RulingRefused, match="早于批准"):
        filed(world, "performed", made_on=date(2026, 11, 13))


def test_the_office_enters_what_the_court_sent(world: World) -> None:
    ruling = enter_ruling(
        subject=world.subject, words=words(), upload=upload(), actor=world.intake, today=TODAY
    )
    assert (ruling.filed_by, ruling.office) == (None, world.credit)
    with pytest.raises(NotInCharge):
        withdraw_ruling(ruling=ruling, actor=world.clerk, today=TODAY)


def test_every_move_of_the_table_is_to_another_state() -> None:
    assert {act for act, (source, target, _by) in MOVES.items() if source == target} == set()
    assert not {source for source, _target, _by in MOVES.values()} & ENDS


def test_the_end_of_a_plan_takes_the_flag_off_what_ended_a_moment_before(
    world: World, shielding: Platform
) -> None:
    """Between the end of a record and the settler that lets its shield go, the court's ruling is carried out:
    no settler looks at the record behind it."""
    other = RecordFactory(subject=world.subject, authority=world.authority)
    carried_out(world, records=[world.record, other])
    Record.objects.filter(pk=other.pk).update(standing="expired", ended_on=LATER)
    carried_out(world, "performed", today=LATER, made_on=LATER)
    settle_all(today=LATER)
    assert not RecordFlag.objects.filter(off_at__isnull=True).exists()
    other.refresh_from_db()
    assert other.standing == "expired"


def test_the_notice_of_a_failed_plan_does_not_call_over_what_is_held_at_its_maximum(
    world: World, shielding: Platform
) -> None:
    hold_rule()
    carried_out(world)
    day = date(2027, 5, 7)
    expire_records(today=day)
    carried_out(world, "failed", today=day, made_on=day)
    row = Document.objects.get(kind="shield_end_notice").context["rows"][0]
    assert (row["public_until"], row["until_removed"]) == (None, True)
    world.record.refresh_from_db()
    assert world.record.standing == "active"


def test_what_comes_back_behind_a_performed_plan_is_not_hidden_at_the_platforms(
    world: World, shielding: Platform
) -> None:
    """They keep a shield while a record is down, and its repair is revoked once the plan is history."""
    other = RecordFactory(subject=world.subject, authority=world.authority)
    carried_out(world, records=[world.record, other])
    approved_case(world)
    settle_all(today=TODAY)
    carried_out(world, "performed", today=LATER, made_on=LATER)
    Record.objects.filter(pk=world.record.pk).update(standing="active", ended_on=None)
    assert settlers.show_behind_a_plan(today=LATER) == 1
    assert told(world.record, shielding)[-1] == "unshield"
    assert settlers.show_behind_a_plan(today=LATER) == 0, "once"
