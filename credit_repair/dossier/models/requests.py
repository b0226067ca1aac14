"""What people ask about the data that are kept of them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Paper
from credit_repair.core.fields import EncryptedTextField
from credit_repair.dossier.models.events import SubjectEvent
from credit_repair.registry.models import Office, Subject


class DataRequest(models.Model):
    """That a person asks to have data corrected, or for a copy, or to have the account closed 个人信息申请.

    Its state changes by the table of dossier.states alone.
    """

    class About(models.TextChoices):
        ACCOUNT = "account", _("更正账号和授权信息")
        REGISTER = "register", _("更正主体登记信息")
        EVENT = "event", _("更正侵权和司法事件")
        COPY = "copy", _("索取个人信息副本")
        ERASURE = "erasure", _("注销账号")

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("待答复")
        PROPOSED = "proposed", _("待复核")
        ANSWERED = "answered", _("已答复")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Outcome(models.TextChoices):
        DONE = "done", _("已办理")
        PARTLY = "partly", _("部分办理")
        DECLINED = "declined", _("不予办理")

    #: States in which somebody still has to do something.
    OPEN = (State.SUBMITTED, State.PROPOSED)
    #: What needs a second pair of eyes before it is changed: it stands on records and letters.
    FOUR_EYES = (About.REGISTER,)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    about = models.CharField(_("申请事项"), max_length=10, choices=About.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("申请人"),
        on_delete=models.PROTECT,
        related_name="data_requests",
    )
    subject = models.ForeignKey(
        Subject, null=True, blank=True, on_delete=models.PROTECT, related_name="data_requests"
    )
    event = models.ForeignKey(
        SubjectEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="data_requests"
    )
    office = models.ForeignKey(
        Office, verbose_name=_("办理单位"), on_delete=models.PROTECT, related_name="data_requests"
    )
    words = models.TextField(_("说明"), max_length=1000, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.SUBMITTED)
    submitted_at = models.DateTimeField()
    submitted_on = models.DateField(_("提交日期"))
    due_on = models.DateField(_("答复期限"))
    #: The working days up to then are not all announced yet.
    provisional = models.BooleanField(default=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    sent_back_why = models.CharField(_("退回的理由"), max_length=500, blank=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome.choices, blank=True)
    answer = models.TextField(_("答复"), max_length=1000, blank=True)
    remedies = models.TextField(_("救济途径"), max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("个人信息申请")
        ordering = ["-submitted_at", "-pk"]
        indexes = [
            models.Index(
                fields=["office", "due_on"],
                condition=Q(state__in=["submitted", "proposed"]),
                name="data_request_waiting",
            ),
            models.Index(fields=["user", "-submitted_at"], name="data_request_by_user"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(about="event", event__isnull=False, subject__isnull=False)
                | Q(about="register", event__isnull=True, subject__isnull=False)
                | ~Q(about__in=["event", "register"]) & Q(event__isnull=True),
                name="data_request_says_of_what",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answered_by__isnull=False)
                & ~Q(outcome="")
                & ~Q(answer="")
                & Q(ended_at__isnull=False, ended_on__isnull=False)
                | Q(state="withdrawn", answered_by__isnull=True)
                & Q(ended_at__isnull=False, ended_on__isnull=False)
                | Q(state__in=["submitted", "proposed"], answered_by__isnull=True)
                & Q(ended_at__isnull=True, ended_on__isnull=True),
                name="data_request_ended_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(outcome="done") | ~Q(remedies=""),
                name="data_request_declined_names_remedies",
            ),
            models.CheckConstraint(
                condition=~Q(state="proposed")
                | Q(proposed_by__isnull=False, proposed_at__isnull=False) & ~Q(outcome="") & ~Q(answer=""),
                name="data_request_proposed_is_whole",
            ),
            models.UniqueConstraint(
                fields=["user", "about"],
                condition=Q(state__in=["submitted", "proposed"], about__in=["account", "copy", "erasure"]),
                name="data_request_once_open",
            ),
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(state__in=["submitted", "proposed"], about="register"),
                name="data_request_once_open_for_subject",
            ),
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(state__in=["submitted", "proposed"], about="event"),
                name="data_request_once_open_for_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_about_display()} · {self.user}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state in self.OPEN


class RequestedField(models.Model):
    """One datum that is to be corrected: what stands there, what should, why, and what proves it.

    Both values are kept encrypted: they may be a name, a telephone or an identity number.
    """

    class Name(models.TextChoices):
        DISPLAY_NAME = "display_name", _("账号姓名")
        PHONE = "phone", _("手机号码")
        MANDATE = "mandate", _("授权信息")
        SUBJECT_NAME = "subject_name", _("主体名称")
        SUBJECT_NUMBER = "subject_number", _("统一社会信用代码或者证件号码")
        REPRESENTATIVE = "representative", _("法定代表人（负责人）")
        EVENT_WORDS = "event_words", _("事件的登记内容")

    class Outcome(models.TextChoices):
        CORRECTED = "corrected", _("更正")
        DECLINED = "declined", _("不更正")

    request = models.ForeignKey(DataRequest, on_delete=models.CASCADE, related_name="fields")
    name = models.CharField(_("项目"), max_length=20, choices=Name.choices)
    present = EncryptedTextField(_("现在的内容"), blank=True)
    claimed = EncryptedTextField(_("应当是"))
    why = models.CharField(_("理由"), max_length=500)
    paper = models.ForeignKey(
        Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="requested_fields"
    )
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome.choices, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("申请更正的项目")
        ordering = ["request", "position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "name"], name="requested_field_once"),
            models.CheckConstraint(condition=~Q(why=""), name="requested_field_says_why"),
        ]

    def __str__(self) -> str:
        return str(self.get_name_display())
