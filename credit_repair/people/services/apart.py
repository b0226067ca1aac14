"""Who administers serves no office and acts for no subject, and the other way round 三员分立.

Each verb that lets somebody in asks here, with the person's row locked, so that two at once cannot make one
person both.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from credit_repair.people.errors import PeopleRefused
from credit_repair.people.models import Administration, Mandate, Membership, Role, Substitution, User

#: Who audits what others have handled does none of it, at any office.
HANDLING = (Role.WINDOW, Role.DATA, Role.INTAKE, Role.VERIFIER, Role.APPROVER)


def lock(user: User) -> User:
    """Return the person's row, locked until the transaction ends."""
    return User.objects.select_for_update().get(pk=user.pk)


def lock_active(user: User) -> User:
    """The same; refuse where the account has been closed by now."""
    locked = lock(user)
    if not locked.is_active:
        raise PeopleRefused(_("这个账号已经停用，请先恢复。"))
    return locked


def within(*, since: date, until: date | None) -> Q:
    """What counts on any day from `since` to `until`, both included (None: no end)."""
    ends_later = Q(until__isnull=True) | Q(until__gte=since)
    return ends_later if until is None else ends_later & Q(since__lte=until)


def refuse_administrator(*, user: User, since: date, until: date | None) -> None:
    """Refuse to let an administrator serve or act for anybody in those days."""
    held: Any = Administration.objects.filter(within(since=since, until=until), user=user).first()
    if held is not None:
        words = _("%(name)s是%(kind)s。管理员不办理业务，请先结束其管理职责。")
        raise PeopleRefused(words % {"name": user, "kind": held.get_kind_display()})


def refuse_who_serves(*, user: User, since: date, until: date | None) -> None:
    """Refuse to let somebody administer in days in which they serve an office or act for a subject."""
    days = within(since=since, until=until)
    if (
        Membership.objects.filter(days, user=user).exists()
        or Substitution.objects.filter(days, substitute=user).exists()
    ):
        raise PeopleRefused(
            _("%(name)s在单位有任职或者代办。管理员不办理业务，请先结束其任职。") % {"name": user}
        )
    if Mandate.objects.filter(days, user=user).exists():
        raise PeopleRefused(
            _("%(name)s是信用主体的经办人。管理员不办理业务，请先结束其授权。") % {"name": user}
        )


def refuse_auditor_who_handles(*, user: User, roles: Iterable[str], since: date, until: date | None) -> None:
    """Refuse to let one person audit and handle cases in the same days, whatever they hold already."""
    asked = set(roles)
    refuse_auditing_with_handling(asked)
    against: Iterable[str] = ()
    if Role.AUDITOR in asked:
        against = HANDLING
    elif asked & set(HANDLING):
        against = (Role.AUDITOR,)
    days = within(since=since, until=until)
    held = Membership.objects.filter(days, user=user, role__in=against).select_related("office").first()
    if held is not None:
        words = _("%(name)s在%(office)s任%(role)s。审计人员不兼办业务，请先结束该项任职。")
        raise PeopleRefused(words % {"name": user, "office": held.office, "role": held.get_role_display()})


def refuse_auditing_with_handling(roles: Iterable[str]) -> None:
    """Refuse roles that one person cannot have together."""
    asked = set(roles)
    both = [role for role in HANDLING if role in asked]
    if Role.AUDITOR in asked and both:
        words = _("审计人员不能同时是%(role)s：审计人员不兼办业务，请只选其中一类。")
        raise PeopleRefused(words % {"role": both[0].label})
