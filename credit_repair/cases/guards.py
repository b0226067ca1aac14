"""Stored facts and dates that must hold before an act. One guard, one rule, one sentence for the person."""

from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.flow import Action, Guard
from credit_repair.cases.models import CaseActor


def not_acted_as(other: CaseActor.Part) -> Guard:
    """Four eyes 四眼原则: who took the other part in this case does not take this one."""

    def guard(step: Action) -> None:
        if CaseActor.objects.filter(case=step.case, user=step.actor, part=other).exists():
            raise ActionRefused(
                "four_eyes", _("您已经参与过本案的另一环节，核查与审批不能由同一人办理。请交由其他人员办理。")
            )

    guard.__name__ = f"not_acted_as_{other.value}"
    return guard


def needs_text(name: str, words: object) -> Guard:
    """The act must bring a text under `name`; `words` say so at the field."""

    def guard(step: Action) -> None:
        if not step.text(name):
            raise ActionRefused("missing_text", str(words))

    guard.__name__ = f"needs_{name}"
    return guard
