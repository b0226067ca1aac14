"""Grant a mandate, end it."""

from datetime import date

from django.db import transaction
from guardian.shortcuts import assign_perm

from credit_repair.core import audit
from credit_repair.people.models import Mandate, User
from credit_repair.registry.models import Subject


@transaction.atomic
def grant_mandate(
    *, user: User, subject: Subject, since: date, until: date | None = None, approved_by: User | None = None
) -> Mandate:
    """Let `user` act for `subject` from `since` to `until`, both days included (None: no end)."""
    mandate, _ = Mandate.objects.get_or_create(
        user=user, subject=subject, since=since, defaults={"until": until, "approved_by": approved_by}
    )
    if mandate.until != until:  # the same start once more: what counts is the end that was said last
        mandate.until, mandate.approved_by = until, approved_by
        mandate.save(update_fields=["until", "approved_by"])
    assign_perm("registry.act_for", user, subject)
    audit.record(
        actor=approved_by,
        action="people.grant_mandate",
        target=user,
        data={"subject": str(subject.uuid), "since": str(since), "until": str(until or "")},
    )
    return mandate


@transaction.atomic
def end_mandate(*, mandate: Mandate, until: date | None, actor: User | None = None) -> None:
    """End `mandate` with the day `until` (None: no end). The dates decide; the permission follows them."""
    mandate.until = until
    mandate.save(update_fields=["until"])
    assign_perm("registry.act_for", mandate.user, mandate.subject)  # as above: a cache, the dates decide
    audit.record(
        actor=actor,
        action="people.end_mandate",
        target=mandate.user,
        data={"subject": str(mandate.subject.uuid), "until": str(until)},
    )
