"""Whom a record is about."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.core.fields import EncryptedTextField


class Subject(models.Model):
    """A subject 信用主体: an organisation, a sole trader or a natural person. A name is not unique."""

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", _("法人及非法人组织")
        SOLE_TRADER = "sole_trader", _("个体工商户")
        PERSON = "person", _("自然人")

    class IdType(models.TextChoices):
        USCC = "uscc", _("统一社会信用代码")
        RESIDENT_ID = "resident_id", _("居民身份证")
        OTHER = "other", _("其他证件")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("类别"), max_length=15, choices=Kind.choices)
    name = models.CharField(_("名称"), max_length=200)
    id_type = models.CharField(_("证件类型"), max_length=15, choices=IdType.choices)
    # A public code stands in the clear; a personal number only encrypted, found by its keyed hash.
    code = models.CharField(_("统一社会信用代码"), max_length=18, null=True, blank=True, unique=True)
    personal_number = EncryptedTextField(_("证件号码"), blank=True)
    number_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    legal_representative = models.CharField(_("法定代表人"), max_length=100, blank=True)
    representative_number = EncryptedTextField(_("法定代表人证件号码"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("信用主体")
        permissions = [("act_for", _("代表该主体办理"))]
        indexes = [models.Index(fields=["name"], name="subject_by_name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(id_type="uscc", code__isnull=False, number_hash__isnull=True)
                | (~Q(id_type="uscc") & Q(code__isnull=True, number_hash__isnull=False)),
                name="subject_has_the_number_of_its_kind",
            ),
            models.CheckConstraint(
                condition=~Q(kind="person", id_type="uscc"), name="subject_person_has_no_credit_code"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """What stands for the subject in a record's natural key: the code, or the hash of the number."""
        return self.code or self.number_hash or ""

    @property
    def shown_number(self) -> str:
        """The number as anybody may see it: a credit code whole, a personal number masked."""
        if self.code:
            return self.code
        number = self.personal_number
        return f"{number[:4]}{'*' * max(len(number) - 6, 0)}{number[-2:]}" if number else ""


class FormerName(models.Model):
    """A name that a subject had before 曾用名: still found by a search, and told to whoever asks why."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="former_names")
    name = models.CharField(_("曾用名"), max_length=200)
    until = models.DateField(_("更名登记日"))
    actor_label = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("曾用名")
        ordering = ["-until", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "name"], name="former_name_once_per_subject")
        ]

    def __str__(self) -> str:
        return self.name


class NameGram(models.Model):
    """Two neighbouring characters of a subject's name, now or formerly: how a part of a name is found.

    Neither database has an index of its own that finds two Chinese characters inside a text.
    """

    pk = models.CompositePrimaryKey("gram", "subject")
    gram = models.CharField(max_length=2)
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="grams", db_index=False)

    class Meta:
        verbose_name = _("名称索引")
        indexes = [models.Index(fields=["subject"], name="name_gram_by_subject")]

    def __str__(self) -> str:
        return self.gram
