"""Stored facts and dates that must hold before an act. One guard, one rule, one sentence for the person."""

from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotOffered
from credit_repair.cases.flow import Action, Guard
from credit_repair.cases.models import CaseActor
from credit_repair.cases.parts import running_overrides


def not_acted_as(other: CaseActor.Part) -> Guard:
    """Four eyes 四眼原则: who took the other part in this case does not take this one."""

    def guard(step: Action) -> None:
        if not getattr(step.review, f"took_{other.value}"):
            return
        _by_override(step, _("您已经参与过本案的另一环节，核查与审批不能由同一人办理。请交由其他人员办理。"))

    guard.__name__ = f"not_acted_as_{other.value}"
    return guard


def _by_override(step: Action, words: str) -> None:
    """Note the supervisor's exception that lets the actor take both parts in this case today; refuse, in
    `words`, where there is none."""
    found = running_overrides(case=step.case, on=step.today).filter(user=step.actor).first()
    if found is None:
        raise ActionRefused("four_eyes", words)
    step.override = found


def decides_last(step: Action) -> None:
    """No level above re-checks 复核 after this office: what it decides is the decision."""
    if getattr(step.review, "has_later", False):
        raise NotOffered("needs_recheck", _("本案须报上级单位复核，请提交拟办意见。"))


def is_rechecked(step: Action) -> None:
    """A level above re-checks 复核 after this office: it hands its opinion on."""
    if not getattr(step.review, "has_later", False):
        raise NotOffered("no_recheck", _("本案不需要上级单位复核，请直接作出决定。"))


def not_endorsed(step: Action) -> None:
    """Who handed the case up does not re-check it."""
    if not getattr(step.review, "did_before", False):
        return
    _by_override(step, _("报请复核的意见是您提出的，复核不能由同一人办理。请交由其他人员办理。"))


def not_decided_before(step: Action) -> None:
    """Who decided what was set aside does not decide it anew: no exception is made from that."""
    if getattr(step.review, "decided_before", False):
        raise ActionRefused(
            "decided_before", _("原来的决定是您办理的，重新决定不能由同一人办理。请交由其他人员办理。")
        )


def needs_text(name: str, words: object) -> Guard:
    """The act must bring a text under `name`; `words` say so at the field."""

    def guard(step: Action) -> None:
        if not step.text(name):
            raise ActionRefused("missing_text", str(words))

    guard.__name__ = f"needs_{name}"
    return guard
