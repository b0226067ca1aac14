"""What must hold before an act on a repair application."""

from django.db.models import Count, prefetch_related_objects
from django.utils.translation import gettext as _

from credit_repair.cases.effects import applicants_of
from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.flow import Action
from credit_repair.cases.models import Attachment, Clock, Phase, ReviewStep
from credit_repair.cases.selectors import correction_overdue_on, with_files
from credit_repair.cases.services.clocks import procedure_rules
from credit_repair.core.wording import clauses, day_text
from credit_repair.people import access
from credit_repair.platforms.selectors import unconfirmed_required
from credit_repair.registry.law_words import plain_in_readers_words
from credit_repair.registry.models import Office
from credit_repair.repairs.models import record_of
from credit_repair.repairs.selectors import (
    explain_case,
    has_commitment,
    is_filed_ahead,
    offices_to_send_on_to,
    urge_again_on,
    waits_for_time_alone,
)
from credit_repair.repairs.simple_selectors import why_not_together

#: What an extension 延长期限 gives more days to: the decision's own term, and that of the whole answer.
EXTENDED = (Clock.Kind.DECISION, Clock.Kind.ANSWER)


def statement_complete(step: Action) -> None:
    """Everything that is asked in words is answered."""
    if not step.case.repair.statement_complete:
        raise ActionRefused("statement_incomplete", _("请先填写“改正和履行情况”。"))


def materials_complete(step: Action) -> None:
    """The two materials that may be demanded are there: the signed letter and a proof of performance. What
    comes in at a window comes with the application form that the applicant signed there, besides."""
    prefetch_related_objects([step.case], with_files())  # asked again for explanation and receipt
    kinds = {item.kind for item in step.case.attachments.all()}
    if not has_commitment(step.case):
        raise ActionRefused("commitment_missing", _("请先签署信用修复承诺书：在屏幕上签，或者上传签好的。"))
    if Attachment.Kind.PROOF not in kinds:
        raise ActionRefused("proof_missing", _("请先上传履行义务的证明材料，例如缴款凭证。"))
    if step.case.filing.window_office_id is not None and Attachment.Kind.FORM not in kinds:
        raise ActionRefused("form_missing", _("请先打印申请表，由申请人签字或者盖章后扫描上传。"))


def eligible(step: Action) -> None:
    """Every condition of the rules is met today; the first one that is not says what to do."""
    explanation = step.found["explanation"] = explain_case(case=step.case, today=step.today)
    for condition in explanation.blockers:
        words = clauses(plain_in_readers_words(part) for part in (condition.text, condition.todo) if part)
        raise ActionRefused(f"not_eligible:{condition.code}", _("现在还不能提交：%s。") % words)


def lies_ahead(step: Action) -> None:
    """Only time stands in the way: the first lawful day lies ahead, and all else is met."""
    explanation = explain_case(case=step.case, today=step.today)
    if not is_filed_ahead(explanation, today=step.today):
        raise ActionRefused("not_ahead", _("这条信息不需要预约，现在就可以提交。"))
    if not waits_for_time_alone(explanation):
        eligible(step)


def is_due(step: Action) -> None:
    """Its day has come."""
    day = step.case.repair.scheduled_for
    if day is None or day > step.today:
        raise ActionRefused("not_due", _("还没有到预约提交的日期。"))


def still_represented(step: Action) -> None:
    """Somebody still acts for the subject, or it waits at the window it came in at: nothing is filed in the
    name of a firm for which nobody may act any longer."""
    filing = step.case.filing
    if filing.window_office_id is None and not applicants_of(step):
        raise ActionRefused("no_mandate", _("经办人的授权已经到期，请先续办授权，再提交申请。"))


def may_correct_once_more(step: Action) -> None:
    """One notice lists every gap: how many there may be, the rules say."""
    asked = step.case.events.filter(action="ask_correction").count()
    times = int(procedure_rules(step.case, on=step.today)["clock.correction.times"].value)
    if asked >= times:
        raise ActionRefused("corrected_already", _("补正通知只能发一次，本案已经发过，请直接决定是否受理。"))


def needs_items(step: Action) -> None:
    """A correction notice lists what is missing, at least one thing."""
    if not step.data.get("items"):
        raise ActionRefused("missing_items", _("请至少写明一项需要补正的内容。"))


def items_answered(step: Action) -> None:
    """Every gap that the notice lists is answered, in words or with a file."""
    open_items = step.case.correction_items.filter(answered_at__isnull=True)
    if first := open_items.first():
        raise ActionRefused("item_open", _("还有没有补正的事项：%s。") % first.text.rstrip("。"))


def correction_in_time(step: Action) -> None:
    """The applicant's time is not over: its last day still counts."""
    if correction_overdue_on(step.case, step.today):
        raise ActionRefused("too_late", _("补正期限已经届满，请重新申请；已经提交的材料可以继续使用。"))


def correction_overdue(step: Action) -> None:
    """The applicant's time is over."""
    if not correction_overdue_on(step.case, step.today):
        raise ActionRefused("in_time", _("补正期限还没有届满。"))


