"""The system administrators are told when documents cannot be signed 电子签章."""

from django.db.models import QuerySet
from django.urls import reverse

from credit_repair.core.clock import today
from credit_repair.mail.services import queue_mail
from credit_repair.notices.models import Document
from credit_repair.people.models import Administration, User


def tell_of_signing(document: Document) -> None:
    """Write to every system administrator that this document cannot be signed: once, and only where it is the
    first that waits. Of the others, the page of the system administrator tells.

    Call it in the transaction in which the failure is noted.
    """
    others = cannot_be_signed().exclude(pk=document.pk)
    if document.signing_failures != 1 or others.exists():
        return
    held = Administration.objects.filter(kind=Administration.Kind.SYSTEM).on(today())
    for person in User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk"):
        queue_mail(
            key=f"signing_failed:{document.uuid}:{person.pk}",
            kind="signing_failed",
            to_address=person.email,
            to_name=str(person),
            context={
                "document": str(document),
                "office": document.office.name if document.office else "",
                "why": document.signing_error,
                "path": reverse("manage_system"),
            },
        )


def cannot_be_signed() -> QuerySet[Document]:
    """Return the documents that have a number and no file because nobody could sign them, oldest first."""
    return Document.objects.filter(state=Document.State.PENDING, signing_failures__gt=0).order_by(
        "created_at"
    )
