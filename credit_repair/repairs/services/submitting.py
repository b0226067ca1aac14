"""A basket is handed in: what may be filed today is submitted, what may be filed later waits for its day."""

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, Filing
from credit_repair.cases.parts import stands_for_applicant
from credit_repair.cases.services import transition
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.services import CannotIssue
from credit_repair.people.models import User
from credit_repair.repairs.selectors import explain_case, is_filed_ahead
from credit_repair.repairs.services.baskets import drafts_of


@dataclass
class Outcome:
    """What became of each draft of a basket: submitted, scheduled for its day, or not, and why."""

    submitted: list[Case] = field(default_factory=list)
    scheduled: list[Case] = field(default_factory=list)
    refused: list[tuple[Case, str]] = field(default_factory=list)


def submit_filing(*, filing: Filing, actor: User, today: date) -> Outcome:
    """Hand in every draft of a basket, each in its own transaction: one that must wait holds up no other.

    What lies ahead of its first lawful day is scheduled and submits itself on that day. What is refused
    stays a draft, with the reason; handing in again takes up where this left off, after a kill too.

    Raises NotYours where the actor is not the applicant, ActionRefused where there is nothing to hand in.
    """
    if not stands_for_applicant(filing=filing, user=actor, on=today):
        raise NotYours(str(filing.uuid))
    drafts = drafts_of(filing)
    if not drafts:
        raise ActionRefused("not_a_draft", _("申请已经提交，不能再修改。"))
    outcome = Outcome()
    for case in drafts:
        ahead = is_filed_ahead(explain_case(case=case, today=today), today=today)
        done = outcome.scheduled if ahead else outcome.submitted
        try:
            with transaction.atomic():
                transition(case=case, action="schedule" if ahead else "submit", actor=actor, today=today)
        except (ActionRefused, MissingGlyphs, CannotIssue) as refused:
            outcome.refused.append((case, str(refused)))
        else:
            done.append(case)
    return outcome
