"""What has been sent to a person: the documents of their own cases, and the mails to their own address."""

from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from credit_repair.cases import kinds
from credit_repair.cases.models import CaseDocument
from credit_repair.cases.parts import own_cases
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.registry.models import Subject

#: Papers that the applicant fills in are no letters to them.
NOT_LETTERS = ("commitment_letter",)
#: Mails about who acts for whom are theirs to read again, like those about cases. No others are: what a mail
#: with a code or a link that opens an account once said stands nowhere.
_ABOUT_PEOPLE = ("mandate_",)


def letters_of(*, user: Any, on: date, subject: Subject | None = None) -> QuerySet[CaseDocument]:
    """Return the finished documents of the cases of those for whom `user` acts, the newest first."""
    cases = own_cases(user=user, on=on)
    if subject is not None:
        cases = cases.filter(subject=subject)
    return (
        CaseDocument.objects.filter(case__in=cases.values("pk"), document__state=Document.State.READY)
        .exclude(document__kind__in=NOT_LETTERS)
        .select_related("document__office", "case__subject", "case__record")
        .order_by("-document__issued_on", "-pk")
    )


def mails_of(*, user: Any) -> QuerySet[Mail]:
    """Return the mails about cases and mandates that went to an address which `user` has confirmed."""
    addresses = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    to_them = Q(pk__in=())
    for address in addresses:
        to_them |= Q(to_address__iexact=address)
    readable = Q(pk__in=())
    for prefix in (*(f"{kind.code}_" for kind in kinds.all_kinds()), *_ABOUT_PEOPLE):
        readable |= Q(kind__startswith=prefix)
    found = Mail.objects.filter(to_them, readable).exclude(body="").filter(secret_body="")
    return found.order_by("-created_at", "-pk")
