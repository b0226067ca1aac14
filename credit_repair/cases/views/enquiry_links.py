"""The way in for who is asked by an enquiry 协查 and has no account: the secret in the address is the key.

No session is asked for and none is begun. Nobody else's page can send such a form: it would have to know the
secret. So there is no token against forgery, which browsers could not send along here anyway: a page that
tells no address tells no origin either.
"""

from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from credit_repair.cases.enquiry_forms import CodeForm, ReplyForm
from credit_repair.cases.enquiry_presenters import asked_rows
from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Enquiry, StoredFile
from credit_repair.cases.services import enquiries as services
from credit_repair.core.clock import today
from credit_repair.core.languages import in_site_language
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused

#: What was kept for a preview is sent within a day, or swept away.
_KEPT_SECONDS = 20 * 3600
_FIELDS = ("answer", "words", "name", "phone")


@csrf_exempt
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@limited("enquiry", get=True)
def enter_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code that stands on the letter; lead on to the enquiry."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _quiet(redirect("enquiry", secret=form.cleaned_data["code"]))
    context = {
        "page_title": _("回复协查函"),
        "page_subtitle": _("凭协查函回执上的回复码回复，不用登录。"),
        "form": form,
    }
    return _page(request, "enquiry/code.html", context, status=422 if form.errors else 200)


@csrf_exempt
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@limited("enquiry", get=True)
def enquiry(request: HttpRequest, secret: str) -> HttpResponse:
    """Say who asks what until when; take the answer, first as a preview, then for good, once."""
    found = services.by_secret(secret)
    if found is None:
        context = {"page_title": _("链接不能使用")}
        return _page(request, "enquiry/unknown.html", context, status=404)
    if not services.is_awaited(found):
        return _over(request, found)
    if request.method != "POST":
        return _form(request, found, ReplyForm())
    return _posted(request, found, secret)


def _posted(request: HttpRequest, found: Enquiry, secret: str) -> HttpResponse:
    kept = _kept(request, found)
    form = ReplyForm(request.POST, request.FILES)
    if request.POST.get("do") == "edit":
        initial = {name: request.POST.get(name, "") for name in _FIELDS}
        return _form(request, found, ReplyForm(initial=initial), kept=kept)
    if not form.is_valid():
        return _form(request, found, form, kept=kept, status=422)
    try:
        if request.POST.get("do") == "send":
            answered = services.reply_by_link(secret=secret, reply=form.reply(), today=today(), files=kept)
            return _thanks(request, answered)
        if form.cleaned_data["evidence"]:
            kept = services.keep_files(enquiry=found, files=form.cleaned_data["evidence"])
    except UploadRefused as refused:
        form.add_error("evidence", str(refused))
        return _form(request, found, form, kept=kept, status=422)
    except (services.Answered, services.NotAwaited):  # meanwhile
        found.refresh_from_db()
        return _over(request, found, status=409)
    except ActionRefused as refused:
        form.add_error(None, refused.words)
        return _form(request, found, form, kept=kept, status=409)
    return _preview(request, found, form, kept)


def _form(
    request: HttpRequest,
    found: Enquiry,
    form: ReplyForm,
    *,
    kept: list[StoredFile] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **_asked(found),
        "page_title": _("回复协查函"),
        "form": form,
        "kept": kept or [],
        "kept_mark": _mark(found, kept or []),
    }
    return _page(request, "enquiry/reply.html", context, status=status)


def _preview(request: HttpRequest, found: Enquiry, form: ReplyForm, kept: list[StoredFile]) -> HttpResponse:
    said = form.cleaned_data
    context = {
        **_asked(found),
        "page_title": _("请核对后提交"),
        "said": _said(
            answer=str(Enquiry.Answer(said["answer"]).label),
            words=said["words"],
            name=said["name"],
            phone=said["phone"],
            files=kept,
        ),
        "hidden": [(name, said[name]) for name in _FIELDS],
        "kept_mark": _mark(found, kept),
    }
    return _page(request, "enquiry/preview.html", context)


def _thanks(request: HttpRequest, answered: Enquiry) -> HttpResponse:
    """What was said, once: the link shows it to nobody afterwards."""
    context = {
        "page_title": _("回复已送达"),
        "enquiry": answered,
        "said": _said(
            answer=str(answered.get_answer_display()),
            words=answered.reply,
            name=answered.replied_by,
            phone=answered.replied_phone,
            files=list(answered.files.all()),
        ),
    }
    return _page(request, "enquiry/thanks.html", context)


def _over(request: HttpRequest, found: Enquiry, *, status: int | None = None) -> HttpResponse:
    """Answered, or not needed any longer: said without a word of what was asked or answered."""
    answered = found.replied_at is not None
    context = {
        "page_title": _("已经回复") if answered else _("不需要回复了"),
        "answered": answered,
        "office": found.step.office,
    }
    return _page(request, "enquiry/over.html", context, status=status or (200 if answered else 410))


def _asked(found: Enquiry) -> dict[str, Any]:
    """Who asks what until when. The record is called as on the letter, whatever the reader reads."""
    with in_site_language():
        record = services.record_number(found.case)
    return {"enquiry": found, "rows": asked_rows(found, record=record)}


def _said(*, answer: str, words: str, name: str, phone: str, files: list[StoredFile]) -> list[dict[str, str]]:
    rows = [
        (_("核实结果"), answer),
        (_("情况说明"), words or _("没有补充说明")),
        (_("回复人姓名"), name),
        (_("联系电话"), phone),
        (_("证明材料"), _("、").join(file.name for file in files) or _("没有上传文件")),
    ]
    return [{"key": key, "value": value} for key, value in rows]


def _mark(found: Enquiry, kept: list[StoredFile]) -> str:
    """Which files wait to be sent, signed: no file can be named that this page has not kept itself."""
    return signing.dumps([str(file.uuid) for file in kept], salt=_salt(found)) if kept else ""


def _kept(request: HttpRequest, found: Enquiry) -> list[StoredFile]:
    try:
        named = signing.loads(request.POST.get("kept", ""), salt=_salt(found), max_age=_KEPT_SECONDS)
    except signing.BadSignature:
        return []
    uuids = [UUID(uuid) for uuid in named]
    return list(StoredFile.objects.filter(filing=found.case.filing_id, uuid__in=uuids).order_by("pk"))


def _salt(found: Enquiry) -> str:
    return f"enquiry:{found.uuid}"


def _page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return _quiet(render(request, template, context, status=status))


def _quiet(response: HttpResponse) -> HttpResponse:
    """The address is a key: nobody keeps the page, no search engine lists it, no other site is told of it."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
