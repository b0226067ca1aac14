"""The tables that every kind of case stands on."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from credit_repair.notices.models import Document
from credit_repair.registry.models import Office, Record, Subject

#: Letters and digits that nobody mistakes for one another on paper or on the telephone.
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_query_code() -> str:
    """Return an unguessable query code 查询码, 12 characters in three groups."""
    letters = "".join(secrets.choice(CODE_ALPHABET) for _position in range(12))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


class Filing(models.Model):
    """The cases that were filed in one basket 一次申请; it has the query code."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    query_code = models.CharField(_("查询码"), max_length=14, unique=True, default=new_query_code)
    subject = models.ForeignKey(
        Subject, null=True, blank=True, on_delete=models.PROTECT, related_name="filings"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="filings"
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("申请批次")

    def __str__(self) -> str:
        return self.query_code


class Case(models.Model):
    """A case 案件 of any kind: one inbox, one number, one door. Its kind adds a table of its own."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("种类"), max_length=20)
    number = models.CharField(_("案件编号"), max_length=30, null=True, blank=True, unique=True)
    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="cases")
    subject = models.ForeignKey(
        Subject, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    record = models.ForeignKey(Record, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    state = models.CharField(_("状态"), max_length=20)
    intake_office = models.ForeignKey(
        Office,
        verbose_name=_("受理单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="intake_cases",
    )
    deciding_office = models.ForeignKey(
        Office,
        verbose_name=_("认定单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deciding_cases",
    )
    # By which law: classes and periods from the day of the decision document, procedure and clocks from the
    # day of filing; both are kept, with the explanation that was given on that day.
    rule_set = models.CharField(max_length=40, blank=True)
    procedure_rule_set = models.CharField(max_length=40, blank=True)
    rulebook_hash = models.CharField(max_length=64, blank=True)
    explanation = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    submitted_on = models.DateField(_("提交日期"), null=True, blank=True)
    closed_on = models.DateField(_("结束日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("案件")
        constraints = [
            models.UniqueConstraint(
                fields=["record", "kind"],
                condition=Q(closed_on__isnull=True, record__isnull=False),
                name="case_one_open_per_record_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(submitted_on__isnull=True) | Q(number__isnull=False),
                name="case_submitted_has_a_number",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "-created_at"], name="case_by_subject"),
            models.Index(
                fields=["kind", "state"], condition=Q(closed_on__isnull=True), name="case_open_by_state"
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("草稿"))


class Clock(models.Model):
    """A statutory clock 法定期限: started by an event, due at the end of a working day, derived and stored.

    `due_on` is empty while the clock stands. Days are working days, the starting day not counted.
    """

    class Kind(models.TextChoices):
        ACCEPTANCE = "acceptance", _("受理期限")
        DECISION = "decision", _("决定期限")
        ANSWER = "answer", _("答复期限")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    started_on = models.DateField()
    limit_days = models.PositiveIntegerField()
    due_on = models.DateField(null=True, blank=True)
    provisional = models.BooleanField(default=False)
    stopped_on = models.DateField(null=True, blank=True)
    mark = models.CharField(max_length=1)
    basis = models.TextField(blank=True)

    class Meta:
        verbose_name = _("期限")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(stopped_on__isnull=True),
                name="clock_one_running_per_kind",
            ),
            models.CheckConstraint(
                condition=Q(stopped_on__isnull=True) | Q(stopped_on__gte=F("started_on")),
                name="clock_stops_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(stopped_on__isnull=True), name="clock_running_by_due")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on or ''}"


class ClockPause(models.Model):
    """That a clock stood, from the day it was paused to the day it was resumed, and why."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="pauses")
    paused_on = models.DateField()
    resumed_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("期限中止")
        constraints = [
            models.CheckConstraint(
                condition=Q(resumed_on__isnull=True) | Q(resumed_on__gte=F("paused_on")),
                name="pause_resumes_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paused_on} – {self.resumed_on or ''}"


class ClockExtension(models.Model):
    """That a clock was given more working days 延长期限, on a day, and why."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="extensions")
    days = models.PositiveSmallIntegerField()
    granted_on = models.DateField()
    reason = models.CharField(max_length=500)

    class Meta:
        verbose_name = _("期限延长")
        ordering = ["clock", "granted_on", "id"]
        constraints = [models.CheckConstraint(condition=Q(days__gt=0), name="extension_gives_days")]

    def __str__(self) -> str:
        return f"+{self.days}"


class Phase(models.TextChoices):
    """The phases of a review 办理环节; the permission that a step needs at its office follows from it."""

    INTAKE = "intake", _("受理")
    VERIFY = "verify", _("核查")
    DECIDE = "decide", _("审批")


class ReviewStep(models.Model):
    """One office's part in a case 办理步骤.

    Copied from the route at submission, so that a later change of the route never touches a running case.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("未开始")
        OPEN = "open", _("办理中")
        DONE = "done", _("已办")
        CANCELLED = "cancelled", _("已取消")

    class Opinion(models.TextChoices):
        AGREE = "agree", _("同意修复")
        DISAGREE = "disagree", _("不同意修复")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    phase = models.CharField(max_length=10, choices=Phase.choices)
    position = models.PositiveIntegerField()
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    clock = models.ForeignKey(Clock, null=True, blank=True, on_delete=models.PROTECT, related_name="steps")
    opened_on = models.DateField(null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="taken_steps"
    )
    opinion = models.CharField(max_length=10, choices=Opinion.choices, blank=True)
    text = models.TextField(blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="done_steps"
    )
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("办理步骤")
        ordering = ["case", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "position"], name="step_position_once"),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(opened_on__isnull=False), name="step_open_has_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_at__isnull=False), name="step_done_has_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["office", "phase"], condition=Q(state="open"), name="step_open_by_office")
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self.get_phase_display()} · {self.office}"


