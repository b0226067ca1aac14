"""How a platform is talked to 通道: what it bears, how its receipts come back, with which keys."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from credit_repair.core.fields import EncryptedTextField
from credit_repair.registry.models import Office, Platform


class Channel(models.Model):
    """The settings of one platform's channel 通道设置. A platform without a row has the defaults.

    `windows` lists when the platform is down for maintenance: `{"weekdays": [6, 7], "from": "01:00", "to":
    "05:00"}`, weekdays from Monday 1, local time, over midnight where `to` is earlier than `from`.
    Keys are rotated in three steps, each of which loses nothing: the coming one is accepted on call-backs,
    then it signs and the former one is still accepted, then the former one is forgotten.
    """

    class Receipts(models.TextChoices):
        ANSWER = "answer", _("当场回执")
        CALLBACK = "callback", _("平台回调")
        POLLING = "polling", _("定时查询")

    platform = models.OneToOneField(Platform, on_delete=models.CASCADE, related_name="channel")
    per_minute = models.PositiveIntegerField(_("每分钟最多发送条数"), default=0, help_text=_("0表示不限。"))
    parallel = models.PositiveSmallIntegerField(
        _("同时发送条数"), default=4, validators=[MinValueValidator(1), MaxValueValidator(32)]
    )
    connect_seconds = models.FloatField(_("连接时限（秒）"), default=5, validators=[MinValueValidator(0.1)])
    answer_seconds = models.FloatField(_("应答时限（秒）"), default=10, validators=[MinValueValidator(0.1)])
    breaker_failures = models.PositiveSmallIntegerField(
        _("连续失败几次后暂停"), default=5, validators=[MinValueValidator(1)]
    )
    breaker_seconds = models.PositiveIntegerField(
        _("暂停时长（秒）"), default=60, validators=[MinValueValidator(1)]
    )
    windows = models.JSONField(_("平台维护时段"), default=list, blank=True)
    receipts = models.CharField(
        _("回执方式"), max_length=10, choices=Receipts.choices, default=Receipts.ANSWER
    )
    receipt_hours = models.PositiveSmallIntegerField(
        _("多少小时没有回执就重发"), default=24, validators=[MinValueValidator(1)]
    )
    poll_minutes = models.PositiveSmallIntegerField(
        _("每隔多少分钟查询回执"), default=10, validators=[MinValueValidator(1)]
    )
    age_limit_minutes = models.PositiveIntegerField(
        _("消息超过多少分钟未办结就报警"), default=24 * 60, validators=[MinValueValidator(1)]
    )
    folder = models.CharField(
        _("文件交换目录"),
        max_length=200,
        blank=True,
        validators=[RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")],
        help_text=_("在EXCHANGE_ROOT之下，每个平台一个。"),
    )
    batch_size = models.PositiveIntegerField(
        _("每个文件最多条数"), default=1000, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    #: Whose records and changes may come through the folder; nobody's where it is empty.
    supplier = models.ForeignKey(
        Office,
        verbose_name=_("报送信用记录的单位"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text=_("为空时，只收回执文件，不收信用记录和记录变更。"),
    )
    client_certificate = EncryptedTextField(_("客户端证书和私钥（PEM）"), blank=True)
    server_authority = models.TextField(_("平台的根证书（PEM）"), blank=True)
    key_id = models.CharField(_("密钥编号"), max_length=40, blank=True)
    coming_key_id = models.CharField(_("新密钥编号"), max_length=40, blank=True)
    coming_secret = EncryptedTextField(_("新密钥"), blank=True)
    former_key_id = models.CharField(_("旧密钥编号"), max_length=40, blank=True)
    former_secret = EncryptedTextField(_("旧密钥"), blank=True)
    history = HistoricalRecords(excluded_fields=["client_certificate", "coming_secret", "former_secret"])

    class Meta:
        verbose_name = verbose_name_plural = _("通道设置")
        constraints = [
            models.CheckConstraint(
                condition=Q(parallel__gte=1, parallel__lte=32), name="channel_parallel_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(connect_seconds__gt=0, answer_seconds__gt=0), name="channel_waits_for_some_time"
            ),
            # Two platforms in one folder would take each other's receipts.
            models.UniqueConstraint(
                fields=["folder"], condition=~Q(folder=""), name="channel_folder_is_its_own"
            ),
        ]

    def __str__(self) -> str:
        return str(self.platform)


class PlatformPause(models.Model):
    """That a platform asked for silence until a moment. Kept as a row, so that every relay heeds it."""

    platform = models.OneToOneField(Platform, on_delete=models.CASCADE, related_name="pause")
    until = models.DateTimeField(_("暂停至"))
    reason = models.TextField(_("原因"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("平台暂停")

    def __str__(self) -> str:
        return f"{self.platform} → {self.until:%Y-%m-%d %H:%M:%S}"


class Flow(models.Model):
    """What all relays together know of a platform right now: its failures in a row 熔断, its next free slot.

    `next_free_at`: from when the next message may go, where the platform bears only so many a minute.
    """

    platform = models.OneToOneField(Platform, on_delete=models.CASCADE, related_name="flow")
    failures = models.PositiveIntegerField(_("连续失败次数"), default=0)
    failing_since = models.DateTimeField(_("失败起始时间"), null=True, blank=True)
    opened_until = models.DateTimeField(_("暂停至"), null=True, blank=True)
    next_free_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("通道状态")

    def __str__(self) -> str:
        return f"{self.platform}: {self.failures}"


class Alert(models.Model):
    """That something with a platform's messages was raised with people 报警, once per episode."""

    class Kind(models.TextChoices):
        AGE = "age", _("消息超时未办结")
        FAILED = "failed", _("消息发送失败待处理")
        SILENT = "silent", _("平台连续失败")
        FILES = "files", _("文件交换异常")
        DIFFERENCE = "difference", _("对账有差异")

    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="alerts")
    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices)
    raised_at = models.DateTimeField(_("报警时间"))
    cleared_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    #: When people were reminded that it still stands.
    reminded_at = models.DateTimeField(_("再次提醒时间"), null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("报警")
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "kind"],
                condition=Q(cleared_at__isnull=True),
                name="alert_raised_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform}: {self.get_kind_display()}"
