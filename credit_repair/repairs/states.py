"""The machine of the repair application 信用修复申请: the only place where its state changes.

Read it as a table: from (source), action (method), to (target), who (by), what must hold (guards, needs), and
what follows, in this order (effects). The rows after the decision are in `states_after`, the names of the
states in `state_names`. cases.services.transition() is the one that acts on it; `manage.py draw_states` draws
it for docs/states-repair.md.
"""

from django.utils.translation import gettext_lazy as _

from credit_repair.cases.effects import (
    cancel_steps,
    extend_clocks,
    finish_step,
    issue,
    mail_applicant,
    mail_handlers,
    note_correction_items,
    note_part,
    note_reasons,
    open_next,
    open_phase,
    pause_clocks,
    plan_anew,
    plan_steps,
    restart_clock,
    resume_clocks,
    send_on,
    start_clock,
    stop_clock,
    take_number,
)
from credit_repair.cases.flow import Action, State, act, act_of, as_it_is
from credit_repair.cases.guards import (
    decides_last,
    is_rechecked,
    needs_text,
    not_acted_as,
    not_decided_before,
    not_endorsed,
)
from credit_repair.cases.models import CaseActor, Phase, ReasonCode
from credit_repair.cases.parts import Part
from credit_repair.cases.services.steps import is_last_open
from credit_repair.repairs import guards, notices
from credit_repair.repairs.effects import (
    drop_withdrawal_papers,
    end_publicity,
    fix_offices_and_law,
    forget_schedule,
    lock_record,
    note_accepted,
    note_decided,
    note_urged,
    register_commitment,
    wait_for_its_day,
)
from credit_repair.repairs.state_names import STATE, RepairState
from credit_repair.repairs.states_after import AfterDecision

VERIFY, DECIDE = CaseActor.Part.VERIFY, CaseActor.Part.DECIDE


S = RepairState


def after_opinion(flow: "RepairFlow", step: Action) -> RepairState:
    """When all opinions are in, the case goes to the approver, whatever they say: silence is no consent."""
    return S.DECIDING if is_last_open(case=flow.case, phase=Phase.VERIFY) else S.VERIFYING


#: What an application must be on the day it is filed, and what filing it means, whoever does it.
FILED_WHEN = (guards.statement_complete, guards.materials_complete, guards.eligible)
ON_SUBMISSION = (
    fix_offices_and_law,
    take_number,
    plan_steps,
    start_clock("acceptance", "answer"),
    open_phase(Phase.INTAKE, clock="acceptance"),
    issue(notices.receipt_of_materials),
    mail_applicant("repair_submitted"),
)


