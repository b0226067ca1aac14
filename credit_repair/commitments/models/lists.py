"""What can be promised in the place of a paper: the item lists 承诺事项清单 of the offices."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from credit_repair.registry.models import Office


class Kind(models.TextChoices):
    """The four types of commitments 信用承诺类型."""

    APPROVAL = "approval", _("审批替代型")
    PROOF = "proof", _("证明替代型")
    REPAIR = "repair", _("信用修复型")
    VOLUNTARY = "voluntary", _("主动公示型")


class Unit(models.TextChoices):
    """In what the time until the check is counted."""

    WORKING_DAYS = "days", _("个工作日")
    MONTHS = "months", _("个月")


class CommitmentList(models.Model):
    """An item list 承诺事项清单: what is promised to an office in the place of an approval or a proof.

    `version` rises with each change; a commitment keeps the items and the version that it was given under.
    `check_after` counts from the day of the commitment, in `check_unit`; none: no check is planned.
    """

    #: Repair has its own letter, and a voluntary declaration is the subject's own words.
    KINDS = (Kind.APPROVAL, Kind.PROOF)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    office = models.ForeignKey(
        Office, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="commitment_lists"
    )
    kind = models.CharField(_("类型"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("名称"), max_length=60)
    items = models.JSONField(_("承诺事项"))
    legal_basis = models.CharField(_("依据"), max_length=200)
    who = models.CharField(_("适用对象"), max_length=200, blank=True)
    validity_months = models.PositiveSmallIntegerField(_("有效期（月）"), null=True, blank=True)
    check_after = models.PositiveSmallIntegerField(_("多久以后核查"), null=True, blank=True)
    check_unit = models.CharField(_("核查时间单位"), max_length=6, choices=Unit.choices, default=Unit.MONTHS)
    published = models.BooleanField(_("依法公开"), default=False)
    published_basis = models.CharField(_("公开依据"), max_length=200, blank=True)
    active = models.BooleanField(_("启用"), default=True)
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = _("承诺事项清单")
        ordering = ["office", "title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["approval", "proof"]), name="commitment_list_of_its_kinds"
            ),
            models.CheckConstraint(
                condition=Q(published=False) | ~Q(published_basis=""),
                name="commitment_list_says_why_published",
            ),
            models.CheckConstraint(
                condition=(Q(check_after__isnull=True) | Q(check_after__gt=0))
                & (Q(validity_months__isnull=True) | Q(validity_months__gt=0)),
                name="commitment_list_times_are_some",
            ),
            models.UniqueConstraint(
                fields=["office", "title"], condition=Q(active=True), name="commitment_list_title_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title
