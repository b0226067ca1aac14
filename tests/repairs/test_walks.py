"""Random walks through the machine beside a plain model of what must hold."""

from datetime import date, timedelta
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
from credit_repair.registry.law import current_calendar
from credit_repair.registry.models import Record
from tests.world import (
    AGREE,
    DISAGREE,
    ONE_GAP,
    SINCE,
    TODAY,
    World,
    answer_gaps,
    build_world,
    complete_draft,
    confirm_removal,
    member,
)

ENDS = {"completed", "not_accepted", "refused", "withdrawn", "discarded", "lapsed", "closed_moot"}
RUNNING = {
    "submitted": {"acceptance", "answer"},
    "correction": {"acceptance", "answer", "correction"},
    "verifying": {"decision", "answer"},
    "deciding": {"decision", "answer"},
}
#: An official who acts for the subject does what the clerk does, and nothing of what officials do.
APPLICANTS = ("clerk", "conflicted")
BEFORE_DECISION = ("draft", "scheduled", "submitted", "correction", "verifying", "deciding")
URGED_IN = ("submitted", "verifying", "deciding")
#: action → from, to ("": where it was), and the people who may
MODEL: dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]] = {
    "discard": (("draft",), "discarded", APPLICANTS),
    "submit": (("draft",), "submitted", APPLICANTS),
    "schedule": (("draft",), "scheduled", APPLICANTS),
    "unschedule": (("scheduled",), "draft", APPLICANTS),
    "submit_when_due": (("scheduled",), "submitted", ("system",)),
    "return_to_draft": (("scheduled",), "draft", ("system",)),
    "ask_correction": (("submitted",), "correction", ("intake",)),
    "resubmit": (("correction",), "submitted", APPLICANTS),
    "lapse": (("correction",), "lapsed", ("system",)),
    "urge": (URGED_IN, "", APPLICANTS),
    "accept": (("submitted",), "verifying", ("intake",)),
    "refuse_to_accept": (("submitted",), "not_accepted", ("intake",)),
    "give_opinion": (("verifying",), "deciding", ("verifier", "both")),
    "send_back": (("deciding",), "verifying", ("approver", "both")),
    "approve": (("deciding",), "approved", ("approver", "both")),
    "refuse": (("deciding",), "refused", ("approver", "both")),
    "withdraw": (BEFORE_DECISION[1:], "withdrawn", APPLICANTS),
    "settle": (("approved",), "completed", ("system",)),
    "close_as_moot": (BEFORE_DECISION, "closed_moot", ("system",)),
}
#: What a walk mostly does, so that it comes anywhere; drawn as often as anything at all.
NEXT = {
    "draft": ("submit", "clerk"),
    "scheduled": ("submit_when_due", "system"),
    "submitted": ("accept", "intake"),
    "correction": ("resubmit", "clerk"),
    "verifying": ("give_opinion", "verifier"),
    "deciding": ("approve", "approver"),
    "approved": ("settle", "system"),
}
WORDS = {"reason": "理由如下", "items": ONE_GAP}


def in_working_days(day: date, count: int) -> date:
    return current_calendar().add_working_days(day, count).due


