"""The enterprise's side of a bankruptcy: hand in the court's ruling, and follow what comes of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.cases.services.attachments import look_into
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.people import acting
from credit_repair.people.doors import applicant_door
from credit_repair.people.errors import NotInCharge
from credit_repair.registry.models import Subject
from credit_repair.rulings import presenters as shown
from credit_repair.rulings.errors import RulingRefused
from credit_repair.rulings.forms import RulingForm, kinds_for, put_refusal
from credit_repair.rulings.models import CourtRuling
from credit_repair.rulings.offices import rulings_of_applicant
from credit_repair.rulings.remedies import remedy_words
from credit_repair.rulings.services import file_ruling, withdraw_ruling
from credit_repair.rulings.services.rulings import running_shield, shieldable
from credit_repair.rulings.states import ENDS

State, Kind = CourtRuling.State, CourtRuling.Kind
PAGE_SIZE = 30


def _crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    return [{"label": _("我的办事台"), "url": reverse("me")}, *more]


def _subject(request: HttpRequest) -> Subject | None:
    return acting.subject_asked_for(request, request.GET.get("subject"))


@require_safe
@applicant_door
def shields(request: HttpRequest) -> HttpResponse:
    """Show what was handed in about the subject acted for, and whether its records are shielded."""
    subject = _subject(request)
    found = rulings_of_applicant(user=request.user, on=today()).select_related("subject", "shield")
    if subject is not None:
        found = found.filter(subject=subject)
    page = Paginator(found.order_by("-filed_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    running = running_shield(subject) if subject is not None else None
    waits = subject is not None and found.exclude(state__in=ENDS).exists()
    context = {
        "page_title": _("破产重整"),
        "page_subtitle": _("法院批准重整计划的，可以申请临时屏蔽失信信息；不收费。"),
        "breadcrumbs": _crumbs(),
        "subject": subject,
        "subjects": acting.subjects_of(request) if subject is None else [],
        "running": running,
        "shielded": shown.shielded_rows(running, for_office=False) if running else [],
        "new_url": f"{reverse('my_shield_new')}?subject={subject.uuid}" if subject and not waits else "",
        "waits": waits,
        "page_obj": page,
        "rows": [
            {
                "ruling": ruling,
                "url": reverse("my_shield", args=[ruling.uuid]),
                "tag": shown.ruling_tag(ruling),
            }
            for ruling in page
        ],
        "acting_for": acting.bar(subject) if subject else None,
    }
    return render(request, "public/shields.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_door
@limited("upload")
def new(request: HttpRequest) -> HttpResponse:
    """Hand in a court's ruling: of the plan, of its performance, or of its end."""
    day, subject = today(), _subject(request)
    if subject is None:
        return redirect("my_shields")
    bound = request.method == "POST"
    running = running_shield(subject)
    plan = running.rulings.get(kind=Kind.PLAN) if running else None
    form = RulingForm(
        request.POST if bound else None,
        request.FILES if bound else None,
        kinds=kinds_for(subject),
        initial={name: getattr(plan, name) for name in ("court", "case_no", "administrator")} if plan else {},
    )
    if bound and form.is_valid():
        try:
            look_into(form.cleaned_data["paper"])
            ruling = file_ruling(
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
            words = _("已提交，由%s核对裁定书。有了结果会发邮件告诉您。")
            messages.success(request, words % ruling.office.name)
            return redirect("my_shield", uuid=ruling.uuid)
    context = {
        "page_title": _("提交法院的裁定") if running else _("申请临时屏蔽"),
        "page_subtitle": _("填写裁定书上的内容，上传裁定书，由信用办核对。"),
        "breadcrumbs": _crumbs({"label": _("破产重整"), "url": reverse("my_shields")}),
        "form": form,
        "subject": subject,
        "running": running,
        "count": shieldable(subject).count(),
        "acting_for": acting.bar(subject),
    }
    return render(request, "public/shield_new.html", context, status=422 if form.errors else 200)


def _own(request: HttpRequest, uuid: UUID) -> CourtRuling:
    found = rulings_of_applicant(user=request.user, on=today())
    return get_object_or_404(
        found.select_related("subject", "office", "shield", "paper", "document"), uuid=uuid
    )


@require_safe
@applicant_door
def shield(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show how one ruling stands, what it shields, and what each platform has confirmed."""
    ruling = _own(request, uuid)
    running, executed = ruling.shield, ruling.state == State.EXECUTED
    context = {
        "page_title": _("破产重整：%s") % ruling.get_kind_display(),
        "page_subtitle": _now_words(ruling),
        "breadcrumbs": _crumbs({"label": _("破产重整"), "url": reverse("my_shields")}),
        "tag": shown.ruling_tag(ruling),
        "ruling": ruling,
        "stage": {State.SUBMITTED: 2, State.REGISTERED: 3, State.EXECUTED: 5, State.REFUSED: 2}.get(
            State(ruling.state)
        ),
        "failed": ruling.state == State.REFUSED,
        "rows": shown.ruling_rows(ruling, for_office=False),
        "papers": shown.paper_links([ruling.paper]),
        "shield": running if executed else None,
        "shield_tag": shown.shield_tag(running) if running else None,
        "shielded": shown.shielded_rows(running, for_office=False) if running and executed else [],
        "letter_url": reverse("my_letter", args=[ruling.document.uuid]) if ruling.document else "",
        "can_withdraw": ruling.state == State.SUBMITTED and ruling.filed_by_id is not None,
        "next_url": f"{reverse('my_shield_new')}?subject={ruling.subject.uuid}"
        if executed and running and running.state == "running"
        else "",
        "remedies": remedy_words(ruling.office, on=ruling.closed_on or today())
        if ruling.state == State.REFUSED
        else None,
        "acting_for": acting.bar(ruling.subject),
    }
    return render(request, "public/shield.html", context)


def _now_words(ruling: CourtRuling) -> Any:
    return {
        State.SUBMITTED: _("信用办正在核对裁定书，您现在不需要做什么。"),
        State.REGISTERED: _("信用办已经登记，等待审批。您现在不需要做什么。"),
        State.EXECUTED: _("已经办好，各网站的确认情况见下面。"),
        State.REFUSED: _("没有办理，理由见下面。补正以后可以重新提交。"),
        State.WITHDRAWN: _("您已撤回，以后仍可以重新提交。"),
    }[State(ruling.state)]


@require_POST
@applicant_door
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a ruling back before anybody has registered it."""
    ruling = _own(request, uuid)
    try:
        withdraw_ruling(ruling=ruling, actor=request.user, today=today())
    except NotInCharge as error:
        raise Http404 from error
    except RulingRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已撤回。"))
    return redirect("my_shield", uuid=ruling.uuid)
