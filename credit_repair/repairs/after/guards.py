"""What must hold before an act that comes after the decision."""

from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotOffered
from credit_repair.cases.flow import Action
from credit_repair.cases.models import Phase, ReviewStep
from credit_repair.core.wording import day_text
from credit_repair.people import access
from credit_repair.registry.models import Record
from credit_repair.repairs.after.selectors import running_revocation, somebody_supervises
from credit_repair.repairs.models import Review, Revocation, record_of
from credit_repair.repairs.selectors import open_repair_on


def of_deciding_office(step: Action) -> None:
    """Only the office that decided finds that its decision must be revoked."""
    office = step.case.deciding_office
    if office is None or not access.may_at_office(
        user=step.actor, permission="approve", office=office, on=step.today
    ):
        raise NotOffered("not_deciding", _("撤销信用修复由作出决定的单位提出。"))


def still_repaired(step: Action) -> None:
    """The record is still one that a repair has ended: what was withdrawn since, nothing brings back."""
    if record_of(step.case).standing != Record.Standing.REPAIRED:
        raise ActionRefused("not_repaired", _("该信息已经以其他方式结束，没有需要撤销的信用修复。"))


def nothing_proposed(step: Action) -> None:
    """One revocation at a time."""
    if running_revocation(step.case) is not None:
        raise NotOffered("proposed_already", _("撤销信用修复已经提出，正在等待督办人员决定。"))


def somebody_can_decide(step: Action) -> None:
    """Another person supervises the office: without them nobody could ever decide on it."""
    proposer = step.actor or step.data.get("by")
    if not somebody_supervises(step.case, on=step.today, but=proposer.pk if proposer else 0):
        raise ActionRefused(
            "no_supervisor", _("作出决定的单位没有另外的督办人员，无法决定撤销。请先由管理员任命。")
        )


def needs_ground(step: Action) -> None:
    """The proposal names false material or a broken promise: an order of a higher body is entered as such."""
    if step.text("ground") not in Revocation.BARRING:
        raise ActionRefused("missing_ground", _("请选择撤销的事由。"))


def needs_evidence(step: Action) -> None:
    """At least one paper proves it."""
    if not step.data.get("papers"):
        raise ActionRefused("missing_papers", _("请上传证明上述事实的材料。"))


def needs_review(step: Action) -> None:
    """It rests on a review or lawsuit whose outcome somebody has entered."""
    if not isinstance(step.data.get("review"), Review) or step.data.get("by") is None:
        raise ActionRefused("missing_review", _("没有复议决定或者法院裁判作为依据。"))


def is_heard(step: Action) -> None:
    """A revocation is proposed, the subject is asked, has not answered, and its last day is not over."""
    running = running_revocation(step.case)
    if running is None or running.answer_by is None:
        raise NotOffered("nothing_proposed", _("现在没有需要陈述申辩的事项。"))
    if running.answered_on is not None:
        raise NotOffered("answered_already", _("陈述申辩已经提交，不能再次提交。"))
    if step.today > running.answer_by:
        raise ActionRefused(
            "too_late",
            _("陈述申辩的期限已于%s届满。对撤销决定不服的，可以依法申请复议或者提起诉讼。")
            % day_text(running.answer_by),
        )


def not_the_proposer(step: Action) -> None:
    """Four eyes 四眼原则: who proposed it does not decide on it, nor does who stands in for them; no
    exception is made from that."""
    running = running_revocation(step.case)
    if running is None:
        raise ActionRefused("nothing_proposed", _("没有等待决定的撤销。请刷新页面查看最新进度。"))
    if _proposed_by_actor(running, step):
        raise ActionRefused(
            "four_eyes", _("撤销是您或者您代办的同事提出的，不能由同一人决定。请交由其他督办人员办理。")
        )


def does_not_answer_own_proposal(step: Action) -> None:
    """Four eyes 四眼原则: who proposed it, or stands in for them, does not enter the subject's answer.

    It is given once: nobody uses up the right to be heard against what they propose themself.
    """
    running = running_revocation(step.case)
    if running is not None and _proposed_by_actor(running, step):
        raise ActionRefused(
            "four_eyes", _("撤销是您或者您代办的同事提出的，陈述申辩请交由其他审批人员录入。")
        )


def _proposed_by_actor(running: Revocation, step: Action) -> bool:
    return running.proposed_by_id in (getattr(step.actor, "pk", None), step.stands_for)


def needs_entered_answer(step: Action) -> None:
    """What an official enters is proved by the written answer, or by the minutes 笔录 of what was said."""
    if not step.data.get("papers"):
        raise ActionRefused("missing_papers", _("请上传当事人的书面陈述申辩或者笔录。"))


def needs_signed_answer(step: Action) -> None:
    """At a window the clerk answers on a paper that the subject has signed; who acts for the subject signs by
    being signed in."""
    if access.may_act_for(user=step.actor, subject=step.case.subject, on=step.today):
        return
    if not step.data.get("papers"):
        raise ActionRefused("missing_papers", _("请上传当事人签字或者盖章的书面陈述申辩。"))


def hearing_over(step: Action) -> None:
    """The subject has answered, or the last day for its answer is over, or an order binds."""
    running = running_revocation(step.case)
    if running is None or running.answer_by is None or running.answered_on is not None:
        return
    if step.today <= running.answer_by:
        raise ActionRefused(
            "not_heard",
            _("当事人可以陈述申辩到%s（含当日），还没有答复，现在不能撤销。") % day_text(running.answer_by),
        )


def needs_reply_to_answer(step: Action) -> None:
    """Where the subject has answered, the decision says what was made of it."""
    running = running_revocation(step.case)
    if running is not None and running.answer and not step.text("reason"):
        raise ActionRefused("missing_text", _("请写明对当事人陈述申辩的复核意见，会写入决定书。"))


def refusal_stands(step: Action) -> None:
    """What was refused is not to be decided anew already."""
    if not step.case.steps.filter(phase=Phase.DECIDE, state=ReviewStep.State.DONE).exists():
        raise NotOffered("set_aside_already", _("原决定已经被撤销，正在等待重新决定。"))


def no_other_open_repair(step: Action) -> None:
    """Nothing else is open on the record: two decisions about one publicity would fall over each other."""
    other = open_repair_on(record=record_of(step.case))
    if other is not None and other.pk != step.case.pk:
        raise ActionRefused(
            "open_case",
            _("该信息另有一件没有办结的信用修复申请（%s），办结或者撤回以后才能重新决定本案。")
            % (other.number or _("草稿")),
        )


def record_still_shown(step: Action) -> None:
    """There is publicity that a new decision could end."""
    if not record_of(step.case).is_public:
        raise ActionRefused("record_ended", _("该信息已经停止公示，不需要重新决定。"))
