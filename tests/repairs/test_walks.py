"""Random walks through the machine beside a plain model of what must hold."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction as database
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, CaseActor, ReviewStep, RouteStep
from credit_repair.cases.services import transition
from credit_repair.cases.services.fairness import declare_recusal, grant_override, revoke_override
from credit_repair.cases.services.handling import claim
from credit_repair.notices.models import Document
from credit_repair.people.models import Role
from credit_repair.people.services import grant_mandate
from credit_repair.platforms.models import Message
from credit_repair.registry.law import current_calendar
from credit_repair.registry.models import Office, Record
from tests.registry.factories import OfficeFactory
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
#: "head" is of the office above, which re-checks where the route says so; "other" of another credit office;
#: "second" of an office that verifies along 会同核查 where the route names it.
INTAKE, APPROVE = ("intake", "other"), ("approver", "both", "head")
EVERYBODY = [
    "clerk",
    "intake",
    "other",
    "verifier",
    "second",
    "approver",
    "both",
    "head",
    "conflicted",
    "foreign",
    "system",
]
OFFICIALS = ["intake", "other", "verifier", "second", "approver", "both", "head", "foreign"]
OF_THE_AUTHORITY = ("verifier", "approver", "both")
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
    "ask_correction": (("submitted",), "correction", INTAKE),
    "forward": (("submitted",), "", INTAKE),
    "resubmit": (("correction",), "submitted", APPLICANTS),
    "lapse": (("correction",), "lapsed", ("system",)),
    "urge": (URGED_IN, "", APPLICANTS),
    "accept": (("submitted",), "verifying", INTAKE),
    "refuse_to_accept": (("submitted",), "not_accepted", INTAKE),
    "give_opinion": (("verifying",), "deciding", ("verifier", "both", "second")),
    "extend": (("verifying", "deciding"), "", APPROVE),
    "send_back": (("deciding",), "verifying", APPROVE),
    "endorse": (("deciding",), "", APPROVE),
    "approve": (("deciding",), "approved", APPROVE),
    "refuse": (("deciding",), "refused", APPROVE),
    "withdraw": (BEFORE_DECISION[1:], "withdrawn", APPLICANTS),
    "settle": (("approved",), "completed", ("system",)),
    "close_as_moot": (BEFORE_DECISION, "closed_moot", ("system",)),
}
#: What a walk mostly does, so that it comes anywhere; drawn as often as anything at all.
NEXT = {
    "draft": ("submit", "clerk"),
    "scheduled": ("submit_when_due", "system"),
    "correction": ("resubmit", "clerk"),
    "verifying": ("give_opinion", "verifier"),
    "approved": ("settle", "system"),
}
#: Turns off the main line: after how many steps of it, and who takes them.
TURNS = {"forward": (1, "intake"), "extend": (2, "approver"), "send_back": (3, "approver")}
STARTS: list[int | str] = [*range(7), "schedule", "ask_correction", "forget", *TURNS]
WORDS = {"reason": "理由如下", "items": ONE_GAP}


def in_working_days(day: date, count: int) -> date:
    return current_calendar().add_working_days(day, count).due


class Walk(RuleBasedStateMachine):
    """One application; `people` and `pk` are set by the test."""

    people: dict[str, Any]
    pk: int
    world: World
    #: Whether the office above re-checks; the other credit office; the one that verifies along, if one does.
    rechecked: bool
    elsewhere: Office
    along: Office | None
    #: Where the walks begin: one of STARTS.
    start: int | str
    #: Every state that any walk has come to, and every act that went through.
    reached: set[str] = set()
    done: set[str] = set()

    @initialize()
    def begin(self) -> None:
        """Begin so many steps down the main line, or at a turn of it, so that every state is walked from."""
        start = self.start
        self.atomic = database.atomic()
        self.atomic.__enter__()
        self.case = Case.objects.get(pk=self.pk)
        self.state, self.day = "draft", TODAY
        self.verified: set[str] = set()
        self.decided: set[str] = set()
        #: Who takes it in; how far up the decision is; who keeps away; who has which step in hand.
        self.at, self.level, self.extended = "intake", 0, False
        self.recused: set[str] = set()
        #: Whose opinions are there, since it was last sent to be verified.
        self.given: set[str] = set()
        self.taken: dict[str, str] = {}
        #: Until when "both" may take both parts, and whether they ever were let.
        self.let_until, self.let = date(2026, 1, 1), False
        self.decisions = 0
        self.events = self.case.events.count()
        self.receipts = False
        #: Until when it is held back; the day it waits for; the last day of a correction.
        self.held_until = self.waits_for = self.correct_by = date(2026, 1, 1)
        self.asked = self.answered = False
        self.urged_on: date | None = None
        if start == "schedule":
            self.a_restriction_comes_to_light()
            self.attempt("schedule", "clerk", AGREE)
        elif start in ("ask_correction", "forget"):
            self.go_on_with(AGREE)
            self.attempt("ask_correction", "intake", AGREE)
            self.day = self.correct_by + timedelta(days=1) if start == "forget" else self.day
        elif isinstance(start, str):
            way, who = TURNS[start]
            for _step in range(way):
                self.go_on_with(AGREE)
            self.attempt(start, who, AGREE)
        else:
            for _step in range(start):
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
        elif self.state == "submitted":
            self.attempt("accept", self.at, opinion)
        elif self.state == "deciding":
            last = self.level or not self.rechecked
            self.attempt("approve" if last else "endorse", "head" if self.level else "approver", opinion)
        elif self.state == "verifying" and "own" in self.given:
            self.attempt("give_opinion", "second", opinion)
        elif self.state in NEXT:
            self.attempt(*NEXT[self.state], opinion)

    @rule(who=st.sampled_from(OFFICIALS))
    def keeps_away(self, who: str) -> None:
        """An official declares not to be impartial: what they had in hand goes back to the office."""
        works = who not in self.recused and self._has_something_left(who)
        if not self._tried(works, declare_recusal, actor=self.people[who], reason="亲属"):
            return
        self.recused.add(who)
        held = [step for step, taker in self.taken.items() if taker == who]
        self.events += 1 + len(held)
        for step in held:
            del self.taken[step]

    @rule(who=st.sampled_from(OFFICIALS))
    def takes_it_up(self, who: str) -> None:
        """An official takes the open step into their hands."""
        open_now = list(self.case.steps.filter(state="open"))
        if not open_now:
            return
        theirs = [step for step in open_now if (step.office == self.along) == (who == "second")]
        step, at = (theirs or open_now)[0], self._open_step(who)
        able = self.state in RUNNING and who in self._able() and who not in self.recused
        works = able and at not in self.taken and not self._barred(who)
        if self._tried(works, claim, step=step, actor=self.people[who]):
            self.taken[at] = who
            self.events += 1

    @rule(days=st.integers(min_value=0, max_value=4))
    def the_supervisor_lets_one_person_do_both(self, days: int) -> None:
        verifies = self.state == "verifying"
        barred = "both" in self.verified and (verifies or self.state == "deciding" and not self.level)
        barred |= "both" in self.decided and "own" in self._open_seats()
        works = barred and "both" not in self.recused and self.let_until < self.day
        about = {"user": self.people["both"], "until": self.day + timedelta(days=days)}
        if self._tried(works, grant_override, actor=self.people["leader"], reason="没有别人", **about):
            self.let_until, self.let = self.day + timedelta(days=days), True
            self.events += 1

    @rule()
    def the_supervisor_takes_that_back(self) -> None:
        row = self.case.overrides.order_by("-pk").first()
        if row is None:
            return
        works = row.granted_on <= self.day <= self.let_until
        about = {"override": row, "actor": self.people["leader"], "reason": "有人了"}
        if self._tried(works, revoke_override, **about):
            self.let_until = date(2026, 1, 1)
            self.events += 1

    def _tried(self, works: bool, service: Callable[..., Any], **about: Any) -> bool:
        """Do it if it may be done; what may not is refused."""
        of_case = {} if "step" in about else {"case": self.case}
        try:
            with database.atomic():
                service(today=self.day, **of_case, **about)
        except (ActionRefused, NotYours):
            assert not works, f"{service.__name__} in {self.state}"
            return False
        assert works, f"{service.__name__} in {self.state} went through"
        return True

    def _has_something_left(self, who: str) -> bool:
        """Whether the person's office has a step that is not done."""
        early = self.state in ("submitted", "correction")
        if who in INTAKE:
            return early and who == self.at
        if who in OF_THE_AUTHORITY:
            return early or self.state == "verifying" or self.state == "deciding" and not self.level
        if who == "second":
            return self.along is not None and early or "second" in self._open_seats()
        return who == "head" and self.rechecked and self.state in RUNNING

    def _open_seats(self) -> set[str]:
        """Who is still to give an opinion."""
        if self.state != "verifying":
            return set()
        return {"own", *(["second"] if self.along else [])} - self.given

    def _open_step(self, who: str = "") -> str:
        """The name of the step that is open now to that person."""
        if self.state in ("submitted", "correction"):
            return f"intake {self.at}"
        return f"{self.state} {'second' if who == 'second' else self.level}"

    def _able(self) -> tuple[str, ...]:
        """Who could do the open step, by their office and role."""
        if self.state in ("submitted", "correction"):
            return (self.at,)
        if self.state == "verifying":
            able = {"own": ("verifier", "both"), "second": ("second",)}
            return tuple(who for seat in self._open_seats() for who in able[seat])
        return ("head",) if self.level else ("approver", "both")

    def _barred(self, who: str) -> bool:
        """Whether the four eyes keep the person from the open step."""
        if who == "both" and self.day <= self.let_until:
            return False
        other = {"verifying": self.decided, "deciding": self.verified}.get(self.state, set())
        return who in other

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
        who=st.sampled_from(EVERYBODY),
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
                    data={**WORDS, "office": self.elsewhere, **opinion},
                )
        except (ActionRefused, NotYours):
            assert not works, f"{who} {action} in {self.state}"
            return
        assert works, f"{who} {action} in {self.state} went through"
        if action == "give_opinion":
            self.taken.pop(self._open_step(who), None)
            self.given.add("second" if who == "second" else "own")
        if action != "give_opinion" or not self._open_seats():
            self.state = target or self.state
        self.reached.add(self.state)
        self.done.add(action)
        self.events += 1
        self._remember(action)
        if action == "give_opinion":
            self.verified.add(who)
        if action in ("endorse", "approve", "refuse"):
            self.decided.add(who)
        self.decisions += action in ("approve", "refuse")

    def _remember(self, action: str) -> None:
        if action in ("accept", "send_back", "endorse", "forward"):
            self.taken.clear()
        if action in ("accept", "send_back"):
            self.given.clear()
        if action == "forward":
            self.at = "other"
        elif action in ("endorse", "send_back"):
            self.level = int(action == "endorse")
        elif action == "extend":
            self.extended = True
        if action == "schedule":
            self.waits_for = self.held_until + timedelta(days=1)
        elif action == "ask_correction":
            self.asked, self.correct_by = True, in_working_days(self.day, 10)
        elif action == "urge":
            self.urged_on = self.day

    def _unhindered(self, action: str, who: str) -> bool:
        return self._is_their_turn(action, who) and self._nothing_else_hinders(action, who)

    def _is_their_turn(self, action: str, who: str) -> bool:
        """Whether, of the people who may, this one is asked now: by office, hands and impartiality."""
        if who in self.recused:
            return False
        if action == "extend":
            return who != "head" or self.rechecked
        if set(MODEL[action][2]) <= {*APPLICANTS, "system"}:
            return True
        return who in self._able() and self.taken.get(self._open_step(who), who) == who

    def _nothing_else_hinders(self, action: str, who: str) -> bool:
        asked = getattr(self, f"_may_{action}", None)
        if asked is not None:
            return bool(asked())
        if action in ("approve", "refuse") and self.rechecked and not self.level:
            return False
        if action == "endorse" and (self.level or not self.rechecked):
            return False
        if action == "forward":
            return self.at == "intake"
        if action in ("give_opinion", "send_back", "endorse", "approve", "refuse"):
            return not self._barred(who)
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

    def _may_extend(self) -> bool:
        dues = self.case.clocks.filter(stopped_on__isnull=True).values_list("due_on", flat=True)
        return not self.extended and all(due >= self.day for due in dues)

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
            assert case.clocks.filter(kind="acceptance").count() == 1 + (self.at == "other")
            assert answer.extensions.count() == self.extended
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
        twice = {self.people["both"].pk} if self.let else set()
        assert parts["verify"] & parts["decide"] <= twice, "both parts only by a supervisor's leave"
        assert parts["decide"] == {self.people[who].pk for who in self.decided}
        assert parts["verify"] == {self.people[who].pk for who in self.verified}

    @invariant()
    def it_lies_with_who_is_asked_and_its_clock_runs(self) -> None:
        """No dead end: whatever is not decided waits for somebody, by a day."""
        if not hasattr(self, "case"):
            return
        waiting = list(ReviewStep.objects.filter(case=self.pk, state="open").select_related("clock"))
        asked = len(self._open_seats()) if self.state == "verifying" else self.state in RUNNING
        assert len(waiting) == asked
        for step in waiting:
            assert step.clock is not None and step.clock.stopped_on is None
            taker = self.taken.get(self._open_step("second" if step.office == self.along else ""))
            assert step.taken_by == (self.people[taker] if taker else None)


