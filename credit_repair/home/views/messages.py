"""The person's list 待人工处理 over all platforms, one message with all that happened to it, and its acts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages as notes
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.cases.record_reading import reader_of
from credit_repair.core.clock import today
from credit_repair.core.paging import CappedPaginator
from credit_repair.core.tables import table_response, wanted_format
from credit_repair.core.wording import stated
from credit_repair.home import message_acts as acts
from credit_repair.home import platform_presenters as shown
from credit_repair.home import selectors
from credit_repair.home.exports import MESSAGE_COLUMNS
from credit_repair.home.message_acts import handled, readable
from credit_repair.home.message_forms import GiveUpForm, PersonsListForm
from credit_repair.home.message_reading import messages_with_reader
from credit_repair.home.platform_doors import may_look_after, platforms_door
from credit_repair.people.doors import door_of_any
from credit_repair.platforms import queue_selectors as queues
from credit_repair.platforms.models import Message
from credit_repair.platforms.services import AT_REST, MessageActionRefused
from credit_repair.registry.models import Platform

PAGE_SIZE = 30
#: Nobody reads on from here: what failed at one platform is replayed at once.
MOST_LISTED = 1000
#: So many attempts, the newest, stand on a message's page, and so many neighbours on either side.
ATTEMPTS, NEIGHBOURS = 100, 50


@require_safe
@door_of_any("import_records", "supervise")
def messages(request: HttpRequest) -> HttpResponseBase:
    """Show the messages that a person must look at, then the latest ones."""
    day = today()

    def seen(found: QuerySet[Message]) -> QuerySet[Message]:
        return messages_with_reader(found, user=request.user, on=day)

    if wanted_format(request):
        found = seen(selectors.readable_messages(user=request.user, on=day))
        return table_response(request, name=_("平台消息"), columns=MESSAGE_COLUMNS, rows=found)
    acting = may_look_after(user=request.user, on=day)
    theirs = (handled if acting else readable)(user=request.user, on=day)
    form = PersonsListForm(request.GET or None)
    pages = CappedPaginator(_persons_list(form).filter(theirs), PAGE_SIZE, cap=MOST_LISTED)
    page = pages.get_page(request.GET.get("page"))
    keys = [message.pk for message in page]
    rows = seen(queues.with_held_up(Message.objects.filter(pk__in=keys)).defer("payload"))
    context = {
        "page_title": _("平台消息"),
        "page_subtitle": _("系统通知各公示平台上架或者撤下信息，平台的回执是撤下的凭据。"),
        "tabs": shown.platform_tabs("office_messages") if acting else [],
        "acting": acting,
        "filter_form": form,
        "clear_url": request.path if form.has_changed() else "",
        "page_obj": page,
        "total": queues.at_most(pages.count, most=MOST_LISTED - 1),
        "troubled": shown.listed_messages(
            rows.select_related("platform", "record__subject", "subject").order_by("created_at", "pk")
        ),
        "failed": shown.failed_choices(queues.failed_by_platform(theirs)) if acting else [],
        "most_at_once": acts.MOST_AT_ONCE,
        "latest": shown.listed_messages(
            seen(selectors.readable_messages(user=request.user, on=day).defer("payload"))[
                : selectors.LATEST_MESSAGES
            ]
        ),
        "latest_limit": selectors.LATEST_MESSAGES,
    }
    return render(request, "office/messages.html", context)


def _persons_list(form: PersonsListForm) -> QuerySet[Message]:
    if form.is_bound and not form.is_valid():
        return Message.objects.none()
    wanted = form.cleaned_data if form.is_bound else {}
    found = queues.listed_for_a_person(
        failed_only=wanted.get("what") == "failed", platform=wanted.get("platform")
    )
    return found.select_related(None).only("pk")


@require_safe
@door_of_any("import_records", "supervise")
def message(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one message: what it says, every attempt, the receipts, and the queue before and behind it."""
    found = _readable_message(request, uuid)
    reader = reader_of(found)
    acting = may_look_after(user=request.user, on=today())
    theirs = acts.is_handled(found, user=request.user, on=today())
    line = queues.line_of(found)
    before = list(line.filter(sequence__lt=found.sequence).reverse()[:NEIGHBOURS])[::-1]
    behind = list(line.filter(sequence__gt=found.sequence)[:NEIGHBOURS])
    attempts = list(found.log.order_by("-number")[:ATTEMPTS])
    context = {
        "page_title": stated(found.get_action_display(), found.title),
        "page_caption": found.platform.name,
        "page_subtitle": shown.listed_messages([found])[0]["party"],
        "breadcrumbs": [{"label": _("平台消息"), "url": reverse("office_messages")}],
        "message": found,
        "tag": shown.message_tag(found),
        "state_words": shown.state_words(found),
        "error": shown.listed_messages([found])[0]["error"],
        "facts": shown.message_facts(found),
        "payload": shown.payload_rows(found, reader),
        "payload_text": shown.payload_text(found, reader),
        "attempts": shown.attempt_rows(attempts, found, reader),
        "receipts": shown.receipt_rows(
            found.received_receipts.order_by("-received_at", "-pk")[:ATTEMPTS], found, reader
        ),
        "line": shown.line_rows([*before, found, *behind], here=found),
        "waiting_behind": sum(each.state in Message.UNFINISHED for each in behind),
        "may_act": theirs and found.state in AT_REST,
        "record_url": reverse("office_record", args=[found.record.uuid]) if found.record else "",
        "platform_url": reverse("office_platform", args=[found.platform.code]) if acting else "",
    }
    return render(request, "office/message.html", context)


