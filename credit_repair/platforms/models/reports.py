"""What an enterprise says it has seen of its own record on a website that is not ours."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.platforms.models.reconciliation import Sighting
from credit_repair.registry.models import Platform, Record


class SightingReport(models.Model):
    """That the subject saw its record on a website after its end 仍在公示的反映. It proves nothing by itself:
    an official looks, and what they see becomes a sighting 第三方核查."""

    class State(models.TextChoices):
        OPEN = "open", _("待核查")
        CONFIRMED = "confirmed", _("已核实")
        DECLINED = "declined", _("没有查到")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="sighting_reports")
    #: None where the website is none of those that are known; `website` says which one it is then.
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="sighting_reports"
    )
    website = models.CharField(_("网站名称"), max_length=100, blank=True)
    address = models.URLField(_("网页地址"), max_length=500)
    seen_on = models.DateField(_("看到的日期"))
    words = models.CharField(_("说明"), max_length=500, blank=True)
    file = models.FileField(_("网页截图"), upload_to="sighting-reports/", max_length=200)
    sha256 = models.CharField(_("校验值"), max_length=64)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(_("反映时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answer = models.TextField(_("答复"), blank=True)
    sighting = models.OneToOneField(
        Sighting, on_delete=models.PROTECT, null=True, blank=True, related_name="report"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("第三方网站公示的反映")
        constraints = [
            models.CheckConstraint(
                condition=Q(platform__isnull=False) | ~Q(website=""), name="sighting_report_names_a_website"
            ),
            models.CheckConstraint(
                condition=~Q(file="") & ~Q(sha256=""), name="sighting_report_has_its_picture"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="sighting_report_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(sighting__isnull=False),
                name="sighting_report_confirmed_by_sighting",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(answer=""), name="sighting_report_declined_says_why"
            ),
            models.UniqueConstraint(
                fields=["record", "address"],
                condition=Q(state="open"),
                name="sighting_report_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["reported_at"], condition=Q(state="open"), name="sighting_report_to_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.record}: {self.place}"

    @property
    def place(self) -> str:
        """What the website is called."""
        return self.platform.name if self.platform else self.website
