"""Several simple cases decided together 批量审批: one press, and still a decision of its own for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, CaseActor
from credit_repair.cases.services import transition
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.services import CannotIssue

#: Nobody answers for more decisions at once.
MOST_TOGETHER = 50


@dataclass(frozen=True)
class Failure:
    """A case that was not granted, and why, in words for the approver."""

    case: Case
    words: str


@dataclass(frozen=True)
class Outcome:
    """What came of a batch: the cases that are granted, and those that still have to be decided."""

    done: tuple[Case, ...]
    failed: tuple[Failure, ...]


def approve_many(*, cases: Sequence[Case], actor: Any, today: date) -> Outcome:
    """Grant each of `cases` that is simple still, by transition(), each in a transaction of its own with its
    own document; what cannot be granted is told and hinders none of the others.

    Not to be called inside a transaction: what was granted before the machine stops stays granted, and the
    rest is as it was. One that `actor` has granted already counts as done, so that a second press of the
    button says what the first one said.

    Raises ActionRefused where there are more than MOST_TOGETHER.
    """
    if len(cases) > MOST_TOGETHER:
        raise ActionRefused("too_many", _("一次最多办理%s件，请分几次办理。") % MOST_TOGETHER)
    done: list[Case] = []
    failed: list[Failure] = []
    for case in cases:
        words = _approve(case, actor, today)
        if words and not _granted_by(case, actor):
            failed.append(Failure(case=case, words=words))
        else:
            done.append(case)
    return Outcome(done=tuple(done), failed=tuple(failed))


def _approve(case: Case, actor: Any, today: date) -> str:
    """Grant one; return why it could not be granted."""
    try:
        transition(case=case, action="approve", actor=actor, today=today, data={"batch": True})
    except (ActionRefused, MissingGlyphs, CannotIssue) as refused:
        return str(refused)
    except NotYours:
        return _("这件案件现在不由您办理。")
    return ""


def _granted_by(case: Case, actor: Any) -> bool:
    part = CaseActor.objects.filter(case=case, user=actor, part=CaseActor.Part.DECIDE)
    return part.filter(case__state__in=("approved", "completed")).exists()