def _readable_message(request: HttpRequest, uuid: UUID) -> Message:
    day = today()
    theirs = Message.objects.filter(readable(user=request.user, on=day))
    theirs = messages_with_reader(theirs, user=request.user, on=day)
    return get_object_or_404(
        theirs.select_related("platform", "record__subject", "subject", "batch"), uuid=uuid
    )


@require_POST
@platforms_door
def replay(request: HttpRequest) -> HttpResponse:
    """Replay one message, those that are ticked, or all failed ones of a platform."""
    day, what = today(), request.POST.get("do", "")
    if what == "platform":
        platform = get_object_or_404(Platform, code=request.POST.get("platform", ""))
        result = acts.replay_failed_of(platform=platform, user=request.user, on=day)
    else:
        chosen = request.POST.getlist("message") if what == "ticked" else [what] * bool(what)
        if not chosen:
            notes.warning(request, _("请先勾选要重发的消息。"))
            return _back(request)
        result = acts.replay_messages(uuids=_uuids(chosen), user=request.user, on=day)
    _tell(request, result)
    return _back(request)


def _uuids(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts]
    except ValueError as wrong:
        raise Http404 from wrong


def _tell(request: HttpRequest, result: acts.Replayed) -> None:
    if result.done:
        words = ngettext("%d条消息已排队重发。", "%d条消息已排队重发。", result.done) % result.done
        if result.left:
            words += _("还有失败的消息，一次最多重发%s条，请再点一次。") % acts.MOST_AT_ONCE
        notes.success(request, words)
    elif not result.refused:
        notes.info(request, _("没有失败的消息，不用重发。"))
    for words in dict.fromkeys(result.refused):
        notes.warning(request, words)


def _back(request: HttpRequest) -> HttpResponse:
    """Lead back to where the button stood: a message, a platform, or the list with its filter."""
    where = request.POST.get("back", "")
    places: dict[str, Callable[[], Any]] = {
        "message": lambda: redirect("office_message", uuid=_uuids([request.POST.get("do", "")])[0]),
        "platform": lambda: redirect("office_platform", code=request.POST.get("platform", "")),
    }
    if where in places:
        try:
            return places[where]()
        except (NoReverseMatch, IndexError):  # what the form names is none
            return redirect("office_messages")
    kept = {name: value for name in ("platform", "what") if (value := request.POST.get(f"kept_{name}"))}
    return redirect(reverse("office_messages") + (f"?{urlencode(kept)}" if kept else ""))


@require_http_methods(["GET", "HEAD", "POST"])
@platforms_door
def give_up(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say what giving a message up means, ask for the reason, and do it."""
    found = _readable_message(request, uuid)
    if not acts.is_handled(found, user=request.user, on=today()):
        raise Http404
    form = GiveUpForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            acts.give_up_message(uuid=uuid, user=request.user, on=today(), reason=form.cleaned_data["reason"])
        except MessageActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            notes.success(request, _("已放弃这条消息，同一条记录后面的消息继续发送。"))
            return redirect("office_message", uuid=uuid)
    behind = queues.line_of(found).filter(sequence__gt=found.sequence, state__in=Message.UNFINISHED)
    context = {
        "page_title": _("放弃这条消息"),
        "page_caption": found.platform.name,
        "page_subtitle": stated(found.get_action_display(), found.title),
        "breadcrumbs": [
            {"label": _("平台消息"), "url": reverse("office_messages")},
            {"label": found.title, "url": reverse("office_message", args=[uuid])},
        ],
        "form": form,
        "removes": found.action in (Message.Action.TERMINATE, Message.Action.SHIELD),
        "at_rest": found.state in AT_REST,
        "required": found.platform.required,
        "behind": behind.count(),
        "facts": shown.message_facts(found),
        "back": reverse("office_message", args=[uuid]),
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/message_give_up.html", context, status=status)
