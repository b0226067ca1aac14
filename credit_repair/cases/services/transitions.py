"""The one way to act on a case."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from viewflow.fsm.base import Transition

from credit_repair.cases.errors import ActionRefused, NotOffered, NotYours
from credit_repair.cases.flow import Act, Action, CaseFlow, act_of
from credit_repair.cases.kinds import kind_of
from credit_repair.cases.models import Case, ReviewStep, TimelineEvent
from credit_repair.cases.parts import (
    PHASE_OF,
    Part,
    heads_step,
    held_step,
    holds_part,
    taken_by_another,
    took_part,
)
from credit_repair.cases.services.clocks import stop_all_clocks
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.people.reach import one_reach
from credit_repair.registry.law import current_book, one_law

#: What guards, documents and messages ask about a case.
READ_ALONG = (
    "subject",
    "record__subject",
    "record__sector",
    "record__authority__sector",
    "filing__subject",
    "intake_office",
    "deciding_office",
)


@transaction.atomic
@one_law()
@one_reach()
def transition(
    *, case: Case, action: str, actor: Any, today: date, data: dict[str, Any] | None = None
) -> TimelineEvent:
    """Do `action` on `case` as `actor` (None: the system) on the day `today`; return the timeline event.

    Locks the case, then asks again for permission, guards and needs, changes the state, writes timeline and
    audit, and runs the effects in their order, all in one transaction and by one law: it happens whole or not
    at all.

    Raises NotYours where the actor has no part in this act, ActionRefused with words for the person where
    the case is in another state by now or something is not as it must be.
    """
    step, what, row = _asked(_locked(case), action, actor, today, data)
    _check(step, what, row)
    _perform(kind_of(step.case).flow(step.case), step, what)
    return step.cause


def _asked(
    case: Case, action: str, actor: Any, today: date, data: dict[str, Any] | None
) -> tuple[Action, Act, Transition]:
    """Return the act that is asked for with its row of the table; raise where the case has moved on."""
    flow = kind_of(case).flow(case)
    row = flow.row(action)
    if row is None:
        raise _no_longer(flow, action, actor, today)
    step = Action(case=case, name=action, actor=actor, today=today, data=data or {})
    return step, act_of(row), row


def rehearse(
    *, case: Case, action: str, actor: Any, today: date, data: dict[str, Any] | None = None
) -> Action:
    """Ask everything that transition() would ask, lock nothing and do nothing; return the act as it would be
    done, for a look at what would come of it. Raises as transition() does."""
    step, what, row = _asked(_read(case), action, actor, today, data)
    _check(step, what, row)
    return step


@in_site_language()
def _perform(flow: CaseFlow, step: Action, what: Act) -> None:
    """Do what was found allowed. What it writes stays: it is Chinese, whatever the actor reads."""
    case, state_before = step.case, step.case.state
    flow.perform(step)
    _write_event(step, what, state_before)
    if case.state != state_before:  # an act after the end that leaves it there does not move its day
        case.closed_on = step.today if case.state in flow.ENDS else None
    if case.state in flow.CLOCKS_STOP:
        stop_all_clocks(case=case, today=step.today)
    for effect in what.effects:
        effect(step)
    case.save()
    audit.record(
        actor=step.actor,
        action=f"{case.kind}.{step.name}",
        target=case,
        data=_said(step, state_before),
    )


def _said(step: Action, state_before: str) -> dict[str, Any]:
    """Return what the audit says of an act, and by which rules it was done."""
    said: dict[str, Any] = {
        "event": str(step.cause.uuid),
        "from": state_before,
        "to": step.case.state,
        "rulebook_hash": current_book().content_hash,
    }
    if codes := step.data.get("codes"):
        said["reasons"] = list(codes)
    if step.data.get("batch"):
        said["batch"] = True
    if step.stands_for is not None:
        said["for"] = step.stands_for
    if step.override is not None:
        said["override"] = step.override.granted_by_id
    return said


def _locked(case: Case) -> Case:
    """Lock the case, then read it with what an act needs to know of it.

    Two queries, because of what is joined to a row that had to be waited for PostgreSQL shows the old state.
    """
    Case.objects.select_for_update().values_list("pk").get(pk=case.pk)
    return _read(case)


def _read(case: Case) -> Case:
    kind = kind_of(case)
    return Case.objects.select_related(*READ_ALONG, kind.details, *kind.read_along).get(pk=case.pk)


def _check(step: Action, what: Act, row: Transition) -> None:
    if not _holds_part(step, what):
        raise _not_their_turn(step, what)
    _refuse_taken(step)
    unmet = row.get_unmet_condition(step.case)
    if unmet is not None:
        raise ActionRefused("condition", getattr(unmet[1], "message", "") or _("目前还不能这样办理。"))
    for guard in (*what.guards, *what.needs):
        guard(step)


def _not_their_turn(step: Action, what: Act) -> Exception:
    """Say that their office has done its part, has sent it on, or is not asked yet, but only to an official
    whose part it is."""
    official = what.by in PHASE_OF and step.actor is not None
    if official and took_part(case=step.case, part=what.by, actor=step.actor, on=step.today):
        return ActionRefused(
            "not_their_turn",
            _("这一环节现在不由您单位办理：已经办完、已经转送，或者还没有轮到。请刷新页面查看最新进度。"),
        )
    return NotYours(f"{step.name} on {step.case.uuid}")


def _holds_part(step: Action, what: Act) -> bool:
    if what.by in PHASE_OF:
        _take_up(step, held_step(case=step.case, part=what.by, actor=step.actor, on=step.today))
        return step.review is not None
    if what.by == Part.HEAD:
        return _stand_for(step, heads_step(case=step.case, actor=step.actor, on=step.today))
    return holds_part(case=step.case, part=what.by, actor=step.actor, on=step.today)


def _take_up(step: Action, review: ReviewStep | None) -> None:
    """Note on which review step the official acts, and in whose place."""
    step.review = review
    _stand_for(step, review)


def _stand_for(step: Action, review: ReviewStep | None) -> bool:
    step.stands_for = getattr(review, "stands_for", None)
    step.stands_for_name = getattr(review, "stands_for_name", "")
    return review is not None


def _refuse_taken(step: Action) -> None:
    if step.review is not None and taken_by_another(step.review, actor=step.actor):
        raise ActionRefused(
            "taken",
            _("这一环节已由%(name)s接手。需要由您办理的，请其退回或者移交，或者请负责人改派。")
            % {"name": step.review.taken_by},
        )


def _no_longer(flow: CaseFlow, action: str, actor: Any, today: date) -> Exception:
    """Say that the case has moved on, but only to somebody who could have done this act before."""
    rows = flow.actions().get(action)
    if not rows:
        return ValueError(f"no action {action!r}")
    by = act_of(next(iter(rows.values()))).by
    state = kind_of(flow.case).states(flow.case.state).label
    words = _("案件现在是“%(state)s”，不能再这样办理。请刷新页面查看最新进度。") % {"state": state}
    if actor is None or took_part(case=flow.case, part=by, actor=actor, on=today):
        return ActionRefused("state", words)
    return NotYours(f"{action} on {flow.case.uuid}")


def _write_event(step: Action, what: Act, state_before: str) -> None:
    step.event = TimelineEvent.objects.create(
        case=step.case,
        at=now(),
        action=step.name,
        title=str(what.title(step) if callable(what.title) else what.title),
        text=_words(step, what),
        audience=what.audience,
        actor=step.actor,
        actor_label=_label(step),
        state_from=state_before,
        state_to=step.case.state,
    )


def _label(step: Action) -> str:
    """Who did it, as the timeline says it: a substitute with the name of the member in whose place."""
    if step.actor is None:
        return audit.SYSTEM_LABEL
    if step.stands_for is None:
        return str(step.actor)
    return _("%(substitute)s（代%(member)s）") % {
        "substitute": step.actor,
        "member": step.stands_for_name,
    }


def _words(step: Action, what: Act) -> str:
    """Return what goes on the timeline: the text that was written, an opinion's yes or no before it."""
    if not what.says:
        return ""
    opinion = step.text("opinion")
    text = step.text(what.says)
    return f"{step.review.opinion_words(opinion)}：{text}" if opinion and step.review else text


