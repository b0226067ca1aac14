"""How the platforms stand, and the queue of one, for who looks after them at a credit office."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credit_repair.cases import record_access
from credit_repair.core.clock import today
from credit_repair.home import platform_presenters as shown
from credit_repair.home.message_acts import handled
from credit_repair.home.message_forms import NEWEST, QueueForm
from credit_repair.home.message_reading import messages_with_reader
from credit_repair.home.platform_doors import platforms_door
from credit_repair.platforms import queue_selectors as queues
from credit_repair.platforms.models import Message
from credit_repair.registry.models import Platform, Subject

PAGE_SIZE = 30
#: A search looks at the messages of so many records; more than that is no search.
MOST_RECORDS = 500


@require_safe
@platforms_door
def platforms(request: HttpRequest) -> HttpResponse:
    """Show every platform in a row, and above them the alerts that stand."""
    now = timezone.now()
    rows = queues.standings(now=now)
    context = {
        "page_title": _("公示平台"),
        "page_subtitle": _("消息发到了没有，平台办了没有，哪里需要人处理。"),
        "tabs": shown.platform_tabs("office_platforms"),
        "alerts": shown.alert_banners(alert for row in rows for alert in row.alerts),
        "rows": shown.standing_rows(rows, now=now),
    }
    return render(request, "office/platforms.html", context)


@require_safe
@platforms_door
def platform(request: HttpRequest, code: str) -> HttpResponse:
    """Show one platform and its queue, the oldest first; pages are found by where the former ended."""
    now = timezone.now()
    standing = next(iter(queues.standings(now=now, only=code)), None)
    if standing is None:
        raise Http404
    form = QueueForm(request.GET or None)
    found, newest_first = _found(request, standing.platform, form)
    after = _uuid(request.GET.get("after", ""))
    if after is not None:
        found = queues.from_on(found, after=after, newest_first=newest_first)
    found = messages_with_reader(found.defer("payload"), user=request.user, on=today())
    found = queues.with_held_up(found).select_related("platform", "record__subject", "subject")
    page = list(found[: PAGE_SIZE + 1])
    context = {
        "page_title": standing.platform.name,
        "page_caption": standing.platform.get_kind_display(),
        "breadcrumbs": [{"label": _("公示平台"), "url": reverse("office_platforms")}],
        "alerts": shown.alert_banners(standing.alerts, with_link=False),
        "channel_facts": shown.channel_facts(standing, now=now),
        "queue_facts": shown.queue_facts(standing, now=now),
        "filter_form": form,
        "clear_url": request.path if form.has_changed() else "",
        "rows": shown.listed_messages(page[:PAGE_SIZE]),
        "after": page[PAGE_SIZE - 1].uuid if len(page) > PAGE_SIZE else None,
        "is_first": after is None,
        "has_failed": bool(standing.counts[Message.State.FAILED]),
        "code": code,
    }
    return render(request, "office/platform.html", context)


def _found(request: HttpRequest, platform: Platform, form: QueueForm) -> tuple[Any, bool]:
    """Return the messages that the form asks for, and whether the newest stand first."""
    if form.is_bound and not form.is_valid():
        return Message.objects.none(), False
    wanted = form.cleaned_data if form.is_bound else {}
    state, action, text = (wanted.get(name, "") for name in ("state", "action", "q"))
    # Whoever looks for something finds it also where it is long done.
    newest_first = state == NEWEST or bool(text and not state) or state in _done()
    if newest_first:
        found = queues.newest_of(platform, state="" if state == NEWEST else state, action=action)
    else:
        found = queues.queue_of(platform, state=state, action=action)
    found = found.filter(handled(user=request.user, on=today()))
    return (_about(found, text, request.user) if text else found), newest_first


def _done() -> set[str]:
    return set(Message.State.values) - {str(state) for state in Message.UNFINISHED}


def _about(found: Any, text: str, user: Any) -> Any:
    uuid = _uuid(text.strip())
    if uuid is not None:
        return found.filter(uuid=uuid)
    records = record_access.records_for_official(user=user, on=today(), text=text)
    # The keys first: together with the list, the database walked one of the two.
    about = Q(record__in=list(records.order_by().values_list("pk", flat=True)[:MOST_RECORDS]))
    # What concerns no record is found by the whole name or code: no name of a natural person.
    named = Subject.objects.exclude(kind=Subject.Kind.PERSON).filter(Q(name=text) | Q(code=text.upper()))
    if subjects := list(named.values_list("pk", flat=True)[:MOST_RECORDS]):
        about |= Q(subject__in=subjects)
    return found.filter(about)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
