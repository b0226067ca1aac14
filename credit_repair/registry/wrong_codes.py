"""The monthly check of wrong and duplicate codes 重错码: which rows and subjects a person has to look at."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit_repair.registry.importing.parsing import public_code
from credit_repair.registry.models import (
    FormerName,
    ImportBatch,
    ImportLine,
    NameConflict,
    Record,
    Subject,
    SupplyCount,
)
from credit_repair.registry.personal_numbers import without_personal_numbers
from credit_repair.registry.supply import Covers, registered_names
from credit_repair.rules import add_months

#: Wrong codes 错码, by the code of the fault, in words.
WRONG_CODES = {
    "bad_uscc": gettext_lazy("相对人代码有误"),
    "natural_person_with_uscc": gettext_lazy("自然人填了统一社会信用代码"),
    "authority_code_bad": gettext_lazy("处罚机关代码有误"),
    "bad_source_code": gettext_lazy("数据来源单位代码有误"),
    "bad_person_number": gettext_lazy("自然人证件号码有误"),
    "bad_representative_number": gettext_lazy("法定代表人证件号码有误"),
}
#: Duplicate codes 重码: one code under several names, and one record twice in a file.
DUPLICATE_CODES = {
    "name_code_conflict": gettext_lazy("一个代码多个名称"),
    "duplicate": gettext_lazy("重复的行"),
}
TITLES = {**WRONG_CODES, **DUPLICATE_CODES}
#: No more names than a person can look into are listed.
NAMES_LISTED = 1000


@dataclass(frozen=True)
class WrongLine:
    """A row of a file with a wrong or a duplicate code: who sent it, where it stands, what to do."""

    line: ImportLine
    source: str
    title: str
    text: str
    state: str


@dataclass(frozen=True)
class SubjectFinding:
    """What the register itself has: one code that has borne several names, or one name with several codes."""

    name: str
    codes: tuple[str, ...]
    title: str
    text: str


def lines_of_month(month: date, *, covers: Covers) -> QuerySet[ImportLine]:
    """Return the rows with wrong or duplicate codes in the imports of `month` (its first day), newest first.

    A row whose conflict of names has been settled since stays in the report. Somebody who may not see every
    source (`covers`) sees those rows alone whose source is known to be theirs.
    """
    batches = _batches(month)
    settled = NameConflict.objects.filter(line__batch__in=batches)
    lines = (
        ImportLine.objects.filter(batch__in=batches)
        .filter(Q(code__in=TITLES) | Q(pk__in=settled.values("line")))
        .select_related("batch", "conflict")
        .order_by("-batch__started_at", "-batch", "row", "pk")
    )
    if covers is None:
        return lines
    return _covered(lines, sources_of(lines.values("batch")), covers)


def _covered(
    lines: QuerySet[ImportLine], sources: dict[int, list["Source"]], covers: Any
) -> QuerySet[ImportLine]:
    """The rows of files that come from covered sources alone, and those rows of others that say so."""
    whole, mixed = [], []
    for batch, given in sources.items():
        mine = [covers(code) for code, _name in given]
        if all(mine):
            whole.append(batch)
        elif any(mine):
            mixed.append(batch)
    single = [
        line.pk
        for line in lines.filter(batch__in=mixed).select_related(None).only("cells").iterator(chunk_size=1000)
        if line.cells and covers(_named_in(line)[0])
    ]
    return lines.filter(Q(batch__in=whole) | Q(pk__in=single))


#: Code and name of whoever supplied.
Source = tuple[str, str]


def sources_of(batches: Iterable[int] | QuerySet[Any]) -> dict[int, list[Source]]:
    """Return the sources whose rows are in these batches, by the batch's key, in one query."""
    found: dict[int, list[Source]] = {}
    counts = SupplyCount.objects.filter(batch__in=batches).order_by("batch", "source_code", "source_name")
    for batch, code, name in counts.values_list("batch", "source_code", "source_name"):
        found.setdefault(batch, []).append((code, name))
    return found


def wrong_lines(lines: Sequence[ImportLine]) -> list[WrongLine]:
    """Return `lines` in words, each with its source; two queries, however many there are."""
    sources = sources_of({line.batch_id for line in lines})
    named = [_source(line, sources.get(line.batch_id, [])) for line in lines]
    offices = registered_names(code for code, _name in named)
    return [
        WrongLine(
            line=line,
            source=offices.get(code, "") or name or code or _("（不明）"),
            title=str(TITLES.get(line.code, TITLES["name_code_conflict"])),
            text=without_personal_numbers(_words(line)),
            state=_state(line),
        )
        for line, (code, name) in zip(lines, named, strict=True)
    ]