@dataclass(frozen=True)
class AvailableAction:
    """An act that is open to a person now; `refusal` says why it must wait, where it must."""

    name: str
    label: Any
    refusal: str = ""

    @property
    def enabled(self) -> bool:
        """Whether nothing that is known now stands against it."""
        return not self.refusal


def available_actions(*, case: Case, actor: Any, today: date) -> list[AvailableAction]:
    """Return what `actor` may do on `case` now, for a page's buttons. transition() asks again."""
    flow = kind_of(case).flow(case)
    held: dict[Part, tuple[bool, ReviewStep | None]] = {}
    found = []
    for name, rows in flow.actions().items():
        row = rows.get(case.state)
        if row is None:
            continue
        what, step = act_of(row), Action(case=case, name=name, actor=actor, today=today)
        if what.by not in held:  # asked once a part, not once an act
            held[what.by] = _holds_part(step, what), step.review
        is_held, review = held[what.by]
        if not is_held:
            continue
        _take_up(step, review)
        try:
            refusal = _refusal(step, what)
        except NotOffered:
            continue
        found.append(AvailableAction(name=name, label=row.label, refusal=refusal))
    return found


def _refusal(step: Action, what: Act) -> str:
    for guard in (_refuse_taken, *what.guards):
        try:
            guard(step)
        except NotOffered:
            raise
        except ActionRefused as refused:
            return refused.words
    return ""
