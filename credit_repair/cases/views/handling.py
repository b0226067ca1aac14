"""What officials do with steps besides acting on the case: take up, give back, hand over, assign; and the
saved filters of the inbox."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from credit_repair.cases import inbox
from credit_repair.cases.candidates import Loaded, candidates, handlers_at
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.inbox_forms import FilterForm, PersonForm, SaveFilterForm, WhyForm
from credit_repair.cases.inbox_presenters import query_of
from credit_repair.cases.kinds import office_path
from credit_repair.cases.models import ReviewStep, TimelineEvent
from credit_repair.cases.parts import visible_cases
from credit_repair.cases.selectors import visible_steps
from credit_repair.cases.services import handling
from credit_repair.cases.services.saved_filters import delete_filter, save_filter
from credit_repair.cases.services.telling import tell_of_steps
from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import today
from credit_repair.core.uuids import known_uuids
from credit_repair.core.wording import clauses, stated
from credit_repair.people.models import User
from credit_repair.people.reach import reach_of

CLAIM, GIVE_BACK, HAND_OVER, ASSIGN = "claim", "give_back", "hand_over", "assign"
#: So many steps are done at once; a page of the inbox has fewer.
MOST_AT_ONCE = 100


@require_POST
@official_door
def one(request: HttpRequest, uuid: UUID, verb: str) -> HttpResponse:
    """Take up, give back, hand over or assign one step; where it cannot be done, say why."""
    step = visible_steps(user=request.user, on=today()).get(uuid=uuid)
    form = _form(request, verb, step)
    if not form.is_valid():
        _say_errors(request, form)
        return _back(request, step)
    try:
        _do(request, verb, step, form)
    except ActionRefused as refused:
        messages.error(request, stated(step.case, refused.words))
    else:
        messages.success(request, stated(step.case, _done_words(verb, form)))
    return _back(request, step)


@require_POST
@official_door
def several(request: HttpRequest) -> HttpResponse:
    """Take up, give back or assign the ticked steps, each by itself; say which of them could not be done."""
    verb = request.POST.get("do", "")
    if verb not in (CLAIM, GIVE_BACK, ASSIGN):
        messages.warning(request, _("没有这样的操作，请在列表上方选择接手、退回或者改派。"))
        return _back(request)
    steps = _ticked(request)
    form = _form(request, verb)
    if not steps:
        messages.warning(request, _("请先勾选要办理的案件。"))
    elif not form.is_valid():
        _say_errors(request, form)
    else:
        _do_each(request, verb, steps, form)
    return _back(request)


@require_POST
@official_door
def keep_filter(request: HttpRequest) -> HttpResponse:
    """Keep the present choice of the inbox under a name: only what the form of the inbox knows of it."""
    choice = _choice(request)
    form = SaveFilterForm(request.POST)
    if not form.is_valid():
        _say_errors(request, form)
    elif not choice.as_query():
        messages.warning(request, _("请先选择条件，再保存为常用筛选。"))
    else:
        try:
            save_filter(user=request.user, name=form.cleaned_data["name"], query=choice.as_query())
        except ActionRefused as refused:
            messages.error(request, refused.words)
        else:
            messages.success(request, _("已保存常用筛选“%s”。") % form.cleaned_data["name"])
    return redirect(choice.url())


@require_POST
@official_door
def drop_filter(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a saved filter of one's own."""
    name = delete_filter(user=request.user, pk=pk)
    messages.success(request, _("已删除常用筛选“%s”。") % name)
    return redirect(_choice(request).url())


def _ticked(request: HttpRequest) -> list[ReviewStep]:
    """The ticked steps among what the official sees, in the order of the page; others do not exist."""
    given = known_uuids(request.POST.getlist("step")[:MOST_AT_ONCE])
    seen = visible_steps(user=request.user, on=today())
    found = {step.uuid: step for step in seen.filter(uuid__in=given)}
    return [found[uuid] for uuid in given if uuid in found]


