"""A case comes into being."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, Filing, TimelineEvent
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import said_by_site
from credit_repair.core.sequences import next_value
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.registry.models import Record


@transaction.atomic
def open_case(
    *, kind: str, state: str, record: Record, actor: User, today: date, title: Any
) -> tuple[Case, TimelineEvent]:
    """Open a draft of `kind` on `record` for its subject, in a filing of its own.

    `title` is a lazy text for the timeline, which is kept in the site's language.

    Raises NotYours where the actor does not act for the record's subject, ActionRefused where an open case
    of this kind already lies on the record.
    """
    if not access.may_act_for(user=actor, subject=record.subject, on=today):
        raise NotYours(str(record.uuid))
    filing = Filing.objects.create(subject=record.subject, created_by=actor, created_at=now())
    try:
        with transaction.atomic():
            case = Case.objects.create(
                kind=kind, state=state, filing=filing, subject=record.subject, record=record, created_at=now()
            )
    except IntegrityError:
        raise ActionRefused(
            "already_open", _("这条信息已经有一件正在办理的申请，请在“我的申请”中继续办理。")
        ) from None
    event = TimelineEvent.objects.create(
        case=case,
        at=now(),
        action="create",
        title=said_by_site(title),
        actor=actor,
        actor_label=str(actor),
        state_to=state,
    )
    audit.record(actor=actor, action=f"{kind}.create", target=case, data={"record": str(record.uuid)})
    return case, event


def give_number(*, case: Case, prefix: str, today: date) -> None:
    """Give the case its number, e.g. XF-2026-000118, in the transaction of its submission."""
    serial = next_value(f"case:{prefix}:{today.year}")
    case.number = f"{prefix}-{today.year}-{serial:06d}"
    case.submitted_on = today
