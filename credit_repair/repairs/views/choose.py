"""What can be repaired now, later or never; choose one or several, and begin."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Filing
from credit_repair.cases.views.doors import applicant_door
from credit_repair.core.clock import today
from credit_repair.people import acting
from credit_repair.registry.models import Record, Subject
from credit_repair.registry.selectors import records_of
from credit_repair.repairs import services
from credit_repair.repairs.models import RepairBasket
from credit_repair.repairs.presenters.choose import Choice, choice_of, choose_page

LONG_TEXTS = ("facts", "legal_basis", "content", "remarks")
#: The names under which the form sends what was ticked, one for each group.
TICKED = ("now", "later", "soon")


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_door
def choose(request: HttpRequest) -> HttpResponse:
    """Show what of the subject acted for can be repaired, now or later; a post puts what is ticked into the
    open basket."""
    subjects = acting.subjects_of(request)
    subject = acting.subject_asked_for(request, request.POST.get("subject") or request.GET.get("subject"))
    if subject is None:
        return render(request, "public/repair_choose.html", _whose(subjects))
    choice = _choice(subject)
    if request.method != "POST":
        wanted = set(request.GET.getlist("record"))
        return _page(request, choice, ticked=wanted or choice.first_choice())
    ticked = {uuid for name in TICKED for uuid in request.POST.getlist(name)}
    records = [record for record in choice.selectable if str(record.uuid) in ticked]
    if not records:
        if filing := _already_inside(choice, ticked):
            return redirect("my_filing", uuid=filing.uuid)
        return _page(request, choice, ticked=ticked, errors=[_("请至少勾选一条信息。")])
    try:
        filing = services.choose_records(
            subject=subject,
            records=records,
            actor=request.user,  # type: ignore[arg-type]
            today=today(),
        )
    except ActionRefused as refused:
        return _page(request, _choice(subject), ticked=ticked, errors=[refused.words])
    return _begin(filing)


@require_POST
@applicant_door
def start(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put one record into the open basket; where it lies in one already, lead there."""
    subjects = acting.subjects_of(request)
    record = Record.objects.select_related("subject").get(uuid=uuid, subject__in=subjects)
    try:
        filing = services.choose_records(
            subject=record.subject,
            records=[record],
            actor=request.user,  # type: ignore[arg-type]
            today=today(),
        )
    except ActionRefused as refused:
        messages.error(request, refused.words)
        return redirect("my_record", uuid=record.uuid)
    if (count := filing.cases.filter(state="draft").count()) > 1:
        words = ngettext("这次申请里现在有%d条信息。", "这次申请里现在有%d条信息。", count)
        messages.success(request, words % count)
    return _begin(filing)


def _begin(filing: Filing) -> HttpResponse:
    """Straight to the first question of one record of which nothing was answered, else to the task list."""
    stored = RepairBasket.objects.get(filing=filing)
    touched = stored.corrected or stored.statement  # whom to call stands there from the last time
    if touched or filing.cases.count() != 1:
        return redirect("my_filing", uuid=filing.uuid)
    return redirect("my_filing_statement", uuid=filing.uuid)


def _choice(subject: Subject) -> Choice:
    return choice_of(subject, records_of(subject).defer(*LONG_TEXTS), today=today())


def _already_inside(choice: Choice, ticked: set[str]) -> Filing | None:
    """The basket in which all that was ticked lies already, as after a second press of the button."""
    wanted = [record for record in choice.records if str(record.uuid) in ticked]
    cases = [choice.open_cases.get(record.pk) for record in wanted]
    drafts = [case for case in cases if case is not None and case.state == "draft"]
    drafts = [case for case in drafts if case.filing.window_office_id is None]
    same = {case.filing_id for case in drafts}
    return drafts[0].filing if drafts and len(drafts) == len(cases) and len(same) == 1 else None


def _page(
    request: HttpRequest, choice: Choice, *, ticked: set[str], errors: list[str] | None = None
) -> HttpResponse:
    context = choose_page(choice, ticked=ticked, errors=errors or [])
    return render(request, "public/repair_choose.html", context)


def _whose(subjects: list[Subject]) -> dict[str, Any]:
    return {
        "page_title": _("申请信用修复"),
        "page_subtitle": _("您可以为多个主体办理，请先选择一个。") if subjects else "",
        "choices": subjects,
        "choice_next": "my_repair_choose",
    }
