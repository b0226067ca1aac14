"""What the subject says before its repair is revoked."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.services import available_actions, transition
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.repairs.forms.after import AnswerForm
from credit_repair.repairs.presenters.following import inner_page
from credit_repair.repairs.presenters.revoking import revocation_part
from credit_repair.repairs.views.sides import Side, on_both_sides


@require_http_methods(["GET", "HEAD", "POST"])
@on_both_sides
@limited("upload")
def answer(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Show what is intended and why, and take the answer 陈述申辩."""
    case = side.case(request, uuid)
    back = redirect(side.url("repair", case.uuid))
    if request.method != "POST":
        acts = available_actions(case=case, actor=request.user, today=today())
        if not any(act.name == "answer_revocation" and act.enabled for act in acts):
            return back
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AnswerForm(*sent, at_window=side.at_window)
    if request.method == "POST" and form.is_valid():
        try:
            transition(
                case=case,
                action="answer_revocation",
                actor=request.user,
                today=today(),
                data=form.cleaned_data,
            )
        except ActionRefused as refused:
            messages.error(request, refused.words)
        else:
            messages.success(request, _("陈述申辩已经提交，办理单位复核以后作出决定。"))
        return back
    page = {
        **inner_page(case, side, title=_("陈述和申辩")),
        "form": form,
        **revocation_part(case, today=today(), for_office=side.at_window),
    }
    return render(request, "public/repair_answer.html", page, status=422 if form.errors else 200)
