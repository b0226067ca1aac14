"""Checks of a commitment 承诺核查: when they are due, what was found, and what the subject says to it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Paper
from credit_repair.commitments.models.commitments import Commitment
from credit_repair.notices.models import Document


class CommitmentCheck(models.Model):
    """One check of a commitment, from the day on which it is opened to its finding.

    Broken is adverse: one official finds it, the subject may answer 申辩 until `answer_until`, and another
    official of the office confirms it. `document` is the notice of that.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待核查")
        PROPOSED = "proposed", _("待申辩和确认")
        DONE = "done", _("已核查")

    class Finding(models.TextChoices):
        KEPT = "kept", _("已履行")
        PARTLY = "partly", _("部分履行")
        BROKEN = "broken", _("违背承诺")
        #: What it was for has been decided elsewhere, as when a repair is revoked.
        MOOT = "moot", _("不再核查")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="checks")
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.OPEN)
    opened_on = models.DateField(_("开始日期"))
    due_on = models.DateField(_("核查期限"))
    finding = models.CharField(_("核查结果"), max_length=8, choices=Finding.choices, blank=True)
    text = models.TextField(_("核查情况"), blank=True)
    reasons = models.TextField(_("理由"), blank=True)
    papers = models.ManyToManyField(Paper, blank=True, related_name="commitment_checks")
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    found_on = models.DateField(null=True, blank=True)
    answer_until = models.DateField(_("申辩截止日"), null=True, blank=True)
    answer = models.TextField(_("申辩"), blank=True)
    answer_paper = models.OneToOneField(
        Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="commitment_answer"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_on = models.DateField(null=True, blank=True)
    #: What was found of the answer, and by whom broken was confirmed.
    reply = models.TextField(_("对申辩的意见"), blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_on = models.DateField(null=True, blank=True)
    document = models.OneToOneField(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="commitment_check"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("承诺核查")
        ordering = ["commitment", "pk"]
        indexes = [
            models.Index(fields=["due_on"], condition=~Q(state="done"), name="commitment_check_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment"], condition=~Q(state="done"), name="commitment_checked_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="open")
                | Q(state="done", finding="moot")
                | (~Q(finding="") & Q(found_by__isnull=False)),
                name="commitment_check_has_a_finder",
            ),
            models.CheckConstraint(
                condition=~Q(state="done", finding="broken")
                | (Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F("found_by"))),
                name="commitment_broken_takes_two",
            ),
            models.CheckConstraint(
                condition=~Q(state="proposed") | Q(finding="broken", answer_until__isnull=False),
                name="commitment_proposal_can_be_answered",
            ),
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_by__isnull=False, answered_on__isnull=False),
                name="commitment_answer_has_a_hand",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.due_on}"