def _source(line: ImportLine, sources: Sequence[Source]) -> Source:
    if line.cells:
        return _named_in(line)
    return sources[0] if len(sources) == 1 else ("", "")


def _named_in(line: ImportLine) -> Source:
    """The supplier that a kept row names, else the authority."""
    cells = json.loads(line.cells)
    code, name = public_code(str(cells.get("source_code") or "")), str(cells.get("source") or "")
    if code or name:
        return code, name
    return public_code(str(cells.get("authority_code") or "")), str(cells.get("authority") or "")


def _words(line: ImportLine) -> str:
    conflict = getattr(line, "conflict", None)
    if conflict is None or line.code == "name_code_conflict":
        return line.reason
    words = _("这个代码当时登记的名称是“%(known)s”，来表中是“%(name)s”。")
    return words % {"known": conflict.known_name, "name": conflict.name}


def _state(line: ImportLine) -> str:
    """Whether a person still has something to do."""
    conflict = getattr(line, "conflict", None)
    if conflict is not None:
        return str(conflict.get_state_display())
    return _("拒收，待更正重报") if line.outcome == "refused" else _("已收，待核对")


def renamed_in_month(month: date, *, offices: Iterable[int] | None) -> list[SubjectFinding]:
    """Return the changes of name registered in `month`: one code that has borne several names 一码多名.

    With `offices`, only of subjects on which these have sent or decided records.
    """
    names = FormerName.objects.filter(until__gte=month, until__lt=add_months(month, 1))
    names = names.filter(subject__code__isnull=False)
    if offices is not None:
        names = names.filter(subject__in=Record.objects.filter(_from(offices)).values("subject"))
    words = _("原名“%(former)s”，%(day)s登记更名。如与登记机关的信息不符，请核对。")
    return [
        SubjectFinding(
            name=former.subject.name,
            codes=(former.subject.code or "",),
            title=str(DUPLICATE_CODES["name_code_conflict"]),
            text=words % {"former": former.name, "day": former.until.isoformat()},
        )
        for former in names.select_related("subject").order_by("-until", "-pk")[:NAMES_LISTED]
    ]


def names_with_several_codes(month: date, *, offices: Iterable[int] | None) -> list[SubjectFinding]:
    """Return the names that stand in the register under several codes 一名多码, in two queries.

    Only subjects on which a record came in during `month` are looked at, each by the index of names; natural
    persons are not, for many share a name. Two firms may rightly have one name: a person looks.
    """
    start, end = _moment(month), _moment(add_months(month, 1))
    records = Record.objects.filter(created_at__gte=start, created_at__lt=end)
    if offices is not None:
        records = records.filter(_from(offices))
    namesakes = Subject.objects.filter(name=OuterRef("name"), code__isnull=False).exclude(pk=OuterRef("pk"))
    names = (
        Subject.objects.filter(pk__in=records.values("subject"), code__isnull=False)
        .filter(Exists(namesakes))
        .values_list("name", flat=True)
    )
    found: dict[str, list[str]] = {}
    # Sorted and cut here: told to do it, the database walks the names of all subjects instead of the month's.
    listed = sorted(set(names))[:NAMES_LISTED]
    same = Subject.objects.filter(name__in=listed, code__isnull=False).order_by("name", "code")
    for name, code in same.values_list("name", "code"):
        found.setdefault(name, []).append(code or "")
    words = _("同一名称登记了%(count)s个代码。可能是重名，也可能有代码填错，请对照营业执照核对。")
    return [
        SubjectFinding(
            name=name, codes=tuple(codes), title=_("一个名称多个代码"), text=words % {"count": len(codes)}
        )
        for name, codes in found.items()
    ]


def _from(offices: Iterable[int]) -> Q:
    """Records that these offices supplied; where nobody is named, that they decided."""
    mine = list(offices)
    return Q(source_office__in=mine) | Q(source_office__isnull=True, authority__in=mine)


def _batches(month: date) -> QuerySet[ImportBatch, Any]:
    in_month = ImportBatch.objects.filter(as_of__gte=month, as_of__lt=add_months(month, 1))
    return in_month.exclude(state=ImportBatch.State.UNDONE).order_by().values("pk")


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
