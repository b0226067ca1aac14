"""Orders to put right 责令整改: what is demanded until when, what was handed in, and what happened."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Paper
from credit_repair.notices.models import Document
from credit_repair.registry.models import Office, Record, Subject


class Order(models.Model):
    """An order of the authority that determined a record: put right by a day. states.py has its machine."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿，待签发")
        ORDERED = "ordered", _("整改中")
        PROVED = "proved", _("整改证明待审核")
        OVERDUE = "overdue", _("逾期未整改")
        REMINDING = "reminding", _("已通知提示约谈")
        REMINDED = "reminded", _("已提示约谈")
        WARNING = "warning", _("已通知警示约谈")
        WARNED = "warned", _("已警示约谈")
        PROMISED = "promised", _("已承诺整改")
        CHECKING = "checking", _("承诺到期，待核查")
        UNRESOLVED = "unresolved", _("约谈后仍未整改")
        FULFILLED = "fulfilled", _("整改完成")
        WITHDRAWN = "withdrawn", _("已撤销")
        DISCARDED = "discarded", _("草稿已放弃")

    #: States in which nothing is open any longer.
    ENDS = (State.FULFILLED, State.WITHDRAWN, State.DISCARDED)
    #: States of which the subject knows nothing.
    INTERNAL = (State.DRAFT, State.DISCARDED)
    #: After the order's day without proof that was accepted: it is read beside the interviews.
    LATE = (
        State.OVERDUE,
        State.REMINDING,
        State.REMINDED,
        State.WARNING,
        State.WARNED,
        State.PROMISED,
        State.CHECKING,
        State.UNRESOLVED,
    )

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(
        Record, verbose_name=_("信用记录"), on_delete=models.PROTECT, related_name="orders"
    )
    subject = models.ForeignKey(
        Subject, verbose_name=_("主体"), on_delete=models.PROTECT, related_name="orders"
    )
    office = models.ForeignKey(
        Office, verbose_name=_("认定单位"), on_delete=models.PROTECT, related_name="orders"
    )
    #: Given when it is issued, e.g. ZG-2026-000007; papers of the same matter bear it.
    number = models.CharField(_("案件编号"), max_length=20, unique=True, null=True, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT)
    faults = models.TextField(_("存在的问题"))
    complete_by = models.DateField(_("整改期限"))
    #: The day that the order gave, where it was put off once.
    first_due = models.DateField(_("原定期限"), null=True, blank=True)
    extension_reason = models.CharField(_("延期原因"), max_length=500, blank=True)

    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    issued_on = models.DateField(_("签发日期"), null=True, blank=True)
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("通知书")
    )
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("责令整改")
        indexes = [
            models.Index(fields=["office", "state", "complete_by"], name="order_by_office"),
            models.Index(fields=["subject", "-id"], name="order_by_subject"),
            models.Index(fields=["complete_by"], condition=Q(state="ordered"), name="order_to_lapse"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=Q(closed_on__isnull=True), name="order_one_open_on_a_record"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["fulfilled", "withdrawn", "discarded"], closed_on__isnull=False)
                | (~Q(state__in=["fulfilled", "withdrawn", "discarded"]) & Q(closed_on__isnull=True)),
                name="order_closed_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"], issued_on__isnull=True, document__isnull=True)
                | (
                    ~Q(state__in=["draft", "discarded"])
                    & Q(issued_on__isnull=False, issued_by__isnull=False)
                    & Q(document__isnull=False, number__isnull=False)
                ),
                name="order_issued_has_its_document",
            ),
            models.CheckConstraint(
                condition=Q(issued_by__isnull=True) | ~Q(issued_by=F("drafted_by")),
                name="order_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(first_due__isnull=True)
                | (Q(complete_by__gt=F("first_due")) & ~Q(extension_reason="")),
                name="order_put_off_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(self.record)

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done about it."""
        return self.closed_on is None


class Demand(models.Model):
    """One thing that an order demands 整改要求, without its closing full stop."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="demands")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("整改要求"), max_length=300)

    class Meta:
        verbose_name = _("整改要求")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="demand_position_once"),
        ]

    def __str__(self) -> str:
        return self.text


class Proof(models.Model):
    """What was handed in about an order at once 整改证明, and what the authority found."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待审核")
        ACCEPTED = "accepted", _("已认可")
        RETURNED = "returned", _("需要补充")
        MOOT = "moot", _("不再需要")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="proofs")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    handed_in_on = models.DateField(_("提交日期"))
    handed_in_at = models.DateTimeField()
    handed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    #: Brought on paper, and entered by an official of the authority.
    on_paper = models.BooleanField(_("纸质提交"), default=False)
    words = models.TextField(_("整改情况说明"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.TextField(_("审核意见"), blank=True)

    class Meta:
        verbose_name = _("整改证明")
        ordering = ["-handed_in_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(state="waiting"), name="proof_one_waits_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(answer=""), name="proof_returned_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.handed_in_on}"


class ProofItem(models.Model):
    """What was handed in about one demand: words, papers or both."""

    proof = models.ForeignKey(Proof, on_delete=models.CASCADE, related_name="items")
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="proved_by")
    words = models.TextField(_("完成情况"), blank=True)
    papers = models.ManyToManyField(Paper, related_name="+")

    class Meta:
        verbose_name = _("分项整改证明")
        ordering = ["demand__position"]
        constraints = [models.UniqueConstraint(fields=["proof", "demand"], name="proof_item_once")]

    def __str__(self) -> str:
        return str(self.demand)


class OrderEvent(models.Model):
    """What happened to an order: one line of its timeline."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events")
    action = models.CharField(max_length=30)
    at = models.DateTimeField()
    text = models.TextField(blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_label = models.CharField(max_length=100, blank=True)
    state_from = models.CharField(max_length=12)
    state_to = models.CharField(max_length=12)
    internal = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("整改经过")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.order}: {self.action}"
