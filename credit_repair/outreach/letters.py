"""What the letters of this package say, filled from the records and from the rules of the day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse

from credit_repair.core.languages import in_site_language
from credit_repair.notices.guiding import GuidanceNotice, ReminderLetter, Repairable
from credit_repair.registry.law import current_book
from credit_repair.registry.models import Office, Record, Subject
from credit_repair.registry.selectors import NoCreditOffice, credit_office_for
from credit_repair.registry.wording import amount
from credit_repair.repairs.matters import facts_on_paper
from credit_repair.repairs.notices import contact_of, party_of
from credit_repair.repairs.selectors import assessment_on

#: What a penalty asks for beside the fine, by its name in the rules; a sentence without its full stop.
_ASKED = {
    "没收非法财物": "按《行政处罚决定书》的要求交出没收的非法财物",
    "暂扣许可证件": "按《行政处罚决定书》的要求交出暂扣的许可证件",
    "吊销许可证件": "按《行政处罚决定书》的要求交回吊销的许可证件",
    "限制开展生产经营活动": "在《行政处罚决定书》写明的期限内遵守对生产经营活动的限制",
    "责令停产停业": "按《行政处罚决定书》的要求停产停业，整改完成后再恢复",
    "责令关闭": "按《行政处罚决定书》的要求关闭",
    "限制从业": "在《行政处罚决定书》写明的期限内遵守从业限制",
}
_CORRECT = "改正违法行为，并保留能够证明的材料"


@in_site_language()
def reminder_letter(
    *,
    subject: Subject,
    records: Sequence[Record],
    office: Office,
    today: date,
    confirm_by: date | None = None,
) -> ReminderLetter:
    """Return the letter that reminds `subject` of its `records`; with `confirm_by`, the one that says that an
    application is prepared and until when it can be confirmed."""
    views = [_procedure(record, today) for record in records]
    return ReminderLetter(
        **_frame(subject, office, today),
        rows=tuple(_row(record, today) for record in records),
        site=_site("me"),
        answer_days=max(days for _title, days in views),
        as_of=today,
        legal_basis=tuple(dict.fromkeys(title for title, _days in views)),
        confirm_by=confirm_by,
    )


def _row(record: Record, today: date) -> Repairable:
    if record.repairable_from is None:
        raise ValueError(f"record {record.uuid} cannot be repaired")
    until = record.effective_until
    return Repairable(
        record=facts_on_paper(record),
        since=record.repairable_from,
        # One that is held past its maximum 到期待核 ends on no fixed day.
        ends_on=until if until is not None and until >= today else None,
    )


@in_site_language()
def guidance_notice(*, record: Record, office: Office, today: date) -> GuidanceNotice:
    """Return the guidance that is served with the penalty `record`, by the rules of that day."""
    title, answer_days = _procedure(record, today)
    assessment = assessment_on(record=record, filed_on=today)
    published = assessment.published
    alone = published and not assessment.application_needed
    return GuidanceNotice(
        **_frame(record.subject, office, today),
        document_number="",
        legal_basis=(title,),
        record=facts_on_paper(record),
        rule_class=_class_words(assessment.rule_class),
        published=published,
        min_until=assessment.min_until if published else None,
        repairable_from=None if alone or not published else _first_day(assessment),
        max_until=assessment.effective_until if published else None,
        ends_alone=alone,
        duties=duties_of(record),
        site=_site("front"),
        counter=contact_of(_counter(record, office)),
        answer_days=answer_days,
    )


def _first_day(assessment: Any) -> date | None:
    """The first repairable day, unless publicity ends before it."""
    first: date | None = assessment.repairable_from
    until = assessment.effective_until
    return None if first is None or until is not None and first > until else first


@in_site_language()
def duties_of(record: Record) -> tuple[str, ...]:
    """Return what is to be done before a repair, a sentence each without its full stop, as the penalty's own
    kinds and amounts say."""
    duties = []
    for name in record.penalty_types:
        if name == "罚款":
            duties.append(f"按《行政处罚决定书》写明的期限和账户缴纳罚款{amount(record.fine)}")
        elif name == "没收违法所得":
            duties.append(f"按《行政处罚决定书》的要求缴纳没收的违法所得{amount(record.confiscated)}")
        elif name in _ASKED:
            duties.append(_ASKED[name])
    return (*dict.fromkeys(duties), _CORRECT)


def _class_words(code: str | None) -> str:
    return f"{Record.RuleClass(code).label}信息" if code else ""


def _counter(record: Record, office: Office) -> Office:
    """Where one applies in person: the credit office that takes in, else who issues."""
    try:
        return credit_office_for(authority=record.authority)
    except NoCreditOffice:
        return office


def _procedure(record: Record, today: date) -> tuple[str, int]:
    """Title of the regulation by which an application of today is handled, and within how many working days
    it is answered."""
    book = current_book()
    rules = book.rule_set(assessment_on(record=record, filed_on=today).procedure_rule_set)
    return rules.title, int(book.view(rules.id, on=today)["clock.answer.days"].value)


def _frame(subject: Subject, office: Office, today: date) -> dict[str, Any]:
    return {
        "party": party_of(subject),
        "case_number": "",
        "demo": settings.DEMO,
        "issuer": office.name,
        "issue_date": today,
        "contact": contact_of(office),
    }


def _site(name: str) -> str:
    return settings.SITE_URL.rstrip("/") + reverse(name)
