"""The machine of the repair application 信用修复申请: the only place where its state changes.

Read it as a table: from (source), action (method), to (target), who (by), what must hold (guards, needs), and
what follows, in this order (effects). cases.services.transition() is the one that acts on it;
`manage.py draw_states` draws it for docs/states-repair.md.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.effects import (
    cancel_steps,
    finish_step,
    issue,
    mail_applicant,
    note_part,
    open_phase,
    open_phase_when_entered,
    plan_steps,
    start_clock,
    stop_clock,
    take_number,
)
from credit_repair.cases.flow import Action, CaseFlow, State, act
from credit_repair.cases.guards import needs_text, not_acted_as
from credit_repair.cases.models import CaseActor, Phase
from credit_repair.cases.parts import Part
from credit_repair.cases.services.steps import is_last_open
from credit_repair.repairs import guards, notices
from credit_repair.repairs.effects import end_publicity, fix_offices_and_law, note_accepted, note_decided

VERIFY, DECIDE = CaseActor.Part.VERIFY, CaseActor.Part.DECIDE


class RepairState(models.TextChoices):
    """States of a repair application."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待受理")
    VERIFYING = "verifying", _("核查中")
    DECIDING = "deciding", _("待决定")
    APPROVED = "approved", _("已准予，平台撤下中")
    COMPLETED = "completed", _("已办结")
    NOT_ACCEPTED = "not_accepted", _("不予受理")
    REFUSED = "refused", _("不予修复")
    WITHDRAWN = "withdrawn", _("已撤回")
    DISCARDED = "discarded", _("已放弃")
    CLOSED_MOOT = "closed_moot", _("已终结")


S = RepairState


def after_opinion(flow: "RepairFlow", step: Action) -> RepairState:
    """When all opinions are in, the case goes to the approver, whatever they say: silence is no consent."""
    return S.DECIDING if is_last_open(case=flow.case, phase=Phase.VERIFY) else S.VERIFYING


