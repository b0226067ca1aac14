"""All commitment letters of a basket in one sitting: read, print, or sign on the screen."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Case
from credit_repair.core.clock import today
from credit_repair.core.downloads import file_response
from credit_repair.notices import services as notices
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.models import Document
from credit_repair.repairs import services
from credit_repair.repairs.forms.letters import SignForm
from credit_repair.repairs.models import KIND
from credit_repair.repairs.presenters.basket import Basket
from credit_repair.repairs.presenters.letters import Letters, letters_page
from credit_repair.repairs.selectors import letter_signature_of
from credit_repair.repairs.views.sides import Side, on_both_sides

TEMPLATE = "public/filing_letters.html"


def _letters(request: HttpRequest, uuid: UUID, side: Side) -> Letters:
    filing = side.filing(request, uuid)
    return Letters(
        basket=Basket(side=side, filing=filing, drafts=services.drafts_of(filing), today=today()),
        user=request.user,  # type: ignore[arg-type]
        from_check=request.GET.get("from") == "check",
    )


def _acting(page: Letters) -> dict[str, Any]:
    """Who acts on which basket, for the services."""
    return {"filing": page.basket.filing, "actor": page.user, "today": page.basket.today}


@require_safe
@on_both_sides
def letters(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Show every letter of the basket, how it stands, and both ways to sign."""
    page = _letters(request, uuid, side)
    if not page.basket.drafts:
        return redirect(page.url("filing"))
    form = SignForm(initial={"name": str(request.user)})
    return render(request, TEMPLATE, letters_page(page, form))


@require_POST
@on_both_sides
def sign(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Sign on the screen, once for every letter that is not signed yet."""
    page = _letters(request, uuid, side)
    form = SignForm(request.POST)
    if not page.unsigned:  # signed in another tab, or handed in
        return redirect(page.later_url)
    if form.is_valid():
        try:
            signed = services.sign_letters(
                **_acting(page),
                name=form.cleaned_data["name"],
                strokes=form.cleaned_data["strokes"],
            )
        except (ActionRefused, MissingGlyphs) as refused:
            form.add_error(None, str(refused))
        else:
            words = ngettext("已签署%d份承诺书。", "已签署%d份承诺书。", len(signed))
            messages.success(request, words % len(signed))
            return redirect(_letters(request, uuid, side).done_url)
    return render(request, TEMPLATE, letters_page(page, form))


@require_safe
@on_both_sides
def all_letters(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponseBase:
    """Hand out every letter in one file, to print."""
    page = _letters(request, uuid, side)
    try:
        pdf = services.letters_in_one(**_acting(page))
    except (ActionRefused, MissingGlyphs) as refused:
        messages.error(request, str(refused))
        return redirect(page.url("filing"))
    return file_response(BytesIO(pdf), name=f"{_('信用修复承诺书')}.pdf", mime="application/pdf")


@require_safe
@on_both_sides
def letter(request: HttpRequest, uuid: UUID, case: UUID, side: Side) -> HttpResponseBase:
    """Hand out the letter of one application: the one that was signed, else the one to print."""
    page = _letters(request, uuid, side)
    found = Case.objects.get(filing=page.basket.filing, kind=KIND, uuid=case)
    try:
        document = _document(found, page)
    except (ActionRefused, MissingGlyphs) as refused:
        messages.error(request, str(refused))
        return redirect(page.url("filing"))
    return file_response(document.file.open("rb"), name=document.file_name, mime="application/pdf")


def _document(case: Case, page: Letters) -> Document:
    signature = letter_signature_of(case)
    if signature is not None:
        return notices.render(document_id=signature.document_id)
    return services.letter_to_sign(case=case, actor=page.user, today=page.basket.today).document


@require_POST
@on_both_sides
def unsign(request: HttpRequest, uuid: UUID, case: UUID, side: Side) -> HttpResponse:
    """Take a signature on the screen back."""
    page = _letters(request, uuid, side)
    found = Case.objects.get(filing=page.basket.filing, kind=KIND, uuid=case)
    try:
        services.unsign_letter(case=found, actor=page.user, today=page.basket.today)
    except ActionRefused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, _("已撤销这份承诺书的签名。"))
    return redirect(page.url("filing_letters") + page.back)
