"""A subject's file 主体档案: the officials' page, the enterprise's own, and both on paper."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases.file_parts import OFFICE, FileReader
from credit_repair.cases.record_access import record_offices
from credit_repair.core import audit
from credit_repair.core.clock import today
from credit_repair.core.downloads import file_response
from credit_repair.core.languages import fixed_text
from credit_repair.core.limits import limited
from credit_repair.core.wording import listed
from credit_repair.dossier import file, presenters
from credit_repair.dossier.access import entering_offices, open_files
from credit_repair.dossier.errors import DossierRefused, NotInCharge
from credit_repair.dossier.services.issuing import issue_file, issuing_offices
from credit_repair.dossier.statement import issued_file, pdf_of, printed_file
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.services import CannotIssue
from credit_repair.people import acting
from credit_repair.people.doors import applicant_door, door_of_any
from credit_repair.registry.models import Office, Subject

PAGE_SIZE = 30
_office_door = door_of_any("see_cases", "import_records")


def _opened(request: HttpRequest, uuid: UUID) -> Subject:
    """The subject whose file the official may open; for everybody else it does not exist."""
    return get_object_or_404(open_files(user=request.user, on=today()), uuid=uuid)


@require_safe
@_office_door
def office_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the file of a subject as far as this official may read it; that they did is audited."""
    subject, day = _opened(request, uuid), today()
    reader = file.official(request.user, day)
    context = _page(request, subject, reader)
    context |= {
        "breadcrumbs": [{"label": _("信用记录"), "url": reverse("office_records")}],
        "print_url": reverse("office_subject_file_print", args=[subject.uuid]),
        "enter_url": reverse("office_subject_event_new", args=[subject.uuid])
        if entering_offices(user=request.user, on=day)
        else "",
        "issue_url": reverse("office_subject_file_issue", args=[subject.uuid])
        if issuing_offices(user=request.user, on=day) and context["head"].in_clear
        else "",
    }
    return render(request, "office/subject_file.html", context)


@require_safe
@applicant_door
def own_file(request: HttpRequest) -> HttpResponse:
    """Show the file of the subject acted for, as its own people see it."""
    subject = acting.subject_asked_for(request, request.GET.get("subject"))
    if subject is None:
        choices = acting.subjects_of(request)
        return render(request, "public/file_choice.html", {"page_title": _("主体档案"), "choices": choices})
    context = _page(request, subject, file.own(request.user, today()))
    query = f"?subject={subject.uuid}"
    context |= {
        "acting_for": acting.bar(subject),
        "own_query": query,
        "print_url": reverse("my_file_print") + query,
        "correct_url": reverse("my_data_request_new", args=["register"]) + query,
    }
    return render(request, "public/file.html", context)


def _page(request: HttpRequest, subject: Subject, reader: FileReader) -> dict[str, Any]:
    """What both pages show: the whole file, or one part of it with all its lines."""
    head, code = file.head_of(subject, reader), request.GET.get("part", "")
    context: dict[str, Any] = {
        "page_title": head.name,
        "page_caption": _("主体档案"),
        "page_subtitle": head.number,
        "head": head,
        "head_rows": presenters.head_rows(head, for_office=reader.side == OFFICE),
        "subject_query": "" if reader.side == OFFICE else f"subject={subject.uuid}&",
    }
    if code:
        section = file.one_section(subject, reader, code)
        if section is None:
            raise Http404
        page = Paginator(section.lines, PAGE_SIZE).get_page(request.GET.get("page"))
        context |= {"section": section, "page_obj": page, "lines": page, "whole_url": _whole(request, reader)}
    else:
        context["sections"] = file.sections(subject, reader)
    if request.method == "GET":
        _note(request, subject, reader, form="page", part=code)
    return context


def _whole(request: HttpRequest, reader: FileReader) -> str:
    wanted = request.GET.get("subject")
    return f"{request.path}?subject={wanted}" if wanted and reader.side != OFFICE else request.path


def _note(request: HttpRequest, subject: Subject, reader: FileReader, *, form: str, part: str = "") -> None:
    """Who reads whose file is kept."""
    data = {"form": form, "side": reader.side, "part": part}
    audit.record(actor=request.user, action="open_subject_file", target=subject, data=data)


@require_safe
@_office_door
@limited("subject_file", get=True)
def office_print(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Hand out the file as this official sees it, for use inside the office: not sealed, not kept."""
    subject, day = _opened(request, uuid), today()
    offices = listed(office.name for office in record_offices(user=request.user, on=day))
    back = redirect("office_subject_file", uuid=subject.uuid)
    return _printed(request, subject, file.official(request.user, day), offices, back)


@require_safe
@applicant_door
@limited("subject_file", get=True)
def own_print(request: HttpRequest) -> HttpResponseBase:
    """Hand out the file to the subject's own people 自助打印: not sealed, not kept."""
    subject = acting.subject_asked_for(request, request.GET.get("subject"))
    if subject is None:
        raise Http404
    return _printed(request, subject, file.own(request.user, today()), "", redirect("my_file"))


def _printed(
    request: HttpRequest, subject: Subject, reader: FileReader, office: str, back: HttpResponse
) -> HttpResponseBase:
    document = printed_file(subject=subject, reader=reader, office=office)
    try:
        pdf = pdf_of(document)
    except MissingGlyphs as missing:
        messages.error(request, str(missing))
        return back
    if request.method == "GET":
        _note(request, subject, reader, form="pdf")
    # A natural person's name stands in no file name: it is read over shoulders and kept in lists.
    name = document.title if document.party.is_person else f"{document.party.name}{document.title}"
    return file_response(BytesIO(pdf), name=f"{name}.pdf", mime="application/pdf")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_office_door
@limited("subject_file")
def issue(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Ask, and by a post issue the file over the office's seal, served on the subject."""
    subject, day = _opened(request, uuid), today()
    reader = file.official(request.user, day)
    offices = {office.code: office for office in issuing_offices(user=request.user, on=day)}
    if not offices or not file.name_in_clear(subject, reader):
        raise Http404
    if request.method == "POST":
        return _issued(request, subject, offices)
    preview = issued_file(subject=subject, office=next(iter(offices.values())), actor=request.user, today=day)
    context = {
        "page_title": _("出具主体信用档案"),
        "page_subtitle": subject.name,
        "breadcrumbs": [
            {
                "label": subject.name,
                "url": reverse("office_subject_file", args=[subject.uuid]),
            }
        ],
        "subject": subject,
        "offices": list(offices.values()),
        "chapters": [
            {"key": fixed_text(chapter.title), "value": presenters.chapter_size(chapter)}
            for chapter in preview.chapters
        ],
    }
    return render(request, "office/subject_file_issue.html", context)


def _issued(request: HttpRequest, subject: Subject, offices: dict[str, Office]) -> HttpResponse:
    office = offices.get(request.POST.get("office", "")) or next(iter(offices.values()))
    try:
        row = issue_file(subject=subject, office=office, actor=request.user, today=today())
    except NotInCharge as error:
        raise Http404 from error
    except (DossierRefused, MissingGlyphs, CannotIssue) as refused:
        messages.error(request, str(refused))
        return redirect("office_subject_file", uuid=subject.uuid)
    messages.success(request, _("已出具，正在制作文件。主体的经办人会收到邮件。"))
    return redirect("office_document", uuid=row.uuid)
