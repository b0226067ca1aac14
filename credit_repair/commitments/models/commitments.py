"""What a subject has promised 信用承诺, and what happened to the promise."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Paper
from credit_repair.commitments.models.lists import CommitmentList, Kind
from credit_repair.notices.models import Document
from credit_repair.registry.models import Office, Record, Subject


class Commitment(models.Model):
    """A commitment 信用承诺 of one of the four types, with its items as they were promised.

    `office` is whom it is given to, who checks it. Its words are in `document` (signed on the screen) or on
    `paper` (a scan). `is_public`: the law, or the subject itself, wants it published; `published_on` is the
    day from which it is. `check_from` is the day from which it is to be checked. `origin` is the UUID of what
    it was made from, such as a repair application: nothing gives two.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("待审看")
        DECLINED = "declined", _("未采纳")
        MADE = "made", _("履行中")
        CHECKING = "checking", _("核查中")
        KEPT = "kept", _("已履行")
        BROKEN = "broken", _("已违背")
        WITHDRAWN = "withdrawn", _("已撤回")
        EXPIRED = "expired", _("已到期")

    #: It binds, and is not yet found kept or broken.
    RUNNING = (State.MADE, State.CHECKING)
    #: Of these the public may read, where it is to be published.
    SHOWN = (State.MADE, State.CHECKING, State.KEPT, State.BROKEN, State.EXPIRED)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(
        Subject, verbose_name=_("承诺人"), on_delete=models.PROTECT, related_name="commitments"
    )
    office = models.ForeignKey(
        Office, verbose_name=_("受理单位"), on_delete=models.PROTECT, related_name="commitments"
    )
    kind = models.CharField(_("类型"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("名称"), max_length=200)
    items = models.JSONField(_("承诺事项"))
    legal_basis = models.CharField(_("依据"), max_length=200, blank=True)
    list = models.ForeignKey(
        CommitmentList, null=True, blank=True, on_delete=models.PROTECT, related_name="commitments"
    )
    list_version = models.PositiveIntegerField(null=True, blank=True)
    record = models.ForeignKey(
        Record, null=True, blank=True, on_delete=models.PROTECT, related_name="commitments"
    )
    origin = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    document = models.OneToOneField(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="commitment"
    )
    paper = models.OneToOneField(
        Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="commitment"
    )
    signer_name = models.CharField(_("签署人"), max_length=50, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_on = models.DateField(_("作出日期"))
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    check_from = models.DateField(_("核查日期"), null=True, blank=True)
    is_public = models.BooleanField(_("依法公开"), default=False)
    public_basis = models.CharField(_("公开依据"), max_length=200, blank=True)
    published_on = models.DateField(_("公开日期"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices)
    ended_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("信用承诺")
        indexes = [
            models.Index(fields=["office", "state"], name="commitment_by_office"),
            models.Index(fields=["published_on"], name="commitment_published"),
            models.Index(fields=["check_from"], condition=Q(state="made"), name="commitment_to_be_checked"),
            models.Index(fields=["valid_until"], condition=Q(state="made"), name="commitment_to_expire"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="repair", record__isnull=False)
                | (~Q(kind="repair") & Q(record__isnull=True)),
                name="commitment_of_repair_has_a_record",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["approval", "proof"], list__isnull=False, list_version__isnull=False)
                | Q(kind__in=["repair", "voluntary"], list__isnull=True, list_version__isnull=True),
                name="commitment_of_a_list_names_it",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("made_on")),
                name="commitment_binds_for_some_time",
            ),
            models.CheckConstraint(
                condition=Q(published_on__isnull=True)
                | (Q(is_public=True) & ~Q(state__in=["submitted", "declined"])),
                name="commitment_published_only_where_public",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CommitmentEvent(models.Model):
    """Something that happened to a commitment; its UUID is the cause of the messages that follow from it.

    `text` is for the subject and the offices; the public reads none of it.
    """

    class What(models.TextChoices):
        SUBMITTED = "submitted", _("提交公开承诺")
        DECLINED = "declined", _("未采纳")
        MADE = "made", _("作出信用承诺")
        CHECKING = "checking", _("开始核查")
        FOLLOWED_UP = "followed_up", _("部分履行，继续核查")
        PROPOSED = "proposed", _("拟认定违背承诺")
        ANSWERED = "answered", _("提交申辩")
        SENT_BACK = "sent_back", _("退回重新核查")
        KEPT = "kept", _("认定已履行")
        BROKEN = "broken", _("认定违背承诺")
        WITHDRAWN = "withdrawn", _("撤回承诺")
        EXPIRED = "expired", _("承诺到期")

    #: Of these the subject is told only by what comes of them.
    INTERNAL = (What.SENT_BACK,)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="events")
    what = models.CharField(max_length=12, choices=What.choices)
    at = models.DateTimeField()
    on = models.DateField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_label = models.CharField(max_length=100, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("信用承诺事件")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.get_what_display()}"
