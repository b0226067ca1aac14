"""The officials' pages over the editions of the rules, under the hashes that records and decisions keep."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credit_repair.core.clock import today
from credit_repair.home import rule_presenters as shown
from credit_repair.home.rule_editions import Content, differences, set_tables
from credit_repair.people.doors import official_door
from credit_repair.registry.law import current_book
from credit_repair.registry.models import LawEdition

EDITIONS = 10


@require_safe
@official_door
def editions(request: HttpRequest) -> HttpResponse:
    """Show the editions, newest first, each with what differs from the one before."""
    current = current_book().content_hash
    page = Paginator(LawEdition.objects.all(), EDITIONS).get_page(request.GET.get("page"))
    context = {
        "page_title": _("规则版本"),
        "page_subtitle": _("规则每变一次就是一个新的版本。每条记录、每个决定都保存当时所用版本的编号。"),
        "tabs": shown.tabs("office_rule_editions", user=request.user, on=today()),
        "page_obj": page,
        "rows": _rows(list(page), current),
        "kept": LawEdition.objects.filter(hash=current).exists(),
        "current": current,
    }
    return render(request, "office/rules_editions.html", context)


def _rows(found: list[LawEdition], current: str) -> list[dict[str, Any]]:
    if not found:
        return []
    older = _before(found[-1])
    contents = [Content(edition.content) for edition in [*found, *([older] if older else [])]]
    return [
        {
            "edition": edition,
            "url": reverse("office_rule_edition", args=[edition.hash]),
            "current": edition.hash == current,
            "first": place + 1 == len(contents),
            "changes": differences(contents[place + 1], contents[place]) if place + 1 < len(contents) else [],
        }
        for place, edition in enumerate(found)
    ]


@require_safe
@official_door
def edition(request: HttpRequest, book_hash: str) -> HttpResponse:
    """Show one edition: since when, what it changed, and every value as it stood."""
    book = current_book()
    kept = LawEdition.objects.filter(hash=book_hash).first()
    if kept is None and book_hash != book.content_hash:
        raise Http404
    content = Content(kept.content if kept else book.content())
    older = _before(kept) if kept else None
    context = {
        "page_title": _("规则版本%s") % book_hash[:12],
        "page_caption": _("规则版本"),
        "breadcrumbs": [
            {"label": _("规则库"), "url": reverse("office_rules")},
            {"label": _("规则版本"), "url": reverse("office_rule_editions")},
        ],
        "hash": book_hash,
        "since": kept.first_used_at if kept else None,
        "current": book_hash == book.content_hash,
        "older": older,
        "changes": differences(Content(older.content), content) if older else [],
        "tables": set_tables(content),
    }
    return render(request, "office/rules_edition.html", context)


def _before(edition: LawEdition) -> LawEdition | None:
    earlier = LawEdition.objects.filter(first_used_at__lt=edition.first_used_at) | LawEdition.objects.filter(
        first_used_at=edition.first_used_at, pk__lt=edition.pk
    )
    return earlier.order_by("-first_used_at", "-pk").first()
