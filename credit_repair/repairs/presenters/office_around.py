"""What lies around an application: its subject's other cases and records, and how its deadlines came."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from credit_repair.cases.kinds import kind_of, office_path
from credit_repair.cases.models import Case, Clock
from credit_repair.cases.parts import visible_cases
from credit_repair.cases.presenters import clock_item
from credit_repair.core.languages import fixed_text
from credit_repair.core.wording import day_text
from credit_repair.rectification.activity_presenters import activity_row
from credit_repair.rectification.selectors import own_activities
from credit_repair.registry.models import Record, Subject
from credit_repair.repairs.matters import record_words
from credit_repair.repairs.models import KIND
from credit_repair.repairs.presenters.common import state_tag

#: How many cases or records one list shows; how many more there are is said.
MOST_ROWS = 20


def around_case(case: Case, *, user: Any, today: date) -> dict[str, Any]:
    """Return the lists of other cases 同一主体的其他案件 and records, each {title, rows, more}.

    A case that `user` may not see is its number, its state and its day, and no link.
    """
    others = _others(case)
    together = others.filter(filing=case.filing_id)
    apart = others.exclude(filing=case.filing_id)
    lists = [
        (_("同一次提交的申请"), together),
        (_("正在办理的其他案件"), apart.exclude(kind=case.kind).filter(closed_on__isnull=True)),
        (_("这个主体的其他申请"), apart.filter(kind=case.kind) | apart.filter(closed_on__isnull=False)),
    ]
    found = [(title, list(cases[: MOST_ROWS + 1])) for title, cases in lists]
    keys = [each.pk for _title, shown in found for each in shown]
    readable = set(visible_cases(user=user, on=today).filter(pk__in=keys).values_list("pk", flat=True))
    return {
        "case_lists": [
            {
                "title": title,
                "rows": [_case_row(each, may_read=each.pk in readable) for each in shown[:MOST_ROWS]],
                "more": len(shown) > MOST_ROWS,
            }
            for title, shown in found
            if shown
        ],
        "other_records": other_records(case),
        "activities": activities_of(case),
    }


def activities_of(case: Case) -> list[dict[str, Any]]:
    """Return what the subject did of its own accord 自愿活动, the latest first: for information, no condition
    unless a rule of the sector says so."""
    if case.subject is None:
        return []
    return [activity_row(each) for each in own_activities(subject=case.subject)[:MOST_ROWS]]


def _others(case: Case) -> QuerySet[Case]:
    if case.subject_id is None:
        return Case.objects.none()
    return (
        Case.objects.filter(subject=case.subject_id, submitted_on__isnull=False)
        .exclude(pk=case.pk)
        .select_related("record")
        .order_by("-submitted_on", "-pk")
    )


def _case_row(case: Case, *, may_read: bool) -> dict[str, Any]:
    kind = kind_of(case)
    tag = (
        state_tag(case) if case.kind == KIND else {"label": kind.states(case.state).label, "tone": "neutral"}
    )
    return {
        "number": case.number,
        "url": office_path(case) if may_read else "",
        "what": _what(case, kind.label) if may_read else "",
        "tag": tag,
        "on": case.submitted_on,
    }


def _what(case: Case, label: Any) -> str:
    if case.record is None:
        return str(label)
    return _("%(kind)s：%(record)s") % {"kind": label, "record": record_words(case.record)}


def other_records(case: Case) -> dict[str, Any]:
    """Return the other records of the subject in short, the newest first: {rows, more}.

    Of a natural person only those that have not ended: what is over, no other office needs to know.
    """
    if case.subject is None:
        return {"rows": [], "more": False}
    others = Record.objects.filter(subject=case.subject).exclude(pk=case.record_id or 0)
    if case.subject.kind == Subject.Kind.PERSON:
        others = others.exclude(standing__in=Record.ENDED)
    found = list(others.select_related("authority").order_by("-decision_date", "-pk")[: MOST_ROWS + 1])
    return {"rows": [_record_row(each) for each in found[:MOST_ROWS]], "more": len(found) > MOST_ROWS}


def _record_row(record: Record) -> dict[str, Any]:
    return {
        "what": record_words(record),
        "authority": record.authority.name,
        "on": record.decision_date,
        "tag": {
            "label": record.get_standing_display(),
            "tone": "info" if record.standing == Record.Standing.ACTIVE else "neutral",
        },
    }


def clock_stories(case: Case, *, today: date) -> list[dict[str, Any]]:
    """Return each clock of the case with how its due day came about: from when, pauses, extensions.

    Read the case with its clocks, their pauses and extensions prefetched.
    """
    clocks = sorted(case.clocks.all(), key=lambda clock: (clock.stopped_on is not None, clock.started_on))
    return [{"clock": clock_item(clock, today=today), "lines": list(_story(clock))} for clock in clocks]


def _story(clock: Clock) -> Iterable[str]:
    yield _("自%(day)s起算，共%(days)s个工作日") % {
        "day": day_text(clock.started_on),
        "days": clock.limit_days,
    }
    for pause in sorted(clock.pauses.all(), key=lambda each: (each.paused_on, each.pk)):
        words = {
            "since": day_text(pause.paused_on),
            "until": day_text(pause.resumed_on) if pause.resumed_on else "",
            "reason": fixed_text(pause.reason),
        }
        if pause.resumed_on:
            yield _("%(since)s至%(until)s暂停计时：%(reason)s") % words
        else:
            yield _("自%(since)s起暂停计时：%(reason)s") % words
    for extension in clock.extensions.all():
        yield _("%(day)s延长%(days)s个工作日：%(reason)s") % {
            "day": day_text(extension.granted_on),
            "days": extension.days,
            "reason": fixed_text(extension.reason),
        }
