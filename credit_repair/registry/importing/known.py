"""What the register knows of the offices, subjects and records that a batch of rows names.

Read in a fixed number of queries for the whole batch; what a row brings into being is known to the rows
after it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.db.models import Q

from credit_repair.core import bulk
from credit_repair.registry.importing.report import Outcome
from credit_repair.registry.importing.row import TableRow
from credit_repair.registry.importing.scope import ImportScope
from credit_repair.registry.models import ImportBatch, ImportLine, Office, Record, RecordAlias, Subject
from credit_repair.rules import RuleBook, derive_hints


class Known:
    """The things that a batch of rows names, as far as they exist; and those that it brings into being.

    `seen` holds the natural keys that this run has met in earlier batches; `met` those of this batch.
    """

    def __init__(
        self,
        rows: Sequence[TableRow],
        *,
        as_of: date,
        book: RuleBook,
        seen: set[str],
        scope: ImportScope | None = None,
    ) -> None:
        self.as_of = as_of
        self.scope = scope
        self._book = book
        self.met: set[str] = set()
        self.new_offices: list[Office] = []
        self.new_subjects: list[Subject] = []
        self._seen = seen
        self._offices = _offices({code for row in rows for code in (row.authority_code, row.source_code)})
        self._subjects = _subjects({row.subject_key for row in rows})
        keys = {row.key for row in rows}
        self._current_keys = _current_keys(keys)
        self._records = _records(keys | set(self._current_keys.values()))

    def has_seen(self, key: str) -> bool:
        """Whether this run has already met the record of this key, under this key or a former one."""
        key = self._current(key)
        return key in self._seen or key in self.met

    def subject(self, key: str) -> Subject | None:
        """The subject of this key."""
        return self._subjects.get(key)

    def office(self, code: str) -> Office | None:
        """The office of this code."""
        return self._offices.get(code)

    def record(self, key: str) -> Record | None:
        """The record of this key, which may be one that it once had."""
        return self._records.get(self._current(key))

    def meet(self, key: str) -> None:
        """Remember that a row with this key was taken."""
        self.met.add(self._current(key))

    def subject_of(self, row: TableRow) -> Subject:
        """The subject of `row`, which comes into being where it is not known."""
        subject = self._subjects.get(row.subject_key)
        if subject is None:
            subject = self._subjects[row.subject_key] = _new_subject(row)
            self.new_subjects.append(subject)
        return subject

    def office_of(self, *, code: str, name: str) -> Office:
        """The office of this code, which comes into being where it is not known: county level, no sector."""
        office = self._offices.get(code)
        if office is None:
            hints = derive_hints(authority_name=name, book=self._book)
            kind = Office.Kind.MARKET if hints.authority_kind == "market" else Office.Kind.OTHER
            office = self._offices[code] = Office(code=code, name=name, kind=kind, level=Office.Level.COUNTY)
            self.new_offices.append(office)
        return office

    def _current(self, key: str) -> str:
        return self._current_keys.get(key, key)


def keys_met(batch: ImportBatch, rows: Iterable[TableRow], *, reached: int) -> set[str]:
    """Return the natural keys that `batch` met in `rows` up to the row `reached`, for whoever goes on there.

    A refused row leaves no key behind.
    """
    refused = set(
        ImportLine.objects.filter(batch=batch, outcome=Outcome.REFUSED).values_list("row", flat=True)
    )
    met = {row.key for row in rows if row.number <= reached and row.number not in refused}
    current: dict[str, str] = {}
    for some in _portions(sorted(met)):
        current |= _current_keys(some)
    return {current.get(key, key) for key in met}


def _portions(keys: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))


def _current_keys(keys: Iterable[str]) -> dict[str, str]:
    """The keys of today for those among `keys` that a record once had."""
    aliases = RecordAlias.objects.filter(natural_key__in=keys)
    return dict(aliases.values_list("natural_key", "record__natural_key"))


def _offices(codes: set[str]) -> dict[str, Office]:
    found = Office.objects.filter(code__in=codes).select_related("sector")
    return {office.code: office for office in found}


def _subjects(keys: set[str]) -> dict[str, Subject]:
    # Decrypting what nobody looks at would cost more than all the rest.
    found = Subject.objects.defer("personal_number", "representative_number")
    return {subject.key: subject for subject in found.filter(Q(code__in=keys) | Q(number_hash__in=keys))}


def _records(keys: Iterable[str]) -> dict[str, Record]:
    """The records of these keys, locked, in one order for all who lock several."""
    found = Record.objects.filter(natural_key__in=keys).defer("assessment")
    found = found.select_related("authority__sector", "sector", "source_office").order_by("pk")
    return {record.natural_key: record for record in found.select_for_update(of=("self",))}


def _new_subject(row: TableRow) -> Subject:
    said = {
        "kind": row.kind,
        "name": row.text("name"),
        "legal_representative": row.text("representative"),
        "representative_number": row.text("representative_number"),
    }
    subject = bulk.new(Subject, said)
    if row.is_person:
        resident = row.person_has_resident_id
        subject.id_type = Subject.IdType.RESIDENT_ID if resident else Subject.IdType.OTHER
        subject.personal_number = row.person_number
        subject.number_hash = row.subject_key
    else:
        subject.id_type = Subject.IdType.USCC
        subject.code = row.code
    return subject
