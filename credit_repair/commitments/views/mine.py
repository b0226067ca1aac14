"""The pages of whoever acts for a subject: its commitments, giving one, answering a finding."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.views.doors import applicant_door
from credit_repair.commitments import presenters as shown
from credit_repair.commitments import services
from credit_repair.commitments.forms import AnswerForm, DeclareForm
from credit_repair.commitments.models import Commitment, CommitmentCheck
from credit_repair.commitments.models.lists import Kind
from credit_repair.commitments.selectors import lists_offered, own_commitments
from credit_repair.commitments.states import may
from credit_repair.commitments.tags import tag_of
from credit_repair.commitments.views.letters import letter_response
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.ink_forms import SignatureForm
from credit_repair.people import acting

PAGE_SIZE = 30


@require_safe
@applicant_door
def commitments(request: HttpRequest) -> HttpResponse:
    """List the commitments of the subject acted for, or of all where none is chosen."""
    day, subject = today(), acting.subject_now(request)
    found = own_commitments(user=request.user, on=day)
    if subject is not None:
        found = found.filter(subject=subject)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    new = {"label": _("作出承诺"), "url": reverse("my_commitment_new"), "primary": True}
    context = {
        "page_title": _("我的信用承诺"),
        "page_subtitle": _("已经作出的承诺、到期日和履行情况。"),
        "page_actions": [new],
        "page_obj": page,
        "show_subject": subject is None,
        "rows": shown.rows(page, today=day, address="my_commitment"),
    }
    return render(request, "commitments/mine_list.html", context)


@require_safe
@applicant_door
def new(request: HttpRequest) -> HttpResponse:
    """Show the item lists to choose from, and the way to a declaration of one's own."""
    context = {
        "page_title": _("作出信用承诺"),
        "breadcrumbs": [_home()],
        "subject": acting.subject_now(request),
        "lists": [{"row": row, "facts": shown.list_facts(row)} for row in lists_offered()],
    }
    return render(request, "commitments/mine_new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_door
@limited("commitment")
def sign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Read an item list and sign it on the screen."""
    row = get_object_or_404(lists_offered(), uuid=uuid)
    form = SignatureForm(
        request.POST if request.method == "POST" else None, initial={"name": str(request.user)}
    )
    version = request.POST.get("version", "")

    def verb(subject: Any) -> Commitment:
        return services.sign_from_list(
            subject=subject,
            row=row,
            version=int(version) if version.isdecimal() else 0,
            signed=_signed(form),
            actor=request.user,  # type: ignore[arg-type]
            today=today(),
        )

    context = {"page_title": row.title, "row": row, "facts": shown.list_facts(row)}
    return _signing(request, form, verb, context, template="commitments/mine_sign.html")


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_door
@limited("commitment")
def declare(request: HttpRequest) -> HttpResponse:
    """Write what one promises of oneself, and sign it on the screen."""
    form = DeclareForm(
        request.POST if request.method == "POST" else None, initial={"name": str(request.user)}
    )

    def verb(subject: Any) -> Commitment:
        said = form.cleaned_data
        return services.declare(
            subject=subject,
            title=said["title"],
            items=said["items"],
            valid_until=said["valid_until"],
            signed=_signed(form),
            actor=request.user,  # type: ignore[arg-type]
            today=today(),
        )

    context = {"page_title": _("主动公示信用承诺")}
    return _signing(request, form, verb, context, template="commitments/mine_declare.html")


def _signed(form: SignatureForm) -> services.Signed:
    return services.Signed(name=form.cleaned_data["name"], strokes=form.cleaned_data["strokes"])


def _signing(
    request: HttpRequest,
    form: SignatureForm,
    verb: Callable[[Any], Commitment],
    context: dict[str, Any],
    *,
    template: str,
) -> HttpResponse:
    """Show what is signed, and sign it for the subject that is acted for now."""
    subject = acting.subject_now(request)
    if form.is_bound and subject is not None and form.is_valid():
        try:
            made = verb(subject)
        except (ActionRefused, MissingGlyphs) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _done_words(made))
            return redirect("my_commitment", made.uuid)
    context |= {
        "breadcrumbs": [_home(), {"label": _("作出信用承诺"), "url": reverse("my_commitment_new")}],
        "subject": subject,
        "form": form,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


def _done_words(commitment: Commitment) -> str:
    if commitment.state == Commitment.State.SUBMITTED:
        return _("已经提交，信用办审看以后公开。")
    return _("承诺已经签署。")


def _home() -> dict[str, str]:
    return {"label": _("我的信用承诺"), "url": reverse("my_commitments")}


@require_safe
@applicant_door
def commitment(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one commitment: what was promised, how it stands, what was found, and what can be said to it."""
    return _page(request, _own(request, uuid), AnswerForm())


@require_POST
@applicant_door
@limited("upload")
def act(request: HttpRequest, uuid: UUID, act: str) -> HttpResponse:
    """Answer a finding, or take a declaration back."""
    found = _own(request, uuid)
    form = AnswerForm(request.POST, request.FILES)
    acts: dict[str, Callable[[], Any]] = {
        "answer": lambda: services.answer_check(
            commitment=found, actor=request.user, today=today(), **form.cleaned_data
        ),
        "withdraw": lambda: services.withdraw(commitment=found, actor=request.user, today=today()),
    }
    if act not in acts:
        raise Http404
    if act == "answer" and not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        acts[act]()
    except UploadRefused as refused:
        form.add_error("upload", str(refused))
        return _page(request, found, form, status=422)
    except ActionRefused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, _("申辩已经提交。") if act == "answer" else _("承诺已经撤回。"))
    return redirect("my_commitment", uuid)


@require_safe
@applicant_door
def letter(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Hand out the letter that was signed."""
    return letter_response(_own(request, uuid))


def _own(request: HttpRequest, uuid: UUID) -> Commitment:
    return get_object_or_404(own_commitments(user=request.user, on=today()), uuid=uuid)


def _page(request: HttpRequest, found: Commitment, form: AnswerForm, *, status: int = 200) -> HttpResponse:
    check = found.checks.filter(state=CommitmentCheck.State.PROPOSED).first()
    may_answer = check is not None and not check.answer and today() <= (check.answer_until or today())
    context = {
        "page_title": found.title,
        "page_caption": found.get_kind_display(),
        "breadcrumbs": [_home()],
        "commitment": found,
        "tag": tag_of(found),
        "facts": shown.all_facts(found, for_office=False),
        "checks": shown.check_cards(found, for_office=False),
        "events": shown.history(found, for_office=False),
        "form": form if may_answer else None,
        "answer_until": check.answer_until if check else None,
        "may_withdraw": found.kind == Kind.VOLUNTARY and may(found, "withdraw"),
        "letter_url": reverse("my_commitment_letter", args=[found.uuid]) if found.document_id else "",
        "scan_url": reverse("paper", args=[found.paper.uuid]) if found.paper else "",
        "record_url": reverse("my_record", args=[found.record.uuid]) if found.record else "",
        "public_url": _public_url(found),
        "acting_for": acting.bar(found.subject),
    }
    return render(request, "commitments/mine_detail.html", context, status=status)


def _public_url(found: Commitment) -> str:
    shown_now = found.published_on is not None and found.state in Commitment.SHOWN
    return reverse("commitment", args=[found.uuid]) if shown_now else ""
