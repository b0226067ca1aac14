"""Documents of a case."""

from datetime import date

from django.db import transaction

from credit_repair.cases.models import Case, CaseDocument, TimelineEvent
from credit_repair.notices import contexts
from credit_repair.notices import services as notices
from credit_repair.registry.models import Office


@transaction.atomic(savepoint=False)
def issue_for_case(
    *,
    case: Case,
    document: contexts.Document,
    office: Office | None,
    today: date,
    event: TimelineEvent | None = None,
) -> CaseDocument:
    """Issue `document` by `office` and link it to the case and to the event it goes out with."""
    row = notices.issue(document=document, office=office, issued_on=today, rule_set=case.procedure_rule_set)
    return CaseDocument.objects.create(case=case, event=event, document=row)
