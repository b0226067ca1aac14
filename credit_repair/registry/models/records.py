"""Records of misconduct, and where each is published."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.registry.models.offices import Office, Platform, Sector
from credit_repair.registry.models.subjects import Subject


class Record(models.Model):
    """One piece of information on misconduct 失信信息: a penalty, or an entry on a list.

    The UUID never changes and is what platforms know it by. The natural key (document number, authority,
    subject) tells a re-import from a new record; it can be corrected, and its old forms stay as aliases.
    """

    class Kind(models.TextChoices):
        PENALTY = "penalty", _("行政处罚")
        SERIOUS_LIST = "serious_list", _("严重失信主体名单")
        ABNORMAL_LIST = "abnormal_list", _("经营异常名录")
        OTHER = "other", _("其他失信信息")

    class Standing(models.TextChoices):
        ACTIVE = "active", _("公示中")
        UNPUBLISHED = "unpublished", _("不公示")
        REPAIRED = "repaired", _("已修复")
        EXPIRED = "expired", _("公示期满")
        WITHDRAWN = "withdrawn", _("已撤回")
        HISTORY = "history", _("历史记录")

    class RuleClass(models.TextChoices):
        MINOR = "minor", _("轻微失信")
        GENERAL = "general", _("一般失信")
        SERIOUS = "serious", _("严重失信")

    class Procedure(models.TextChoices):
        ORDINARY = "ordinary", _("普通程序")
        SIMPLE = "simple", _("简易程序")

    #: Standings in which the record is over: nothing shows it, and nothing can be repaired about it.
    ENDED = (Standing.REPAIRED, Standing.EXPIRED, Standing.WITHDRAWN, Standing.HISTORY)
    #: Standings in which nothing may show the record: it ended, or is not to be published at all.
    NOT_PUBLIC = (*ENDED, Standing.UNPUBLISHED)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("类别"), max_length=15, choices=Kind.choices, default=Kind.PENALTY)
    natural_key = models.CharField(max_length=300, unique=True)
    subject = models.ForeignKey(
        Subject, verbose_name=_("主体"), on_delete=models.PROTECT, related_name="records"
    )
    authority = models.ForeignKey(
        Office, verbose_name=_("处罚机关"), on_delete=models.PROTECT, related_name="records"
    )
    source_office = models.ForeignKey(
        Office,
        verbose_name=_("数据来源单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="supplied_records",
    )

    # What the source says, in its own words.
    doc_no = models.CharField(_("决定书文号"), max_length=200, blank=True)
    conduct = models.CharField(_("违法行为类型"), max_length=500, blank=True)
    facts = models.TextField(_("违法事实"), blank=True)
    legal_basis = models.TextField(_("处罚依据"), blank=True)
    penalty_text = models.CharField(_("处罚类别"), max_length=500, blank=True)
    penalty_types = models.JSONField(_("处罚种类"), default=list, blank=True)
    content = models.TextField(_("处罚内容"), blank=True)
    fine = models.DecimalField(_("罚款金额（万元）"), max_digits=18, decimal_places=6, null=True, blank=True)
    confiscated = models.DecimalField(
        _("没收金额（万元）"), max_digits=18, decimal_places=6, null=True, blank=True
    )
    licence = models.CharField(_("暂扣或吊销证照名称及编号"), max_length=500, blank=True)
    decision_date = models.DateField(_("决定日期"))
    valid_until = models.DateField(_("处罚有效期"), null=True, blank=True)
    own_until = models.DateField(_("来源公示截止期"), null=True, blank=True)
    remarks = models.TextField(_("备注"), blank=True)

    # What a person sets where the table has no column; left empty, the source's own words decide.
    procedure = models.CharField(
        _("处罚程序"), max_length=10, choices=Procedure.choices, blank=True, default=""
    )
    sector = models.ForeignKey(
        Sector,
        verbose_name=_("行业领域"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
    )
    restriction_until = models.DateField(_("附带限制截止"), null=True, blank=True)
    repeat_offender = models.BooleanField(_("屡次违法"), default=False)
    set_class = models.CharField(
        _("认定等级"), max_length=10, choices=RuleClass.choices, blank=True, default=""
    )
    set_class_basis = models.CharField(_("等级认定依据"), max_length=500, blank=True, default="")
    set_min_months = models.PositiveSmallIntegerField(_("特别规定的最短公示期（月）"), null=True, blank=True)
    set_max_months = models.PositiveSmallIntegerField(_("特别规定的最长公示期（月）"), null=True, blank=True)
    set_period_basis = models.CharField(_("公示期特别规定的依据"), max_length=500, blank=True, default="")
    #: When every duty was performed, as somebody found: asked where the rules keep a record shown until then.
    duties_performed_on = models.DateField(_("义务履行完毕日"), null=True, blank=True)
    # For a list entry: which list, and the day on which the source took it off.
    list_name = models.CharField(_("名单名称"), max_length=200, blank=True, default="")
    removed_on = models.DateField(_("移出日期"), null=True, blank=True)

    #: After a revoked repair: until when it is public again, where the days not served are made up 补足公示.
    restored_until = models.DateField(_("补足公示截止日"), null=True, blank=True)

    # What the rules make of it: computed by registry.services.assess_record(), never typed in.
    rule_set = models.CharField(max_length=40, blank=True)
    rule_class = models.CharField(max_length=10, null=True, blank=True)
    published = models.BooleanField(default=True)
    min_until = models.DateField(null=True, blank=True)
    repairable_from = models.DateField(_("可修复起始日"), null=True, blank=True)
    max_until = models.DateField(null=True, blank=True)
    effective_until = models.DateField(_("公示截止日"), null=True, blank=True)
    assessment = models.JSONField(default=dict, blank=True)
    rulebook_hash = models.CharField(max_length=64, blank=True)

    standing = models.CharField(_("状态"), max_length=12, choices=Standing.choices, default=Standing.ACTIVE)
    ended_on = models.DateField(_("结束日期"), null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("信用记录")
        indexes = [
            models.Index(fields=["subject", "-decision_date"], name="record_by_subject"),
            models.Index(fields=["authority", "-decision_date"], name="record_by_authority"),
            models.Index(fields=["doc_no"], name="record_by_doc_no"),
            models.Index(fields=["effective_until"], condition=Q(standing="active"), name="record_to_expire"),
            models.Index(fields=["id"], condition=Q(standing="unpublished"), name="record_unpublished"),
            models.Index(
                fields=["repairable_from", "id"], condition=Q(standing="active"), name="record_repairable"
            ),
            models.Index(
                fields=["rulebook_hash", "id"],
                condition=Q(standing__in=["active", "unpublished"]),
                name="record_by_rulebook",
            ),
            models.Index(fields=["-decision_date", "-id"], name="record_newest_first"),
            models.Index(fields=["standing", "-decision_date", "-id"], name="record_by_standing"),
            models.Index(fields=["id"], condition=Q(standing="withdrawn"), name="record_withdrawn"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(fine__isnull=True) | Q(fine__gte=0), name="record_fine_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(own_until__isnull=True) | Q(own_until__gte=F("decision_date")),
                name="record_until_not_before_decision",
            ),
            models.CheckConstraint(
                condition=Q(standing__in=["active", "unpublished"], ended_on__isnull=True)
                | Q(standing__in=["repaired", "expired", "withdrawn", "history"], ended_on__isnull=False),
                name="record_ended_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(set_class="") | ~Q(set_class_basis=""), name="record_set_class_has_a_basis"
            ),
            models.CheckConstraint(
                condition=Q(set_min_months__isnull=True, set_max_months__isnull=True)
                | ~Q(set_period_basis=""),
                name="record_set_period_has_a_basis",
            ),
            models.CheckConstraint(
                condition=Q(removed_on__isnull=True) | Q(removed_on__gte=F("decision_date")),
                name="record_removed_not_before_entry",
            ),
        ]

    def __str__(self) -> str:
        return self.doc_no or str(self.uuid)

    @property
    def is_public(self) -> bool:
        """Whether there is publicity that a repair could end."""
        return self.standing not in self.NOT_PUBLIC

    @property
    def has_ended(self) -> bool:
        """Whether nothing shows the record any longer by right: repaired, expired, withdrawn or history."""
        return self.standing in self.ENDED


class RecordAlias(models.Model):
    """A natural key that a record once had, so that a re-import does not raise the dead."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="aliases")
    natural_key = models.CharField(max_length=300, unique=True)

    class Meta:
        verbose_name = _("记录旧键")

    def __str__(self) -> str:
        return self.natural_key


