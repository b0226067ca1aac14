"""Offices, the sectors they answer for, and the platforms that publish."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from credit_repair.core.fields import EncryptedTextField


class Sector(models.Model):
    """A sector 行业领域 in the rules' own codes: food, drug, special_equipment, work_safety, fire, …"""

    code = models.CharField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=50)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = _("行业领域")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """A public office 单位: a credit office, or an authority that determines misconduct 认定单位."""

    class Kind(models.TextChoices):
        CREDIT = "credit", _("信用主管部门")
        MARKET = "market", _("市场监督管理部门")
        OTHER = "other", _("其他行业主管部门")

    class Level(models.TextChoices):
        COUNTY = "county", _("县级")
        CITY = "city", _("市级")
        PROVINCE = "province", _("省级")
        NATION = "nation", _("国家级")

    code = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices, default=Kind.OTHER)
    level = models.CharField(_("级别"), max_length=10, choices=Level.choices, default=Level.COUNTY)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    sector = models.ForeignKey(
        Sector, verbose_name=_("行业领域"), null=True, blank=True, on_delete=models.PROTECT
    )
    document_prefix = models.CharField(
        _("发文代字"), max_length=12, blank=True, help_text=_("如“濉信修”，用于编发文书文号。")
    )
    address = models.CharField(_("地址"), max_length=200, blank=True)
    phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = _("单位")
        ordering = ["code"]
        permissions = [
            # On an office, held by the group (office × role): see people.access.
            ("see_cases", _("查看本单位案件")),
            ("intake", _("受理")),
            ("verify", _("核查")),
            ("approve", _("审批")),
            ("supervise", _("督办")),
            ("import_records", _("导入数据")),
            ("adjust_records", _("人工认定记录的等级和期限")),
            ("set_rules", _("设置本地规则和工作日历")),
            ("file_at_window", _("在窗口代为提交申请")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("id")), name="office_not_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def region(self) -> str:
        """The six digits of the administrative division 行政区划 inside the office's code."""
        return self.code[2:8]


class Platform(models.Model):
    """Whoever must be told what becomes of a record: a platform that publishes it 公示平台, a department that
    shares it or applies a measure because of it 惩戒实施部门, or a website that is not ours 第三方网站."""

    class Kind(models.TextChoices):
        PUBLISHER = "publisher", _("公示平台")
        DEPARTMENT = "department", _("共享和惩戒部门")
        THIRD_PARTY = "third_party", _("第三方网站")

    class Transport(models.TextChoices):
        HTTP = "http", _("HTTPS接口")
        FILES = "files", _("前置机文件交换")
        DRY_RUN = "dry_run", _("试运行，只记录不发送")
        BY_HAND = "by_hand", _("人工核查，不发送")

    code = models.CharField(
        _("代码"), max_length=40, unique=True, validators=[RegexValidator(r"^[a-z0-9-]+$")]
    )
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices, default=Kind.PUBLISHER)
    required = models.BooleanField(
        _("必须回执"), default=True, help_text=_("本地自有平台：收到它的撤下回执后，案件才办结。")
    )
    active = models.BooleanField(_("启用"), default=True)
    transport = models.CharField(
        _("接口方式"), max_length=10, choices=Transport.choices, default=Transport.HTTP
    )
    endpoint = models.CharField(_("接口地址"), max_length=300, blank=True)
    secret = EncryptedTextField(_("签名密钥"), blank=True)
    actions = models.JSONField(
        _("可接收的消息"), default=list, blank=True, help_text=_("为空时接收发布与终止公示两类消息。")
    )
    #: Whom a letter goes to where messages do not reach: who runs a website that is not ours.
    operator = models.CharField(_("运营单位"), max_length=100, blank=True)
    operator_address = models.CharField(_("运营单位通信地址"), max_length=200, blank=True)
    operator_contact = models.CharField(
        _("运营单位联系人和联系方式"),
        max_length=200,
        blank=True,
        help_text=_("姓名或者部门、电话、电子邮箱。"),
    )
    #: Credentials are not copied into the history.
    history = HistoricalRecords(excluded_fields=["secret"])

    class Meta:
        verbose_name = verbose_name_plural = _("公示平台")
        ordering = ["code"]
        constraints = [
            # Whether a case is complete must not hang on a website that nobody here can tell anything.
            models.CheckConstraint(
                condition=~Q(kind="third_party") | Q(required=False, transport="by_hand"),
                name="platform_third_party_is_asked_by_hand",
            ),
        ]

    def __str__(self) -> str:
        return self.name
