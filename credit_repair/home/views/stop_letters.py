"""Letters to websites that go on showing what was repaired 商请停止公示函: previewed, issued, followed."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases.record_reading import party, with_reader
from credit_repair.core.clock import today
from credit_repair.core.downloads import file_response, shown_pdf
from credit_repair.core.limits import limited
from credit_repair.core.uploads import NotNow, UploadRefused
from credit_repair.core.wording import bracketed, day_text
from credit_repair.home import effect_acts as acts
from credit_repair.home import effect_presenters as shown
from credit_repair.home import reconciliation_presenters as reconciliation
from credit_repair.home.effect_forms import ReplyForm, SentForm, StopLetterForm
from credit_repair.home.platform_doors import looked_after_at, platforms_door
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.models import Document
from credit_repair.notices.services import DRAFT_MARK, CannotIssue
from credit_repair.registry.models import Platform, Record
from credit_repair.repairs.models import ThirdPartyLetter
from credit_repair.repairs.services import stop_letters as letters

PAGE_SIZE = 30


@require_safe
@platforms_door
def stop_letters(request: HttpRequest) -> HttpResponse:
    """Show the letters: those that wait, the nearest day first; or all."""
    every = request.GET.get("show") == "all"
    condition = acts.handled(user=request.user, on=today(), path="record__")
    found = ThirdPartyLetter.objects.filter(condition).select_related(
        "record__subject", "platform", "document"
    )
    found = found.order_by("-pk") if every else found.filter(outcome="").order_by("reply_by", "pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    address = reverse("office_stop_letters")
    context = {
        "page_title": _("商请停止公示函"),
        "page_subtitle": _("发给第三方网站的函。答复期限过了没有答复的，可以再次去函。"),
        "tabs": reconciliation.tabs("office_effects"),
        "views": shown.tabs("office_stop_letters"),
        "ranges": [
            {"label": _("等答复"), "url": address, "active": not every},
            {"label": _("全部"), "url": f"{address}?show=all", "active": every},
        ],
        "page_obj": page,
        "rows": shown.letter_rows(page, today=today()),
    }
    return render(request, "office/stop_letters.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@platforms_door
@limited("pack")
def new(request: HttpRequest, uuid: UUID, platform: int) -> HttpResponseBase:
    """Fill the letter in from what is known; preview it, then issue it."""
    readable = with_reader(acts.handled_records(user=request.user, on=today()), user=request.user, on=today())
    record = get_object_or_404(readable, uuid=uuid)
    website = get_object_or_404(Platform, pk=platform, kind=Platform.Kind.THIRD_PARTY)
    try:
        known = letters.known_for(record=record, platform=website)
    except letters.LetterRefused as refused:
        return render(request, "office/stop_letter_new.html", _page(record, website, refusal=str(refused)))
    if known.office not in looked_after_at(user=request.user, on=today()):
        raise Http404
    waiting = known.waiting
    if request.method != "POST" and waiting is not None and waiting.reply_by >= today():
        return redirect("office_stop_letter", uuid=waiting.uuid)
    form = StopLetterForm(
        request.POST if request.method == "POST" else None,
        initial={
            "addressee": website.operator,
            "address": known.sighting.address,
            "reply_by": letters.usual_reply_by(today()),
        },
    )
    if form.is_bound and form.is_valid():
        answer = _done(request, record, website, form)
        if answer is not None:
            return answer
    context = _page(record, website) | {"form": form, "facts": _facts(known)}
    return render(request, "office/stop_letter_new.html", context, status=422 if form.errors else 200)


def _done(
    request: HttpRequest, record: Record, website: Platform, form: StopLetterForm
) -> HttpResponseBase | None:
    """Preview or issue; None where the form says why not."""
    about: dict[str, Any] = {"record": record, "platform": website, "today": today(), **form.cleaned_data}
    try:
        if request.POST.get("do") != "issue":
            pdf = letters.preview_stop_letter(**about)
            return shown_pdf(pdf, name=f"{_('商请停止公示函')}{bracketed(DRAFT_MARK)}.pdf")
        with acts.acting_on(record, user=request.user, on=today()):
            letter, is_new = letters.issue_stop_letter(**about, actor=request.user)
    except letters.LetterRefused as refused:
        form.add_error(refused.field or None, str(refused))
    except (MissingGlyphs, CannotIssue) as refused:
        form.add_error(None, str(refused))
    else:
        words = _("函已经出具，请发出以后登记。") if is_new else _("这份函已经出具过了，没有重复编号。")
        messages.success(request, words)
        return redirect("office_stop_letter", uuid=letter.uuid)
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@platforms_door
@limited("upload")
def stop_letter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one letter, and take how it went out and what came back."""
    found = _letter(request, uuid)
    asks_sent = found.sent_on is None and not found.outcome
    posted = request.method == "POST"
    form: SentForm | ReplyForm | None = None
    if asks_sent:
        form = SentForm(request.POST if posted else None, initial={"sent_on": today()})
    elif not found.outcome:
        form = ReplyForm(
            request.POST if posted else None,
            request.FILES if posted else None,
            initial={"replied_on": today()},
        )
    if form is not None and form.is_bound and form.is_valid() and _entered(request, found, form):
        return redirect("office_stop_letter", uuid=found.uuid)
    ready = found.document.state == Document.State.READY
    context = {
        "page_title": found.document.number or _("商请停止公示函"),
        "page_caption": _("商请停止公示函"),
        "page_subtitle": found.addressee,
        "breadcrumbs": [{"label": _("商请停止公示函"), "url": reverse("office_stop_letters")}],
        "tag": shown.letter_tag(found, today()),
        "letter": found,
        "facts": _letter_facts(found),
        "operator": found.platform,
        "form": form,
        "asks_sent": asks_sent,
        "file_url": reverse("office_stop_letter_file", args=[found.uuid]) if ready else "",
        "paper_url": reverse("paper", args=[found.paper.uuid]) if found.paper else "",
        "again_url": reverse("office_stop_letter_new", args=[found.record.uuid, found.platform_id])
        if not found.outcome and found.reply_by < today()
        else "",
        "look_url": reverse("office_third_party", args=[found.record.uuid]),
    }
    return render(request, "office/stop_letter.html", context, status=422 if form and form.errors else 200)


