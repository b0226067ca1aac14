"""Issue a subject's file 主体信用档案 over the office's seal, for the subject to show to others."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.services.documents import issue_to_subject
from credit_repair.core import audit
from credit_repair.core.languages import in_site_language
from credit_repair.dossier.access import open_files
from credit_repair.dossier.errors import DossierRefused, NotInCharge
from credit_repair.dossier.file import name_in_clear, official
from credit_repair.dossier.statement import issued_file
from credit_repair.notices.models import Document
from credit_repair.notices.subject_files import SubjectFile
from credit_repair.people import access
from credit_repair.registry.models import Office, Subject

#: So many a day for a subject.
MOST_A_DAY = 3


def issuing_offices(*, user: Any, on: date) -> list[Office]:
    """Return the credit offices 信用办 over whose seal `user` may issue a file, by code."""
    found: dict[int, Office] = {}
    for permission in ("intake", "supervise"):
        for office in access.offices_where(user=user, permission=permission, on=on):
            if office.kind == Office.Kind.CREDIT:
                found[office.pk] = office
    return sorted(found.values(), key=lambda office: office.code)


@transaction.atomic
@in_site_language()
def issue_file(*, subject: Subject, office: Office, actor: Any, today: date) -> Document:
    """Issue the file of `subject` as `office`'s document, with seal and check code, served on the subject.

    It says what the official sees, and nothing that officials keep to themselves.

    Raises NotInCharge for whom the file does not exist, who may not issue for that office or does not see
    the name in clear; DossierRefused where enough were issued.
    """
    if office.pk not in {each.pk for each in issuing_offices(user=actor, on=today)}:
        raise NotInCharge(str(subject.uuid))
    locked = Subject.objects.select_for_update(no_key=True).get(pk=subject.pk)
    if not open_files(user=actor, on=today).filter(pk=locked.pk).exists():
        raise NotInCharge(str(subject.uuid))
    if not name_in_clear(locked, official(actor, today)):
        raise NotInCharge(str(subject.uuid))
    issued = Document.objects.filter(addressee=locked, kind=SubjectFile.template, issued_on=today)
    if issued.count() >= MOST_A_DAY:
        words = _("今天已经为这个主体出具了%(most)d份档案，请使用已经出具的，或者明天再来。")
        raise DossierRefused("enough", words % {"most": MOST_A_DAY})
    document = issued_file(subject=locked, office=office, actor=actor, today=today)
    row = issue_to_subject(document=document, office=office, subject=locked, today=today)
    audit.record(
        actor=actor,
        action="dossier.issue_file",
        target=row,
        data={"subject": str(locked.uuid), "office": office.code},
    )
    return row
