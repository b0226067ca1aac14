"""Documents of a case, and those to a subject outside any case."""

from datetime import date

from django.db import transaction

from credit_repair.cases.models import Case, CaseDocument, TimelineEvent
from credit_repair.cases.services.telling import tell_of_letter, tell_subject
from credit_repair.notices import contexts
from credit_repair.notices import services as notices
from credit_repair.notices.models import Document
from credit_repair.registry.models import Office, Subject


@transaction.atomic(savepoint=False)
def issue_for_case(
    *,
    case: Case,
    document: contexts.Document,
    office: Office | None,
    today: date,
    event: TimelineEvent | None = None,
) -> CaseDocument:
    """Issue `document` by `office` and link it to the case and to the event it goes out with.

    What an office issues is to be served 送达 on the case's subject; what the applicant signs is not. Whoever
    acts for the subject is written to once: by the mail of the act that the document goes out with, or where
    there is no such act, by one of its own.
    """
    issued = isinstance(document, contexts.IssuedDocument)
    row = notices.issue(
        document=document,
        office=office,
        issued_on=today,
        rule_set=case.procedure_rule_set,
        addressee=case.subject if issued else None,
    )
    link = CaseDocument.objects.create(case=case, event=event, document=row)
    if issued and event is None:
        tell_of_letter(link=link, on=today)
    return link


@transaction.atomic(savepoint=False)
def issue_to_subject(
    *,
    document: contexts.Document,
    office: Office,
    subject: Subject,
    today: date,
    rule_set: str = "",
    mail: bool = True,
) -> Document:
    """Issue `document` by `office` to `subject` outside any case, in the caller's transaction; return it.

    It is served 送达 on the subject like every notice, stands under "我的文书" of whoever acts for it and in
    the office's register. With `mail`, they are written to once: leave it out where the act writes a mail of
    its own that leads to the document. The caller's row names it.
    """
    row = notices.issue(
        document=document, office=office, issued_on=today, rule_set=rule_set, addressee=subject
    )
    if mail:
        tell_subject(
            kind="subject_letter",
            subject=subject,
            about=row.uuid,
            on=today,
            document=row,
            office=office,
            letters=[{"document": row}],
        )
    return row
