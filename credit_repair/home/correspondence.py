"""What has been sent to a person: the documents of their own cases, and the mails to their own address."""

from datetime import date
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from credit_repair.cases import kinds
from credit_repair.cases.models import TimelineEvent
from credit_repair.cases.parts import own_cases
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.people import access
from credit_repair.people.models import Mandate, MandateApplication
from credit_repair.registry.models import Subject

#: Papers that the applicant fills in are no letters to them; nor is the proof that one was served.
NOT_LETTERS = ("commitment_letter", "service_record")
#: So many mails of each sort are looked through, the newest of them.
MOST_MAILS = 500
#: Mails about who acts for whom are theirs to read again, like those about cases. No others are: what a mail
#: with a code or a link that opens an account once said stands nowhere. These are about the reader themself:
_ON_APPLICATION = ("mandate_approved", "mandate_refused")
_ON_MANDATE = ("mandate_ended_yours", "mandate_expiring")


def letters_of(*, user: Any, on: date, subject: Subject | None = None) -> QuerySet[Document]:
    """Return the finished documents that were issued to those for whom `user` acts, the newest first."""
    return letters_to_come(user=user, on=on, subject=subject).filter(state=Document.State.READY)


def letters_to_come(*, user: Any, on: date, subject: Subject | None = None) -> QuerySet[Document]:
    """Return the documents as letters_of() does, with those that are still being made: of the cases that they
    may read, and those outside any case."""
    subjects = access.subjects_of(user=user, on=on)
    if subject is not None:
        subjects = subjects.filter(pk=subject.pk)
    cases = own_cases(user=user, on=on).values("pk")
    return (
        Document.objects.filter(
            Q(case_link__isnull=True) | Q(case_link__case__in=cases), addressee__in=subjects.values("pk")
        )
        .exclude(kind__in=NOT_LETTERS)
        .select_related("office", "addressee", "case_link__case__subject", "case_link__case__record")
        .order_by("-issued_on", "-pk")
    )


def mails_of(*, user: Any, on: date) -> QuerySet[Mail]:
    """Return the mails about cases and mandates that were written to `user` at an address which they have
    confirmed: about themself, or about a subject for which they act on that day.

    An address can have belonged to somebody else before: what was written then was not written to them.
    """
    addresses = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    to_them = Q(pk__in=())
    for address in addresses:
        to_them |= Q(to_address__iexact=address)
    found = Mail.objects.filter(to_them, created_at__gte=user.date_joined).exclude(body="")
    found = found.filter(secret_body="").order_by("-created_at", "-pk")
    return found.filter(pk__in=_readable(found, user=user, on=on))


def _readable(found: QuerySet[Mail], *, user: Any, on: date) -> list[int]:
    """The keys of those that are `user`'s to read, of the newest."""
    subjects = access.subjects_of(user=user, on=on).values("pk")
    own = {"user": user}
    # Kinds; whether each reader has a mail of their own; and what its key names, among which they may read.
    sorts: list[tuple[Q, bool, QuerySet[Any]]] = [
        (_about_cases(), True, TimelineEvent.objects.filter(case__subject__in=subjects)),
        (Q(kind="letter_issued"), True, Document.objects.filter(addressee__in=subjects)),
        (Q(kind__startswith="subject_"), True, access.subjects_of(user=user, on=on)),
        (Q(kind="mandate_new_person"), True, MandateApplication.objects.filter(subject__in=subjects)),
        (Q(kind="mandate_ended"), True, Mandate.objects.filter(subject__in=subjects)),
        (Q(kind__in=_ON_APPLICATION), False, MandateApplication.objects.filter(**own)),
        (Q(kind__in=_ON_MANDATE), False, Mandate.objects.filter(**own)),
    ]
    readable: list[int] = []
    for kind, has_reader, known in sorts:
        mails = found.filter(kind, key__endswith=f":{user.pk}") if has_reader else found.filter(kind)
        named = [(pk, _named_in(key)) for pk, key in mails.values_list("pk", "key")[:MOST_MAILS]]
        asked = [what for _pk, what in named if what is not None]
        there = set(known.filter(uuid__in=asked).values_list("uuid", flat=True))
        readable += [pk for pk, what in named if what in there]
    return readable


def _about_cases() -> Q:
    about = Q(pk__in=())
    for kind in kinds.all_kinds():
        about |= Q(kind__startswith=f"{kind.code}_")
    return about


def _named_in(key: str) -> UUID | None:
    """What a mail's key `kind:uuid…` names; None where it names nothing."""
    try:
        return UUID(key.split(":")[1])
    except (IndexError, ValueError):
        return None
