"""The office's side of a prepared application 预制申请: propose, withdraw, let expire."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.services.attachments import look_into
from credit_repair.cases.services.documents import issue_to_subject
from credit_repair.cases.services.papers import keep_paper
from credit_repair.cases.services.telling import tell_subject
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.settling import move_each
from credit_repair.outreach.letters import reminder_letter
from credit_repair.outreach.models import PreparedApplication, PreparedRecord, ProposalPaper
from credit_repair.outreach.reach import must_act_for, reachable_records
from credit_repair.outreach.repairable import repairable, setting
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.registry.law import current_calendar
from credit_repair.registry.models import Office, Record
from credit_repair.repairs.services import MOST_RECORDS

State = PreparedApplication.State

#: How many papers one proposal brings; each goes into every application of it.
MOST_PAPERS = 10
BATCH = 200


def propose(
    *,
    office: Office,
    performed: Mapping[Record, date],
    statement: str,
    papers: Sequence[File],
    actor: User,
    today: date,
) -> PreparedApplication:
    """Prepare an application of one subject and tell it; return the proposal.

    performed  the records, all of one subject, and the day on which the duties of each were performed
    statement  what was done, as it will stand in the application
    papers     the proof of performance that the office has, at least one file

    Raises NotYours where the actor may not act for `office` about these records; ActionRefused with words;
    uploads.UploadRefused, MissingGlyphs and CannotIssue with words.
    """
    if not papers:
        raise ActionRefused("no_papers", _("请附上本单位掌握的履行证明，例如缴款记录。"))
    if len(papers) > MOST_PAPERS:
        raise ActionRefused("many_papers", _("证明材料最多%s个文件，请合成一个PDF。") % MOST_PAPERS)
    for paper in papers:
        look_into(paper)  # before anything is locked: it may take seconds
    return _propose(office, performed, statement, papers, actor, today)


@transaction.atomic
def _propose(
    office: Office,
    performed: Mapping[Record, date],
    statement: str,
    papers: Sequence[File],
    actor: User,
    today: date,
) -> PreparedApplication:
    records = _locked_records(office, performed, actor, today)
    subject = records[0].subject
    must_act_for(user=actor, office=office, subject=subject, on=today)
    days = {record.pk: day for record, day in performed.items()}
    for record in records:
        refuse_wrong_day(days[record.pk], record, today)
    proposal = PreparedApplication.objects.create(
        office=office,
        subject=subject,
        proposed_by=actor,
        proposed_at=now(),
        proposed_on=today,
        statement=statement,
        confirm_by=_confirm_by(today),
    )
    PreparedRecord.objects.bulk_create(
        PreparedRecord(proposal=proposal, record=record, performed_on=days[record.pk]) for record in records
    )
    for paper in papers:
        kept = keep_paper(subject=subject, upload=paper, actor=actor)
        ProposalPaper.objects.create(proposal=proposal, paper=kept)
    _tell(proposal, records, today)
    audit.record(
        actor=actor,
        action="outreach.propose",
        target=proposal,
        data={
            "office": office.code,
            "records": len(records),
            "record_uuids": [str(record.uuid) for record in records],
        },
    )
    return proposal


def _locked_records(
    office: Office, performed: Mapping[Record, date], actor: User, today: date
) -> list[Record]:
    """Lock the records and return them, each asked again whether it is the actor's and can be applied for."""
    keys = [record.pk for record in performed]
    theirs = reachable_records(user=actor, on=today, offices=[office]).filter(pk__in=keys)
    if not keys or theirs.count() != len(keys):
        raise NotYours("proposal of records elsewhere")
    list(Record.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    if PreparedRecord.objects.filter(record__in=keys, is_open=True).exists():
        raise ActionRefused("proposed", _("其中有信息已经备好申请，正在等待确认。"))
    due = repairable(on=today).filter(pk__in=keys).select_related("subject", "authority__sector", "sector")
    records = list(due.order_by("repairable_from", "pk"))
    if len(records) != len(keys):
        raise ActionRefused(
            "not_repairable", _("其中有信息现在不能申请修复，或者已经有正在办理的申请，请重新选择。")
        )
    if len({record.subject_id for record in records}) != 1:
        raise ActionRefused("several_subjects", _("一份预制申请只能是同一个主体的信息。"))
    if len(records) > MOST_RECORDS:
        raise ActionRefused("too_many", _("一次最多为%d条信息备好申请。") % MOST_RECORDS)
    return records


def refuse_wrong_day(day: date, record: Record, today: date) -> None:
    """Raise ActionRefused where no duty of the record can have been performed on that day."""
    if day > today:
        raise ActionRefused("performed_in_future", _("履行完毕日期不能晚于今天。"))
    if day < record.decision_date:
        raise ActionRefused("performed_too_early", _("履行完毕日期不能早于决定日期，请核对。"))


def _confirm_by(today: date) -> date:
    days = int(setting("outreach.proposal.days", on=today))
    return current_calendar().add_working_days(today, days).due


def _tell(proposal: PreparedApplication, records: Sequence[Record], today: date) -> None:
    """Tell the subject by a letter that is served like every notice, and by mail whoever acts for it."""
    letter = reminder_letter(
        subject=proposal.subject,
        records=records,
        office=proposal.office,
        today=today,
        confirm_by=proposal.confirm_by,
    )
    document = issue_to_subject(
        document=letter, office=proposal.office, subject=proposal.subject, today=today, mail=False
    )
    proposal.letter = document
    proposal.save(update_fields=["letter"])
    tell_subject(
        kind="subject_proposal",
        subject=proposal.subject,
        about=proposal.uuid,
        on=today,
        proposal=proposal,
        office=proposal.office,
        count=len(records),
        letters=[{"document": document}],
    )


@transaction.atomic
def withdraw_proposal(*, proposal: PreparedApplication, actor: User, today: date, reason: str) -> None:
    """Take a prepared application back that nobody has confirmed yet, for a reason that the subject reads.

    Raises NotYours where the actor may not act for its office, ActionRefused where it is over.
    """
    locked = locked_proposal(proposal)
    must_act_for(user=actor, office=locked.office, subject=locked.subject, on=today)
    must_be_open(locked)
    if not reason.strip():
        raise ActionRefused("missing_text", _("请写明撤回的原因，单位会看到。"))
    end(locked, state=State.WITHDRAWN, actor=actor, reason=reason.strip())
    tell_subject(
        kind="subject_proposal_withdrawn",
        subject=locked.subject,
        about=locked.uuid,
        on=today,
        proposal=locked,
        office=locked.office,
    )


def expire_due(*, today: date) -> int:
    """End the proposals whose last day is over, and those none of whose records can be applied for any
    longer; return how many. Each in its own transaction."""
    alive = PreparedRecord.objects.filter(
        proposal=OuterRef("pk"), record__in=repairable(on=today).order_by().values("pk")
    )
    over = PreparedApplication.objects.filter(
        Q(confirm_by__lt=today) | ~Q(Exists(alive)), state=State.OPEN
    ).order_by("pk")[:BATCH]
    return move_each(over, lambda proposal: _expire(proposal), name=lambda each: f"proposal {each.uuid}")


@transaction.atomic
def _expire(proposal: PreparedApplication) -> int:
    locked = locked_proposal(proposal)
    if locked.state != State.OPEN:
        return 0
    end(locked, state=State.EXPIRED, actor=None)
    return 1


def locked_proposal(proposal: PreparedApplication) -> PreparedApplication:
    """Lock a prepared application and return it as it is now."""
    found = PreparedApplication.objects.select_for_update(of=("self",)).select_related(
        "office", "subject", "proposed_by"
    )
    return found.get(pk=proposal.pk)


def must_be_open(proposal: PreparedApplication) -> None:
    """Raise ActionRefused where a prepared application is over."""
    if proposal.state != State.OPEN:
        words = _("这份预制申请的状态是“%s”，不能再这样办理。请刷新页面。")
        raise ActionRefused("over", words % proposal.get_state_display())


def end(proposal: PreparedApplication, *, state: str, actor: Any, reason: str = "", **more: Any) -> None:
    """End a locked, open prepared application in the caller's transaction: its records are free again."""
    proposal.state, proposal.ended_at, proposal.ended_by, proposal.reason = state, now(), actor, reason
    for name, value in more.items():
        setattr(proposal, name, value)
    proposal.save()
    proposal.records.update(is_open=False)
    audit.record(
        actor=actor,
        action=f"outreach.proposal_{state}",
        target=proposal,
        data={"office": proposal.office.code},
    )


def visible_to_subject(*, user: User, on: date) -> Q:
    """The condition on prepared applications that `user` acts for their subject on that day."""
    return Q(subject__in=access.subjects_of(user=user, on=on))
