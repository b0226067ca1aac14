"""Subjects that come into the register in another way than by an import, and what is corrected of them."""

from datetime import date
from typing import Any

from django.db import transaction

from credit_repair.core import audit
from credit_repair.core.crypto import keyed_hash
from credit_repair.registry.keys import natural_key
from credit_repair.registry.models import FormerName, NameGram, Record, RecordAlias, Subject
from credit_repair.registry.names import grams_of

#: What a sole trader's 个体工商户 credit code begins with (GB 32100-2015).
_SOLE_TRADER = "92"


def known_subject(*, code: str = "", number_hash: str = "") -> Subject | None:
    """Return the subject of this credit code, or of this keyed hash of a personal number; None for none."""
    if code:
        return Subject.objects.filter(code=code).first()
    return Subject.objects.filter(number_hash=number_hash).first() if number_hash else None


@transaction.atomic
def subject_for(*, name: str, code: str = "", personal_number: str = "") -> tuple[Subject, bool]:
    """Return the subject of the code or of the resident identity number, and whether it was made just now.

    One that is known keeps the name that the register has; a new one gets `name` as it was typed, which a
    later import compares with its own. Code and number are checked by the caller.
    """
    number_hash = keyed_hash(personal_number) if personal_number else ""
    found = known_subject(code=code, number_hash=number_hash)
    if found is not None:
        return found, False
    if code:
        kind = Subject.Kind.SOLE_TRADER if code.startswith(_SOLE_TRADER) else Subject.Kind.ORGANISATION
        key = {"code": code}
        said: dict[str, str] = {"kind": kind, "id_type": Subject.IdType.USCC}
    else:
        key = {"number_hash": number_hash}
        said = {
            "kind": Subject.Kind.PERSON,
            "id_type": Subject.IdType.RESIDENT_ID,
            "personal_number": personal_number,
        }
    # An import may bring the same one in the same moment: the unique key decides who makes it.
    subject, made = Subject.objects.get_or_create(**key, defaults={**said, "name": name})
    if made:
        NameGram.objects.bulk_create(
            (NameGram(gram=gram, subject=subject) for gram in sorted(grams_of(name))), ignore_conflicts=True
        )
    return subject, made


class NumberTaken(ValueError):
    """Another subject has the number already: then the two are one, or the number is wrong."""


def bear_name(subject: Subject, name: str, *, actor: Any, today: date) -> None:
    """Give a locked subject its new name; the old one becomes a former name 曾用名, by which it is still
    found. In the caller's transaction."""
    label = str(actor)[:100] if actor is not None else audit.SYSTEM_LABEL
    FormerName.objects.update_or_create(
        subject=subject, name=subject.name, defaults={"until": today, "actor_label": label}
    )
    FormerName.objects.filter(subject=subject, name=name).delete()
    subject.name = name
    subject.save(update_fields=["name"])
    NameGram.objects.bulk_create(
        (NameGram(gram=gram, subject=subject) for gram in sorted(grams_of(name))), ignore_conflicts=True
    )


def bear_number(subject: Subject, *, code: str = "", personal_number: str = "") -> int:
    """Give a locked subject its right credit code or, to a natural person, identity number; return how many
    records got another natural key by it.

    The former key of each record stays as an alias, so that a table with the wrong number makes no second
    record of it. Code and number are checked by the caller, who has locked the subject's records before it.

    Raises NumberTaken where another subject, or a record of one, is known by it.
    """
    number_hash = keyed_hash(personal_number) if personal_number else ""
    found = known_subject(code=code, number_hash=number_hash)
    if found is not None and found.pk != subject.pk:
        raise NumberTaken
    if code:
        subject.code = code
    else:
        subject.personal_number, subject.number_hash = personal_number, number_hash
    subject.save(update_fields=["code", "personal_number", "number_hash"])
    return _new_keys(subject)


def _new_keys(subject: Subject) -> int:
    """Give the records of a subject the keys that go with its number of now."""
    records = list(Record.objects.filter(subject=subject).select_related("authority").order_by("pk"))
    changed = [(record, key) for record in records if (key := _key_of(record, subject)) != record.natural_key]
    wanted = [key for _record, key in changed]
    others = Record.objects.filter(natural_key__in=wanted).exclude(subject=subject)
    if others.exists() or RecordAlias.objects.filter(natural_key__in=wanted).exclude(record__subject=subject):
        raise NumberTaken
    RecordAlias.objects.filter(natural_key__in=wanted).delete()
    for record, key in changed:
        RecordAlias.objects.get_or_create(natural_key=record.natural_key, defaults={"record": record})
        record.natural_key = key
        record.save(update_fields=["natural_key"])
    return len(changed)


def _key_of(record: Record, subject: Subject) -> str:
    """The key of a record with the subject's number of now: its first two parts stay as they are."""
    document, authority, _subject = record.natural_key.rsplit("|", 2)
    return natural_key(doc_no=document, authority_code=authority, subject_key=subject.key)