class RecordEvent(models.Model):
    """What happened to a record, with its day; its UUID is the cause of the messages that follow from it."""

    class What(models.TextChoices):
        IMPORTED = "imported", _("导入")
        CHANGED = "changed", _("变更")
        EXPIRED = "expired", _("公示期满")
        REPAIRED = "repaired", _("信用修复")
        ADJUSTED = "adjusted", _("人工认定")
        REASSESSED = "reassessed", _("按规则重新计算")
        HELD = "held", _("到期待核，继续公示")
        RELEASED = "released", _("核实义务已履行")
        WITHDRAWN = "withdrawn", _("撤回")
        RESTORED = "restored", _("恢复公示")
        SHIELDED = "shielded", _("临时屏蔽")
        UNSHIELDED = "unshielded", _("终止临时屏蔽")
        REVIEW_FILED = "review_filed", _("提起复议或者诉讼")
        COURT_ORDER = "court_order", _("复议决定或者法院裁判")
        ORDERED = "ordered", _("责令整改")
        RECTIFIED = "rectified", _("整改结束")
        INTERVIEWED = "interviewed", _("约谈")
        COMMITTED = "committed", _("信用承诺")

    #: What can make a published record one that is not to be published, and the other way round.
    CORRECTIONS = (What.CHANGED, What.ADJUSTED, What.REASSESSED)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="events")
    what = models.CharField(max_length=12, choices=What.choices)
    at = models.DateTimeField()
    on = models.DateField()
    actor_label = models.CharField(max_length=100, blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("记录事件")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "what"],
                condition=Q(what__in=["imported", "expired"]),
                name="record_happens_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record}: {self.get_what_display()}"


