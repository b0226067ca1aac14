"""The officials' pages over commitments: what is due, one with its checks, what came in on paper."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.views.doors import official_door
from credit_repair.commitments import access, selectors, services
from credit_repair.commitments import presenters as shown
from credit_repair.commitments.forms import AcceptForm, ConfirmForm, FindForm, OpenForm, PaperForm, ReasonForm
from credit_repair.commitments.models import Commitment, CommitmentCheck
from credit_repair.commitments.states import may
from credit_repair.commitments.tags import tag_of
from credit_repair.commitments.views.letters import letter_response
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.services import CannotIssue
from credit_repair.people.doors import door_of_any
from credit_repair.people.masking import subject_name

PAGE_SIZE = 30
Check = CommitmentCheck
#: Who has anything to do with commitments at an office.
DOOR = ("see_cases", "import_records")


@require_safe
@door_of_any(*DOOR)
def commitments(request: HttpRequest) -> HttpResponse:
    """List what is to be checked, overdue, to be looked at or confirmed, or all."""
    day = today()
    show = request.GET.get("show", "")
    show = show if show in selectors.SHOWS else selectors.DUE
    found = selectors.listed(user=request.user, on=day, show=show)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    checking = access.offices_that_check(user=request.user, on=day)
    actions = []
    if selectors.lists_offered().filter(office__in=checking).exists():
        actions.append({"label": _("录入纸质承诺书"), "url": reverse("office_commitment_paper")})
    actions.append({"label": _("承诺事项清单"), "url": reverse("office_commitment_lists")})
    context = {
        "page_title": _("信用承诺"),
        "page_subtitle": _("到期的承诺要在期限内核查，履行情况记入主体档案并告知平台。"),
        "page_actions": actions,
        "tabs": _tabs(show),
        "page_obj": page,
        "rows": shown.rows(
            page,
            today=day,
            address="office_commitment",
            reader=lambda each: access.reader_of(each, user=request.user, on=day),
        ),
    }
    return render(request, "commitments/office_list.html", context)


def _tabs(show: str) -> list[dict[str, Any]]:
    labels = {
        selectors.DUE: _("待核查"),
        selectors.OVERDUE: _("已超期"),
        selectors.TO_LOOK_AT: _("待审看"),
        selectors.TO_CONFIRM: _("待确认"),
        selectors.ALL: _("全部"),
    }
    return [
        {"label": label, "url": f"?show={each}", "active": each == show} for each, label in labels.items()
    ]


@dataclass(frozen=True)
class Act:
    """Something that can be done on the page of a commitment: its form, its button, and whether it may be."""

    form: type[forms.Form]
    label: Any
    title: Any
    tone: str = "primary"


def _acts() -> dict[str, Act]:
    return {
        "accept": Act(AcceptForm, _("采纳并公开"), _("采纳")),
        "decline": Act(ReasonForm, _("不予采纳"), _("不予采纳"), "outline-danger"),
        "open": Act(OpenForm, _("现在开始核查"), _("核查"), "outline-primary"),
        "find": Act(FindForm, _("保存核查结果"), _("登记核查结果")),
        "confirm": Act(ConfirmForm, _("认定违背承诺"), _("复核认定"), "danger"),
        "send-back": Act(ReasonForm, _("退回重新核查"), _("退回重新核查"), "outline-primary"),
    }


def _possible(request: HttpRequest, found: Commitment) -> list[str]:
    """Return the acts that this person can do on it now."""
    user, day = request.user, today()
    check = found.checks.exclude(state=Check.State.DONE).first()
    acts: list[str] = []
    if access.may_check(found, user=user, on=day):
        acts += [name for name in ("accept", "decline") if may(found, name)]
        acts += ["open"] if may(found, "open_check") else []
        acts += ["find"] if check is not None and check.state == Check.State.OPEN else []
    if check is not None and check.state == Check.State.PROPOSED:
        check.commitment = found
        acts += ["confirm", "send-back"] if access.may_confirm(check, user=user, on=day) else []
    return acts


@require_safe
@official_door
def commitment(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one commitment with its checks and what this person can do."""
    return _page(request, _readable(request, uuid))


