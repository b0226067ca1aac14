"""The supervisors' pages over how their office's letters look and what they say 文书样式和文字."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.core.clock import today
from credit_repair.core.downloads import shown_pdf
from credit_repair.core.languages import in_site_language
from credit_repair.core.limits import limited
from credit_repair.home.letter_forms import DeclineForm, FontForm, StyleForm, TextForm
from credit_repair.home.letter_presenters import (
    address_of,
    style_state,
    text_rows,
    versions,
    waiting_rows,
    what_of,
)
from credit_repair.home.rule_presenters import tabs
from credit_repair.notices.dressing import ROLES, current_style
from credit_repair.notices.models import NoticeText, OfficeFont, OfficeStyle
from credit_repair.notices.office_fonts import BadFont, keep_font
from credit_repair.notices.previewing import CannotDraw, version_pdf
from credit_repair.notices.proposals import (
    CannotPropose,
    approve,
    decline,
    offices_to_read,
    offices_to_word,
    propose_style,
    propose_text,
    standing_of,
)
from credit_repair.notices.wording import BadWording, Slot, kinds, placeholders, slot_of
from credit_repair.people.doors import office_door
from credit_repair.registry.models import Office

_KINDS: dict[str, Any] = {"style": OfficeStyle, "text": NoticeText}


@require_safe
@office_door("supervise")
def letters(request: HttpRequest) -> HttpResponse:
    """Show the offices whose letters this person words or approves, and what waits."""
    day = today()
    context = {
        "page_title": _("文书样式和文字"),
        "page_subtitle": _("红头、印章、联系方式、字体和文书里的段落：一人修改，另一人审核后生效。"),
        "tabs": tabs("office_letters", user=request.user, on=day),
        "waiting": waiting_rows(offices_to_read(user=request.user, on=day)),
        "offices": [
            {"office": office, "rows": text_rows(office), "style": style_state(office)}
            for office in offices_to_word(user=request.user, on=day)
        ],
    }
    return render(request, "office/letters.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@office_door("supervise")
@limited("letter_file")
def style(request: HttpRequest, code: str) -> HttpResponse:
    """Show the style of an office with its history, and take a proposal; `?from=` begins with an old one."""
    office, may_propose = _office(request, code)
    form = _style_form(request, office, sent=request.method == "POST") if may_propose else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            try:
                propose_style(office=office, actor=request.user, today=today(), **form.proposed())
            except CannotPropose as refused:
                _refuse(form, refused, OfficeStyle.objects.filter(office=office))
                form.ask_again_for_file()
            else:
                messages.success(request, _("已提交审核。审核通过以前，文书仍按现行样式出具。"))
                return redirect("office_letter_style", code)
    return _style_page(request, office, form)


def _style_form(request: HttpRequest, office: Office, *, sent: bool = False) -> StyleForm:
    rows = OfficeStyle.objects.filter(office=office)
    current, earlier = current_style(office), _earlier(request, rows)
    initial = {**_style_initial(earlier or current), "seen": standing_of(rows)}
    if earlier is not None:
        with in_site_language():  # it is kept, and read by others
            initial["why"] = _("恢复%(day)s的样式") % {"day": _day_of(earlier)}
    fonts = OfficeFont.objects.filter(office=office).order_by("name", "pk")
    data = (request.POST, request.FILES) if sent else ()
    return StyleForm(*data, style=earlier or current, fonts=fonts, initial=initial)


def _style_page(
    request: HttpRequest, office: Office, form: StyleForm | None, declining: DeclineForm | None = None
) -> HttpResponse:
    rows = OfficeStyle.objects.filter(office=office).select_related("author", "reviewer")
    rows = rows.select_related(*(f"font_{role}" for role in ROLES))
    context = {
        "page_title": _("文书样式"),
        "page_caption": office.name,
        "breadcrumbs": _crumbs(),
        "form": form,
        "fonts": OfficeFont.objects.filter(office=office).order_by("name", "pk"),
        "font_form": FontForm() if form is not None else None,
        "font_url": reverse("office_letter_font", args=[office.code]),
        **_history(versions(rows, user=request.user, on=today()), form, declining),
    }
    return render(request, "office/letter_style.html", context, status=_status(form, declining))


@require_POST
@office_door("supervise")
@limited("letter_file")
def font(request: HttpRequest, code: str) -> HttpResponse:
    """Keep a font file of an office; it is used when a style says so."""
    office, may_propose = _office(request, code)
    if not may_propose:
        raise Http404
    form = FontForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            kept = keep_font(office=office, data=form.cleaned_data["file"], actor=request.user)
        except BadFont as bad:
            form.add_error("file", str(bad))
        else:
            messages.success(request, _("字体“%(name)s”已保存，请在样式里选用。") % {"name": kept.name})
            return redirect("office_letter_style", code)
    back_url = reverse("office_letter_style", args=[code])
    context = {
        "page_title": _("上传字体"),
        "back_url": back_url,
        "page_caption": office.name,
        "breadcrumbs": [
            *_crumbs(),
            {"label": _("文书样式"), "url": back_url},
        ],
        "form": form,
    }
    return render(request, "office/letter_font.html", context, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@office_door("supervise")
def text(request: HttpRequest, code: str, kind: str, slot: str) -> HttpResponse:
    """Show a passage with its history, and take a proposal; `?from=` begins with an earlier version."""
    office, may_propose = _office(request, code)
    found = slot_of(kind, slot)
    if found is None:
        raise Http404
    form = _text_form(request, office, kind, found, sent=request.method == "POST") if may_propose else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            where: dict[str, Any] = {"office": office, "kind": kind, "slot": slot}
            try:
                propose_text(actor=request.user, today=today(), **where, **form.cleaned_data)
            except BadWording as refused:
                form.add_error("text", str(refused))
            except CannotPropose as refused:
                _refuse(form, refused, NoticeText.objects.filter(**where))
            else:
                messages.success(request, _("已提交审核。审核通过以前，文书仍用现行文字。"))
                return redirect("office_letter_text", code, kind, slot)
    return _text_page(request, office, kind, found, form)


def _text_form(
    request: HttpRequest, office: Office, kind: str, slot: Slot, *, sent: bool = False
) -> TextForm:
    rows = NoticeText.objects.filter(office=office, kind=kind, slot=slot.key)
    current, earlier = rows.filter(state="current").first(), _earlier(request, rows)
    begin = earlier or current
    initial = {"text": (begin.text if begin else "") or slot.default, "seen": standing_of(rows)}
    if earlier is not None:
        with in_site_language():
            initial["why"] = _("恢复%(day)s的文字") % {"day": _day_of(earlier)}
    return TextForm(request.POST if sent else None, kind=kind, slot=slot, initial=initial)


def _text_page(
    request: HttpRequest,
    office: Office,
    kind: str,
    slot: Slot,
    form: TextForm | None,
    declining: DeclineForm | None = None,
) -> HttpResponse:
    rows = NoticeText.objects.filter(office=office, kind=kind, slot=slot.key)
    rows = rows.select_related("author", "reviewer")
    current = next((row for row in rows if row.state == "current"), None)
    context = {
        "page_title": f"{_(kinds()[kind].title)} · {slot.label}",
        "page_caption": office.name,
        "breadcrumbs": _crumbs(),
        "form": form,
        "current_text": (current.text if current else "") or slot.default,
        "is_own": bool(current and current.text),
        "placeholders": ["{" + name + "}" for name in placeholders(kind)],
        "required": ["{" + name + "}" for name in slot.required],
        **_history(versions(rows, user=request.user, on=today(), slot=slot), form, declining),
    }
    return render(request, "office/letter_text.html", context, status=_status(form, declining))


def _history(shown: list[dict[str, Any]], form: Any, declining: DeclineForm | None) -> dict[str, Any]:
    """Return what both pages say of the versions, and the form to decline the one that waits."""
    waiting = next((version for version in shown if version["row"].state == "open"), None)
    return {
        "versions": [version for version in shown if version is not waiting],
        "waiting": waiting,
        "decline_form": declining or DeclineForm(own=bool(waiting and waiting["may_take_back"])),
        "forms": [each for each in (form, declining) if each is not None],
    }


@require_safe
@office_door("supervise")
def preview(request: HttpRequest, name: str, uuid: UUID) -> HttpResponse | FileResponse:
    """Show the sample letter as a version would have it, marked 样张 on every page."""
    row = _version(request, name, uuid)
    try:
        pdf = version_pdf(row)
    except CannotDraw as reason:
        messages.error(request, str(reason))
        return redirect(address_of(row))
    return shown_pdf(pdf, name=f"{what_of(row)}.pdf")


@require_POST
@office_door("supervise")
@limited("letter_file")
def review(request: HttpRequest, name: str, uuid: UUID) -> HttpResponse:
    """Approve a version, or decline it; its author may take it back."""
    row = _version(request, name, uuid)
    approves = request.POST.get("do") == "approve"
    own = row.author_id == request.user.pk
    declining = DeclineForm(None if approves else request.POST, own=own)
    if not approves and not declining.is_valid():
        return _page_of(request, row, declining)
    try:
        if approves:
            approve(proposal=row, actor=request.user, today=today())
            messages.success(request, _("已审核通过，今后出具的文书按这一版。"))
        else:
            decline(proposal=row, why=declining.cleaned_data["why"], actor=request.user, today=today())
            messages.success(request, _("已撤回，现行的不变。") if own else _("这一版没有采用，现行的不变。"))
    except CannotPropose as refused:
        messages.error(request, str(refused))
    return redirect(address_of(row))


def _page_of(request: HttpRequest, row: OfficeStyle | NoticeText, declining: DeclineForm) -> HttpResponse:
    """Answer with the page of a version again, where the reason for declining it is missing or too long."""
    may_propose = offices_to_word(user=request.user, on=today()).filter(pk=row.office_id).exists()
    if isinstance(row, OfficeStyle):
        form = _style_form(request, row.office) if may_propose else None
        return _style_page(request, row.office, form, declining)
    slot = slot_of(row.kind, row.slot)
    if slot is None:
        raise Http404
    text_form = _text_form(request, row.office, row.kind, slot) if may_propose else None
    return _text_page(request, row.office, row.kind, slot, text_form, declining)


def _office(request: HttpRequest, code: str) -> tuple[Office, bool]:
    """Return an office whose letters this person sees, and whether they may propose; others do not exist."""
    office = get_object_or_404(offices_to_read(user=request.user, on=today()), code=code)
    return office, offices_to_word(user=request.user, on=today()).filter(pk=office.pk).exists()


def _version(request: HttpRequest, name: str, uuid: UUID) -> OfficeStyle | NoticeText:
    if name not in _KINDS:
        raise Http404
    row: OfficeStyle | NoticeText = get_object_or_404(
        _KINDS[name].objects.select_related("office"),
        uuid=uuid,
        office__in=offices_to_read(user=request.user, on=today()),
    )
    return row


def _style_initial(style: OfficeStyle | None) -> dict[str, Any]:
    if style is None:
        return {"seal": "drawn"}
    fields = {name: getattr(style, name) for name in ("head", "address", "phone", "hours")}
    fonts = {f"font_{role}": getattr(style, f"font_{role}") for role in ROLES}
    return {**fields, **fonts, "seal": "keep" if style.seal_svg else "drawn"}


def _earlier(request: HttpRequest, rows: Any) -> Any:
    """Return the earlier version that the address asks to begin with; None for none."""
    try:
        return rows.filter(uuid=UUID(request.GET["from"])).first()
    except (KeyError, ValueError):
        return None


def _day_of(row: OfficeStyle | NoticeText) -> str:
    return timezone.localdate(row.written_at).isoformat()


def _refuse(form: StyleForm | TextForm, refused: CannotPropose, rows: Any) -> None:
    """Say why, and take what holds now as seen: the page shows it, and the next try may go through."""
    sent: Any = form.data.copy()  # type: ignore[attr-defined]
    sent["seen"] = standing_of(rows)
    form.data = sent
    form.add_error(None, str(refused))


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("文书样式和文字"), "url": reverse("office_letters")}]


def _status(*forms: Any) -> int:
    return 422 if any(form is not None and form.is_bound for form in forms) else 200
