"""A decision that its own authority, a higher body or a court took back."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Paper
from credit_repair.registry.models import Record, RecordEvent


class PenaltyCancellation(models.Model):
    """That the decision behind a record was changed, revoked or found void 处罚变更、撤销、确认无效.

    Its record is withdrawn in the same transaction; `due_on` is the day until which every platform has to
    have taken it down, by the rules and the working days of the day on which it was entered.
    """

    class Kind(models.TextChoices):
        CHANGED = "changed", _("变更")
        REVOKED = "revoked", _("撤销")
        VOID = "void", _("确认无效")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="cancellations")
    kind = models.CharField(_("结果"), max_length=10, choices=Kind.choices)
    #: The document by which the decision was taken back.
    decided_on = models.DateField(_("文书日期"))
    document_no = models.CharField(_("文书编号"), max_length=200)
    made_by = models.CharField(_("作出单位"), max_length=200)
    reason = models.TextField(_("原因"))
    papers = models.ManyToManyField(Paper, related_name="proving_cancellations")
    #: The record of what was decided instead, where it is there already.
    successor = models.ForeignKey(
        Record, null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )
    successor_to_come = models.BooleanField(_("变更后的信息另行归集"), default=False)

    reported_on = models.DateField(_("登记日期"))
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reported_cancellations",
    )
    reported_label = models.CharField(max_length=100)
    #: The event whose UUID causes the messages to the platforms.
    event = models.OneToOneField(RecordEvent, on_delete=models.PROTECT, related_name="cancellation")
    was_standing = models.CharField(max_length=12, choices=Record.Standing.choices)
    was_ended_on = models.DateField(null=True, blank=True)
    #: Kinds of the flags 标注 that came off with it.
    flags_off = models.JSONField(default=list, blank=True)
    #: Cases that were open on the record then; they are closed as moot.
    open_cases = models.PositiveIntegerField(default=0)

    limit_days = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("撤下期限"))
    provisional = models.BooleanField(default=False)
    basis = models.CharField(max_length=300, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    # Entered by mistake: one official asks for it to be taken back, another does it.
    undo_asked_at = models.DateTimeField(null=True, blank=True)
    undo_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undo_reason = models.TextField(blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("处罚变更撤销登记")
        ordering = ["-reported_at", "-pk"]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(confirmed_at__isnull=True, undone_at__isnull=True),
                name="cancellation_open",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=Q(undone_at__isnull=True), name="cancellation_once_a_record"
            ),
            models.CheckConstraint(
                condition=~Q(document_no="") & ~Q(made_by="") & ~Q(reason=""),
                name="cancellation_names_its_document",
            ),
            models.CheckConstraint(
                condition=Q(decided_on__lte=F("reported_on")), name="cancellation_not_before_its_document"
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("decided_on")), name="cancellation_due_after_its_document"
            ),
            models.CheckConstraint(
                condition=Q(kind="changed") | Q(successor__isnull=True, successor_to_come=False),
                name="cancellation_successor_of_a_change",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("record")),
                name="cancellation_successor_is_another",
            ),
            models.CheckConstraint(
                condition=Q(undo_asked_at__isnull=True, undo_asked_by__isnull=True, undo_reason="")
                | Q(undo_asked_at__isnull=False, undo_asked_by__isnull=False) & ~Q(undo_reason=""),
                name="cancellation_undo_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False, undo_asked_at__isnull=False)
                & ~Q(undone_by=F("undo_asked_by")),
                name="cancellation_undone_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record}: {self.get_kind_display()}"

    @property
    def is_undone(self) -> bool:
        """Whether it was taken back as entered by mistake."""
        return self.undone_at is not None
