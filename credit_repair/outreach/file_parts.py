"""What this package adds to the file of a subject 主体档案: reminders, prepared applications, guidance."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from credit_repair.cases.file_parts import OFFICE, FileLine, FilePart, FileReader, register
from credit_repair.notices.models import Document
from credit_repair.outreach.models import Guidance, PreparedApplication, Reminder
from credit_repair.outreach.reach import reading_offices, within
from credit_repair.registry.models import Subject

State = PreparedApplication.State
TONES = {
    State.OPEN: "info",
    State.TAKEN_UP: "success",
    State.DECLINED: "neutral",
    State.WITHDRAWN: "neutral",
    State.EXPIRED: "neutral",
}


def _scope(reader: FileReader, path: str) -> Q:
    """What the reader may see of it: an official, what offices of theirs reach; the subject, all of it."""
    if reader.side != OFFICE:
        return Q()
    return within(reading_offices(user=reader.user, on=reader.on), path=path)


def _letter_url(document: Document, reader: FileReader) -> str:
    return reverse("office_document" if reader.side == OFFICE else "my_letter", args=[document.uuid])


def reminder_lines(subject: Subject, reader: FileReader, limit: int) -> list[FileLine]:
    """Return the reminders that the subject was sent."""
    found = Reminder.objects.filter(_scope(reader, "items__record__authority"), subject=subject)
    rows = (
        found.annotate(records=Count("items", distinct=True))
        .select_related("document", "batch__office")
        .order_by("-made_on", "-pk")[:limit]
    )
    words = _("提醒申请信用修复")
    return [
        FileLine(
            day=row.made_on,
            title=words,
            text=ngettext("%(office)s，%(n)d条信息", "%(office)s，%(n)d条信息", row.records)
            % {"office": row.batch.office, "n": row.records},
            url=_letter_url(row.document, reader),
        )
        for row in rows
    ]


def proposal_lines(subject: Subject, reader: FileReader, limit: int) -> list[FileLine]:
    """Return the applications that an office has prepared for the subject."""
    found = PreparedApplication.objects.filter(_scope(reader, "records__record__authority"), subject=subject)
    rows = found.annotate(count=Count("records", distinct=True)).select_related("office")
    return [
        FileLine(
            day=row.proposed_on,
            title=_("备好信用修复申请"),
            text=ngettext("%(office)s，%(n)d条信息", "%(office)s，%(n)d条信息", row.count)
            % {"office": row.office, "n": row.count},
            state=row.get_state_display(),
            tone=TONES[State(row.state)],
            url=reverse("office_proposal" if reader.side == OFFICE else "my_proposal", args=[row.uuid]),
        )
        for row in rows.order_by("-proposed_at", "-pk")[:limit]
    ]


def guidance_lines(subject: Subject, reader: FileReader, limit: int) -> list[FileLine]:
    """Return the guidance that the subject was given with its penalties."""
    found = Guidance.objects.filter(
        _scope(reader, "record__authority"), record__subject=subject, document__isnull=False
    )
    rows = found.select_related("record", "document", "office").order_by("-made_on", "-pk")[:limit]
    return [
        FileLine(
            day=row.made_on,
            title=_("告知怎样修复"),
            text=str(row.record),
            url=_letter_url(row.document, reader) if row.document else "",
        )
        for row in rows
    ]


def register_parts() -> None:
    """Add them; at start-up."""
    register(
        FilePart(
            "reminders", gettext_lazy("提醒"), gettext_lazy("没有发过提醒函。"), reminder_lines, place=210
        )
    )
    register(
        FilePart(
            "proposals",
            gettext_lazy("预制申请"),
            gettext_lazy("没有备好过申请。"),
            proposal_lines,
            place=220,
        )
    )
    register(
        FilePart(
            "guidance",
            gettext_lazy("修复告知"),
            gettext_lazy("没有制作过修复告知书。"),
            guidance_lines,
            place=230,
        )
    )
