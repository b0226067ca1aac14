"""The parts of a subject's file 主体档案 that the base knows: records, cases, events, documents, mandates.

Each takes the newest lines in a fixed number of queries, and none that the reader may not see.
"""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.cases import file_parts, kinds
from credit_repair.cases.document_selectors import register as issued_by_offices
from credit_repair.cases.file_parts import OFFICE, FileLine, FilePart, FileReader
from credit_repair.cases.models import Case
from credit_repair.cases.parts import visible_cases
from credit_repair.cases.record_access import readable_by, record_offices
from credit_repair.core.languages import fixed_text
from credit_repair.core.wording import clauses, day_text
from credit_repair.dossier.access import events_for_official
from credit_repair.dossier.models import SubjectEvent
from credit_repair.notices.models import Document
from credit_repair.people import access
from credit_repair.people.mandate_selectors import NEVER_COUNTED
from credit_repair.people.models import Mandate
from credit_repair.registry.models import Record, Subject

RECORDS, CASES, EVENTS, DOCUMENTS, MANDATES = "records", "cases", "events", "documents", "mandates"
#: What the applicant fills in is no letter to them; nor is the proof that one was served.
NOT_LETTERS = ("commitment_letter", "service_record")
_STANDING_TONES = {
    Record.Standing.ACTIVE: "warning",
    Record.Standing.REPAIRED: "success",
    Record.Standing.EXPIRED: "success",
}


def records_of(subject: Subject, reader: FileReader) -> QuerySet[Record]:
    """Return the records of a subject that the reader may read, the newest decision first."""
    found = Record.objects.filter(subject=subject)
    if reader.side == OFFICE:
        found = found.filter(readable_by(record_offices(user=reader.user, on=reader.on)))
    return found.order_by("-decision_date", "-pk")


def cases_of(subject: Subject, reader: FileReader) -> QuerySet[Case]:
    """Return the submitted cases of a subject that the reader may read, the newest first."""
    if reader.side == OFFICE:
        found = visible_cases(user=reader.user, on=reader.on).filter(subject=subject)
    else:
        found = Case.objects.filter(subject=subject, submitted_on__isnull=False)
    return found.order_by("-submitted_on", "-pk")


def events_of(subject: Subject, reader: FileReader) -> QuerySet[SubjectEvent]:
    """Return the events of a subject that the reader may read, superseded ones included."""
    if reader.side == OFFICE:
        return events_for_official(user=reader.user, on=reader.on).filter(subject=subject)
    return SubjectEvent.objects.filter(subject=subject)


def documents_of(subject: Subject, reader: FileReader) -> QuerySet[Document]:
    """Return what was issued to a subject, as far as the reader may read it, the newest first."""
    to_them = Q(addressee=subject) | Q(case_link__case__subject=subject)
    if reader.side == OFFICE:
        found = issued_by_offices(user=reader.user, on=reader.on)
    else:
        handed_in = Q(addressee=subject) | Q(case_link__case__submitted_on__isnull=False)
        found = Document.objects.filter(handed_in, state=Document.State.READY)
    found = found.filter(to_them).exclude(kind__in=NOT_LETTERS)
    return found.order_by("-issued_on", "-pk")


def may_see_mandates(reader: FileReader) -> bool:
    """Whether the reader is told who acts for the subject, and until when: its own people, and intake."""
    if reader.side != OFFICE:
        return True
    return access.holds(user=reader.user, permission="intake", on=reader.on)


def _record_lines(subject: Subject, reader: FileReader, limit: int) -> list[FileLine]:
    rows = records_of(subject, reader).select_related("authority").defer("facts", "content", "assessment")
    page = "office_record" if reader.side == OFFICE else "my_record"
    return [
        FileLine(
            day=row.decision_date,
            title=row.doc_no or row.list_name or row.get_kind_display(),
            text=_about_record(row),
            state=row.get_standing_display(),
            tone=_STANDING_TONES.get(Record.Standing(row.standing), "neutral"),
            url=reverse(page, args=[row.uuid]),
            over=not row.is_public,
        )
        for row in rows[:limit]
    ]


def _about_record(record: Record) -> str:
    """The authority, the class, and the days that matter."""
    words = [record.get_kind_display(), record.authority.name]
    if record.rule_class:
        words.append(str(Record.RuleClass(record.rule_class).label))
    if record.has_ended and record.ended_on:
        words.append(_("%(day)s结束") % {"day": day_text(record.ended_on)})
    elif record.is_public:
        if record.repairable_from:
            words.append(_("%(day)s起可以申请修复") % {"day": day_text(record.repairable_from)})
        if record.effective_until:
            words.append(_("公示至%(day)s") % {"day": day_text(record.effective_until)})
    return clauses(words)


