"""Consent to electronic service 同意电子送达: given by who acts for a subject, and withdrawn at any time."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.clock import now, today
from credit_repair.notices.errors import DeliveryRefused
from credit_repair.notices.models import ServiceConsent
from credit_repair.people import access
from credit_repair.people.errors import NotYours
from credit_repair.registry.models import Subject


def running_consent(subject: Subject) -> ServiceConsent | None:
    """Return the consent of `subject` that counts now; None where there is none.

    It counts as long as who gave it acts for the subject: whoever comes after them decides for themself.
    """
    givers = access.people_acting_for(subject=subject, on=today())
    return _kept(subject).filter(given_by__in=givers).select_related("given_by").first()


def _kept(subject: Subject) -> QuerySet[ServiceConsent]:
    """The consent that nobody has withdrawn, whoever gave it."""
    return ServiceConsent.objects.filter(subject=subject, withdrawn_at__isnull=True)


@transaction.atomic
def give_consent(*, subject: Subject, actor: Any) -> ServiceConsent:
    """Agree for `subject` that documents are served electronically from now on.

    What was issued before is not touched by it. A consent of somebody who acts for the subject no more is
    closed. Raises people.errors.NotYours where `actor` does not act for
    the subject today, DeliveryRefused with words where a consent runs already.
    """
    locked = _own(subject, actor)
    if running_consent(locked) is not None:
        raise DeliveryRefused("given", _("已经同意过电子送达，不需要再次同意。"))
    for old in _kept(locked):
        _close(old, actor)
    consent = ServiceConsent.objects.create(subject=locked, given_at=now(), given_by=actor)
    audit.record(actor=actor, action="delivery.consent", target=consent, data={"subject": str(locked.uuid)})
    return consent


@transaction.atomic
def withdraw_consent(*, subject: Subject, actor: Any) -> ServiceConsent:
    """Take the consent of `subject` back: what is issued from now on is served on paper.

    Raises people.errors.NotYours as give_consent() does, DeliveryRefused with words where none runs.
    """
    consent = running_consent(_own(subject, actor))
    if consent is None:
        raise DeliveryRefused("none", _("现在没有电子送达的同意，不需要撤回。"))
    _close(consent, actor)
    return consent


def _close(consent: ServiceConsent, actor: Any) -> None:
    consent.withdrawn_at, consent.withdrawn_by = max(now(), consent.given_at), actor
    consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
    data = {"subject": str(consent.subject.uuid)}
    audit.record(actor=actor, action="delivery.withdraw_consent", target=consent, data=data)


def _own(subject: Subject, actor: Any) -> Subject:
    """The subject, locked: two people of one enterprise may click at once."""
    if not access.may_act_for(user=actor, subject=subject, on=today()):
        raise NotYours(str(subject.uuid))
    # Not its key: a document that arrives holds the consent and refers to the subject, and would wait for us.
    return Subject.objects.select_for_update(no_key=True).get(pk=subject.pk)
