"""Who keeps away from a case 回避, and who may do two parts of it: the exception to the four eyes."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.candidates import candidates
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.fairness_selectors import (
    LONGEST_OVERRIDE,
    barred_people,
    last_day,
    supervises,
    undone_steps,
)
from credit_repair.cases.models import (
    Case,
    FourEyesOverride,
    Recusal,
    ReviewStep,
)
from credit_repair.cases.parts import handlers_of, running_overrides, visible_cases
from credit_repair.cases.services.internal import write_internally
from credit_repair.cases.services.steps import release_step
from credit_repair.cases.services.telling import tell_supervisors
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.core.wording import day_text
from credit_repair.people.models import User

#: Characters of a reason.
LONGEST_REASON = 500


# -- keeping away


@transaction.atomic
@in_site_language()
def declare_recusal(*, case: Case, actor: Any, today: date, reason: str) -> Recusal:
    """Let an official keep away from a case 自行回避: what they have taken of it goes back to their office,
    and the case does not exist for them any longer. Where nobody is left there who could handle it, the
    office's supervisors are mailed.

    Raises NotYours where the actor may not see the case, ActionRefused with words where their office has
    nothing to do in it any longer, or no reason is given.
    """
    locked = _locked(case)
    _must_see(locked, actor, today)
    left = undone_steps(case=locked, user=actor, on=today)
    if not left:
        raise ActionRefused("nothing_left", _("您单位在本案已经没有待办的环节，不需要声明回避。"))
    reason = _reason(reason, _("请写明回避的原因，例如与申请人有亲属关系。"))
    for step in locked.steps.filter(taken_by=actor, state=ReviewStep.State.OPEN):
        release_step(step=step, why=_("本人声明回避。"), actor=actor)
    declared = Recusal.objects.create(case=locked, user=actor, reason=reason, declared_at=now())
    event = write_internally(
        case=locked, action="declare_recusal", title=_("已声明回避"), text=reason, actor=actor
    )
    for step in locked.steps.filter(pk__in=[step.pk for step in left]).select_related("office", "taken_by"):
        if not _who_could_do(step, today):
            tell_supervisors(step=step, event=event, on=today)
    return declared


def _who_could_do(step: ReviewStep, today: date) -> list[User]:
    """Who has the step in hand or does it in their place; where nobody has it, whoever could take it up."""
    return handlers_of(step, on=today) if step.taken_by else candidates(step, on=today)


# -- the exception to the four eyes


@transaction.atomic
@in_site_language()
def grant_override(
    *, case: Case, user: User, actor: Any, today: date, reason: str, until: date
) -> FourEyesOverride:
    """Let `user` take the other part, too, in a case in which they took one 同一人办理的特别批准, until a day
    that counts still.

    Raises NotYours where the actor does not supervise an office of the case or keeps away, ActionRefused with
    words where they would let themself, or who they stand in for, where the four eyes do not stand in that
    person's way, where it lasts longer than LONGEST_OVERRIDE working days, or no reason is given.
    """
    locked = _locked(case)
    _must_supervise(locked, actor, today)
    if user == actor or not supervises(case=locked, actor=actor, on=today, but=user):
        raise ActionRefused("themself", _("不能批准自己，也不能代本人批准本人，请由其他负责人批准。"))
    if running_overrides(case=locked, on=today).filter(user=user).exists():
        raise ActionRefused("granted_already", _("已经批准过%(name)s，批准仍然有效。") % {"name": user})
    if user not in barred_people(case=locked, on=today):
        raise ActionRefused(
            "not_needed", _("%(name)s办理本案不受四眼原则限制，不需要特别批准。") % {"name": user}
        )
    if not today <= until <= last_day(today):
        raise ActionRefused(
            "too_long",
            _("有效期最短到今天，最长%(days)d个工作日，即到%(day)s为止。")
            % {"days": LONGEST_OVERRIDE, "day": day_text(last_day(today))},
        )
    reason = _reason(reason, _("请写明为什么只能由同一人办理。"))
    granted = FourEyesOverride.objects.create(
        case=locked,
        user=user,
        granted_by=actor,
        reason=reason,
        granted_at=now(),
        granted_on=today,
        until=until,
    )
    write_internally(
        case=locked,
        action="grant_override",
        title=_("已特别批准由同一人办理"),
        text=_("准许%(name)s在本案办理核查和审批两个环节，有效期至%(day)s。原因：%(reason)s")
        % {"name": user, "day": day_text(until), "reason": reason},
        actor=actor,
        facts={"user": user.pk, "until": until.isoformat()},
    )
    return granted


@transaction.atomic
@in_site_language()
def revoke_override(*, case: Case, override: FourEyesOverride, actor: Any, today: date, reason: str) -> None:
    """Take an exception to the four eyes back: what was done by it stays done.

    Raises NotYours as grant_override() does, ActionRefused with words where it is not in force any longer, or
    no reason is given.
    """
    locked = _locked(case)
    _must_supervise(locked, actor, today)
    row = running_overrides(case=locked, on=today).select_related("user").filter(pk=override.pk).first()
    if row is None:
        raise ActionRefused("not_running", _("这项批准已经到期或者撤销，不需要再撤销。"))
    reason = _reason(reason, _("请写明撤销的原因。"))
    row.revoked_at = now()
    row.save(update_fields=["revoked_at"])
    write_internally(
        case=locked,
        action="revoke_override",
        title=_("已撤销由同一人办理的特别批准"),
        text=_("%(name)s不能再在本案办理另一环节。原因：%(reason)s") % {"name": row.user, "reason": reason},
        actor=actor,
        facts={"user": row.user_id},
    )


# -- what both need


def _locked(case: Case) -> Case:
    """Lock the case first, as every act does."""
    Case.objects.select_for_update().values_list("pk").get(pk=case.pk)
    return Case.objects.select_related("subject").get(pk=case.pk)


def _must_see(case: Case, actor: Any, today: date) -> None:
    if not visible_cases(user=actor, on=today).filter(pk=case.pk).exists():
        raise NotYours(f"recusal on {case.uuid}")


def _must_supervise(case: Case, actor: Any, today: date) -> None:
    if not supervises(case=case, actor=actor, on=today):
        raise NotYours(f"override on {case.uuid}")


def _reason(reason: str, words: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ActionRefused("missing_text", words)
    if len(reason) > LONGEST_REASON:
        raise ActionRefused("too_many_characters", _("原因最多%d字，请写得短一些。") % LONGEST_REASON)
    return reason