def _form(request: HttpRequest, verb: str, step: ReviewStep | None = None) -> WhyForm:
    if verb not in (HAND_OVER, ASSIGN):
        return WhyForm(request.POST)
    nobody = _("收回本单位，待分派") if verb == ASSIGN else None
    people = [Loaded(person, 0) for person in _offered(request, verb, step)]
    return PersonForm(request.POST, people=people, nobody=nobody, needs_reason=verb == HAND_OVER)


def _offered(request: HttpRequest, verb: str, step: ReviewStep | None) -> list[User]:
    """Who could be chosen. Whether they can do each of several steps, the service asks.

    Only a supervisor assigns: at the step's office, or, of several steps, anywhere.
    """
    supervised = reach_of(user=request.user, on=today()).offices("supervise")
    if verb == ASSIGN and not (step.office_id in supervised if step else supervised):
        raise NotYours("assign")
    if step is not None:
        return candidates(step, on=today())
    return handlers_at(supervised, on=today())


def _do(request: HttpRequest, verb: str, step: ReviewStep, form: Any, *, tells: bool = True) -> TimelineEvent:
    """Do it; `tells`: whether who is assigned one is mailed of this one by itself."""
    about: dict[str, Any] = {"step": step, "actor": request.user, "today": today()}
    if verb == CLAIM:
        return handling.claim(**about)
    if verb == GIVE_BACK:
        return handling.give_back(**about, why=form.cleaned_data["why"])
    if verb == HAND_OVER:
        return handling.hand_over(**about, to=form.person, why=form.cleaned_data["why"])
    return handling.assign(**about, to=form.person, why=form.cleaned_data["why"], tells=tells)


def _done_words(verb: str, form: Any) -> str:
    if verb == CLAIM:
        return _("已接手，由您办理。")
    if verb == GIVE_BACK:
        return _("已退回本单位，同事可以接手。")
    if form.person is None:
        return _("已收回本单位，待重新分派。")
    return _("已交给%(name)s办理。") % {"name": form.person}


def _do_each(request: HttpRequest, verb: str, steps: list[ReviewStep], form: Any) -> None:
    done, failed = [], []
    for step in steps:
        try:
            done.append(_do(request, verb, step, form, tells=False))
        except ActionRefused as refused:
            failed.append(stated(step.case, refused.words.rstrip("。.")))
        except NotYours:
            failed.append(stated(step.case, _("不由您办理")))
    if done:
        counted = {
            CLAIM: _("已接手%s件。"),
            GIVE_BACK: _("已退回本单位%s件。"),
            ASSIGN: _("已改派%s件。"),
        }
        messages.success(request, counted[verb] % len(done))
    if verb == ASSIGN and form.person is not None:
        tell_of_steps(events=done, to=form.person, giver=request.user)
    if failed:
        words = _("有%(count)s件没有办成：%(cases)s。") % {"count": len(failed), "cases": clauses(failed)}
        messages.warning(request, words)


def _say_errors(request: HttpRequest, form: Any) -> None:
    for errors in form.errors.values():
        for words in errors:
            messages.error(request, words)


def _choice(request: HttpRequest) -> FilterForm:
    """The choice of the inbox from which somebody came, read by its own form."""
    desk = inbox.desk_of(user=request.user, on=today())
    return FilterForm(query_of(request.POST.get("back", "")), desk=desk)


def _back(request: HttpRequest, step: ReviewStep | None = None) -> HttpResponse:
    """Lead back to the page of the case where the form stood there, and to the inbox as it was chosen."""
    if step is not None and request.POST.get("from") == "case":
        if visible_cases(user=request.user, on=today()).filter(pk=step.case_id).exists():
            return redirect(office_path(step.case))
        return redirect("office")
    page = request.POST.get("page", "")
    changed = {"page": page} if page.isdecimal() and page not in ("0", "1") and len(page) < 4 else {}
    return redirect(_choice(request).url(**changed))
