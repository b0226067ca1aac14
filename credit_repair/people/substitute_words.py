"""What is said of people who could stand in: what they are, and when nobody is left for the other part."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from credit_repair.core.wording import bracketed, clauses, listed
from credit_repair.people import access
from credit_repair.people.models import Membership, Role, User
from credit_repair.people.roles import OFFICE_PERMISSIONS
from credit_repair.people.services.substitutions import StandIn
from credit_repair.registry.models import Office

#: Nobody does both in one case 四眼原则; of each, the other one and what it is called.
_OTHER = {"verify": ("approve", Role.APPROVER), "approve": ("verify", Role.VERIFIER)}


def named_with_posts(people: Iterable[User], *, home: Office | None, on: date) -> list[tuple[str, str]]:
    """Return choices: 赵批（本单位审批人员；在濉溪县税务局任核查人员）. One question, however many people.

    `home` is whose office “本单位” is; without one, every office is named.
    """
    people = list(people)
    near: dict[int, list[str]] = {}
    far: dict[int, dict[str, list[str]]] = {}
    serving = Membership.objects.filter(user__in=people).on(on).select_related("office")
    for row in serving.order_by("office__code", "role"):
        role = str(row.get_role_display())
        if home is not None and row.office_id == home.pk:
            near.setdefault(row.user_id, []).append(role)
        else:
            far.setdefault(row.user_id, {}).setdefault(str(row.office), []).append(role)
    return [
        (str(person.pk), f"{person}{_posts(near.get(person.pk, []), far.get(person.pk, {}))}")
        for person in people
    ]


def _posts(near: Sequence[str], far: dict[str, list[str]]) -> str:
    said = [_("本单位%(roles)s") % {"roles": listed(dict.fromkeys(near))}] if near else []
    said += [
        _("在%(office)s任%(roles)s") % {"office": office, "roles": listed(dict.fromkeys(roles))}
        for office, roles in far.items()
    ]
    return bracketed(clauses(said)) if said else ""


def only_one_left(membership: Membership, *, on: date) -> tuple[int, str] | None:
    """Return who alone does the other part of what this membership does at its office, and words of warning.

    Cases that they verify in another's place nobody could decide any more, or the other way round.
    """
    for permission in OFFICE_PERMISSIONS[membership.role]:
        if permission not in _OTHER:
            continue
        other, role = _OTHER[permission]
        able = list(access.members_with(office=membership.office, permission=other, on=on)[:2])
        if len(able) == 1:
            words = _(
                "%(name)s是本单位唯一的%(role)s，同一个案件又不能由一人既核查又审批：由其代办的案件，"
                "另一环节就没有人能办。请优先另选一位同事。"
            )
            return able[0].pk, words % {"name": able[0], "role": role.label}
    return None


def warnings_about(stand_ins: Iterable[StandIn], *, on: date) -> list[str]:
    """Return a warning for each who was chosen though nobody else does the other part."""
    found = []
    for each in stand_ins:
        alone = only_one_left(each.membership, on=on)
        if alone is not None and alone[0] == each.substitute.pk:
            found.append(alone[1])
    return found
