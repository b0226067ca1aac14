"""Officials enter that a penalty was changed, revoked or found void, and follow what comes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case as If
from django.db.models import Q, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.cases import record_access
from credit_repair.cases.adjusting import adjusting, may_adjust
from credit_repair.cases.record_reading import reader_of, with_reader
from credit_repair.cases.services.attachments import look_into
from credit_repair.cases.services.papers import keep_paper
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.core.tables import Columns, table_response, wanted_format
from credit_repair.core.uploads import UploadRefused
from credit_repair.core.wording import day_text
from credit_repair.people.doors import door_of_any
from credit_repair.people.errors import NotInCharge
from credit_repair.people.masking import subject_name, subject_text
from credit_repair.registry.models import Record
from credit_repair.rulings import presenters as shown
from credit_repair.rulings.access import cancellations_for_official
from credit_repair.rulings.errors import RulingRefused
from credit_repair.rulings.forms import CancelForm, CancellationFilterForm, UndoForm, put_refusal
from credit_repair.rulings.models import PenaltyCancellation
from credit_repair.rulings.offices import keeps_away
from credit_repair.rulings.selectors import cancellation_of
from credit_repair.rulings.services import cancel_penalty
from credit_repair.rulings.services.undoing import ask_undo, drop_undo, undo_cancellation
from credit_repair.rulings.words import became_of_it, title_of

PAGE_SIZE = 30
COLUMNS: Columns = (
    (_l("文号"), lambda row: title_of(row.record)),
    (_l("当事人"), lambda row: subject_name(row.record.subject, reader_of(row))),
    (_l("结果"), lambda row: row.get_kind_display()),
    (_l("作出单位"), lambda row: row.made_by),
    (_l("文书编号"), lambda row: row.document_no),
    (_l("文书日期"), lambda row: row.decided_on),
    (_l("登记日期"), lambda row: row.reported_on),
    (_l("撤下期限"), lambda row: row.due_on),
    (_l("各平台确认"), lambda row: row.confirmed_at),
    (_l("进展"), lambda row: shown.cancellation_tag(row, today=today())["label"]),
)


def _crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    return [{"label": _("信用记录"), "url": reverse("office_records")}, *more]


@require_safe
@door_of_any("see_cases", "import_records")
def cancellations(request: HttpRequest) -> HttpResponseBase:
    """Show which penalties were cancelled, and which platforms are late."""
    day = today()
    form = CancellationFilterForm(request.GET or None)
    found = cancellations_for_official(user=request.user, on=day)
    found = found.select_related("record__subject", "record__authority")
    if form.is_valid():
        found = _matching(found, form.cleaned_data)
    late = Q(confirmed_at__isnull=True, undone_at__isnull=True, due_on__lt=day)
    found = found.order_by(If(When(late, then=0), default=1), "-reported_at", "-pk")
    found = with_reader(found, user=request.user, on=day, path="record__")
    if wanted_format(request):
        return table_response(request, name=_("处罚变更撤销"), columns=COLUMNS, rows=found)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("处罚变更撤销"),
        "page_subtitle": _("原处罚被变更、撤销或者确认无效的信息，各平台应当在期限内撤下。"),
        "breadcrumbs": _crumbs(),
        "form": form,
        "filter_form": form,
        "clear_url": reverse("office_cancellations") if form.is_bound and form.has_changed() else "",
        "result_text": _("共%s件") % page.paginator.count,
        "page_obj": page,
        "rows": [
            {
                "row": row,
                "title": title_of(row.record),
                "party": subject_name(row.record.subject, reader_of(row)),
                "url": reverse("office_cancellation", args=[row.uuid]),
                "tag": shown.cancellation_tag(row, today=day),
            }
            for row in page
        ],
    }
    return render(request, "office/cancellations.html", context)


def _matching(found: QuerySet[PenaltyCancellation], wanted: dict[str, str]) -> QuerySet[PenaltyCancellation]:
    waiting = Q(confirmed_at__isnull=True, undone_at__isnull=True)
    states = {
        "overdue": waiting & Q(due_on__lt=today()),
        "open": waiting & Q(due_on__gte=today()),
        "confirmed": Q(confirmed_at__isnull=False, undone_at__isnull=True),
        "undo": Q(undo_asked_at__isnull=False, undone_at__isnull=True),
        "undone": Q(undone_at__isnull=False),
    }
    found = found.filter(states.get(wanted["state"], Q()))
    if wanted["kind"]:
        found = found.filter(kind=wanted["kind"])
    if text := wanted["q"].strip():
        found = found.filter(Q(record__doc_no__icontains=text) | Q(document_no__icontains=text))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@door_of_any("adjust_records")
@limited("upload")
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Enter that the decision behind a record was changed, revoked or found void."""
    day = today()
    readable = record_access.records_for_official(user=request.user, on=day)
    record = get_object_or_404(with_reader(readable, user=request.user, on=day), uuid=uuid)
    if keeps_away(user=request.user, subject=record.subject_id) or cancellation_of(record) is not None:
        raise Http404
    if not may_adjust(user=request.user, record=record, on=day):
        raise Http404
    bound = request.method == "POST"
    form = CancelForm(request.POST if bound else None, request.FILES if bound else None, record=record)
    if bound and form.is_valid():
        try:
            row = _entered(request, form, record)
        except RulingRefused as refused:
            put_refusal(form, refused)
        except UploadRefused as refused:
            form.add_error("paper", str(refused))
        else:
            messages.success(request, _("已登记。记录已经撤回，各平台会收到撤下通知，有关人员已发邮件告知。"))
            return redirect("office_cancellation", uuid=row.uuid)
    back = reverse("office_record", args=[record.uuid])
    context = {
        "page_title": _("登记变更、撤销或者确认无效"),
        "page_caption": title_of(record),
        "page_subtitle": subject_name(record.subject, reader_of(record)),
        "breadcrumbs": _crumbs({"label": title_of(record), "url": back}),
        "form": form,
        "back": back,
        "rows": [
            {"key": _("认定单位"), "value": record.authority.name},
            {"key": _("决定日期"), "value": day_text(record.decision_date)},
            {"key": _("状态"), "value": record.get_standing_display()},
        ],
        "platforms": shown.removal_lines(record),
        "has_ended": record.has_ended,
    }
    return render(request, "office/record_cancel.html", context, status=422 if form.errors else 200)


