"""Prepared applications 预制申请: what an office has made ready, and an enterprise only confirms."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Case, Filing, Paper
from credit_repair.notices.models import Document
from credit_repair.registry.models import Office, Record, Subject


class PreparedApplication(models.Model):
    """An application that an office proposes to a subject, about one or several of its records.

    It is no case: the enterprise makes the drafts of it by confirming, in a basket of its own, so that what
    is filed is always the applicant's act. Who proposed counts as having verified each of these cases.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待确认")
        TAKEN_UP = "taken_up", _("已确认")
        DECLINED = "declined", _("已谢绝")
        WITHDRAWN = "withdrawn", _("已撤回")
        EXPIRED = "expired", _("已过期")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    office = models.ForeignKey(
        Office, verbose_name=_("提出单位"), on_delete=models.PROTECT, related_name="proposals"
    )
    subject = models.ForeignKey(
        Subject, verbose_name=_("主体"), on_delete=models.PROTECT, related_name="proposals"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("提出人"),
        on_delete=models.PROTECT,
        related_name="proposals",
    )
    proposed_at = models.DateTimeField(_("提出时间"))
    proposed_on = models.DateField(_("提出日期"))
    statement = models.TextField(_("改正和履行情况"), max_length=2000)
    #: The last day on which it can be confirmed.
    confirm_by = models.DateField(_("请在此日前确认"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    #: The letter that told the subject of it.
    letter = models.OneToOneField(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="proposal"
    )
    #: The basket that the enterprise made of it.
    filing = models.OneToOneField(
        Filing, null=True, blank=True, on_delete=models.PROTECT, related_name="proposal"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: Why it was declined or withdrawn.
    reason = models.CharField(_("原因"), max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("预制申请")
        indexes = [
            models.Index(fields=["subject"], condition=Q(state="open"), name="proposal_open_by_subject"),
            models.Index(fields=["confirm_by"], condition=Q(state="open"), name="proposal_to_expire"),
            models.Index(fields=["office", "-proposed_at"], name="proposal_by_office"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | ~Q(state="open") & Q(ended_at__isnull=False),
                name="proposal_ends_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="taken_up", filing__isnull=False)
                | ~Q(state="taken_up") & Q(filing__isnull=True),
                name="proposal_taken_up_has_a_filing",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["declined", "withdrawn"]) | ~Q(reason=""),
                name="proposal_ended_says_why",
            ),
            models.CheckConstraint(
                condition=Q(confirm_by__gte=F("proposed_on")), name="proposal_has_time_to_confirm"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.proposed_on}"


class PreparedRecord(models.Model):
    """One record of a prepared application, with the day on which its duties were performed."""

    proposal = models.ForeignKey(PreparedApplication, on_delete=models.CASCADE, related_name="records")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="prepared")
    performed_on = models.DateField(_("义务履行完毕日期"))
    #: Whether its proposal is open: one open proposal a record.
    is_open = models.BooleanField(default=True)
    #: The application that came of it.
    case = models.OneToOneField(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="prepared_as"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("预制申请的信息")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=Q(is_open=True), name="prepared_once_at_a_time"
            ),
            models.UniqueConstraint(fields=["proposal", "record"], name="prepared_once_per_proposal"),
            models.CheckConstraint(
                condition=Q(is_open=False) | Q(case__isnull=True), name="prepared_case_ends_the_proposal"
            ),
        ]

    def __str__(self) -> str:
        return str(self.record)


class ProposalPaper(models.Model):
    """A proof of performance 履行证明 that the office has, such as what its own fee system prints."""

    proposal = models.ForeignKey(PreparedApplication, on_delete=models.CASCADE, related_name="papers")
    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="proposes")

    class Meta:
        verbose_name = verbose_name_plural = _("预制申请的证明材料")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.paper)
