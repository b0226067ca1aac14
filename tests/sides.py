"""What is filed online and what is filed at a window, at the stages that the pages of both are about."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from credit_repair.cases.models import Attachment, Case, Filing, StoredFile, Upload
from credit_repair.core.clock import now
from credit_repair.people.models import User
from credit_repair.registry.models import Office, Record
from credit_repair.repairs import services as repairs
from credit_repair.repairs.models import RepairBasket
from credit_repair.repairs.services import corrections
from credit_repair.repairs.services import window as services
from tests.registry.factories import RecordFactory
from tests.world import ANSWERS, PDF, TODAY, World, do, fresh, submitted_case, upload

TO_CORRECT: dict[str, Any] = {
    "items": [{"code": "", "text": "缴款凭证看不清", "advice": "请重新扫描", "mends": "proof"}]
}


def window_basket(world: World, clerk: User, *records: Record, office: Office | None = None) -> Filing:
    """A basket that was begun at the window of the credit office."""
    return services.file_at_window(
        subject=world.subject,
        records=records or [world.record],
        actor=clerk,
        office=office or world.credit,
        today=TODAY,
    )


def window_draft(world: World, clerk: User, record: Record | None = None) -> Case:
    """A draft at the window with all that it needs: answers, form, letter, proof."""
    filing = window_basket(world, clerk, record or world.record)
    case = Case.objects.filter(filing=filing).latest("pk")
    given = dict(ANSWERS)
    own = {case.uuid: repairs.OwnAnswers(performed_on=given.pop("performed_on"))}
    repairs.save_answers(
        filing=filing,
        actor=clerk,
        today=TODAY,
        shared=repairs.SharedAnswers(**given),
        own=own,
        revision=RepairBasket.objects.get(filing=filing).revision,
    )
    for kind in ("commitment", "proof", "form"):
        repairs.add_material(
            filing=filing,
            actor=clerk,
            today=TODAY,
            kind=kind,
            upload=upload(content=PDF + kind.encode()),
            only=[case],
        )
    return fresh(case)


def window_case(world: World, clerk: User, record: Record | None = None) -> Case:
    """An application that was filed at the window."""
    case = window_draft(world, clerk, record)
    do(case, "submit", clerk)
    return case


@dataclass
class Sided:
    """One side's applications: one that lies with the credit office, one that waits for a correction, and a
    draft with a file on its way."""

    case: Case
    corrected: Case
    draft: Case
    answer: Attachment
    running: Upload

    def address(self, name: str) -> str:
        """The address of a page that both sides have: my_filing_check, window_repair."""
        kind = name.partition("_")[2]
        if kind.startswith("repair"):
            case = self.corrected if kind.startswith("repair_correction") else self.case
            more = [1, self.answer.uuid] if kind == "repair_correction_drop" else []
            return reverse(name, args=[case.uuid, *more])
        filing = self.case.filing if kind == "filing_filed" else self.draft.filing
        proof: StoredFile = self.draft.attachments.get(kind="proof").stored
        arguments: dict[str, list[Any]] = {
            "filing_drop_record": [self.draft.uuid],
            "filing_letter": [self.draft.uuid],
            "filing_unsign": [self.draft.uuid],
            "filing_materials": ["proof"],
            "filing_use_material": ["proof", proof.uuid],
            "filing_drop_material": ["proof", proof.uuid],
            "upload_part": [self.running.uuid],
            "upload_end": [self.running.uuid],
        }
        return reverse(name, args=[filing.uuid, *arguments.get(kind, [])])


def online_side(world: World, *, case: Case, draft: Case) -> Sided:
    """What the subject's own person has."""
    corrected = submitted_case(world, record=_record(world))
    return _sided(world, world.clerk, case, corrected, draft)


def window_side(world: World, clerk: User) -> Sided:
    """What came in at the window of the credit office."""
    case, corrected = (window_case(world, clerk, _record(world)) for _number in range(2))
    return _sided(world, clerk, case, corrected, window_draft(world, clerk, _record(world)))


def _record(world: World) -> Record:
    record: Record = RecordFactory(subject=world.subject, authority=world.authority)
    return record


def _sided(world: World, actor: User, case: Case, corrected: Case, draft: Case) -> Sided:
    do(corrected, "ask_correction", world.intake, **TO_CORRECT)
    answer = corrections.answer_with_file(
        case=corrected, actor=actor, today=TODAY, position=1, upload=upload(content=PDF + b"answer")
    )
    running = Upload.objects.create(
        filing=draft.filing,
        user=actor,
        kind="proof",
        name="凭证.pdf",
        size=1000,
        fingerprint="a" * 20,
        created_at=now(),
        touched_at=now(),
    )
    return Sided(case=case, corrected=corrected, draft=draft, answer=answer, running=running)
