"""The officials' pages over blocks of text 常用语: to read, and for supervisors to edit."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import TextBlock
from credit_repair.cases.services.text_blocks import add_text_block, change_text_block, move_text_block
from credit_repair.cases.text_blocks import (
    editable_offices,
    may_edit_blocks_of,
    may_edit_some,
    readable_blocks,
)
from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import today
from credit_repair.home.rule_presenters import tabs
from credit_repair.home.text_block_forms import NewTextBlockForm, TextBlockForm
from credit_repair.home.text_block_presenters import office_parts
from credit_repair.people import access
from credit_repair.people.doors import office_door
from credit_repair.registry.models import Office


@require_safe
@office_door("see_cases")
def text_blocks(request: HttpRequest) -> HttpResponse:
    """Show every block that this person is offered; to supervisors, with what they may do."""
    day = today()
    new = {"label": _("新增常用语"), "url": reverse("office_text_new"), "primary": True}
    context = {
        "page_title": _("常用语"),
        "page_subtitle": _("写意见、原因和函件时，点一下就能填入的文字。"),
        "page_actions": [new] if may_edit_some(user=request.user, on=day) else [],
        "tabs": tabs("office_texts", user=request.user, on=day),
        "parts": office_parts(readable_blocks(user=request.user, on=day), user=request.user, on=day),
    }
    return render(request, "office/texts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@official_door
def new(request: HttpRequest) -> HttpResponse:
    """Add a block for an office that this person supervises, or for all."""
    day = today()
    if not may_edit_some(user=request.user, on=day):
        raise Http404
    form = NewTextBlockForm(
        request.POST if request.method == "POST" else None,
        offices=Office.objects.filter(pk__in=editable_offices(user=request.user, on=day)).order_by("code"),
        of_all=access.may_set_rules(user=request.user, on=day),
        initial={"use": request.GET.get("use", "")},
    )
    if form.is_bound and form.is_valid():
        try:
            add_text_block(actor=request.user, today=day, **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, refused.words)
        else:
            messages.success(request, _("常用语已新增。"))
            return redirect("office_texts")
    return _form_page(request, form, _("新增常用语"))


@require_http_methods(["GET", "HEAD", "POST"])
@official_door
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a block, or switch it off."""
    block = _own(request, pk)
    form = TextBlockForm(
        request.POST if request.method == "POST" else None,
        initial={"title": block.title, "text": block.text, "active": block.active},
    )
    if form.is_bound and form.is_valid():
        try:
            change_text_block(block=block, actor=request.user, today=today(), **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, refused.words)
        else:
            messages.success(request, _("常用语已修改。"))
            return redirect("office_texts")
    caption = f"{block.office or _('所有单位')} · {block.get_use_display()}"
    return _form_page(request, form, _("修改常用语"), caption=caption)


@require_POST
@official_door
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a block up or down in its list."""
    by = {"up": -1, "down": 1}.get(request.POST.get("do", ""), 0)
    move_text_block(block=_own(request, pk), by=by, actor=request.user, today=today())
    return redirect("office_texts")


def _own(request: HttpRequest, pk: int) -> TextBlock:
    """Return a block that this person edits; any other does not exist for them."""
    block = get_object_or_404(TextBlock.objects.select_related("office"), pk=pk)
    if not may_edit_blocks_of(user=request.user, office=block.office, on=today()):
        raise Http404
    return block


def _form_page(request: HttpRequest, form: Any, title: str, *, caption: str = "") -> HttpResponse:
    context = {
        "page_title": title,
        "page_caption": caption,
        "breadcrumbs": [{"label": _("常用语"), "url": reverse("office_texts")}],
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/text_edit.html", context, status=status)
