"""Ask for a batch of reminders 提醒批次, and stop one."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.jobs import dispatch
from credit_repair.core.models import Job
from credit_repair.outreach.models import ReminderBatch, ReminderItem
from credit_repair.outreach.reach import must_act_for, reached
from credit_repair.outreach.repairable import due_to_remind
from credit_repair.people.models import User
from credit_repair.registry.models import Office, Record

State, Outcome = ReminderBatch.State, ReminderItem.Outcome

#: How many records one batch takes: some hundred letters, which the counter can serve on paper if need be.
MOST = 2000
#: How many batches of an office wait or are made at a time.
MOST_UNDER_WAY = 2


def choosable(*, found: QuerySet[Record], office: Office, user: User, on: date) -> QuerySet[Record]:
    """Return the records of `found` of which `user` can remind in the name of `office` on that day."""
    chosen = due_to_remind(on=on).filter(reached(user=user, offices=[office]))
    return chosen.filter(pk__in=found.order_by().values("pk"))


@transaction.atomic
def ask_for_reminders(
    *,
    found: QuerySet[Record],
    office: Office,
    actor: User,
    today: date,
    criteria: Sequence[tuple[str, str]] = (),
) -> ReminderBatch:
    """Have letters written to the subjects of those of `found` that can be reminded of; return the batch.

    found     the records that were chosen; those that cannot be reminded of today are passed over
    criteria  how they were chosen, as (label, words), to be shown with the batch

    Raises NotYours where the actor may not write in the name of `office`; ActionRefused with words where
    nothing is left to remind of, more than 2000 are, or two batches of the office are under way.
    """
    must_act_for(user=actor, office=office, on=today)
    # Who asks at the same time takes turns here, so that what is counted stays so.
    Office.objects.select_for_update(no_key=True).values_list("pk").get(pk=office.pk)
    if (
        ReminderBatch.objects.filter(office=office, state__in=ReminderBatch.UNDER_WAY).count()
        >= MOST_UNDER_WAY
    ):
        raise ActionRefused(
            "busy", _("本单位已有%s个批次还没有做完，请等其中一个做完以后再发起。") % MOST_UNDER_WAY
        )
    chosen = choosable(found=found, office=office, user=actor, on=today)
    rows = list(chosen.order_by("subject", "pk").values_list("pk", "subject")[: MOST + 1])
    if not rows:
        raise ActionRefused(
            "none",
            _("选中的信息都不需要提醒：已经申请、近期提醒过、已备好申请待确认，或者公示马上自行结束。"),
        )
    if len(rows) > MOST:
        words = _("选中的信息超过%s条，请用筛选条件缩小范围，分几批办理。")
        raise ActionRefused("too_many", words % MOST)
    batch = ReminderBatch.objects.create(
        office=office,
        asked_by=actor,
        asked_at=now(),
        asked_on=today,
        criteria=[list(line) for line in criteria],
        total=len(rows),
    )
    ReminderItem.objects.bulk_create(
        (ReminderItem(batch=batch, record_id=record, subject_id=subject) for record, subject in rows),
        batch_size=500,
    )
    audit.record(
        actor=actor,
        action="outreach.remind",
        target=batch,
        data={"office": office.code, "records": len(rows)},
    )
    ask_for_making(batch)
    return batch


def ask_for_making(batch: ReminderBatch) -> None:
    """Ask a worker to write the letters of the batch, once however often it is asked for."""
    dispatch("make_reminders", key=job_key(batch.uuid), batch=str(batch.uuid))


def is_asked_for(batch: ReminderBatch) -> bool:
    """Whether a worker has the batch in hand or will have."""
    unfinished = (Job.State.WAITING, Job.State.RUNNING)
    return Job.objects.filter(key=job_key(batch.uuid), state__in=unfinished).exists()


def job_key(uuid: UUID) -> str:
    """Return under which key the work on a batch waits."""
    return f"make_reminders:{uuid}"


@transaction.atomic
def stop_reminders(*, batch: ReminderBatch, actor: User, today: date) -> int:
    """Stop a batch: what is not written yet is not written; return how many records that leaves out.

    Raises NotYours where the actor may not act for its office, ActionRefused where it is done already.
    """
    must_act_for(user=actor, office=batch.office, on=today)
    locked = ReminderBatch.objects.select_for_update().filter(pk=batch.pk).first()
    if locked is None:
        raise NotYours(f"reminder batch {batch.uuid}")
    if not locked.is_under_way:
        raise ActionRefused("over", _("这一批已经做完，不能再停止。"))
    left = locked.items.filter(outcome=Outcome.WAITING).update(outcome=Outcome.STOPPED)
    locked.state, locked.finished_at, locked.done = State.STOPPED, now(), locked.total
    locked.save(update_fields=["state", "finished_at", "done"])
    audit.record(actor=actor, action="outreach.stop_reminders", target=locked, data={"records": left})
    return left
