"""What rulings add to the file of a subject 主体档案."""

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.file_parts import OFFICE, FileLine, FileReader
from credit_repair.core.wording import clauses
from credit_repair.registry.models import Subject
from credit_repair.rulings import access, offices
from credit_repair.rulings.models import CourtRuling, PenaltyCancellation
from credit_repair.rulings.presenters import RULING_TONES, cancellation_tag
from credit_repair.rulings.words import became_of_it, title_of


def lines(subject: Subject, reader: FileReader, limit: int) -> list[FileLine]:
    """Return the cancellations and rulings about `subject` that the reader may see, the newest first."""
    how = {"user": reader.user, "on": reader.on}
    office = reader.side == OFFICE
    cancelled = (access.cancellations_for_official if office else access.cancellations_of_applicant)(**how)
    ruled = (offices.rulings_for_official if office else offices.rulings_of_applicant)(**how)
    rows = cancelled.filter(record__subject=subject, undone_at__isnull=True).select_related("record")
    found = [_cancelled(row, office=office, reader=reader) for row in rows[:limit]]
    found += [_ruled(each, office=office) for each in ruled.filter(subject=subject)[:limit]]
    return sorted(found, key=lambda line: line.day, reverse=True)[:limit]


def _cancelled(row: PenaltyCancellation, *, office: bool, reader: FileReader) -> FileLine:
    tag = cancellation_tag(row, today=reader.on)
    url = (
        reverse("office_cancellation", args=[row.uuid])
        if office
        else reverse("my_record", args=[row.record.uuid])
    )
    return FileLine(
        day=row.reported_on,
        title=_("%(record)s：%(what)s")
        % {"record": title_of(row.record), "what": became_of_it(row.record, row.kind)},
        text=clauses([row.made_by, row.document_no]),
        state=tag["label"],
        tone=tag["tone"],
        url=url,
    )


def _ruled(ruling: CourtRuling, *, office: bool) -> FileLine:
    return FileLine(
        day=ruling.filed_on,
        title=_("破产重整：%s") % ruling.get_kind_display(),
        text=clauses([ruling.court, ruling.number]),
        state=str(ruling.get_state_display()),
        tone=RULING_TONES[ruling.state],
        url=reverse("office_shield" if office else "my_shield", args=[ruling.uuid]),
    )
