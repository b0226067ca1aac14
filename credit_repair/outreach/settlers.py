"""What moves here without a person: batches go on, proposals expire, new penalties get guidance."""

from datetime import date

from credit_repair.core.settling import settler
from credit_repair.outreach.models import ReminderBatch
from credit_repair.outreach.services import guiding, proposing, reminding


@settler
def resume_reminders(*, today: date) -> int:
    """Ask again for the letters of every batch under way that no worker has or will have: what failed again
    and again, or was forgotten, goes on."""
    asked = 0
    for batch in ReminderBatch.objects.filter(state__in=ReminderBatch.UNDER_WAY).order_by("pk"):
        if not reminding.is_asked_for(batch):
            reminding.ask_for_making(batch)
            asked += 1
    return asked


@settler
def expire_proposals(*, today: date) -> int:
    """End every prepared application whose time to be confirmed is over, or whose records nobody can apply
    for any longer."""
    return proposing.expire_due(today=today)


@settler
def guide_new_penalties(*, today: date) -> int:
    """Make the guidance of the penalties that have come in since an authority's was switched on."""
    return guiding.guide_new(today=today)
