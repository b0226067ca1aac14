"""The states of a repair application, and the field of the case that holds them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.flow import CaseFlow, State


class RepairState(models.TextChoices):
    """States of a repair application."""

    DRAFT = "draft", _("草稿")
    SCHEDULED = "scheduled", _("已预约")
    SUBMITTED = "submitted", _("待受理")
    CORRECTION = "correction", _("待补正")
    VERIFYING = "verifying", _("核查中")
    DECIDING = "deciding", _("待决定")
    APPROVED = "approved", _("已准予，平台撤下中")
    COMPLETED = "completed", _("已办结")
    NOT_ACCEPTED = "not_accepted", _("不予受理")
    REFUSED = "refused", _("不予修复")
    WITHDRAWN = "withdrawn", _("已撤回")
    DISCARDED = "discarded", _("已放弃")
    LAPSED = "lapsed", _("逾期未补正，已终止")
    CLOSED_MOOT = "closed_moot", _("已终结")
    REVOKED = "revoked", _("修复已撤销")


#: What every row of the machine is written with.
STATE = State(RepairState, default=RepairState.DRAFT)


class OfOneCase(CaseFlow):
    """The machine's state is the case's."""

    state = STATE

    @STATE.getter()
    def _stored(self) -> str:
        return self.case.state

    @STATE.setter()
    def _store(self, value: str) -> None:
        self.case.state = RepairState(value).value
