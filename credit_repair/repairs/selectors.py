"""Questions about repair applications."""

from datetime import date

from credit_repair.cases.models import Attachment, Case
from credit_repair.registry.flags import has_flag
from credit_repair.registry.law import current_book
from credit_repair.registry.models import Record, RecordFlag
from credit_repair.registry.services import facts_of
from credit_repair.repairs.models import KIND
from credit_repair.rules import Assessment, Explanation, Situation, assess, explain
from credit_repair.rules.eligibility import Duties


def assessment_on(*, record: Record, filed_on: date) -> Assessment:
    """Say what the rules make of the record for an application filed on that day: classes and periods by the
    day of the decision, procedure and clocks by the day of filing."""
    return assess(facts_of(record), book=current_book(), filed_on=filed_on)


def explain_record(
    *, record: Record, today: date, case: Case | None = None, open_case: str | None = None
) -> Explanation:
    """Say for every condition of a repair whether it is met on `today`, why, and what to do.

    One object serves pages, refusals and audit. `case` is the application that is being written, whose
    answers and materials count; `open_case` the number of another one that lies on the record.
    """
    book = current_book()
    facts = facts_of(record, book=book)
    assessment = assess(facts, book=book, filed_on=today)
    duties, signed = _applicants_part(case)
    return explain(
        Situation(
            today=today,
            assessment=assessment,
            sector=facts.sector,
            record_ended_on=record.ended_on,
            held_at_maximum=assessment.has_ended(today) and has_flag(record, RecordFlag.Kind.HELD),
            duties=duties,
            commitment_signed=signed,
            restriction_until=record.restriction_until,
            open_case=open_case,
        ),
        book=book,
    )


def explain_case(*, case: Case, today: date) -> Explanation:
    """Explain the record of an application, with what the applicant has declared and brought so far."""
    if case.record is None:
        raise RuntimeError("a repair application lies on a record")
    return explain_record(record=case.record, today=today, case=case)


def _applicants_part(case: Case | None) -> tuple[Duties | None, bool]:
    if case is None:
        return None, False
    repair = case.repair
    duties: Duties = "declared" if repair.corrected and repair.performed_on else "open"
    signed = any(item.kind == Attachment.Kind.COMMITMENT for item in case.attachments.all())
    return duties, signed


def open_repair_on(*, record: Record) -> Case | None:
    """Return the open repair application on the record, drafts included."""
    return Case.objects.filter(record=record, kind=KIND, closed_on__isnull=True).first()
