"""Mails on who is away and who stands in: to the member, the substitutes and the office's supervisors."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.urls import reverse

from credit_repair.core.models import AuditEntry
from credit_repair.mail.services import queue_mail
from credit_repair.people import access
from credit_repair.people.models import Absence, Membership, Substitution, User
from credit_repair.registry.models import Office


def tell_of_absence(
    absence: Absence,
    *,
    kind: str,
    entry: AuditEntry,
    substitutions: Sequence[Substitution],
    on: date,
    back_on: date | None = None,
) -> None:
    """Write that somebody is away, or that their days have changed, to everybody whom it concerns."""
    memberships = Membership.objects.filter(user=absence.user).on(on).select_related("office")
    context = {
        "absence": absence,
        "member": str(absence.user),
        "handover": absence.get_handover_display(),
        "substitutions": substitutions,
        "back_on": back_on,
        "path": reverse("office_people"),
    }
    readers = [absence.user, *(row.substitute for row in substitutions)]
    _write(kind, entry, context, readers, {row.office for row in memberships}, on)


def tell_of_substitution(
    row: Substitution, *, kind: str, entry: AuditEntry, on: date, ended_from: date | None = None
) -> None:
    """Write that somebody stands in, or no longer does, to everybody whom it concerns."""
    context = {
        "row": row,
        "member": str(row.membership.user),
        "substitute": str(row.substitute),
        "ended_from": ended_from,
        "path": reverse("office_people"),
    }
    _write(kind, entry, context, [row.membership.user, row.substitute], {row.membership.office}, on)


def _write(
    kind: str,
    entry: AuditEntry,
    context: dict[str, object],
    readers: Iterable[User],
    offices: Iterable[Office],
    on: date,
) -> None:
    supervisors = [
        person
        for office in sorted(offices, key=lambda office: office.code)
        for person in access.members_with(office=office, permission="supervise", on=on)
    ]
    for person in dict.fromkeys([*readers, *supervisors]):
        if person.is_active:
            queue_mail(
                key=f"{kind}:{entry.pk}:{person.pk}",
                kind=kind,
                to_address=person.email,
                to_name=str(person),
                context=context,
                first_time=True,
            )
