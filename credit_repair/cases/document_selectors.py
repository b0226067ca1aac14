"""Questions about what offices have issued: the register of documents 发文登记簿, and one document in it."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from credit_repair.cases.enquiry_selectors import letters_for
from credit_repair.cases.models import Case, CaseDocument, Enquiry
from credit_repair.cases.parts import kept_from, visible_cases
from credit_repair.core.codes import read_code
from credit_repair.core.models import AuditEntry
from credit_repair.notices.enquiries import EnquiryLetter
from credit_repair.notices.models import Document
from credit_repair.notices.verification import CHECK_CODE_LETTERS
from credit_repair.people import access
from credit_repair.people.reach import reach_of

#: The brackets with which people write the year of a number, all of them as it is stored.
_BRACKETS = str.maketrans({"[": "〔", "(": "〔", "【": "〔", "]": "〕", ")": "〕", "】": "〕"})

#: How the file of a document can stand: there, still to be made, or made but not signed.
READY, PENDING, UNSIGNED = "ready", "pending", "unsigned"
PAPERS: dict[str, Q] = {
    READY: Q(state=Document.State.READY),
    PENDING: Q(state=Document.State.PENDING),
    UNSIGNED: Q(state=Document.State.PENDING, signing_failures__gt=0),
}


def register(*, user: Any, on: date) -> QuerySet[Document]:
    """Return what was issued by the offices whose cases `user` sees on that day, the newest first.

    Not what belongs to a case from which they keep away 回避, nor what went to a subject of their own.
    """
    offices = reach_of(user=user, on=on).offices("see_cases")
    away = Q(pk__in=CaseDocument.objects.filter(kept_from(user)).values("document"))
    asked = Enquiry.objects.filter(kept_from(user), document__isnull=False)
    return (
        Document.objects.filter(office__in=offices)
        .exclude(away | Q(pk__in=asked.values("document")) | _to_own_subject(user))
        .select_related("office", "replaced_by")
        .order_by("-issued_on", "-pk")
    )


def _to_own_subject(user: Any) -> Q:
    return Q(addressee__isnull=False, addressee__in=access.subjects_ever_acted_for(user=user))


def found_in_register(
    *,
    user: Any,
    on: date,
    text: str = "",
    kind: str = "",
    standing: str = "",
    paper: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Document]:
    """Return what of the register fits: a part of the number or the whole check code, kind, standing, days
    of issue (both included), and how its file stands, see PAPERS."""
    found = register(user=user, on=on)
    if text.strip():
        code = read_code(text, letters=CHECK_CODE_LETTERS)
        found = found.filter(check_code=code) if code else found.filter(number__icontains=as_number(text))
    if paper:
        found = found.filter(PAPERS[paper])
    wanted = {"kind": kind, "standing": standing, "issued_on__gte": since, "issued_on__lte": until}
    return found.filter(**{name: value for name, value in wanted.items() if value})


def without_file(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Return those of the documents whose file is still to be made."""
    return documents.filter(PAPERS[PENDING])


def as_number(text: str) -> str:
    """Return what was typed of a document number as it is stored: 濉信修[2026] 12号 → 濉信修〔2026〕12号."""
    wide = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    return "".join(wide.split())


@dataclass(frozen=True)
class NumberRun:
    """The numbers of an office, 发文代字 and year: which was the last, how many were given, and voided.

    missing  numbers up to the last one that no document has: there are none
    """

    office: str
    prefix: str
    year: int
    last: int
    given: int
    voided: int

    @property
    def missing(self) -> int:
        """How many numbers no document has."""
        return self.last - self.given


def number_runs(*, user: Any, on: date) -> list[NumberRun]:
    """Return the runs of numbers of the offices whose cases `user` sees, the latest year first. They are
    counted whole: also what belongs to a case from which the person keeps away is a number given."""
    offices = reach_of(user=user, on=on).offices("see_cases")
    counted = (
        Document.objects.filter(office__in=offices, serial__isnull=False)
        .order_by()
        .values_list("office__name", "prefix", "year")
        .annotate(
            last=Max("serial"),
            given=Count("pk"),
            voided=Count("pk", filter=Q(standing=Document.Standing.VOID)),
        )
        .order_by("-year", "office__name", "prefix")
    )
    return [NumberRun(*row) for row in counted]


def void_numbers(*, user: Any, on: date) -> QuerySet[Document]:
    """Return the documents of the register whose number was voided 作废文号, the latest first."""
    void = register(user=user, on=on).filter(standing=Document.Standing.VOID, number__isnull=False)
    return void.order_by("-ended_at", "-pk")


def case_numbers(documents: list[Document], *, user: Any, on: date) -> dict[int, Case]:
    """Return the cases of these documents that `user` may read, by the documents' keys."""
    keys = [document.pk for document in documents]
    seen = visible_cases(user=user, on=on).values("pk")
    links = CaseDocument.objects.select_related("case__subject").filter(document__in=keys, case__in=seen)
    asked = Enquiry.objects.select_related("case__subject").filter(document__in=keys, case__in=seen)
    found = {link.document_id: link.case for link in links}
    return {**found, **{each.document_id: each.case for each in asked if each.document_id}}


def acts_on(document: Document) -> QuerySet[AuditEntry]:
    """Return what was done to a document, the latest first."""
    entries = AuditEntry.objects.filter(object_type="notices.document", object_id=str(document.uuid))
    return entries.filter(action__startswith="document.").order_by("-pk")


def openable(documents: Iterable[int], *, user: Any, on: date) -> set[int]:
    """Return the keys of those documents, given by their keys, which `user` finds in their register on that
    day and whose file they may open.

    A letter of enquiry 协查函 has the code that answers it: only who sends or answers it opens it.
    """
    found = dict(register(user=user, on=on).filter(pk__in=documents).order_by().values_list("pk", "kind"))
    asked = dict(Enquiry.objects.filter(document__in=found).values_list("document_id", "pk"))
    theirs: set[int] = set()
    if asked:
        letters = letters_for(user=user, on=on).filter(pk__in=asked.values())
        theirs = set(letters.order_by().values_list("pk", flat=True))
    return {
        key
        for key, kind in found.items()
        if (asked[key] in theirs if key in asked else kind != EnquiryLetter.template)
    }


def may_open(document: Document, *, user: Any, on: date) -> bool:
    """Whether `user` finds the document in their register and may open its file, as openable() says."""
    return document.pk in openable([document.pk], user=user, on=on)


def replacements_for(document: Document, *, user: Any, on: date) -> QuerySet[Document]:
    """Return what of the register of `user` can take the place of a document: valid ones of its kind and
    office, issued for the same case where it belongs to one, the newest first."""
    others = (
        register(user=user, on=on)
        .filter(
            office=document.office,
            kind=document.kind,
            standing=Document.Standing.VALID,
            check_code__isnull=False,
        )
        .exclude(pk=document.pk)
    )
    link = CaseDocument.objects.filter(document=document).first()
    if link:
        return others.filter(case_link__case=link.case_id)
    enquiry = Enquiry.objects.filter(document=document).first()
    letters = Enquiry.objects.filter(document__isnull=False)
    if enquiry:
        return others.filter(pk__in=letters.filter(case=enquiry.case_id).values("document"))
    return others.filter(case_link__isnull=True).exclude(pk__in=letters.values("document"))
