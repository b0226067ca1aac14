"""What a subject declares of itself 主动公示 is looked at before it is published; and may be withdrawn."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused
from credit_repair.commitments.access import insist, may_look
from credit_repair.commitments.models import Commitment, CommitmentEvent
from credit_repair.commitments.models.lists import Kind
from credit_repair.commitments.services.noting import locked, note
from credit_repair.commitments.states import move
from credit_repair.people import access

What = CommitmentEvent.What


@transaction.atomic
def accept(*, commitment: Commitment, check_from: date | None, actor: Any, today: date) -> Commitment:
    """Publish what a subject declares; from `check_from` on it is to be checked, None for never.

    Raises NotYours, ActionRefused with words.
    """
    commitment = locked(commitment)
    insist(may_look(commitment, user=actor, on=today))
    if check_from is not None and check_from <= today:
        raise ActionRefused("too_early", _("核查日期要晚于今天；不安排核查的，请留空。"))
    if commitment.valid_until is not None and commitment.valid_until < today:
        raise ActionRefused("over", _("这份承诺的有效期已过，不能公开。请写明原因，不予采纳。"))
    move(commitment, "accept")
    commitment.check_from, commitment.published_on = check_from, today
    commitment.save(update_fields=["state", "check_from", "published_on"])
    note(commitment, What.MADE, actor=actor, today=today)
    return commitment


@transaction.atomic
def decline(*, commitment: Commitment, reason: str, actor: Any, today: date) -> Commitment:
    """Do not publish what a subject declares, for a reason that it is told. Raises as accept()."""
    commitment = locked(commitment)
    insist(may_look(commitment, user=actor, on=today))
    if not reason.strip():
        raise ActionRefused("no_reason", _("请写明不予采纳的原因。"))
    move(commitment, "decline")
    commitment.ended_on = today
    commitment.save(update_fields=["state", "ended_on"])
    note(commitment, What.DECLINED, actor=actor, today=today, text=reason.strip())
    return commitment


@transaction.atomic
def withdraw(*, commitment: Commitment, actor: Any, today: date) -> Commitment:
    """Take back a declaration of the subject's own; what stands in the place of an approval or a proof, or a
    repair rests on, binds. Raises NotYours, ActionRefused with words."""
    commitment = locked(commitment)
    insist(access.may_act_for(user=actor, subject=commitment.subject, on=today))
    if commitment.kind != Kind.VOLUNTARY:
        raise ActionRefused("binding", _("这类承诺替代了审批、证明或者修复的条件，不能撤回。"))
    was_looked_at = commitment.state != Commitment.State.SUBMITTED
    move(commitment, "withdraw")
    commitment.ended_on = today
    commitment.save(update_fields=["state", "ended_on"])
    what = What.WITHDRAWN
    note(commitment, what, actor=actor, today=today, mail=False, told=was_looked_at)
    return commitment