class RepairFlow(CaseFlow):
    """The repair application around one case row."""

    ENDS = frozenset({S.COMPLETED, S.NOT_ACCEPTED, S.REFUSED, S.WITHDRAWN, S.DISCARDED, S.CLOSED_MOOT})
    CLOCKS_STOP = ENDS | {S.APPROVED}

    state = State(RepairState, default=S.DRAFT)

    @state.getter()
    def _stored(self) -> str:
        return self.case.state

    @state.setter()
    def _store(self, value: RepairState) -> None:
        self.case.state = value.value

    @state.transition(
        source=S.DRAFT,
        target=S.DISCARDED,
        label=_("放弃草稿"),
        custom=act(by=Part.APPLICANT, title=_("已放弃草稿")),
    )
    def discard(self, step: Action) -> None:
        """The applicant gives a draft up."""

    @state.transition(
        source=S.DRAFT,
        target=S.SUBMITTED,
        label=_("提交申请"),
        custom=act(
            by=Part.APPLICANT,
            title=_("已提交申请"),
            guards=(guards.statement_complete, guards.materials_complete, guards.eligible),
            effects=(
                fix_offices_and_law,
                take_number,
                plan_steps,
                start_clock("acceptance", "answer"),
                open_phase(Phase.INTAKE, clock="acceptance"),
                issue(notices.receipt_of_materials),
                mail_applicant("repair_submitted"),
            ),
        ),
    )
    def submit(self, step: Action) -> None:
        """The applicant files a complete application on an eligible record."""

    @state.transition(
        source=S.SUBMITTED,
        target=S.VERIFYING,
        label=_("受理"),
        custom=act(
            by=Part.INTAKE,
            title=_("已受理"),
            effects=(
                finish_step,
                note_accepted,
                stop_clock("acceptance"),
                start_clock("decision"),
                open_phase(Phase.VERIFY, clock="decision"),
                issue(notices.acceptance_notice),
                mail_applicant("repair_accepted"),
            ),
        ),
    )
    def accept(self, step: Action) -> None:
        """The credit office takes the application in."""

    @state.transition(
        source=S.SUBMITTED,
        target=S.NOT_ACCEPTED,
        label=_("不予受理"),
        custom=act(
            by=Part.INTAKE,
            title=_("不予受理"),
            needs=(needs_text("reason", _("请写明不予受理的理由，申请人会收到这段文字。")),),
            says="reason",
            effects=(
                finish_step,
                cancel_steps,
                issue(notices.non_acceptance_notice),
                mail_applicant("repair_not_accepted"),
            ),
        ),
    )
    def refuse_to_accept(self, step: Action) -> None:
        """The credit office does not take the application in, and says why."""

    @state.transition(
        source=S.VERIFYING,
        target=State.GET_STATE(after_opinion, states=[S.VERIFYING, S.DECIDING]),
        label=_("提交核查意见"),
        custom=act(
            by=Part.VERIFIER,
            title=_("已提交核查意见"),
            guards=(not_acted_as(DECIDE),),
            needs=(
                guards.needs_opinion,
                needs_text("text", _("请写明核查情况：查了什么，结果如何。")),
            ),
            says="text",
            audience="internal",
            effects=(
                finish_step,
                note_part(VERIFY),
                open_phase_when_entered(Phase.DECIDE, state=S.DECIDING, clock="decision"),
            ),
        ),
    )
    def give_opinion(self, step: Action) -> None:
        """A verifying office gives its opinion; the last one brings the case to the approver."""

    @state.transition(
        source=S.DECIDING,
        target=S.VERIFYING,
        label=_("退回核查"),
        custom=act(
            by=Part.APPROVER,
            title=_("退回补充核查"),
            guards=(not_acted_as(VERIFY),),
            needs=(needs_text("reason", _("请写明退回的原因，以及需要补充核查的内容。")),),
            says="reason",
            audience="internal",
            effects=(finish_step, open_phase(Phase.VERIFY, clock="decision")),
        ),
    )
    def send_back(self, step: Action) -> None:
        """The approver asks for more."""

    @state.transition(
        source=S.DECIDING,
        target=S.APPROVED,
        label=_("准予修复"),
        custom=act(
            by=Part.APPROVER,
            title=_("准予信用修复"),
            guards=(not_acted_as(VERIFY), guards.record_not_ended),
            effects=(
                finish_step,
                note_part(DECIDE),
                note_decided,
                issue(notices.decision_approve),
                end_publicity,
                mail_applicant("repair_approved"),
            ),
        ),
    )
    def approve(self, step: Action) -> None:
        """The determining authority grants the repair."""

    @state.transition(
        source=S.DECIDING,
        target=S.REFUSED,
        label=_("不予修复"),
        custom=act(
            by=Part.APPROVER,
            title=_("不予信用修复"),
            guards=(not_acted_as(VERIFY),),
            needs=(needs_text("reason", _("请写明不予修复的理由，申请人会收到这段文字。")),),
            says="reason",
            effects=(
                finish_step,
                note_part(DECIDE),
                note_decided,
                issue(notices.decision_refuse),
                mail_applicant("repair_refused"),
            ),
        ),
    )
    def refuse(self, step: Action) -> None:
        """The determining authority refuses the repair, and says why."""

    @state.transition(
        source=S.APPROVED,
        target=S.COMPLETED,
        label=_("办结"),
        custom=act(
            by=Part.SYSTEM,
            title=notices.completion_title,
            guards=(guards.removal_confirmed,),
            effects=(mail_applicant("repair_completed"),),
        ),
    )
    def settle(self, step: Action) -> None:
        """Every required platform has confirmed the removal."""

    @state.transition(
        source=[S.SUBMITTED, S.VERIFYING, S.DECIDING],
        target=S.WITHDRAWN,
        label=_("撤回申请"),
        custom=act(by=Part.APPLICANT, title=_("申请人撤回申请"), effects=(cancel_steps,)),
    )
    def withdraw(self, step: Action) -> None:
        """The applicant withdraws before the decision."""

    @state.transition(
        source=[S.DRAFT, S.SUBMITTED, S.VERIFYING, S.DECIDING],
        target=S.CLOSED_MOOT,
        label=_("终结"),
        custom=act(
            by=Part.SYSTEM,
            title=_("该信息已停止公示，申请终结"),
            guards=(guards.record_has_ended,),
            effects=(cancel_steps, mail_applicant("repair_closed_moot")),
        ),
    )
    def close_as_moot(self, step: Action) -> None:
        """The record was withdrawn by its authority, or its publicity ended by time."""
