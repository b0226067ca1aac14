"""What departments do because of a record: share it on, or apply a sanction 共享使用和惩戒措施."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from credit_repair.registry.models import Platform, Record


class MeasureKind(models.TextChoices):
    """Which of the three effects of a repair ends it: stop_sharing or lift_sanction."""

    SHARING = "sharing", _("共享使用")
    SANCTION = "sanction", _("惩戒措施")


class MeasureRule(models.Model):
    """That a department takes a measure whenever a record of a kind is published 措施清单."""

    platform = models.ForeignKey(
        Platform, on_delete=models.CASCADE, related_name="measure_rules", verbose_name=_("部门")
    )
    kind = models.CharField(_("类型"), max_length=10, choices=MeasureKind.choices)
    record_kind = models.CharField(_("记录种类"), max_length=20)
    name = models.CharField(_("措施名称"), max_length=100)
    basis = models.CharField(_("依据"), max_length=200, blank=True)
    active = models.BooleanField(_("启用"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = _("措施清单")
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "kind", "record_kind"], name="measure_rule_once_per_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform}: {self.name}"


class Measure(models.Model):
    """That one department shares one record or applies a sanction because of it, and how that ended."""

    class State(models.TextChoices):
        IN_FORCE = "in_force", _("执行中")
        ENDING = "ending", _("待解除确认")
        ENDED = "ended", _("已解除")

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="measures")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="measures")
    kind = models.CharField(_("类型"), max_length=10, choices=MeasureKind.choices)
    name = models.CharField(_("措施名称"), max_length=100)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.IN_FORCE)
    applied_at = models.DateTimeField(_("开始时间"))
    ended_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    receipt = models.CharField(_("回执"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("共享和惩戒措施")
        constraints = [
            models.UniqueConstraint(
                fields=["record", "platform", "kind"], name="measure_once_per_record_and_department"
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | Q(ended_at__isnull=False), name="measure_ended_has_a_time"
            ),
            # By the department's own receipt, or by evidence that two officials answer for.
            models.CheckConstraint(
                condition=~Q(state="ended") | ~Q(receipt=""), name="measure_ended_by_receipt_or_evidence"
            ),
        ]
        indexes = [
            models.Index(fields=["record"], condition=Q(state="ending"), name="measure_ending"),
        ]

    def __str__(self) -> str:
        return f"{self.record} @ {self.platform}: {self.name}"
