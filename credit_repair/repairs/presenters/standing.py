"""Where an application stands: how far it has come, with whom it lies, what happens next and by when.

For its applicant, and for anybody who has its number and query code: what is for anybody names no person and
gives no reason.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.cases.kinds import PublicStatus
from credit_repair.cases.models import Case, Clock, Phase, ReviewStep
from credit_repair.core.languages import fixed_text
from credit_repair.core.wording import day_text, stated
from credit_repair.platforms.effects import effects_of
from credit_repair.repairs.models import record_of
from credit_repair.repairs.presenters.common import TONES
from credit_repair.repairs.presenters.effects import summary_tag
from credit_repair.repairs.states import RepairState

S = RepairState

#: How far each state has come on the way: submit, accept, verify, decide, take down, done.
STAGE = {
    S.SCHEDULED: 1,
    S.SUBMITTED: 2,
    S.CORRECTION: 2,
    S.VERIFYING: 3,
    S.DECIDING: 4,
    S.APPROVED: 5,
    S.COMPLETED: 7,
    S.NOT_ACCEPTED: 2,
    S.LAPSED: 2,
    S.REFUSED: 4,
    S.REVOKED: 4,
}
WAY = (_l("提交"), _l("受理"), _l("核查"), _l("决定"), _l("平台撤下"), _l("办结"))
FAILED = (S.NOT_ACCEPTED, S.REFUSED, S.LAPSED, S.REVOKED)

#: What the applicant reads where nothing depends on a day.
_NOW = {
    S.SUBMITTED: _l("信用办正在审查材料，您现在不需要做什么。"),
    S.CORRECTION: _l("材料需要补正，请按补正通知书列出的事项一次补齐。"),
    S.VERIFYING: _l("认定单位正在核查整改和履行情况，您现在不需要做什么。"),
    S.DECIDING: _l("核查已经完成，认定单位正在作出决定，您现在不需要做什么。"),
    S.APPROVED: _l("已准予修复。系统已通知各平台停止公示，正在等待平台确认撤下。"),
    S.COMPLETED: _l("申请已经办结。决定书请下载保存。"),
    S.NOT_ACCEPTED: _l("申请没有受理，理由见通知书。按理由补充后可以重新申请。"),
    S.REFUSED: _l("这次没有准予修复，理由见决定书。按理由改正后可以重新申请。"),
    S.LAPSED: _l("补正期限届满，没有收到补正，申请终止。可以重新申请，已经提交的材料可以继续使用。"),
    S.WITHDRAWN: _l("申请已经撤回，以后仍可以重新申请。"),
    S.DISCARDED: _l("草稿已放弃，以后仍可以重新申请。"),
    S.CLOSED_MOOT: _l("这条信息已经停止公示，申请不再需要，由系统终结。"),
    S.REVOKED: _l("准予的信用修复已经撤销，理由和救济途径见撤销决定书。"),
}

#: While the day of this clock is still to come, it is said.
_UNTIL: dict[RepairState, tuple[str, Any]] = {
    S.SUBMITTED: (Clock.Kind.ACCEPTANCE, _l("信用办正在审查材料，最晚%s决定是否受理。您现在不需要做什么。")),
    S.CORRECTION: (
        Clock.Kind.CORRECTION,
        _l("材料需要补正，请在%s前（含当日）一次补齐。补正期间不计入办理期限。"),
    ),
    S.VERIFYING: (
        Clock.Kind.DECISION,
        _l("认定单位正在核查整改和履行情况，最晚%s作出决定。您现在不需要做什么。"),
    ),
    S.DECIDING: (
        Clock.Kind.DECISION,
        _l("核查已经完成，认定单位最晚%s作出决定。您现在不需要做什么。"),
    ),
}
#: The same for who follows it at the window, where a clerk reads it out.
_NOW_AT_WINDOW = {
    S.SUBMITTED: _l("信用办正在审查材料，现在不用办理。"),
    S.VERIFYING: _l("认定单位正在核查整改和履行情况，现在不用办理。"),
    S.DECIDING: _l("核查已经完成，认定单位正在作出决定，现在不用办理。"),
}
_UNTIL_AT_WINDOW = {
    S.SUBMITTED: _l("信用办正在审查材料，最晚%s决定是否受理。现在不用办理。"),
    S.VERIFYING: _l("认定单位正在核查整改和履行情况，最晚%s作出决定。现在不用办理。"),
    S.DECIDING: _l("核查已经完成，认定单位最晚%s作出决定。现在不用办理。"),
}
_OVERDUE = {
    S.SUBMITTED: _l("信用办正在审查材料，受理期限%s已经届满。"),
    S.CORRECTION: _l("补正期限%s已经届满，系统将终止这件申请。以后可以重新申请。"),
    S.VERIFYING: _l("认定单位正在核查整改和履行情况，决定期限%s已经届满。"),
    S.DECIDING: _l("核查已经完成，认定单位正在作出决定，决定期限%s已经届满。"),
}

#: What anybody reads.
_PUBLIC = {
    S.SUBMITTED: _l("已经收到申请，信用办正在审查材料，决定是否受理。"),
    S.CORRECTION: _l("材料需要补正，正在等待申请人补齐。补正期间不计入办理期限。"),
    S.VERIFYING: _l("申请已经受理，认定单位正在核查。"),
    S.DECIDING: _l("核查已经完成，认定单位正在作出决定。"),
    S.APPROVED: _l("已准予修复，正在等待各公示平台确认撤下。"),
    S.COMPLETED: _l("申请已经办结。"),
    S.NOT_ACCEPTED: _l("申请没有受理。理由和接下来怎么办，请申请人登录后查看通知书。"),
    S.REFUSED: _l("这次没有准予修复。理由和接下来怎么办，请申请人登录后查看决定书。"),
    S.LAPSED: _l("补正期限届满，没有收到补正，申请终止。可以重新申请。"),
    S.WITHDRAWN: _l("申请人已经撤回申请。"),
    S.CLOSED_MOOT: _l("这条信息已经停止公示，申请由系统终结。"),
    S.REVOKED: _l("准予的信用修复已经撤销。理由和救济途径，请申请人登录后查看决定书。"),
}


_TO_BE_REVOKED = _l("作出决定的单位拟撤销这次信用修复，正在听取当事人的意见，还没有决定。")


def now_words(case: Case, *, today: date, at_window: bool = False) -> str:
    """Say in one plain sentence what happens now, with the day on which it is due: for the applicant, or
    for the clerk `at_window`."""
    state = RepairState(case.state)
    if state == S.SCHEDULED:
        words = _("已经预约，%s由系统自动提交。您现在不需要做什么，在此之前可以取消预约、修改内容。")
        if at_window:
            words = _("已经预约，%s由系统自动提交。现在不用办理，在此之前可以取消预约、修改内容。")
        return words % day_text(case.repair.scheduled_for)
    if state in _UNTIL:
        kind, words = _UNTIL[state]
        if at_window:
            words = _UNTIL_AT_WINDOW.get(state, words)
        due = running_until(case, kind)
        if due is not None:
            return str(words if today <= due else _OVERDUE[state]) % day_text(due)
    now = {**_NOW, **_NOW_AT_WINDOW} if at_window else _NOW
    return str(now.get(state, ""))


def running_until(case: Case, kind: str) -> date | None:
    """Return the due day of the clock `kind` while it runs; none where it stands, has stopped, or is not."""
    running = (clock for clock in case.clocks.all() if clock.kind == kind and clock.stopped_on is None)
    return next((clock.due_on for clock in running), None)


def stage_of(case: Case) -> list[dict[str, Any]]:
    """Return the way of an application as the stepper takes it; nothing where it ended on the way."""
    state = RepairState(case.state)
    stage = STAGE.get(state)
    if stage is None:
        return []
    here = "failed" if state in FAILED else "current"
    return [
        {"label": label, "state": "done" if number < stage else here if number == stage else "todo"}
        for number, label in enumerate(WAY, start=1)
    ]


def holders_of(case: Case, *, applicant: str) -> list[dict[str, Any]]:
    """Return with whom the application lies now, in which phase, since when; `applicant` is what the
    applicant is called. Where it is over, it lies with nobody."""
    state = RepairState(case.state)
    if state == S.SCHEDULED:
        return [{"who": _("系统"), "what": _("到期自动提交"), "since": None}]
    if state == S.CORRECTION:
        asked = [clock.started_on for clock in _unstopped(case) if clock.kind == Clock.Kind.CORRECTION]
        return [{"who": applicant, "what": _("补正材料"), "since": max(asked, default=None)}]
    if state == S.APPROVED:
        return [{"who": _("各公示平台"), "what": _("撤下信息"), "since": case.repair.decided_on}]
    return [
        {"who": step.office.name, "what": step.get_phase_display(), "since": step.opened_on}
        for step in case.steps.all()
        if step.state == ReviewStep.State.OPEN
    ]


def pauses_of(case: Case) -> list[dict[str, Any]]:
    """Return why the offices' time stands or stood, and from when to when; several clocks say it once."""
    found = {}
    for clock in _unstopped(case):
        for pause in clock.pauses.all():
            reason = fixed_text(pause.reason)
            found[pause.paused_on, pause.resumed_on, reason] = {
                "reason": reason,
                "since": pause.paused_on,
                "until": pause.resumed_on,
            }
    return [found[key] for key in sorted(found, key=lambda key: key[0])]


