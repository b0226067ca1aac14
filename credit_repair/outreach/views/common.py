"""What the officials' pages of this package share: doors, tabs, the records in reach."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.record_reading import with_reader
from credit_repair.cases.views.doors import official_door
from credit_repair.outreach.reach import ACTING, READING, SETTING, reached, reading_offices, within
from credit_repair.outreach.repairable import listed, repairable
from credit_repair.people import doors
from credit_repair.people.doors import View
from credit_repair.registry.models import Office, Record


def reading_door(view: View) -> View:
    """Those who see cases at some office; what is not theirs does not exist for them."""
    return doors.office_door(READING)(official_door(view))


def acting_door(view: View) -> View:
    """Those who write to enterprises in the name of some office."""
    return doors.door_of_any(*ACTING)(official_door(view))


def setting_door(view: View) -> View:
    """Those who supervise at some office."""
    return doors.office_door(SETTING)(official_door(view))


def tabs(active: str) -> list[dict[str, Any]]:
    """Return the views of this place, `active` the name of the address that is shown."""
    places = {
        "office_outreach": _("可修复未申请"),
        "office_outreach_figures": _("分单位、分行业"),
        "office_reminder_batches": _("提醒批次"),
        "office_outreach_uptake": _("提醒成效"),
        "office_proposals": _("预制申请"),
        "office_guidance": _("两书同达"),
    }
    return [
        {"label": label, "url": reverse(name), "active": name == active} for name, label in places.items()
    ]


def listed_records(
    request: HttpRequest, on: date, *, offices: list[Office] | None = None
) -> QuerySet[Record]:
    """Return the records that could be repaired and are the person's to see, annotated for a list."""
    seen = reading_offices(user=request.user, on=on) if offices is None else offices
    found = repairable(on=on).filter(reached(user=request.user, offices=seen))
    return with_reader(listed(found, on=on), user=request.user, on=on)


def authorities_seen(request: HttpRequest, on: date) -> list[Office]:
    """Return the authorities whose records the person reaches, by name."""
    offices = reading_offices(user=request.user, on=on)
    named = Exists(Record.objects.filter(authority=OuterRef("pk")))
    return list(Office.objects.filter(named, within(offices, path="pk")).order_by("name", "pk"))


def nearest_office(record: Record, offices: list[Office], user: Any) -> Office:
    """Return in whose name the person acts about `record`: the authority's where they serve there, else that
    of the first office of theirs that reaches it. Raises Http404 where none does."""
    for office in sorted(offices, key=lambda office: office.pk != record.authority_id):
        if Record.objects.filter(reached(user=user, offices=[office]), pk=record.pk).exists():
            return office
    raise Http404
