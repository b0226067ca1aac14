"""A subject's file on paper: what the reader sees on the page, as a document 主体信用档案."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from credit_repair.cases.file_parts import FileLine, FileReader
from credit_repair.core.languages import in_site_language
from credit_repair.dossier import file
from credit_repair.notices.bases import Document
from credit_repair.notices.glyphs import check_context
from credit_repair.notices.parts import Contact, Party
from credit_repair.notices.subject_files import (
    FileChapter,
    FileEntry,
    FileFact,
    SubjectFile,
    SubjectFilePrint,
)
from credit_repair.people.masking import subject_name
from credit_repair.registry.models import Office, Subject

#: So many lines of each part are printed: what is longer is read on the site.
PRINTED = 100


@in_site_language()
def printed_file(*, subject: Subject, reader: FileReader, office: str = "") -> SubjectFilePrint:
    """Return the file as `reader` prints it, without a seal; `office` names an official's office."""
    return SubjectFilePrint(
        party=_party(subject, reader),
        case_number="",
        demo=settings.DEMO,
        as_of=reader.on,
        facts=_facts(subject, reader),
        chapters=_chapters(subject, reader),
        printed_by=str(reader.user),
        office=office,
    )


@in_site_language()
def issued_file(*, subject: Subject, office: Office, actor: Any, today: date) -> SubjectFile:
    """Return the file as `office` issues it to the subject, which shows it to others.

    What the official sees of it, and of that only what holds today: what is repaired, expired, withdrawn or
    superseded is no longer shown to anybody 不再公示、共享和使用, and who acts for whom is nobody's business.
    """
    reader = file.official(actor, today)
    return SubjectFile(
        party=_named(subject, subject.name),
        case_number="",
        demo=settings.DEMO,
        issuer=office.name,
        issue_date=today,
        contact=Contact(office=office.name, address=office.address, phone=office.phone),
        as_of=today,
        facts=tuple(FileFact(name, value) for name, value in file.figures_in_force(subject, reader)),
        chapters=_in_force(subject, reader),
    )


@in_site_language()
def pdf_of(document: Document) -> bytes:
    """Return the PDF of a print. Raises glyphs.MissingGlyphs where a character is in no font."""
    from credit_repair.notices.render import render_pdf

    check_context(document)
    return render_pdf(template=document.template, context=document.to_context())


def _party(subject: Subject, reader: FileReader) -> Party:
    return _named(subject, subject_name(subject, file.level_of(subject, reader)))


def _named(subject: Subject, name: str) -> Party:
    """The subject under the name that is printed; a person's number stands in no document."""
    return Party(
        name=name,
        code=subject.code or "",
        legal_representative=subject.legal_representative,
        is_person=subject.kind == Subject.Kind.PERSON,
    )


def _facts(subject: Subject, reader: FileReader) -> tuple[FileFact, ...]:
    return tuple(FileFact(name, value) for name, value in file.figures_of(subject, reader))


def _chapters(subject: Subject, reader: FileReader) -> tuple[FileChapter, ...]:
    """Every part of the file, also what holds no longer: each line says how it stands."""
    return tuple(
        _chapter(section, section.lines, empty=section.empty, more=section.more)
        for section in file.sections(subject, reader, limit=PRINTED)
    )


def _in_force(subject: Subject, reader: FileReader) -> tuple[FileChapter, ...]:
    """The parts that others may see, with what holds today alone."""
    chosen = {part.code for part in file.parts_for(reader) if part.for_others}
    found = []
    for section in file.sections(subject, reader, limit=file.MOST):
        if section.code in chosen:
            lines = [line for line in section.lines if not line.over]
            more = len(lines) > PRINTED
            empty = _("截至当日没有应当列出的内容。")
            found.append(_chapter(section, lines[:PRINTED], empty=empty, more=more))
    return tuple(found)


def _chapter(section: file.Section, lines: Sequence[FileLine], *, empty: str, more: bool) -> FileChapter:
    return FileChapter(
        title=section.title,
        empty=empty,
        entries=tuple(
            FileEntry(day=line.day, title=line.title, text=line.text, state=line.state) for line in lines
        ),
        more=more,
    )
