"""What the applicant thinks of how a case was handled."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models.cases import Case


class CaseRating(models.Model):
    """The applicant's rating 好差评: five levels, once per case, after its end."""

    class Score(models.IntegerChoices):
        VERY_GOOD = 5, _("非常满意")
        GOOD = 4, _("满意")
        FAIR = 3, _("基本满意")
        POOR = 2, _("不满意")
        VERY_POOR = 1, _("非常不满意")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="rating")
    score = models.PositiveSmallIntegerField(_("评价"), choices=Score.choices)
    comment = models.TextField(_("意见"), blank=True)
    rated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="ratings")
    rated_at = models.DateTimeField()
    rated_on = models.DateField()

    class Meta:
        verbose_name = verbose_name_plural = _("好差评")
        constraints = [
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="rating_has_five_levels")
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_score_display()}"
