"""Messages to platforms, and each attempt to send one."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.registry.models import Platform, Record, Subject

#: From this many failed attempts on, a message that is still being tried is shown to a person.
TROUBLED_FROM = 3


class Message(models.Model):
    """One message to one platform about one record, written in the transaction of what caused it.

    What concerns no record, a commitment 信用承诺 given without one, is about a subject instead: one of both.

    `cause` is the UUID of the event behind it, so that one event never sends the same action twice.
    `sequence` orders the messages of one record, or of one subject without a record, to one platform: only
    the first unfinished one may go.
    `payload` is the whole body as it was when the message was queued; it never changes, because the
    platform knows a repeated message by its UUID and refuses the same UUID with another body.
    """

    class Action(models.TextChoices):
        PUBLISH = "publish", _("公示")
        ANNOTATE = "annotate", _("标注异议")
        CLEAR_ANNOTATION = "clear_annotation", _("取消异议标注")
        CORRECT = "correct", _("更正")
        SHIELD = "shield", _("暂停公示")
        UNSHIELD = "unshield", _("恢复暂停的公示")
        TERMINATE = "terminate", _("终止公示")
        STOP_SHARING = "stop_sharing", _("停止共享")
        LIFT_SANCTION = "lift_sanction", _("解除惩戒措施")
        RESTORE = "restore", _("恢复公示")
        INTERVIEW = "interview", _("约谈信息")
        COMMITMENT = "commitment", _("信用承诺信息")

    class State(models.TextChoices):
        WAITING = "waiting", _("待发送")
        SENDING = "sending", _("发送中")
        ACCEPTED = "accepted", _("平台已接收，待回执")
        CONFIRMED = "confirmed", _("已回执")
        FAILED = "failed", _("发送失败")
        SUPERSEDED = "superseded", _("已被取代")
        GIVEN_UP = "given_up", _("已放弃")

    #: While a message is in one of these, the later ones of its record and platform wait. A failed one
    #: holds them until a person replays it or gives it up.
    UNFINISHED = (State.WAITING, State.SENDING, State.ACCEPTED, State.FAILED)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    platform = models.ForeignKey(
        Platform, verbose_name=_("平台"), on_delete=models.PROTECT, related_name="messages"
    )
    # No index of its own: the unique (record, platform, sequence) begins with it.
    record = models.ForeignKey(
        Record,
        verbose_name=_("信用记录"),
        on_delete=models.PROTECT,
        related_name="messages",
        db_index=False,
        null=True,
        blank=True,
    )
    #: Whom it is about where it concerns no record. Indexed by the partial unique below.
    subject = models.ForeignKey(
        Subject,
        verbose_name=_("信用主体"),
        on_delete=models.PROTECT,
        related_name="messages",
        db_index=False,
        null=True,
        blank=True,
    )
    sequence = models.PositiveBigIntegerField(_("顺序号"))
    action = models.CharField(_("消息"), max_length=20, choices=Action.choices)
    cause = models.UUIDField()
    cause_text = models.TextField(_("缘由"), blank=True)
    payload = models.JSONField()
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(_("发送次数"), default=0)
    next_attempt_at = models.DateTimeField(_("下次发送时间"))
    #: When the platform took it without a receipt yet, under which name of its own, and in which file.
    accepted_at = models.DateTimeField(_("平台接收时间"), null=True, blank=True)
    reference = models.CharField(_("平台受理号"), max_length=200, blank=True)
    batch = models.ForeignKey(
        "platforms.FileBatch",
        verbose_name=_("文件批次"),
        on_delete=models.PROTECT,
        related_name="messages",
        null=True,
        blank=True,
    )
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    receipt = models.CharField(_("回执"), max_length=200, blank=True)
    effect = models.CharField(max_length=10, blank=True)
    confirmed_at = models.DateTimeField(_("回执时间"), null=True, blank=True)
    last_error = models.TextField(_("最近一次失败"), blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("平台消息")
        constraints = [
            models.UniqueConstraint(
                fields=["cause", "record", "platform", "action"], name="message_once_per_cause"
            ),
            models.UniqueConstraint(fields=["record", "platform", "sequence"], name="message_has_its_place"),
            models.CheckConstraint(
                condition=Q(record__isnull=False, subject__isnull=True)
                | Q(record__isnull=True, subject__isnull=False, action="commitment"),
                name="message_about_record_or_subject",
            ),
            # On the subject, not "record is null": so PostgreSQL knows that a question after one subject,
            # which is never null, may use them.
            models.UniqueConstraint(
                fields=["subject", "platform", "sequence"],
                condition=Q(subject__isnull=False),
                name="message_has_its_place_by_subject",
            ),
            models.UniqueConstraint(
                fields=["cause", "subject", "platform", "action"],
                condition=Q(subject__isnull=False),
                name="message_once_per_cause_by_subject",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | (~Q(receipt="") & Q(confirmed_at__isnull=False)),
                name="message_confirmed_has_receipt",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_until__isnull=False, lease_token__isnull=False),
                name="message_sending_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(accepted_at__isnull=False),
                name="message_accepted_has_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["platform", "next_attempt_at"], condition=Q(state="waiting"), name="message_due"
            ),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="message_in_flight"),
            models.Index(fields=["created_at"], condition=Q(state="failed"), name="message_failed"),
            # The same of one platform, and what is still tried but was tried in vain: the person's list.
            models.Index(
                fields=["platform", "created_at"], condition=Q(state="failed"), name="message_failed_there"
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(state="waiting", attempts__gte=TROUBLED_FROM),
                name="message_troubled",
            ),
            models.Index(
                fields=["platform", "next_attempt_at"], condition=Q(state="accepted"), name="message_awaited"
            ),
            # What was to end sharing or a sanction and is not confirmed: the list of open effects.
            models.Index(
                fields=["record"],
                condition=Q(
                    action__in=["stop_sharing", "lift_sanction"],
                    state__in=["waiting", "sending", "accepted", "failed", "given_up"],
                ),
                name="message_effect_open",
            ),
            # The oldest that is not through, and how many there are, per platform: the page and the alert.
            models.Index(
                fields=["platform", "created_at"],
                condition=Q(state__in=["waiting", "sending", "accepted", "failed"]),
                name="message_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} #{self.sequence}"

    @property
    def about(self) -> Subject:
        """Whom it is about: the subject of its record, or its own."""
        if self.record is not None:
            return self.record.subject
        assert self.subject is not None  # noqa: S101 - the database holds to one of both
        return self.subject

    @property
    def title(self) -> str:
        """What a list calls it by: the record, else its cause, which names the commitment."""
        return str(self.record) if self.record is not None else self.cause_text


class MessageAttempt(models.Model):
    """One attempt to send a message, and what came of it. Its number is the message's count at the time.

    A number that is missing belongs to a relay that died between sending and writing this row.
    """

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", _("已回执")
        ACCEPTED = "accepted", _("平台已接收，待回执")
        RETRY = "retry", _("稍后重发")
        FINAL = "final", _("不再重发")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="log", db_index=False)
    number = models.PositiveIntegerField(_("第几次"))
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("结束时间"))
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome.choices)
    detail = models.TextField(_("说明"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("发送记录")
        ordering = ["message", "number"]
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="attempt_counted_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}: {self.get_outcome_display()}"
