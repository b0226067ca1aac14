"""Who is told what of a mandate, as mails in the transaction of the act."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse

from credit_repair.core.clock import now
from credit_repair.mail.services import queue_mail
from credit_repair.people.mandate_selectors import people_acting_for
from credit_repair.people.models import Mandate, MandateApplication, User


def tell_applicant(application: MandateApplication) -> None:
    """The applicant reads how it was decided, why, and what to do next."""
    kind = "mandate_approved" if application.state == MandateApplication.State.APPROVED else "mandate_refused"
    _mail(
        application.user,
        key=f"{kind}:{application.uuid}",
        kind=kind,
        context={
            "application": application,
            "mandate": getattr(application, "mandate", None),
            "path": reverse("my_mandate", args=[application.uuid]),
        },
    )


def tell_of_new_person(mandate: Mandate, *, application: MandateApplication, today: date) -> None:
    """Whoever acts for the subject reads that somebody else does, too."""
    for reader in people_acting_for(subject=mandate.subject, on=today, but=[mandate.user]):
        _mail(
            reader,
            key=f"mandate_new_person:{application.uuid}:{reader.pk}",
            kind="mandate_new_person",
            context=_about(mandate),
        )


def tell_of_end(
    mandate: Mandate, *, today: date, told_owner: bool, but: Iterable[User] = (), when: str = ""
) -> None:
    """Whoever acts for the subject reads that somebody no longer does; that person too, if `told_owner`."""
    event = when or f"{now():%Y%m%d%H%M%S%f}"
    for reader in people_acting_for(subject=mandate.subject, on=today, but=[mandate.user, *but]):
        _mail(
            reader,
            key=f"mandate_ended:{mandate.uuid}:{event}:{reader.pk}",
            kind="mandate_ended",
            context=_about(mandate),
        )
    if told_owner:
        _mail(
            mandate.user,
            key=f"mandate_ended_yours:{mandate.uuid}:{event}",
            kind="mandate_ended_yours",
            context=_about(mandate) | {"path": reverse("my_subjects")},
        )


def remind_of_end(mandate: Mandate, *, days: int) -> bool:
    """The person reads that their mandate ends soon, once for each date and each number of days before it."""
    return _mail(
        mandate.user,
        key=f"mandate_expiring:{mandate.uuid}:{mandate.until}:{days}",
        kind="mandate_expiring",
        context=_about(mandate)
        | {"path": f"{reverse('my_mandate_new')}?purpose=renew&subject={mandate.subject.uuid}"},
    )


def _about(mandate: Mandate) -> dict[str, Any]:
    return {
        "mandate": mandate,
        "subject": mandate.subject,
        "person": str(mandate.user),
        "path": reverse("my_subject", args=[mandate.subject.uuid]),
    }


def _mail(reader: User, *, key: str, kind: str, context: dict[str, Any]) -> bool:
    return queue_mail(key=key, kind=kind, to_address=reader.email, to_name=str(reader), context=context)