@require_POST
@official_door
@limited("upload")
def act(request: HttpRequest, uuid: UUID, act: str) -> HttpResponse:
    """Do one of the acts."""
    found, acts = _readable(request, uuid), _acts()
    if act not in acts:
        raise Http404
    form = acts[act].form(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, bound={act: form}, status=422)
    try:
        _verbs(request, found, form)[act]()
    except (ActionRefused, MissingGlyphs, CannotIssue) as refused:
        form.add_error(None, str(refused))
        return _page(request, found, bound={act: form}, status=422)
    except UploadRefused as refused:
        form.add_error("papers", str(refused))
        return _page(request, found, bound={act: form}, status=422)
    messages.success(request, _("已经保存。"))
    return redirect("office_commitment", uuid)


def _verbs(request: HttpRequest, found: Commitment, form: Any) -> dict[str, Callable[[], Any]]:
    who: dict[str, Any] = {"commitment": found, "actor": request.user, "today": today()}
    said = form.cleaned_data
    return {
        "accept": lambda: services.accept(**who, **said),
        "decline": lambda: services.decline(**who, **said),
        "open": lambda: services.open_check(**who),
        "find": lambda: services.find(**who, found=form.found(), uploads=said["papers"]),
        "confirm": lambda: services.confirm_broken(**who, **said),
        "send-back": lambda: services.send_back(**who, **said),
    }


def _page(
    request: HttpRequest,
    found: Commitment,
    *,
    bound: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    acts, bound = _acts(), bound or {}
    reader = access.reader_of(found, user=request.user, on=today())
    possible = [*dict.fromkeys([*_possible(request, found), *bound])]
    cards = [
        {
            "act": acts[name],
            "form": bound.get(name) or acts[name].form(prefix=None, auto_id=f"id_{name}_%s"),
            "url": reverse("office_commitment_act", args=[found.uuid, name]),
            "name": name,
        }
        for name in possible
    ]
    context = {
        "page_title": found.title,
        "page_caption": found.get_kind_display(),
        "breadcrumbs": [{"label": _("信用承诺"), "url": reverse("office_commitments")}],
        "commitment": found,
        "tag": tag_of(found),
        "facts": shown.all_facts(found, for_office=True, reader=reader),
        "party": subject_name(found.subject, reader),
        "checks": shown.check_cards(found, for_office=True),
        "events": shown.history(found, for_office=True),
        "cards": cards,
        "forms": [bound[name] for name in bound],
        "record_url": reverse("office_record", args=[found.record.uuid]) if found.record else "",
        "letter_url": reverse("office_commitment_letter", args=[found.uuid]) if found.document_id else "",
        "scan_url": reverse("paper", args=[found.paper.uuid]) if found.paper else "",
    }
    return render(request, "commitments/office_detail.html", context, status=status)


@require_safe
@official_door
def letter(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Hand out the letter that was signed."""
    return letter_response(_readable(request, uuid))


def _readable(request: HttpRequest, uuid: UUID) -> Commitment:
    found = access.readable(user=request.user, on=today())
    found = found.select_related("subject", "office", "record", "paper", "entered_by")
    return get_object_or_404(found, uuid=uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@official_door
@limited("upload")
def on_paper(request: HttpRequest) -> HttpResponse:
    """Enter a commitment that was signed on paper."""
    offices = access.offices_that_check(user=request.user, on=today())
    if not offices:
        raise Http404
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PaperForm(*sent, offices=offices)
    if form.is_bound and form.is_valid() and form.subject is not None:
        said = form.cleaned_data
        try:
            made = services.enter_on_paper(
                subject=form.subject,
                row=said["row"],
                made_on=said["made_on"],
                signer_name=said["signer_name"],
                scan=said["scan"],
                actor=request.user,  # type: ignore[arg-type]
                today=today(),
            )
        except ActionRefused as refused:
            form.add_error(None, refused.words)
        except UploadRefused as refused:
            form.add_error("scan", str(refused))
        else:
            messages.success(request, _("已经录入。"))
            return redirect("office_commitment", made.uuid)
    context = {
        "page_title": _("录入纸质承诺书"),
        "breadcrumbs": [{"label": _("信用承诺"), "url": reverse("office_commitments")}],
        "form": form,
        "back_url": reverse("office_commitments"),
        "button": _("录入"),
        "none": not form.fields["row"].queryset.exists(),  # type: ignore[attr-defined]
    }
    return render(request, "commitments/office_form.html", context, status=422 if form.is_bound else 200)
