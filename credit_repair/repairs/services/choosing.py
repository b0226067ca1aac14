"""What is chosen to be repaired goes into the one basket that a subject fills at a time."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from credit_repair.cases.errors import NotYours
from credit_repair.cases.models import Case, Filing
from credit_repair.cases.services import transition
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.registry.models import Record, Subject
from credit_repair.repairs.selectors import open_basket_of
from credit_repair.repairs.services.baskets import (
    add_records,
    drafts_of,
    drop_signed_form,
    locked_basket,
    open_basket,
)
from credit_repair.repairs.states import RepairState


@transaction.atomic
def choose_records(*, subject: Subject, records: Iterable[Record], actor: User, today: date) -> Filing:
    """Put records into the basket that lies open for `subject`, or into a new one; return it.

    Two tabs, or a second press of the button, fill the same basket: what lies in it already stays as it is.
    Raises NotYours where the actor may not file for the subject, ActionRefused as add_records() does.
    """
    if not access.may_act_for(user=actor, subject=subject, on=today):
        raise NotYours(str(subject.uuid))
    # Whoever chooses at the same time waits here, and then finds the basket.
    Subject.objects.select_for_update().values_list("pk").get(pk=subject.pk)
    filing = open_basket_of(subject) or open_basket(subject=subject, actor=actor, today=today)
    inside = set(
        Case.objects.filter(filing=filing, state=RepairState.DRAFT).values_list("record_id", flat=True)
    )
    if fresh := [record for record in records if record.pk not in inside]:
        add_records(filing=filing, records=fresh, actor=actor, today=today)
    return filing


@transaction.atomic
def drop_record(*, case: Case, actor: User, today: date) -> None:
    """Discard one draft of a basket; a form that was signed with it is not that of the others.

    Raises NotYours, or ActionRefused where it has been handed in.
    """
    locked_basket(filing=case.filing, actor=actor, today=today)
    transition(case=case, action="discard", actor=actor, today=today)
    drop_signed_form(filing=case.filing, actor=actor)


@transaction.atomic
def discard_basket(*, filing: Filing, actor: User, today: date) -> int:
    """Discard every draft of a basket; return how many. What has been handed in stays as it is.

    Raises NotYours where the actor is not the applicant.
    """
    drafts = drafts_of(filing)
    for case in drafts:
        transition(case=case, action="discard", actor=actor, today=today)
    return len(drafts)
