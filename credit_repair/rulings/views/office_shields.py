"""The credit office's side of a bankruptcy: one official registers a ruling, another carries it out."""

from typing import Any
from uuid import UUID

from django import forms
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
from credit_repair.cases.services.attachments import look_into
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.core.tables import Columns, table_response, wanted_format
from credit_repair.core.uploads import UploadRefused
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.services import CannotIssue
from credit_repair.people.doors import door_of_any
from credit_repair.people.errors import NotInCharge
from credit_repair.people.mandate_selectors import administrators_of
from credit_repair.registry.models import Office, Subject
from credit_repair.rulings import offices
from credit_repair.rulings import presenters as shown
from credit_repair.rulings.errors import RulingRefused
from credit_repair.rulings.forms import (
    ReasonForm,
    RegisterForm,
    RulingFilterForm,
    RulingForm,
    kinds_for,
    put_refusal,
)
from credit_repair.rulings.models import CourtRuling
from credit_repair.rulings.services import (
    carry_out,
    enter_ruling,
    give_back_ruling,
    refuse_ruling,
    register_ruling,
)
from credit_repair.rulings.services.rulings import shieldable

State, Kind = CourtRuling.State, CourtRuling.Kind
PAGE_SIZE = 30
COLUMNS: Columns = (
    (_l("主体"), lambda row: row.subject.name),
    (_l("裁定内容"), lambda row: row.get_kind_display()),
    (_l("法院"), lambda row: row.court),
    (_l("破产案件案号"), lambda row: row.case_no),
    (_l("裁定书编号"), lambda row: row.number),
    (_l("裁定日期"), lambda row: row.made_on),
    (_l("收到日期"), lambda row: row.filed_on),
    (_l("办理单位"), lambda row: row.office.name),
    (_l("状态"), lambda row: row.get_state_display()),
)
reading = door_of_any("intake", *offices.CARRIES_OUT)


@require_safe
@reading
def shields(request: HttpRequest) -> HttpResponseBase:
    """Show the rulings at the official's credit offices: what waits comes first."""
    form = RulingFilterForm(request.GET or None)
    found = offices.rulings_for_official(user=request.user, on=today())
    found = found.select_related("subject", "office", "shield")
    if form.is_valid():
        found = _matching(found, form.cleaned_data)
    waiting = If(When(state=State.SUBMITTED, then=0), When(state=State.REGISTERED, then=1), default=2)
    found = found.order_by(waiting, "-filed_at", "-pk")
    if wanted_format(request):
        return table_response(request, name=_("破产重整"), columns=COLUMNS, rows=found)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("破产重整"),
        "page_subtitle": _("法院批准重整计划的，临时屏蔽；执行完毕的，修复；终止执行的，恢复公示。"),
        "breadcrumbs": [{"label": _("信用记录"), "url": reverse("office_records")}],
        "form": form,
        "filter_form": form,
        "clear_url": reverse("office_shields") if form.is_bound and form.has_changed() else "",
        "result_text": _("共%s件") % page.paginator.count,
        "page_obj": page,
        "rows": [
            {
                "ruling": ruling,
                "url": reverse("office_shield", args=[ruling.uuid]),
                "tag": shown.ruling_tag(ruling),
                "shield": shown.shield_tag(ruling.shield) if ruling.shield else None,
            }
            for ruling in page
        ],
    }
    return render(request, "office/shields.html", context)


def _matching(found: QuerySet[CourtRuling], wanted: dict[str, str]) -> QuerySet[CourtRuling]:
    for name in ("state", "kind"):
        if wanted[name]:
            found = found.filter(**{name: wanted[name]})
    if text := wanted["q"].strip():
        named = Q(subject__name__icontains=text) | Q(subject__code__iexact=text)
        found = found.filter(named | Q(case_no__icontains=text) | Q(number__icontains=text))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@door_of_any("intake")
@limited("upload")
def enter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Enter a ruling that came to the office by itself, e.g. from the court or the administrator."""
    day = today()
    subject = get_object_or_404(Subject, uuid=uuid)
    readable = record_access.records_for_official(user=request.user, on=day).filter(subject=subject)
    office = offices.office_in_charge(subject)
    if office is None or not offices.may_register(user=request.user, office=office, on=day):
        raise Http404
    if offices.keeps_away(user=request.user, subject=subject) or not readable.exists():
        raise Http404
    bound = request.method == "POST"
    form = RulingForm(
        request.POST if bound else None, request.FILES if bound else None, kinds=kinds_for(subject)
    )
    if bound and form.is_valid():
        try:
            look_into(form.cleaned_data["paper"])
            ruling = enter_ruling(
                subject=subject,
                words=form.words,
                upload=form.cleaned_data["paper"],
                note=form.cleaned_data["note"],
                actor=request.user,
                today=day,
            )
        except NotInCharge as error:
            raise Http404 from error
        except RulingRefused as refused:
            put_refusal(form, refused)
        except UploadRefused as refused:
            form.add_error("paper", str(refused))
        else:
            messages.success(request, _("裁定已录入，请核对后登记。"))
            return redirect("office_shield", uuid=ruling.uuid)
    context = {
        "page_title": _("录入破产重整裁定"),
        "page_subtitle": subject.name,
        "breadcrumbs": [{"label": _("破产重整"), "url": reverse("office_shields")}],
        "form": form,
        "back": reverse("office_shields"),
    }
    return render(request, "office/shield_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@reading
@limited("upload")
def shield(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one ruling, what it shields and what the platforms have confirmed; a post acts on it."""
    day = today()
    found = offices.rulings_for_official(user=request.user, on=day)
    found = found.select_related(
        "subject", "office", "shield__subject", "paper", "document", "filed_by", "registered_by", "closed_by"
    )
    ruling = get_object_or_404(found, uuid=uuid)
    acts = _acts(request, ruling)
    act = request.POST.get("act", "")
    posted = acts.get(act)
    if request.method == "POST":
        if posted is None:
            messages.error(request, _("现在不能这样办理，可能刚由别人办理。"))
            return redirect("office_shield", uuid=ruling.uuid)
        if posted.is_valid() and _done(request, ruling, act, posted):
            return redirect("office_shield", uuid=ruling.uuid)
    wrong = any(form.errors for form in acts.values())
    context = _page(request, ruling) | {
        "register_form": acts.get("register"),
        "refuse_form": acts.get("refuse"),
        "give_back_form": acts.get("give_back"),
        "may_carry_out": "carry_out" in acts,
        "act": act,
        "forms": [form for form in acts.values() if form.is_bound],
    }
    return render(request, "office/shield.html", context, status=422 if wrong else 200)


