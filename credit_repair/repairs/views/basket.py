"""The pages of a basket: task list, records, answers, check, filed."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Attachment, Case, Filing
from credit_repair.core.clock import today
from credit_repair.repairs import services
from credit_repair.repairs.forms.basket import StatementForm
from credit_repair.repairs.models import RepairBasket
from credit_repair.repairs.presenters import basket as presenters
from credit_repair.repairs.presenters.basket import Basket
from credit_repair.repairs.presenters.checking import check_page, filed_page, seen
from credit_repair.repairs.presenters.common import record_title
from credit_repair.repairs.selectors import handed_in_of
from credit_repair.repairs.views.sides import Side, on_both_sides

GET_OR_POST = ["GET", "HEAD", "POST"]


def _basket(request: HttpRequest, uuid: UUID, side: Side) -> Basket:
    filing = side.filing(request, uuid)
    return Basket(side=side, filing=filing, drafts=services.drafts_of(filing), today=today())


def _over(basket: Basket) -> HttpResponse:
    """Lead on from a basket in which nothing is left to fill in."""
    if handed_in_of(basket.filing):
        return redirect(basket.url("filing_filed"))
    return redirect("window" if basket.side.at_window else "my_repair_choose")


def say_form_dropped(request: HttpRequest, before: Iterable[Case]) -> None:
    """Tell the clerk where the signed form that `before` had holds no longer."""
    form = Attachment.Kind.FORM
    had = [case.pk for case in before if any(item.kind == form for item in case.attachments.all())]
    if had and not Attachment.objects.filter(case__in=had, case__state="draft", kind=form).exists():
        messages.warning(request, _("内容有改动，请重新打印申请表，由申请人签字后再扫描。"))


def _from_check(request: HttpRequest) -> bool:
    return request.GET.get("from") == "check"


@require_safe
@on_both_sides
def detail(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Show the task list of the basket."""
    basket = _basket(request, uuid, side)
    if not basket.drafts:
        return _over(basket)
    members = handed_in_of(basket.filing)
    return render(request, "public/filing.html", presenters.task_page(basket, members=members))


@require_safe
@on_both_sides
def records(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Show what lies in the basket, to add more or take one out."""
    basket = _basket(request, uuid, side)
    if not basket.drafts:
        return _over(basket)
    back = "?from=check" if _from_check(request) else ""
    return render(request, "public/filing_records.html", presenters.records_page(basket, back=back))


@require_POST
@on_both_sides
def drop_record(request: HttpRequest, uuid: UUID, case: UUID, side: Side) -> HttpResponse:
    """Take a record out of the basket; the last one stays, or the whole is discarded."""
    basket = _basket(request, uuid, side)
    found = next((draft for draft in basket.drafts if draft.uuid == case), None)
    if found is None:  # dropped in another tab
        return redirect(basket.url("filing_records")) if basket.drafts else _over(basket)
    if len(basket.drafts) == 1:
        return redirect(basket.url("filing_discard"))
    try:
        services.drop_record(case=found, actor=request.user, today=today())  # type: ignore[arg-type]
    except ActionRefused as refused:
        messages.error(request, refused.words)
    else:
        name = record_title(found.record) if found.record else ""
        messages.success(request, _("已从这次申请中移出：%s") % name)
        say_form_dropped(request, basket.drafts)
    return redirect(basket.url("filing_records") + ("?from=check" if _from_check(request) else ""))


@require_http_methods(GET_OR_POST)
@on_both_sides
def statement(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Ask once what was corrected and performed, and whom to call; what is filled in so far can be kept."""
    basket = _basket(request, uuid, side)
    if not basket.drafts:
        return _over(basket)
    stored = RepairBasket.objects.get(filing=basket.filing)
    form = StatementForm(
        request.POST if request.method == "POST" else None,
        drafts=basket.drafts,
        today=today(),
        complete="later" not in request.POST,
        initial=presenters.answers_of(basket, stored),
    )
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, basket, form)
        except ActionRefused as refused:
            stored.refresh_from_db()
            form = form.with_revision(stored.revision)
            form.add_error(None, refused.words)
        else:
            say_form_dropped(request, basket.drafts)
            return _after_saving(request, uuid, side, form)
    context = {
        "form": form,
        "single": len(basket.drafts) == 1,
        "page_title": _("改正和履行情况"),
        "back_url": basket.url("filing_check") if _from_check(request) else basket.url(),
        **presenters.frame(side, basket.filing, inside=True),
    }
    return render(request, "public/filing_statement.html", context)


