"""How an office's letters look: head, seal, contact, fonts."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from credit_repair.notices.models.proposals import FOUR_EYES, Proposal
from credit_repair.registry.models import Office


class OfficeFont(models.Model):
    """A font file that an office is licensed to use 授权字体; checked when it came in, kept for ever."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    office = models.ForeignKey(Office, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="fonts")
    name = models.CharField(_("字体名称"), max_length=100)
    file = models.FileField(upload_to="fonts")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    characters = models.PositiveIntegerField(_("字数"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("授权字体")
        constraints = [models.UniqueConstraint(fields=["office", "sha256"], name="office_font_once")]

    def __str__(self) -> str:
        return self.name


def _font_key(label: Any) -> models.ForeignKey:
    return models.ForeignKey(
        OfficeFont, verbose_name=label, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )


class OfficeStyle(Proposal):
    """Head, seal, contact and fonts of an office's letters 文书样式. What is empty is as the site has it."""

    head = models.CharField(_("发文机关标志"), max_length=40, blank=True)
    seal_svg = models.TextField(_("印章图"), blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    hours = models.CharField(_("办公时间"), max_length=100, blank=True)
    font_body = _font_key(_("正文字体（仿宋）"))
    font_title = _font_key(_("标题字体（小标宋）"))
    font_heading = _font_key(_("一级标题字体（黑体）"))
    font_subheading = _font_key(_("二级标题字体（楷体）"))

    class Meta(Proposal.Meta):
        verbose_name = verbose_name_plural = _("文书样式")
        constraints = [
            models.UniqueConstraint(
                fields=["office"], condition=models.Q(state="open"), name="office_style_one_open"
            ),
            models.UniqueConstraint(
                fields=["office"], condition=models.Q(state="current"), name="office_style_one_current"
            ),
            models.CheckConstraint(condition=FOUR_EYES, name="office_style_four_eyes"),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self._meta.verbose_name}"
