"""Random walks through what comes after a decision, beside a plain model of what must hold."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction as database
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case
from credit_repair.cases.services import transition
from credit_repair.notices.models import Document
from credit_repair.people.models import Role
from credit_repair.platforms.models import Message
from credit_repair.registry.models import Publication, Record
from credit_repair.repairs.models import ApplicationBar, Revocation
from credit_repair.repairs.services.reviews import Filed, Order, conclude_review, file_review
from tests.registry.factories import OfficeFactory
from tests.repairs.revoking import false_material
from tests.world import (
    TODAY,
    World,
    approved_case,
    build_world,
    confirm_removal,
    deciding_case,
    do,
    member,
    upload,
)

#: Who may do what, by their office and role; whether anything else hinders, the model says.
MAY: dict[str, tuple[str, ...]] = {
    "propose_revocation": ("approver", "both"),
    "enter_answer": ("approver", "both"),
    "answer_revocation": ("clerk",),
    "drop_revocation": ("overseer", "both", "chief"),
    "revoke": ("overseer", "both", "chief"),
    "reopen": ("approver", "both", "head"),
    "approve": ("approver", "both", "head"),
    "refuse": ("approver", "both", "head"),
    "settle": ("system",),
}
EVERYBODY = (
    "clerk",
    "intake",
    "verifier",
    "approver",
    "both",
    "overseer",
    "head",
    "chief",
    "foreign",
    "system",
)
GRANTED = ("approved", "completed")
WORDS = {"reason": "理由如下", "answer": "由他人代办。", "way": "paper"}


class Walk(RuleBasedStateMachine):
    """One decided application; `people`, `pk` and `world` are set by the test."""

    people: dict[str, Any]
    world: World
    pk: int
    start: str
    upper: bool
    done: set[str] = set()

    @initialize(ahead=st.integers(min_value=0, max_value=2))
    def begin(self, ahead: int) -> None:
        """Begin with the decision, with a proposal, or with the answer to it."""
        self.atomic = database.atomic()
        self.atomic.__enter__()
        self.case = Case.objects.get(pk=self.pk)
        self.day, self.state = TODAY, self.start
        #: Who proposed what is not decided yet; until when it is heard (None: an order binds); if it was.
        self.proposer, self.answer_by, self.answered = "", None, False
        self.fault = False
        #: Who decided what was set aside; whether it waits for the level above, and who decides there.
        self.decided, self.set_aside, self.anew = {"approver"}, False, ()
        self.receipts, self.revoked, self.barred = self.state == "completed", False, False
        self.restores = self.removals = 0
        if self.state in GRANTED:
            self.removals = 1
            for action, who in (("propose_revocation", "approver"), ("answer_revocation", "clerk"))[:ahead]:
                self.attempt(action, who)
        elif ahead:
            self.an_order_sets_the_decision_aside()
            if ahead > 1:
                self.attempt("reopen", self.anew[0])

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            database.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @rule(days=st.integers(min_value=1, max_value=5))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule()
    def platforms_confirm(self) -> None:
        if self.state == "approved":
            confirm_removal(self.world)
            self.receipts = True

    @rule(action=st.sampled_from(sorted(MAY)), who=st.sampled_from(EVERYBODY))
    def anything(self, action: str, who: str) -> None:
        self.attempt(action, who)

    @rule(pick=st.integers(min_value=0, max_value=99))
    def something_that_works(self, pick: int) -> None:
        open_now = [(action, who) for action, may in MAY.items() for who in may if self._works(action, who)]
        if open_now:
            self.attempt(*open_now[pick % len(open_now)])

    @rule(who=st.sampled_from(["clerk", "approver"]))
    def what_is_asked_is_answered(self, who: str) -> None:
        if self._is_heard():
            self.attempt("answer_revocation" if who == "clerk" else "enter_answer", who)

    @rule()
    def the_supervisor_revokes(self) -> None:
        self.attempt("revoke", "overseer")

    @rule()
    def it_is_granted_anew(self) -> None:
        if self.anew:
            self.attempt("approve", self.anew[0])

    @rule()
    def an_order_sets_the_decision_aside(self) -> None:
        if self.state not in (*GRANTED, "refused") or self.set_aside or self.proposer:
            return
        with database.atomic():
            review = file_review(
                record=Record.objects.get(pk=self.case.record_id),
                case=Case.objects.get(pk=self.pk),
                filed=Filed("review", "县政府", "", self.day),
                actor=self.people["second"],
                today=self.day,
            )
            order = Order("set_aside", self.day, "濉政复决1号", "事实不清。")
            conclude_review(
                review=review,
                order=order,
                paper=upload("决定.pdf"),
                actor=self.people["intake"],
                today=self.day,
            )
        if self.state == "refused":
            self.set_aside = True
            self.anew = ("head",) if self.upper and not self.anew else self.anew or ("both", "approver")
        else:
            self.proposer, self.answer_by, self.answered, self.fault = "intake", None, False, False
        self.done.add("set_aside")

    def attempt(self, action: str, who: str) -> None:
        works = self._works(action, who)
        data = {**WORDS, **(false_material() if action == "propose_revocation" else {})}
        if action == "enter_answer":
            data["papers"] = [upload("说明.pdf")]
        try:
            with database.atomic():
                transition(case=self.case, action=action, actor=self.people[who], today=self.day, data=data)
        except (ActionRefused, NotYours) as refused:
            assert not works, f"{who} {action} in {self.state}: {refused}"
            return
        assert works, f"{who} {action} in {self.state} went through"
        self.done.add(action)
        getattr(self, f"_after_{action}")(who)

    def _works(self, action: str, who: str) -> bool:
        return who in MAY[action] and bool(getattr(self, f"_may_{action}")(who))

    def _may_propose_revocation(self, who: str) -> bool:
        return self.state in GRANTED and not self.proposer and who in self._of_deciding_office()

    def _of_deciding_office(self) -> tuple[str, ...]:
        return ("head",) if "head" in self.anew and self.state in GRANTED else ("approver", "both")

    def _is_heard(self) -> bool:
        asked = self.state in GRANTED and bool(self.proposer) and self.answer_by is not None
        return asked and not self.answered and self.day <= self.answer_by

    def _may_enter_answer(self, who: str) -> bool:
        return self._is_heard() and who in self._of_deciding_office() and who != self.proposer

    def _may_answer_revocation(self, who: str) -> bool:
        return self._is_heard()

    def _may_drop_revocation(self, who: str) -> bool:
        above = "head" in self._of_deciding_office()
        theirs = who in (("chief",) if above else ("overseer", "both"))
        return self.state in GRANTED and bool(self.proposer) and theirs and who != self.proposer

    def _may_revoke(self, who: str) -> bool:
        heard = self.answer_by is None or self.answered or self.day > self.answer_by
        return self._may_drop_revocation(who) and heard

    def _may_reopen(self, who: str) -> bool:
        return self.state == "refused" and self.set_aside and self._decides_anew(who)

    def _decides_anew(self, who: str) -> bool:
        return who in self.anew and who not in self.decided

    def _may_approve(self, who: str) -> bool:
        return self.state == "deciding" and self._decides_anew(who)

    _may_refuse = _may_approve

    def _may_settle(self, who: str) -> bool:
        return self.state == "approved" and self.receipts

    def _after_propose_revocation(self, who: str) -> None:
        self.proposer, self.answered, self.fault = who, False, True
        self.answer_by = Revocation.objects.get(case=self.pk, outcome="").answer_by
        assert self.answer_by > self.day

    def _after_answer_revocation(self, who: str) -> None:
        self.answered = True

    _after_enter_answer = _after_answer_revocation

    def _after_drop_revocation(self, who: str) -> None:
        self.proposer = ""

    def _after_revoke(self, who: str) -> None:
        self.state, self.proposer, self.revoked = "revoked", "", True
        self.barred, self.restores = self.fault, 1

    def _after_reopen(self, who: str) -> None:
        self.state, self.set_aside = "deciding", False

    def _after_approve(self, who: str) -> None:
        self.state, self.removals = "approved", 1

    def _after_refuse(self, who: str) -> None:
        self.state = "refused"
        self.decided.add(who)

    def _after_settle(self, who: str) -> None:
        self.state = "completed"

    @invariant()
    def the_case_agrees_with_the_model(self) -> None:
        if not hasattr(self, "case"):
            return
        case = Case.objects.get(pk=self.pk)
        assert case.state == self.state
        assert (case.closed_on is not None) == (self.state in ("completed", "refused", "revoked"))
        assert Revocation.objects.filter(case=case, outcome="").exists() == bool(self.proposer)
        waiting = case.steps.filter(state="open")
        revoking = waiting.filter(phase="revoke").count()
        assert revoking == bool(self.proposer)
        assert waiting.count() - revoking == (self.set_aside or self.state == "deciding")
        assert ApplicationBar.objects.exists() == self.barred

    @invariant()
    def publicity_agrees_with_the_decision(self) -> None:
        if not hasattr(self, "case"):
            return
        record = Record.objects.get(pk=self.case.record_id)
        assert record.standing == ("repaired" if self.state in GRANTED else "active")
        assert Message.objects.filter(action="terminate").count() == self.removals
        assert Message.objects.exclude(action="terminate").count() == self.restores
        shown = Publication.objects.get(record=record).state
        if self.state == "revoked":
            assert shown == "publishing"
            assert Document.objects.filter(kind="restoration_notice").count() == 1
        elif self.state in GRANTED:
            assert shown in ("removing", "removed")


@pytest.mark.parametrize("start", ["approved", "completed", "refused"])
@pytest.mark.parametrize("upper", [True, False], ids=["with a level above", "without"])
@pytest.mark.django_db
def test_random_walks_after_the_decision_agree_with_the_model(start: str, upper: bool) -> None:
    world = build_world()
    above = OfficeFactory(document_prefix="上级修")
    if upper:
        world.authority.parent = above
        world.authority.save()
    people = {
        "clerk": world.clerk,
        "intake": world.intake,
        "second": member(world.credit, Role.INTAKE),
        "verifier": world.verifier,
        "approver": world.approver,
        "both": member(world.authority, Role.APPROVER, Role.SUPERVISOR),
        "overseer": member(world.authority, Role.SUPERVISOR),
        "head": member(above, Role.APPROVER),
        "chief": member(above, Role.SUPERVISOR),
        "foreign": member(build_world().authority, Role.APPROVER, Role.SUPERVISOR),
        "system": None,
    }
    if start == "refused":
        case = deciding_case(world)
        do(case, "refuse", world.approver, reason="没有缴清")
    else:
        case = approved_case(world)
    if start == "completed":
        confirm_removal(world)
        do(case, "settle", None)
    Walk.people, Walk.world, Walk.pk, Walk.start, Walk.upper = people, world, case.pk, start, upper
    Walk.done = set()
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=8,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    if start == "refused":
        assert Walk.done >= {"set_aside", "reopen", "approve"}
    else:
        assert Walk.done >= {"propose_revocation", "answer_revocation", "revoke", "drop_revocation"}
