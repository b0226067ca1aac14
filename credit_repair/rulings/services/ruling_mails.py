"""Officials are told what has come to lie with them about a court's ruling."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse

from credit_repair.mail.services import queue_mail
from credit_repair.people import access
from credit_repair.people.models import Mandate, User
from credit_repair.rulings.models import CourtRuling
from credit_repair.rulings.offices import CARRIES_OUT


def tell_of_filing(ruling: CourtRuling, *, today: date) -> None:
    """Write to those who take in at the office that a ruling was handed in."""
    able = access.members_with(office=ruling.office, permission="intake", on=today)
    _write("ruling_filed", ruling, able, at=ruling.filed_at)


def tell_of_registered(ruling: CourtRuling, *, actor: Any, today: date) -> None:
    """Write to those who can carry out a ruling that it waits for them; not to who has registered it."""
    able = access.members_at(offices=[ruling.office_id], permissions=CARRIES_OUT, on=today)
    _write("ruling_registered", ruling, able.exclude(pk=actor.pk), at=ruling.registered_at)


def _write(kind: str, ruling: CourtRuling, readers: Iterable[User], *, at: Any) -> None:
    partial = set(Mandate.objects.filter(subject=ruling.subject).values_list("user", flat=True))
    for reader in readers:
        if reader.pk in partial:
            continue
        queue_mail(
            key=f"{kind}:{ruling.uuid}:{at:%Y%m%d%H%M%S%f}:{reader.pk}",
            kind=kind,
            to_address=reader.email,
            to_name=str(reader),
            context={"ruling": ruling, "path": reverse("office_shield", args=[ruling.uuid])},
        )
