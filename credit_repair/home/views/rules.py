"""The officials' pages over the rules: every value, where it comes from, what overrides it since when."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.core.clock import today
from credit_repair.core.tables import table_response, wanted_format
from credit_repair.core.wording import listed
from credit_repair.home import law_changes
from credit_repair.home import rule_presenters as shown
from credit_repair.home.rule_forms import OverrideForm, RuleFilterForm, WithdrawForm
from credit_repair.home.rule_words import Item, value_kind, value_text
from credit_repair.people import access
from credit_repair.people.doors import official_door
from credit_repair.registry.law import LawBroken, current_book, shipped_book
from credit_repair.registry.models import LawEdition, RuleOverride
from credit_repair.registry.services.law import LawNotChanged, set_rule, withdraw_rule
from credit_repair.rules import NoRuleSet, RuleBook, RuleSet
from credit_repair.rules.schema import Field


def _book_and_misfits() -> tuple[RuleBook, Mapping[UUID, str]]:
    """Return the rules in force; while local rules do not fit, the shipped ones, and why each does not.

    For the pages on which they are found and withdrawn.
    """
    try:
        return current_book(), {}
    except LawBroken as broken:
        return shipped_book(), broken.misfits


def _sight(request: HttpRequest, book: RuleBook) -> tuple[shown.Sight, RuleFilterForm, dict[str, Any]]:
    """Return how the person looks at the rules, and what they look for."""
    sectors = law_changes.sector_choices(book)
    query = request.GET.copy()
    if query:
        query.setdefault("on", today().isoformat())
    form = RuleFilterForm(query or None, sectors=sectors, initial={"on": today()})
    wanted: dict[str, Any] = {}
    if form.is_bound:
        form.is_valid()
        wanted = form.cleaned_data
    sight = shown.Sight(book, on=wanted.get("on") or today(), sector=wanted.get("sector") or None)
    return sight, form, wanted


def _kept_view(wanted: dict[str, Any]) -> str:
    """Return the day and the sector as a query string: a link to another set looks in the same way."""
    day: date | None = wanted.get("on")
    parts = [f"on={day}" if day else "", f"sector={wanted['sector']}" if wanted.get("sector") else ""]
    joined = "&".join(part for part in parts if part)
    return f"?{joined}" if joined else ""


def _found(sight: shown.Sight, wanted: dict[str, Any], sets: Iterable[RuleSet]) -> list[dict[str, Any]]:
    """Return the values of these sets that the filter lets through."""
    text, unverified = wanted.get("words", "").strip(), bool(wanted.get("unverified"))
    return [row for each in sets for row in shown.value_rows(sight, each, text=text, unverified=unverified)]


def _rule_set(book: RuleBook, set_id: str) -> RuleSet:
    try:
        rule_set = book.rule_set(set_id)
    except NoRuleSet as missing:
        raise Http404 from missing
    if rule_set.overrides:
        raise Http404
    return rule_set


@require_safe
@official_door
def rules(request: HttpRequest) -> HttpResponseBase:
    """Show the rule sets; with words or a mark to look for, the values of all of them."""
    book, misfits = _book_and_misfits()
    sight, form, wanted = _sight(request, book)
    if wanted_format(request):
        rows = _found(sight, wanted, shown.ordered(book))
        return table_response(request, name=_("规则项"), columns=shown.EXPORTED, rows=rows)
    sets = shown.set_rows(sight)
    looking = wanted.get("words", "").strip() or wanted.get("unverified")
    found = _found(sight, wanted, shown.ordered(book)) if looking else None
    standing = RuleOverride.objects.filter(withdrawn_at__isnull=True).select_related("sector", "created_by")
    context = {
        "page_title": _("规则库"),
        "page_subtitle": _("判断失信等级、计算公示期和办理期限的全部规则，每一项都写明依据和核实程度。"),
        "tabs": shown.tabs("office_rules", user=request.user, on=today()),
        "filter_form": form,
        "clear_url": reverse("office_rules") if form.is_bound else "",
        "result_text": _("找到%s项") % len(found) if found is not None else "",
        "found": found,
        "sets": sets,
        "keep": _kept_view(wanted),
        "unverified": sum(row["unverified"] for row in sets),
        "values": sum(row["values"] for row in sets),
        "overrides": shown.override_rows(sight, list(standing.order_by("-created_at", "-id")), misfits),
        "misfits": misfits,
        "may_set": bool(misfits) and access.may_set_rules(user=request.user, on=today()),
        "local_files": [rule_set for rule_set in book.rule_sets if rule_set.overrides and rule_set.file],
        "edition": book.content_hash,
        "edition_since": LawEdition.objects.filter(hash=book.content_hash)
        .values_list("first_used_at", flat=True)
        .first(),
        "legend": shown.legend(),
    }
    return render(request, "office/rules.html", context)


@require_safe
@official_door
def words(request: HttpRequest) -> HttpResponse:
    """Show the penalty types from light to heavy with what tables write instead, and the telling words."""
    book = current_book()
    context = {
        "page_title": _("处罚类别和线索词"),
        "page_subtitle": _(
            "导入的表格怎样写，本系统就怎样理解：处罚类别由轻到重，以及从字词推断行业和程序。"
        ),
        "tabs": shown.tabs("office_rule_words", user=request.user, on=today()),
        "penalties": shown.penalty_rows(shown.Sight(book, on=today())),
        "hints": shown.hint_rows(book),
        "separators": " ".join(book.words.separators),
        "prefixes": listed(book.words.prefixes),
        "legend": shown.legend(),
    }
    return render(request, "office/rules_words.html", context)


@require_safe
@official_door
def rule_set(request: HttpRequest, set_id: str) -> HttpResponseBase:
    """Show every value of a set: basis, mark, where it comes from, what overrides it since when."""
    book = current_book()
    found = _rule_set(book, set_id)
    sight, form, wanted = _sight(request, book)
    rows = _found(sight, wanted, [found])
    if wanted_format(request):
        return table_response(request, name=found.title, columns=shown.EXPORTED, rows=rows)
    context = {
        "page_title": found.title,
        "page_caption": _("规则集"),
        "breadcrumbs": [{"label": _("规则库"), "url": reverse("office_rules")}],
        "filter_form": form,
        "clear_url": reverse("office_rule_set", args=[found.id]) if form.is_bound else "",
        "result_text": _("共%(count)s项，其中待核实%(unverified)s项")
        % {"count": len(rows), "unverified": sum(row["mark"] == shown.UNVERIFIED for row in rows)},
        "facts": shown.set_facts(found),
        "groups": shown.grouped(rows),
        "on": sight.on,
        "in_force": found.in_force(sight.on),
        "keep": _kept_view(wanted),
        "legend": shown.legend(),
    }
    return render(request, "office/rules_set.html", context)


@require_http_methods(["GET", "POST"])
@official_door
def rule(request: HttpRequest, set_id: str, path: str) -> HttpResponse:
    """Show one value with all that was ever laid over it; those who may, set a local value here."""
    book = current_book()
    found = _rule_set(book, set_id)
    sight, _filter, _wanted = _sight(request, book)
    item = sight.item(path)
    if item.field is None or found.kind not in item.field.kinds:
        raise Http404
    may_set = access.may_set_rules(user=request.user, on=today())
    form = None
    if request.method == "POST":
        if not may_set:
            raise Http404
        form = _override_form(request.POST, sight, item, item.field)
        if form.is_valid() and _set(request, form, sight, found, path):
            return redirect("office_rule", set_id=set_id, path=path)
    elif may_set:
        form = _override_form(None, sight, item, item.field)
    now = book.view(set_id, on=sight.on, sector=sight.sector).find(path)
    if form is not None and now is not None and value_kind(item.field) == "names":
        form.fields["value"].initial = now.value
    history = RuleOverride.objects.filter(rule_set=set_id, path=path)
    context = {
        "page_title": item.title,
        "page_caption": found.title,
        "breadcrumbs": [
            {"label": _("规则库"), "url": reverse("office_rules")},
            {"label": found.title, "url": reverse("office_rule_set", args=[set_id])},
        ],
        "value": value_text(item, now.value) if now else "",
        "tag": shown.MARK_TAGS[now.mark] if now else None,
        "basis": now.basis if now else "",
        "on": sight.on,
        "sector": book.sectors.get(sight.sector or "", ""),
        "layers": shown.layer_rows(sight, found, path),
        "history": shown.override_rows(
            sight,
            list(
                history.select_related("sector", "created_by", "withdrawn_by").order_by("-created_at", "-id")
            ),
        ),
        "may_set": may_set,
        "form": form,
        "legend": shown.legend(),
    }
    return render(request, "office/rules_item.html", context)


def _override_form(data: Any, sight: shown.Sight, item: Item, field: Field) -> OverrideForm:
    return OverrideForm(
        data,
        item=item,
        field=field,
        sectors=law_changes.sector_choices(sight.book),
        penalty_types=[kind.name for kind in sight.book.penalty_types],
        today=today(),
    )


def _set(request: HttpRequest, form: OverrideForm, sight: shown.Sight, rule_set: RuleSet, path: str) -> bool:
    """Set the local value; where it does not fit, say so at its field and return False."""
    data = dict(form.cleaned_data)
    try:
        with law_changes.changing_the_law(user=request.user, on=today()):
            sector = law_changes.sector_of(data.pop("sector"), book=sight.book)
            set_rule(rule_set=rule_set.id, path=path, sector=sector, actor=request.user, **data)
    except LawNotChanged as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return False
    messages.success(request, _("本地值已设置。受影响的记录会在后台重新计算，已经作出的决定不变。"))
    return True


@require_http_methods(["GET", "POST"])
@law_changes.setters_door
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Withdraw a local value, with a reason."""
    row = get_object_or_404(
        RuleOverride.objects.select_related("sector", "created_by"), uuid=uuid, withdrawn_at__isnull=True
    )
    book, misfits = _book_and_misfits()
    back = reverse("office_rules") if misfits else reverse("office_rule", args=[row.rule_set, row.path])
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            with law_changes.changing_the_law(user=request.user, on=today()):
                withdraw_rule(override=row, reason=form.cleaned_data["reason"], actor=request.user)
        except LawNotChanged as refused:
            form.add_error("reason", str(refused))
        else:
            messages.success(request, _("本地值已撤回。受影响的记录会在后台重新计算，已经作出的决定不变。"))
            return redirect(back)
    shown_row = shown.override_rows(shown.Sight(book, on=today()), [row], misfits)[0]
    context = {
        "page_title": _("撤回本地值"),
        "page_caption": shown_row["set_title"],
        "breadcrumbs": [
            {"label": _("规则库"), "url": reverse("office_rules")},
            {"label": shown_row["title"], "url": back},
        ],
        "row": shown_row,
        "form": form,
        "back": back,
    }
    return render(request, "office/rules_withdraw.html", context)