def _case_lines(subject: Subject, reader: FileReader, limit: int) -> list[FileLine]:
    rows = cases_of(subject, reader).select_related("record")
    lines = []
    for row in rows[:limit]:
        kind = kinds.kind_of(row)
        words = [str(kind.label)]
        if row.record is not None and row.record.doc_no:
            words.append(row.record.doc_no)
        url = kind.office_url if reader.side == OFFICE else kind.public_url
        lines.append(
            FileLine(
                day=row.submitted_on or reader.on,
                title=row.number or str(kind.label),
                text=clauses(words),
                state=str(kind.states(row.state).label),
                tone="neutral" if row.state in kind.flow.ENDS else "info",
                url=reverse(url, args=[row.uuid]),
                over=row.state in kind.flow.ENDS or row.record is not None and not row.record.is_public,
            )
        )
    return lines


def _event_lines(subject: Subject, reader: FileReader, limit: int) -> list[FileLine]:
    rows = events_of(subject, reader).select_related("office", "superseded_by").order_by("-day", "-pk")
    page = "office_subject_event" if reader.side == OFFICE else "my_subject_event"
    lines = []
    for row in rows[:limit]:
        state, tone = event_state(row)
        words = [row.body, *([row.number] if row.number else []), row.words]
        lines.append(
            FileLine(
                day=row.day,
                title=row.get_kind_display(),
                text=clauses(words),
                state=state,
                tone=tone,
                url=reverse(page, args=[row.uuid]),
                over=row.void or getattr(row, "superseded_by", None) is not None,
            )
        )
    return lines


def event_state(event: SubjectEvent) -> tuple[str, str]:
    """Return how an entry stands, and the tone of its tag; select `superseded_by` along."""
    if event.void:
        return _("已撤销登记"), "neutral"
    later = getattr(event, "superseded_by", None)
    if later is not None:
        return (_("已被撤销") if later.void else _("已被更正")), "neutral"
    return (_("更正后登记") if event.supersedes_id else _("已登记")), "info"


def _document_lines(subject: Subject, reader: FileReader, limit: int) -> list[FileLine]:
    rows = documents_of(subject, reader).select_related("office")
    page = "office_document" if reader.side == OFFICE else "my_letter"
    return [
        FileLine(
            day=row.issued_on,
            title=fixed_text(row.title),
            text=clauses([part for part in (row.number, row.office.name if row.office else "") if part]),
            state=row.get_standing_display(),
            tone="success" if row.standing == Document.Standing.VALID else "neutral",
            url=reverse(page, args=[row.uuid]),
        )
        for row in rows[:limit]
    ]


def _mandate_lines(subject: Subject, reader: FileReader, limit: int) -> list[FileLine]:
    rows = Mandate.objects.filter(subject=subject).exclude(NEVER_COUNTED).select_related("user")
    rows = rows.select_related("user", "application").order_by("-since", "-pk")
    lines = []
    for row in rows[:limit]:
        runs = row.since <= reader.on and (row.until is None or row.until >= reader.on)
        until = _("至%(day)s") % {"day": day_text(row.until)} if row.until is not None else _("没有截止日期")
        capacity = [row.application.get_capacity_display()] if row.application is not None else []
        lines.append(
            FileLine(
                day=row.since,
                title=str(row.user),
                text=clauses([*capacity, until]),
                state=_("有效") if runs else _("尚未开始") if row.since > reader.on else _("已结束"),
                tone="success" if runs else "neutral",
            )
        )
    return lines


def register_parts() -> None:
    """Make these parts known, at start-up."""
    others = {"for_others": True}
    for part in (
        FilePart(RECORDS, _l("信用记录"), _l("没有信用记录。"), _record_lines, place=10, **others),
        FilePart(CASES, _l("办件"), _l("没有办件。"), _case_lines, place=20, **others),
        FilePart(EVENTS, _l("侵权和司法事件"), _l("没有登记。"), _event_lines, place=100, **others),
        FilePart(DOCUMENTS, _l("文书"), _l("没有文书。"), _document_lines, place=110),
        FilePart(MANDATES, _l("经办授权"), _l("没有人可以为这个主体办理。"), _mandate_lines, place=300),
    ):
        file_parts.register(part)
