"""Service 送达: whom a document has reached, how and when; and who agreed to be served electronically."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.notices.models.documents import Document
from credit_repair.registry.models import Subject


class ServiceConsent(models.Model):
    """That a subject agreed to electronic service 同意电子送达, from then to then; one runs at a time.

    It counts for what arrives while it runs and who gave it acts for the subject. What was served under it
    stays served when it is withdrawn.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="service_consents")
    given_at = models.DateTimeField(_("同意时间"))
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("电子送达同意")
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(withdrawn_at__isnull=True), name="service_consent_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                & Q(withdrawn_at__gte=F("given_at")),
                name="service_consent_withdrawn_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return str(self.subject)


class Delivery(models.Model):
    """The service of one document on one addressee 送达; it begins when the document is issued.

    Electronic service counts from the arrival in the receiver's system: when the document became visible
    there. Service in person, by post or by another office at our request counts from the day of signing, and
    has a scan to prove it. What somebody refuses to take can be left with them before a witness. Service by
    public notice follows on a failure, and counts when the notice's time is over.
    """

    class Way(models.TextChoices):
        """As notices.serving calls them."""

        ELECTRONIC = "electronic", _("电子送达")
        DIRECT = "direct", _("直接送达")
        LEFT = "left", _("留置送达")
        POST = "post", _("邮寄送达")
        ENTRUSTED = "entrusted", _("委托送达")
        ANNOUNCED = "announced", _("公告送达")

    class Failure(models.TextChoices):
        REFUSED = "refused", _("拒绝签收")
        FAILED = "failed", _("无法送达")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="deliveries")
    subject = models.ForeignKey(
        Subject, verbose_name=_("受送达人"), on_delete=models.PROTECT, related_name="deliveries"
    )
    since = models.DateField(_("应送达自"))
    #: Empty until it is known how.
    way = models.CharField(_("送达方式"), max_length=10, choices=Way.choices, blank=True)
    consent = models.ForeignKey(
        ServiceConsent, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    #: The day from which service counts, and the moment where it is known.
    delivered_on = models.DateField(_("送达日期"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("送达时间"), null=True, blank=True)
    opened_at = models.DateTimeField(_("首次查看"), null=True, blank=True)
    downloaded_at = models.DateTimeField(_("首次下载"), null=True, blank=True)
    failure = models.CharField(_("未送达"), max_length=10, choices=Failure.choices, blank=True)
    failed_on = models.DateField(null=True, blank=True)
    failed_why = models.CharField(_("原因"), max_length=500, blank=True)
    announced_from = models.DateField(_("公告自"), null=True, blank=True)
    #: Its last day; service counts from the day after.
    announced_until = models.DateField(_("公告至"), null=True, blank=True)
    place = models.CharField(_("送达地点"), max_length=200, blank=True)
    received_by = models.CharField(_("签收人"), max_length=100, blank=True)
    relation = models.CharField(_("与受送达人的关系"), max_length=50, blank=True)
    #: Who served it 送达人, and the office that did so at our request 受委托单位.
    servers = models.CharField(_("送达人"), max_length=100, blank=True)
    entrusted_to = models.CharField(_("受委托单位"), max_length=100, blank=True)
    #: Why nobody signed what was left 留置, and who saw that it was left: name, and office or post.
    refusal = models.CharField(_("拒收的情况"), max_length=300, blank=True)
    witness = models.CharField(_("见证人"), max_length=50, blank=True)
    witness_of = models.CharField(_("见证人的单位或者身份"), max_length=100, blank=True)
    other_witness = models.CharField(_("第二见证人"), max_length=50, blank=True)
    other_witness_of = models.CharField(_("第二见证人的单位或者身份"), max_length=100, blank=True)
    #: What the public notice says, as it was published.
    notice_text = models.TextField(_("公告内容"), max_length=1000, blank=True)
    remark = models.CharField(_("备注"), max_length=200, blank=True)
    scan = models.FileField(upload_to="deliveries", blank=True)
    scan_name = models.CharField(max_length=200, blank=True)
    scan_mime = models.CharField(max_length=50, blank=True)
    scan_sha256 = models.CharField(max_length=64, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField(null=True, blank=True)
    #: The proof of service 送达回证 that was issued for it.
    proof = models.OneToOneField(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="proves"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("送达")
        constraints = [
            models.UniqueConstraint(fields=["document", "subject"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(delivered_on__isnull=True, delivered_at__isnull=True)
                | Q(delivered_on__isnull=False) & ~Q(way=""),
                name="delivery_says_how",
            ),
            models.CheckConstraint(
                condition=Q(way="electronic", consent__isnull=False, delivered_at__isnull=False)
                | ~Q(way="electronic") & Q(consent__isnull=True),
                name="delivery_electronic_by_consent",
            ),
            models.CheckConstraint(
                condition=~Q(way__in=("direct", "left", "post", "entrusted"))
                | Q(delivered_on__isnull=False, entered_by__isnull=False, entered_at__isnull=False)
                & ~Q(scan="")
                & ~Q(scan_sha256=""),
                name="delivery_on_paper_is_proved",
            ),
            models.CheckConstraint(
                condition=Q(way="left") & ~Q(refusal="") & ~Q(witness="") & ~Q(witness_of="") & ~Q(place="")
                | ~Q(way="left")
                & Q(refusal="", witness="", witness_of="", other_witness="", other_witness_of=""),
                name="delivery_left_has_a_witness",
            ),
            models.CheckConstraint(
                condition=Q(way="entrusted") & ~Q(entrusted_to="") | ~Q(way="entrusted") & Q(entrusted_to=""),
                name="delivery_entrusted_says_to_whom",
            ),
            models.CheckConstraint(
                condition=Q(downloaded_at__isnull=True) | Q(opened_at__isnull=False),
                name="delivery_downloaded_was_opened",
            ),
            models.CheckConstraint(
                condition=Q(failure="", failed_on__isnull=True, failed_why="")
                | ~Q(failure="") & Q(failed_on__isnull=False) & ~Q(failed_why=""),
                name="delivery_failed_says_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(way="announced", announced_from__isnull=False, announced_until__isnull=False)
                & Q(announced_until__gt=F("announced_from"))
                & ~Q(failure="")
                & (Q(delivered_on__isnull=True) | Q(delivered_on__gt=F("announced_until")))
                | ~Q(way="announced") & Q(announced_from__isnull=True, announced_until__isnull=True),
                name="delivery_announced_after_failure",
            ),
            models.CheckConstraint(
                condition=Q(proof__isnull=True) | Q(delivered_on__isnull=False),
                name="delivery_proved_is_delivered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["since"], condition=Q(delivered_on__isnull=True), name="delivery_not_yet_served"
            ),
            models.Index(
                fields=["announced_until"], condition=Q(way="announced"), name="delivery_announced_until"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} → {self.subject}"

    @property
    def is_delivered(self) -> bool:
        """Whether it is served."""
        return self.delivered_on is not None

    @property
    def witnesses(self) -> list[tuple[str, str]]:
        """Who saw that it was left 见证人: name, and office or post."""
        found = [(self.witness, self.witness_of), (self.other_witness, self.other_witness_of)]
        return [(name, of) for name, of in found if name]
