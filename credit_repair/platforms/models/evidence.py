"""What stands in a receipt's place 佐证: an official's proof that an effect of a record is over somewhere."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.registry.models import Platform, Record


class EffectKind(models.TextChoices):
    """The three effects 三项效果 of a record, each of which its end has to stop."""

    PUBLICITY = "publicity", _("公示")
    SHARING = "sharing", _("共享使用")
    SANCTION = "sanction", _("惩戒措施")


class EffectEvidence(models.Model):
    """That an effect of a record is over at one platform or department, without a receipt 佐证登记.

    One person enters what they saw, with the day and a paper; a second one confirms it or sends it back. Once
    confirmed, its `number` is what stands as receipt on the publication or the measure.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待复核")
        CONFIRMED = "confirmed", _("已复核")
        DECLINED = "declined", _("已退回")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("佐证编号"), max_length=30, unique=True, null=True, blank=True)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="effect_evidence")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="effect_evidence")
    effect = models.CharField(_("效果"), max_length=10, choices=EffectKind.choices)
    gone_on = models.DateField(_("确认终止的日期"))
    words = models.TextField(_("核实情况"))
    file = models.FileField(_("佐证材料"), upload_to="effect-evidence/", max_length=200)
    sha256 = models.CharField(_("校验值"), max_length=64)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("登记时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    answer = models.TextField(_("复核意见"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("效果终止佐证")
        constraints = [
            models.UniqueConstraint(
                fields=["record", "platform", "effect"],
                condition=Q(state="proposed"),
                name="effect_evidence_one_proposal",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="effect_evidence_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="effect_evidence_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(number__isnull=False),
                name="effect_evidence_confirmed_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(words="") & ~Q(file="") & ~Q(sha256=""), name="effect_evidence_has_its_proof"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} @ {self.platform}: {self.get_effect_display()}"