class Walk(RuleBasedStateMachine):
    """One application; `people` and `pk` are set by the test."""

    people: dict[str, Any]
    pk: int
    world: World
    #: Every state that any walk has come to.
    reached: set[str] = set()

    @initialize(
        steps=st.integers(min_value=0, max_value=4), turn=st.sampled_from(["", "schedule", "ask_correction"])
    )
    def begin(self, steps: int, turn: str) -> None:
        """Begin so many steps down the main line, or at a turn of it, so that every state is walked from."""
        self.atomic = database.atomic()
        self.atomic.__enter__()
        self.case = Case.objects.get(pk=self.pk)
        self.state, self.day = "draft", TODAY
        self.verified: set[str] = set()
        self.decisions = 0
        self.events = self.case.events.count()
        self.receipts = False
        #: Until when it is held back; the day it waits for; the last day of a correction.
        self.held_until = self.waits_for = self.correct_by = date(2026, 1, 1)
        self.asked = self.answered = False
        self.urged_on: date | None = None
        if turn == "schedule":
            self.a_restriction_comes_to_light()
            self.attempt("schedule", "clerk", AGREE)
        elif turn == "ask_correction":
            self.go_on_with(AGREE)
            self.attempt("ask_correction", "intake", AGREE)
        for _step in range(0 if turn else steps):
            self.go_on_with(AGREE)

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            database.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @rule(days=st.integers(min_value=1, max_value=9))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule()
    def a_correction_is_forgotten(self) -> None:
        if self.state == "correction":
            self.day = max(self.day, self.correct_by + timedelta(days=1))

    @rule()
    def a_restriction_comes_to_light(self) -> None:
        """It holds back for some days what is not submitted: that can only be filed ahead."""
        self.held_until = self.day + timedelta(days=4)
        Record.objects.filter(pk=self.case.record_id).update(restriction_until=self.held_until)

    @rule()
    def the_applicant_answers(self) -> None:
        """Where somebody is asked to correct something, they do, in time or not."""
        if self.state != "correction":
            return
        try:
            with database.atomic():
                answer_gaps(self.world, self.case, today=self.day)
        except ActionRefused:
            assert self.day > self.correct_by, "in time, what is asked can be answered"
            return
        assert self.day <= self.correct_by
        self.answered = True

    @rule()
    def platforms_confirm(self) -> None:
        if self.state == "approved":
            confirm_removal(self.world)
            self.receipts = True

    @rule(opinion=st.sampled_from([AGREE, DISAGREE]))
    def go_on(self, opinion: dict[str, str]) -> None:
        self.go_on_with(opinion)

    def go_on_with(self, opinion: dict[str, str]) -> None:
        if self.state == "correction" and self._may_lapse():
            self.attempt("lapse", "system", opinion)
        elif self.state in NEXT:
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
        self.state = target or self.state
        self.reached.add(self.state)
        self.events += 1
        self._remember(action)
        if action == "give_opinion":
            self.verified.add(who)
        self.decisions += action in ("approve", "refuse")

    def _remember(self, action: str) -> None:
        if action == "schedule":
            self.waits_for = self.held_until + timedelta(days=1)
        elif action == "ask_correction":
            self.asked, self.correct_by = True, in_working_days(self.day, 10)
        elif action == "urge":
            self.urged_on = self.day

    def _unhindered(self, action: str, who: str) -> bool:
        asked = getattr(self, f"_may_{action}", None)
        if asked is not None:
            return bool(asked())
        if action in ("send_back", "approve", "refuse"):
            return who not in self.verified
        if action == "settle":
            return self.receipts
        return action != "close_as_moot"  # the record goes on being shown

    def _may_submit(self) -> bool:
        return self.day > self.held_until

    def _may_schedule(self) -> bool:
        return not self._may_submit()

    def _may_return_to_draft(self) -> bool:
        return self.day >= self.waits_for

    def _may_submit_when_due(self) -> bool:
        return self._may_return_to_draft() and self._may_submit()

    def _may_ask_correction(self) -> bool:
        return not self.asked

    def _may_resubmit(self) -> bool:
        return self.answered and self.day <= self.correct_by

    def _may_lapse(self) -> bool:
        return self.day > self.correct_by

    def _may_urge(self) -> bool:
        running = self.case.clocks.filter(stopped_on__isnull=True)
        waited = self.urged_on is None or self.day >= in_working_days(self.urged_on, 3)
        return waited and any(clock.due_on and clock.due_on < self.day for clock in running)

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
        standing = set(case.clocks.filter(due_on=None).values_list("kind", flat=True))
        assert standing == ({"acceptance", "answer"} if self.state == "correction" else set())
        assert case.repair.scheduled_for == (self.waits_for if self.state == "scheduled" else None)
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
    far = {"scheduled", "submitted", "correction", "verifying", "deciding", "approved", "lapsed"}
    assert Walk.reached >= far, "the walks came far enough"