def _acts(request: HttpRequest, ruling: CourtRuling) -> dict[str, forms.Form]:
    """The acts that are open to this official, each with its form."""
    day, act = today(), request.POST.get("act", "")

    def data(name: str) -> Any:
        return request.POST if act == name else None

    how: dict[str, Any] = {"user": request.user, "office": ruling.office, "on": day}
    if ruling.state == State.SUBMITTED and offices.may_register(**how):
        choices = shieldable(ruling.subject)
        register = RegisterForm(data("register"), ruling=ruling, choices=choices, today=day)
        return {"register": register, "refuse": ReasonForm(data("refuse"), prefix="refuse")}
    if ruling.state == State.REGISTERED and offices.may_carry_out(**how):
        acts: dict[str, forms.Form] = {"give_back": ReasonForm(data("give_back"), prefix="back")}
        first = ruling.registered_by_id
        if first != request.user.pk and offices.may_carry_out(**how, but=first):
            acts["carry_out"] = forms.Form(data("carry_out"))
        return acts
    return {}


def _done(request: HttpRequest, ruling: CourtRuling, act: str, form: forms.Form) -> bool:
    """Do one act; where it cannot be, the words stand on the form."""
    how: dict[str, Any] = {"ruling": ruling, "actor": request.user, "today": today()}
    try:
        if isinstance(form, RegisterForm):
            register_ruling(**how, words=form.words, records=form.chosen)
            messages.success(request, _("已登记，等待另一位同事审批。"))
        elif act == "refuse":
            refuse_ruling(**how, reason=form.cleaned_data["reason"])
            messages.success(request, _("已不予办理，理由和救济途径已告知申请人。"))
        elif act == "give_back":
            give_back_ruling(**how, reason=form.cleaned_data["reason"])
            messages.success(request, _("已退回登记人员。"))
        else:
            carry_out(**how)
            messages.success(request, _("已执行：告知书已签发，各平台会收到通知。"))
    except NotInCharge as error:
        raise Http404 from error
    except RulingRefused as refused:
        put_refusal(form, refused)
        if act == "carry_out":
            messages.error(request, str(refused))
        return False
    except (CannotIssue, MissingGlyphs) as refused:
        messages.error(request, str(refused))
        return False
    return True


def _page(request: HttpRequest, ruling: CourtRuling) -> dict[str, Any]:
    subject, running = ruling.subject, ruling.shield
    records = ruling.records.select_related("authority").order_by("-decision_date", "-pk")
    others = CourtRuling.objects.filter(shield=running).exclude(pk=ruling.pk) if running else ()
    return {
        "page_title": subject.name,
        "page_caption": _("破产重整：%s") % ruling.get_kind_display(),
        "page_subtitle": subject.shown_number,
        "breadcrumbs": [{"label": _("破产重整"), "url": reverse("office_shields")}],
        "tag": shown.ruling_tag(ruling),
        "ruling": ruling,
        "rows": shown.ruling_rows(ruling, for_office=True),
        "papers": shown.paper_links([ruling.paper]),
        "chosen": [{"record": each, "title": shown.title_of(each)} for each in records],
        "shield": running if ruling.state == State.EXECUTED or ruling.kind != Kind.PLAN else None,
        "shield_tag": shown.shield_tag(running) if running else None,
        "shielded": shown.shielded_rows(running, for_office=True) if running else [],
        "others": [
            {
                "label": _("%(what)s，%(number)s") % {"what": each.get_kind_display(), "number": each.number},
                "url": reverse("office_shield", args=[each.uuid]),
                "status_label": each.get_state_display(),
                "tone": shown.RULING_TONES[each.state],
            }
            for each in others
        ],
        "administrators": [str(mandate.user) for mandate in administrators_of(subject=subject, on=today())],
        "document_url": _document_url(ruling),
        "registered_here": ruling.registered_by_id == request.user.pk,
        "next_url": _next_url(request, ruling),
        "is_credit": ruling.office.kind == Office.Kind.CREDIT,
    }


def _document_url(ruling: CourtRuling) -> str:
    """Where the notice is in the office's register."""
    return reverse("office_document", args=[ruling.document.uuid]) if ruling.document else ""


def _next_url(request: HttpRequest, ruling: CourtRuling) -> str:
    """Where the ruling that ends the shield is entered, while it runs."""
    running = ruling.shield
    if running is None or running.state != "running" or ruling.state != State.EXECUTED:
        return ""
    if not offices.may_register(user=request.user, office=ruling.office, on=today()):
        return ""
    return reverse("office_shield_new", args=[ruling.subject.uuid])