def some_clock_overdue(step: Action) -> None:
    """A deadline of the offices has passed: before that there is nothing to urge."""
    running = Clock.objects.filter(case=step.case, stopped_on__isnull=True, due_on__lt=step.today)
    if not running.exists():
        raise ActionRefused("not_overdue", _("办理期限还没有过，现在不需要催办。"))


def not_urged_lately(step: Action) -> None:
    """An urging is given time to work."""
    again_on = urge_again_on(step.case)
    if again_on is not None and step.today < again_on:
        words = _("已经催办过，%s起可以再次催办。")
        raise ActionRefused("urged_lately", words % day_text(again_on))


def paper_to_withdraw(step: Action) -> None:
    """At a window the clerk withdraws on the applicant's signed paper; who acts for the subject signs by
    being signed in."""
    if access.may_act_for(user=step.actor, subject=step.case.subject, on=step.today):
        return
    if not step.case.attachments.filter(kind=Attachment.Kind.WITHDRAWAL).exists():
        raise ActionRefused(
            "withdrawal_missing", _("请先打印撤回申请，由申请人签字或者盖章后扫描上传，再办理撤回。")
        )


def needs_opinion(step: Action) -> None:
    """A verifier agrees or disagrees, who hands a case up proposes one or the other: silence is never
    consent."""
    if step.text("opinion") in ReviewStep.Opinion.values:
        return
    if step.review is not None and step.review.phase == Phase.DECIDE:
        raise ActionRefused("missing_opinion", _("请选择拟准予或者拟不予修复。"))
    raise ActionRefused("missing_opinion", _("请选择同意或者不同意修复。"))


def may_extend(step: Action) -> None:
    """The clocks of the decision run, none is over, and none was extended as often as the rules allow."""
    running = step.case.clocks.filter(kind__in=EXTENDED, stopped_on__isnull=True)
    clocks = list(running.annotate(times=Count("extensions")))
    if not any(clock.kind == Clock.Kind.DECISION for clock in clocks):
        raise ActionRefused("no_clock", _("这件案件现在没有正在计算的决定期限。"))
    if any(clock.due_on is None for clock in clocks):
        raise ActionRefused("clock_stands", _("办理期限现在暂停计算，不需要延长。"))
    if any(clock.due_on < step.today for clock in clocks if clock.due_on):
        raise ActionRefused("overdue", _("办理期限已经届满，不能再延长。"))
    rules = procedure_rules(step.case, on=step.today)
    times, days = (int(rules[f"clock.extension.{what}"].value) for what in ("times", "days"))
    if not times or not days:
        raise ActionRefused("no_extension", _("按照本案适用的规则，办理期限不能延长。"))
    if any(clock.times >= times for clock in clocks):
        raise ActionRefused("extended_already", _("本案的期限已经延长过，不能再延长。"))


def needs_other_office(step: Action) -> None:
    """The act must name another credit office that takes in cases, and has not sent this one on itself."""
    office = step.data.get("office")
    if not isinstance(office, Office) or office.kind != Office.Kind.CREDIT:
        raise ActionRefused("missing_office", _("请选择接收的信用办。"))
    if offices_to_send_on_to(step.case, on=step.today).filter(pk=office.pk).exists():
        return
    if office == step.case.intake_office:
        raise ActionRefused("same_office", _("这件申请已经在这个信用办，请选择另一个。"))
    if step.case.steps.filter(office=office, forwarded_to__isnull=False).exists():
        raise ActionRefused(
            "sent_on_by_them", _("这件申请就是由该信用办转来的，不能再转回去。请与对方协商。")
        )
    raise ActionRefused("nobody_takes_in", _("该信用办现在没有受理人员，请选择另一个，或者先与对方联系。"))


def record_not_ended(step: Action) -> None:
    """There is still publicity that a decision could end."""
    if not record_of(step.case).is_public:
        raise ActionRefused("record_ended", _("该信息已经停止公示，本案将由系统终结，无需再作决定。"))


def record_has_ended(step: Action) -> None:
    """The record was withdrawn, its publicity has ended by time, or it is not to be published any more."""
    if record_of(step.case).is_public:
        raise ActionRefused("record_active", _("该信息仍在公示中。"))


def removal_confirmed(step: Action) -> None:
    """Every required platform has confirmed that it took the record down, or evidence of two officials 佐证
    stands in its receipt's place."""
    if unconfirmed_required(record_of(step.case)).exists():
        raise ActionRefused("receipts_missing", _("还有平台没有确认撤下。"))


def still_simple(step: Action) -> None:
    """What is decided together with others 批量审批 meets every condition for that in this very moment: what
    has changed since the page was read is decided by itself."""
    if not step.data.get("batch"):
        return
    if reasons := why_not_together(case=step.case, user=step.actor, on=step.today):
        raise ActionRefused("not_simple", _("这件需要单独办理：%s。") % clauses(reasons))
