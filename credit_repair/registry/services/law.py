"""Changing the law of this office: local rules, working days. Each change says who and why, and counts up."""

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.jobs import dispatch
from credit_repair.registry import law
from credit_repair.registry.models import CalendarDay, CalendarYear, LawStamp, RuleOverride, Sector
from credit_repair.rules import RuleBook

logger = logging.getLogger(__name__)


class LawNotChanged(ValueError):
    """The change does not fit; the words say why. `field` is where a form shows them."""

    def __init__(self, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@transaction.atomic
def set_rule(
    *,
    rule_set: str,
    path: str,
    value: Any,
    level: str,
    sector: Sector | None,
    in_force_from: date,
    in_force_to: date | None,
    basis: str,
    reason: str,
    actor: Any,
) -> RuleOverride:
    """Lay a local value over one value of a rule set, from a day to a day (both included); return the row.

    Records whose dates follow from it are computed anew in the background. What was decided keeps the hash of
    the rules by which it was decided.

    Raises LawNotChanged for an unknown set or item, a value of another kind, days the wrong way round, a
    missing basis or reason, and where the same value is already set for some of these days.
    """
    _lock()
    override = RuleOverride(
        rule_set=rule_set,
        path=path,
        value=list(value) if isinstance(value, tuple) else value,
        level=level,
        sector=sector,
        in_force_from=in_force_from,
        in_force_to=in_force_to,
        basis=basis.strip(),
        reason=reason.strip(),
        created_at=now(),
        created_by=actor,
    )
    _refuse_what_does_not_fit(override)
    override.save()
    _changed()
    audit.record(actor=actor, action="set_rule", target=override, data=_said(override))
    return override


@transaction.atomic
def withdraw_rule(*, override: RuleOverride, reason: str, actor: Any) -> RuleOverride:
    """Withdraw a local value: from now on it counts for nothing, also for days past; return the row.

    One that was withdrawn already is left as it is. Raises LawNotChanged without a reason.
    """
    _lock()
    row = RuleOverride.objects.select_for_update().get(pk=override.pk)
    if row.withdrawn_at is not None:
        return row
    if not reason.strip():
        raise LawNotChanged(_("请写明撤回的原因。"), field="reason")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = now(), actor, reason.strip()
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    _changed()
    audit.record(actor=actor, action="withdraw_rule", target=row, data={"reason": row.withdrawn_reason})
    return row


@transaction.atomic
def set_calendar_day(*, day: date, working: bool, reason: str, actor: Any) -> CalendarDay:
    """Declare `day` a working day or a day off, in the place of what the calendar says; return the row.

    Running clocks are computed anew in the background. Raises LawNotChanged without a reason.
    """
    _lock()
    if not reason.strip():
        raise LawNotChanged(_("请写明原因，如国务院办公厅的通知。"), field="reason")
    row = CalendarDay.objects.filter(day=day).first() or CalendarDay(day=day)
    row.working, row.reason = working, reason.strip()
    _in_the_name_of(actor, row).save()
    _changed()
    audit.record(
        actor=actor,
        action="set_calendar_day",
        target=row,
        data={"day": day.isoformat(), "working": working, "reason": row.reason},
    )
    return row


@transaction.atomic
def clear_calendar_day(*, row: CalendarDay, actor: Any) -> None:
    """Let the calendar itself decide again about a day; the history keeps what was set."""
    _lock()
    data = {"day": row.day.isoformat(), "working": row.working, "reason": row.reason}
    audit.record(actor=actor, action="clear_calendar_day", target=row, data=data)
    _in_the_name_of(actor, row).delete()
    _changed()


@transaction.atomic
def announce_year(*, year: int, source: str, days: Mapping[date, bool], actor: Any) -> CalendarYear:
    """Take in the days off and working weekends of a year that the bundled calendar does not know yet.

    `days` are those that differ from plain weekends: True a working day, False a day off. From then on due
    dates in that year are no longer provisional; those that were are computed anew, each change noted.

    Raises LawNotChanged for a day of another year or without a source.
    """
    _lock()
    if not source.strip():
        raise LawNotChanged(_("请写明公布放假安排的文件。"), field="source")
    if any(day.year != year for day in days):
        raise LawNotChanged(_("有日期不在%(year)s年。") % {"year": year}, field="days")
    for day, working in days.items():
        row = CalendarDay.objects.filter(day=day).first() or CalendarDay(day=day)
        row.working, row.reason = working, source.strip()
        _in_the_name_of(actor, row).save()
    announced = CalendarYear.objects.filter(year=year).first() or CalendarYear(year=year)
    announced.source = source.strip()
    _in_the_name_of(actor, announced).save()
    _changed()
    audit.record(
        actor=actor, action="announce_year", target=announced, data={"year": year, "days": len(days)}
    )
    return announced


def _refuse_what_does_not_fit(override: RuleOverride) -> None:
    if override.in_force_to is not None and override.in_force_to < override.in_force_from:
        raise LawNotChanged(_("失效日早于施行日，请核对。"), field="in_force_to")
    for field, words in (("basis", _("请写明依据的文件和条款。")), ("reason", _("请写明设置的原因。"))):
        if not getattr(override, field):
            raise LawNotChanged(words, field=field)
    if (override.level == RuleOverride.Level.SECTOR) != (override.sector is not None):
        raise LawNotChanged(_("行业规则要选一个行业，其他级别不选行业。"), field="sector")
    _refuse_unknown_item(override)
    if _same_days(override).exists():
        raise LawNotChanged(
            _("这一项在这段时间里已经设置了同级的本地值。请先撤回原来的，再重新设置。"), field="in_force_from"
        )
    try:
        law.standing_book()
    except law.LawBroken as broken:
        raise LawNotChanged(str(broken)) from broken
    try:
        book = law.book_with([*law.standing_overrides(), override])
    except ValueError as error:
        raise LawNotChanged(_("这个值不能用：%s") % law.fault_of(override), field="value") from error
    _refuse_crossed_periods(override, book)


def _refuse_crossed_periods(override: RuleOverride, book: RuleBook) -> None:
    """A shortest period that is longer than the longest one would let nothing ever be repaired."""
    stem, _dot, end = override.path.rpartition(".")
    if end not in ("min_months", "max_months"):
        return
    sector = override.sector.code if override.sector else None
    values = book.view(override.rule_set, on=override.in_force_from, sector=sector)
    shortest, longest = (values.find(f"{stem}.{name}") for name in ("min_months", "max_months"))
    if shortest and longest and shortest.value and longest.value and shortest.value > longest.value:
        words = _("最短公示期（%(min)s个月）会长于最长公示期（%(max)s个月），请核对。")
        raise LawNotChanged(words % {"min": shortest.value, "max": longest.value}, field="value")


def _refuse_unknown_item(override: RuleOverride) -> None:
    known = {rule_set.id for rule_set in law.shipped_book().standing()}
    if override.rule_set not in known:
        raise LawNotChanged(_("没有编号为“%s”的规则集。") % override.rule_set, field="rule_set")


def _same_days(override: RuleOverride) -> Any:
    """The standing rows for the same item, level and sector whose days meet those of `override`."""
    meeting = Q(in_force_to__isnull=True) | Q(in_force_to__gte=override.in_force_from)
    if override.in_force_to is not None:
        meeting &= Q(in_force_from__lte=override.in_force_to)
    return RuleOverride.objects.filter(
        meeting,
        rule_set=override.rule_set,
        path=override.path,
        level=override.level,
        sector=override.sector,
        withdrawn_at__isnull=True,
    )


def _in_the_name_of(actor: Any, row: Any) -> Any:
    """Let the history of `row` say who and when by what the site knows, not by request and clock alone."""
    row._history_user, row._history_date = actor, now()
    return row


def _said(override: RuleOverride) -> dict[str, Any]:
    return {
        "rule_set": override.rule_set,
        "path": override.path,
        "value": override.value,
        "level": override.level,
        "from": override.in_force_from.isoformat(),
        "to": override.in_force_to.isoformat() if override.in_force_to else None,
        "reason": override.reason,
    }


def _lock() -> None:
    """One change of the law at a time: what does not fit together must not be written side by side."""
    LawStamp.objects.get_or_create(pk=1)
    LawStamp.objects.select_for_update().get(pk=1)


def _changed() -> None:
    LawStamp.objects.filter(pk=1).update(version=F("version") + 1, changed_at=now())
    try:
        law.keep_edition(law.standing_book())
    except law.LawBroken:
        # Another local rule still does not fit: nothing is decided by these rules until it is withdrawn too.
        logger.warning("the law was changed, and cannot be applied yet", exc_info=True)
    dispatch("apply_law", key="apply_law")
