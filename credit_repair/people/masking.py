"""Personal data on the officials' side: what is personal, and who sees it how 脱敏. The one table.

What somebody is to the data (`Reader`) follows from their offices: cases.reading and home.reading say so. A
full identity number is shown only after an unmasking with a reason (people.services.unmasking), on the
page, never in a file.
"""

import re
from enum import StrEnum
from typing import Any

from credit_repair.registry.models import Subject
from credit_repair.registry.personal_numbers import without_personal_numbers


class Datum(StrEnum):
    """What is personal."""

    SUBJECT_NUMBER = "subject_number"  # of a natural person, or of a trader known by one
    REPRESENTATIVE_NUMBER = "representative_number"
    NUMBER_IN_TEXT = "number_in_text"  # resident identity numbers in facts, statements, reports
    CONTACT_PHONE = "contact_phone"  # of a case
    CONTACT_MAIL = "contact_mail"
    PERSON_NAME = "person_name"  # of a subject who is a natural person
    USER_PHONE = "user_phone"  # of whoever has an account


class Reader(StrEnum):
    """What somebody is to the data."""

    OWNER = "owner"  # acts for the subject; of an account: the person
    HANDLER = "handler"  # takes in, verifies or approves at an office that has a case of the subject
    OVERSEER = "overseer"  # sees such a case, but handles none: supervises
    KEEPER = "keeper"  # of an office that decided or supplied the record, or imports such records
    OFFICIAL = "official"  # may read the register, and has neither case nor record of the subject
    OUTSIDER = "outsider"  # everybody else: other officials, the three administrators


class How(StrEnum):
    """How it is shown."""

    CLEAR = "clear"
    MASKED = "masked"


_ALL_MASKED = dict.fromkeys(Reader, How.MASKED)

#: Handlers must call: they alone of the officials see a contact in clear. Numbers are masked for everybody.
TABLE: dict[Datum, dict[Reader, How]] = {
    Datum.SUBJECT_NUMBER: _ALL_MASKED,
    Datum.REPRESENTATIVE_NUMBER: _ALL_MASKED,
    Datum.NUMBER_IN_TEXT: _ALL_MASKED,
    Datum.CONTACT_PHONE: {**_ALL_MASKED, Reader.OWNER: How.CLEAR, Reader.HANDLER: How.CLEAR},
    Datum.CONTACT_MAIL: {**_ALL_MASKED, Reader.OWNER: How.CLEAR, Reader.HANDLER: How.CLEAR},
    Datum.PERSON_NAME: {
        **dict.fromkeys(Reader, How.CLEAR),
        Reader.OFFICIAL: How.MASKED,
        Reader.OUTSIDER: How.MASKED,
    },
    Datum.USER_PHONE: {**_ALL_MASKED, Reader.OWNER: How.CLEAR},
}

_MOBILE = re.compile(r"\d{11}")


def shown(value: str, datum: Datum, reader: Reader) -> str:
    """Return `value` as `reader` sees it."""
    if datum == Datum.NUMBER_IN_TEXT:
        return without_personal_numbers(value)
    return value if TABLE[datum][reader] == How.CLEAR else _MASKS[datum](value)


def masked_number(number: str) -> str:
    """Mask an identity number: the first four and the last two places stay."""
    if len(number) <= 8:
        return "*" * len(number)
    return f"{number[:4]}{'*' * (len(number) - 6)}{number[-2:]}"


def masked_phone(phone: str) -> str:
    """Mask a telephone number: 138****0000; of a shorter one the last two digits stay, and an area code."""
    digits = "".join(filter(str.isdigit, phone))
    if _MOBILE.fullmatch(digits) and digits.startswith("1"):
        return f"{digits[:3]}****{digits[-4:]}"
    area, dash, rest = phone.rpartition("-")
    if dash and area.strip("+() ").isdigit() and len(rest) > 4:
        return f"{area}-{'*' * (len(rest) - 2)}{rest[-2:]}"
    return f"{'*' * max(len(digits) - 2, 0)}{digits[-2:]}"


def masked_mail(address: str) -> str:
    """Mask a mail address: its first letter and the domain stay."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}***{at}{domain}" if address else ""


def masked_name(name: str) -> str:
    """Mask a person's name: 周*敏, 周*."""
    if len(name) <= 2:
        return f"{name[:1]}{'*' * max(len(name) - 1, 0)}"
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


_MASKS = {
    Datum.SUBJECT_NUMBER: masked_number,
    Datum.REPRESENTATIVE_NUMBER: masked_number,
    Datum.CONTACT_PHONE: masked_phone,
    Datum.CONTACT_MAIL: masked_mail,
    Datum.PERSON_NAME: masked_name,
    Datum.USER_PHONE: masked_phone,
}


def subject_name(subject: Subject, reader: Reader) -> str:
    """Return the name of a subject as `reader` sees it: only a natural person's is ever masked."""
    if subject.kind != Subject.Kind.PERSON:
        return subject.name
    return shown(subject.name, Datum.PERSON_NAME, reader)


def subject_text(text: Any, subject: Subject, reader: Reader) -> str:
    """Return a text about `subject` as `reader` sees it: numbers masked, and the name where it is."""
    found = shown(str(text or ""), Datum.NUMBER_IN_TEXT, reader)
    name = subject_name(subject, reader)
    if name != subject.name and len(subject.name) > 1:
        found = found.replace(subject.name, name)
    return found


def has_numbers(subject: Subject) -> bool:
    """Whether there is a number that could be unmasked."""
    return bool(subject.personal_number or subject.representative_number)
