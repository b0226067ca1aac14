"""A subject's file 主体档案, for one reader: its head, its figures, and its parts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from credit_repair.cases import file_parts, kinds
from credit_repair.cases.file_parts import OFFICE, FileLine, FilePart, FileReader
from credit_repair.cases.record_reading import subjects_in_clear
from credit_repair.core.wording import listed
from credit_repair.dossier import parts
from credit_repair.dossier.access import has_cases_of
from credit_repair.people.mandate_selectors import mandates_on
from credit_repair.people.masking import Datum, Reader, shown, subject_name, subject_text
from credit_repair.registry.models import Record, Subject

#: So many lines of each part stand on the page of the whole file.
SHOWN = 5
#: So many lines of one part can be looked through.
MOST = 2000


@dataclass(frozen=True)
class Section:
    """A part of a file as one reader sees it; `more`: there are older lines."""

    code: str
    title: str
    empty: str
    lines: Sequence[FileLine]
    more: bool


@dataclass(frozen=True)
class Head:
    """Whose file it is, as one reader sees it.

    name      masked for officials who have neither a record nor a case of a natural person
    number    a credit code whole, a personal number masked
    former    former names 曾用名
    acting    who acts for it; None for a reader who is not told
    figures   what is in the file, as pairs of words and figures
    in_clear  whether the name is in clear
    """

    name: str
    number: str
    kind: str
    representative: str
    former: str
    acting: str | None
    figures: list[tuple[str, str]]
    in_clear: bool


def level_of(subject: Subject, reader: FileReader) -> Reader:
    """Return what the reader is to the subject's personal data."""
    if reader.side != OFFICE:
        return Reader.OWNER
    known = subjects_in_clear([subject], user=reader.user, on=reader.on)
    return Reader.KEEPER if subject.pk in known else Reader.OFFICIAL


def head_of(subject: Subject, reader: FileReader) -> Head:
    """Return the head of a file. Whether the reader may open it was asked before."""
    level = level_of(subject, reader)
    former = [row.name for row in subject.former_names.all()]
    if subject.kind == Subject.Kind.PERSON:
        former = [shown(name, Datum.PERSON_NAME, level) for name in former]
    told = reader.side != OFFICE or has_cases_of(user=reader.user, subject=subject, on=reader.on)
    return Head(
        name=subject_name(subject, level),
        number=subject.shown_number,
        kind=subject.get_kind_display(),
        representative=subject.legal_representative,
        former=listed(former),
        acting=listed(str(row.user) for row in mandates_on(subject=subject, on=reader.on)) if told else None,
        figures=figures_of(subject, reader),
        in_clear=_in_clear(subject, level),
    )


def name_in_clear(subject: Subject, reader: FileReader) -> bool:
    """Whether the reader sees the subject's name as it is: only a natural person's is ever masked."""
    return _in_clear(subject, level_of(subject, reader))


def _in_clear(subject: Subject, level: Reader) -> bool:
    return level != Reader.OFFICIAL or subject.kind != Subject.Kind.PERSON


def figures_of(subject: Subject, reader: FileReader) -> list[tuple[str, str]]:
    """Return how much the file holds for this reader, in words and figures."""
    records, cases = _counted(subject, reader)
    return [
        (_("信用记录"), _("%(count)d项") % {"count": records["all"]}),
        (_("其中正在公示"), _("%(count)d项") % {"count": records["public"]}),
        (_("其中已修复"), _("%(count)d项") % {"count": records["repaired"]}),
        (_("办件"), _("%(count)d件") % {"count": cases["all"]}),
        (_("其中正在办理"), _("%(count)d件") % {"count": cases["running"]}),
    ]


def figures_in_force(subject: Subject, reader: FileReader) -> list[tuple[str, str]]:
    """Return how much of it holds today: nothing of what is repaired or over, not even how much there was."""
    records, _cases = _counted(subject, reader)
    return [(_("正在公示的信用记录"), _("%(count)d项") % {"count": records["public"]})]


def _counted(subject: Subject, reader: FileReader) -> tuple[dict[str, int], dict[str, int]]:
    records = (
        parts.records_of(subject, reader)
        .order_by()
        .aggregate(
            all=Count("pk"),
            public=Count("pk", filter=~Q(standing__in=Record.NOT_PUBLIC)),
            repaired=Count("pk", filter=Q(standing=Record.Standing.REPAIRED)),
        )
    )
    ended = {state for kind in kinds.all_kinds() for state in kind.flow.ENDS}
    cases = (
        parts.cases_of(subject, reader)
        .order_by()
        .aggregate(all=Count("pk"), running=Count("pk", filter=~Q(state__in=ended)))
    )
    return records, cases


def parts_for(reader: FileReader) -> list[FilePart]:
    """Return the parts that this reader has at all, in their order."""
    found = file_parts.parts()
    if parts.may_see_mandates(reader):
        return found
    return [part for part in found if part.code != parts.MANDATES]


def sections(subject: Subject, reader: FileReader, *, limit: int = SHOWN) -> list[Section]:
    """Return every part of the file, with its newest lines."""
    level = level_of(subject, reader)
    return [_section(part, subject, reader, limit, level) for part in parts_for(reader)]


def one_section(subject: Subject, reader: FileReader, code: str) -> Section | None:
    """Return one part of the file with all its lines; None where the reader has no such part."""
    part = next((each for each in parts_for(reader) if each.code == code), None)
    return _section(part, subject, reader, MOST, level_of(subject, reader)) if part is not None else None


def _section(part: FilePart, subject: Subject, reader: FileReader, limit: int, level: Reader) -> Section:
    lines = [_as_seen(line, subject, level) for line in part.lines(subject, reader, limit + 1)]
    return Section(
        code=part.code,
        title=str(part.title),
        empty=str(part.empty),
        lines=lines[:limit],
        more=len(lines) > limit,
    )


def _as_seen(line: FileLine, subject: Subject, level: Reader) -> FileLine:
    """The line with numbers masked, and the name where this reader does not see it: whoever wrote it."""
    return replace(
        line,
        title=subject_text(line.title, subject, level),
        text=subject_text(line.text, subject, level),
    )


def own(user: Any, on: Any) -> FileReader:
    """Return whoever acts for the subject as a reader of its file."""
    return FileReader(user=user, on=on, side=file_parts.SUBJECT)


def official(user: Any, on: Any) -> FileReader:
    """Return an official as a reader of files."""
    return FileReader(user=user, on=on, side=OFFICE)
