"""The rows of the machine after the decision: what was granted is revoked, what was refused decided anew.

A case that is over can be moved by these alone. While a revocation is proposed the case stays where it is:
what is intended is a row of its own (models.Revocation), and a step for the supervisors.
"""

from django.utils.translation import gettext_lazy as _

from credit_repair.cases.effects import finish_step, issue, mail_applicant, mail_handlers
from credit_repair.cases.flow import Action, State, act, as_it_is
from credit_repair.cases.guards import needs_text, not_acted_as, not_decided_before
from credit_repair.cases.models import CaseActor, TimelineEvent
from credit_repair.cases.parts import Part
from credit_repair.repairs.after import guards, notices
from credit_repair.repairs.after.effects import (
    about_revocation,
    bar_applications,
    break_commitment,
    decide_at_this_level,
    end_revocation,
    lock_repaired,
    note_answer,
    open_anew,
    open_revocation,
    restore_publicity,
)
from credit_repair.repairs.models import Revocation
from credit_repair.repairs.state_names import STATE, OfOneCase
from credit_repair.repairs.state_names import RepairState as S

GRANTED = [S.APPROVED, S.COMPLETED]
STAYS = State.GET_STATE(as_it_is, states=GRANTED)


class AfterDecision(OfOneCase):
    """What may come after the decision."""

    @STATE.transition(
        source=GRANTED,
        target=STAYS,
        label=_("提出撤销信用修复"),
        custom=act(
            by=Part.HEAD,
            title=_("拟撤销信用修复"),
            guards=(
                guards.of_deciding_office,
                guards.nothing_proposed,
                guards.still_repaired,
                guards.somebody_can_decide,
            ),
            needs=(
                guards.needs_ground,
                needs_text("facts", _("请写明查明的事实，当事人会收到这段文字。")),
                guards.needs_evidence,
            ),
            says="facts",
            effects=(
                open_revocation,
                issue(notices.intended_revocation),
                mail_applicant("repair_revocation_proposed", about_revocation),
                mail_handlers("case_revocation_proposed"),
            ),
        ),
    )
    def propose_revocation(self, step: Action) -> None:
        """The office that granted it has found false material or a broken promise; the subject is asked."""

    @STATE.transition(
        source=GRANTED,
        target=STAYS,
        label=_("依复议决定或者裁判提出撤销"),
        custom=act(
            by=Part.SYSTEM,
            title=_("准予修复的决定被撤销，转督办人员办理"),
            guards=(guards.nothing_proposed, guards.still_repaired),
            needs=(guards.needs_review, guards.somebody_can_decide),
            says="facts",
            effects=(
                open_revocation,
                mail_applicant("repair_revocation_proposed", about_revocation),
                mail_handlers("case_revocation_proposed"),
            ),
        ),
    )
    def begin_revocation(self, step: Action) -> None:
        """A higher body or a court has set the decision aside: a supervisor executes the order."""

    @STATE.transition(
        source=GRANTED,
        target=STAYS,
        label=_("陈述和申辩"),
        custom=act(
            by=Part.APPLICANT,
            title=_("当事人已陈述申辩"),
            guards=(guards.is_heard,),
            needs=(needs_text("answer", _("请写明您的陈述和申辩。")), guards.needs_signed_answer),
            says="answer",
            effects=(note_answer, mail_handlers("case_revocation_answered")),
        ),
    )
    def answer_revocation(self, step: Action) -> None:
        """The subject says what it has to say; at a window its signed paper says it."""

    @STATE.transition(
        source=GRANTED,
        target=STAYS,
        label=_("录入当事人的陈述申辩"),
        custom=act(
            by=Part.HEAD,
            title=_("已录入当事人的陈述申辩"),
            guards=(guards.of_deciding_office, guards.is_heard, guards.does_not_answer_own_proposal),
            needs=(needs_text("answer", _("请写明当事人陈述申辩的内容。")), guards.needs_entered_answer),
            says="answer",
            effects=(note_answer, mail_handlers("case_revocation_answered")),
        ),
    )
    def enter_answer(self, step: Action) -> None:
        """What the subject brought on paper or said at the office is written down for it, with that paper,
        by another than who proposed: it can answer but once."""

    @STATE.transition(
        source=GRANTED,
        target=STAYS,
        label=_("不予撤销"),
        custom=act(
            by=Part.SUPERVISOR,
            title=_("决定不撤销信用修复"),
            guards=(guards.not_the_proposer,),
            needs=(needs_text("reason", _("请写明不予撤销的理由，当事人会收到这段文字。")),),
            says="reason",
            effects=(
                finish_step,
                end_revocation(Revocation.Outcome.DROPPED),
                mail_applicant("repair_revocation_dropped", about_revocation),
            ),
        ),
    )
    def drop_revocation(self, step: Action) -> None:
        """The repair stands."""

    @STATE.transition(
        source=GRANTED,
        target=S.REVOKED,
        label=_("撤销信用修复"),
        custom=act(
            by=Part.SUPERVISOR,
            title=_("已撤销信用修复"),
            guards=(guards.not_the_proposer, guards.still_repaired, guards.hearing_over),
            needs=(guards.needs_reply_to_answer,),
            effects=(
                lock_repaired,
                finish_step,
                issue(notices.revocation_decision),
                end_revocation(Revocation.Outcome.REVOKED),
                bar_applications,
                restore_publicity,
                break_commitment,
                mail_applicant("repair_revoked", about_revocation),
            ),
        ),
    )
    def revoke(self, step: Action) -> None:
        """The repair is undone: publicity comes back for the rest of its period."""

    @STATE.transition(
        source=S.REFUSED,
        target=S.REFUSED,
        label=_("不予修复决定被撤销"),
        custom=act(
            by=Part.SYSTEM,
            title=_("不予修复的决定被撤销，等待重新决定"),
            guards=(guards.refusal_stands,),
            needs=(guards.needs_review,),
            effects=(open_anew, mail_handlers("case_to_decide_anew")),
        ),
    )
    def set_refusal_aside(self, step: Action) -> None:
        """A higher body or a court has set the refusal aside: the level above may decide anew."""

    @STATE.transition(
        source=S.REFUSED,
        target=S.DECIDING,
        label=_("重新决定"),
        custom=act(
            by=Part.APPROVER,
            title=_("原决定被撤销，重新决定"),
            guards=(
                not_acted_as(CaseActor.Part.VERIFY),
                not_decided_before,
                guards.no_other_open_repair,
                guards.record_still_shown,
            ),
            audience=TimelineEvent.Audience.PUBLIC,
            effects=(decide_at_this_level, mail_applicant("repair_reopened")),
        ),
    )
    def reopen(self, step: Action) -> None:
        """The level above takes it up; its time begins anew."""