def _entered(request: HttpRequest, letter: ThirdPartyLetter, form: SentForm | ReplyForm) -> bool:
    filled, day = form.cleaned_data, today()
    try:
        with acts.acting_on(letter.record, user=request.user, on=day):
            if isinstance(form, SentForm):
                letters.enter_sent(
                    letter=letter,
                    how=filled["sent_how"],
                    sent_on=filled["sent_on"],
                    actor=request.user,
                    today=day,
                )
            else:
                letters.enter_reply(
                    letter=letter,
                    outcome=filled["outcome"],
                    replied_on=filled["replied_on"],
                    words=filled["words"],
                    upload=filled["file"] or None,
                    actor=request.user,
                    today=day,
                )
    except letters.LetterRefused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return False
    except (UploadRefused, NotNow) as refused:
        form.add_error("file", str(refused))
        return False
    messages.success(request, _("已登记。"))
    return True


@require_safe
@platforms_door
def letter_file(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Hand out the letter, to be printed or sent on."""
    document = _letter(request, uuid).document
    if document.state != Document.State.READY:
        raise Http404
    try:
        file = document.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return file_response(file, name=document.file_name, mime="application/pdf")


def _letter(request: HttpRequest, uuid: UUID) -> ThirdPartyLetter:
    condition = acts.handled(user=request.user, on=today(), path="record__")
    found = ThirdPartyLetter.objects.select_related(
        "record__subject", "platform", "document__office", "paper", "issued_by", "case"
    )
    return get_object_or_404(found.filter(condition), uuid=uuid)


def _page(record: Record, website: Platform, *, refusal: str = "") -> dict[str, Any]:
    return {
        "page_title": _("出具商请停止公示函"),
        "page_caption": website.name,
        "page_subtitle": shown.title_of(record),
        "breadcrumbs": [{"label": _("商请停止公示函"), "url": reverse("office_stop_letters")}],
        "refusal": refusal,
        "back": reverse("office_third_party", args=[record.uuid])
        if record.standing == Record.Standing.REPAIRED
        else reverse("office_record", args=[record.uuid]),
    }


def _facts(known: letters.Known) -> list[dict[str, Any]]:
    rows: list[tuple[str, Any]] = [
        (_("当事人"), party(known.record)),
        (_("准予修复的决定"), known.decision.number),
        (_("最近一次看到"), day_text(known.sighting.seen_at, "datetime")),
        (_("发文机关"), known.office.name),
        (_("运营单位通信地址"), known.platform.operator_address),
        (_("运营单位联系人和联系方式"), known.platform.operator_contact),
        (_("此前去函"), _times(known.former)),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _times(former: tuple[ThirdPartyLetter, ...]) -> str:
    days: list[date] = [each.sent_on for each in former if each.sent_on]
    if not days:
        return ""
    return _("%(times)d次，最近一次%(day)s") % {"times": len(days), "day": day_text(days[-1])}


def _letter_facts(letter: ThirdPartyLetter) -> list[dict[str, Any]]:
    rows = [
        (_("网站"), letter.platform.name),
        (_("主送单位"), letter.addressee),
        (_("运营单位通信地址"), letter.platform.operator_address),
        (_("运营单位联系人和联系方式"), letter.platform.operator_contact),
        (_("信用记录"), shown.title_of(letter.record)),
        (_("案件编号"), letter.case.number or ""),
        (_("出具日期"), day_text(letter.issued_on)),
        (_("答复期限"), day_text(letter.reply_by)),
        (_("发出方式"), letter.get_sent_how_display()),
        (_("发出日期"), day_text(letter.sent_on)),
        (_("答复日期"), day_text(letter.replied_on)),
        (_("答复情况"), letter.reply),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]
