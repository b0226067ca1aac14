"""The machine of the mandate application 授权申请: the only place where its state changes.

Read it as a table: from (source), action (method), to (target), who (by). What must hold and what follows
is in services.mandate_applications, which locks the row, asks, and acts by this table.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from viewflow.fsm import State

from credit_repair.people.models import MandateApplication

S = MandateApplication.State


class By(models.TextChoices):
    """Who acts on an application for a mandate."""

    APPLICANT = "applicant", _("申请人")
    OFFICIAL = "official", _("受理人员或者身份核验")


class MandateFlow:
    """The application for a mandate around one row."""

    ENDS = frozenset({S.APPROVED, S.REFUSED, S.WITHDRAWN})

    state = State(S, default=S.SUBMITTED)

    def __init__(self, application: MandateApplication) -> None:
        self.application = application

    @state.getter()
    def _stored(self) -> S:
        return S(self.application.state)

    @state.setter()
    def _store(self, value: S) -> None:
        self.application.state = value.value

    @state.transition(source=S.SUBMITTED, target=S.APPROVED, label=_("通过"), custom={"by": By.OFFICIAL})
    def approve(self) -> None:
        """An official has seen the letter, or an identity plugin has proved it: the mandate begins."""

    @state.transition(source=S.SUBMITTED, target=S.REFUSED, label=_("不通过"), custom={"by": By.OFFICIAL})
    def refuse(self) -> None:
        """An official says why not, and what to do."""

    @state.transition(source=S.SUBMITTED, target=S.WITHDRAWN, label=_("撤回"), custom={"by": By.APPLICANT})
    def withdraw(self) -> None:
        """The applicant takes the application back before it is decided."""
