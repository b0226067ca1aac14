"""The enterprise's side of a prepared application 预制申请: confirm and sign, take it as a draft, decline.

The drafts are the applicant's own: they are made in a basket of theirs, answered, signed and handed in by
the services that every application goes through. Who proposed has verified what they proposed, and counts as
the verifier of each case: they never decide it 四眼原则.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases import services as cases
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Attachment, Case, CaseActor, Filing, TimelineEvent
from credit_repair.cases.services.attachments import look_into
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.core.wording import day_text
from credit_repair.notices.ink import Stroke
from credit_repair.outreach.models import PreparedApplication, PreparedRecord
from credit_repair.outreach.repairable import repairable
from credit_repair.outreach.services.proposing import end, locked_proposal, must_be_open
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.repairs import services as repairs
from credit_repair.repairs.models import RepairBasket

State = PreparedApplication.State


@dataclass(frozen=True)
class ProposalContact:
    """Whom to call about the application."""

    name: str
    phone: str


def confirm(
    *,
    proposal: PreparedApplication,
    actor: User,
    today: date,
    contact: ProposalContact,
    signer: str,
    strokes: Sequence[Stroke],
) -> tuple[Filing, repairs.Outcome]:
    """Confirm a prepared application as it is: make the drafts, sign the letters, hand all of it in.

    Drafts and signatures are one transaction, then each draft is handed in by itself: what is refused then
    stays a draft in the basket, complete, with the reason. Returns the basket and what became of each draft.

    Raises NotYours where the actor does not act for the subject, or has proposed it; ActionRefused with words
    where it is over or a record can no longer be applied for; MissingGlyphs where the name cannot be printed.
    """
    proofs = _proofs(proposal)
    with transaction.atomic():
        filing = _take_up(proposal, actor, today, contact=contact, proofs=proofs)
        repairs.sign_letters(filing=filing, actor=actor, today=today, name=signer, strokes=strokes)
    return filing, repairs.submit_filing(filing=filing, actor=actor, today=today)


def take_as_draft(*, proposal: PreparedApplication, actor: User, today: date) -> Filing:
    """Take a prepared application as a draft, to be changed and handed in by oneself; return the basket.

    Raises as confirm().
    """
    proofs = _proofs(proposal)
    with transaction.atomic():
        return _take_up(proposal, actor, today, contact=None, proofs=proofs)


@transaction.atomic
def decline(*, proposal: PreparedApplication, actor: User, today: date, reason: str) -> None:
    """Decline a prepared application, for a reason that the office reads.

    Raises NotYours where the actor does not act for the subject, ActionRefused where it is over.
    """
    locked = _locked_for(proposal, actor, today)
    if not reason.strip():
        raise ActionRefused("missing_text", _("请简单写明原因，便于单位核对。"))
    end(locked, state=State.DECLINED, actor=actor, reason=reason.strip())


def _locked_for(proposal: PreparedApplication, actor: User, today: date) -> PreparedApplication:
    """Lock it for who acts for its subject; it is open and its time is not over."""
    locked = locked_proposal(proposal)
    if not access.may_act_for(user=actor, subject=locked.subject, on=today) or actor == locked.proposed_by:
        raise NotYours(f"proposal {locked.uuid}")
    must_be_open(locked)
    if locked.confirm_by < today:
        raise ActionRefused("too_late", _("确认的期限已经过了，您可以自行填写申请。"))
    return locked


def _proofs(proposal: PreparedApplication) -> list[File]:
    """The office's papers as files to be kept with the basket, looked into before anything is locked."""
    files: list[File] = []
    for row in proposal.papers.select_related("paper"):
        with row.paper.file.open("rb") as opened:
            file = ContentFile(opened.read(), name=row.paper.name)
        look_into(file)
        files.append(file)
    return files


@in_site_language()
def _take_up(
    proposal: PreparedApplication,
    actor: User,
    today: date,
    *,
    contact: ProposalContact | None,
    proofs: Sequence[File],
) -> Filing:
    """Make the drafts of a prepared application in a basket of its own; the caller's transaction."""
    locked = _locked_for(proposal, actor, today)
    rows = _still_free(locked, today)
    filing = repairs.open_basket(subject=locked.subject, actor=actor, today=today)
    drafts = repairs.add_records(
        filing=filing, records=[row.record for row in rows.values()], actor=actor, today=today
    )
    _answer(locked, filing, drafts, rows, actor, today, contact)
    for proof in proofs:
        stored = cases.keep_file(filing=filing, upload=proof, actor=locked.proposed_by)
        for case in drafts:
            cases.attach(case=case, kind=Attachment.Kind.PROOF, stored=stored, actor=actor)
    end(locked, state=State.TAKEN_UP, actor=actor, filing=filing)
    for case in drafts:
        row = rows[_record_key(case)]
        PreparedRecord.objects.filter(pk=row.pk).update(case=case)
        _note(case, locked, actor)
    return filing


def _still_free(proposal: PreparedApplication, today: date) -> dict[int, PreparedRecord]:
    """The records of the proposal that can still be applied for, by their keys: one about which the
    enterprise has begun an application of its own is left to that."""
    free = proposal.records.filter(record__in=repairable(on=today).order_by().values("pk"))
    rows = {row.record_id: row for row in free.select_related("record")}
    if not rows:
        raise ActionRefused(
            "none_left", _("这些信息现在都不能申请修复，或者已经有正在办理的申请，这份预制申请不再有效。")
        )
    return rows


def _answer(
    proposal: PreparedApplication,
    filing: Filing,
    drafts: Sequence[Case],
    rows: dict[int, PreparedRecord],
    actor: User,
    today: date,
    contact: ProposalContact | None,
) -> None:
    """Fill in what the office has prepared, with the contact that the enterprise gives."""
    basket = RepairBasket.objects.get(filing=filing)
    shared = repairs.SharedAnswers(
        corrected=True,
        statement=proposal.statement,
        contact_name=contact.name if contact else basket.contact_name,
        contact_phone=contact.phone if contact else basket.contact_phone,
    )
    own = {
        case.uuid: repairs.OwnAnswers(performed_on=rows[_record_key(case)].performed_on) for case in drafts
    }
    repairs.save_answers(
        filing=filing, actor=actor, today=today, shared=shared, own=own, revision=basket.revision
    )


def _record_key(case: Case) -> int:
    if case.record_id is None:
        raise RuntimeError("a repair application lies on a record")
    return case.record_id


def _note(case: Case, proposal: PreparedApplication, actor: User) -> None:
    """Let everybody who reads the case see by whose proposal it came, and keep who proposed from deciding."""
    TimelineEvent.objects.create(
        case=case,
        at=now(),
        action="proposed",
        title=_("由单位提议的预制申请"),
        text=_("%(office)s于%(day)s提出，履行情况和证明材料由该单位提供，申请人核对后确认。")
        % {"office": proposal.office, "day": day_text(proposal.proposed_on)},
        actor=actor,
        actor_label=str(actor),
        state_from=case.state,
        state_to=case.state,
    )
    CaseActor.objects.create(case=case, user=proposal.proposed_by, part=CaseActor.Part.VERIFY)
    audit.record(actor=actor, action="outreach.take_up", target=case, data={"proposal": str(proposal.uuid)})