class RepairFlow(AfterDecision):
    """The repair application around one case row."""

    ENDS = frozenset(
        {
            S.COMPLETED,
            S.NOT_ACCEPTED,
            S.REFUSED,
            S.WITHDRAWN,
            S.DISCARDED,
            S.LAPSED,
            S.CLOSED_MOOT,
            S.REVOKED,
        }
    )
    WAITS = frozenset({S.DRAFT, S.CORRECTION})
    CLOCKS_STOP = ENDS | {S.APPROVED}

    state = STATE

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
            guards=FILED_WHEN,
            effects=ON_SUBMISSION,
        ),
    )
    def submit(self, step: Action) -> None:
        """The applicant files a complete application on an eligible record."""

    @state.transition(
        source=S.DRAFT,
        target=S.SCHEDULED,
        label=_("预约提交"),
        custom=act(
            by=Part.APPLICANT,
            title=_("已预约提交"),
            guards=(guards.statement_complete, guards.materials_complete, guards.lies_ahead),
            effects=(wait_for_its_day, mail_applicant("repair_scheduled")),
        ),
    )
    def schedule(self, step: Action) -> None:
        """The applicant files ahead: all is complete, and the first lawful day is still to come."""

    @state.transition(
        source=S.SCHEDULED,
        target=S.SUBMITTED,
        label=_("到期自动提交"),
        custom=act(
            by=Part.SYSTEM,
            title=_("到期自动提交申请"),
            guards=(guards.is_due, guards.still_represented, *FILED_WHEN),
            effects=(*ON_SUBMISSION, forget_schedule),
        ),
    )
    def submit_when_due(self, step: Action) -> None:
        """On the first lawful day it submits itself, after a new check."""

    @state.transition(
        source=S.SCHEDULED,
        target=S.DRAFT,
        label=_("取消预约"),
        custom=act(
            by=Part.APPLICANT,
            title=_("申请人取消预约"),
            effects=(forget_schedule, drop_withdrawal_papers),
        ),
    )
    def unschedule(self, step: Action) -> None:
        """The applicant takes it back to change something."""

    @state.transition(
        source=S.SCHEDULED,
        target=S.DRAFT,
        label=_("退回草稿"),
        custom=act(
            by=Part.SYSTEM,
            title=_("到期未能提交，退回草稿"),
            guards=(guards.is_due,),
            needs=(needs_text("reason", _("请写明退回的原因。")),),
            says="reason",
            effects=(forget_schedule, drop_withdrawal_papers, mail_applicant("repair_returned")),
        ),
    )
    def return_to_draft(self, step: Action) -> None:
        """On its day the new check fails: it goes back to the applicant with the reason."""

    @state.transition(
        source=S.SUBMITTED,
        target=S.CORRECTION,
        label=_("通知补正"),
        custom=act(
            by=Part.INTAKE,
            title=_("通知补正"),
            guards=(guards.may_correct_once_more,),
            needs=(guards.needs_items,),
            effects=(
                note_correction_items,
                pause_clocks("acceptance", "answer", reason=_("等待申请人补正")),
                start_clock("correction"),
                issue(notices.correction_notice),
                mail_applicant("repair_correction"),
            ),
        ),
    )
    def ask_correction(self, step: Action) -> None:
        """The credit office lists every gap in one notice; its own time stands meanwhile."""

    @state.transition(
        source=S.CORRECTION,
        target=S.SUBMITTED,
        label=_("提交补正"),
        custom=act(
            by=Part.APPLICANT,
            title=_("已提交补正"),
            guards=(guards.correction_in_time, guards.items_answered),
            effects=(
                stop_clock("correction"),
                resume_clocks("acceptance", "answer"),
                mail_handlers("case_resubmitted"),
            ),
        ),
    )
    def resubmit(self, step: Action) -> None:
        """The applicant has answered what was listed; the clocks go on."""

    @state.transition(
        source=S.CORRECTION,
        target=S.LAPSED,
        label=_("逾期未补正"),
        custom=act(
            by=Part.SYSTEM,
            title=_("逾期未补正，申请终止"),
            guards=(guards.correction_overdue,),
            effects=(cancel_steps, mail_applicant("repair_lapsed")),
        ),
    )
    def lapse(self, step: Action) -> None:
        """The applicant's time has run out; what was good can be used again."""

    @state.transition(
        source=[S.SUBMITTED, S.VERIFYING, S.DECIDING],
        target=State.GET_STATE(as_it_is, states=[S.SUBMITTED, S.VERIFYING, S.DECIDING]),
        label=_("催办"),
        custom=act(
            by=Part.APPLICANT,
            title=_("申请人催办"),
            guards=(guards.some_clock_overdue, guards.not_urged_lately),
            says="text",
            effects=(note_urged, mail_handlers("case_urged")),
        ),
    )
    def urge(self, step: Action) -> None:
        """A deadline has passed: the applicant urges, and who is responsible is told."""

    @state.transition(
        source=S.SUBMITTED,
        target=S.SUBMITTED,
        label=_("转送其他信用办"),
        custom=act(
            by=Part.INTAKE,
            title=_("已转送其他信用办"),
            needs=(
                guards.needs_other_office,
                needs_text("reason", _("请写明转送的原因，申请人会收到这段文字。")),
            ),
            says="reason",
            effects=(
                restart_clock("acceptance"),
                send_on,
                issue(notices.forwarding_notice),
                mail_applicant("repair_forwarded"),
                mail_handlers("case_forwarded"),
            ),
        ),
    )
    def forward(self, step: Action) -> None:
        """It came to the wrong office: another one takes it in, with all of its time for that."""

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
                note_reasons(ReasonCode.Use.NOT_ACCEPTED),
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
                open_next(Phase.DECIDE, state=S.DECIDING, clock="decision"),
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
            guards=(not_acted_as(VERIFY), not_decided_before),
            needs=(needs_text("reason", _("请写明退回的原因，以及需要补充核查的内容。")),),
            says="reason",
            audience="internal",
            effects=(finish_step, plan_anew(Phase.DECIDE), open_phase(Phase.VERIFY, clock="decision")),
        ),
    )
    def send_back(self, step: Action) -> None:
        """The approver asks for more."""

    @state.transition(
        source=S.DECIDING,
        target=S.DECIDING,
        label=_("提出拟办意见，报上级复核"),
        custom=act(
            by=Part.APPROVER,
            title=_("已提出拟办意见，报上级单位复核"),
            guards=(is_rechecked, not_acted_as(VERIFY), not_decided_before, not_endorsed),
            needs=(
                guards.needs_opinion,
                needs_text("text", _("请写明拟办意见的理由。")),
            ),
            says="text",
            audience="internal",
            effects=(finish_step, note_part(DECIDE), open_next(Phase.DECIDE, clock="decision")),
        ),
    )
    def endorse(self, step: Action) -> None:
        """Where the route has a level above re-check, the office hands its opinion on to it."""

    @state.transition(
        source=[S.VERIFYING, S.DECIDING],
        target=State.GET_STATE(as_it_is, states=[S.VERIFYING, S.DECIDING]),
        label=_("延长办理期限"),
        custom=act(
            by=Part.HEAD,
            title=_("已延长办理期限"),
            guards=(guards.may_extend,),
            needs=(needs_text("reason", _("请写明延长期限的原因，申请人会收到这段文字。")),),
            says="reason",
            effects=(
                extend_clocks(*guards.EXTENDED),
                issue(notices.extension_notice),
                mail_applicant("repair_extended"),
            ),
        ),
    )
    def extend(self, step: Action) -> None:
        """The case is complex: once, before the due day, and the applicant is told."""

    @state.transition(
        source=S.DECIDING,
        target=S.APPROVED,
        label=_("准予修复"),
        custom=act(
            by=Part.APPROVER,
            title=_("准予信用修复"),
            guards=(
                decides_last,
                not_acted_as(VERIFY),
                not_decided_before,
                not_endorsed,
                guards.record_not_ended,
            ),
            needs=(guards.still_simple,),
            effects=(
                lock_record,
                finish_step,
                note_part(DECIDE),
                note_decided,
                issue(notices.decision_approve),
                end_publicity,
                register_commitment,
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
            guards=(decides_last, not_acted_as(VERIFY), not_decided_before, not_endorsed),
            needs=(needs_text("reason", _("请写明不予修复的理由，申请人会收到这段文字。")),),
            says="reason",
            effects=(
                finish_step,
                note_part(DECIDE),
                note_decided,
                note_reasons(ReasonCode.Use.REFUSED),
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
        source=[S.SCHEDULED, S.SUBMITTED, S.CORRECTION, S.VERIFYING, S.DECIDING],
        target=S.WITHDRAWN,
        label=_("撤回申请"),
        custom=act(
            by=Part.APPLICANT,
            title=_("申请人撤回申请"),
            guards=(guards.paper_to_withdraw,),
            effects=(cancel_steps, forget_schedule),
        ),
    )
    def withdraw(self, step: Action) -> None:
        """The applicant withdraws before the decision."""

    @state.transition(
        source=[S.DRAFT, S.SCHEDULED, S.SUBMITTED, S.CORRECTION, S.VERIFYING, S.DECIDING],
        target=S.CLOSED_MOOT,
        label=_("终结"),
        custom=act(
            by=Part.SYSTEM,
            title=_("该信息已停止公示，申请终结"),
            guards=(guards.record_has_ended,),
            effects=(cancel_steps, forget_schedule, mail_applicant("repair_closed_moot")),
            says="reason",
        ),
    )
    def close_as_moot(self, step: Action) -> None:
        """The record was withdrawn by its authority, or its publicity ended by time."""


def part_of_act(action: str) -> Part:
    """Return the part in which a person does `action`, the same from whatever state."""
    return act_of(next(iter(RepairFlow.actions()[action].values()))).by
