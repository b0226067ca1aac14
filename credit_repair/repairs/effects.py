"""What follows from an act on a repair application, beyond what every case has."""

from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.flow import Action
from credit_repair.cases.models import Attachment
from credit_repair.cases.services.attachments import remove_attachment
from credit_repair.commitments.services import register_repair_commitment
from credit_repair.core.wording import stated
from credit_repair.platforms.services import enqueue_removal
from credit_repair.registry.law import current_book
from credit_repair.registry.models import Record, RecordEvent
from credit_repair.registry.selectors import NoCreditOffice, credit_office_for
from credit_repair.registry.services import RecordHasEnded, end_record
from credit_repair.repairs.models import record_of
from credit_repair.repairs.selectors import assessment_on, explain_case, letter_signature_of


def fix_offices_and_law(step: Action) -> None:
    """Set who takes in and who decides (谁认定谁修复), by which law, and the explanation of that day.

    transition() saves the case at the end.
    """
    case = step.case
    record = record_of(case)
    book = current_book()
    assessment = assessment_on(record=record, filed_on=step.today)
    explanation = step.found["explanation"]  # of a moment ago: the guards have asked for it
    try:
        case.intake_office = credit_office_for(authority=record.authority)
    except NoCreditOffice:
        raise ActionRefused(
            "no_credit_office", _("受理申请的信用办尚未设置，暂时不能提交。草稿会保留，请稍后再试。")
        ) from None
    case.deciding_office = record.authority
    case.rule_set = assessment.rule_set
    case.procedure_rule_set = assessment.procedure_rule_set
    case.rulebook_hash = book.content_hash
    case.explanation = {"assessment": assessment.as_dict(), **explanation.as_dict()}


def wait_for_its_day(step: Action) -> None:
    """Set the first lawful day, on which the application submits itself."""
    step.case.repair.scheduled_for = explain_case(case=step.case, today=step.today).first_day
    step.case.repair.save(update_fields=["scheduled_for"])


def forget_schedule(step: Action) -> None:
    """It waits for no day any longer."""
    if step.case.repair.scheduled_for is None:
        return
    step.case.repair.scheduled_for = None
    step.case.repair.save(update_fields=["scheduled_for"])


def drop_withdrawal_papers(step: Action) -> None:
    """Forget the signed withdrawals 撤回申请 of what was not withdrawn: each withdrawal has its own paper."""
    papers = step.case.attachments.filter(kind=Attachment.Kind.WITHDRAWAL)
    for paper in papers.select_related("case", "stored"):
        remove_attachment(attachment=paper, actor=step.actor)


def note_urged(step: Action) -> None:
    """Store the day of the urging."""
    step.case.repair.urged_on = step.today
    step.case.repair.save(update_fields=["urged_on"])


def note_accepted(step: Action) -> None:
    """Store the day of acceptance."""
    step.case.repair.accepted_on = step.today
    step.case.repair.save(update_fields=["accepted_on"])


def note_decided(step: Action) -> None:
    """Store the day of the decision."""
    step.case.repair.decided_on = step.today
    step.case.repair.save(update_fields=["decided_on"])


def lock_record(step: Action) -> None:
    """Lock the record before a document takes its number: case, record, then the rest, as everywhere. Else
    this act and one that locks the record first would wait for each other."""
    record = record_of(step.case)
    locked = Record.objects.select_for_update(no_key=True)
    record.refresh_from_db(fields=["standing", "ended_on"], from_queryset=locked)


def end_publicity(step: Action) -> None:
    """End the record's publicity, and tell every platform; the decision is the cause of each message."""
    record = record_of(step.case)
    try:
        end_record(
            record=record,
            standing=Record.Standing.REPAIRED,
            what=RecordEvent.What.REPAIRED,
            on=step.today,
            at=step.cause.at,
            actor_label=str(step.case.deciding_office),
            data={"case": step.case.number},
        )
    except RecordHasEnded as ended:  # by time, in the same moment
        raise ActionRefused("record_ended", str(ended)) from None
    enqueue_removal(
        record=record, cause=step.cause.uuid, cause_text=_("准予信用修复，案件编号%s") % step.case.number
    )


def register_commitment(step: Action) -> None:
    """Keep what the letter promised as a commitment 信用承诺 beside the record: it binds from now on."""
    record = record_of(step.case)
    signature = letter_signature_of(step.case)
    made_on = timezone.localtime(signature.signed_at).date() if signature else step.case.submitted_on
    register_repair_commitment(
        record=record,
        office=record.authority,
        origin=step.case.uuid,
        document=signature.document if signature else None,
        signed_by=signature.signed_by if signature else None,
        made_on=min(made_on or step.today, step.today),
        today=step.today,
        title=stated(_("信用修复承诺"), record),
    )