def holder_words(holder: dict[str, Any]) -> str:
    """Say e.g. 濉溪县信用办：受理."""
    return stated(holder["who"], holder["what"])


def public_status(case: Case, today: date) -> PublicStatus:
    """Return how an application stands, for anybody who has its number and query code."""
    state = RepairState(case.state)
    return PublicStatus(
        words=str(_TO_BE_REVOKED if _is_to_be_revoked(case) else _PUBLIC.get(state, "")),
        tone=TONES.get(state, "info"),
        steps=stage_of(case),
        holders=holders_of(case, applicant=_("申请人")),
        office=case.intake_office,
        notes=_effect_counts(case) if state in (S.APPROVED, S.COMPLETED) else (),
    )


def _effect_counts(case: Case) -> tuple[str, ...]:
    """At how many recipients each effect has stopped: numbers alone."""
    return tuple(
        stated(effect.kind.label, summary_tag(effect)["label"])
        for effect in effects_of(record_of(case)).effects
        if effect.lines
    )


def _is_to_be_revoked(case: Case) -> bool:
    """Whether a supervisor has a revocation of it to decide on, by its steps."""
    return any(
        step.phase == Phase.REVOKE and step.state == ReviewStep.State.OPEN for step in case.steps.all()
    )


def _unstopped(case: Case) -> Iterable[Clock]:
    return [clock for clock in case.clocks.all() if clock.stopped_on is None]
