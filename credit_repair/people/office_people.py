"""Who serves the offices, who is away, who stands in for whom: in the form that the page takes."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.core.wording import day_text
from credit_repair.people import access
from credit_repair.people.models import Absence, Membership, Substitution
from credit_repair.registry.models import Office

#: What is over is listed so long.
RECENT = 10


def supervised_offices(*, user: Any, on: date) -> QuerySet[Office]:
    """Return the offices whose people `user` supervises on that day."""
    return access.offices_where(user=user, permission="supervise", on=on).order_by("code")


def office_sections(*, user: Any, on: date) -> list[dict[str, Any]]:
    """Return each office that `user` supervises, with its people: in five queries, however many they are."""
    offices = list(supervised_offices(user=user, on=on))
    serving = Q(until__isnull=True) | Q(until__gte=on)
    members = list(
        Membership.objects.filter(serving, office__in=offices, user__is_active=True)
        .select_related("user", "office")
        .order_by("user__display_name", "user__pk", "role", "since")
    )
    people = {row.user_id for row in members}
    absences = _by(
        Absence.objects.filter(user__in=people, until__gte=on).order_by("since"), lambda row: row.user_id
    )
    lent = _substitutions(Q(membership__in=members), on)
    standing = _substitutions(Q(substitute__in=people, membership__office__in=offices), on)
    by_member = _by(lent, lambda row: (row.membership.office_id, row.membership.user_id))
    by_substitute = _by(standing, lambda row: (row.membership.office_id, row.substitute_id))
    return [
        {
            "office": office,
            "people": [
                _person(rows, absences.get(key, []), by_member, by_substitute, on)
                for key, rows in _by(
                    [row for row in members if row.office_id == office.pk], lambda row: row.user_id
                ).items()
            ],
        }
        for office in offices
    ]


def _substitutions(condition: Q, on: date) -> list[Substitution]:
    rows = Substitution.objects.filter(condition, until__gte=on)
    return list(
        rows.select_related("membership__user", "membership__office", "substitute").order_by("since", "pk")
    )


def _by(rows: Iterable[Any], key: Any) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def _person(
    rows: list[Membership],
    absences: list[Absence],
    by_member: dict[Any, list[Substitution]],
    by_substitute: dict[Any, list[Substitution]],
    on: date,
) -> dict[str, Any]:
    first = rows[0]
    key = (first.office_id, first.user_id)
    away = next((row for row in absences if row.since <= on), None)
    return {
        "name": str(first.user),
        "roles": [_role_words(row, on) for row in rows],
        "tag": {"label": _("离岗"), "tone": "warning"} if away else {"label": _("在岗"), "tone": "success"},
        "absences": [absence_row(row, on=on) for row in absences],
        "substitutes": [substitution_row(row, on=on, for_member=True) for row in by_member.get(key, [])],
        "stands_in": [substitution_row(row, on=on, for_member=False) for row in by_substitute.get(key, [])],
        "absence_url": f"{reverse('office_absence_new')}?for={first.uuid}",
        "substitution_url": f"{reverse('office_substitution_new')}?for={first.uuid}",
    }


def _role_words(row: Membership, on: date) -> str:
    named = {"role": row.get_role_display(), "since": day_text(row.since), "until": day_text(row.until)}
    if row.since > on:
        return _("%(role)s（自%(since)s起）") % named
    if row.until:
        return _("%(role)s（至%(until)s）") % named
    return str(named["role"])


def absence_row(row: Absence, *, on: date) -> dict[str, Any]:
    """Return an absence in words, with the page on which it is changed."""
    return {
        "text": _("%(since)s至%(until)s") % _days(row, on),
        "handover": row.get_handover_display(),
        "tag": _when_tag(row, on),
        "url": reverse("office_absence", args=[row.uuid]),
        "is_over": row.until < on,
    }


def substitution_row(row: Substitution, *, on: date, for_member: bool) -> dict[str, Any]:
    """Return a substitution in words: who does it for the member, or for whom the substitute does it."""
    named = {
        "name": row.substitute if for_member else row.membership.user,
        "role": row.membership.get_role_display(),
        **_days(row, on),
    }
    if for_member:
        text = _("%(name)s代办“%(role)s”，%(since)s至%(until)s") % named
    else:
        text = _("代%(name)s办理“%(role)s”，%(since)s至%(until)s") % named
    return {
        "text": text,
        "office": str(row.membership.office),
        "scope": row.get_scope_display(),
        "reason": row.reason,
        "tag": _when_tag(row, on),
        "url": reverse("office_substitution_end", args=[row.uuid]),
        "is_over": row.until < on,
    }


def _days(row: Absence | Substitution, on: date) -> dict[str, str]:
    """The first and the last day, without the year where it is this one."""
    style = "day" if row.since.year == row.until.year == on.year else "date"
    return {"since": day_text(row.since, style), "until": day_text(row.until, style)}


def _when_tag(row: Absence | Substitution, on: date) -> dict[str, str]:
    if row.since > on:
        return {"label": _("未开始"), "tone": "neutral"}
    if row.until < on:
        return {"label": _("已结束"), "tone": "neutral"}
    return {"label": _("进行中"), "tone": "info"}


def own_part(*, user: Any, on: date) -> dict[str, Any]:
    """Return the person's own absences, who stands in for them, and for whom they stand in; the latest
    first, what is over only as far as it is recent."""
    absences = Absence.objects.filter(user=user).order_by("-since")[:RECENT]
    about = ("membership__user", "membership__office", "substitute")
    lent = Substitution.objects.filter(membership__user=user).select_related(*about).order_by("-since", "-pk")
    standing = Substitution.objects.filter(substitute=user).select_related(*about).order_by("-since", "-pk")
    return {
        "absences": [absence_row(row, on=on) for row in absences],
        "substitutes": [substitution_row(row, on=on, for_member=True) for row in lent[:RECENT]],
        "stands_in": [substitution_row(row, on=on, for_member=False) for row in standing[:RECENT]],
    }


def standing_words(row: Substitution) -> str:
    """Return in whose place somebody acts now, e.g. 代办：王核（核查人员）至11月30日."""
    return _("代办：%(member)s（%(role)s）至%(until)s") % {
        "member": row.membership.user,
        "role": row.membership.get_role_display(),
        "until": day_text(row.until, "day"),
    }
