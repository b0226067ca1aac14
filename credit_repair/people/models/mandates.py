"""Who may act for a subject, and how they asked for it."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.core.fields import EncryptedTextField
from credit_repair.people.models.dated import DatedQuerySet
from credit_repair.people.models.users import User
from credit_repair.registry.models import Office, Subject


class Mandate(models.Model):
    """That a person may act for a subject 授权, from a day to a day."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, verbose_name=_("人员"), on_delete=models.PROTECT, related_name="mandates")
    subject = models.ForeignKey(
        Subject, verbose_name=_("主体"), on_delete=models.PROTECT, related_name="mandates"
    )
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)
    approved_by = models.ForeignKey(
        User,
        verbose_name=_("核准人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="approved_mandates",
    )

    application = models.OneToOneField(
        "MandateApplication", null=True, blank=True, on_delete=models.PROTECT, related_name="mandate"
    )
    end_reason = models.CharField(_("结束原因"), max_length=200, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("授权")
        constraints = [
            models.UniqueConstraint(fields=["user", "subject", "since"], name="mandate_once_per_start"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="mandate_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.subject}"


class MandateApplication(models.Model):
    """That a person asks to act for a subject 授权申请, with the paper that proves it.

    Its state changes in people.states alone. What was typed stays as it was typed; the subject is found, or
    made, when it is approved.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("待审核")
        APPROVED = "approved", _("已通过")
        REFUSED = "refused", _("未通过")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Purpose(models.TextChoices):
        NEW = "new", _("新增经办人")
        REPLACE = "replace", _("更换经办人")
        RENEW = "renew", _("延长授权")

    class Capacity(models.TextChoices):
        CLERK = "clerk", _("受委托的经办人")
        REPRESENTATIVE = "representative", _("法定代表人或负责人")
        SELF = "self", _("本人（自然人）")
        ADMINISTRATOR = "administrator", _("破产管理人")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        User, verbose_name=_("申请人"), on_delete=models.PROTECT, related_name="mandate_applications"
    )
    purpose = models.CharField(_("申请事项"), max_length=8, choices=Purpose.choices, default=Purpose.NEW)
    capacity = models.CharField(_("身份"), max_length=15, choices=Capacity.choices, default=Capacity.CLERK)
    name = models.CharField(_("主体名称"), max_length=200)
    id_type = models.CharField(_("证件类型"), max_length=15, choices=Subject.IdType.choices)
    # As on Subject: a public code in the clear, a personal number encrypted and found by its keyed hash.
    code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    personal_number = EncryptedTextField(_("证件号码"), blank=True)
    number_hash = models.CharField(max_length=64, blank=True, editable=False)
    subject = models.ForeignKey(
        Subject, null=True, blank=True, on_delete=models.PROTECT, related_name="mandate_applications"
    )
    replaces = models.ForeignKey(
        Mandate, null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    until = models.DateField(_("授权至"), null=True, blank=True)
    letter = models.FileField(_("授权书"), upload_to="mandates/", blank=True)
    letter_name = models.CharField(max_length=120, blank=True)
    letter_mime = models.CharField(max_length=50, blank=True)
    letter_size = models.PositiveIntegerField(default=0)
    letter_sha256 = models.CharField(max_length=64, blank=True)
    office = models.ForeignKey(
        Office, verbose_name=_("审核单位"), on_delete=models.PROTECT, related_name="mandate_applications"
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.SUBMITTED)
    submitted_at = models.DateTimeField()
    submitted_on = models.DateField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="decided_mandate_applications"
    )
    reason = models.TextField(_("理由"), blank=True)
    #: The identity plugin that proved it, where one did; an official otherwise.
    proved_by = models.CharField(max_length=50, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("授权申请")
        ordering = ["submitted_at", "pk"]
        indexes = [
            models.Index(
                fields=["office", "submitted_at"],
                condition=Q(state="submitted"),
                name="mandate_application_waiting",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "code", "number_hash"],
                condition=Q(state="submitted"),
                name="mandate_application_once_open",
            ),
            models.CheckConstraint(
                condition=Q(id_type="uscc", number_hash="") & ~Q(code="")
                | ~Q(id_type="uscc") & Q(code="") & ~Q(number_hash=""),
                name="mandate_application_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["submitted", "withdrawn"]) | Q(decided_at__isnull=False),
                name="mandate_application_decided_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="mandate_application_refused_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(subject__isnull=False),
                name="mandate_application_approved_has_a_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.name}"

    @property
    def shown_number(self) -> str:
        """The number as anybody may see it: a credit code whole, a personal number masked."""
        if self.code:
            return self.code
        number = self.personal_number
        return f"{number[:4]}{'*' * max(len(number) - 6, 0)}{number[-2:]}" if number else ""
