"""Filings and cases: what was filed in one basket, and each case of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.core.codes import in_groups, new_code
from credit_repair.registry.models import Office, Record, Subject

QUERY_CODE_LETTERS = 12


def new_query_code() -> str:
    """Return an unguessable query code 查询码, 12 characters in three groups."""
    return in_groups(new_code(QUERY_CODE_LETTERS))


class Filing(models.Model):
    """The cases that were filed in one basket 一次申请; it has the query code.

    One that was filed at the window 窗口 belongs to the office of that window: its clerk stands in for the
    applicant there, on the subject's signed paper.
    """

    class Channel(models.TextChoices):
        ONLINE = "online", _("网上")
        WINDOW = "window", _("窗口")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    query_code = models.CharField(_("查询码"), max_length=14, unique=True, default=new_query_code)
    subject = models.ForeignKey(
        Subject, null=True, blank=True, on_delete=models.PROTECT, related_name="filings"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="filings"
    )
    created_at = models.DateTimeField()
    channel = models.CharField(
        _("渠道"), max_length=8, choices=Channel.choices, default=Channel.ONLINE, db_default=Channel.ONLINE
    )
    window_office = models.ForeignKey(
        Office,
        verbose_name=_("代为提交的窗口"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="window_filings",
    )

    class Meta:
        verbose_name = _("申请批次")
        indexes = [models.Index(fields=["subject", "-created_at"], name="filing_by_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel="window", window_office__isnull=False)
                | ~Q(channel="window") & Q(window_office__isnull=True),
                name="filing_of_a_window_has_an_office",
            )
        ]

    def __str__(self) -> str:
        return self.query_code


class Case(models.Model):
    """A case 案件 of any kind: one inbox, one number, one door. Its kind adds a table of its own."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("种类"), max_length=20)
    number = models.CharField(_("案件编号"), max_length=30, null=True, blank=True, unique=True)
    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="cases")
    subject = models.ForeignKey(
        Subject, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    record = models.ForeignKey(Record, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    state = models.CharField(_("状态"), max_length=20)
    intake_office = models.ForeignKey(
        Office,
        verbose_name=_("受理单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="intake_cases",
    )
    deciding_office = models.ForeignKey(
        Office,
        verbose_name=_("认定单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deciding_cases",
    )
    # By which law: classes and periods from the day of the decision document, procedure and clocks from the
    # day of filing; both are kept, with the explanation that was given on that day.
    rule_set = models.CharField(max_length=40, blank=True)
    procedure_rule_set = models.CharField(max_length=40, blank=True)
    rulebook_hash = models.CharField(max_length=64, blank=True)
    explanation = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    submitted_on = models.DateField(_("提交日期"), null=True, blank=True)
    closed_on = models.DateField(_("结束日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("案件")
        constraints = [
            models.UniqueConstraint(
                fields=["record", "kind"],
                condition=Q(closed_on__isnull=True, record__isnull=False),
                name="case_one_open_per_record_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(submitted_on__isnull=True) | Q(number__isnull=False),
                name="case_submitted_has_a_number",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "-created_at"], name="case_by_subject"),
            models.Index(
                fields=["kind", "state"], condition=Q(closed_on__isnull=True), name="case_open_by_state"
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("草稿"))
