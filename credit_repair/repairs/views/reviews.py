"""Entering reviews 行政复议 and lawsuits 行政诉讼, and what came of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.services import CannotIssue
from credit_repair.registry.models import Record
from credit_repair.repairs.after.reviewing import cases_to_review, may_enter_reviews, review_to_enter
from credit_repair.repairs.forms.after import OutcomeForm, ReviewForm, known_case
from credit_repair.repairs.presenters.reviews import back_of, conclude_page, new_page
from credit_repair.repairs.services.reviews import conclude_review, file_review

GET_OR_POST = ["GET", "HEAD", "POST"]


def _sent(request: HttpRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()


@require_http_methods(GET_OR_POST)
@official_door
@limited("upload")
def new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Enter that a decision about a record is under review or before a court."""
    record = Record.objects.select_related("subject", "authority").filter(uuid=uuid).first()
    if record is None:
        raise Http404
    cases = cases_to_review(record=record, user=request.user, on=today())
    of_penalty = may_enter_reviews(record=record, case=None, user=request.user, on=today())
    if not cases and not of_penalty:
        raise Http404
    wanted = known_case(request.GET.get("case", ""))
    chosen = next((case for case in cases if case.uuid == wanted), None)
    form = ReviewForm(
        *_sent(request),
        cases=cases,
        of_penalty=of_penalty,
        initial={"about": str(chosen.uuid)} if chosen else {},
    )
    if request.method == "POST" and form.is_valid():
        papers = form.cleaned_data["paper"]
        try:
            review = file_review(
                record=record,
                case=form.case(),
                filed=form.filed(),
                actor=request.user,
                today=today(),
                paper=papers[0] if papers else None,
            )
        except (ActionRefused, UploadRefused) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已登记。复议和诉讼期间不停止公示；有了结果，请及时登记。"))
            return redirect(back_of(review))
    page = new_page(record, chosen, form)
    return render(request, "office/review_form.html", page, status=422 if form.errors else 200)


@require_http_methods(GET_OR_POST)
@official_door
@limited("upload")
def conclude(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Enter what came of a review; what follows from it is done at once."""
    review = review_to_enter(user=request.user, uuid=uuid, on=today())
    if review is None:
        raise Http404
    if not review.is_running and request.method != "POST":
        return redirect(back_of(review))
    form = OutcomeForm(*_sent(request), review=review, user=request.user, today=today())
    if request.method == "POST" and form.is_valid():
        try:
            conclude_review(
                review=review,
                order=form.order(),
                actor=request.user,
                today=today(),
                paper=form.cleaned_data["paper"][0],
            )
        except (ActionRefused, UploadRefused, MissingGlyphs, CannotIssue) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("结果已登记，并已按结果办理。"))
            return redirect(back_of(review))
    page = conclude_page(review, form)
    return render(request, "office/review_form.html", page, status=422 if form.errors else 200)
