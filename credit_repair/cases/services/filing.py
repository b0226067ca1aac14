"""A filing and its cases come into being."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, Filing, TimelineEvent
from credit_repair.cases.parts import stands_for_applicant
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import said_by_site
from credit_repair.core.sequences import next_value
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.registry.models import Office, Record, Subject


@transaction.atomic
def open_filing(*, subject: Subject, actor: User, today: date, window_office: Office | None = None) -> Filing:
    """Open a filing for `subject`: online by somebody who acts for it, or at a window 窗口 by its clerk.

    Raises NotYours where the actor may do neither.
    """
    filing = Filing(
        subject=subject,
        created_by=actor,
        created_at=now(),
        channel=Filing.Channel.ONLINE if window_office is None else Filing.Channel.WINDOW,
        window_office=window_office,
    )
    if window_office is None:
        allowed = access.may_act_for(user=actor, subject=subject, on=today)
    else:
        serves = access.may_at_office(user=actor, permission="file_at_window", office=window_office, on=today)
        own = access.subjects_ever_acted_for(user=actor).filter(pk=subject.pk)
        allowed = serves and not own.exists()
    if not allowed:
        raise NotYours(str(subject.uuid))
    filing.save()
    return filing


@transaction.atomic
def open_case(
    *, kind: str, state: str, record: Record, filing: Filing, actor: User, today: date, title: Any
) -> tuple[Case, TimelineEvent]:
    """Open a draft of `kind` on `record` in `filing`.

    `title` is a lazy text for the timeline, which is kept in the site's language.

    Raises NotYours where the actor is not the filing's applicant or the record another subject's,
    ActionRefused where an open case of this kind already lies on the record.
    """
    if record.subject_id != filing.subject_id or not stands_for_applicant(
        filing=filing, user=actor, on=today
    ):
        raise NotYours(str(record.uuid))
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
