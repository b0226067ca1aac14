"""Enter that a member is away 离岗, and move or cancel it. Who stands in meanwhile: substitutions."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.core.models import AuditEntry
from credit_repair.core.wording import day_text
from credit_repair.people import absence_mails
from credit_repair.people.errors import AbsenceRefused, NotInCharge
from credit_repair.people.models import Absence, Membership, Substitution, User
from credit_repair.people.services.groups import group_of
from credit_repair.people.services.substitutions import (
    StandIn,
    check_days,
    check_stand_in,
    handles_cases,
    in_charge,
    lock_people,
    record,
    shorten,
    write,
)


def arranged_by(*, actor: Any, member: User, today: date) -> list[Membership]:
    """Return the present memberships of `member` for which `actor` may say who stands in."""
    rows = Membership.objects.filter(user=member).on(today).select_related("office", "user")
    return [
        row
        for row in rows.order_by("office__code", "role", "pk")
        if in_charge(actor=actor, membership=row, on=today)
    ]


@transaction.atomic
def enter_absence(
    *,
    member: User,
    actor: Any,
    since: date,
    until: date,
    handover: str,
    today: date,
    note: str = "",
    substitutes: Sequence[StandIn] = (),
) -> Absence:
    """Enter that `member` is away from `since` to `until`, both days included.

    `handover` says what becomes of the work in hand: it is done by the substitutes, or goes back to the
    office. Raises NotInCharge for whoever is neither the member nor a supervisor, AbsenceRefused with words.
    """
    lock_people(member.pk, *(row.substitute.pk for row in substitutes))
    arranged = arranged_by(actor=actor, member=member, today=today)
    if not arranged or {row.membership.pk for row in substitutes} - {row.pk for row in arranged}:
        raise NotInCharge(f"absence of {member.pk}")
    check_days(since=since, until=until, today=today)
    _check_overlap(member, since=since, until=until)
    _check_stands_in_for_nobody(member, since=since, until=until)
    _check_handover(handover, arranged, substitutes)
    absence = Absence.objects.create(
        user=member,
        since=since,
        until=until,
        handover=handover,
        note=note.strip(),
        made_by=actor,
        made_at=now(),
    )
    rows = []
    for stand_in in substitutes:  # each is seen by the check of the next
        check_stand_in(stand_in, actor=actor, since=since, until=until, today=today)
        rows.append(write(stand_in, since=since, until=until, reason=_reason(), absence=absence, actor=actor))
    entry = _record(absence, actor=actor, action="people.enter_absence")
    for row in rows:
        record(row, actor=actor, action="people.enter_substitution", absence=str(absence.uuid))
    absence_mails.tell_of_absence(absence, kind="absence_entered", entry=entry, substitutions=rows, on=today)
    return absence


@in_site_language()
def _reason() -> str:
    return _("离岗")


@transaction.atomic
def change_end(*, absence: Absence, until: date, actor: Any, today: date) -> Absence:
    """Let an absence end on the day `until` instead; its substitutions go along.

    Raises NotInCharge, AbsenceRefused: to end it at once, or before it began, is to cancel it; and whoever
    has no say in one of the substitutions that would go along moves nothing.
    """
    row = _locked(absence, actor=actor, today=today)
    if until < today:
        raise AbsenceRefused("past", _("结束日期不能早于今天。已经回岗的，请选择“取消”。"), field="until")
    check_days(since=row.since, until=until, today=today, running=True)
    _check_overlap(row.user, since=row.since, until=until, but=row)
    _check_stands_in_for_nobody(row.user, since=row.since, until=until)
    before, row.until = row.until, until
    row.save(update_fields=["until"])
    entry = _record(row, actor=actor, action="people.change_absence", was_until=before.isoformat())
    rows = _move(row, before=before, actor=actor, today=today)
    absence_mails.tell_of_absence(row, kind="absence_changed", entry=entry, substitutions=rows, on=today)
    return row


def _move(absence: Absence, *, before: date, actor: Any, today: date) -> list[Substitution]:
    """Let what ended with the absence end with it again, and nothing outlast it; return those concerned."""
    rows = list(_substitutions(absence))
    moved = [row for row in rows if row.until > absence.until or row.until == before]
    _check_in_charge(moved, actor=actor, today=today)
    for row in moved:
        if row.until > absence.until:
            shorten(row, last=absence.until)
        elif absence.until > before:
            stand_in = StandIn(row.membership, row.substitute, row.scope)
            check_stand_in(stand_in, actor=actor, since=row.since, until=absence.until, today=today, but=row)
            row.until = absence.until
            row.save(update_fields=["until"])
            row.substitute.groups.add(group_of(office=row.membership.office, role=row.membership.role))
        record(row, actor=actor, action="people.change_substitution", absence=str(absence.uuid))
    return rows


@transaction.atomic
def cancel(*, absence: Absence, on: date, actor: Any, today: date) -> Absence | None:
    """Let the member be back from the day `on`; an absence that has not begun by then never was.

    The substitutions that belong to it end with it. Raises NotInCharge, AbsenceRefused.
    """
    row = _locked(absence, actor=actor, today=today)
    if not today <= on <= row.until:
        words = _("请选择今天到%(last)s之间的一天。") % {"last": day_text(row.until)}
        raise AbsenceRefused("bad_day", words, field="on")
    rows, last = list(_substitutions(row)), on - timedelta(days=1)
    ended = [each for each in rows if each.until > last]
    _check_in_charge(ended, actor=actor, today=today)
    entry = _record(row, actor=actor, action="people.cancel_absence", back_on=on.isoformat())
    absence_mails.tell_of_absence(
        row, kind="absence_cancelled", entry=entry, substitutions=rows, on=today, back_on=on
    )
    for each in ended:
        record(each, actor=actor, action="people.end_substitution", ended_from=on.isoformat())
        shorten(each, last=last)
    if last < row.since:
        # Ended before, these rows say what was; they belong to an absence that is none any longer.
        Substitution.objects.filter(absence=row).update(absence=None)
        row.delete()
        return None
    row.until = last
    row.save(update_fields=["until"])
    return row


def _locked(absence: Absence, *, actor: Any, today: date) -> Absence:
    keys = Substitution.objects.filter(absence=absence).values_list("substitute", flat=True)
    lock_people(absence.user_id, *keys)
    row = Absence.objects.select_for_update(of=("self",)).select_related("user").get(pk=absence.pk)
    if not may_change(absence=row, actor=actor, today=today):
        raise NotInCharge(str(row.uuid))
    if row.until < today:
        raise AbsenceRefused("ended", _("这次离岗已经结束，不用再办理。"))
    return row


def may_change(*, absence: Absence, actor: Any, today: date) -> bool:
    """Whether `actor` may move or cancel the absence: the member, or a supervisor of an office of theirs."""
    return bool(arranged_by(actor=actor, member=absence.user, today=today))


def _substitutions(absence: Absence) -> Iterable[Substitution]:
    return (
        Substitution.objects.filter(absence=absence)
        .select_related("membership__office", "membership__user", "substitute")
        .order_by("pk")
    )


def _check_in_charge(rows: Sequence[Substitution], *, actor: Any, today: date) -> None:
    """Refuse to whoever may not say who stands in at each: an absence is one person's, at all offices."""
    for row in rows:
        if in_charge(actor=actor, membership=row.membership, on=today):
            continue
        words = _(
            "这次离岗还安排了“%(office)s · %(role)s”的代办，您不能修改。请由%(name)s本人修改；"
            "需要延长的，也可以在结束以后另外登记一次离岗。"
        )
        membership = row.membership
        said = {"office": membership.office, "role": membership.get_role_display(), "name": membership.user}
        raise AbsenceRefused("not_in_charge", words % said)


