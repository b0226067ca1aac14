"""The repair calendar as a file for calendar programs: iCalendar (RFC 5545), all-day events.

The same records make the same bytes: nothing in the file tells when it was made.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from credit_repair.home.repair_calendar import Entry
from credit_repair.registry.models import Subject
from credit_repair.registry.wording import penalty_summary

CONTENT_TYPE = "text/calendar; charset=utf-8"
#: How often a program should read again.
REFRESH = timedelta(hours=12)
#: At nine in the morning of the day before.
ALARM_BEFORE = timedelta(hours=15)


def calendar_file(*, subject: Subject, entries: Iterable[Entry]) -> bytes:
    """Return the calendar of `subject`: its public name, and of each record what its page shows first."""
    name = _("修复日历：%s") % subject.name
    calendar = Calendar()
    calendar.add("prodid", "-//credit_repair//repair calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


def _event(entry: Entry) -> Event:
    record = entry.record
    link = settings.SITE_URL.rstrip("/") + reverse("my_record", args=[record.uuid])
    event = Event()
    event.add("uid", f"{record.uuid}-{entry.kind}")
    event.add("dtstamp", record.changed_at)
    event.add("last-modified", record.changed_at)
    event.add("dtstart", entry.day)
    if entry.day < date.max:  # 9999-12-31 is how sources write “for ever”; without an end it is one day
        event.add("dtend", entry.day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("summary", _("%(what)s：%(number)s") % {"what": entry.title, "number": _number(entry)})
    lines = (entry.text, _about(entry), _("查看这条记录：%s") % link)
    event.add("description", "\n".join(lines))
    event.add("url", link)
    if entry.kind == "first":
        event.add_component(_alarm(entry))
    return event


def _alarm(entry: Entry) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("明天起可以申请信用修复：%s") % _number(entry))
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm


def _number(entry: Entry) -> str:
    return entry.record.doc_no or _("没有文号的记录")


def _about(entry: Entry) -> str:
    parts = (entry.record.authority.name, penalty_summary(entry.record))
    return _("，").join(part for part in parts if part)
