"""What findings are made from: the files of a filing and what they are for, read in a few queries."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from credit_repair.cases.models import Attachment, Case, CaseDocument, Filing, StoredFile
from credit_repair.people.models import Mandate, User
from credit_repair.registry.models import Subject
from credit_repair.repairs.models import KIND
from credit_repair.repairs.states import RepairState

#: The states in which the applicant still has something to hand in.
_STILL_OPEN = (RepairState.DRAFT, RepairState.CORRECTION)


@dataclass
class Material:
    """A file as material of one kind, and the applications that it is for."""

    stored: StoredFile
    kind: str
    cases: list[Case] = field(default_factory=list)

    @property
    def facts(self) -> dict[str, Any]:
        """What was found in the file; empty before it was looked into."""
        return dict(self.stored.facts)

    @property
    def name(self) -> str:
        """The name that the person gave the file."""
        return self.stored.name

    @property
    def case_keys(self) -> frozenset[int]:
        """The primary keys of the applications."""
        return frozenset(case.pk for case in self.cases)


@dataclass(frozen=True)
class Letter:
    """A commitment letter that a scan names: whose it is, and whether a newer one was printed."""

    case: Case
    newest: bool


@dataclass
class Around:
    """Everything that a finding may look at.

    Attributes:
        names: what the subject is called, and was called before.
        cases: the applications that are still to be handed in.
        letters: by the identity in the QR code, the letters that the scans name; others are not ours. One
            that was signed for an earlier application 重新申请 counts for that which goes on with it.
        mandate_until: the last day of the user's own mandate; None for none, or one without an end.
    """

    filing: Filing
    subject: Subject | None
    names: tuple[str, ...]
    cases: list[Case]
    materials: list[Material]
    letters: dict[str, Letter]
    today: date
    mandate_until: date | None

    @property
    def scanned(self) -> set[int]:
        """The keys of the applications whose letter is in some scan."""
        return {case_key for case_key, _found in self._in_scans()}

    @property
    def signed(self) -> set[int]:
        """The keys of the applications whose letter is in some scan with somebody's hand or stamp on it, or
        was signed on the screen."""
        on_screen = {case.pk for case in self.cases if signed_on_screen(case)}
        return on_screen | {case_key for case_key, found in self._in_scans() if found.get("signed")}

    def _in_scans(self) -> Iterator[tuple[int, dict[str, Any]]]:
        for material in self.materials:
            for found in material.facts.get("letters", []):
                if found["document"] in self.letters:
                    yield self.letters[found["document"]].case.pk, found


def signed_on_screen(case: Case) -> bool:
    """Whether the applicant signed the letter of the application on the screen."""
    return getattr(case, "letter_signature", None) is not None


def around(*, filing: Filing, today: date, user: User) -> Around:
    """Read what the findings of a filing need; how many queries does not depend on how much there is."""
    # Of a correction, what answers it; the rest was handed in long ago.
    asked = Q(case__state=RepairState.DRAFT) | Q(item__isnull=False)
    return gathered(
        filing=filing,
        cases_where=Q(state__in=_STILL_OPEN),
        files_where=asked,
        today=today,
        mandate_until=_mandate_until(user, filing.subject, today),
    )


def gathered(
    *, filing: Filing, cases_where: Q, files_where: Q, today: date, mandate_until: date | None = None
) -> Around:
    """Read what the findings need of those cases and files of a filing; see around()."""
    cases = list(
        Case.objects.filter(cases_where, filing=filing, kind=KIND)
        .select_related("record__authority__sector", "record__sector", "repair", "letter_signature")
        .order_by("pk")
    )
    materials = _materials(cases, files_where)
    subject = filing.subject
    former = list(subject.former_names.values_list("name", flat=True)) if subject else []
    return Around(
        filing=filing,
        subject=subject,
        names=(subject.name, *former) if subject else (),
        cases=cases,
        materials=materials,
        letters=letters_named(cases, materials),
        today=today,
        mandate_until=mandate_until,
    )


def _materials(cases: Iterable[Case], files_where: Q) -> list[Material]:
    by_key = {case.pk: case for case in cases}
    found: dict[tuple[int, str], Material] = {}
    for attachment in (
        Attachment.objects.filter(files_where, case__in=by_key).select_related("stored").order_by("pk")
    ):
        key = (attachment.stored_id, attachment.kind)
        material = found.setdefault(key, Material(stored=attachment.stored, kind=attachment.kind))
        if attachment.case_id not in material.case_keys:
            material.cases.append(by_key[attachment.case_id])
    return list(found.values())


def letters_named(cases: Iterable[Case], materials: Iterable[Material]) -> dict[str, Letter]:
    """Return the letters that the scans name, by the identity in the QR code; two queries at most."""
    named = {letter["document"] for material in materials for letter in material.facts.get("letters", [])}
    if not named:
        return {}
    going_on = {case.record_id: case for case in cases}
    links = (
        CaseDocument.objects.filter(document__kind="commitment_letter")
        .filter(Q(document__uuid__in=named) | Q(case__in=[case.pk for case in cases]))
        .select_related("case__record", "document")
        .order_by("pk")
    )
    newest: dict[int, int] = {}
    for link in links:
        newest[link.case_id] = link.pk
    return {
        link.document.uuid.hex: Letter(
            case=_going_on(link.case, going_on), newest=newest[link.case_id] == link.pk
        )
        for link in links
        if link.document.uuid.hex in named
    }


def _going_on(case: Case, by_record: Mapping[int | None, Case]) -> Case:
    """The application that goes on with this one, of the same subject on the same record; else the same."""
    later = by_record.get(case.record_id)
    return later if later is not None and later.subject_id == case.subject_id else case


def _mandate_until(user: User, subject: Subject | None, today: date) -> date | None:
    """The last day on which `user` may act for the subject, of what runs today; None for no end known.

    At a window there is no mandate, and nothing that could end.
    """
    if subject is None:
        return None
    ends = list(Mandate.objects.filter(user=user, subject=subject).on(today).values_list("until", flat=True))
    return None if None in ends else max(ends, default=None)
