"""Whatever is shielded, ended, cancelled and taken back, in whatever order: a platform shows at the end what
the law wants. And the day of a withdrawal."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credit_repair.cases.models import Paper
from credit_repair.core.settling import settle_all
from credit_repair.people.models import Role, User
from credit_repair.platforms.models import Message
from credit_repair.platforms.services.announcing import announce_new_publications
from credit_repair.registry.models import Platform, Record
from credit_repair.rules import national_calendar
from credit_repair.rulings.models import PenaltyCancellation, Shield
from credit_repair.rulings.services.undoing import ask_undo, undo_cancellation
from tests.platforms.test_superseding import ModelPlatform
from tests.registry.factories import MOMENT, PlatformFactory, PublicationFactory
from tests.rulings.shielding import carried_out
from tests.rulings.test_cancelling import cancel
from tests.world import TODAY, World, member

pytestmark = pytest.mark.django_db

STEPS = st.lists(
    st.sampled_from(["plan", "performed", "failed", "cancel", "undo", "late", "send"]), max_size=7
)


class Telling:
    """A platform that takes shields, and the messages that it has got so far."""

    def __init__(self, record: Record) -> None:
        self.platform: Platform = PlatformFactory(actions=["shield", "unshield"])
        PublicationFactory(record=record, platform=self.platform)
        self.model = ModelPlatform()
        self.model.published = True

    def send(self) -> None:
        """Deliver what waits, in its order."""
        for message in Message.objects.filter(platform=self.platform, state="waiting").order_by("sequence"):
            self.model.apply(message)
            Message.objects.filter(pk=message.pk).update(
                state="confirmed", attempts=1, receipt="R-1", confirmed_at=MOMENT
            )
            if message.action in ("terminate", "publish"):
                state = "removed" if message.action == "terminate" else "shown"
                message.record.publications.filter(platform=self.platform).update(
                    state=state, removed_at=message.created_at if state == "removed" else None
                )

    @property
    def shows(self) -> bool:
        return self.model.published and not self.model.shielded


def step(world: World, paper: Paper, second: User, what: str, telling: Telling) -> None:
    """Do one thing, where it is possible now."""
    world.record.refresh_from_db()
    running = Shield.objects.filter(state="running").exists()
    cancelled = PenaltyCancellation.objects.filter(undone_at__isnull=True).first()
    if what == "send":
        telling.send()
    elif what == "plan" and not running and world.record.standing == "active":
        carried_out(world, made_on=TODAY)
    elif what in ("performed", "failed") and running:
        carried_out(world, what, made_on=TODAY)
    elif what == "cancel" and cancelled is None:
        cancel(world, paper, record=world.record)
    elif what == "undo" and cancelled is not None:
        ask_undo(row=cancelled, actor=world.approver, reason="登记错误")
        undo_cancellation(row=cancelled, actor=second, today=TODAY)
    settle_all(today=TODAY)
    announce_new_publications(today=TODAY)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_a_platform_shows_at_the_end_what_the_law_wants(world: World, paper: Paper, steps: list[str]) -> None:
    with transaction.atomic():
        second = member(world.authority, Role.APPROVER, name="钱批")
        telling = Telling(world.record)
        for what in steps:
            step(world, paper, second, what, telling)
        telling.send()
        world.record.refresh_from_db()
        hidden = Shield.objects.filter(state="running").exists()
        wanted = world.record.standing == "active" and not hidden
        assert telling.shows == wanted, steps
        assert world.record.flags.filter(kind="shield", off_at__isnull=True).exists() == (
            hidden and world.record.standing == "active"
        )
        transaction.set_rollback(True)
    world.record.refresh_from_db()


@given(decided=st.dates(date(2026, 5, 6), TODAY), days=st.integers(1, 10))
def test_the_last_day_to_confirm_is_a_working_day_that_many_on(decided: date, days: int) -> None:
    calendar = national_calendar()
    due = calendar.add_working_days(decided, days).due
    assert calendar.working_days_between(decided, due) == days
    assert calendar.is_working_day(due)
    assert due - decided >= timedelta(days=days)
