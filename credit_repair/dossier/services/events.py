"""Enter what happened to a subject 侵权和司法事件, and supersede an entry that is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.record_access import readable_by, record_offices
from credit_repair.cases.services.attachments import look_into
from credit_repair.cases.services.papers import keep_paper
from credit_repair.cases.services.telling import tell_subject
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.dossier.access import entering_offices, may_correct_event, open_files
from credit_repair.dossier.errors import DossierRefused, NotInCharge
from credit_repair.dossier.models import SubjectEvent
from credit_repair.registry.models import Office, Record, Subject

#: So many papers one entry may bring.
MOST_PAPERS = 5


@dataclass(frozen=True)
class Entry:
    """What an entry says.

    kind    one of SubjectEvent.Kind
    day     when it happened
    body    who decided or found it
    number  its 文号 or 案号; empty for none
    words   what happened
    record  the record that it is about; None for none
    """

    kind: str
    day: date
    body: str
    words: str
    number: str = ""
    record: Record | None = None


@transaction.atomic
@in_site_language()
def enter_event(
    *,
    subject: Subject,
    office: Office,
    entry: Entry,
    actor: Any,
    today: date,
    papers: Sequence[File] = (),
) -> SubjectEvent:
    """Enter an event into the file of `subject` for `office`; whoever acts for the subject is told by mail.

    Raises NotInCharge for whom the file does not exist or who may not enter for that office, DossierRefused
    with words, uploads.UploadRefused for a file.
    """
    if office.pk not in {each.pk for each in entering_offices(user=actor, on=today)}:
        raise NotInCharge(str(subject.uuid))
    if not open_files(user=actor, on=today).filter(pk=subject.pk).exists():
        raise NotInCharge(str(subject.uuid))
    event = _entered(subject, office, entry, actor=actor, today=today, papers=papers)
    audit.record(actor=actor, action="dossier.enter_event", target=event, data=_said(event))
    _tell(event, today)
    return event


@transaction.atomic
@in_site_language()
def correct_event(
    *,
    event: SubjectEvent,
    entry: Entry,
    reason: str,
    actor: Any,
    today: date,
    void: bool = False,
    papers: Sequence[File] = (),
) -> SubjectEvent:
    """Supersede an entry by another, with the reason; with `void`, by one that takes it out. Return the new
    one. The former stays as it was, and is shown as superseded.

    Raises NotInCharge for whom the entry is not theirs to correct, DossierRefused where somebody has
    superseded it already or no reason is given, uploads.UploadRefused for a file.
    """
    if not may_correct_event(user=actor, event=event, on=today):
        raise NotInCharge(str(event.uuid))
    locked = SubjectEvent.objects.select_for_update(no_key=True).get(pk=event.pk)
    if SubjectEvent.objects.filter(supersedes=locked).exists() or locked.void:
        raise DossierRefused("superseded", _("这条登记已经更正或者撤销过了，请刷新页面，更正最新的一条。"))
    if not reason.strip():
        raise DossierRefused("no_reason", _("请写明更正的理由。"), field="reason")
    new = _entered(
        locked.subject,
        locked.office,
        entry,
        actor=actor,
        today=today,
        papers=papers,
        supersedes=locked,
        void=void,
        reason=reason.strip()[:500],
    )
    data = {**_said(new), "was": str(locked.uuid), "void": void}
    audit.record(actor=actor, action="dossier.correct_event", target=new, data=data)
    _tell(new, today)
    return new


def _entered(
    subject: Subject,
    office: Office,
    entry: Entry,
    *,
    actor: Any,
    today: date,
    papers: Sequence[File],
    **more: Any,
) -> SubjectEvent:
    if entry.day > today:
        raise DossierRefused("ahead", _("发生日期不能晚于今天。"), field="day")
    if len(papers) > MOST_PAPERS:
        raise DossierRefused(
            "many", _("一次最多上传%(most)d个文件。") % {"most": MOST_PAPERS}, field="papers"
        )
    _check_record(subject, entry.record, actor=actor, today=today)
    for upload in papers:
        look_into(upload)
    event = SubjectEvent.objects.create(
        subject=subject,
        office=office,
        kind=entry.kind,
        day=entry.day,
        body=entry.body.strip(),
        number=entry.number.strip(),
        words=entry.words.strip(),
        record=entry.record,
        entered_by=actor,
        entered_at=now(),
        entered_on=today,
        **more,
    )
    event.papers.set([keep_paper(subject=subject, upload=upload, actor=actor) for upload in papers])
    return event


def _check_record(subject: Subject, record: Record | None, *, actor: Any, today: date) -> None:
    """A record that is named is one of the subject, and one that the official may read."""
    if record is None:
        return
    readable = Record.objects.filter(readable_by(record_offices(user=actor, on=today)))
    if not readable.filter(pk=record.pk, subject=subject).exists():
        raise DossierRefused("other_record", _("请选择这个主体的记录。"), field="record")


def _tell(event: SubjectEvent, today: date) -> None:
    tell_subject(
        kind="subject_event",
        subject=event.subject,
        about=event.uuid,
        on=today,
        event=event,
        office=event.office,
        what=event.get_kind_display(),
    )


def _said(event: SubjectEvent) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "office": event.office.code,
        "subject": str(event.subject.uuid),
        "documents": event.papers.count(),
    }