class RouteStep(models.Model):
    """One line of a route 办理路径: which office takes which phase, for a kind of case and a class.

    An empty class counts for every class that has no line of its own.
    """

    class Seat(models.TextChoices):
        INTAKE_OFFICE = "intake_office", _("受理的信用办")
        AUTHORITY = "authority", _("认定单位")
        UPPER = "upper", _("认定单位的上级单位")

    kind = models.CharField(_("案件种类"), max_length=20)
    rule_class = models.CharField(_("失信类别"), max_length=10, blank=True)
    position = models.PositiveIntegerField(_("次序"))
    phase = models.CharField(_("环节"), max_length=10, choices=Phase.choices)
    seat = models.CharField(_("由谁办理"), max_length=15, choices=Seat.choices)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = _("办理路径")
        ordering = ["kind", "rule_class", "position"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "rule_class", "position"], name="route_position_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.rule_class} {self.position}"


class ReasonCode(models.Model):
    """A reason that a negative answer can name 理由代码: a code for statistics, words for the letter."""

    class Use(models.TextChoices):
        NOT_ACCEPTED = "not_accepted", _("不予受理")
        REFUSED = "refused", _("不予修复")
        CORRECTION = "correction", _("补正")

    kind = models.CharField(_("案件种类"), max_length=20, default="repair")
    use = models.CharField(_("用于"), max_length=15, choices=Use.choices)
    code = models.CharField(_("代码"), max_length=40)
    text = models.CharField(_("理由（写入文书）"), max_length=300)
    advice = models.CharField(_("申请人可以怎样做"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    active = models.BooleanField(_("启用"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = _("理由代码")
        ordering = ["kind", "use", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["kind", "use", "code"], name="reason_code_once")]

    def __str__(self) -> str:
        return self.text


class CaseActor(models.Model):
    """That a person verified or decided a case: nobody does both 四眼原则."""

    class Part(models.TextChoices):
        VERIFY = "verify", _("核查")
        DECIDE = "decide", _("审批")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="actors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="case_parts")
    part = models.CharField(max_length=10, choices=Part.choices)

    class Meta:
        verbose_name = _("经办人")
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="case_actor_has_one_part")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_part_display()}"


class TimelineEvent(models.Model):
    """What happened, as people see it 办理进度; its UUID is the cause of the messages that follow from it."""

    class Audience(models.TextChoices):
        PUBLIC = "public", _("公开")
        INTERNAL = "internal", _("内部")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    action = models.CharField(max_length=40)
    title = models.CharField(max_length=100)
    text = models.TextField(blank=True)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.PUBLIC)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="case_events"
    )
    actor_label = models.CharField(max_length=120, blank=True)
    state_from = models.CharField(max_length=20, blank=True)
    state_to = models.CharField(max_length=20)

    class Meta:
        verbose_name = _("办理进度")
        ordering = ["case", "at", "id"]

    def __str__(self) -> str:
        return f"{self.case}: {self.title}"


class Attachment(models.Model):
    """A file that came with a case 材料. Served only through a view that asks for permission."""

    class Kind(models.TextChoices):
        COMMITMENT = "commitment", _("已签署的信用修复承诺书")
        PROOF = "proof", _("履行义务的证明材料")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attachments")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    file = models.FileField(upload_to="attachments")
    name = models.CharField(max_length=120)
    mime = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="uploads"
    )
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("材料")
        ordering = ["case", "kind", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "sha256"], name="attachment_once_per_case")
        ]

    def __str__(self) -> str:
        return self.name


class CaseDocument(models.Model):
    """That a document belongs to a case, and to which event."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="documents")
    event = models.ForeignKey(
        TimelineEvent, null=True, blank=True, on_delete=models.CASCADE, related_name="documents"
    )
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="case_link")

    class Meta:
        verbose_name = _("案件文书")
        ordering = ["case", "id"]

    def __str__(self) -> str:
        return str(self.document)
