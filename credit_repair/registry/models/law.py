"""What an office lays over the law: local rules, its own working days; and what the law was when."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from credit_repair.registry.models.offices import Sector


class RuleOverride(models.Model):
    """One value of a rule set that a local rule replaces 本地规则, from a day to a day.

    Never changed and never deleted: withdrawn, and where need be set anew. `path` and `value` are checked by
    the rules themselves before a row comes into being.
    """

    class Level(models.TextChoices):
        PROVINCE = "province", _("省级")
        CITY = "city", _("市级")
        SECTOR = "sector", _("行业")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rule_set = models.CharField(_("规则集"), max_length=40)
    path = models.CharField(_("规则项"), max_length=100)
    value = models.JSONField(_("本地值"), null=True)
    level = models.CharField(_("级别"), max_length=10, choices=Level.choices)
    sector = models.ForeignKey(
        Sector, verbose_name=_("行业领域"), null=True, blank=True, on_delete=models.PROTECT
    )
    in_force_from = models.DateField(_("施行日"))
    in_force_to = models.DateField(_("失效日"), null=True, blank=True)
    basis = models.CharField(_("依据"), max_length=500)
    reason = models.CharField(_("设置原因"), max_length=500)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_reason = models.CharField(_("撤回原因"), max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("本地规则")
        ordering = ["rule_set", "path", "level", "in_force_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(in_force_to__isnull=True) | Q(in_force_to__gte=F("in_force_from")),
                name="rule_override_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(level="sector", sector__isnull=False)
                | ~Q(level="sector") & Q(sector__isnull=True),
                name="rule_override_sector_has_a_sector",
            ),
            models.CheckConstraint(
                condition=~Q(basis="") & ~Q(reason=""), name="rule_override_has_basis_and_reason"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
                name="rule_override_withdrawn_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_set} {self.path}"


class CalendarDay(models.Model):
    """A day that an office declares to be a working day or a day off 工作日历调整, with the reason."""

    day = models.DateField(_("日期"), unique=True)
    working = models.BooleanField(_("是工作日"))
    reason = models.CharField(_("原因"), max_length=200)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = _("工作日历调整")
        ordering = ["day"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="calendar_day_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.day}"


class CalendarYear(models.Model):
    """That the days above describe a year completely 年度安排已公布, ahead of the bundled calendar."""

    year = models.PositiveSmallIntegerField(_("年份"), unique=True)
    source = models.CharField(_("公布文件"), max_length=200)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = _("已公布的年度放假安排")
        ordering = ["year"]

    def __str__(self) -> str:
        return f"{self.year}"


class LawStamp(models.Model):
    """One row that counts the changes of all above: by it a process knows whether what it holds is old."""

    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="law_stamp_is_one")]

    def __str__(self) -> str:
        return f"{self.version}"


class LawEdition(models.Model):
    """All rules as they stood 规则版本, under the hash that decisions keep: to explain them years later."""

    hash = models.CharField(_("摘要"), max_length=64, unique=True)
    content = models.JSONField()
    first_used_at = models.DateTimeField(_("首次启用"))

    class Meta:
        verbose_name = verbose_name_plural = _("规则版本")
        ordering = ["-first_used_at", "-id"]

    def __str__(self) -> str:
        return self.hash[:12]
