"""What must hold before an act on a repair application."""

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.flow import Action
from credit_repair.cases.models import Attachment, ReviewStep
from credit_repair.core.wording import clauses
from credit_repair.platforms.selectors import unconfirmed_required
from credit_repair.registry.law_words import plain_in_readers_words
from credit_repair.registry.models import Record
from credit_repair.repairs.selectors import explain_case


def _record(step: Action) -> Record:
    record = step.case.record
    if record is None:
        raise RuntimeError("a repair application lies on a record")
    return record


def statement_complete(step: Action) -> None:
    """Everything that is asked in words is answered."""
    if not step.case.repair.statement_complete:
        raise ActionRefused("statement_incomplete", _("请先填写“改正和履行情况”。"))


def materials_complete(step: Action) -> None:
    """The two materials that may be demanded are there: the signed letter and a proof of performance."""
    prefetch_related_objects([step.case], "attachments")  # asked again for explanation and receipt
    kinds = {item.kind for item in step.case.attachments.all()}
    if Attachment.Kind.COMMITMENT not in kinds:
        raise ActionRefused("commitment_missing", _("请先上传已签署的信用修复承诺书。"))
    if Attachment.Kind.PROOF not in kinds:
        raise ActionRefused("proof_missing", _("请先上传履行义务的证明材料，例如缴款凭证。"))


def eligible(step: Action) -> None:
    """Every condition of the rules is met today; the first one that is not says what to do."""
    explanation = explain_case(case=step.case, today=step.today)
    for condition in explanation.blockers:
        words = clauses(plain_in_readers_words(part) for part in (condition.text, condition.todo) if part)
        raise ActionRefused(f"not_eligible:{condition.code}", _("现在还不能提交：%s。") % words)


def needs_opinion(step: Action) -> None:
    """A verifier says either agree or disagree: silence is never consent."""
    if step.text("opinion") not in ReviewStep.Opinion.values:
        raise ActionRefused("missing_opinion", _("请选择同意或者不同意修复。"))


def record_not_ended(step: Action) -> None:
    """There is still publicity that a decision could end."""
    if not _record(step).is_public:
        raise ActionRefused("record_ended", _("该信息已经停止公示，本案将由系统终结，无需再作决定。"))


def record_has_ended(step: Action) -> None:
    """The record was withdrawn, its publicity has ended by time, or it is not to be published any more."""
    if _record(step).is_public:
        raise ActionRefused("record_active", _("该信息仍在公示中。"))


def removal_confirmed(step: Action) -> None:
    """Every required platform has confirmed that it took the record down."""
    if unconfirmed_required(_record(step)).exists():
        raise ActionRefused("receipts_missing", _("还有平台没有确认撤下。"))