def _check_overlap(member: User, *, since: date, until: date, but: Absence | None = None) -> None:
    found = Absence.objects.filter(user=member, since__lte=until, until__gte=since)
    if but is not None:
        found = found.exclude(pk=but.pk)
    other = found.order_by("since").first()
    if other is not None:
        words = _("%(name)s从%(since)s到%(until)s已经登记离岗，请修改那一次，或者避开这段时间。")
        named = {"name": member, "since": day_text(other.since), "until": day_text(other.until)}
        raise AbsenceRefused("overlap", words % named, field="since")


def _check_stands_in_for_nobody(member: User, *, since: date, until: date) -> None:
    found = Substitution.objects.filter(substitute=member, since__lte=until, until__gte=since)
    other = found.select_related("membership__user").order_by("since", "pk").first()
    if other is not None:
        words = _("%(name)s在这段时间是%(member)s的代办人，请先结束那项代办，另行安排。")
        named = {"name": member, "member": other.membership.user}
        raise AbsenceRefused("stands_in", words % named, field="since")


def _check_handover(handover: str, arranged: Sequence[Membership], substitutes: Sequence[StandIn]) -> None:
    if handover not in Absence.Handover.values:
        raise AbsenceRefused("handover", _("请选择在办事项怎样处理。"), field="handover")
    if handover == Absence.Handover.OFFICE:
        if any(row.scope == Substitution.Scope.OWN for row in substitutes):
            words = _(
                "在办事项退回本单位以后，就没有“已领取的事项”可以代办了。请选择“全部事项”，或者由代办人继续办理。"
            )
            raise AbsenceRefused("nothing_in_hand", words, field="handover")
        return
    named = {row.membership.pk for row in substitutes}
    for membership in arranged:
        if handles_cases(membership) and membership.pk not in named:
            words = _("请为“%(office)s · %(role)s”选择代办人；没有合适的人，就选择退回本单位。")
            said = {"office": membership.office, "role": membership.get_role_display()}
            raise AbsenceRefused("no_substitute", words % said, field=f"substitute_{membership.uuid}")


def _record(absence: Absence, *, actor: Any, action: str, **more: str) -> AuditEntry:
    return audit.record(
        actor=actor,
        action=action,
        target=absence,
        data={
            "user": absence.user_id,
            "since": absence.since.isoformat(),
            "until": absence.until.isoformat(),
            "handover": absence.handover,
            **more,
        },
    )


__all__ = ["arranged_by", "cancel", "change_end", "enter_absence", "may_change"]
