"""Ticking the checklist 核对清单 of a review step."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, ReviewStep
from credit_repair.cases.parts import open_steps, taken_by_another, visible_cases
from credit_repair.core import audit
from credit_repair.repairs.checklist import known_answers


@transaction.atomic
def save_checks(
    *, case: Case, step: UUID, actor: Any, today: date, answers: Mapping[str, Any]
) -> dict[str, str]:
    """Keep the answers to the checklist of an open step; return them as they are kept.

    step       the UUID of the step, looked up among the steps of the case
    answers    by the item's code; what the checklist does not know is passed over, what is left out is open

    The answers are a worker's aid: they stand in the audit, and not on the timeline. Raises NotYours where
    the actor may not see the case or it has no such step, ActionRefused with words where the step is not
    open to the actor, or a colleague has it in hand.
    """
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if not visible_cases(user=actor, on=today).filter(pk=locked.pk).exists():
        raise NotYours(f"checklist of {locked.uuid}")
    row = ReviewStep.objects.select_for_update().filter(case=locked, uuid=step).first()
    if row is None:
        raise NotYours(f"checklist of {locked.uuid}")
    mine = open_steps(user=actor, on=today).filter(pk=row.pk).first()
    if mine is None or taken_by_another(mine, actor=actor):
        raise ActionRefused(
            "not_in_hand", _("这一环节已经办完，或者由其他人办理，核对结果不能再改。请刷新页面。")
        )
    found = known_answers(row.phase, answers)
    if found != row.checks:
        row.checks = found
        row.save(update_fields=["checks"])
        audit.record(
            actor=actor, action="repair.check", target=locked, data={"step": str(row.uuid), "checks": found}
        )
    return found
