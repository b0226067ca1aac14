"""Random walks of one record through all that may end it and bring it back, with deliveries, failures and
settlers in between: at the end every platform shows what the law wants, and the rows agree."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from credit_repair.cases.models import Paper
from credit_repair.core.settling import settle_all
from credit_repair.people.models import Role, User
from credit_repair.platforms.confirming import confirm_effect
from credit_repair.platforms.expiry import expire_records
from credit_repair.platforms.models import Message
from credit_repair.platforms.services import enqueue_removal, show_again
from credit_repair.platforms.services.announcing import announce_new_publications
from credit_repair.registry.flags import has_flag
from credit_repair.registry.models import Platform, Publication, Record
from credit_repair.registry.services import end_record
from credit_repair.registry.services.adjust import adjust_record
from credit_repair.registry.services.held import release_held
from credit_repair.registry.services.law import set_rule
from credit_repair.registry.services.reinstating import reinstate_record
from credit_repair.rulings.models import PenaltyCancellation, Shield, ShieldedRecord
from credit_repair.rulings.services.undoing import ask_undo, undo_cancellation
from tests.platforms.test_held import hold_rule
from tests.platforms.test_superseding import ModelPlatform
from tests.registry.factories import MOMENT, PlatformFactory, PublicationFactory, RecordFactory
from tests.rulings.shielding import carried_out
from tests.rulings.test_cancelling import cancel
from tests.world import TODAY, World, member

pytestmark = pytest.mark.django_db

#: What the platforms take, beside publishing and removing.
TAKEN: tuple[tuple[str, ...], ...] = (("shield", "unshield", "restore"), ("shield", "unshield"), ())


class Walk(RuleBasedStateMachine):
    """One record at three platforms; each plan shields another one, too. The test sets the world."""

    world: World
    paper: Paper
    second: User
    platforms: list[Platform]

    @initialize(held=st.booleans(), made_up=st.booleans())
    def begin(self, held: bool, made_up: bool) -> None:
        """Begin under the rules of a sector that may hold at the maximum, or make up the days not served."""
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.day = TODAY
        self.models = {platform.pk: ModelPlatform() for platform in self.platforms}
        for model in self.models.values():
            model.published = True
        if held:
            hold_rule()
        if made_up:
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

    def teardown(self) -> None:
        if not hasattr(self, "atomic"):
            return
        try:
            for _again in range(2):
                self.settlers_run()
                while any(self._deliver(platform) for platform in self.platforms):
                    pass
            self._must_agree()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # -- what happens around it

    @rule(days=st.sampled_from([1, 30, 170]))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule()
    def settlers_run(self) -> None:
        expire_records(today=self.day)
        settle_all(today=self.day)
        announce_new_publications(today=self.day)

    @rule(number=st.integers(0, 2))
    def a_message_arrives(self, number: int) -> None:
        self._deliver(self.platforms[number])

    @rule(number=st.integers(0, 2))
    def a_message_is_tried_in_vain(self, number: int) -> None:
        head = self._head(self.platforms[number])
        if head is not None:
            Message.objects.filter(pk=head.pk).update(attempts=head.attempts + 1)

    # -- what is done to it

    @precondition(lambda self: self._record().standing == "active")
    @rule()
    def repaired(self) -> None:
        record, cause = self._record(), uuid.uuid4()
        self._end(record, cause)

    @precondition(lambda self: self._record().standing == "repaired" and not self._repaired_by_plan())
    @rule()
    def its_repair_is_revoked(self) -> None:
        record = self._record()
        rest = reinstate_record(record=record, on=self.day, at=MOMENT, actor_label="x")
        if rest.is_left:
            assert rest.until is None or rest.until >= self.day, "no letter names a day in the past"
            show_again(record=record, cause=uuid.uuid4(), cause_text="恢复公示")

    @precondition(lambda self: self._cancellation() is None)
    @rule()
    def its_penalty_is_cancelled(self) -> None:
        cancel(self.world, self.paper, record=self._record(), decided_on=self.day, today=self.day)

    @precondition(lambda self: self._cancellation() is not None)
    @rule()
    def that_is_taken_back(self) -> None:
        row: Any = self._cancellation()
        ask_undo(row=row, actor=self.world.approver, reason="登记错误")
        undo_cancellation(row=row, actor=self.second, today=self.day)

    @precondition(lambda self: self._can_be_shielded())
    @rule()
    def a_plan_shields_it(self) -> None:
        carried_out(
            self.world,
            today=self.day,
            made_on=self.day,
            plan_until=None,
            records=[
                self._record(),
                RecordFactory(subject=self.world.subject, authority=self.world.authority),
            ],
        )

    @precondition(lambda self: self._plan_runs())
    @rule(kind=st.sampled_from(["performed", "failed"]))
    def the_plan_ends(self, kind: str) -> None:
        carried_out(self.world, kind, today=self.day, made_on=self.day)

    @precondition(lambda self: not self._record().has_ended)
    @rule()
    def somebody_finds_it_of_another_class(self) -> None:
        record = self._record()
        value = "" if record.set_class else "minor"
        adjust_record(
            record=record,
            actor=self.world.approver,
            today=self.day,
            values={"set_class": value},
            basis="某规定",
            reason="认定有误",
        )

    @precondition(lambda self: has_flag(self._record(), "held") and self._is_over())
    @rule()
    def its_duties_are_found_performed(self) -> None:
        record = self._record()
        if record.standing == "active":
            release_held(record=record, actor=self.second, today=self.day, performed_on=self.day, note="已核")

    # -- what must hold

    def _must_agree(self) -> None:
        record = self._record()
        active = record.standing == "active"
        assert record.has_ended == (record.ended_on is not None)
        assert record.ended_on is None or record.ended_on <= self.day
        covered = ShieldedRecord.objects.filter(record=record, shield__state="running").exists()
        assert ShieldedRecord.objects.filter(record=record, off_on__isnull=True).count() <= 1
        if record.has_ended or not covered:
            assert not has_flag(record, "shield")
        if record.has_ended:
            assert not record.flags.filter(off_at__isnull=True).exists()
        if active:
            assert has_flag(record, "shield") == covered
            assert has_flag(record, "held") == self._is_over()
        assert not Message.objects.filter(record=record, state="waiting").exists()
        for platform in self.platforms:
            model = self.models[platform.pk]
            assert model.published == active, platform.actions
            state = record.publications.get(platform=platform).state
            assert state == ("shown" if active else "removed")
            if active:
                assert model.shielded == (covered and "shield" in platform.actions)

    # -- how it is done

    def _record(self) -> Record:
        return Record.objects.select_related("subject", "authority__sector").get(pk=self.world.record.pk)

    def _is_over(self) -> bool:
        until = self._record().effective_until
        return until is not None and until < self.day

    def _cancellation(self) -> PenaltyCancellation | None:
        return PenaltyCancellation.objects.filter(record=self.world.record, undone_at__isnull=True).first()

    def _can_be_shielded(self) -> bool:
        return self._record().standing == "active" and not self._plan_runs()

    def _plan_runs(self) -> bool:
        return Shield.objects.filter(state="running").exists()

    def _repaired_by_plan(self) -> bool:
        """Such a repair has no case whose decision could be revoked."""
        return "case" not in self._record().events.filter(what="repaired").latest("pk").data

    def _end(self, record: Record, cause: uuid.UUID) -> None:
        end_record(
            record=record,
            standing="repaired",
            what="repaired",
            on=self.day,
            at=MOMENT,
            actor_label="x",
            data={"case": "x"},
        )
        enqueue_removal(record=record, cause=cause, cause_text="准予信用修复")

    def _head(self, platform: Platform) -> Message | None:
        waiting = Message.objects.filter(platform=platform, record=self.world.record, state="waiting")
        return waiting.order_by("sequence").first()

    def _deliver(self, platform: Platform) -> bool:
        message = self._head(platform)
        if message is None:
            return False
        self.models[platform.pk].apply(message)
        Message.objects.filter(pk=message.pk).update(
            state="confirmed", attempts=message.attempts + 1, receipt="R-1", confirmed_at=MOMENT
        )
        confirm_effect(message, receipt="R-1", now=MOMENT)
        return True


def test_whatever_ends_a_record_and_brings_it_back_all_agree_at_the_end(world: World, paper: Paper) -> None:
    Publication.objects.filter(record=world.record).delete()
    made = [PlatformFactory(actions=list(actions)) for actions in TAKEN]
    for platform in made:
        PublicationFactory(record=world.record, platform=platform)
    another = member(world.authority, Role.APPROVER, name="钱批")

    class Here(Walk):
        pass

    Here.world, Here.paper, Here.second, Here.platforms = world, paper, another, made
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Here,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
