"""After an act: what was done, and the way to the next case."""

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from credit_repair.cases import selectors as cases
from credit_repair.cases.kinds import office_path
from credit_repair.cases.models import Case, TimelineEvent
from credit_repair.cases.parts import PHASE_OF
from credit_repair.core.clock import today
from credit_repair.core.languages import fixed_text
from credit_repair.repairs.states import part_of_act


def done_words(*, case: Case, event: TimelineEvent, user: Any) -> str:
    """Say what was done, with the way to the next case 下一件 of the same part, where one waits."""
    words = _("%(number)s：%(title)s。") % {"number": case.number, "title": fixed_text(event.title)}
    phase = PHASE_OF.get(part_of_act(event.action))
    step = cases.next_in_inbox(user=user, phase=phase, on=today()) if phase else None
    if step is None or step.case_id == case.pk:
        return words
    return format_html(
        '{} <a href="{}">{}</a>',
        words,
        office_path(step.case),
        _("下一件：%s") % step.case.number,
    )
