"""What is asked about mandates and the applications for them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Case as If
from django.db.models import F, Q, QuerySet, When

from credit_repair.people import access
from credit_repair.people.models import Mandate, MandateApplication, User
from credit_repair.people.reach import reach_of
from credit_repair.registry.models import Office, Subject
from credit_repair.registry.selectors import credit_office_for, records_of
from credit_repair.registry.services.subjects import known_subject

State = MandateApplication.State
#: A mandate that was ended on purpose on its first day: its dates must name that day, and it opens nothing.
NEVER_COUNTED = Q(since=F("until")) & ~Q(end_reason="")


def reviewing_offices() -> list[Office]:
    """Return the offices that can look at a letter: the credit offices, by code."""
    return list(Office.objects.filter(kind=Office.Kind.CREDIT).order_by("code"))


def usual_office(*, subject: Subject | None, code: str = "") -> Office | None:
    """Return the credit office that answers for a subject by rule, whoever asks; None where no rule says.

    That of the authority of the newest record; without a record, that of the division 行政区划 in its code.
    A personal number says where somebody was once registered, and nothing of an office.
    """
    offices = reviewing_offices()
    if not offices:
        return None
    newest = records_of(subject).first() if subject is not None else None
    if newest is not None:
        return credit_office_for(authority=newest.authority)
    if len(offices) == 1:
        return offices[0]
    return next((office for office in offices if code and office.region == code[2:8]), None)


def host_office() -> Office | None:
    """Return the credit office whose site this is: that of the settings' name, else the first."""
    offices = reviewing_offices()
    named = (office for office in offices if office.name == settings.SITE_HOST_NAME)
    return next(named, offices[0] if offices else None)


def reviewing_office(*, subject: Subject | None, code: str = "") -> Office | None:
    """Return the office that answers for a subject where nobody is asked: the usual one, else the host's.

    None where there is no credit office at all.
    """
    return usual_office(subject=subject, code=code) or host_office()


def subject_of(application: MandateApplication) -> Subject | None:
    """Return the subject that an application is about, where the register knows it."""
    if application.subject_id is not None:
        return application.subject
    return known_subject(code=application.code, number_hash=application.number_hash)


def own_applications(*, user: Any) -> QuerySet[MandateApplication]:
    """Return the person's own applications, the newest first."""
    found = MandateApplication.objects.filter(user=user).select_related("office", "subject", "decided_by")
    return found.order_by("-submitted_at", "-pk")


def applications_for(*, user: Any, on: date) -> QuerySet[MandateApplication]:
    """Return the applications that an official may read: at the offices where they take in on that day.

    Their own, and those for a subject that they act or have acted for, are a colleague's 回避.
    """
    offices = reach_of(user=user, on=on).offices("intake")
    return without_partial(MandateApplication.objects.filter(office__in=offices), user=user)


def without_partial(found: QuerySet[MandateApplication], *, user: Any) -> QuerySet[MandateApplication]:
    """Leave out what `user` must not decide: their own, and whoever they act or have acted for."""
    theirs = access.subjects_ever_acted_for(user=user)
    own = Q(user=user) | Q(subject__in=theirs)
    by_code = ~Q(code="") & Q(code__in=theirs.filter(code__isnull=False).values("code"))
    by_number = ~Q(number_hash="") & Q(
        number_hash__in=theirs.filter(number_hash__isnull=False).values("number_hash")
    )
    # Not exclude(): over a column that may be empty it would ask the other way round.
    return found.exclude(pk__in=MandateApplication.objects.filter(own | by_code | by_number).values("pk"))


def in_order_of_work(found: QuerySet[MandateApplication]) -> QuerySet[MandateApplication]:
    """What waits comes first, the oldest of it; then what was decided, the latest first."""
    waiting = If(When(state=State.SUBMITTED, then=0), default=1)
    since = If(When(state=State.SUBMITTED, then=F("submitted_at")))
    return found.order_by(waiting, since, F("decided_at").desc(nulls_last=True), "-submitted_at", "-pk")


def mandates_on(*, subject: Subject, on: date) -> QuerySet[Mandate]:
    """Return the running mandates for a subject, the oldest first."""
    found: QuerySet[Mandate] = Mandate.objects.filter(subject=subject).on(on).exclude(NEVER_COUNTED)
    return found.select_related("user", "application__office").order_by("since", "pk")


def administrators_of(*, subject: Subject, on: date) -> QuerySet[Mandate]:
    """Return the running mandates of administrators 破产管理人 of a subject: whom a court has appointed takes
    it over from its own people."""
    capacity = MandateApplication.Capacity.ADMINISTRATOR
    return mandates_on(subject=subject, on=on).filter(application__capacity=capacity)


def people_acting_for(*, subject: Subject, on: date, but: Iterable[User] = ()) -> list[User]:
    """Return the active people who act for a subject on that day, without some."""
    acting = User.objects.filter(pk__in=mandates_on(subject=subject, on=on).values("user"), is_active=True)
    return list(acting.exclude(pk__in=[each.pk for each in but]).order_by("pk"))


def in_charge_of_mandate(*, mandate: Mandate, user: Any, on: date) -> bool:
    """Whether an official may end another's mandate: they take in at the office that answers for it, and do
    not act for its subject themselves."""
    office = (
        mandate.application.office
        if mandate.application is not None
        else reviewing_office(subject=mandate.subject, code=mandate.subject.code or "")
    )
    if office is None or mandate.user_id == user.pk:
        return False
    partial = access.subjects_ever_acted_for(user=user).filter(pk=mandate.subject_id).exists()
    return not partial and access.may_at_office(user=user, permission="intake", office=office, on=on)
