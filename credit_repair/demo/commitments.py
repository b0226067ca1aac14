"""The item lists 承诺事项清单 that a demonstration begins with, and one commitment whose check is due."""

from datetime import date, timedelta
from typing import Any

from credit_repair.commitments.models import Commitment, CommitmentList
from credit_repair.commitments.services import Signed, sign_from_list
from credit_repair.core import clock
from credit_repair.notices.ink import Signature
from credit_repair.people.models import User
from credit_repair.registry.models import Office, Subject


def load(told: dict[str, Any], *, today: date) -> None:
    """Load the lists of the fixture, and let its enterprise sign one so long ago that it is to be checked."""
    offices = {office.code: office for office in Office.objects.all()}
    for each in told["lists"]:
        CommitmentList.objects.get_or_create(
            office=offices[each["office"]],
            title=each["title"],
            defaults={key: value for key, value in each.items() if key not in ("office", "title")},
        )
    for each in told["signed"]:
        _sign(each, today)


def _sign(told: dict[str, Any], today: date) -> None:
    row = CommitmentList.objects.get(title=told["list"])
    subject = Subject.objects.filter(code=told["subject"]).first()
    if subject is None:  # a demonstration without records has no enterprises either
        return
    if Commitment.objects.filter(list=row, subject=subject).exists():
        return
    actor = User.objects.get(username=told["who"])
    day = today - timedelta(days=told["days_ago"])
    with clock.assume(day):
        sign_from_list(
            subject=subject,
            row=row,
            version=row.version,
            signed=Signed(name=actor.display_name, strokes=Signature.sample().strokes),
            actor=actor,
            today=day,
        )
