"""Questions about repair applications."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from credit_repair.cases.models import Attachment, Case, CaseDocument, Filing
from credit_repair.people import access
from credit_repair.rectification.selectors import asked_activities
from credit_repair.registry.flags import flagged_among, has_flag
from credit_repair.registry.law import current_book, current_calendar
from credit_repair.registry.models import Office, Record, RecordFlag, Subject
from credit_repair.registry.services import facts_of
from credit_repair.repairs.models import (
    KIND,
    ApplicationBar,
    LetterSignature,
    RepairBasket,
    Revocation,
    record_of,
)
from credit_repair.repairs.notices import says_the_same
from credit_repair.rules import Assessment, Explanation, Situation, assess, explain
from credit_repair.rules.eligibility import Duties

#: An urging 催办 may be repeated after so many working days.
URGE_AGAIN_AFTER = 3


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
            barred_until=barred_until(
                case.subject if case is not None and case.subject is not None else record.subject_id,
                today=today,
            ),
            restriction_until=record.restriction_until,
            open_case=open_case,
            activities=asked_activities(record=record, assessment=assessment, sector=facts.sector, on=today),
        ),
        book=book,
    )


def bars_of(subject: Subject | int) -> QuerySet[ApplicationBar]:
    """Return the bars 申请限制 that were ever laid on a subject, itself or its key, the last to end first."""
    return ApplicationBar.objects.filter(subject=subject).order_by("-until", "-pk")


def running_bar(subject: Subject | int, on: date) -> ApplicationBar | None:
    """Return the bar because of which a subject may file nothing on that day, the last to end; None for none.
    Its last day still counts."""
    found = bars_of(subject).filter(starts_on__lte=on, until__gte=on)
    return found.select_related("case", "record__authority").first()


def barred_until(subject: Subject | int, *, today: date) -> date | None:
    """Return the last day of the bar that runs `today`, else of the last that is over; None for none.

    Of a subject whose bars were read along, nothing is asked.
    """
    known = getattr(subject, "_prefetched_objects_cache", {}).get("application_bars")
    if known is not None:
        return max((bar.until for bar in known if bar.starts_on <= today), default=None)
    found = bars_of(subject).filter(starts_on__lte=today)
    return found.values_list("until", flat=True).first()


def revocations_to_answer(subject: Subject, on: date) -> QuerySet[Revocation]:
    """Return the revocations about which the subject may still say something 陈述申辩, the nearest last day
    first."""
    found = Revocation.objects.filter(
        case__subject=subject, outcome="", answered_on__isnull=True, answer_by__gte=on
    )
    return found.select_related("case__record__authority").order_by("answer_by", "pk")


def explain_case(*, case: Case, today: date) -> Explanation:
    """Explain the record of an application, with what the applicant has declared and brought so far."""
    return explain_record(record=record_of(case), today=today, case=case)


def _applicants_part(case: Case | None) -> tuple[Duties | None, bool]:
    if case is None:
        return None, False
    repair = case.repair
    duties: Duties = "declared" if repair.corrected and repair.performed_on else "open"
    return duties, has_commitment(case)


def has_commitment(case: Case) -> bool:
    """Whether a letter of commitment is there: signed on the screen, or on paper and brought as a file."""
    return has_letter_on_paper(case) or letter_signature_of(case) is not None


def has_letter_on_paper(case: Case) -> bool:
    """Whether a letter of commitment was brought as a file."""
    return has_material(case, Attachment.Kind.COMMITMENT)


def has_material(case: Case, kind: str) -> bool:
    """Whether a file was brought as material of this kind."""
    return any(item.kind == kind for item in case.attachments.all())


def letter_signature_of(case: Case) -> LetterSignature | None:
    """Return the signature on the screen that counts for the application, None for none.

    Until it is handed in, one that was given before the party's name or the record changed does not count:
    it stands under another letter. Select `letter_signature__document` along.
    """
    signature: LetterSignature | None = getattr(case, "letter_signature", None)
    if signature is None or case.submitted_on is not None:
        return signature
    return signature if says_the_same(signature.document.context, case) else None


def is_filed_ahead(explanation: Explanation, *, today: date) -> bool:
    """Whether the first lawful day lies ahead: it can be prepared now, and waits for its day."""
    return explanation.first_day is not None and explanation.first_day > today


def waits_for_time_alone(explanation: Explanation) -> bool:
    """Whether nothing but time stands between an application and its submission."""
    return all(condition.state == "not_yet" for condition in explanation.blockers)


def open_repair_on(*, record: Record) -> Case | None:
    """Return the open repair application on the record, drafts included."""
    return Case.objects.filter(record=record, kind=KIND, closed_on__isnull=True).first()


def open_repairs_by_record(subject: Subject) -> dict[int, Case]:
    """Return the open repair on each record of `subject`, drafts included, by the record's key."""
    found = Case.objects.filter(subject=subject, kind=KIND, record__isnull=False, closed_on__isnull=True)
    return {case.record_id: case for case in found.select_related("filing") if case.record_id}


