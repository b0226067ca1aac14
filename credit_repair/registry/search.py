"""Finding records and subjects by the one text that somebody types.

A text can be a document number or part of one, a code or how it begins, a whole personal number, or part of a
name, now or formerly. It is first looked up for what it could be, each in an index of its own and never
further than FEW rows. So much is found either as keys, and the list is read from these, or it is found in
so many rows that whoever reads the newest records meets one again and again: then the list is read from its
newest end, with the text as a condition. Neither way reads the whole register to show a page of it.

A natural person 自然人 is found by the whole name or number. By a part of the name they are found only where
the asker says so (`persons`): whoever reads a name masked must not learn its characters one by one.
"""

import unicodedata
from collections.abc import Callable, Iterable

from django.db import connection
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet

from credit_repair.core.crypto import keyed_hash
from credit_repair.registry.keys import document_key
from credit_repair.registry.lookups import BeginsWith, InDocumentNumber
from credit_repair.registry.models import FormerName, NameGram, Record, Subject
from credit_repair.registry.names import bare_name, grams_to_find

#: More rows than this are not listed by their keys: at a million records either way is then about as dear.
FEW = 5000
#: How far the subjects that have a pair of characters are counted, to begin with the rarest pair.
COUNTED = 20_000
#: So many pairs of a long text are looked up; the name itself is compared with all of it.
PAIRS = 30
#: Fewer letters and digits are no beginning of a code: the first six only say what it is and where.
CODE_BEGINS = 6

CharField.register_lookup(BeginsWith)
CharField.register_lookup(InDocumentNumber)

#: Among which natural persons a part of a name finds; asked only where it can matter.
Persons = Callable[[], Q]

_NAMED = ("subject_id", "subject__name", "subject__kind")

#: What finds nothing falls out where it is put together with what does; alone it must not find everything.
_NOTHING = Q()
_COUNT_HOLDERS = (
    "SELECT %s, COUNT(*) FROM (SELECT 1 FROM "  # noqa: S608 — the table's name is the model's
    f"{NameGram._meta.db_table} WHERE gram = %s LIMIT {COUNTED}) AS held"
)


def nobody() -> Q:
    """No natural person is found by a part of the name."""
    return Q(pk__in=())


def everybody() -> Q:
    """Every natural person is: for whoever reads what is found in clear."""
    return Q(pk__isnull=False)


def search_subjects(text: str, *, persons: Persons = nobody) -> QuerySet[Subject]:
    """Return the subjects whose code begins with `text`, whose personal number it is, or in whose name,
    present or former, it is. By name; none where the text is empty.

    `persons`: the condition on subjects under which a part of a natural person's name is enough.
    """
    text = text.strip()
    whose = _numbered(text, path="pk") | _coded(text, path="pk") | _named(text, path="pk", persons=persons)
    return Subject.objects.filter(_or_none(whose)).order_by("name", "pk")


def records_with(text: str, *, persons: Persons = nobody) -> Q:
    """Return the condition on records that `text` is part of their document number, or finds their subject.

    Asks the database at once, in at most six queries whatever is stored, and what `persons` asks: the
    condition on records under which a part of a natural person's name is enough.
    """
    text = text.strip()
    by_number = _numbered(text, path="subject") | _coded(text, path="subject")
    # What is a subject's number, or begins one, is sought in no document number: that is the dear part.
    documents = _NOTHING if by_number else _documents(text)
    return _or_none(by_number | _named(text, path="subject", persons=persons) | documents)


def _or_none(condition: Q) -> Q:
    return condition or Q(pk__in=())


def _numbered(text: str, *, path: str) -> Q:
    """A personal number is found whole or not at all: only its hash is known."""
    if not any(character.isdigit() for character in text):
        return _NOTHING
    hashes = {keyed_hash(text), keyed_hash(_plain(text))}
    return _keys(Subject.objects.filter(number_hash__in=hashes).values_list("pk", flat=True), path=path)


def _coded(text: str, *, path: str) -> Q:
    code = _plain(text)
    if len(code) < CODE_BEGINS or not (code.isascii() and code.isalnum()):
        return _NOTHING
    found = list(Subject.objects.filter(code__begins_with=code).values_list("pk", flat=True)[: FEW + 1])
    if len(found) <= FEW:
        return _keys(found, path=path)
    # Not begins_with: nobody shall start from the index of codes, where so many fit.
    return Q(Exists(Subject.objects.filter(pk=OuterRef(_column(path)), code__startswith=code)))


def _named(text: str, *, path: str, persons: Persons) -> Q:
    bare = bare_name(text)
    if not bare:
        return _NOTHING
    if len(bare) > 2:
        return _named_at_length(text, bare, path=path, persons=persons)
    gram = Q(gram=bare) if len(bare) == 2 else Q(gram__begins_with=bare)
    named = list(NameGram.objects.filter(gram).values_list(*_NAMED)[: FEW + 1])
    if len(named) > FEW:
        return Q(_has(gram, _column(path))) & _in_the_open(text, bare, path=path, persons=persons)
    # One gram says for certain that the text is in a name: only for persons it matters whether it is all.
    people = [row for row in named if row[2] == Subject.Kind.PERSON]
    found, part = _with_the_text(bare, people)
    found |= {key for key, _name, kind in named if kind != Subject.Kind.PERSON}
    return _listed(found, part, path=path, persons=persons)


