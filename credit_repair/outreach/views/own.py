"""A prepared application 预制申请 as the enterprise sees it: confirm and sign, take as a draft, decline."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Filing
from credit_repair.cases.views.doors import applicant_door
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.core.uploads import UploadRefused
from credit_repair.core.wording import clauses
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.outreach.forms import ConfirmForm, ReasonForm
from credit_repair.outreach.models import PreparedApplication
from credit_repair.outreach.presenters.proposals import own_page
from credit_repair.outreach.services import confirming
from credit_repair.outreach.services.proposing import visible_to_subject
from credit_repair.people.capacity import signs_as_clerk
from credit_repair.repairs.services import Outcome


def _proposal(request: HttpRequest, uuid: UUID) -> PreparedApplication:
    mine = PreparedApplication.objects.filter(visible_to_subject(user=request.user, on=today()))  # type: ignore[arg-type]
    return get_object_or_404(mine.select_related("office", "subject", "filing", "letter"), uuid=uuid)


def _page(
    request: HttpRequest,
    proposal: PreparedApplication,
    *,
    form: ConfirmForm | None = None,
    reason: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user: Any = request.user
    rows = list(proposal.records.select_related("record__authority", "case"))
    initial = {"name": str(user), "contact_name": str(user), "contact_number": user.phone}
    by_clerk = signs_as_clerk(user, subject=proposal.subject, on=today())
    context = {
        **own_page(proposal, rows, today=today()),
        "form": form or ConfirmForm(initial=initial),
        "reason": reason or ReasonForm(),
        "forms": [each for each in (form, reason) if each is not None],
        "name_hint": _("由您（经办人）本人签名即可，授权书已写明您可以代单位签署。") if by_clerk else "",
    }
    return render(request, "public/proposal.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_door
@limited("upload")
def proposal(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show what the office has prepared; confirm it, with the signature under the letters."""
    found = _proposal(request, uuid)
    if request.method != "POST":
        return _page(request, found)
    form = ConfirmForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            filing, outcome = confirming.confirm(
                proposal=found,
                actor=request.user,  # type: ignore[arg-type]
                today=today(),
                contact=confirming.ProposalContact(given["contact_name"], given["contact_number"]),
                signer=given["name"],
                strokes=given["strokes"],
            )
        except (ActionRefused, MissingGlyphs, UploadRefused) as refused:
            form.add_error(None, str(refused))
        else:
            return _done(request, filing, outcome)
    return _page(request, found, form=form, status=422)


def _done(request: HttpRequest, filing: Filing, outcome: Outcome) -> HttpResponse:
    """Lead on: to what was handed in, or to the basket where something stayed a draft."""
    if outcome.refused:
        words = clauses(dict.fromkeys(why for _case, why in outcome.refused))
        messages.warning(request, _("申请已经备好，但还没有全部提交：%s") % words)
    if count := len(outcome.submitted) + len(outcome.scheduled):
        said = ngettext("已提交%d件申请。", "已提交%d件申请。", count)
        messages.success(request, said % count)
        return redirect("my_filing_filed", uuid=filing.uuid)
    return redirect("my_filing", uuid=filing.uuid)


@require_POST
@applicant_door
def take(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take what was prepared as a draft, to be changed and handed in as any other."""
    found = _proposal(request, uuid)
    try:
        filing = confirming.take_as_draft(proposal=found, actor=request.user, today=today())  # type: ignore[arg-type]
    except (ActionRefused, UploadRefused) as refused:
        messages.error(request, str(refused))
        return redirect("my_proposal", uuid=found.uuid)
    messages.success(request, _("已放进您的申请草稿，可以修改以后再提交。"))
    return redirect("my_filing", uuid=filing.uuid)


@require_POST
@applicant_door
def decline(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Decline it, for a reason that the office reads."""
    found, form = _proposal(request, uuid), ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, found, reason=form, status=422)
    try:
        confirming.decline(
            proposal=found,
            actor=request.user,  # type: ignore[arg-type]
            today=today(),
            reason=form.cleaned_data["reason"],
        )
    except ActionRefused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, _("已告知单位。您仍然可以自行申请。"))
    return redirect("my_proposal", uuid=found.uuid)
