"""The machine of a request about one's own data 个人信息申请: the only place where its state changes.

Read it as a table: from (source), action (method), to (target), who (by). What must hold and what follows
is in services.requests, which locks the row, asks, and acts by this table.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from viewflow.fsm import State

from credit_repair.dossier.models import DataRequest

S = DataRequest.State


class By(models.TextChoices):
    """Who acts on a request."""

    ASKER = "asker", _("申请人")
    HANDLER = "handler", _("办理人员")
    #: Another one than who proposed the answer.
    SECOND = "second", _("复核人员")


class RequestFlow:
    """The request around one row."""

    ENDS = frozenset({S.ANSWERED, S.WITHDRAWN})

    state = State(S, default=S.SUBMITTED)

    def __init__(self, request: DataRequest) -> None:
        self.request = request

    @state.getter()
    def _stored(self) -> S:
        return S(self.request.state)

    @state.setter()
    def _store(self, value: S) -> None:
        self.request.state = value.value

    @state.transition(source=S.SUBMITTED, target=S.PROPOSED, label=_("提交复核"), custom={"by": By.HANDLER})
    def propose(self) -> None:
        """The register is to be changed: a second official looks at it first."""

    @state.transition(source=S.SUBMITTED, target=S.ANSWERED, label=_("答复"), custom={"by": By.HANDLER})
    def answer(self) -> None:
        """One official answers: nothing in the register changes."""

    @state.transition(source=S.PROPOSED, target=S.ANSWERED, label=_("复核通过"), custom={"by": By.SECOND})
    def confirm(self) -> None:
        """The second official agrees: the correction is made, and the asker told."""

    @state.transition(source=S.PROPOSED, target=S.SUBMITTED, label=_("退回"), custom={"by": By.SECOND})
    def send_back(self) -> None:
        """The second official does not agree, and says why."""

    @state.transition(
        source={S.SUBMITTED, S.PROPOSED}, target=S.WITHDRAWN, label=_("撤回"), custom={"by": By.ASKER}
    )
    def withdraw(self) -> None:
        """Who asked takes it back."""
