"""What a security administrator does about who serves an office; what it means is in services.offices."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.people.errors import PeopleRefused
from credit_repair.people.models import Membership, Role, User
from credit_repair.people.services import apart
from credit_repair.people.services.administrators import require_other, require_security
from credit_repair.people.services.offices import join_office, leave_office
from credit_repair.registry.models import Office


@transaction.atomic
def give_roles(
    *,
    actor: User,
    user: User,
    office: Office,
    roles: Sequence[str],
    since: date,
    until: date | None = None,
    today: date,
) -> list[Membership]:
    """Let a person who has an account serve `office` in `roles`; a role held in those days is refused.

    Nobody gives roles to themself, not for the time after their own term either.
    """
    require_security(actor=actor, today=today)
    require_other(actor=actor, user=user)
    if not roles or set(roles) - set(Role.values):
        raise PeopleRefused(_("请至少选择一个角色。"))
    if until is not None and until < max(since, today):
        raise PeopleRefused(_("结束日已经过去，或者早于开始日，请重新填写。"))
    apart.lock_active(user)
    days = apart.within(since=since, until=until)
    held = Membership.objects.filter(days, user=user, office=office, role__in=roles).first()
    if held is not None:
        words = _("%(name)s在这段时间已经是%(office)s的%(role)s。需要延长的，请打开那一项任职。")
        raise PeopleRefused(words % {"name": user, "office": office.name, "role": held.get_role_display()})
    return [
        join_office(user=user, office=office, role=role, since=since, until=until, actor=actor)
        for role in dict.fromkeys(roles)
    ]


@transaction.atomic
def set_last_day(
    *, actor: User, membership: Membership, until: date | None, reason: str, today: date
) -> None:
    """Prolong, shorten or end a membership. Yesterday as its last day ends it at once."""
    require_security(actor=actor, today=today)
    row = Membership.objects.get(pk=membership.pk)
    require_other(actor=actor, user=row.user)
    if row.until is not None and row.until < today and until is not None and until < today:
        raise PeopleRefused(_("这项任职已经结束。"))
    if until is None or until >= today:
        apart.lock_active(row.user)
    leave_office(membership=row, until=until, actor=actor, today=today, reason=reason)