def _named_at_length(text: str, bare: str, *, path: str, persons: Persons) -> Q:
    """Of so many that they are not listed, only the pairs are asked: where these stand in a name, the text
    nearly always does."""
    counts = _holders(grams_to_find(bare)[:PAIRS])
    rarest, *others = sorted(counts, key=lambda pair: counts[pair])
    if not counts[rarest]:
        return _NOTHING
    holders = NameGram.objects.filter(gram=rarest)
    if counts[rarest] > FEW:  # otherwise it is sooner to look at the few names
        holders = holders.filter(*(_has(Q(gram=pair), "subject_id") for pair in others))
    named = list(holders.values_list(*_NAMED)[: FEW + 1])
    if len(named) <= FEW:
        found, part = _with_the_text(bare, named)
        return _listed(found, part, path=path, persons=persons)
    pairs = Q(*(_has(Q(gram=pair), _column(path)) for pair in (rarest, *others)))
    return pairs & _in_the_open(text, bare, path=path, persons=persons)


def _listed(found: set[int], part: set[int], *, path: str, persons: Persons) -> Q:
    """Those found, and of the persons of whose name the text is a part those whom the asker may find so."""
    whose = _keys(found, path=path)
    return whose | _keys(part, path=path) & persons() if part else whose


def _in_the_open(text: str, bare: str, *, path: str, persons: Persons) -> Q:
    """Everybody but the natural persons of whose name the text is a part, and of these whom the asker may."""
    names = {text, bare}
    to_subject = "" if path == "pk" else "subject__"
    formerly = FormerName.objects.filter(subject=OuterRef(_column(path)), name__in=names)
    return (
        ~Q(**{f"{to_subject}kind": Subject.Kind.PERSON})
        | Q(**{f"{to_subject}name__in": names})
        | Q(Exists(formerly))
        | persons()
    )


def _has(gram: Q, subject: str) -> Exists:
    """Whether the subject to which the column `subject` leads has such a gram."""
    return Exists(NameGram.objects.filter(gram, subject=OuterRef(subject)))


def _holders(pairs: list[str]) -> dict[str, int]:
    """How many subjects have each pair, counted up to COUNTED."""
    named_twice = [pair for pair in pairs for _time in range(2)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([_COUNT_HOLDERS] * len(pairs)), named_twice)
        return dict(cursor.fetchall())


def _with_the_text(bare: str, named: Iterable[tuple[int, str, str]]) -> tuple[set[int], set[int]]:
    """Those in whose name, else in a former one, the pairs stand beside each other as in the text; and apart
    from them the natural persons of whose names it is no more than a part."""
    found: set[int] = set()
    part: set[int] = set()
    others: set[int] = set()
    for key, name, kind in named:
        fits = _fits(bare, name, kind, found, part)
        if fits is None or fits is part:
            others.add(key)
        if fits is not None:
            fits.add(key)
    formerly = FormerName.objects.filter(subject__in=others)
    for key, name, kind in formerly.values_list("subject_id", "name", "subject__kind"):
        fits = _fits(bare, name, kind, found, part)
        if fits is not None:
            fits.add(key)
    return found, part - found


def _fits(bare: str, name: str, kind: str, found: set[int], part: set[int]) -> set[int] | None:
    """Where the holder of a name belongs: to those found, to those named in part, or to neither."""
    whole = bare_name(name)
    if bare not in whole:
        return None
    return part if kind == Subject.Kind.PERSON and bare != whole else found


def _documents(text: str) -> Q:
    """A document number by how it begins; by any part of it, where that has a digit.

    To find a part, the whole index of the keys is read, which no other text is worth.
    """
    key = document_key(text)
    if not key or "|" in key:
        return _NOTHING
    if not _is_inner(key):
        found = _natural_keys(Q(natural_key__begins_with=key))
        if found:
            return _keys(found, path="natural_key") if len(found) <= FEW else Q(natural_key__startswith=key)
        if not any(character.isdigit() for character in key):
            return _NOTHING
    inside = Q(natural_key__in_document_number=key)
    found = _natural_keys(inside)
    return _keys(found, path="natural_key") if len(found) <= FEW else inside


def _is_inner(key: str) -> bool:
    """Whether a number is typed without the letters of the office before it."""
    return key[0] in "[]" or key[0].isdigit()


def _natural_keys(condition: Q) -> list[str]:
    # The keys and nothing else, so that the index alone answers.
    return list(Record.objects.filter(condition).values_list("natural_key", flat=True)[: FEW + 1])


def _keys(found: Iterable[int | str], *, path: str) -> Q:
    listed = set(found)
    return Q(**{f"{path}__in": listed}) if listed else _NOTHING


def _column(path: str) -> str:
    return "pk" if path == "pk" else f"{path}_id"


def _plain(text: str) -> str:
    """A code or number as it is stored: half width, upper case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def is_personal_number(text: str, *, records: Iterable[Record]) -> bool:
    """Whether `text` is the personal number of one of the subjects found: no address should repeat it."""
    hashes = {keyed_hash(text), keyed_hash(_plain(text))}
    return any(record.subject.number_hash in hashes for record in records)
