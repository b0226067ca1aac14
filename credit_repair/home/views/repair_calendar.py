"""The repair calendar of an enterprise: the page, the file, and the secret address of the file."""

import hashlib
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from credit_repair.cases.views.doors import applicant_door
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.home import selectors
from credit_repair.home.context import frame_of
from credit_repair.home.repair_calendar import PAST_DAYS, all_entries, overview
from credit_repair.home.repair_calendar_file import CONTENT_TYPE, calendar_file
from credit_repair.home.repair_calendar_rows import calendar_rows
from credit_repair.people import acting
from credit_repair.registry.flags import held_records
from credit_repair.registry.models import Subject
from credit_repair.registry.selectors import records_of
from credit_repair.reminders import feeds
from credit_repair.repairs.selectors import barred_until

LONG_TEXTS = ("facts", "legal_basis", "content", "remarks")


@require_safe
@applicant_door
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Show month by month what can be repaired from when, and what ends by itself."""
    subject = acting.subject_asked_for(request, request.GET.get("subject"))
    if subject is None:
        return render(request, "public/calendar.html", _choice(frame_of(request).subjects))
    return _page(request, subject)


@require_safe
@applicant_door
def download(request: HttpRequest) -> HttpResponse:
    """Hand out the calendar of today as a file, for who wants no subscription."""
    subject = _subject(request, request.GET.get("subject"))
    response = HttpResponse(_file_of(subject, today()), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'attachment; filename="repair-calendar.ics"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@applicant_door
@never_cache
def make_address(request: HttpRequest) -> HttpResponse:
    """Make a secret address, in the place of the one that stands, and show it this one time."""
    subject = _subject(request, request.POST.get("subject"))
    _feed, secret = feeds.make_feed(user=request.user, subject=subject, today=today())  # type: ignore[arg-type]
    return _page(request, subject, secret=secret)


@require_POST
@applicant_door
def revoke_address(request: HttpRequest) -> HttpResponse:
    """Let the address lead nowhere from now on."""
    subject = _subject(request, request.POST.get("subject"))
    feed = feeds.standing_feed(user=request.user, subject=subject)  # type: ignore[arg-type]
    if feed is not None:
        feeds.revoke_feed(feed=feed, actor=request.user)  # type: ignore[arg-type]
        messages.success(request, _("订阅地址已停用，用它订阅的日历不再更新。"))
    return redirect(f"{reverse('my_calendar')}?subject={subject.uuid}")


@require_safe
@limited("look_up", get=True)
def subscription(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Answer a calendar program: the file to who has the secret, nothing to anybody else.

    Nobody is signed in here, and no session is touched. The tag of the content alone says whether something
    has changed: a record that went away leaves no later date behind.
    """
    day = today()
    subject = feeds.subject_by_secret(secret=secret, on=day)
    if subject is None:
        text = _("这个日历地址无效，或者已经停用。请登录网站，在“修复日历”中重新生成。")
        return _quiet(HttpResponse(text, status=404, content_type="text/plain; charset=utf-8"))
    content = _file_of(subject, day)
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    response = HttpResponse(content, content_type=CONTENT_TYPE, headers={"ETag": etag})
    answer = get_conditional_response(request, etag=etag, response=response) or response
    return _quiet(answer)


def _quiet(response: HttpResponseBase) -> HttpResponseBase:
    """The address is a key: no shared cache keeps what it opens, no search engine lists it."""
    response["Cache-Control"] = "private, max-age=3600" if response.status_code != 404 else "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _subject(request: HttpRequest, wanted: str | None) -> Subject:
    """The subject that is named, among those the person may act for today, else the one acted for."""
    subject = acting.subject_asked_for(request, wanted)
    if subject is None:
        raise Http404
    return subject


def _since(day: date) -> date:
    return day - timedelta(days=PAST_DAYS)


def _file_of(subject: Subject, day: date) -> bytes:
    found = records_of(subject).defer(*LONG_TEXTS)
    barred = barred_until(subject, today=day)
    entries = all_entries(found, since=_since(day), held=_held_of(subject), barred_until=barred)
    return calendar_file(subject=subject, entries=entries)


def _held_of(subject: Subject) -> set[int]:
    """The keys of the records that are shown on past their last day."""
    return set(held_records().filter(subject=subject).order_by().values_list("pk", flat=True))


def _choice(subjects: list[Subject]) -> dict[str, Any]:
    return {
        "page_title": _("修复日历"),
        "page_subtitle": _("您可以为多个主体办理，请先选择一个。") if subjects else "",
        "choices": subjects,
        "choice_next": "my_calendar",
    }


def _page(request: HttpRequest, subject: Subject, *, secret: str = "") -> HttpResponse:
    day = today()
    open_cases = selectors.open_cases_by_record(subject)
    view = overview(
        records_of(subject).defer(*LONG_TEXTS),
        today=day,
        since=_since(day),
        in_hand=open_cases,
        held=_held_of(subject),
        barred_until=barred_until(subject, today=day),
    )
    address = settings.SITE_URL.rstrip("/") + reverse("repair_calendar_ics", args=[secret]) if secret else ""
    context = {
        "page_title": _("修复日历"),
        "page_subtitle": _("每条信用记录从哪一天起可以申请修复，到哪一天自动停止公示。"),
        "subject": subject,
        **calendar_rows(view, open_cases, today=day),
        "feed": feeds.standing_feed(user=request.user, subject=subject),  # type: ignore[arg-type]
        "address": address,
        "open_address": f"webcal://{address.partition('://')[2]}" if address else "",
        "download_url": f"{reverse('my_calendar_file')}?subject={subject.uuid}",
        "acting_for": acting.bar(subject),
    }
    return render(request, "public/calendar.html", context)