@pytest.mark.parametrize(
    "route", ["one office decides", "the one above re-checks", "another one verifies along"]
)
@pytest.mark.django_db
def test_random_walks_agree_with_the_model(route: str) -> None:
    rechecked, joint = route == "the one above re-checks", route == "another one verifies along"
    world = build_world()
    upper = OfficeFactory()
    if rechecked:
        Office.objects.filter(pk=world.authority.pk).update(parent=upper)
        RouteStep.objects.create(kind="repair", rule_class="", position=4, phase="decide", seat="upper")
    elsewhere, along = OfficeFactory(credit=True), OfficeFactory()
    if joint:
        RouteStep.objects.create(
            kind="repair", rule_class="", position=4, phase="verify", seat="named", office=along
        )
    conflicted = member(world.authority, Role.VERIFIER, Role.APPROVER)
    grant_mandate(user=conflicted, subject=world.subject, since=SINCE)
    people = {
        "clerk": world.clerk,
        "intake": world.intake,
        "other": member(elsewhere, Role.INTAKE),
        "head": member(upper, Role.APPROVER),
        "leader": member(world.authority, Role.SUPERVISOR),
        "verifier": world.verifier,
        "second": member(along, Role.VERIFIER),
        "approver": world.approver,
        "both": member(world.authority, Role.VERIFIER, Role.APPROVER),
        "conflicted": conflicted,
        "foreign": member(build_world().authority, Role.VERIFIER, Role.APPROVER),
        "system": None,
    }
    Walk.people, Walk.world, Walk.rechecked, Walk.elsewhere = people, world, rechecked, elsewhere
    Walk.along = along if joint else None
    Walk.reached, Walk.done, Walk.pk = set(), set(), complete_draft(world).pk
    for start in STARTS:
        Walk.start = start
        run_state_machine_as_test(
            Walk,
            settings=settings(
                max_examples=4,
                stateful_step_count=12,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    far = {"scheduled", "submitted", "correction", "verifying", "deciding", "approved", "lapsed"}
    assert Walk.reached >= far, "the walks came far enough"
    assert Walk.done >= {"forward", "extend", "send_back", *(["endorse"] if rechecked else [])}
