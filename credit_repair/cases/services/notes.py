"""Internal notes 内部备注: what officials tell one another about a case. Applicants never see them."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, TimelineEvent
from credit_repair.cases.parts import visible_cases
from credit_repair.cases.services.internal import write_internally
from credit_repair.core.languages import in_site_language

#: Characters of one note.
MOST_CHARACTERS = 2000


@transaction.atomic
@in_site_language()
def add_note(*, case: Case, actor: Any, today: date, text: str) -> TimelineEvent:
    """Write a note on the case's timeline, for officials alone; return the event.

    Whoever may see the case as an official may write one, also after its end. Raises NotYours where the
    actor may not see it, ActionRefused with words where there is no text, or too much of it.
    """
    # The case first, as every act does.
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if not visible_cases(user=actor, on=today).filter(pk=locked.pk).exists():
        raise NotYours(f"note on {locked.uuid}")
    text = text.strip()
    if not text:
        raise ActionRefused("no_text", _("请写备注的内容。"))
    if len(text) > MOST_CHARACTERS:
        raise ActionRefused("too_long", _("备注最多2000字，请分成几条写。"))
    return write_internally(case=locked, action="note", title=_("内部备注"), text=text, actor=actor)
