"""Mandates that an identity plugin proves: no letter, no waiting."""

import logging
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from credit_repair.core.clock import now
from credit_repair.people import access
from credit_repair.people.errors import MandateRefused
from credit_repair.people.identity import Proof, identity_plugin
from credit_repair.people.mandate_selectors import reviewing_office
from credit_repair.people.models import Mandate, MandateApplication, User
from credit_repair.people.services.mandate_applications import settle_approval
from credit_repair.people.services.mandates import prolong_mandate, running_mandate
from credit_repair.registry.importing.parsing import is_credit_code, read_code
from credit_repair.registry.models import Office, Subject
from credit_repair.registry.services.subjects import known_subject

logger = logging.getLogger(__name__)

State = MandateApplication.State
#: A proof that reaches no further than this beyond the mandate changes nothing: not every sign-in is an act.
WORTH_PROLONGING = timedelta(days=7)


def prove_by_claims(*, user: User, claims: Mapping[str, Any], today: date) -> Mandate | None:
    """Let `user` act for the organisation that the claims of their single sign-on prove; None for no proof.

    The mandate begins at once, with an approved application that names the plugin; whoever else acts for the
    subject is told. A mandate that runs is prolonged. One that was ended on purpose is not revived by a
    sign-in: that person applies with a letter. Administrators of the site act for nobody.
    """
    plugin = identity_plugin()
    if plugin is None or access.is_administrator(user=user, on=today):
        return None
    code = read_code(str(claims.get(settings.SSO_CODE_CLAIM) or ""))
    name = str(claims.get(settings.SSO_ORGANISATION_CLAIM) or "").strip()
    proof = plugin.prove(user=user, code=code, name=name, claims=claims, today=today)
    if proof is None:
        return None
    if not is_credit_code(proof.code) or proof.until is not None and proof.until < today:
        logger.warning("a proof of %s for user %s names no subject or is over", proof.label, user.pk)
        return None
    try:
        return _take(user=user, proof=proof, today=today)
    except MandateRefused as refused:
        logger.warning("user %s is granted nothing by claims: %s", user.pk, refused.code)
        return None


@transaction.atomic
def _take(*, user: User, proof: Proof, today: date) -> Mandate | None:
    who = User.objects.select_for_update().get(pk=user.pk)
    subject = known_subject(code=proof.code)
    running = running_mandate(user=who, subject=subject, on=today)
    if running is not None:
        return _prolonged(running, proof)
    if _ended_on_purpose(who, subject):
        logger.warning("user %s: a mandate that was ended is not revived by a sign-in", user.pk)
        return None
    application = _application(who, proof, subject, today)
    if application is None:
        logger.warning("no credit office: nothing can be granted to user %s", user.pk)
        return None
    return settle_approval(application, subject=subject, until=proof.until, today=today, actor=None)


def _prolonged(running: Mandate, proof: Proof) -> Mandate:
    if running.until is None:
        return running
    if proof.until is not None and proof.until < running.until + WORTH_PROLONGING:
        return running
    return prolong_mandate(mandate=running, until=proof.until, approved_by=running.approved_by)


def _ended_on_purpose(user: User, subject: Subject | None) -> bool:
    latest = Mandate.objects.filter(user=user, subject=subject).order_by("-since", "-pk").first()
    return subject is not None and latest is not None and bool(latest.end_reason)


def _application(user: User, proof: Proof, subject: Subject | None, today: date) -> MandateApplication | None:
    """The application by which the proof counts: the one that waits already, or one made for it."""
    waiting = MandateApplication.objects.select_for_update(of=("self",)).select_related("user", "office")
    found = waiting.filter(user=user, code=proof.code, state=State.SUBMITTED).first()
    office: Office | None = found.office if found else reviewing_office(subject=subject, code=proof.code)
    if office is None:
        return None
    application = found or MandateApplication(
        user=user,
        capacity=proof.capacity,
        name=proof.name,
        id_type=Subject.IdType.USCC,
        code=proof.code,
        office=office,
        submitted_at=now(),
        submitted_on=today,
    )
    if found is None:
        application.until = proof.until
    application.proved_by = proof.label[:50]
    application.save()
    return application
