"""Which data may be asked to be corrected, and what stands there now."""

from typing import Any

from credit_repair.core.wording import bracketed, clauses, day_text
from credit_repair.dossier.models import DataRequest, RequestedField, SubjectEvent
from credit_repair.people.masking import masked_number
from credit_repair.people.models import Mandate
from credit_repair.registry.models import Subject

About, Name = DataRequest.About, RequestedField.Name


def present_values(
    *, about: str, user: Any, subject: Subject | None = None, event: SubjectEvent | None = None
) -> dict[str, str]:
    """Return the data of which a request about `about` may speak, by name, each as it stands now; nothing
    where the request speaks of no single datum."""
    if about == About.ACCOUNT:
        return {Name.DISPLAY_NAME: user.display_name, Name.PHONE: user.phone, Name.MANDATE: mandates_of(user)}
    if about == About.REGISTER and subject is not None:
        return register_values(subject)
    if about == About.EVENT and event is not None:
        return {Name.EVENT_WORDS: event.words}
    return {}


def register_values(subject: Subject) -> dict[str, str]:
    """Return what the register says of a subject; a natural person has no representative."""
    values = {Name.SUBJECT_NAME: subject.name, Name.SUBJECT_NUMBER: subject.code or subject.personal_number}
    if subject.kind != Subject.Kind.PERSON:
        values[Name.REPRESENTATIVE] = subject.legal_representative
    return {str(name): value for name, value in values.items()}


def mandates_of(user: Any) -> str:
    """Return for whom a person may act, and until when, in words."""
    rows = Mandate.objects.filter(user=user).select_related("subject").order_by("since", "pk")
    return clauses(f"{row.subject.name}{bracketed(_dates(row))}" for row in rows)


def _dates(mandate: Mandate) -> str:
    return f"{day_text(mandate.since, 'iso')} — {day_text(mandate.until, 'iso')}"


def shown_value(name: str, value: str, *, subject: Subject | None) -> str:
    """Return a value as an official sees it: an identity number is masked, a public code is not."""
    if name == Name.SUBJECT_NUMBER and subject is not None and not subject.code:
        return masked_number(value)
    return value
