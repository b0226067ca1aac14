"""Looking over a filing before it is handed in."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, timedelta
from enum import Enum
from uuid import UUID

from django.db.models import F

from credit_repair.cases.models import CaseDocument, Filing, StoredFile
from credit_repair.core.clock import now
from credit_repair.people.models import User
from credit_repair.repairs.preflight.around import Material, around
from credit_repair.repairs.preflight.finding import Finding, Tone
from credit_repair.repairs.preflight.table import OF_A_FILE, OF_A_FILING

#: After that time nobody waits for a file to be looked into: it came in before that was done, or the
#: worker is down. Nothing depends on it.
_PATIENCE = timedelta(minutes=10)


class Looking(Enum):
    """How far the looking into files has come."""

    RUNNING = "running"
    DONE = "done"
    NOT_DONE = "not_done"


def findings_of(*, filing: Filing, today: date, user: User) -> list[Finding]:
    """Return what can be found wrong in a filing as `user` would hand it in on that day."""
    about = around(filing=filing, today=today, user=user)
    found = [finding for look in OF_A_FILING for finding in look(about)]
    for material in about.materials:
        for look_into in OF_A_FILE:
            found += [_placed(finding, material) for finding in look_into(material, about)]
    return sorted(found, key=lambda finding: finding.tone != Tone.WARNING)


def _placed(finding: Finding, material: Material) -> Finding:
    """The finding with the file that it is about, and the applications, where it names none itself."""
    return replace(
        finding, file=material.stored, kind=material.kind, cases=finding.cases or material.case_keys
    )


def files_of(filing: Filing) -> list[StoredFile]:
    """Return the files of a filing."""
    return list(StoredFile.objects.filter(filing=filing).order_by("pk"))


def looking_at(files: Iterable[StoredFile]) -> Looking:
    """Say whether files are still being looked into; NOT_DONE where there are none, or one never was."""
    files = list(files)
    waiting = [stored for stored in files if stored.inspected_at is None]
    if not waiting:
        return Looking.DONE if files else Looking.NOT_DONE
    since = now() - _PATIENCE
    return Looking.RUNNING if any(stored.uploaded_at > since for stored in waiting) else Looking.NOT_DONE


def letters_in(stored: StoredFile) -> set[int]:
    """Return the primary keys of the filing's applications whose commitment letters are in a file.

    Known by the QR code of each letter, also of one that was signed for an earlier application of the same
    subject on the same record; empty before the file was looked into.
    """
    return letters_among([stored])[stored.pk]


def letters_among(files: Collection[StoredFile]) -> dict[int, set[int]]:
    """Return what letters_in() says of each of these files of one filing, by the file's key, in one query."""
    named = {
        stored.pk: {UUID(letter["document"]) for letter in stored.facts.get("letters", [])}
        for stored in files
    }
    filings = {stored.filing_id for stored in files}
    links = CaseDocument.objects.filter(
        document__uuid__in=set().union(*named.values()),
        document__kind="commitment_letter",
        case__record__cases__filing__in=filings,
        case__record__cases__subject=F("case__subject"),
    ).order_by("case__record__cases")  # of two on one record, the last one is the open one
    case_of = dict(links.values_list("document__uuid", "case__record__cases"))
    return {key: {case_of[uuid] for uuid in uuids if uuid in case_of} for key, uuids in named.items()}
