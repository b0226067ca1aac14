"""What makes an official's work quicker: saved filters of the inbox, and blocks of text."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from credit_repair.registry.models import Office


class SavedFilter(models.Model):
    """A choice of the inbox 待办 that a person has given a name 常用筛选."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(_("名称"), max_length=30)
    #: The query of the address, as inbox.Filter writes it.
    query = models.CharField(max_length=500)

    class Meta:
        verbose_name = _("常用筛选")
        ordering = ["user", "name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_filter_name_once")]

    def __str__(self) -> str:
        return self.name


class TextBlock(models.Model):
    """A text for opinions, reasons and letters 常用语, of one office or of all."""

    class Use(models.TextChoices):
        AGREE = "agree", _("同意修复的核查意见")
        DISAGREE = "disagree", _("不同意修复的核查意见")
        NOT_ACCEPTED = "not_accepted", _("不予受理的理由")
        REFUSED = "refused", _("不予修复的理由")
        SEND_BACK = "send_back", _("退回核查的原因")
        FORWARD = "forward", _("转送的原因")
        EXTEND = "extend", _("延长期限的原因")
        ENQUIRY = "enquiry", _("协查事项")
        NOTE = "note", _("内部备注")

    office = models.ForeignKey(
        Office,
        verbose_name=_("使用单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="text_blocks",
        help_text=_("不选的，所有单位都能使用。"),
    )
    use = models.CharField(_("用于"), max_length=12, choices=Use.choices)
    title = models.CharField(_("名称"), max_length=40)
    text = models.TextField(_("内容"), max_length=2000)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("常用语")
        ordering = ["use", "position", "id"]
        indexes = [models.Index(fields=["use", "office"], name="text_block_by_use")]

    def __str__(self) -> str:
        return self.title
