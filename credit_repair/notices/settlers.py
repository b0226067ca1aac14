"""What becomes of documents by time alone."""

from datetime import date

from credit_repair.core.settling import settler
from credit_repair.notices import announcing


@settler
def serve_announced(*, today: date) -> int:
    """Let what was served by public notice 公告送达 count once its time is over; return how many."""
    return announcing.settle_announced(today=today)