class RecordFlag(models.Model):
    """Something that is said beside a record for a time 标注: put on, later taken off, never rewritten.

    A flag is no standing: a record under objection goes on being published, with the annotation.
    """

    class Kind(models.TextChoices):
        OBJECTION = "objection", _("异议处理中")
        SHIELD = "shield", _("破产保护")
        HELD = "held", _("到期待核")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="flags")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reason = models.CharField(max_length=500, blank=True)
    on_at = models.DateTimeField()
    on_by = models.CharField(max_length=100, blank=True)
    off_at = models.DateTimeField(null=True, blank=True)
    off_by = models.CharField(max_length=100, blank=True)
    off_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("记录标注")
        ordering = ["-on_at", "-id"]
        indexes = [
            models.Index(fields=["kind", "id"], condition=Q(off_at__isnull=True), name="flag_standing"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "kind"], condition=Q(off_at__isnull=True), name="flag_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(off_at__isnull=True) | Q(off_at__gte=F("on_at")), name="flag_off_after_on"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record}: {self.get_kind_display()}"


class Publication(models.Model):
    """That one platform publishes one record: what it was told, and what it confirmed."""

    class State(models.TextChoices):
        PUBLISHING = "publishing", _("待上架确认")
        SHOWN = "shown", _("公示中")
        REMOVING = "removing", _("待撤下确认")
        REMOVED = "removed", _("已撤下")

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="publications")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="publications")
    state = models.CharField(max_length=12, choices=State.choices, default=State.PUBLISHING)
    shown_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    receipt = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("公示")
        indexes = [
            models.Index(fields=["record"], condition=Q(state="publishing"), name="publication_to_announce"),
            # What is to come down: the list of effects that are not over begins there.
            models.Index(fields=["record"], condition=Q(state="removing"), name="publication_coming_down"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["record", "platform"], name="publication_once_per_platform"),
            models.CheckConstraint(
                condition=~Q(state="removed") | Q(removed_at__isnull=False),
                name="publication_removed_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} @ {self.platform}"
