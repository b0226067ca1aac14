"""What this package adds to a subject's file 主体档案: its commitments, and how each stands."""

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.file_parts import OFFICE, FileLine, FileReader
from credit_repair.commitments.access import readable
from credit_repair.commitments.models import Commitment
from credit_repair.commitments.selectors import own_commitments
from credit_repair.commitments.tags import TONES
from credit_repair.core.wording import clauses, day_text
from credit_repair.registry.models import Subject


def lines(subject: Subject, reader: FileReader, limit: int) -> list[FileLine]:
    """Return the commitments of a subject, the newest first."""
    if reader.side == OFFICE:
        found = readable(user=reader.user, on=reader.on).select_related("office")
        address = "office_commitment"
    else:
        found = own_commitments(user=reader.user, on=reader.on)
        address = "my_commitment"
    found = found.filter(subject=subject).order_by("-made_on", "-pk")[:limit]
    return [_line(commitment, reverse(address, args=[commitment.uuid])) for commitment in found]


def _line(commitment: Commitment, url: str) -> FileLine:
    until = _("有效期至%s") % day_text(commitment.valid_until) if commitment.valid_until else ""
    parts = [str(commitment.get_kind_display()), commitment.office.name, until]
    return FileLine(
        day=commitment.made_on,
        title=commitment.title,
        text=clauses([part for part in parts if part]),
        state=str(commitment.get_state_display()),
        tone=TONES[Commitment.State(commitment.state)],
        url=url,
    )