def held_among(records: Iterable[Record], *, today: date) -> set[int]:
    """Return the keys of those that are shown past their maximum 到期待核, in one query at most."""
    over = [record for record in records if record.effective_until and record.effective_until < today]
    return flagged_among([record for record in over if record.is_public], RecordFlag.Kind.HELD)


def open_basket_of(subject: Subject) -> Filing | None:
    """Return the basket that is being filled online for `subject`: nothing of it has been handed in yet."""
    inside = Case.objects.filter(filing=OuterRef("pk"))
    found = Filing.objects.filter(
        Exists(inside.filter(state="draft", kind=KIND)),
        subject=subject,
        channel=Filing.Channel.ONLINE,
        basket__isnull=False,
    )
    handed_in = inside.exclude(state__in=("draft", "discarded", "closed_moot"))
    return found.exclude(Exists(handed_in)).order_by("-created_at", "-pk").first()


def urge_again_on(case: Case) -> date | None:
    """Return from which day the applicant may urge 催办 once more; none where nobody has urged yet."""
    last = case.repair.urged_on
    return current_calendar().add_working_days(last, URGE_AGAIN_AFTER).due if last else None


def handed_in_of(filing: Filing) -> list[Case]:
    """Return what was handed in of a basket, or waits for its day, in the order in which it was put in."""
    found = Case.objects.filter(filing=filing, kind=KIND).exclude(state__in=("draft", "discarded"))
    found = found.exclude(state="closed_moot", submitted_on__isnull=True)
    documents = CaseDocument.objects.select_related("document")
    return list(
        found.select_related("filing", "record__authority", "repair", "intake_office", "deciding_office")
        .prefetch_related("clocks", Prefetch("documents", documents))
        .order_by("pk")
    )


def offices_to_send_on_to(case: Case, *, on: date) -> QuerySet[Office]:
    """Return the credit offices that the application can be sent on to 转送: where somebody takes in cases,
    and which have not sent it on themselves."""
    sent_on = case.steps.filter(forwarded_to__isnull=False).values("office")
    offices = access.offices_with(permission="intake", on=on).filter(kind=Office.Kind.CREDIT)
    return offices.exclude(Q(pk=case.intake_office_id) | Q(pk__in=sent_on)).order_by("code")


def known_contact(filing: Filing) -> dict[str, str]:
    """Return whom to call, as it was written in the same person's last basket for the subject."""
    earlier = RepairBasket.objects.filter(
        filing__subject=filing.subject_id, filing__created_by=filing.created_by_id
    ).exclude(contact_phone="")
    last = earlier.order_by("-filing__created_at", "-pk").first()
    if last is None:
        return {}
    return {"contact_name": last.contact_name, "contact_phone": last.contact_phone}
