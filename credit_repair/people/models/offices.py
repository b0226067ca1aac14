"""Who serves an office, who stands in for whom, and who is away."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.people.models.dated import DatedQuerySet
from credit_repair.people.models.users import User
from credit_repair.registry.models import Office


class Role(models.TextChoices):
    """What a member does at an office 角色."""

    WINDOW = "window", _("窗口人员")
    DATA = "data", _("数据专员")
    INTAKE = "intake", _("受理人员")
    VERIFIER = "verifier", _("核查人员")
    APPROVER = "approver", _("审批人员")
    SUPERVISOR = "supervisor", _("督办人员")
    AUDITOR = "auditor", _("审计人员")


class Membership(models.Model):
    """A role that a person holds at an office, from a day to a day 任职."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        User, verbose_name=_("人员"), on_delete=models.PROTECT, related_name="memberships"
    )
    office = models.ForeignKey(
        Office, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(_("角色"), max_length=12, choices=Role.choices)
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("任职")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "office", "role", "since"], name="membership_once_per_start"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="membership_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.office} · {self.get_role_display()}"


class Absence(models.Model):
    """That a member is away from a day to a day 离岗, and what becomes of the work in hand."""

    class Handover(models.TextChoices):
        SUBSTITUTE = "substitute", _("由代办人继续办理")
        OFFICE = "office", _("退回本单位，由同事领取")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, verbose_name=_("人员"), on_delete=models.PROTECT, related_name="absences")
    since = models.DateField(_("自"))
    until = models.DateField(_("至"))
    handover = models.CharField(_("在办事项"), max_length=12, choices=Handover.choices)
    note = models.TextField(_("交接说明"), blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences_entered")
    made_at = models.DateTimeField()

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("离岗")
        constraints = [
            models.UniqueConstraint(fields=["user", "since"], name="absence_once_per_start"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="absence_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.since}—{self.until}"


class Substitution(models.Model):
    """That a person stands in for a member in one role at one office 代办, from a day to a day.

    The substitute acts under their own name: four eyes and recusal look at them, not at the member.
    """

    class Scope(models.TextChoices):
        ALL = "all", _("该角色的全部事项")
        OWN = "own", _("仅本人已领取的事项")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    membership = models.ForeignKey(
        Membership, verbose_name=_("被代办的任职"), on_delete=models.PROTECT, related_name="substitutions"
    )
    substitute = models.ForeignKey(
        User, verbose_name=_("代办人"), on_delete=models.PROTECT, related_name="substitutions"
    )
    since = models.DateField(_("自"))
    until = models.DateField(_("至"))
    scope = models.CharField(_("范围"), max_length=5, choices=Scope.choices)
    reason = models.CharField(_("事由"), max_length=200)
    absence = models.ForeignKey(
        Absence, null=True, blank=True, on_delete=models.PROTECT, related_name="substitutions"
    )
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="substitutions_entered")
    made_at = models.DateTimeField()

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("代办")
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "substitute", "since"], name="substitution_once_per_start"
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="substitution_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.substitute} ⇐ {self.membership}"
