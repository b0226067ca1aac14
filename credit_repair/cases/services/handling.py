"""Who has a review step in hand: taken up 接手, given back 退回本单位, handed over 移交, assigned 改派.

Whoever has taken a step is the one at the office who does it; transition() refuses an act of anybody else.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.candidates import candidates
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, Phase, ReviewStep, TimelineEvent
from credit_repair.cases.parts import PERMISSION_OF, is_partial, open_steps, taken_by_another
from credit_repair.cases.services.internal import write_internally
from credit_repair.cases.services.telling import tell_of_step
from credit_repair.core.languages import in_site_language
from credit_repair.people import access
from credit_repair.people.models import User


@transaction.atomic
def claim(*, step: ReviewStep, actor: Any, today: date) -> TimelineEvent:
    """Take up 接手 an open step of one's own office that nobody has taken; return the timeline event.

    Raises NotYours where the actor holds no such part at the step's office or keeps away 回避, ActionRefused
    where the step is done by now, where somebody has taken it meanwhile, with the name, and where the four
    eyes forbid it.
    """
    row = _locked(step)
    permission = PERMISSION_OF[Phase(row.phase)]
    able = access.may_at_office(user=actor, permission=permission, office=row.office, on=today)
    if not able or is_partial(case=row.case, actor=actor):
        raise NotYours(f"step {row.uuid}")
    _must_be_open(row)
    if row.taken_by_id == actor.pk:
        raise ActionRefused("yours", _("您已经接手了这一环节。"))
    if row.taken_by is not None:
        raise ActionRefused(
            "taken", _("这一环节刚刚由%(name)s接手，不需要您再办理。") % {"name": row.taken_by}
        )
    if actor not in candidates(row, on=today, present=False):
        raise ActionRefused(
            "four_eyes", _("您已经参与过本案的另一环节，核查与审批不能由同一人办理。请交由其他人员接手。")
        )
    return _give(row, actor, actor=actor, action="claim_step")


@transaction.atomic
def give_back(*, step: ReviewStep, actor: Any, today: date, why: str = "") -> TimelineEvent:
    """Give a step that one has in hand back to the office 退回本单位, for a colleague to take up; return the
    timeline event. A substitute does it in the taker's place.

    Raises NotYours and ActionRefused as hand_over() does.
    """
    row = _in_hand(step, actor, today)
    return _give(row, None, actor=actor, action="give_back_step", why=why)


@transaction.atomic
def hand_over(*, step: ReviewStep, to: Any, actor: Any, today: date, why: str) -> TimelineEvent:
    """Give a step that one has in hand to a colleague of the office 移交; return the timeline event.

    Raises NotYours where the step is not the actor's to act on, ActionRefused where it is done by now or in
    other hands, where no reason is given, and where the colleague cannot do it.
    """
    row = _in_hand(step, actor, today)
    _must_say(why, _("请写明移交的原因和需要交接的情况。"))
    _must_be_able(row, to, today)
    return _give(row, to, actor=actor, action="hand_over_step", why=why)


@transaction.atomic
def assign(
    *, step: ReviewStep, to: Any, actor: Any, today: date, why: str = "", tells: bool = True
) -> TimelineEvent:
    """Assign a step of an office that the actor supervises to a member who can do it 改派, or with to=None
    take it from who has it; return the timeline event. The member is mailed, if `tells`.

    Raises NotYours where the actor does not supervise the office or keeps away 回避, ActionRefused where the
    step is done by now, where that person cannot do it, and where it is taken from somebody without a reason.
    """
    row = _locked(step)
    supervises = access.may_at_office(user=actor, permission="supervise", office=row.office, on=today)
    if not supervises or is_partial(case=row.case, actor=actor):
        raise NotYours(f"step {row.uuid}")
    _must_be_open(row)
    if to is None and row.taken_by is None:
        raise ActionRefused("untaken", _("这一环节还没有人接手。"))
    if row.taken_by is not None:
        _must_say(why, _("从办理人手中改派的，请写明原因。"))
    if to is not None:
        _must_be_able(row, to, today)
    return _give(row, to, actor=actor, action="assign_step", why=why, tells=tells)


def _locked(step: ReviewStep) -> ReviewStep:
    """Lock the case first, as every act does, then read the step as it is now."""
    Case.objects.select_for_update().values_list("pk").get(pk=step.case_id)
    return ReviewStep.objects.select_related("case", "office", "taken_by", "clock").get(pk=step.pk)


def _must_be_open(row: ReviewStep) -> None:
    if row.state != ReviewStep.State.OPEN:
        raise ActionRefused("state", _("这一环节已经不在办理中。请刷新页面查看最新进度。"))


def _in_hand(step: ReviewStep, actor: Any, today: date) -> ReviewStep:
    """Return the step, locked, that the actor has in hand, or does in the place of who has."""
    row = _locked(step)
    permission = PERMISSION_OF[Phase(row.phase)]
    theirs = open_steps(user=actor, on=today, phases=[Phase(row.phase)]).filter(pk=row.pk).first()
    able = access.may_at_office(user=actor, permission=permission, office=row.office, on=today)
    if not (theirs or able) or is_partial(case=row.case, actor=actor):
        raise NotYours(f"step {row.uuid}")
    _must_be_open(row)
    if row.taken_by is None:
        raise ActionRefused("untaken", _("这一环节已经退回本单位，还没有人接手。"))
    if theirs is None or taken_by_another(theirs, actor=actor):
        raise ActionRefused("taken", _("这一环节现由%(name)s办理，不在您手中。") % {"name": row.taken_by})
    return row


def _must_say(why: str, words: str) -> None:
    if not why.strip():
        raise ActionRefused("missing_text", words)


def _must_be_able(row: ReviewStep, to: User, today: date) -> None:
    if to.pk == row.taken_by_id:
        raise ActionRefused("same", _("这一环节已经由%(name)s办理。") % {"name": to})
    if to not in candidates(row, on=today):
        raise ActionRefused(
            "not_able",
            _("%(name)s现在不能办理这一环节：不在本单位任相应角色、正在离岗，或者应当回避。请另选一人。")
            % {"name": to},
        )


@in_site_language()
def _give(
    row: ReviewStep, to: User | None, *, actor: Any, action: str, why: str = "", tells: bool = True
) -> TimelineEvent:
    """Put the step into the hands of `to`, nobody's with None, write it down for officials, and mail `to` if
    `tells`."""
    case, was = row.case, row.taken_by
    row.taken_by = to
    row.save(update_fields=["taken_by"])
    event = write_internally(
        case=case,
        action=action,
        title=_title(action, to),
        text=_words(row, was, to, why.strip()),
        actor=actor,
        audited_as=action,
        facts={
            "step": str(row.uuid),
            "office": row.office.code,
            "taker_was": was.pk if was else None,
            "taker": to.pk if to else None,
        },
    )
    if tells:
        tell_of_step(step=row, event=event)
    return event


def _title(action: str, to: User | None) -> str:
    titles = {
        "claim_step": _("接手办理"),
        "give_back_step": _("退回本单位，待同事领取"),
        "hand_over_step": _("移交同事办理"),
        "assign_step": _("改派办理人") if to else _("收回本单位，待重新分派"),
    }
    return titles[action]


def _words(row: ReviewStep, was: User | None, to: User | None, why: str) -> str:
    """Return e.g. 受理环节由李受移给钱受办理。要去培训。"""
    named = {"phase": row.get_phase_display(), "was": was, "to": to}
    if was is None:
        said = _("%(phase)s环节由%(to)s办理。") % named
    elif to is None:
        said = _("%(phase)s环节原由%(was)s办理。") % named
    else:
        said = _("%(phase)s环节原由%(was)s办理，改由%(to)s办理。") % named
    return f"{said}{why}"
