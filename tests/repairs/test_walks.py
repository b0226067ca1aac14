"""Random walks through the machine beside a plain model of what must hold."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction as database
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, CaseActor
from credit_repair.cases.services import transition
from credit_repair.notices.models import Document
from credit_repair.people.models import Role
from credit_repair.people.services import grant_mandate
from credit_repair.platforms.models import Message
from tests.world import (
    AGREE,
    DISAGREE,
    SINCE,
    TODAY,
    World,
    build_world,
    complete_draft,
    confirm_removal,
    member,
)

ENDS = {"completed", "not_accepted", "refused", "withdrawn", "discarded", "closed_moot"}
RUNNING = {
    "submitted": {"acceptance", "answer"},
    "verifying": {"decision", "answer"},
    "deciding": {"decision", "answer"},
}
#: An official who acts for the subject does what the clerk does, and nothing of what officials do.
APPLICANTS = ("clerk", "conflicted")
#: action → from, to, and the people who may
MODEL: dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]] = {
    "discard": (("draft",), "discarded", APPLICANTS),
    "submit": (("draft",), "submitted", APPLICANTS),
    "accept": (("submitted",), "verifying", ("intake",)),
    "refuse_to_accept": (("submitted",), "not_accepted", ("intake",)),
    "give_opinion": (("verifying",), "deciding", ("verifier", "both")),
    "send_back": (("deciding",), "verifying", ("approver", "both")),
    "approve": (("deciding",), "approved", ("approver", "both")),
    "refuse": (("deciding",), "refused", ("approver", "both")),
    "withdraw": (("submitted", "verifying", "deciding"), "withdrawn", APPLICANTS),
    "settle": (("approved",), "completed", ("system",)),
    "close_as_moot": (("draft", "submitted", "verifying", "deciding"), "closed_moot", ("system",)),
}
#: What a walk mostly does, so that it comes anywhere; drawn as often as anything at all.
NEXT = {
    "draft": ("submit", "clerk"),
    "submitted": ("accept", "intake"),
    "verifying": ("give_opinion", "verifier"),
    "deciding": ("approve", "approver"),
    "approved": ("settle", "system"),
}
WORDS = {"reason": "理由如下"}


class Walk(RuleBasedStateMachine):
    """One application; `people` and `pk` are set by the test."""

    people: dict[str, Any]
    pk: int
    world: World
    #: Every state that any walk has come to.
    reached: set[str] = set()

    @initialize(steps=st.integers(min_value=0, max_value=4))
    def begin(self, steps: int) -> None:
        """Begin so many steps down the main line, so that every state is walked from."""
        self.atomic = database.atomic()
        self.atomic.__enter__()
        self.case = Case.objects.get(pk=self.pk)
        self.state, self.day = "draft", TODAY
        self.verified: set[str] = set()
        self.decisions = 0
        self.events = self.case.events.count()
        self.receipts = False
        for _step in range(steps):
            self.go_on_with(AGREE)

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            database.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @rule(days=st.integers(min_value=1, max_value=9))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule()
    def platforms_confirm(self) -> None:
        if self.state == "approved":
            confirm_removal(self.world)
            self.receipts = True

    @rule(opinion=st.sampled_from([AGREE, DISAGREE]))
    def go_on(self, opinion: dict[str, str]) -> None:
        self.go_on_with(opinion)

    def go_on_with(self, opinion: dict[str, str]) -> None:
        if self.state in NEXT:
            self.attempt(*NEXT[self.state], opinion)

    @rule(pick=st.integers(min_value=0, max_value=99), opinion=st.sampled_from([AGREE, DISAGREE]))
    def turn_off(self, pick: int, opinion: dict[str, str]) -> None:
        """Do something else that is open now, if anything is."""
        open_now = [
            (action, who)
            for action, (sources, _target, may) in MODEL.items()
            for who in may
            if self.state in sources and self._unhindered(action, who)
        ]
        if open_now:
            self.attempt(*open_now[pick % len(open_now)], opinion)

    @rule(
        action=st.sampled_from(sorted(MODEL)),
        who=st.sampled_from(
            ["clerk", "intake", "verifier", "approver", "both", "conflicted", "foreign", "system"]
        ),
        opinion=st.sampled_from([AGREE, DISAGREE]),
    )
    def anything(self, action: str, who: str, opinion: dict[str, str]) -> None:
        self.attempt(action, who, opinion)

    def attempt(self, action: str, who: str, opinion: dict[str, str]) -> None:
        sources, target, may = MODEL[action]
        works = self.state in sources and who in may and self._unhindered(action, who)
        try:
            with database.atomic():
                transition(
                    case=self.case,
                    action=action,
                    actor=self.people[who],
                    today=self.day,
                    data={**WORDS, **opinion},
                )
        except (ActionRefused, NotYours):
            assert not works, f"{who} {action} in {self.state}"
            return
        assert works, f"{who} {action} in {self.state} went through"
        self.state = target
        self.reached.add(target)
        self.events += 1
        if action == "give_opinion":
            self.verified.add(who)
        self.decisions += action in ("approve", "refuse")

    def _unhindered(self, action: str, who: str) -> bool:
        if action in ("send_back", "approve", "refuse"):
            return who not in self.verified
        if action == "settle":
            return self.receipts
        return action != "close_as_moot"  # the record goes on being shown

    @invariant()
    def the_case_agrees_with_the_model(self) -> None:
        if not hasattr(self, "case"):
            return
        case = Case.objects.get(pk=self.pk)
        assert case.state == self.state
        assert (case.closed_on is not None) == (self.state in ENDS)
        assert case.events.count() == self.events
        running = set(case.clocks.filter(stopped_on__isnull=True).values_list("kind", flat=True))
        assert running == RUNNING.get(self.state, set())
        if case.submitted_on:
            answer = case.clocks.get(kind="answer")
            assert answer.started_on == case.submitted_on, "the answer clock is started once and kept"
            assert case.clocks.filter(kind="acceptance").count() == 1
        assert case.clocks.filter(kind="decision").count() <= 1

    @invariant()
    def nobody_decides_twice_or_what_they_verified(self) -> None:
        if not hasattr(self, "case"):
            return
        case = Case.objects.get(pk=self.pk)
        assert self.decisions <= 1
        decided = Document.objects.filter(kind__startswith="decision_", case_link__case=case)
        assert decided.count() == self.decisions
        assert Message.objects.count() == (self.state in ("approved", "completed"))
        parts = {part: set() for part in CaseActor.Part.values}
        for actor in case.actors.all():
            parts[actor.part].add(actor.user_id)
        assert not parts["verify"] & parts["decide"]
        assert parts["verify"] == {self.people[who].pk for who in self.verified}


@pytest.mark.django_db
def test_random_walks_agree_with_the_model() -> None:
    world = build_world()
    conflicted = member(world.authority, Role.VERIFIER, Role.APPROVER)
    grant_mandate(user=conflicted, subject=world.subject, since=SINCE)
    people = {
        "clerk": world.clerk,
        "intake": world.intake,
        "verifier": world.verifier,
        "approver": world.approver,
        "both": member(world.authority, Role.VERIFIER, Role.APPROVER),
        "conflicted": conflicted,
        "foreign": member(build_world().authority, Role.VERIFIER, Role.APPROVER),
        "system": None,
    }
    Walk.people, Walk.world, Walk.pk = people, world, complete_draft(world).pk
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=25,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Walk.reached >= {"submitted", "verifying", "deciding", "approved"}, "the walks came far enough"
