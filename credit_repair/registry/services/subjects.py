"""Subjects that come into the register in another way than by an import."""

from django.db import transaction

from credit_repair.core.crypto import keyed_hash
from credit_repair.registry.models import NameGram, Subject
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
