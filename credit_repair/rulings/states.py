"""How a court's ruling goes through the credit office 裁定的办理: who may move it from where to where.

Read it as a table; services.rulings and services.shielding lock the row, ask, and act by it.
"""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.rulings.errors import RulingRefused
from credit_repair.rulings.models import CourtRuling

S = CourtRuling.State


class By(models.TextChoices):
    """Who acts on a ruling."""

    APPLICANT = "applicant", _l("申请人")
    INTAKE = "intake", _l("信用办受理人员")
    APPROVER = "approver", _l("信用办审批人员或者负责人")


#: act → from, to, who.
MOVES: dict[str, tuple[str, str, By]] = {
    "withdraw": (S.SUBMITTED, S.WITHDRAWN, By.APPLICANT),
    "register": (S.SUBMITTED, S.REGISTERED, By.INTAKE),
    "refuse": (S.SUBMITTED, S.REFUSED, By.INTAKE),
    "give_back": (S.REGISTERED, S.SUBMITTED, By.APPROVER),
    "execute": (S.REGISTERED, S.EXECUTED, By.APPROVER),
}
#: States in which nobody has to do anything any longer.
ENDS = frozenset({S.EXECUTED, S.REFUSED, S.WITHDRAWN})


def move(ruling: CourtRuling, act: str) -> None:
    """Let a locked `ruling` move by `act`, in memory; RulingRefused where it stands elsewhere by now."""
    source, target, _by = MOVES[act]
    if ruling.state != source:
        words = _("这件裁定现在是“%s”，不能这样办理，可能刚由别人办理。请刷新页面查看。")
        raise RulingRefused(words % ruling.get_state_display())
    ruling.state = target
