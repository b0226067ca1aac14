"""Passages of documents in an office's own words."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit_repair.notices.models.proposals import FOUR_EYES, Proposal


class NoticeText(Proposal):
    """A passage 段落 of a kind of document in an office's words; empty: the site's own words again.

    `kind` is the kind of document, `slot` the passage in it (`wording.SLOTS`); placeholders stand in braces.
    """

    kind = models.CharField(_("文书"), max_length=40)
    slot = models.CharField(_("段落"), max_length=20)
    text = models.TextField(_("内容"), max_length=600, blank=True)

    class Meta(Proposal.Meta):
        verbose_name = verbose_name_plural = _("文书文字")
        constraints = [
            models.UniqueConstraint(
                fields=["office", "kind", "slot"],
                condition=models.Q(state="open"),
                name="notice_text_one_open",
            ),
            models.UniqueConstraint(
                fields=["office", "kind", "slot"],
                condition=models.Q(state="current"),
                name="notice_text_one_current",
            ),
            models.CheckConstraint(condition=FOUR_EYES, name="notice_text_four_eyes"),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.kind} {self.slot}"