@contextmanager
def _apart(request: HttpRequest, record: Record) -> Iterator[None]:
    """One transaction in which the official may still adjust the record, and does not act for its subject."""
    with adjusting(user=request.user, record=record, on=today()):
        if keeps_away(user=request.user, subject=record.subject_id):
            raise Http404
        yield


def _entered(request: HttpRequest, form: CancelForm, record: Record) -> PenaltyCancellation:
    upload, day = form.cleaned_data["paper"], today()
    look_into(upload)  # before anything is locked
    with _apart(request, record):
        paper = keep_paper(subject=record.subject, upload=upload, actor=request.user)
        return cancel_penalty(record=record, actor=request.user, today=day, papers=[paper], **form.answers)


@require_http_methods(["GET", "HEAD", "POST"])
@door_of_any("see_cases", "import_records")
def cancellation(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one cancellation and how far the platforms are; a post asks for it to be undone, or undoes it."""
    day = today()
    found = cancellations_for_official(user=request.user, on=day)
    found = found.select_related(
        "record__subject", "record__authority", "successor", "undo_asked_by", "undone_by"
    )
    row = get_object_or_404(with_reader(found, user=request.user, on=day, path="record__"), uuid=uuid)
    record = row.record
    may = may_adjust(user=request.user, record=record, on=day)
    form = UndoForm(request.POST if request.POST.get("act") == "ask" else None)
    if request.method == "POST":
        if not may:
            raise Http404
        try:
            words = _undo(request, row, form)
        except NotInCharge as error:
            raise Http404 from error
        except RulingRefused as refused:
            put_refusal(form, refused) if form.is_bound else messages.error(request, str(refused))
        else:
            if words:
                messages.success(request, words)
                return redirect("office_cancellation", uuid=row.uuid)
    asked = row.undo_asked_at is not None
    mine = row.undo_asked_by_id == request.user.pk
    second = may_adjust(user=request.user, record=record, on=day, but=row.undo_asked_by_id) and not mine
    context = {
        "page_title": title_of(record),
        "page_caption": _("处罚变更撤销"),
        "page_subtitle": subject_name(record.subject, reader_of(row)),
        "breadcrumbs": _crumbs({"label": _("处罚变更撤销"), "url": reverse("office_cancellations")}),
        "tag": shown.cancellation_tag(row, today=day),
        "row": row,
        "what": became_of_it(record, row.kind),
        "rows": _rows(row, reader_of(row)),
        "platforms": shown.removal_lines(record) if not row.is_undone else [],
        "papers": shown.paper_links(row.papers.all()),
        "record_url": reverse("office_record", args=[record.uuid]),
        "form": form,
        "may_ask": may and not row.is_undone and not asked,
        "may_confirm": second and not row.is_undone and asked,
        "waits": asked and not row.is_undone,
        "mine": mine,
    }
    return render(request, "office/cancellation.html", context, status=422 if form.errors else 200)


def _undo(request: HttpRequest, row: PenaltyCancellation, form: UndoForm) -> str:
    """Do what was posted under the record's permission, asked again; empty where the form needs more."""
    act = request.POST.get("act")
    if act == "ask" and not form.is_valid():
        return ""
    with _apart(request, row.record):
        if act == "ask":
            ask_undo(row=row, actor=request.user, reason=form.cleaned_data["reason"])
            return _("已提出撤回，等待另一位同事确认。")
        if act == "drop":
            drop_undo(row=row, actor=request.user)
            return _("登记保持不变。")
        if act == "confirm":
            undo_cancellation(row=row, actor=request.user, today=today())
            return _("登记已经撤回，记录恢复原来的状态，当事人已发邮件告知。")
    raise Http404


def _rows(row: PenaltyCancellation, reader: Any) -> list[dict[str, Any]]:
    subject, late = row.record.subject, (row.reported_on - row.decided_on).days
    successor = title_of(row.successor) if row.successor is not None else ""
    rows: list[tuple[Any, Any]] = [
        (_("结果"), became_of_it(row.record, row.kind)),
        (_("作出单位"), row.made_by),
        (_("文书编号"), row.document_no),
        (_("文书日期"), day_text(row.decided_on)),
        (_("原因"), subject_text(row.reason, subject, reader)),
        (_("变更后的决定"), successor or (_("另行报送") if row.successor_to_come else "")),
        (_("原来的状态"), row.get_was_standing_display()),
        (
            _("登记"),
            _("%(who)s，%(day)s（文书日期后%(days)s天）")
            % {"who": row.reported_label, "day": day_text(row.reported_on), "days": late},
        ),
        (
            _("撤下期限"),
            _("%(day)s（%(days)s个工作日）") % {"day": day_text(row.due_on), "days": row.limit_days},
        ),
        (_("依据"), row.basis),
        (_("各平台确认"), day_text(row.confirmed_at, "datetime")),
        (_("当时在办的案件"), _("%s件，已终结") % row.open_cases if row.open_cases else ""),
    ]
    if row.is_undone:
        rows.append(
            (
                _("撤回登记"),
                _("%(reason)s（%(asker)s提出，%(doer)s确认）")
                % {"reason": row.undo_reason, "asker": row.undo_asked_by, "doer": row.undone_by},
            )
        )
    return [{"key": key, "value": value} for key, value in rows if value]