def _save(request: HttpRequest, basket: Basket, form: StatementForm) -> None:
    services.save_answers(
        filing=basket.filing,
        actor=request.user,  # type: ignore[arg-type]
        today=today(),
        shared=form.shared,
        own=form.own,
        revision=form.cleaned_data["revision"],
    )


def _after_saving(request: HttpRequest, uuid: UUID, side: Side, form: StatementForm) -> HttpResponse:
    """Straight back to the check page, or on to what is to be done next."""
    if not form.complete:
        messages.success(request, _("已保存。什么时候回来，都可以接着填。"))
        return redirect(side.url("filing", uuid))
    if _from_check(request):
        return redirect(side.url("filing_check", uuid))
    return redirect(presenters.next_url(_basket(request, uuid, side)))


@require_http_methods(GET_OR_POST)
@on_both_sides
def check(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Show every answer once more; a post hands in what is ready."""
    basket = _basket(request, uuid, side)
    if not basket.drafts:
        return _over(basket)
    errors: list[str] = []
    if request.method == "POST":
        stored = RepairBasket.objects.get(filing=basket.filing)
        if request.POST.get("seen") != seen(basket, stored):
            errors = [_("这份申请刚才在别的页面或设备上改过。下面是现在的内容，请核对后再提交。")]
        else:
            errors, done = _hand_in(request, basket.filing)
            if done:
                return redirect(basket.url("filing_filed"))
            basket = _basket(request, uuid, side)
            if not basket.drafts:  # handed in by the other press of the button
                return _over(basket)
    stored = RepairBasket.objects.get(filing=basket.filing)
    page = check_page(basket, stored, user=request.user, errors=errors)
    return render(request, "public/filing_check.html", page)


def _hand_in(request: HttpRequest, filing: Filing) -> tuple[list[str], bool]:
    """Hand the basket in; return why not, and whether at least a part of it was."""
    try:
        outcome = services.submit_filing(filing=filing, actor=request.user, today=today())  # type: ignore[arg-type]
    except ActionRefused as refused:
        return [refused.words], False
    if outcome.submitted or outcome.scheduled:
        return [], True
    return list(dict.fromkeys(words for _case, words in outcome.refused)), False


@require_safe
@on_both_sides
def filed(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Confirm: numbers, query code, what happens next and by when; what stayed behind, and why."""
    filing = side.filing(request, uuid)
    handed_in = handed_in_of(filing)
    if not handed_in:
        return redirect(side.url("filing", filing.uuid))
    page: dict[str, Any] = filed_page(
        filing, side=side, handed_in=handed_in, left=services.drafts_of(filing), today=today()
    )
    return render(request, "public/filing_filed.html", page)


@require_http_methods(GET_OR_POST)
@on_both_sides
def discard(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Ask before everything that was not handed in is discarded; a post does it."""
    basket = _basket(request, uuid, side)
    if not basket.drafts:
        return _over(basket)
    if request.method == "POST":
        try:
            services.discard_basket(filing=basket.filing, actor=request.user, today=today())  # type: ignore[arg-type]
        except ActionRefused as refused:
            messages.error(request, refused.words)
            return redirect(basket.url())
        messages.success(request, _("草稿已放弃。以后仍可以重新申请。"))
        return redirect("window" if side.at_window else "me")
    context = {
        "page_title": _("放弃这份草稿？"),
        "count": len(basket.drafts),
        "handed_in": bool(handed_in_of(basket.filing)),
        "back_url": basket.url(),
        **presenters.frame(side, basket.filing, inside=True),
    }
    return render(request, "public/filing_discard.html", context)
