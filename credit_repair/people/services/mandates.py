"""Grant a mandate, prolong it, end it."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from guardian.shortcuts import assign_perm, remove_perm

from credit_repair.core import audit
from credit_repair.core.languages import said_by_site
from credit_repair.people import access, mandate_mails
from credit_repair.people.errors import MandateRefused, NotInCharge
from credit_repair.people.mandate_selectors import (
    NEVER_COUNTED,
    administrators_of,
    in_charge_of_mandate,
    mandates_on,
)
from credit_repair.people.models import Administration, Mandate, MandateApplication, User
from credit_repair.people.services import apart
from credit_repair.registry.models import Subject

ACT_FOR = "registry.act_for"
#: Kept as the reason where a person ends their own mandate.
OWN_END = gettext_lazy("本人终止")


@transaction.atomic
def grant_mandate(
    *,
    user: User,
    subject: Subject,
    since: date,
    until: date | None = None,
    approved_by: User | None = None,
    application: MandateApplication | None = None,
) -> Mandate:
    """Let `user` act for `subject` from `since` to `until`, both days included (None: no end).

    Raises MandateRefused for an administrator of the site: who says who may come in acts for nobody; and for
    an account that was closed.
    """
    _refuse_who_may_not(user=user, since=since, until=until)
    said = {"until": until, "approved_by": approved_by, "application": application}
    mandate, made = Mandate.objects.get_or_create(user=user, subject=subject, since=since, defaults=said)
    # The same start once more: what was said last counts.
    if not made and (mandate.until != until or mandate.end_reason):
        mandate.until, mandate.approved_by, mandate.end_reason = until, approved_by, ""
        mandate.application = application or mandate.application
        mandate.save(update_fields=["until", "approved_by", "end_reason", "application"])
    assign_perm(ACT_FOR, user, subject)
    audit.record(
        actor=approved_by,
        action="people.grant_mandate",
        target=user,
        data={"subject": str(subject.uuid), "since": str(since), "until": str(until or "")},
    )
    return mandate


@transaction.atomic
def prolong_mandate(
    *,
    mandate: Mandate,
    until: date | None,
    approved_by: User | None = None,
    application: MandateApplication | None = None,
) -> Mandate:
    """Let a running mandate go on to `until` (None: no end), by `application` from now on."""
    _refuse_who_may_not(user=mandate.user, since=mandate.since, until=until)
    mandate.until, mandate.end_reason = until, ""
    mandate.approved_by = approved_by
    mandate.application = application or mandate.application
    mandate.save(update_fields=["until", "end_reason", "approved_by", "application"])
    assign_perm(ACT_FOR, mandate.user, mandate.subject)
    audit.record(
        actor=approved_by,
        action="people.prolong_mandate",
        target=mandate.user,
        data={"subject": str(mandate.subject.uuid), "until": str(until or "")},
    )
    return mandate


@transaction.atomic
def end_mandate(*, mandate: Mandate, until: date | None, actor: User | None = None, reason: str = "") -> None:
    """End `mandate` with the day `until` (None: no end). The dates decide; the permission follows them."""
    mandate.until, mandate.end_reason = until, reason[:200]
    mandate.save(update_fields=["until", "end_reason"])
    assign_perm(ACT_FOR, mandate.user, mandate.subject)  # as above: a cache, the dates decide
    audit.record(
        actor=actor,
        action="people.end_mandate",
        target=mandate.user,
        data={"subject": str(mandate.subject.uuid), "until": str(until), "reason": reason[:200]},
    )


@transaction.atomic
def end_at_once(*, mandate: Mandate, today: date, actor: Any, reason: str) -> Mandate:
    """End a running mandate so that it opens nothing from this moment on; return it as it is now.

    Its last day is yesterday. One that began today cannot end before it began: it keeps today as its last
    day and loses the permission with it.
    """
    rows = Mandate.objects.select_for_update(of=("self",)).select_related("user", "subject")
    locked = rows.get(pk=mandate.pk)
    if locked.until is not None and locked.until < today or locked.since > today:
        raise MandateRefused("not_running", _("这项授权已经结束，不需要再终止。"))
    end_mandate(
        mandate=locked, until=max(locked.since, today - timedelta(days=1)), actor=actor, reason=reason
    )
    lasting = Mandate.objects.filter(Q(until__isnull=True) | Q(until__gte=today)).exclude(NEVER_COUNTED)
    if not lasting.filter(user=locked.user, subject=locked.subject).exists():
        remove_perm(ACT_FOR, locked.user, locked.subject)
    return locked


@transaction.atomic
def end_all(*, user: User, today: date, actor: User, reason: str) -> None:
    """End whatever mandate of `user` runs or is still to begin; from this moment on none opens anything."""
    lasting = Mandate.objects.filter(apart.within(since=today, until=None), user=user)
    rows = lasting.exclude(NEVER_COUNTED).select_for_update(of=("self",)).select_related("user", "subject")
    for mandate in rows.order_by("pk"):
        if mandate.since <= today:
            end_at_once(mandate=mandate, today=today, actor=actor, reason=reason)
        else:  # it cannot end before it begins: by its reason it has never counted
            end_mandate(mandate=mandate, until=mandate.since, actor=actor, reason=reason)
    remove_perm(ACT_FOR, user, Subject.objects.filter(mandates__user=user))


@transaction.atomic
def end_administrators(*, subject: Subject, today: date, actor: Any, reason: str) -> list[Mandate]:
    """End what administrators 破产管理人 of `subject` act by: their office ends with the proceedings.

    They and whoever else acts for the subject are told. Returns the mandates that ended.
    """
    return _end_some(administrators_of(subject=subject, on=today), today=today, actor=actor, reason=reason)


@transaction.atomic
def end_others_for_administrator(*, mandate: Mandate, actor: User, today: date, reason: str) -> list[Mandate]:
    """End whatever others act for the subject by, now that an administrator 破产管理人 has taken it over.

    `mandate` is the administrator's. Raises NotInCharge where the actor is not in charge of it.
    """
    if not in_charge_of_mandate(mandate=mandate, user=actor, on=today):
        raise NotInCharge
    others = mandates_on(subject=mandate.subject, on=today).exclude(user=mandate.user)
    theirs = administrators_of(subject=mandate.subject, on=today)
    former = others.exclude(pk__in=theirs.values("pk"))
    return _end_some(former, today=today, actor=actor, reason=reason)


def _end_some(found: QuerySet[Mandate], *, today: date, actor: Any, reason: str) -> list[Mandate]:
    ended = [end_at_once(mandate=mandate, today=today, actor=actor, reason=reason) for mandate in list(found)]
    for mandate in ended:
        mandate_mails.tell_of_end(mandate, today=today, told_owner=True)
    return ended


@transaction.atomic
def end_own_mandate(*, mandate: Mandate, actor: User, today: date) -> Mandate:
    """End one's own mandate at once; whoever else acts for the subject is told.

    Raises NotInCharge for another's, MandateRefused where it is over already.
    """
    if mandate.user_id != actor.pk:
        raise NotInCharge
    ended = end_at_once(mandate=mandate, today=today, actor=actor, reason=said_by_site(OWN_END))
    mandate_mails.tell_of_end(ended, today=today, told_owner=False)
    return ended


@transaction.atomic
def end_mandate_by_office(*, mandate: Mandate, actor: User, today: date, reason: str) -> Mandate:
    """End another's mandate at once, with a reason; they and whoever else acts for the subject are told.

    Raises NotInCharge where the actor does not take in at the office that answers for it, or acts or acted
    for the subject; MandateRefused without a reason, or where it is over already.
    """
    reason = reason.strip()
    locked = Mandate.objects.select_for_update(of=("self",)).select_related("subject").get(pk=mandate.pk)
    if not in_charge_of_mandate(mandate=locked, user=actor, on=today):
        raise NotInCharge
    if not reason:
        raise MandateRefused("no_reason", _("请写明终止的原因，本人会收到这段文字。"), field="reason")
    ended = end_at_once(mandate=locked, today=today, actor=actor, reason=reason)
    mandate_mails.tell_of_end(ended, today=today, told_owner=True)
    return ended


def running_mandate(*, user: Any, subject: Subject | None, on: date) -> Mandate | None:
    """Return the mandate through which `user` acts for `subject` on that day, the longest one; or None."""
    if not access.may_act_for(user=user, subject=subject, on=on):
        return None
    found = Mandate.objects.filter(user=user, subject=subject).on(on).select_related("user", "subject")
    return max(found, key=lambda each: each.until or date.max, default=None)


def _refuse_who_may_not(*, user: User, since: date, until: date | None) -> None:
    """No mandate is for a closed account, nor may one run on a day on which the person administers the site.

    The person's row stays locked: whoever closes the account or makes them an administrator at this moment
    waits and then sees the mandate.
    """
    if not apart.lock(user).is_active:
        words = _("这个账号已经停用，不能再为主体办理。请选择不通过，并写明理由。")
        raise MandateRefused("inactive", words)
    days = apart.within(since=since, until=until)
    if Administration.objects.filter(days, user=user).exists():
        words = _("系统管理人员不能为任何主体办理信用事项。请用本人的另一个账号申请。")
        raise MandateRefused("administrator", words)
